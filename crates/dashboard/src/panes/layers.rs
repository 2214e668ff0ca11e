//! How the layers do.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row, Table};

use super::chart::{Chart, Curve};
use super::nothing;
use crate::areas::below;
use crate::numbers::{count, figure, size, whole};
use crate::screen::{Scale, Screen};
use crate::view::{Layer, Points, View};

/// The numbers of a layer that are drawn over time.
const MEASURES: [&str; 5] = ["update/weights", "weights", "gradients", "update", "dead"];

/// Draws the layers.
pub(crate) fn layers(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    /// Lines that a chart wants.
    const CHART: u16 = 7;

    let layers = &view.layers.layers;
    if layers.is_empty() {
        nothing("nothing has come yet of the layers", screen, frame, area);
        return;
    }
    let lines = size(layers.len() + 1);
    let list = if area.height >= CHART + 4 {
        lines.min(area.height - CHART)
    } else {
        area.height
    };
    let (list, rest) = below(area, list);
    let at = screen.layer.min(layers.len() - 1);
    table(view, screen, at, frame, list);
    if rest.height >= CHART {
        history(&layers[at], screen, frame, rest);
    }
}

fn table(view: &View, screen: &Screen, at: usize, frame: &mut Frame<'_>, area: Rect) {
    let theme = screen.theme;
    let layers = &view.layers.layers;
    let room = usize::from(area.height.saturating_sub(1)).max(1);
    let first = (at + 1).saturating_sub(room);
    let shown = layers.iter().enumerate().skip(first).take(room);
    let longest = layers.iter().map(|layer| layer.now.path.chars().count());
    let path = size(longest.max().unwrap_or(0)).clamp(8, (area.width / 4).max(8));
    let rows = shown.map(|(index, layer)| {
        let now = &layer.now;
        let optional = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
        let dead = now.dead.map(|dead| format!("{:.0} %", dead * 100.0));
        let ailment = view.layers.ailment(layer);
        let hint = ailment.map_or_else(
            || Span::styled("good", theme.of_color(theme.good())),
            |ailment| Span::styled(ailment.hint(), theme.of_color(theme.bad())),
        );
        let cells = [
            Cell::new(end_of(&now.path, usize::from(path))),
            Cell::new(figure(now.weights)),
            Cell::new(optional(now.gradients)),
            Cell::new(figure(now.update)),
            Cell::new(optional(layer.ratio())),
            Cell::new(dead.unwrap_or_else(|| "-".to_owned())),
            Cell::new(hint),
        ];
        let row = Row::new(cells);
        if index == at {
            row.style(theme.selected())
        } else {
            row
        }
    });
    let header = [
        "layer", "weights", "gradient", "update", "upd/wgt", "dead", "health",
    ];
    let widths = [
        Constraint::Length(path),
        Constraint::Length(8),
        Constraint::Length(8),
        Constraint::Length(8),
        Constraint::Length(8),
        Constraint::Length(5),
        Constraint::Fill(1),
    ];
    let header = Row::new(header).style(theme.dim());
    frame.render_widget(Table::new(rows, widths).header(header), area);
}

/// One number of a layer over time.
fn history(layer: &Layer, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let theme = screen.theme;
    let measure = screen.measure % MEASURES.len();
    let points: &Points = match measure {
        0 => &layer.ratios,
        1 => &layer.weights,
        2 => &layer.gradients,
        3 => &layer.updates,
        _ => &layer.dead,
    };
    let (words, plot) = below(area, 1);
    let now = points
        .newest()
        .map_or_else(|| "unknown".to_owned(), |(_, value)| figure(value));
    let line = Line::from(vec![
        Span::styled("━ ", theme.of_color(theme.training())),
        Span::styled(MEASURES[measure], theme.bold()),
        Span::raw(format!(" of {}  {now}", layer.now.path)),
    ]);
    frame.render_widget(Paragraph::new(line), words);
    let points: Vec<_> = points.iter().collect();
    let first = points.first().map_or(0.0, |point| point.0);
    let last = points.last().map_or(1.0, |point| point.0).max(first + 1.0);
    let chart = Chart {
        theme,
        curves: vec![Curve {
            points,
            color: theme.training(),
            letter: "",
        }],
        marks: Vec::new(),
        star: None,
        window: (first, last),
        // Ratios and gradients differ by powers of ten.
        scale: match measure {
            0 | 2 | 3 => Scale::Log,
            _ => screen.scale,
        },
        ends: (format!("step {}", count(whole(first))), count(whole(last))),
    };
    chart.draw(frame, plot);
}

/// The end of a path, which says more than its beginning.
fn end_of(path: &str, width: usize) -> String {
    let letters = path.chars().count();
    if letters <= width {
        return path.to_owned();
    }
    let end: String = path.chars().skip(letters + 1 - width).collect();
    format!("…{end}")
}
