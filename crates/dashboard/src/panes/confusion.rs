//! A confusion matrix as a heat map.

use firebrick_session::Confusion;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::numbers::size;
use crate::screen::Screen;

/// Draws which classes are taken for which: a row a class, a column what it is taken for.
pub(super) fn confusion(
    confusion: &Confusion,
    names: &[String],
    screen: &Screen,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let classes = confusion.counts.len();
    let name = |class: usize| {
        names
            .get(class)
            .cloned()
            .unwrap_or_else(|| class.to_string())
    };
    let longest = (0..classes).map(|class| name(class).chars().count()).max();
    let gutter = longest.unwrap_or(0).min(usize::from(area.width) / 4);
    let digits = confusion
        .counts
        .iter()
        .flatten()
        .max()
        .copied()
        .unwrap_or(0);
    let digits = digits.to_string().len();
    let room = usize::from(area.width).saturating_sub(gutter + 1);
    // With numbers if they fit, else in colours or shades alone.
    let width = [digits + 1, 2, 1]
        .into_iter()
        .find(|width| width * classes <= room);
    let lines = usize::from(area.height.saturating_sub(1));
    let Some(width) = width.filter(|_| lines >= 2) else {
        super::nothing("no room for so many classes", screen, frame, area);
        return;
    };
    let theme = screen.theme;
    let has_numbers = width > digits;
    let shown = classes.min(lines);
    let column = |class| {
        let short: String = name(class).chars().take(width.max(2) - 1).collect();
        format!("{short:>width$}")
    };
    let columns: String = (0..classes).map(column).collect();
    let header = format!("{:gutter$} {columns}", "");
    let mut rows = vec![Line::from(Span::styled(header, theme.dim()))];
    for (class, counts) in confusion.counts.iter().enumerate().take(shown) {
        let all: u64 = counts.iter().sum();
        let short: String = name(class).chars().take(gutter).collect();
        let mut spans = vec![Span::styled(format!("{short:>gutter$} "), theme.dim())];
        for &count in counts {
            let share = count as f64 / all.max(1) as f64;
            let text = match (has_numbers, count) {
                (true, 0) => format!("{:>width$}", "·"),
                (true, count) => format!("{count:>width$}"),
                (false, _) => shade(share).repeat(width),
            };
            let style = if has_numbers {
                // Small shares matter: they are the errors.
                theme.heat(share.sqrt()).unwrap_or_default()
            } else {
                Style::new()
            };
            spans.push(Span::styled(text, style));
        }
        rows.push(Line::from(spans));
    }
    let used = Rect {
        height: size(rows.len()).min(area.height),
        ..area
    };
    frame.render_widget(Paragraph::new(rows), used);
}

fn shade(share: f64) -> &'static str {
    match share {
        0.0 => "·",
        _ if share < 0.1 => "░",
        _ if share < 0.4 => "▒",
        _ if share < 0.8 => "▓",
        _ => "█",
    }
}
