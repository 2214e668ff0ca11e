use std::io::{self, IsTerminal, Write};

use ratatui_image::picker::ProtocolType;
use ratatui_image::picker::cap_parser::{Parser, QueryStdioOptions};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use super::Answers;

/// How often a terminal is listened to, a tenth of a second at most each time.
const TURNS: usize = 5;

/// Asks the terminal whether it takes sixels and how large its cells are.
///
/// It must be in raw mode, and nobody else may read from it. One that never answers is waited for for half a second; what it
/// says later is no key, as those who read keys know these answers.
pub(super) fn ask() -> io::Result<Answers> {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stdout().is_terminal() {
        return Ok(Answers::default());
    }
    let before = tcgetattr(&stdin)?;
    let mut modes = before.clone();
    // A read comes back after a tenth of a second, with or without anything.
    modes.special_codes[SpecialCodeIndex::VMIN] = 0;
    modes.special_codes[SpecialCodeIndex::VTIME] = 1;
    tcsetattr(&stdin, OptionalActions::Now, &modes)?;
    let answers = send().and_then(|()| {
        // Not through the buffer of the standard library, which would keep what the reader of keys waits for.
        listen(|bytes| Ok(rustix::io::read(&stdin, bytes)?))
    });
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    answers
}

fn send() -> io::Result<()> {
    let options = QueryStdioOptions {
        // Whether it is kitty stands in the environment, and what is no kitty may show the question.
        blacklist_protocols: vec![ProtocolType::Kitty],
        ..QueryStdioOptions::default()
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(Parser::query(false, options).as_bytes())?;
    stdout.flush()
}

/// Reads until the last question is answered, for so many turns at most.
fn listen(mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<Answers> {
    let mut answers = Answers::default();
    let mut parser = Parser::new();
    let mut bytes = [0; 256];
    for _ in 0..TURNS {
        match read(&mut bytes) {
            Ok(length) => answers.take(&mut parser, &bytes[..length]),
            Err(error) if error.raw_os_error() == Some(Errno::INTR.raw_os_error()) => {}
            Err(error) => return Err(error),
        }
        if answers.is_complete {
            break;
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hears these parts one after the other, then nothing; says how often it was listened.
    fn heard(parts: &[&str]) -> (Answers, usize) {
        let mut turns = 0;
        let answers = listen(|bytes| {
            let part = parts.get(turns).copied().unwrap_or_default();
            turns += 1;
            bytes[..part.len()].copy_from_slice(part.as_bytes());
            Ok(part.len())
        });
        (answers.unwrap(), turns)
    }

    #[test]
    fn it_listens_until_the_last_answer_has_come() {
        let (answers, turns) = heard(&["\x1b[?62;", "4c\x1b[6;20", ";10t\x1b[0n", "q"]);
        assert!(answers.has_sixel && answers.cell.is_some());
        assert_eq!(turns, 3);
    }

    #[test]
    fn a_silent_terminal_is_not_waited_for_for_ever() {
        assert_eq!(heard(&[]), (Answers::default(), TURNS));
        // Nor one whose keys are pressed all the time.
        assert_eq!(heard(&["q"; 100]), (Answers::default(), TURNS));
    }

    #[test]
    fn a_terminal_that_is_gone_is_an_error() {
        let gone = listen(|_| Err(Errno::IO.into()));
        assert!(gone.is_err());
        let mut turns = 0;
        let interrupted = listen(|_| {
            turns += 1;
            Err(Errno::INTR.into())
        });
        assert!(interrupted.is_ok() && turns == TURNS);
    }

    #[test]
    fn the_questions_are_those_that_every_terminal_knows() {
        let options = QueryStdioOptions {
            blacklist_protocols: vec![ProtocolType::Kitty],
            ..QueryStdioOptions::default()
        };
        assert_eq!(Parser::query(false, options), "\x1b[c\x1b[16t\x1b[5n");
    }
}
