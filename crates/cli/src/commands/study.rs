//! `firebrick study`

mod continued;
mod curve;
mod networks;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use firebrick::training::Display;
use firebrick_study::{Ending, StudyDirectory, StudyError, StudySettings};

use crate::failure::{OrUsage, interrupted};
use crate::output;
use crate::run_name::RunName;
use crate::runs::RunsFolder;
use crate::samples::check_place;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick study networks
  firebrick study networks --data mnist-sample --epochs 5 --run trial
  firebrick study curve --by train-size
  firebrick study curve --by epochs --train-size 200 --seeds 3
  firebrick study continue width-1

A study leaves settings, a table, a figure and report.html in its directory. Ctrl-C stops it in order; what was finished \
is not done again by `firebrick study continue`.";

/// Train networks to compare them: three ways to write the same one, or error against size, capacity and time.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StudyArguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Three networks side by side: from scratch, as a Burn module, in Keras' style
    Networks(Box<networks::NetworksArguments>),
    /// Error against training images, width, depth or epochs, over several seeds
    Curve(Box<curve::CurveArguments>),
    /// Do what is left of a study that was stopped
    Continue(continued::ContinueArguments),
}

/// Where a study goes and how it shows itself.
#[derive(Debug, clap::Args)]
struct Place {
    /// Name of the study's directory [default: the kind of study with the next free number]
    #[arg(long, value_name = "NAME")]
    run: Option<RunName>,

    #[command(flatten)]
    runs: RunsFolder,

    /// Replace the study if it is already there
    #[arg(long, requires = "run")]
    overwrite: bool,
}

pub(crate) fn run(arguments: StudyArguments) -> anyhow::Result<ExitCode> {
    match arguments.kind {
        Kind::Networks(arguments) => networks::run(*arguments),
        Kind::Curve(arguments) => curve::run(*arguments),
        Kind::Continue(arguments) => continued::run(&arguments),
    }
}

/// Begins a study in a directory of its own; whatever can be checked is checked before that is made.
fn begin(
    settings: &StudySettings,
    place: &Place,
    display: Display,
    jobs: Option<usize>,
) -> anyhow::Result<ExitCode> {
    check_place(settings.data())?;
    let study = or_usage(settings.clone().prepare())?;
    or_usage(study.check(display, jobs))?;
    let name = place.run.as_ref().map(RunName::as_str);
    let made = StudyDirectory::create(&place.runs.path, name, settings, place.overwrite);
    let directory = or_usage(made)?;
    conclude(&study, &directory, display, jobs)
}

fn conclude(
    study: &firebrick_study::Study,
    directory: &StudyDirectory,
    display: Display,
    jobs: Option<usize>,
) -> anyhow::Result<ExitCode> {
    let is_quiet = display == Display::Quiet;
    // A reader that has gone shall not end the study.
    let mut say = |text: &str| {
        if !is_quiet {
            let _ = output::print(&format!("{text}\n"));
        }
    };
    let ending = or_usage(study.run(directory, display, jobs, &mut say))?;
    say(&format!("\nfiles    {}", files(directory)));
    if ending == Ending::Completed {
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!(
        "stopped; what was finished is kept: firebrick study continue {}",
        directory.path().display()
    ));
    Ok(interrupted())
}

/// The files there are, with their directory.
fn files(directory: &StudyDirectory) -> String {
    let there: Vec<&str> = [StudyDirectory::SETTINGS]
        .into_iter()
        .chain(StudySettings::OUTPUTS)
        .filter(|name| directory.file(name).exists())
        .collect();
    format!("{}: {}", directory.path().display(), there.join(", "))
}

fn or_usage<T>(result: Result<T, StudyError>) -> anyhow::Result<T> {
    match result {
        Err(error) if error.is_usage() => Err(error).or_usage(),
        result => Ok(result?),
    }
}

/// The directory of a study by its name in the folder of the runs, or else by its path.
fn open(folder: &Path, study: &Path) -> Result<(StudyDirectory, StudySettings), StudyError> {
    match StudyDirectory::open(&folder.join(study)) {
        Err(StudyError::NoStudy { .. }) => StudyDirectory::open(study),
        opened => opened,
    }
}
