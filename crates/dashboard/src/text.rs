//! A picture without a terminal.

use ratatui::backend::TestBackend;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::draw::draw;
use crate::screen::Screen;
use crate::view::View;

/// A screen of so many columns and lines as text, without colours: for a file, a pipe or a message.
///
/// ```
/// use firebrick_dashboard::{Screen, Theme, View, text};
///
/// let text = text(&View::new(), &Screen::new(Theme::default()), 80, 24);
/// assert_eq!(text.lines().count(), 24);
/// ```
pub fn text(view: &View, screen: &Screen, columns: u16, lines: u16) -> String {
    let options = TerminalOptions {
        viewport: Viewport::Fullscreen,
    };
    // What is drawn into memory cannot fail.
    let Ok(mut terminal) = Terminal::with_options(TestBackend::new(columns, lines), options);
    let Ok(_) = terminal.draw(|frame| draw(view, screen, frame));
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for line in buffer.content().chunks(usize::from(columns.max(1))) {
        let line: String = line.iter().map(ratatui::buffer::Cell::symbol).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
