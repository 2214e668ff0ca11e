//! The inside of one panel: its axes, its bands and curves, its marks.

use crate::axis::{Axis, is_visible};
use crate::legend::Labels;
use crate::marks::Marks;
use crate::palette::{self, Color, FRAME, GRID, TEXT};
use crate::panel::{Curve, Panel, Stroke};
use crate::shape::{Anchor, Point, Shape, Text};
use crate::{band, dashes, font};

/// Heights of an em.
const PANEL_TITLE: f64 = 14.5;
const AXIS_LABEL: f64 = 13.0;
const TICK: f64 = 12.0;
/// Between a tick's label and its axis.
const TICK_GAP: f64 = 6.0;
/// Width of a line of the axes and the grid, and of the zero line.
const HAIRLINE: f64 = 1.0;
const ZERO_LINE: f64 = 1.8;
/// Width of a curve.
const STROKE: f64 = 2.0;
/// Radius of a marker, and of the marker of a lonely point.
const MARKER: f64 = 3.2;
const LONELY_MARKER: f64 = 5.0;
/// Radius of a marker of a curve of points.
const POINT: f64 = 2.2;
/// Curves with more points have markers at some of them only.
const MAX_MARKERS: usize = 12;
/// The labels of marks take at most this share of a panel's height.
const MARKS_SHARE: f64 = 0.3;

/// The rectangle of a panel in which the curves run, with its axes.
pub(crate) struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// Where the title stands, above the labels of the marks.
    title: f64,
    places: Axis,
    values: Axis,
    marks: Marks,
    is_blank: bool,
}

impl Plot {
    /// Fits the plot of `panel` into the cell at `corner`.
    pub(crate) fn new(panel: &Panel, corner: Point, cell: (f64, f64)) -> Self {
        let title = corner.1 + PANEL_TITLE + 3.0;
        let head = title + 9.0;
        let bottom = corner.1 + cell.1 - TICK - TICK_GAP - AXIS_LABEL - 8.0;
        let visible = || panel.curves.iter().flat_map(extent);
        let is_blank = visible().next().is_none();
        let zero = panel.from_zero.then_some(0.0);
        let mut values = Axis::of_values(
            visible().map(|point| point.1).chain(zero),
            ((bottom - head) / 42.0).max(2.0),
        );
        if panel.from_zero {
            values.label_zero();
        }
        let widest = values
            .ticks
            .iter()
            .map(|tick| font::width(&tick.label, TICK));
        let widest = widest.fold(0.0, f64::max);
        let left = corner.0 + AXIS_LABEL + 10.0 + widest + TICK_GAP;
        let right = corner.0 + cell.0;
        let marked = panel.marks.iter().filter(|mark| is_visible(mark.at));
        let places = Axis::of_places(
            panel.x_scale,
            visible()
                .map(|point| point.0)
                .chain(marked.clone().map(|mark| mark.at)),
            right - left,
            |label| font::width(label, TICK),
        );
        let marked = marked.filter(|_| !is_blank).map(|mark| {
            let x = left + places.place(mark.at) * (right - left);
            (x, mark.label.as_str())
        });
        let marks = Marks::new(marked, (left, right), (bottom - head) * MARKS_SHARE);
        Self {
            left,
            right,
            top: head + marks.height(),
            bottom,
            title,
            places,
            values,
            marks,
            is_blank,
        }
    }

    pub(crate) fn draw(&self, panel: &Panel, labels: &Labels<'_>, shapes: &mut Vec<Shape>) {
        self.draw_axes(panel, shapes);
        for curve in &panel.curves {
            let color = palette::color(labels.index(curve));
            shapes.extend(band::shapes(curve, color, |point| self.place(point)));
        }
        if panel.from_zero {
            let y = self.place((0.0, 0.0)).1;
            let ends = ((self.left, y), (self.right, y));
            shapes.push(line(ends.0, ends.1, ZERO_LINE, TEXT));
        }
        shapes.extend(self.marks.shapes(self.top, self.bottom));
        for curve in &panel.curves {
            self.draw_curve(curve, labels.index(curve), labels.len(), shapes);
        }
        if self.is_blank {
            let middle = self.middle();
            let text = "no finite values".to_owned();
            shapes.push(text_at(text, middle, AXIS_LABEL, Anchor::Middle));
        }
    }

    fn middle(&self) -> Point {
        (
            f64::midpoint(self.left, self.right),
            f64::midpoint(self.top, self.bottom),
        )
    }

    fn place(&self, (place, value): Point) -> Point {
        (
            self.left + self.places.place(place) * (self.right - self.left),
            self.bottom - self.values.place(value) * (self.bottom - self.top),
        )
    }

