use std::fmt;

use serde::Serialize;

/// How much something that is odd matters.
///
/// ```
/// use firebrick::training::Severity;
///
/// assert!(Severity::Error < Severity::Warning, "what matters most comes first");
/// assert_eq!(Severity::Warning.to_string(), "warning");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The training cannot run, or learns nothing.
    Error,
    /// The training is worse by it.
    Warning,
    /// Good to know.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Something that is odd before a training.
///
/// ```
/// use firebrick::training::{Finding, Severity};
///
/// let finding = Finding::new(Severity::Warning, "column `b`", "all numbers are 7", "leave it out");
/// assert_eq!(finding.to_string(), "column `b`: all numbers are 7; leave it out");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Where it was found.
    pub place: String,
    /// What was found there.
    pub found: String,
    /// What to do; empty where `found` says it.
    pub advice: String,
}

impl Finding {
    /// Something at a place, and what to do about it.
    pub fn new(
        severity: Severity,
        place: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            place: place.into(),
            found: found.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            found,
            advice,
            ..
        } = self;
        write!(f, "{place}: {found}")?;
        if advice.is_empty() {
            return Ok(());
        }
        write!(f, "; {advice}")
    }
}
