//! The panes, one a file.

mod chart;
mod confusion;
mod curves;
mod layers;
mod picture;
mod rate;
mod samples;
mod words;

pub(crate) use curves::curves;
pub(crate) use layers::layers;
pub(crate) use picture::Picture;
pub(crate) use rate::rate;
pub(crate) use samples::{Shown, samples, shown_pictures};
pub(crate) use words::words;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use crate::screen::Screen;

/// Says why there is nothing to see.
fn nothing(text: &str, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let line = Line::from(Span::styled(format!(" {text}"), screen.theme.dim()));
    frame.render_widget(Paragraph::new(line).wrap(Wrap { trim: false }), area);
}
