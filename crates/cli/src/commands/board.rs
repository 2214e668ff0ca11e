//! `firebrick board`

use std::process::ExitCode;

use firebrick_board::{Board, Port};

use crate::listen::Listen;
use crate::output;
use crate::runs::RunsFolder;

/// Where a board listens unless something else is said.
const PORT: u16 = 8642;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick board
  firebrick board --listen 9000
  firebrick board --runs-dir /data/runs

It only reads: trainings are steered at their terminals, or by `firebrick control`. Ctrl-C ends it.";

/// Serve the runs and their pages to a browser on this machine, with curves that follow a training at work.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BoardArguments {
    /// Where to listen: a port, an address or both; others than those of this machine alone let everybody read who reaches it
    /// [default: 127.0.0.1:8642, or the next port that is free]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<Listen>,

    #[command(flatten)]
    folder: RunsFolder,
}

pub(crate) fn run(arguments: &BoardArguments) -> anyhow::Result<ExitCode> {
    let listen = arguments.listen.unwrap_or_default();
    let address = listen.or_port(PORT);
    let port = match listen.port {
        Some(_) => Port::Exactly,
        None => Port::NextFree,
    };
    let folder = &arguments.folder.path;
    let board = Board::bind(address, port, folder)?;
    if !address.ip().is_loopback() {
        output::note(&format!(
            "warning: whoever reaches {address} can read the runs in `{}`",
            folder.display()
        ));
    }
    output::print(&format!(
        "board    http://{}/\nruns     {}\nCtrl-C ends it\n",
        board.address(),
        folder.display()
    ))?;
    board.serve()?;
    Ok(ExitCode::SUCCESS)
}
