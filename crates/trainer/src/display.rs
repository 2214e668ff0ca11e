use std::fmt;
use std::io::IsTerminal;
use std::str::FromStr;

use firebrick_spec::UnknownName;
use firebrick_spec::as_text;

use crate::error::TrainError;

/// How a training shows itself.
///
/// ```
/// use firebrick::training::Display;
///
/// assert_eq!("keras-lines".parse::<Display>()?, Display::KerasLines);
/// // By the number that Keras takes.
/// assert_eq!(Display::from_verbose(0)?, Display::Quiet);
/// assert!(Display::from_verbose(3).is_err());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Display {
    /// The dashboard on a terminal, else one line an epoch.
    #[default]
    Auto,
    /// The dashboard: curves, rate, layers, samples and words, and keys that steer the training; `?` lists them, `q` asks whether to
    /// stop. What [`Lines`](Self::Lines) would have printed is printed when it is gone.
    Dashboard,
    /// Burn's dashboard: curves of loss, accuracy, learning rate and speed, and the progress. It stops
    /// by `q` and `s`, on Unix also by Ctrl-C. What [`Lines`](Self::Lines) would have printed is printed when it is gone.
    Tui,
    /// A progress line, as Keras prints it at `verbose=1`.
    Bar,
    /// One line an epoch, as Keras prints it at `verbose=2`.
    KerasLines,
    /// One line an epoch.
    Lines,
    /// Nothing.
    Quiet,
}

impl Display {
    /// The names that [`FromStr`] takes.
    pub const NAMES: [&'static str; 7] = [
        "auto",
        "dashboard",
        "tui",
        "bar",
        "keras-lines",
        "lines",
        "quiet",
    ];

    /// What Keras' `verbose` asks for: 0 for nothing, 1 for a progress line, 2 for one line an epoch.
    ///
    /// # Errors
    /// Another number.
    pub fn from_verbose(verbose: u8) -> Result<Self, TrainError> {
        match verbose {
            0 => Ok(Self::Quiet),
            1 => Ok(Self::Bar),
            2 => Ok(Self::KerasLines),
            _ => Err(TrainError::Setting {
                setting: "verbose",
                expected: "0 (nothing), 1 (a progress line) or 2 (one line an epoch)",
                received: verbose.to_string(),
            }),
        }
    }

    /// Whether it has the whole terminal, so that lines are printed when it is gone.
    pub(crate) fn is_full_screen(self) -> bool {
        matches!(self, Self::Dashboard | Self::Tui)
    }

    /// What `auto` means here and now; checks that the dashboard can be shown where it is asked for.
    ///
    /// # Errors
    /// The dashboard without a terminal, or in a build without it.
    pub fn resolve(self) -> Result<Self, TrainError> {
        let obstacle = dashboard_obstacle();
        match (self, obstacle) {
            (Self::Auto, None) => Ok(Self::Dashboard),
            (Self::Auto, Some(_)) => Ok(Self::Lines),
            (Self::Dashboard | Self::Tui, Some(reason)) => Err(TrainError::NoDashboard { reason }),
            (display, _) => Ok(display),
        }
    }
}

/// Why there can be no dashboard, if so.
fn dashboard_obstacle() -> Option<&'static str> {
    if !cfg!(feature = "tui") {
        Some("this build is without it; build with `--features tui`")
    } else if !std::io::stdout().is_terminal() {
        Some("the output is not a terminal")
    } else if !std::io::stdin().is_terminal() {
        Some("the input is not a terminal, so no key could reach it")
    } else if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        Some("the terminal calls itself `dumb`")
    } else {
        None
    }
}

impl fmt::Display for Display {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Dashboard => "dashboard",
            Self::Tui => "tui",
            Self::Bar => "bar",
            Self::KerasLines => "keras-lines",
            Self::Lines => "lines",
            Self::Quiet => "quiet",
        })
    }
}

impl FromStr for Display {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        match name.to_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "dashboard" => Ok(Self::Dashboard),
            "tui" => Ok(Self::Tui),
            "bar" => Ok(Self::Bar),
            "keras-lines" => Ok(Self::KerasLines),
            "lines" => Ok(Self::Lines),
            "quiet" => Ok(Self::Quiet),
            _ => Err(UnknownName::new("display", name, &Self::NAMES).into()),
        }
    }
}

as_text!(Display);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_again() {
        for name in Display::NAMES {
            assert_eq!(name.parse::<Display>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn verbose_is_what_it_is_in_keras() {
        let displays = [Display::Quiet, Display::Bar, Display::KerasLines];
        for (verbose, display) in (0..).zip(displays) {
            assert_eq!(Display::from_verbose(verbose).unwrap(), display);
        }
        assert_eq!(
            Display::from_verbose(3).unwrap_err().to_string(),
            "verbose is 3, expected 0 (nothing), 1 (a progress line) or 2 (one line an epoch)"
        );
    }
}
