use std::fmt;
use std::path::{Component, Path};
use std::str::FromStr;

/// A name for a run that stays inside the folder of the runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunName(String);

impl RunName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that would lead elsewhere.
#[derive(Debug)]
pub(crate) struct RunNameError;

impl fmt::Display for RunNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a plain name without separators; to put runs elsewhere use `--runs-dir`",
        )
    }
}

impl std::error::Error for RunNameError {}

impl FromStr for RunName {
    type Err = RunNameError;

    fn from_str(text: &str) -> Result<Self, RunNameError> {
        let mut components = Path::new(text).components();
        match (components.next(), components.next()) {
            (Some(Component::Normal(name)), None)
                if name == text
                    && !text.contains(['/', '\\'])
                    && !text.contains(char::is_control) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(RunNameError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_out_of_the_folder() {
        for name in ["x", "mnist-1", "a b", "...", "größer"] {
            assert_eq!(name.parse::<RunName>().unwrap().as_str(), name);
        }
        for name in ["", ".", "..", "../x", "a/b", "a/", "/a", "a\\b", "a\nb"] {
            assert!(name.parse::<RunName>().is_err(), "{name:?}");
        }
    }
}
