//! Curves with their axes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::text::{Line as Text, Span};
use ratatui::widgets::Paragraph;
use ratatui::widgets::canvas::{Canvas, Context, Line, Points};

use crate::areas::{below, beside};
use crate::numbers::{figure, size, whole};
use crate::screen::Scale;
use crate::theme::{Depth, Theme};

/// Curves in one frame of numbers.
pub(super) struct Chart {
    pub(super) theme: Theme,
    pub(super) curves: Vec<Curve>,
    /// Places where somebody acted, with a letter each.
    pub(super) marks: Vec<(f64, &'static str)>,
    /// A point above all others.
    pub(super) star: Option<(f64, f64)>,
    /// From where to where.
    pub(super) window: (f64, f64),
    pub(super) scale: Scale,
    /// What stands at the ends of the lower axis.
    pub(super) ends: (String, String),
}

/// A curve of a chart.
pub(super) struct Curve {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) color: Color,
    /// What stands at its end where there are no colours.
    pub(super) letter: &'static str,
}

impl Chart {
    /// Draws it; nothing but its axes where there are no points.
    pub(super) fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        if area.height < 2 || area.width < 8 {
            return;
        }
        let heights = self.heights();
        let (low, high) = heights.unwrap_or((0.0, 1.0));
        let (upper, axis) = if area.height >= 4 {
            below(area, area.height - 1)
        } else {
            (area, Rect::default())
        };
        let labels = self.labels(low, high, upper.height);
        let widest = labels.iter().map(|(_, label)| label.chars().count()).max();
        let gutter = size(widest.unwrap_or(0) + 1).min(area.width / 2);
        let (left, plot) = beside(upper, gutter);
        if heights.is_some() {
            for (line, label) in &labels {
                let place = Rect {
                    y: left.y + line,
                    height: 1,
                    ..left
                };
                let width = usize::from(gutter.saturating_sub(1));
                let label = Span::styled(format!("{label:>width$}"), self.theme.dim());
                frame.render_widget(label, place);
            }
        }
        let canvas = Canvas::default()
            .marker(Marker::Braille)
            .x_bounds([self.window.0, self.window.1])
            .y_bounds([low, high])
            .paint(|context| self.paint(context, (low, high), plot));
        frame.render_widget(canvas, plot);
        self.draw_ends(
            frame,
            Rect {
                x: plot.x,
                width: plot.width,
                ..axis
            },
        );
    }

    /// What stands below the curves.
    fn draw_ends(&self, frame: &mut Frame<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        let (first, last) = &self.ends;
        let texts = first.chars().count() + last.chars().count();
        let between = usize::from(area.width).saturating_sub(texts);
        let line = format!("{first}{}{last}", " ".repeat(between));
        let line = Text::from(Span::styled(line, self.theme.dim()));
        frame.render_widget(Paragraph::new(line), area);
    }

    fn paint(&self, context: &mut Context<'_>, (low, high): (f64, f64), plot: Rect) {
        for (x, _) in &self.marks {
            let dots = f64::from(plot.height.max(1)) * 2.0;
            let coords: Vec<_> = (0..plot.height * 2)
                .map(|dot| (*x, low + (high - low) * (f64::from(dot) + 0.5) / dots))
                .collect();
            context.draw(&Points {
                coords: &coords,
                color: self.theme.mark(),
            });
        }
        context.layer();
        for curve in &self.curves {
            let dots = usize::from(plot.width) * 2;
            let points = thinned(self.scaled(curve), self.window, dots);
            for pair in points.windows(2) {
                let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
                context.draw(&Line::new(x1, y1, x2, y2, curve.color));
            }
            if let [point] = points[..] {
                context.draw(&Points {
                    coords: &[point],
                    color: curve.color,
                });
            }
            context.layer();
        }
        if self.theme.depth == Depth::NoColor {
            for curve in &self.curves {
                if let Some((x, y)) = self.scaled(curve).last() {
                    context.print(*x, *y, curve.letter);
                }
            }
        }
        let mark = self.theme.of_color(self.theme.mark());
        for (x, letter) in &self.marks {
            context.print(*x, high, Text::from(Span::styled(*letter, mark)));
        }
        if let Some((x, y)) = self.star
            && let Some(y) = self.height(y)
        {
            let star = self.theme.of_color(self.theme.good());
            context.print(x, y, Text::from(Span::styled("★", star)));
        }
    }

    /// The points of a curve that can be drawn, as high as they stand.
    fn scaled(&self, curve: &Curve) -> Vec<(f64, f64)> {
        let points = curve.points.iter();
        points
            .filter_map(|&(x, y)| Some((x, self.height(y)?)))
            .collect()
    }

    /// How high a number stands; nothing where it cannot be drawn.
    fn height(&self, value: f64) -> Option<f64> {
        let height = match self.scale {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        };
        height.is_finite().then_some(height)
    }

    /// From where to where the curves go within the window.
    fn heights(&self) -> Option<(f64, f64)> {
        let (first, last) = self.window;
        let mut bounds: Option<(f64, f64)> = None;
        for curve in &self.curves {
            for (x, y) in self.scaled(curve) {
                if (first..=last).contains(&x) {
                    let (low, high) = bounds.unwrap_or((y, y));
                    bounds = Some((low.min(y), high.max(y)));
                }
            }
        }
        let (low, high) = bounds?;
        let margin = if high > low {
            (high - low) * 0.04
        } else {
            (low.abs() * 0.1).max(1e-9)
        };
        // What is never below 0 is not drawn as if it were.
        let floor = if low >= 0.0 && self.scale == Scale::Linear {
            0.0
        } else {
            f64::NEG_INFINITY
        };
        Some(((low - margin).max(floor), high + margin))
    }

    /// Lines from the top with what stands at them.
    fn labels(&self, low: f64, high: f64, lines: u16) -> Vec<(u16, String)> {
        let count = (lines / 4).clamp(1, 6);
        let label = |index: u16| {
            let line = (lines - 1) * index / count;
            let share = f64::from(line) / f64::from((lines - 1).max(1));
            let height = high - (high - low) * share;
            let value = match self.scale {
                Scale::Linear => height,
                Scale::Log => 10_f64.powf(height),
            };
            (line, figure(value))
        };
        (0..=count).map(label).collect()
    }
}

