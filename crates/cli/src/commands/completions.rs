//! `firebrick completions`

use std::process::ExitCode;

use clap_complete::Shell;

use crate::output;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick completions bash > firebrick.bash
  firebrick completions zsh > _firebrick";

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(
    arguments: &CompletionsArguments,
    mut command: clap::Command,
) -> anyhow::Result<ExitCode> {
    // Generating straight to a closed pipe would panic.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "firebrick", &mut script);
    output::print_data(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
