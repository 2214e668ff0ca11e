//! The page that a training leaves.

use firebrick::models::{SavedModel, Summary};
use firebrick::training::RunDirectory;
use firebrick_pages::{RunRecord, RunReport};

/// Writes the page of a run that was just trained, by what it has told.
///
/// # Errors
/// Curves that cannot be drawn, a file that cannot be written.
pub(crate) fn write(run: &RunDirectory, summary: Option<Summary>) -> anyhow::Result<()> {
    let mut report = RunReport::new(RunRecord::read(run));
    if let Some(summary) = summary {
        report = report.with_summary(summary);
    }
    run.write(RunDirectory::REPORT, report.render()?.as_bytes())?;
    Ok(())
}

/// The layers of a run's network, where they can be read.
pub(crate) fn summary_of(run: &RunDirectory) -> Option<Summary> {
    let saved = SavedModel::read(&run.file(RunDirectory::MODEL)).ok()?;
    saved.summary().ok()
}
