//! What lies over the panes for a while.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Paragraph};

use crate::keys::GROUPS;
use crate::numbers::size;
use crate::screen::Screen;

/// The table of keys.
pub(super) fn help(screen: &Screen, frame: &mut Frame<'_>) {
    /// The longest line.
    const WIDTH: usize = 38;

    let theme = screen.theme;
    let mut lines = Vec::new();
    for group in GROUPS {
        lines.push(Line::from(Span::styled(group.title, theme.selected())));
        for binding in group.bindings {
            lines.push(Line::from(vec![
                Span::styled(format!("{:>9}  ", binding.shown), theme.bold()),
                Span::raw(binding.help),
            ]));
        }
    }
    let area = frame.area();
    let height = usize::from(area.height).saturating_sub(2).max(1);
    let columns = lines.len().div_ceil(height).max(1);
    let inner = popup(
        (columns * WIDTH, lines.len().min(height)),
        " Keys ",
        screen,
        frame,
    );
    for (index, lines) in lines.chunks(height).enumerate() {
        let left = inner.x + size(index * WIDTH).min(inner.width);
        let width = (inner.x + inner.width - left).min(size(WIDTH));
        let column = Rect {
            x: left,
            width,
            ..inner
        };
        frame.render_widget(Paragraph::new(lines.to_vec()), column);
    }
}

/// A list of runs, one of them at hand.
pub(super) fn choice(screen: &Screen, (names, at): (&[String], usize), frame: &mut Frame<'_>) {
    let theme = screen.theme;
    let widest = names.iter().map(|name| name.chars().count()).max();
    let room = usize::from(frame.area().height).saturating_sub(2).max(1);
    let shown = names.len().min(room);
    let first = at.saturating_sub(shown.saturating_sub(1));
    let title = " Compare with (enter; - for none) ";
    let width = widest.unwrap_or(0).max(title.chars().count()) + 2;
    let inner = popup((width, shown), title, screen, frame);
    let lines = names.iter().enumerate().skip(first).take(shown);
    let lines: Vec<Line<'_>> = lines
        .map(|(index, name)| {
            if index == at {
                Line::from(Span::styled(format!("▸{name}"), theme.selected()))
            } else {
                Line::from(format!(" {name}"))
            }
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

/// An empty frame in the middle for so many columns and lines; what is inside of it.
fn popup(
    (columns, lines): (usize, usize),
    title: &str,
    screen: &Screen,
    frame: &mut Frame<'_>,
) -> Rect {
    let all = frame.area();
    let width = size(columns + 2).min(all.width);
    let height = size(lines + 2).min(all.height);
    let area = Rect::new(
        all.x + (all.width - width) / 2,
        all.y + (all.height - height) / 2,
        width,
        height,
    );
    let theme = screen.theme;
    let block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Rounded)
        .border_style(theme.of_color(theme.accent()))
        .title(Span::styled(title.to_owned(), theme.selected()));
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    inner
}
