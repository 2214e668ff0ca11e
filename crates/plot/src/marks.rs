//! Vertical lines with a label, where each label has a row of its own above the plot if it has to.

use crate::palette::{TEXT, WHITE};
use crate::shape::{Anchor, Point, Shape, Text};
use crate::{dashes, font};

/// Height of an em.
const SIZE: f64 = 11.5;
/// Height of a row of labels.
const ROW: f64 = 15.0;
/// Between a line and its label, and between two labels.
const GAP: f64 = 4.0;
/// Width of a line.
const STROKE: f64 = 1.2;
/// The widest label, as a share of the plot: with less than a half, it fits on one side of its line.
const MAX_SHARE: f64 = 0.45;
/// Fonts of viewers can be wider than ours.
const SLACK: f64 = 1.12;

/// The marks of a plot.
pub(crate) struct Marks {
    placed: Vec<Placed>,
}

/// A line and its label.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    x: f64,
    label: String,
    /// From the left to the right end of the label, its line included.
    span: (f64, f64),
    /// Counted from the plot upwards; none if the label is empty or has no room.
    row: Option<usize>,
}

impl Marks {
    /// Places the labels of `marks`, which are given by the position of the line and the text, above a plot from
    /// `left` to `right`. Those that do not fit into `max_height` are left out, their lines are not.
    ///
    /// A label stands to the right of its line if it fits there, else to the left. Where labels would overlap, a
    /// line that goes up past others has the higher label: on the right the first line, on the left the last.
    pub(crate) fn new<'a>(
        marks: impl Iterator<Item = (f64, &'a str)>,
        (left, right): (f64, f64),
        max_height: f64,
    ) -> Self {
        let fitted = |(x, text): (f64, &str)| {
            let label = font::shorten(text, SIZE, (right - left) * MAX_SHARE / SLACK);
            let width = GAP + font::width(&label, SIZE) * SLACK;
            let is_right = x + width <= right;
            Placed {
                x,
                label,
                span: if is_right {
                    (x, x + width)
                } else {
                    (x - width, x)
                },
                row: None,
            }
        };
        let mut placed: Vec<Placed> = marks.map(fitted).collect();
        placed.sort_by(|a, b| a.x.total_cmp(&b.x));
        let is_right = |index: &usize| placed[*index].span.0 >= placed[*index].x;
        let (to_the_right, to_the_left): (Vec<_>, Vec<_>) = (0..placed.len()).partition(is_right);
        let order = to_the_right.into_iter().rev().chain(to_the_left);
        for index in order {
            let (from, to) = placed[index].span;
            let is_below = |other: &&Placed| other.span.0 < to + GAP && from < other.span.1 + GAP;
            let below = placed.iter().filter(is_below).filter_map(|other| other.row);
            let row = below.max().map_or(0, |row| row + 1);
            let fits = (row + 1) as f64 * ROW <= max_height;
            if fits && !placed[index].label.is_empty() {
                placed[index].row = Some(row);
            }
        }
        Self { placed }
    }

    /// The height of the labels above the plot.
    pub(crate) fn height(&self) -> f64 {
        let rows = self.placed.iter().filter_map(|mark| mark.row);
        rows.max().map_or(0.0, |row| (row + 1) as f64 * ROW)
    }

    /// The shapes of marks on a plot from `top` to `bottom`.
    pub(crate) fn shapes(&self, top: f64, bottom: f64) -> Vec<Shape> {
        let lines = self.placed.iter().flat_map(|mark| {
            let rows = mark.row.map_or(0, |row| row + 1);
            let end = top - rows as f64 * ROW + if rows > 0 { 3.0 } else { 0.0 };
            dashes::dash_dots(&[(mark.x, bottom), (mark.x, end)])
        });
        let lines = lines.map(|points| Shape::Line {
            points,
            width: STROKE,
            color: TEXT,
        });
        let labels = self.placed.iter().filter_map(|mark| {
            let bottom = top - mark.row? as f64 * ROW;
            Some(mark.label_shapes(bottom))
        });
        lines.chain(labels.flatten()).collect()
    }
}

impl Placed {
    /// The label in the row above `bottom`; a line that has to pass it does so behind it.
    fn label_shapes(&self, bottom: f64) -> [Shape; 2] {
        let is_right = self.span.0 >= self.x;
        let (from, to) = if is_right {
            (self.x + GAP / 2.0, self.span.1)
        } else {
            (self.span.0, self.x - GAP / 2.0)
        };
        let (low, high): (Point, Point) = ((from, bottom - 1.0), (to, bottom - ROW + 1.0));
        [
            Shape::Polygon {
                points: vec![low, (high.0, low.1), high, (low.0, high.1)],
                color: WHITE,
            },
            Shape::Text(Text {
                content: self.label.clone(),
                at: (self.x + if is_right { GAP } else { -GAP }, bottom - 4.0),
                size: SIZE,
                anchor: if is_right { Anchor::Start } else { Anchor::End },
                upward: false,
                color: TEXT,
            }),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Side and row of the label of each mark, from left to right, on a plot from 0 to 400 with room for three rows.
    fn placed(marks: &[(f64, &str)]) -> Vec<(char, Option<usize>)> {
        let marks = Marks::new(marks.iter().copied(), (0.0, 400.0), 3.5 * ROW);
        let side = |mark: &Placed| if mark.span.0 < mark.x { 'l' } else { 'r' };
        let placed = marks.placed.iter().map(|mark| (side(mark), mark.row));
        placed.collect()
    }

    #[test]
    fn labels_stand_to_the_right_of_their_lines_until_they_would_leave_the_plot() {
        let placed = placed(&[(0.0, "patience 5"), (200.0, "patience 20"), (395.0, "best")]);
        assert_eq!(placed, [('r', Some(0)), ('r', Some(0)), ('l', Some(0))]);
    }

    #[test]
    fn labels_that_would_overlap_are_staggered_so_that_no_line_crosses_one() {
        let text = "best epoch";
        for (marks, expected) in [
            (
                [100.0, 110.0, 120.0],
                [('r', Some(2)), ('r', Some(1)), ('r', Some(0))],
            ),
            (
                [370.0, 380.0, 390.0],
                [('l', Some(0)), ('l', Some(1)), ('l', Some(2))],
            ),
            (
                [50.0, 50.0, 300.0],
                [('r', Some(1)), ('r', Some(0)), ('r', Some(0))],
            ),
        ] {
            assert_eq!(placed(&marks.map(|x| (x, text))), expected, "{marks:?}");
        }
    }

    #[test]
    fn labels_without_room_are_left_out() {
        let marks: Vec<_> = (0..6)
            .map(|index| (100.0 + f64::from(index), "stop"))
            .collect();
        let rows: Vec<_> = placed(&marks).into_iter().map(|(_, row)| row).collect();
        assert_eq!(rows, [None, None, None, Some(2), Some(1), Some(0)]);
        assert_eq!(placed(&[(100.0, "")]), [('r', None)]);
    }

    #[test]
    fn long_labels_are_shortened_to_fit_beside_their_lines() {
        let long = "stopped by early stopping with a patience of 20 epochs";
        for x in [0.0, 100.0, 199.0, 200.0, 201.0, 300.0, 400.0] {
            let marks = Marks::new([(x, long)].into_iter(), (0.0, 400.0), 100.0);
            let [mark] = &marks.placed[..] else {
                panic!("{} marks", marks.placed.len());
            };
            assert!(mark.label.contains('…'), "{}", mark.label);
            assert!(mark.span.0 >= 0.0 && mark.span.1 <= 400.0, "{x}: {mark:?}");
        }
    }
}
