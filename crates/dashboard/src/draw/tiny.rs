use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::header::{percent, state};
use crate::numbers::{clock, figure};
use crate::screen::{Mode, Screen};
use crate::view::View;

/// What matters most, a line each: there is room for no pane.
pub(super) fn draw(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let theme = screen.theme;
    let mut lines = Vec::new();
    match &screen.mode {
        Mode::Asking(question) => lines.push(Line::from(question.text())),
        Mode::Typing { prompt, text } => {
            lines.push(Line::from(format!("{}{text}", prompt.label())));
        }
        Mode::Normal | Mode::Help | Mode::Choosing { .. } => {}
    }
    let label = Span::styled(view.label().to_owned(), theme.bold());
    lines.push(Line::from(label));
    let share = view.share().map(|share| format!(" {}", percent(share)));
    lines.push(Line::from(format!(
        "epoch {}/{}{}",
        view.epoch,
        view.epochs,
        share.unwrap_or_default()
    )));
    for figures in &view.curves.figures {
        let parts = [
            ("", &figures.steps.training),
            ("val_", &figures.steps.validation),
        ];
        for (part, points) in parts {
            if let Some((_, value)) = points.newest() {
                let name = &figures.name;
                lines.push(Line::from(format!("{part}{name} {}", figure(value))));
            }
        }
    }
    let state = state(view, screen);
    if state.width() > 0 {
        lines.insert(1, state);
    } else if let Some(left) = view.seconds_left().1 {
        let at = lines.len().min(usize::from(area.height).saturating_sub(1));
        lines.insert(at, Line::from(format!("{} left", clock(left))));
    }
    frame.render_widget(Paragraph::new(lines), area);
}
