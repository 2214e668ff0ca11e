//! The runs of a folder: found, chosen, put in order.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use firebrick::training::RunDirectory;

use crate::condition::Condition;
use crate::error::PagesError;
use crate::run_key::RunKey;
use crate::run_summary::RunSummary;

/// The runs of a folder, the newest first; none where there is no such folder.
///
/// ```
/// use firebrick::training::RunDirectory;
/// use firebrick_pages::{choose_runs, read_runs, sort_runs};
///
/// let folder = tempfile::tempdir()?;
/// for (name, epochs) in [("adam", 3), ("sgd", 5), ("other", 4)] {
///     let run = RunDirectory::create(&folder.path().join(name))?;
///     run.write("config.toml", format!("optimizer = \"{name}\"\nepochs = {epochs}").as_bytes())?;
/// }
/// let runs = choose_runs(read_runs(folder.path())?, &["epochs<5".parse()?])?;
/// let runs = sort_runs(runs, "optimizer")?;
/// let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
/// assert_eq!(names, ["adam", "other"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A folder that cannot be read.
pub fn read_runs(folder: &Path) -> Result<Vec<RunSummary>, PagesError> {
    let mut runs: Vec<RunSummary> = find_runs(folder)?.iter().map(RunSummary::read).collect();
    runs.sort_by(|one, other| other.began.cmp(&one.began).then(one.name.cmp(&other.name)));
    Ok(runs)
}

/// The directories of the runs of a folder, by the alphabet; none where there is no such folder.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// assert!(firebrick_pages::find_runs(folder.path())?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A folder that cannot be read.
pub fn find_runs(folder: &Path) -> Result<Vec<RunDirectory>, PagesError> {
    let failed = |source| PagesError::Folder {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    let runs = paths.iter().filter(|path| path.is_dir());
    Ok(runs
        .filter_map(|path| RunDirectory::open(path).ok())
        .collect())
}

/// Those of the runs of which all conditions hold.
///
/// # Errors
/// A condition on something that no run has.
pub fn choose_runs(
    runs: Vec<RunSummary>,
    conditions: &[Condition],
) -> Result<Vec<RunSummary>, PagesError> {
    for condition in conditions {
        condition.key().check(&runs)?;
    }
    let holds = |run: &RunSummary| conditions.iter().all(|condition| condition.holds(run));
    Ok(runs.into_iter().filter(holds).collect())
}

/// The runs in the order of something: a column, a figure or a setting. The best figure comes first; runs that do not have it
/// come last.
///
/// # Errors
/// Something that no run has.
pub fn sort_runs(mut runs: Vec<RunSummary>, key: &str) -> Result<Vec<RunSummary>, PagesError> {
    let key = RunKey::from(key);
    key.check(&runs)?;
    runs.sort_by(|one, other| key.compare(one, other));
    Ok(runs)
}
