//! `firebrick runs rm` and `firebrick runs rename`

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use firebrick::recipes::Settings;
use firebrick::training::{History, RunDirectory};

use crate::failure::OrUsage;
use crate::output;
use crate::run_name::RunName;
use crate::runs::RunsFolder;

/// How a `config.toml` begins that a training has written, in this program or another.
const HEADINGS: [&str; 2] = [Settings::HEADING, RunDirectory::HEADING];

/// Remove runs, with their models and checkpoints. Only a run's own files go; whatever else lies in its directory stays there.
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArguments {
    /// Names or paths of the runs
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    folder: RunsFolder,
}

/// Give a run another name.
#[derive(Debug, clap::Args)]
pub(super) struct RenameArguments {
    /// Name or path of the run
    run: PathBuf,

    /// Its new name, in the same folder
    name: RunName,

    #[command(flatten)]
    folder: RunsFolder,
}

pub(super) fn remove(arguments: &RemoveArguments) -> anyhow::Result<ExitCode> {
    let mut found: Vec<RunDirectory> = Vec::new();
    for run in &arguments.runs {
        let run = own_run(&arguments.folder, run)?;
        if !found.contains(&run) {
            found.push(run);
        }
    }
    if !arguments.yes && !is_wanted(&found)? {
        output::print("nothing was removed\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    for run in found {
        let path = run.path().to_owned();
        let left = run.remove()?;
        let mut text = format!("removed {}\n", path.display());
        if !left.is_empty() {
            let names: Vec<String> = left
                .iter()
                .map(|name| format!("`{}`", name.display()))
                .collect();
            text = format!(
                "removed the run in {}; {} stay{}, which a training does not write\n",
                path.display(),
                names.join(", "),
                if left.len() == 1 { "s" } else { "" }
            );
        }
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn rename(arguments: &RenameArguments) -> anyhow::Result<ExitCode> {
    let run = own_run(&arguments.folder, &arguments.run)?;
    let old = run.name();
    let to = run.path().with_file_name(arguments.name.as_str());
    if to.symlink_metadata().is_ok() {
        return Err(anyhow!(
            "cannot call the run `{old}` `{}`: `{}` is already there; choose another name",
            arguments.name.as_str(),
            to.display()
        ))
        .or_usage();
    }
    let run = run.rename(&to)?;
    output::print(&format!("{old} is {} now\n", run.path().display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The directory of a run that may be removed or renamed.
///
/// # Errors
/// One that is not there or that somebody trains in; a link; a directory that no training has made, though a file in it is called
/// as one of a run.
fn own_run(folder: &RunsFolder, run: &Path) -> anyhow::Result<RunDirectory> {
    let found = folder.open(run)?;
    let shown = found.path().display();
    // The path of a model stands for its run elsewhere; what is removed is named itself.
    let is_named = found.path() == run || found.path() == folder.path.join(run);
    if !is_named || found.path().file_name().is_none() {
        return Err(anyhow!(
            "`{}` is not the directory of a run; name the run itself",
            run.display()
        ))
        .or_usage();
    }
    if found.path().is_symlink() {
        return Err(anyhow!(
            "`{shown}` is a link to the directory of a run; remove or rename the link by itself, the run where it lies"
        ));
    }
    if found.is_busy() {
        return Err(anyhow!(
            "somebody trains in `{shown}`; stop the training first, e.g. by Ctrl-C or `firebrick control {} stop`",
            found.name()
        ));
    }
    if !is_of_a_training(&found) {
        return Err(anyhow!(
            "`{shown}` has files named as those of a run, but neither the settings nor the history of one; if it is to go, \
             remove it by other means"
        ));
    }
    Ok(found)
}

/// Whether the directory is a run's beyond doubt: many a folder has a `config.toml`.
fn is_of_a_training(run: &RunDirectory) -> bool {
    let config = run.read(RunDirectory::CONFIG).unwrap_or_default();
    HEADINGS.iter().any(|heading| config.starts_with(heading))
        || History::read_csv(&run.file(RunDirectory::HISTORY)).is_ok()
}

/// Asks on the terminal.
///
/// # Errors
/// With a usage error where there is none.
fn is_wanted(runs: &[RunDirectory]) -> anyhow::Result<bool> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(anyhow!(
            "removing runs is asked about on a terminal, and this is none; `--yes` removes without asking"
        ))
        .or_usage();
    }
    let names: Vec<String> = runs
        .iter()
        .map(|run| run.path().display().to_string())
        .collect();
    output::print(&format!(
        "remove {} with all that was learned? [y/N] ",
        names.join(", ")
    ))?;
    io::stdout()
        .flush()
        .context("cannot write to standard output")?;
    let mut answer = String::new();
    stdin
        .lock()
        .read_line(&mut answer)
        .context("cannot read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
