use std::path::PathBuf;
use std::process::ExitCode;

use firebrick::training::Display;

use crate::runs::RunsFolder;

/// Do what is left of a study that was stopped; what is finished is taken as it is, and all is drawn anew.
#[derive(Debug, clap::Args)]
pub(crate) struct ContinueArguments {
    /// Name or path of the study
    study: PathBuf,

    #[command(flatten)]
    runs: RunsFolder,

    /// How many networks of a curve to train at once; it changes no number [default: as many as cores]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    jobs: Option<usize>,

    /// How to show the trainings: auto, dashboard and tui (not for curves), bar, keras-lines, lines, quiet
    #[arg(long, value_name = "DISPLAY", default_value_t)]
    ui: Display,
}

pub(super) fn run(arguments: &ContinueArguments) -> anyhow::Result<ExitCode> {
    let opened = super::open(&arguments.runs.path, &arguments.study);
    let (directory, settings) = super::or_usage(opened)?;
    let study = super::or_usage(settings.prepare())?;
    super::or_usage(study.check(arguments.ui, arguments.jobs))?;
    super::conclude(&study, &directory, arguments.ui, arguments.jobs)
}
