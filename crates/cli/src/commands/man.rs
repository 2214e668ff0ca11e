//! `firebrick man`

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::output;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick man | man -l -
  firebrick man --dir ~/.local/share/man/man1";

/// Print the manual page, or write those of all commands.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ManArguments {
    /// Folder for a page of each command
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ManArguments, command: clap::Command) -> anyhow::Result<ExitCode> {
    let Some(folder) = &arguments.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        output::print_data(&String::from_utf8_lossy(&page))?;
        return Ok(ExitCode::SUCCESS);
    };
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| format!("cannot write the pages to `{}`", folder.display()))?;
    output::print(&format!("wrote the pages to {}\n", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
