//! `firebrick runs`

mod moving;

use std::fmt::Write as _;
use std::process::ExitCode;

use firebrick_pages::{
    Condition, PagesError, RunState, choose_runs, now, read_runs, run_table, sort_runs,
};

use self::moving::{RemoveArguments, RenameArguments};
use crate::failure::usage;
use crate::output;
use crate::runs::RunsFolder;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick runs
  firebrick runs --sort val_accuracy
  firebrick runs --filter state=running
  firebrick runs --filter 'mnist' --filter 'val_accuracy>0.9' --filter optimizer=adam
  firebrick runs --json | jq '.[].name'
  firebrick runs rm mnist-1 mnist-2
  firebrick runs rename mnist-3 wide";

/// List the runs of a folder, remove or rename some.
///
/// The figures are the best that there were, with their epoch: those of the validation, if there was one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct RunsArguments {
    #[command(subcommand)]
    action: Option<Action>,

    /// The order: name, state, data, network, epochs, loss, metric, time, began, a figure or a setting; the best figure comes
    /// first [default: began, the newest first]
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,

    /// The other way round
    #[arg(long)]
    reverse: bool,

    /// Only the runs of which this holds: a part of the name, or KEY=VALUE (`*` for any text), KEY!=VALUE, KEY<NUMBER,
    /// KEY>NUMBER; again for several
    #[arg(long, value_name = "CONDITION")]
    filter: Vec<Condition>,

    /// Print a JSON list with an object a run
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    folder: RunsFolder,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Remove runs, with their models
    Rm(RemoveArguments),
    /// Give a run another name
    Rename(RenameArguments),
}

pub(crate) fn run(arguments: RunsArguments) -> anyhow::Result<ExitCode> {
    match arguments.action {
        Some(Action::Rm(arguments)) => moving::remove(&arguments),
        Some(Action::Rename(arguments)) => moving::rename(&arguments),
        None => list(&arguments),
    }
}

fn list(arguments: &RunsArguments) -> anyhow::Result<ExitCode> {
    let runs = read_runs(&arguments.folder.path)?;
    let num_runs = runs.len();
    let runs = choose_runs(runs, &arguments.filter).map_err(told)?;
    let mut runs = match &arguments.sort {
        Some(key) => sort_runs(runs, key).map_err(told)?,
        None => runs,
    };
    if arguments.reverse {
        runs.reverse();
    }
    if arguments.json {
        output::print_data(&format!("{}\n", serde_json::to_string(&runs)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    if runs.is_empty() {
        let folder = arguments.folder.path.display();
        let text = match num_runs {
            0 => format!("no runs in `{folder}`; `firebrick train` makes one\n"),
            1 => format!("the one run in `{folder}` is none of those\n"),
            _ => format!("none of the {num_runs} runs in `{folder}` is one of those\n"),
        };
        output::print(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = run_table(&runs, now(), output::terminal_width());
    for run in runs.iter().filter(|run| run.state == RunState::Broken) {
        let reason = run.reason.as_deref().unwrap_or("its files cannot be read");
        let _ = write!(text, "\n{} is broken: {reason}", run.name);
    }
    output::print(&format!("{}\n", text.trim_end()))?;
    Ok(ExitCode::SUCCESS)
}

/// What was asked for and cannot be is the user's mistake.
fn told(error: PagesError) -> anyhow::Error {
    match error {
        PagesError::UnknownKey { .. } => usage(error.into()),
        error => error.into(),
    }
}
