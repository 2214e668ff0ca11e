use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::pane::Pane;
use crate::screen::{Mode, Role, Screen};
use crate::view::View;

/// What is asked, typed or said, else some of the keys.
pub(super) fn draw(view: &View, screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    let theme = screen.theme;
    let line = match &screen.mode {
        Mode::Typing { prompt, text } => Line::from(vec![
            Span::styled(format!(" {}", prompt.label()), theme.selected()),
            Span::raw(text.clone()),
            Span::styled("▏", theme.of_color(theme.accent())),
        ]),
        Mode::Asking(question) => {
            let style = theme.of_color(theme.bad()).patch(theme.bold());
            Line::from(Span::styled(format!(" {}", question.text()), style))
        }
        Mode::Normal | Mode::Help | Mode::Choosing { .. } => match &screen.message {
            Some(message) => Line::from(Span::styled(
                format!(" {message}"),
                theme.of_color(theme.mark()),
            )),
            None => hints(view, screen, area.width),
        },
    };
    frame.render_widget(Paragraph::new(line), area);
}

/// The keys that matter here, as many as there is room for.
fn hints(view: &View, screen: &Screen, width: u16) -> Line<'static> {
    let theme = screen.theme;
    let pause = if view.pace.is_paused() {
        "go on"
    } else {
        "pause"
    };
    let leave = if screen.role == Role::Watching || view.has_ended() {
        "leave"
    } else {
        "stop"
    };
    let of_pane: &[(&str, &str)] = match screen.pane {
        Pane::Curves => &[
            ("↑↓", "figure"),
            ("e", "by epoch"),
            ("s", "smooth"),
            ("l", "log"),
            ("+-←→", "zoom"),
            ("c", "compare"),
        ],
        Pane::Rate => &[("r", "type a rate")],
        Pane::Layers => &[("↑↓", "layer"), ("←→", "number")],
        Pane::Samples => &[("↑↓", "more"), ("←→", "confusion")],
        Pane::Words => &[("/", "search"), ("↑↓", "older")],
    };
    let acting: &[(&str, &str)] = match view.end {
        Some(_) => &[],
        None => &[("space", pause), ("v", "validate"), ("<>", "rate")],
    };
    let all = [("?", "keys"), ("q", leave)];
    let all = all.iter().chain(acting).chain(of_pane);
    let mut spans = Vec::new();
    let mut used = 0;
    for (key, what) in all {
        used += key.chars().count() + what.chars().count() + 3;
        if used > usize::from(width) {
            break;
        }
        spans.push(Span::styled(format!(" {key}"), theme.bold()));
        spans.push(Span::styled(format!(" {what} "), theme.dim()));
    }
    Line::from(spans)
}
