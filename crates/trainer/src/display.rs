use std::fmt;
use std::io::IsTerminal;
use std::str::FromStr;

use firebrick_model::nearest_name;
use serde::{Deserialize, Serialize};

use crate::TrainError;

/// How a training shows itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Display {
    /// The dashboard on a terminal, else one line an epoch.
    #[default]
    Auto,
    /// Burn's dashboard: curves of loss, accuracy, learning rate and speed, and the progress. It stops
    /// by `q` and `s`, on Unix also by Ctrl-C.
    Tui,
    /// A progress line as Keras has it.
    Bar,
    /// One line an epoch.
    Lines,
    /// Nothing.
    Quiet,
}

impl Display {
    /// The names that [`FromStr`] takes.
    pub const NAMES: [&'static str; 5] = ["auto", "tui", "bar", "lines", "quiet"];

    /// What `auto` means here and now; checks that the dashboard can be shown where it is asked for.
    ///
    /// # Errors
    /// The dashboard without a terminal, or in a build without it.
    pub fn resolve(self) -> Result<Self, TrainError> {
        let obstacle = dashboard_obstacle();
        match (self, obstacle) {
            (Self::Auto, None) => Ok(Self::Tui),
            (Self::Auto, Some(_)) => Ok(Self::Lines),
            (Self::Tui, Some(reason)) => Err(TrainError::NoDashboard { reason }),
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
            Self::Tui => "tui",
            Self::Bar => "bar",
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
            "tui" => Ok(Self::Tui),
            "bar" => Ok(Self::Bar),
            "lines" => Ok(Self::Lines),
            "quiet" => Ok(Self::Quiet),
            _ => Err(TrainError::UnknownDisplay {
                name: name.to_owned(),
                nearest: nearest_name(name, &Self::NAMES),
            }),
        }
    }
}

impl TryFrom<String> for Display {
    type Error = TrainError;

    fn try_from(name: String) -> Result<Self, TrainError> {
        name.parse()
    }
}

impl From<Display> for String {
    fn from(display: Display) -> Self {
        display.to_string()
    }
}
