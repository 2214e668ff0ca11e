//! Finding runs by name or path.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use firebrick::burn::tensor::Device;
use firebrick::models::{AnyModel, SavedModel, nearest_name};
use firebrick::training::RunDirectory;

/// The folder that runs are looked for and made in.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunsFolder {
    /// Folder of the runs
    #[arg(long = "runs-dir", value_name = "DIR", default_value = "runs")]
    pub(crate) path: PathBuf,
}

impl RunsFolder {
    /// Opens the run of this name, or else at this path.
    ///
    /// # Errors
    /// A run that is in neither place; the error lists the runs there are.
    pub(crate) fn open(&self, run: &Path) -> anyhow::Result<RunDirectory> {
        let inside = self.path.join(run);
        if let Ok(found) = RunDirectory::open(&inside).or_else(|_| RunDirectory::open(run)) {
            return Ok(found);
        }
        let folder = self.path.display();
        let names = self.names();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let guess = nearest_name(&run.to_string_lossy(), &known)
            .map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
        let way_out = if known.is_empty() {
            format!("there are no runs in `{folder}`; `firebrick train` makes one")
        } else {
            format!("runs in `{folder}`: {}", known.join(", "))
        };
        Err(anyhow!(
            "no run `{}`: neither `{}` nor `{}` is the directory of one{guess}; {way_out}",
            run.display(),
            inside.display(),
            run.display()
        ))
    }

    /// The runs there are, in alphabetical order.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter(|entry| RunDirectory::open(&entry.path()).is_ok())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// What a run is called.
pub(crate) fn name(run: &RunDirectory) -> String {
    let whole = fs::canonicalize(run.path()).unwrap_or_else(|_| run.path().to_owned());
    let name = whole.file_name().unwrap_or(whole.as_os_str());
    name.to_string_lossy().into_owned()
}

/// What is read of a run: all its files but the log and the pictures.
pub(crate) fn read_files(run: &RunDirectory) -> Vec<PathBuf> {
    [
        RunDirectory::CONFIG,
        RunDirectory::HISTORY,
        RunDirectory::MODEL,
    ]
    .map(|name| run.file(name))
    .to_vec()
}

/// The network of a run, with what it learned.
pub(crate) fn load_network(run: &RunDirectory, device: &Device) -> anyhow::Result<AnyModel> {
    Ok(SavedModel::read(&run.file(RunDirectory::MODEL))?.into_model(device)?)
}
