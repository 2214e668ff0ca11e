//! Figures over steps and over epochs.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Row, Table};

use super::chart::{Chart, Curve};
use super::nothing;
use crate::areas::{below, beside};
use crate::numbers::{cells, count, figure, size, whole};
use crate::screen::{Axis, Scale, Screen};
use crate::view::{Curves, Figure, Parts, Points, View, smoothed};

/// The columns of the table of all figures.
const TABLE: u16 = 46;

/// Draws the figures.
pub(crate) fn curves(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    /// Lines that a chart wants.
    const LINES: u16 = 12;

    let figures = &view.curves.figures;
    if figures.is_empty() {
        nothing("nothing has come yet", screen, frame, area);
        return;
    }
    let area = if area.width >= 2 * TABLE + 8 {
        let (charts, list) = beside(area, area.width - TABLE);
        table(view, screen, frame, list);
        charts
    } else {
        area
    };
    let first = screen.figure.min(figures.len() - 1);
    let shown = usize::from((area.height / LINES).max(1)).min(figures.len());
    // The one at hand is the first, as long as those behind it fill the pane.
    let first = first.min(figures.len() - shown);
    let mut rest = area;
    for index in 0..shown {
        let lines = rest.height / size(shown - index);
        let (place, others) = below(rest, lines);
        rest = others;
        chart(view, screen, first + index, frame, place);
    }
}

/// One figure with its words.
fn chart(view: &View, screen: &Screen, index: usize, frame: &mut Frame<'_>, area: Rect) {
    let figure = &view.curves.figures[index];
    let (words, plot) = below(area, 1);
    let names = if words.width < 100 {
        ("train", "val")
    } else {
        ("training", "validation")
    };
    let legend = legend(view, screen, figure, names);
    frame.render_widget(Paragraph::new(legend), words);
    let state = settings(screen);
    let place = size(state.chars().count());
    if plot.height > 6 && words.width > place + 60 {
        let (_, right) = beside(words, words.width - place);
        frame.render_widget(Span::styled(state, screen.theme.dim()), right);
    }
    let window = window(view, screen);
    let best = figure.best();
    let star = best.and_then(|best| match screen.axis {
        Axis::Epochs => Some((best.epoch, best.value)),
        Axis::Steps => Some((view.curves.end_of(best.epoch)?, best.value)),
    });
    let marks = view.marks.iter().map(|mark| {
        let x = match screen.axis {
            Axis::Steps => mark.step as f64,
            Axis::Epochs => mark.epochs,
        };
        (x, super::rate::letter(mark.action))
    });
    let (first, last) = window;
    let ends = match screen.axis {
        Axis::Steps => (format!("step {}", count(whole(first))), count(whole(last))),
        Axis::Epochs => (format!("epoch {first:.0}"), format!("{last:.0}")),
    };
    let chart = Chart {
        theme: screen.theme,
        curves: drawn(view, screen, figure),
        marks: marks.collect(),
        star,
        window,
        scale: screen.scale,
        ends,
    };
    chart.draw(frame, plot);
}

/// The curves of a figure, the foremost last.
fn drawn(view: &View, screen: &Screen, figure: &Figure) -> Vec<Curve> {
    let theme = screen.theme;
    let weight = screen.smoothing_weight();
    let curve = |points: &Points, stretch: f64, color: Color, letter| Curve {
        points: smoothed(points.iter().map(|(x, y)| (x * stretch, y)), weight),
        color,
        letter,
    };
    let mut curves = Vec::new();
    if let Some(other) = &screen.behind
        && let Some(behind) = other.curves.find(&figure.name)
    {
        let stretch = match (screen.axis, view.steps_per_epoch(), other.steps_per_epoch()) {
            (Axis::Steps, Some(own), Some(others)) => own as f64 / others as f64,
            _ => 1.0,
        };
        let points = parts(behind, screen.axis).judged();
        curves.push(curve(points, stretch, theme.behind(), "o"));
    }
    let own = parts(figure, screen.axis);
    curves.push(curve(&own.training, 1.0, theme.training(), "t"));
    curves.push(curve(&own.validation, 1.0, theme.validation(), "v"));
    curves
}

