//! `firebrick watch`

use std::path::PathBuf;
use std::process::ExitCode;

#[cfg(feature = "tui")]
mod looking;

use crate::runs::RunsFolder;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick watch mnist-1                     in another terminal than its training, or long after it
  firebrick watch mnist-2 --compare mnist-1   with the curves of another run behind
  firebrick watch mnist-1 --once              one screen as text, for a pipe or a message
  firebrick watch mnist-1 --once --pane words

It reads the directory of the run alone. Keys ask the training through the run's socket, as `firebrick control` does: `?` lists \
them; `q` and Ctrl-C leave, and the training goes on.";

/// Show the dashboard of a training that runs in another terminal or ended long ago.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct WatchArguments {
    /// Run to look at, by name or path
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// Run whose curves are drawn behind, by name or path
    #[arg(long, value_name = "RUN")]
    compare: Option<PathBuf>,

    /// What to look at first: curves, rate, layers, samples or words
    #[arg(long, value_name = "PANE", default_value = "curves")]
    pane: String,

    /// Print one screen as text, without a terminal
    #[arg(long)]
    once: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

#[cfg(feature = "tui")]
pub(crate) fn run(arguments: &WatchArguments) -> anyhow::Result<ExitCode> {
    looking::run(arguments)
}

#[cfg(not(feature = "tui"))]
pub(crate) fn run(_: &WatchArguments) -> anyhow::Result<ExitCode> {
    use crate::failure::OrUsage;

    Err(anyhow::anyhow!(
        "this build is without the dashboard; build with `--features tui`"
    ))
    .or_usage()
}
