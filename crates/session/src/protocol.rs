//! The lines that go through a socket, a JSON object each.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};

use crate::action::Action;

/// The name of the socket in a run directory.
pub(crate) const SOCKET: &str = "control.sock";

/// The longest line that a training reads, in bytes.
pub(crate) const LONGEST_REQUEST: u64 = 4096;

/// What one can say to a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
pub(crate) enum Line {
    /// Do something.
    Action {
        /// What.
        action: Action,
        /// Who asks.
        #[serde(default = "someone")]
        by: String,
    },
    /// Tell what happens from now on.
    Watch,
}

/// That a request has come, before there is an answer: a step may take long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub(crate) enum Receipt {
    /// The training will do it between two steps.
    Accepted,
}

fn someone() -> String {
    "socket".to_owned()
}

/// A name as it may stand in a line of a terminal, and not longer than it needs to be.
pub(crate) fn tame(name: &str) -> String {
    const LONGEST: usize = 60;
    name.chars()
        .filter(|char| !char.is_control())
        .take(LONGEST)
        .collect()
}

/// The next line without its end, nothing where there are no more.
///
/// # Errors
/// A line of more bytes than `longest`, what cannot be read.
pub(crate) fn read_line(from: &mut impl BufRead, longest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    from.take(longest + 1).read_until(b'\n', &mut line)?;
    if line.pop_if(|last| *last == b'\n').is_none() {
        if line.is_empty() {
            return Ok(None);
        }
        if line.len() as u64 > longest {
            let message = format!("a line has at most {longest} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    }
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_can_say_is_a_line_that_one_can_type() {
        for (text, line) in [
            (
                r#"{"request":"action","action":"rate x0.5","by":"me"}"#,
                Line::Action {
                    action: Action::ScaleRate(0.5),
                    by: "me".to_owned(),
                },
            ),
            (
                r#"{"request":"action","action":"stop"}"#,
                Line::Action {
                    action: Action::Stop,
                    by: "socket".to_owned(),
                },
            ),
            (r#"{"request":"watch"}"#, Line::Watch),
        ] {
            assert_eq!(serde_json::from_str::<Line>(text).unwrap(), line);
        }
        let wrong = r#"{"request":"action","action":"stpo"}"#;
        let error = serde_json::from_str::<Line>(wrong).unwrap_err().to_string();
        assert!(error.contains("did you mean `stop`?"), "{error}");
    }

    #[test]
    fn lines_have_an_end_or_a_limit() {
        let mut text = &b"one\ntwo\nlong line"[..];
        assert_eq!(read_line(&mut text, 5).unwrap().unwrap(), b"one");
        assert_eq!(read_line(&mut text, 5).unwrap().unwrap(), b"two");
        let error = read_line(&mut text, 5).unwrap_err();
        assert_eq!(error.to_string(), "a line has at most 5 bytes");
        assert_eq!(read_line(&mut &b""[..], 5).unwrap(), None);
        assert_eq!(read_line(&mut &b"short"[..], 5).unwrap().unwrap(), b"short");
    }

    #[test]
    fn a_name_says_nothing_to_a_terminal() {
        assert_eq!(tame("\u{1b}[31mme\n"), "[31mme");
    }
}
