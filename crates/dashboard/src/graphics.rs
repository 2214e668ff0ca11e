//! Pictures by pixels where the terminal takes them: sixel, kitty's or iTerm2's graphics.

mod answers;
mod asking;
mod encoded;
mod hint;

use ratatui::Frame;
use ratatui::crossterm::terminal::window_size;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};
use ratatui_image::Image;

use crate::error::DashboardError;
use crate::panes::Shown;
use answers::Answers;
use encoded::Encoded;
use hint::{Hint, hint};

/// How a terminal takes pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Sixel,
    Kitty,
    Iterm2,
}

/// Pixels of a cell, across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CellSize {
    width: u16,
    height: u16,
}

impl CellSize {
    /// What a cell can have; a terminal that says otherwise is not believed.
    fn checked(width: u16, height: u16) -> Option<Self> {
        /// Pixels.
        const LARGEST: u16 = 128;

        let is_one = |pixels| (1..=LARGEST).contains(&pixels);
        (is_one(width) && is_one(height)).then_some(Self { width, height })
    }

    /// What the system says of the terminal as it is now.
    fn now() -> Option<Self> {
        let size = window_size().ok()?;
        let (columns, rows) = (size.columns, size.rows);
        Self::checked(
            size.width.checked_div(columns)?,
            size.height.checked_div(rows)?,
        )
    }
}

/// Draws pictures by pixels over those of half blocks, and keeps what it has encoded.
pub(crate) struct Graphics {
    protocol: Protocol,
    /// As the terminal has told.
    told: Option<CellSize>,
    kept: Vec<Encoded>,
    /// The size of the screen that they were drawn on.
    screen: Rect,
}

impl Graphics {
    /// Finds how the terminal at hand takes pictures; nothing, if it takes none. It is asked, and must be in raw mode.
    ///
    /// # Errors
    /// `FIREBRICK_GRAPHICS` says what cannot be.
    pub(crate) fn find() -> Result<Option<Self>, DashboardError> {
        let hint = hint(|name| std::env::var(name).ok())?;
        if hint == Hint::Without {
            return Ok(None);
        }
        let answers = asking::ask().unwrap_or_default();
        Ok(Self::of(hint, answers).filter(|graphics| graphics.cell().is_some()))
    }

    fn of(hint: Hint, answers: Answers) -> Option<Self> {
        Some(Self {
            protocol: protocol(hint, answers)?,
            told: answers.cell,
            kept: Vec::new(),
            screen: Rect::ZERO,
        })
    }

    fn cell(&self) -> Option<CellSize> {
        CellSize::now().or(self.told)
    }

    /// Forgets what the terminal has, because it has something else now.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
    }

    /// Draws pictures over what is there.
    pub(crate) fn draw(&mut self, shown: &[Shown<'_>], frame: &mut Frame<'_>) {
        let Some(cell) = self.cell() else {
            return;
        };
        if self.screen != frame.area() {
            self.screen = frame.area();
            self.forget();
        }
        let mut before = std::mem::take(&mut self.kept);
        for shown in shown {
            let is_it = |encoded: &Encoded| encoded.is_of(&shown.picture, shown.place, cell);
            let known = before.iter().position(is_it);
            let encoded = if let Some(index) = known {
                Some(before.swap_remove(index))
            } else {
                let used = self.kept.iter().chain(&before).map(Encoded::id);
                let id = free(&used.collect::<Vec<_>>());
                Encoded::new((self.protocol, id), &shown.picture, shown.place, cell)
            };
            let Some(encoded) = encoded else {
                // The half blocks stay.
                continue;
            };
            let buffer = frame.buffer_mut();
            Clear.render(shown.place, buffer);
            Image::new(encoded.picture()).render(shown.place, buffer);
            self.kept.push(encoded);
        }
    }
}

/// How pictures are sent, by what is known beforehand and what the terminal has answered.
fn protocol(hint: Hint, answers: Answers) -> Option<Protocol> {
    match hint {
        Hint::Without => None,
        Hint::By(protocol) => Some(protocol),
        Hint::Ask => answers.has_sixel.then_some(Protocol::Sixel),
    }
}

