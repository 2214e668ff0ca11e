//! `firebrick compare`

use std::path::PathBuf;
use std::process::ExitCode;

use firebrick_pages::{Comparison, RunRecord};

use crate::chart::terminal_width;
use crate::commands::plot::charts;
use crate::destination::Destination;
use crate::output;
use crate::runs::{self, RunsFolder};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick compare mnist-1 mnist-2
  firebrick compare mnist-1 mnist-2 adam --page compared.html";

/// Show several runs side by side: how good they became, the settings that differ, their curves.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompareArguments {
    /// Names or paths of the runs
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// Write it as a page instead; `-` is standard output
    #[arg(long, value_name = "FILE.html")]
    page: Option<PathBuf>,

    /// Leave the curves out
    #[arg(long)]
    no_curves: bool,

    #[command(flatten)]
    folder: RunsFolder,
}

pub(crate) fn run(arguments: &CompareArguments) -> anyhow::Result<ExitCode> {
    let runs = arguments.runs.iter().map(|run| arguments.folder.open(run));
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
    let read = runs.iter().flat_map(runs::read_files);
    let page = arguments
        .page
        .as_deref()
        .map(|path| Destination::new(path, "page", read))
        .transpose()?;
    let comparison = Comparison::new(runs.iter().map(RunRecord::read).collect());
    if let Some(page) = page {
        page.write(comparison.render(None)?.as_bytes())?;
        page.report("wrote the comparison to")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = comparison.text();
    if !arguments.no_curves {
        text.push('\n');
        text.push_str(&charts(
            &comparison.panels(),
            runs.len() == 1,
            terminal_width(),
        ));
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
