//! The page that a training leaves.

use firebrick::devices::SelectedDevice;
use firebrick::models::{SavedModel, Summary};
use firebrick::training::RunDirectory;
use firebrick_pages::{RunRecord, RunReport, VERSION};

/// Writes the page of a run that was just trained, by what it has told.
///
/// # Errors
/// Curves that cannot be drawn, a file that cannot be written.
pub(crate) fn write(
    run: &RunDirectory,
    summary: Option<Summary>,
    device: &SelectedDevice,
) -> anyhow::Result<()> {
    let mut report = RunReport::new(RunRecord::read(run)).with_environment(environment(device));
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

/// Where a training takes place.
fn environment(device: &SelectedDevice) -> Vec<(String, String)> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rows = [
        ("device", format!("{} ({})", device.name, device.adapter)),
        (
            "system",
            format!(
                "{} on {}, {cores} cores",
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
        ),
        ("Firebrick", VERSION.to_owned()),
    ];
    rows.map(|(name, value)| (name.to_owned(), value)).to_vec()
}
