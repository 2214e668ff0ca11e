//! What the command line looks like as a whole; each command has its arguments in its own file.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

#[cfg(feature = "board")]
use crate::commands::board::{self, BoardArguments};
use crate::commands::compare::{self, CompareArguments};
use crate::commands::completions::{self, CompletionsArguments};
use crate::commands::control::{self, ControlArguments};
use crate::commands::data::{self, DataArguments};
use crate::commands::devices::{self, DevicesArguments};
use crate::commands::evaluate::{self, EvaluateArguments};
use crate::commands::export::{self, ExportArguments};
use crate::commands::import::{self, ImportArguments};
use crate::commands::man::{self, ManArguments};
use crate::commands::model::{self, ModelArguments};
use crate::commands::plot::{self, PlotArguments};
use crate::commands::predict::{self, PredictArguments};
use crate::commands::report::{self, ReportArguments};
use crate::commands::runs::{self, RunsArguments};
use crate::commands::schedule::{self, ScheduleArguments};
#[cfg(feature = "serve")]
use crate::commands::serve::{self, ServeArguments};
use crate::commands::study::{self, StudyArguments};
use crate::commands::summary::{self, SummaryArguments};
use crate::commands::train::{self, TrainArguments};
use crate::commands::tune::{self, TuneArguments};
use crate::commands::watch::{self, WatchArguments};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick train                       MNIST by default
  firebrick train --data mnist-sample   without any files
  firebrick train --data assets/iris/iris.csv --target species --classes
  firebrick watch mnist-1 --once        how far it is; without --once its dashboard
  firebrick control mnist-1 rate x0.5   half the rate of a training at work
  firebrick evaluate mnist-1            how good it became
  firebrick predict mnist-1 assets/digits/seven.png
  firebrick serve mnist-1               the same for programs and on a page
  firebrick plot mnist-1 mnist-2        curves of two runs
  firebrick runs --sort val_accuracy    all runs, the best first
  firebrick study networks              three ways to write a network

EXIT CODES:
  0    done
  1    failed
  2    wrong flags or settings
  130  stopped by Ctrl-C";

/// Trains neural networks, watches them learn, and uses what they learned.
#[derive(Debug, Parser)]
#[command(name = "firebrick", version, after_help = EXAMPLES, max_term_width = 100)]
// A flag that is given again replaces the earlier one, so that an alias can be refined.
#[command(args_override_self = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One variant a command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train a network and keep what it learned in a run directory
    Train(Box<TrainArguments>),
    /// Ask a running training for a pause, another rate, a checkpoint, the end
    Control(ControlArguments),
    /// Show the dashboard of a training in another terminal, or of one that is over
    Watch(WatchArguments),
    /// Judge a run's network on test samples
    Evaluate(EvaluateArguments),
    /// Say which digit a picture shows, or predict the rows of a table
    Predict(PredictArguments),
    /// Serve what a run's network says: to programs as JSON, to people on a page
    #[cfg(feature = "serve")]
    Serve(ServeArguments),
    /// Show a network layer by layer
    Summary(SummaryArguments),
    /// Write a run's network to a file that Keras, PyTorch and others read
    Export(ExportArguments),
    /// Make a run of a model that Keras, PyTorch or others have trained
    Import(ImportArguments),
    /// Look at a model file, say whose it is, sign it
    Model(ModelArguments),
    /// Draw the curves of one run, or of several in one picture
    Plot(PlotArguments),
    /// List the runs of a folder, remove or rename some
    Runs(RunsArguments),
    /// Make the page of a run
    Report(ReportArguments),
    /// Show several runs side by side
    Compare(CompareArguments),
    /// Serve the runs and their pages to a browser on this machine
    #[cfg(feature = "board")]
    Board(BoardArguments),
    /// Draw a learning rate over the steps
    Schedule(ScheduleArguments),
    /// Train networks to compare them: three side by side, or curves of over- and underfitting
    Study(StudyArguments),
    /// Search for settings by training: several networks at once, a table and a page of what came of it
    Tune(Box<TuneArguments>),
    /// List the devices to compute on
    Devices(DevicesArguments),
    /// Look at data sets, or download MNIST
    Data(DataArguments),
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
    /// Print the manual page, or write those of all commands
    Man(ManArguments),
}

impl Command {
    /// Does what was asked for.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Train(arguments) => train::run(*arguments),
            Self::Control(arguments) => control::run(&arguments),
            Self::Watch(arguments) => watch::run(&arguments),
            Self::Evaluate(arguments) => evaluate::run(&arguments),
            Self::Predict(arguments) => predict::run(&arguments),
            #[cfg(feature = "serve")]
            Self::Serve(arguments) => serve::run(&arguments),
            Self::Summary(arguments) => summary::run(&arguments),
            Self::Export(arguments) => export::run(&arguments),
            Self::Import(arguments) => import::run(&arguments),
            Self::Model(arguments) => model::run(&arguments),
            Self::Plot(arguments) => plot::run(&arguments),
            Self::Runs(arguments) => runs::run(arguments),
            Self::Report(arguments) => report::run(&arguments),
            Self::Compare(arguments) => compare::run(&arguments),
            #[cfg(feature = "board")]
            Self::Board(arguments) => board::run(&arguments),
            Self::Schedule(arguments) => schedule::run(&arguments),
            Self::Study(arguments) => study::run(arguments),
            Self::Tune(arguments) => tune::run(*arguments),
            Self::Devices(arguments) => devices::run(&arguments),
            Self::Data(arguments) => data::run(arguments),
            Self::Completions(arguments) => completions::run(&arguments, Arguments::command()),
            Self::Man(arguments) => man::run(&arguments, Arguments::command()),
        }
    }
}