/// The first number that is not used.
fn free(used: &[u32]) -> u32 {
    (1..=u32::MAX).find(|id| !used.contains(id)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{draw, shown_pictures};
    use crate::pane::Pane;
    use crate::screen::{Mode, Screen};
    use crate::theme::Theme;
    use crate::view::View;
    use firebrick_session::{Event, Sample, SampleView, Watcher, What};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::buffer::Buffer;

    fn view() -> View {
        let sample = |row: u8| Sample {
            row: row.into(),
            loss: 1.0,
            truth: "1".to_owned(),
            answer: "7".to_owned(),
            certainty: None,
            view: SampleView::Picture {
                width: 8,
                height: 8,
                channels: 1,
                pixels: vec![row; 64],
            },
        };
        let mut view = View::new();
        view.tell(&Event {
            step: 1,
            epoch: 1,
            seconds: 0.0,
            what: What::Samples {
                worst: (0..3).map(sample).collect(),
            },
        });
        view
    }

    /// Those that have a pixel protocol's escape in a cell, after some frames.
    fn drawn(graphics: &mut Graphics, screen: &Screen, frames: usize) -> Buffer {
        let view = view();
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut last = None;
        for _ in 0..frames {
            let frame = terminal.draw(|frame| {
                draw(&view, screen, frame);
                graphics.draw(&shown_pictures(&view, screen, frame.area()), frame);
            });
            last = Some(frame.unwrap().buffer.clone());
        }
        last.unwrap()
    }

    fn escapes(buffer: &Buffer) -> usize {
        let cells = buffer.content().iter();
        cells.filter(|cell| cell.symbol().contains('\x1b')).count()
    }

    fn graphics(protocol: Protocol) -> Graphics {
        let answers = Answers {
            has_sixel: false,
            cell: CellSize::checked(8, 16),
            ..Answers::default()
        };
        Graphics::of(Hint::By(protocol), answers).unwrap()
    }

    #[test]
    fn pictures_lie_where_the_half_blocks_do() {
        let screen = Screen::new(Theme::default()).with_pane(Pane::Samples);
        for protocol in [Protocol::Sixel, Protocol::Iterm2] {
            let buffer = drawn(&mut graphics(protocol), &screen, 2);
            assert_eq!(escapes(&buffer), 3, "{protocol:?}");
        }
    }

    #[test]
    fn kitty_is_sent_a_picture_once() {
        let screen = Screen::new(Theme::default()).with_pane(Pane::Samples);
        let mut graphics = graphics(Protocol::Kitty);
        assert_eq!(escapes(&drawn(&mut graphics, &screen, 1)), 3);
        assert_eq!(escapes(&drawn(&mut graphics, &screen, 1)), 0);
        graphics.forget();
        assert_eq!(escapes(&drawn(&mut graphics, &screen, 1)), 3);
    }

    #[test]
    fn under_a_list_and_in_other_panes_there_are_none() {
        let mut screen = Screen::new(Theme::default()).with_pane(Pane::Samples);
        screen.mode = Mode::Help;
        assert_eq!(
            escapes(&drawn(&mut graphics(Protocol::Sixel), &screen, 1)),
            0
        );
        let screen = Screen::new(Theme::default()).with_pane(Pane::Curves);
        assert_eq!(
            escapes(&drawn(&mut graphics(Protocol::Sixel), &screen, 1)),
            0
        );
    }

    #[test]
    fn the_protocol_is_the_one_known_or_answered() {
        let answers = |has_sixel| Answers {
            has_sixel,
            ..Answers::default()
        };
        for (hint, has_sixel, expected) in [
            (Hint::Without, true, None),
            (Hint::Ask, false, None),
            (Hint::Ask, true, Some(Protocol::Sixel)),
            (Hint::By(Protocol::Kitty), false, Some(Protocol::Kitty)),
            (Hint::By(Protocol::Iterm2), true, Some(Protocol::Iterm2)),
        ] {
            assert_eq!(protocol(hint, answers(has_sixel)), expected, "{hint:?}");
        }
    }

    #[test]
    fn a_cell_of_no_or_of_wild_size_is_none() {
        assert_eq!(CellSize::checked(0, 16), None);
        assert_eq!(CellSize::checked(10, 60_000), None);
        assert_ne!(CellSize::checked(10, 20), None);
    }

    #[test]
    fn numbers_are_used_again() {
        assert_eq!(free(&[]), 1);
        assert_eq!(free(&[1, 3]), 2);
    }
}
