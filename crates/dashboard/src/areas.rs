//! What lies where on a screen.

use ratatui::layout::{Position, Rect};

use crate::numbers::size;
use crate::pane::{Focus, Pane};

/// How much there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// A few lines of text.
    Tiny,
    /// One pane without a frame.
    Small,
    /// One pane.
    Usual,
    /// One pane, with others beside and below it.
    Wide,
    /// All panes.
    Wall,
}

impl Room {
    fn of(area: Rect) -> Self {
        match (area.width, area.height) {
            (..30, _) | (_, ..8) => Self::Tiny,
            (..60, _) | (_, ..18) => Self::Small,
            (160.., 44..) => Self::Wall,
            (110.., 30..) => Self::Wide,
            _ => Self::Usual,
        }
    }
}

/// What lies where on a screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Areas {
    pub(crate) room: Room,
    /// Which training it is, and how far.
    pub(crate) header: Rect,
    pub(crate) tabs: Vec<(Pane, Rect)>,
    pub(crate) panes: Vec<(Pane, Rect)>,
    pub(crate) footer: Rect,
}

impl Areas {
    pub(crate) fn of(area: Rect, focus: Focus) -> Self {
        let room = Room::of(area);
        if room == Room::Tiny {
            let none = Rect::default();
            return Self {
                room,
                header: area,
                tabs: Vec::new(),
                panes: Vec::new(),
                footer: none,
            };
        }
        let header_lines = if room == Room::Small { 1 } else { 2 };
        let (header, rest) = below(area, header_lines);
        let (tabs, rest) = below(rest, 1);
        let (body, footer) = below(rest, rest.height - 1);
        Self {
            room,
            header,
            tabs: tab_areas(tabs, room, focus.pane),
            panes: pane_areas(body, room, focus),
            footer,
        }
    }

    /// The pane that somebody clicked at.
    pub(crate) fn at(&self, column: u16, row: u16) -> Option<Pane> {
        let place = Position::new(column, row);
        let all = self.tabs.iter().chain(&self.panes);
        let mut hit = all.filter(|(_, area)| area.contains(place));
        hit.next().map(|(pane, _)| *pane)
    }
}

/// The text of a tab.
pub(crate) fn tab_text(pane: Pane, room: Room, focus: Pane) -> String {
    let number = Pane::ALL.iter().position(|own| *own == pane).unwrap_or(0) + 1;
    if room == Room::Small && pane != focus {
        format!(" {number} ")
    } else {
        format!(" {number} {} ", pane.name())
    }
}

fn tab_areas(line: Rect, room: Room, focus: Pane) -> Vec<(Pane, Rect)> {
    let mut left = line.x;
    let area = |pane| {
        let width = size(tab_text(pane, room, focus).chars().count());
        let area = Rect::new(left, line.y, width, 1).intersection(line);
        left += width;
        (pane, area)
    };
    Pane::ALL.into_iter().map(area).collect()
}

fn pane_areas(body: Rect, room: Room, focus: Focus) -> Vec<(Pane, Rect)> {
    match room {
        Room::Wall if !focus.is_whole => wall(body),
        Room::Wide if !focus.is_whole => wide(body, focus.pane),
        _ => vec![(focus.pane, body)],
    }
}

fn wall(body: Rect) -> Vec<(Pane, Rect)> {
    let (upper, lower) = below(body, body.height * 56 / 100);
    let (curves, layers) = beside(upper, body.width * 58 / 100);
    let (rate, rest) = beside(lower, body.width * 28 / 100);
    let (samples, words) = beside(rest, body.width * 38 / 100);
    vec![
        (Pane::Curves, curves),
        (Pane::Layers, layers),
        (Pane::Rate, rate),
        (Pane::Samples, samples),
        (Pane::Words, words),
    ]
}

fn wide(body: Rect, focus: Pane) -> Vec<(Pane, Rect)> {
    const WORDS: u16 = 8;

    if focus == Pane::Words {
        return vec![(focus, body)];
    }
    let (upper, words) = below(body, body.height - WORDS);
    if focus != Pane::Curves {
        return vec![(focus, upper), (Pane::Words, words)];
    }
    let (curves, rate) = beside(upper, body.width * 68 / 100);
    vec![(focus, curves), (Pane::Rate, rate), (Pane::Words, words)]
}

/// The first lines of an area, and those below them.
pub(crate) fn below(area: Rect, lines: u16) -> (Rect, Rect) {
    let lines = lines.min(area.height);
    let first = Rect {
        height: lines,
        ..area
    };
    let rest = Rect {
        y: area.y + lines,
        height: area.height - lines,
        ..area
    };
    (first, rest)
}

/// The first columns of an area, and those beside them.
pub(crate) fn beside(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    let first = Rect {
        width: columns,
        ..area
    };
    let rest = Rect {
        x: area.x + columns,
        width: area.width - columns,
        ..area
    };
    (first, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_lie_within_the_screen_and_upon_none_other_at_any_size() {
        for pane in Pane::ALL {
            let focus = Focus {
                pane,
                is_whole: false,
            };
            for width in (1..240).step_by(7) {
                for height in (1..90).step_by(5) {
                    let all = Rect::new(0, 0, width, height);
                    let areas = Areas::of(all, focus);
                    let mut cells = 0;
                    for (_, area) in &areas.panes {
                        assert_eq!(area.intersection(all), *area);
                        cells += area.area();
                    }
                    assert!(cells <= all.area());
                    if areas.room != Room::Tiny {
                        assert!(areas.panes.iter().any(|(own, _)| *own == pane));
                    }
                }
            }
        }
    }

    #[test]
    fn a_click_finds_a_tab_or_a_pane() {
        let areas = Areas::of(Rect::new(0, 0, 200, 60), Focus::default());
        assert_eq!(areas.at(12, 2), Some(Pane::Rate));
        assert_eq!(areas.at(199, 10), Some(Pane::Layers));
        assert_eq!(areas.at(199, 58), Some(Pane::Words));
        assert_eq!(areas.at(0, 0), None);
    }
}
