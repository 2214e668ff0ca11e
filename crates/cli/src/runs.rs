//! Finding runs by name or path.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use firebrick::burn::tensor::Device;
use firebrick::models::{AnyModel, SavedModel, folder_of, nearest_name};
use firebrick::recipes::Settings;
use firebrick::training::RunDirectory;

use crate::foreign_file::no_run_but;
use crate::settings_file;

/// The most runs that a message lists.
const MOST_LISTED: usize = 5;

/// The folder that runs are looked for and made in.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunsFolder {
    /// Folder of the runs
    #[arg(long = "runs-dir", value_name = "DIR", default_value = "runs")]
    pub(crate) path: PathBuf,
}

impl RunsFolder {
    /// Opens the run of this name, or else at this path; the path of a run's model is that of the run.
    ///
    /// # Errors
    /// A run that is in neither place; the error names the runs that are called most like it. A file that holds no run;
    /// the error says what it is.
    pub(crate) fn open(&self, run: &Path) -> anyhow::Result<RunDirectory> {
        let places = self.places(run);
        if let Some(found) = places
            .iter()
            .find_map(|place| RunDirectory::open(place).ok())
        {
            return Ok(found);
        }
        let run_of_model = |place: &PathBuf| {
            let is_model = place
                .file_name()
                .is_some_and(|name| name == RunDirectory::MODEL);
            let folder = (is_model && place.is_file()).then(|| folder_of(place))?;
            RunDirectory::open(folder).ok()
        };
        if let Some(found) = places.iter().find_map(run_of_model) {
            return Ok(found);
        }
        if let Some(file) = places.iter().find(|place| place.is_file()) {
            return Err(anyhow!(no_run_but(file)));
        }
        Err(anyhow!(
            "no run `{}`: neither `{}` nor `{}` is the directory of one{}",
            run.display(),
            places[0].display(),
            run.display(),
            self.way_out(&run.to_string_lossy())
        ))
    }

    /// Where a run, or a file in its place, is looked for.
    pub(crate) fn places(&self, named: &Path) -> [PathBuf; 2] {
        [self.path.join(named), named.to_owned()]
    }

    /// The runs that are called most like `name`, and how many there are.
    fn way_out(&self, name: &str) -> String {
        let folder = self.path.display();
        let names = self.names();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        if known.is_empty() {
            return format!("; there are no runs in `{folder}`; `firebrick train` makes one");
        }
        let guess = nearest_name(name, &known)
            .map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
        if known.len() <= MOST_LISTED {
            return format!("{guess}; runs in `{folder}`: {}", known.join(", "));
        }
        let similar = nearest(name, &known, MOST_LISTED);
        let listed = if similar.is_empty() {
            format!(
                "none is called much like it, the newest are {}",
                self.newest(&names).join(", ")
            )
        } else {
            format!("called most like it: {}", similar.join(", "))
        };
        format!(
            "{guess}; there are {} runs in `{folder}`; {listed}",
            known.len()
        )
    }

    /// The runs that were begun or went on last, the newest first.
    fn newest<'a>(&self, names: &'a [String]) -> Vec<&'a str> {
        let changed =
            |name: &str| fs::metadata(self.path.join(name)).and_then(|run| run.modified());
        let mut dated: Vec<_> = names
            .iter()
            .map(|name| (changed(name).ok(), name.as_str()))
            .collect();
        dated.sort_by(|a, b| b.cmp(a));
        let newest = dated.into_iter().map(|(_, name)| name);
        newest.take(MOST_LISTED).collect()
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

/// Those of the names that are most like `name`, the most alike first.
fn nearest<'a>(name: &str, known: &[&'a str], count: usize) -> Vec<&'a str> {
    let mut left = known.to_vec();
    let mut found = Vec::new();
    while found.len() < count
        && let Some(next) = nearest_name(name, &left)
    {
        left.retain(|other| *other != next);
        found.push(next);
    }
    found
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
///
/// # Errors
/// A file that cannot be read, or that holds the weights of a network that only a program can build.
pub(crate) fn load_network(run: &RunDirectory, device: &Device) -> anyhow::Result<AnyModel> {
    let path = run.file(RunDirectory::MODEL);
    network_of(SavedModel::read(&path)?, &path, device)
}

/// The network of a model file, with what it learned.
///
/// # Errors
/// A file that holds the weights of a network that only a program can build.
pub(crate) fn network_of(
    saved: SavedModel,
    path: &Path,
    device: &Device,
) -> anyhow::Result<AnyModel> {
    if saved.description().is_none() {
        return Err(anyhow!(
            "`{}` holds the weights of a network that a program has built from a type of its own; only that program can use \
             them, by `SavedModel::load_into`",
            path.display()
        ));
    }
    Ok(saved.into_model(device)?)
}

/// What a run says of its training: its `config.toml`, and without one that nothing of it is known.
///
/// # Errors
/// A file that cannot be read, or is none.
pub(crate) fn config(run: &RunDirectory) -> anyhow::Result<Settings> {
    let path = run.file(RunDirectory::CONFIG);
    if path.exists() {
        return settings_file::read(&path);
    }
    Ok(unknown_config())
}

/// Settings of a training of which nothing is known.
pub(crate) fn unknown_config() -> Settings {
    let unknown = ["data", "loss", "metrics"].map(ToOwned::to_owned).to_vec();
    Settings {
        unknown: Some(unknown),
        ..Settings::default()
    }
}