/// Points that look the same over so many dots from left to right: of those at one dot the lowest and the highest.
fn thinned(points: Vec<(f64, f64)>, (first, last): (f64, f64), dots: usize) -> Vec<(f64, f64)> {
    if points.len() <= dots * 2 {
        return points;
    }
    let dot_of = |x: f64| whole((x - first) / (last - first) * dots as f64).min(dots as u64 + 1);
    let mut thin: Vec<(f64, f64)> = Vec::new();
    for at_dot in points.chunk_by(|one, other| dot_of(one.0) == dot_of(other.0)) {
        let heights = at_dot.iter().enumerate();
        let low = heights
            .clone()
            .min_by(|one, other| one.1.1.total_cmp(&other.1.1));
        let high = heights.max_by(|one, other| one.1.1.total_cmp(&other.1.1));
        if let (Some((low, _)), Some((high, _))) = (low, high) {
            thin.push(at_dot[low.min(high)]);
            if low != high {
                thin.push(at_dot[low.max(high)]);
            }
        }
    }
    thin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thinned_curve_keeps_its_peaks() {
        let height = |x: u32| if x == 4321 { 9.0 } else { f64::from(x % 2) };
        let points: Vec<_> = (0..10_000).map(|x| (f64::from(x), height(x))).collect();
        let thin = thinned(points.clone(), (0.0, 9999.0), 100);
        assert!(thin.len() <= 202, "{}", thin.len());
        assert!(thin.contains(&(4321.0, 9.0)));
        assert!(thin.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(
            thinned(points[..50].to_vec(), (0.0, 49.0), 100),
            points[..50]
        );
    }
}
