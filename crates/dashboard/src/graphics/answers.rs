use ratatui_image::picker::cap_parser::{Parser, Response};

use super::CellSize;

/// What a terminal has answered so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) has_sixel: bool,
    /// Of a cell.
    pub(super) cell: Option<CellSize>,
    /// Whether the last question is answered.
    pub(super) is_complete: bool,
}

impl Answers {
    /// Takes what has been read, in which there may be keys, too.
    pub(super) fn take(&mut self, parser: &mut Parser, bytes: &[u8]) {
        for byte in bytes {
            for response in parser.push(char::from(*byte)) {
                match response {
                    Response::Sixel => self.has_sixel = true,
                    Response::CellSize(Some((width, height))) => {
                        self.cell = CellSize::checked(width, height);
                    }
                    Response::Status => self.is_complete = true,
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Answers {
        let mut answers = Answers::default();
        answers.take(&mut Parser::new(), text.as_bytes());
        answers
    }

    #[test]
    fn answers_are_found_among_keys() {
        let xterm = of("\x1b[?63;1;2;4;6;9;15;22c\x1b[6;18;9t\x1b[0n");
        let expected = Answers {
            has_sixel: true,
            cell: CellSize::checked(9, 18),
            is_complete: true,
        };
        assert_eq!(xterm, expected);
        assert_eq!(of("j\x1b[A\x1b[?63;4c3\x1b[6;18;9tq\x1b[0n"), expected);
    }

    #[test]
    fn a_terminal_without_pictures_says_so() {
        let answers = of("\x1b[?1;2c\x1b[0n");
        assert!(answers.is_complete && !answers.has_sixel);
        assert_eq!(answers.cell, None);
        // 64 and 14 are no 4.
        assert!(!of("\x1b[?64;14c").has_sixel);
    }

    #[test]
    fn what_is_broken_off_or_no_answer_is_none() {
        for text in ["", "\x1b[?63;4", "\x1b[6;0;9t", "\x1b[6;99999;9t", "4c"] {
            assert_eq!(of(text), Answers::default(), "{text:?}");
        }
    }
}
