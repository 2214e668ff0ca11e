//! `firebrick report`

use std::path::PathBuf;
use std::process::ExitCode;

use firebrick::devices::DeviceName;
use firebrick::training::RunDirectory;
use firebrick_pages::{RunRecord, RunReport};

use crate::commands::devices::select_device;
use crate::destination::Destination;
use crate::failure::in_one_line;
use crate::judging::judged;
use crate::output;
use crate::run_page;
use crate::runs::{self, RunsFolder};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick report mnist-1
  firebrick report mnist-1 -o seven.html
  firebrick report mnist-1 --no-evaluation   where the data is not at hand";

/// Make the page of a run: settings, curves, confusion matrix, calibration, the samples it is most wrong about, layers.
///
/// The network is judged anew on the samples that the training kept for validation, or else on those to test it by; without them
/// the page shows what the run has told.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReportArguments {
    /// Name or path of the run
    run: PathBuf,

    /// Where to write it [default: report.html in the run's directory]; `-` is standard output
    #[arg(short, long, value_name = "FILE.html")]
    output: Option<PathBuf>,

    /// Do not judge the network anew
    #[arg(long)]
    no_evaluation: bool,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &ReportArguments) -> anyhow::Result<ExitCode> {
    let run = arguments.runs.open(&arguments.run)?;
    let default_output = run.file(RunDirectory::REPORT);
    let output = arguments.output.as_deref().unwrap_or(&default_output);
    let output = Destination::new(output, "page", runs::read_files(&run))?;
    let mut report = RunReport::new(RunRecord::read(&run));
    if let Some(summary) = run_page::summary_of(&run) {
        report = report.with_summary(summary);
    }
    if !arguments.no_evaluation {
        report = match judged(&run, &select_device(arguments.device)?.device) {
            Ok(judgement) => report.with_judgement(judgement),
            Err(error) => {
                let reason = format!(
                    "The network could not be judged anew: {}",
                    in_one_line(&error)
                );
                output::note(&format!("note: {reason}"));
                report.with_note(reason)
            }
        };
    }
    output.write(report.render()?.as_bytes())?;
    output.report("wrote the page to")?;
    Ok(ExitCode::SUCCESS)
}
