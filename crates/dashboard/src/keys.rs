//! What each key does, and the help that says it.

use ratatui::crossterm::event::KeyCode;

use crate::pane::Pane;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Pane(Pane),
    NextPane,
    LastPane,
    Whole,
    Help,
    Up,
    Down,
    PageUp,
    PageDown,
    Earlier,
    Later,
    ZoomIn,
    ZoomOut,
    All,
    Axis,
    Smoothing,
    Log,
    Compare,
    Search,
    Pause,
    RateUp,
    RateDown,
    Rate,
    Validate,
    Checkpoint,
    Best,
    Epochs,
    EndEpoch,
    Stop,
    Discard,
    Quit,
    Escape,
}

/// Keys and what they ask for.
pub(crate) struct Binding {
    pub(crate) keys: &'static [KeyCode],
    /// As the help names them.
    pub(crate) shown: &'static str,
    pub(crate) command: Command,
    pub(crate) help: &'static str,
}

/// The keys about one subject.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) bindings: &'static [Binding],
}

/// A line of the table.
const fn key(
    shown: &'static str,
    keys: &'static [KeyCode],
    command: Command,
    help: &'static str,
) -> Binding {
    Binding {
        keys,
        shown,
        command,
        help,
    }
}

use KeyCode::{BackTab, Char, Down, End, Enter, Esc, Home, Left, PageDown, PageUp, Right, Tab, Up};

/// All keys.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        title: "Looking",
        bindings: &[
            key("1", &[Char('1')], Command::Pane(Pane::Curves), "curves"),
            key(
                "2",
                &[Char('2')],
                Command::Pane(Pane::Rate),
                "learning rate",
            ),
            key("3", &[Char('3')], Command::Pane(Pane::Layers), "layers"),
            key(
                "4",
                &[Char('4')],
                Command::Pane(Pane::Samples),
                "samples, confusion",
            ),
            key(
                "5",
                &[Char('5')],
                Command::Pane(Pane::Words),
                "what was said",
            ),
            key("tab", &[Tab], Command::NextPane, "next pane"),
            key("shift-tab", &[BackTab], Command::LastPane, "pane before"),
            key(
                "enter",
                &[Enter],
                Command::Whole,
                "this pane alone, all again",
            ),
            key("up", &[Up], Command::Up, "figure, layer, line before"),
            key("down", &[Down], Command::Down, "figure, layer, line after"),
            key("page up", &[PageUp], Command::PageUp, "ten lines up"),
            key(
                "page down",
                &[PageDown],
                Command::PageDown,
                "ten lines down",
            ),
            key("left", &[Left], Command::Earlier, "earlier; another number"),
            key("right", &[Right], Command::Later, "later; another number"),
            key(
                "+",
                &[Char('+'), Char('=')],
                Command::ZoomIn,
                "the last half of it",
            ),
            key("-", &[Char('-')], Command::ZoomOut, "twice as much"),
            key("0", &[Char('0'), Home, End], Command::All, "all of it"),
            key("e", &[Char('e')], Command::Axis, "by step, by epoch"),
            key("s", &[Char('s')], Command::Smoothing, "smoother"),
            key("l", &[Char('l')], Command::Log, "logarithms"),
            key("c", &[Char('c')], Command::Compare, "another run behind"),
            key("/", &[Char('/')], Command::Search, "search what was said"),
            key("esc", &[Esc], Command::Escape, "back"),
            key(
                "?",
                &[Char('?'), KeyCode::F(1)],
                Command::Help,
                "these keys",
            ),
        ],
    },
    Group {
        title: "Acting",
        bindings: &[
            key("space", &[Char(' ')], Command::Pause, "pause, go on"),
            key(">", &[Char('>')], Command::RateUp, "rate x2"),
            key("<", &[Char('<')], Command::RateDown, "rate /2"),
            key("r", &[Char('r')], Command::Rate, "type a rate"),
            key("v", &[Char('v')], Command::Validate, "validate now"),
            key("k", &[Char('k')], Command::Checkpoint, "checkpoint now"),
            key("b", &[Char('b')], Command::Best, "back to the best weights"),
            key("n", &[Char('n')], Command::Epochs, "more or fewer epochs"),
            key(
                "f",
                &[Char('f')],
                Command::EndEpoch,
                "stop after this epoch",
            ),
            key("S", &[Char('S')], Command::Stop, "stop and save"),
            key("D", &[Char('D')], Command::Discard, "throw away"),
            key("q", &[Char('q')], Command::Quit, "leave"),
        ],
    },
];

/// What a key asks for, if anything.
pub(crate) fn command(code: KeyCode) -> Option<Command> {
    let bindings = GROUPS.iter().flat_map(|group| group.bindings);
    let found = bindings
        .into_iter()
        .find(|binding| binding.keys.contains(&code));
    found.map(|binding| binding.command)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_asks_for_one_thing() {
        let bindings = GROUPS.iter().flat_map(|group| group.bindings);
        let mut seen = HashSet::new();
        for binding in bindings {
            for key in binding.keys {
                assert!(seen.insert(*key), "{key:?} is there twice");
                assert_eq!(command(*key), Some(binding.command));
            }
        }
        assert_eq!(command(Char('x')), None);
    }
}