    fn draw_axes(&self, panel: &Panel, shapes: &mut Vec<Shape>) {
        let Self {
            left,
            right,
            top,
            bottom,
            ..
        } = *self;
        for tick in &self.values.ticks {
            let y = self.bottom - self.values.place(tick.at) * (bottom - top);
            shapes.push(line((left, y), (right, y), HAIRLINE, GRID));
            let at = (left - TICK_GAP, y + TICK * 0.35);
            shapes.push(text_at(tick.label.clone(), at, TICK, Anchor::End));
        }
        for tick in self.places.ticks.iter().filter(|_| !self.is_blank) {
            let x = left + self.places.place(tick.at) * (right - left);
            shapes.push(line((x, top), (x, bottom), HAIRLINE, GRID));
            let at = (x, bottom + TICK_GAP + TICK * 0.8);
            shapes.push(text_at(tick.label.clone(), at, TICK, Anchor::Middle));
        }
        shapes.push(line((left, top), (left, bottom), HAIRLINE, FRAME));
        shapes.push(line((left, bottom), (right, bottom), HAIRLINE, FRAME));

        let (x, y) = self.middle();
        let title = font::shorten(&panel.title, PANEL_TITLE, (right - left) / 1.1);
        let at = (x, self.title);
        shapes.push(text_at(title, at, PANEL_TITLE, Anchor::Middle));
        let below = bottom + TICK_GAP + TICK + 4.0 + AXIS_LABEL * 0.9;
        shapes.push(text_at(
            font::shorten(&panel.x_label, AXIS_LABEL, (right - left) / 1.1),
            (x, below),
            AXIS_LABEL,
            Anchor::Middle,
        ));
        let widest = self
            .values
            .ticks
            .iter()
            .map(|tick| font::width(&tick.label, TICK));
        let beside = left - TICK_GAP - widest.fold(0.0, f64::max) - 10.0;
        shapes.push(Shape::Text(Text {
            content: font::shorten(&panel.y_label, AXIS_LABEL, (bottom - top) / 1.1),
            at: (beside, y),
            size: AXIS_LABEL,
            anchor: Anchor::Middle,
            upward: true,
            color: TEXT,
        }));
    }

    /// Draws `curve`, the one with the label number `label` of `labels`.
    fn draw_curve(&self, curve: &Curve, label: usize, labels: usize, shapes: &mut Vec<Shape>) {
        let points: Vec<Point> = visible_points(curve)
            .map(|point| self.place(point))
            .collect();
        let color = palette::color(label);
        if curve.stroke == Stroke::Points {
            for point in points {
                shapes.extend(palette::marker(label).shapes(point, POINT, color, curve.dashed));
            }
            return;
        }
        let lines = if curve.dashed {
            dashes::dashes(&points)
        } else {
            vec![points.clone()]
        };
        shapes.extend(lines.into_iter().map(|points| Shape::Line {
            points,
            width: STROKE,
            color,
        }));
        let radius = if points.len() == 1 {
            LONELY_MARKER
        } else {
            MARKER
        };
        // Where not every point has a marker, those of different labels stand at different epochs.
        let stride = if points.len() <= MAX_MARKERS {
            1
        } else {
            points.len().div_ceil(MAX_MARKERS * 2 / 3)
        };
        let offset = label * stride / labels.max(1);
        for point in points.iter().skip(offset % stride).step_by(stride) {
            shapes.extend(palette::marker(label).shapes(*point, radius, color, curve.dashed));
        }
    }
}

fn text_at(content: String, at: Point, size: f64, anchor: Anchor) -> Shape {
    Shape::Text(Text {
        content,
        at,
        size,
        anchor,
        upward: false,
        color: TEXT,
    })
}

fn line(from: Point, to: Point, width: f64, color: Color) -> Shape {
    Shape::Line {
        points: vec![from, to],
        width,
        color,
    }
}

/// The points of a curve that can be drawn.
fn visible_points(curve: &Curve) -> impl Iterator<Item = Point> {
    let points = curve
        .epochs
        .iter()
        .copied()
        .zip(curve.values.iter().copied());
    points.filter(|(epoch, value)| is_visible(*epoch) && is_visible(*value))
}

/// The points of a curve and the corners of its band.
fn extent(curve: &Curve) -> impl Iterator<Item = Point> {
    let corners = band::stretches(curve)
        .into_iter()
        .flatten()
        .flat_map(|(epoch, (low, high))| [(epoch, low), (epoch, high)]);
    visible_points(curve).chain(corners)
}
