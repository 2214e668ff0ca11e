//! The commands, one a file.

pub(crate) mod completions;
pub(crate) mod data;
pub(crate) mod devices;
pub(crate) mod evaluate;
pub(crate) mod plot;
pub(crate) mod predict;
pub(crate) mod schedule;
pub(crate) mod study;
pub(crate) mod summary;
pub(crate) mod train;

use std::process::ExitCode;

use crate::arguments::Command;

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Train(arguments) => train::run(*arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Summary(arguments) => summary::run(&arguments),
        Command::Plot(arguments) => plot::run(&arguments),
        Command::Schedule(arguments) => schedule::run(&arguments),
        Command::Study(arguments) => study::run(arguments),
        Command::Devices(arguments) => devices::run(&arguments),
        Command::Data(arguments) => data::run(arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    }
}