fn parts(figure: &Figure, axis: Axis) -> &Parts {
    match axis {
        Axis::Steps => &figure.steps,
        Axis::Epochs => &figure.epochs,
    }
}

/// What is seen of the steps or epochs there are.
fn window(view: &View, screen: &Screen) -> (f64, f64) {
    let ends = |curves: &Curves| {
        let figures = curves.figures.iter();
        let newest = figures.flat_map(|figure| {
            let parts = parts(figure, screen.axis);
            [parts.training.newest(), parts.validation.newest()]
        });
        newest.flatten().map(|point| point.0).fold(0.0, f64::max)
    };
    let first = match screen.axis {
        Axis::Steps => 0.0,
        Axis::Epochs => 1.0,
    };
    let last = ends(&view.curves).max(first + 1.0);
    screen.window(first, last)
}

/// What the curves are.
fn legend(view: &View, screen: &Screen, of: &Figure, names: (&str, &str)) -> Line<'static> {
    let theme = screen.theme;
    let all = view.curves.figures.len();
    let place = view
        .curves
        .figures
        .iter()
        .position(|own| own.name == of.name);
    let mut spans = vec![Span::styled(format!(" {}", of.name), theme.bold())];
    if all > 1 {
        let place = format!(" {}/{all}", place.unwrap_or(0) + 1);
        spans.push(Span::styled(place, theme.dim()));
    }
    let mut part = |name: &str, points: &Points, color: Color| {
        if let Some((_, value)) = points.newest() {
            spans.push(Span::styled("  ━ ", theme.of_color(color)));
            spans.push(Span::raw(format!("{name} {}", figure(value))));
        }
    };
    part(names.0, &of.steps.training, theme.training());
    part(names.1, &of.steps.validation, theme.validation());
    if let Some(best) = of.best() {
        spans.push(Span::styled("  ★ ", theme.of_color(theme.good())));
        let text = format!("{} (epoch {})", figure(best.value), best.epoch);
        spans.push(Span::raw(text));
    }
    if let Some(other) = &screen.behind {
        spans.push(Span::styled("  ━ ", theme.of_color(theme.behind())));
        spans.push(Span::styled(other.label().to_owned(), theme.dim()));
    }
    Line::from(spans)
}

/// What the keys have set.
fn settings(screen: &Screen) -> String {
    let mut parts = Vec::new();
    if screen.smoothing_weight() > 0.0 {
        parts.push(format!("smooth {}", screen.smoothing_weight()));
    }
    if screen.scale == Scale::Log {
        parts.push("log".to_owned());
    }
    if screen.zoom > 0 {
        parts.push(format!("zoom {}x", 1_u64 << screen.zoom));
    }
    format!("{} ", parts.join(", "))
}

/// The newest numbers of all figures.
fn table(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let theme = screen.theme;
    let newest = |points: &Points| {
        points
            .newest()
            .map_or_else(String::new, |(_, value)| figure(value))
    };
    let figures = view.curves.figures.iter().enumerate();
    let rows = figures.map(|(index, own)| {
        let best = own.best().map_or_else(String::new, |best| {
            format!("{} ({})", figure(best.value), best.epoch)
        });
        let row = Row::new([
            own.name.clone(),
            newest(&own.steps.training),
            newest(&own.steps.validation),
            best,
        ]);
        if index == screen.figure {
            row.style(theme.selected())
        } else {
            row
        }
    });
    let name = cells(f64::from(area.width) - 31.0).max(8);
    let header = Row::new(["figure", "training", "valid.", "best"]).style(theme.dim());
    let table = Table::new(rows, [name, 9, 9, 13])
        .header(header)
        .column_spacing(0);
    frame.render_widget(table, area);
}
