//! What ends a command early: how it is told and with which code the program leaves.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use clap::error::ErrorKind;
use firebrick::models::visible;
use firebrick::training::{Signal, TrainError};

use crate::output::{self, ClosedPipe};

const USAGE: u8 = 2;

/// Marks an error in what the user asked for, as opposed to one met while doing it.
#[derive(Debug)]
struct UsageError(anyhow::Error);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for UsageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.chain().nth(1)
    }
}

/// Marks the error of a result as the user's.
pub(crate) trait OrUsage<T> {
    fn or_usage(self) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrUsage<T> for Result<T, E> {
    fn or_usage(self) -> anyhow::Result<T> {
        self.map_err(|error| usage(error.into()))
    }
}

/// Marks an error as the user's.
pub(crate) fn usage(error: anyhow::Error) -> anyhow::Error {
    UsageError(error).into()
}

/// Whether a training was asked for that cannot be, as opposed to one that went wrong or data that is.
pub(crate) fn is_about_settings(error: &TrainError) -> bool {
    matches!(
        error,
        TrainError::Setting { .. }
            | TrainError::ForeignSetting { .. }
            | TrainError::Mismatch(_)
            | TrainError::UnknownMonitor { .. }
            | TrainError::UnknownDirection { .. }
            | TrainError::NoAverage { .. }
            | TrainError::FileNamePattern { .. }
    )
}

/// Tells the user what went wrong; gives the exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    if error.is::<ClosedPipe>() {
        return ExitCode::SUCCESS;
    }
    output::note(&format!("error: {}", in_one_line(error)));
    if error.is::<UsageError>() {
        ExitCode::from(USAGE)
    } else if matches!(error.downcast_ref(), Some(TrainError::Killed)) {
        interrupted()
    } else {
        ExitCode::FAILURE
    }
}

/// Tells the user what is wrong with the arguments, or the help that was asked for; gives the exit code.
pub(crate) fn report_arguments(error: &clap::Error) -> ExitCode {
    if error.kind() == ErrorKind::InvalidUtf8 {
        // Clap does not say which one it is.
        let unreadable: Vec<String> = std::env::args_os()
            .skip(1)
            .filter(|argument| argument.to_str().is_none())
            .map(|argument| String::from_utf8_lossy(argument.as_encoded_bytes()).into_owned())
            .map(|argument| format!("`{}`", argument.escape_debug()))
            .collect();
        output::note(&format!(
            "error: {} is no UTF-8, as flags and their values have to be; give it in UTF-8, a file by another name",
            unreadable.join(" or ")
        ));
        return ExitCode::from(USAGE);
    }
    let is_unprintable = |argument: &std::ffi::OsString| {
        let argument = argument.to_string_lossy();
        visible(&argument) != argument
    };
    if error.use_stderr() && std::env::args_os().any(|argument| is_unprintable(&argument)) {
        // Clap quotes what it was given as it is.
        output::note(error.render().to_string().trim_end());
    } else {
        // There is nobody left to tell that nobody can be told.
        let _ = error.print();
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// What shells report for a program that was ended by a signal; a key of the dashboard counts as Ctrl-C.
pub(crate) fn interrupted() -> ExitCode {
    let signal = Signal::last().unwrap_or(Signal::Interrupt);
    ExitCode::from(signal.exit_code())
}

/// The error with its causes, less those that a message before has quoted.
pub(crate) fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn causes_are_told_once() {
        let error = Err::<(), _>(anyhow!("disk full"))
            .context("cannot write `a`: disk full")
            .context("saving failed")
            .or_usage()
            .unwrap_err();
        assert_eq!(
            in_one_line(&error),
            "saving failed: cannot write `a`: disk full"
        );
    }
}
