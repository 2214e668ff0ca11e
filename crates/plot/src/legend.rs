//! The key below the panels, where it hides no curve.

use crate::palette::{self, Color, FRAME, Marker, TEXT};
use crate::panel::{Curve, Panel, Stroke};
use crate::shape::{Anchor, Point, Shape, Text};
use crate::{dashes, font};

/// Height of an em.
const SIZE: f64 = 12.5;
/// Height of a row.
pub(crate) const ROW: f64 = 20.0;
/// Width of the sample of a line.
const SAMPLE: f64 = 34.0;
/// Between the sample and its text.
const GAP: f64 = 6.0;
/// Behind an entry.
const SPACE: f64 = 22.0;
/// The widest text.
const MAX_TEXT: f64 = 190.0;
/// Fonts of viewers can be wider than ours.
const SLACK: f64 = 1.12;

/// All labels of a picture, in the order of their first curve.
#[derive(Debug)]
pub(crate) struct Labels<'a>(Vec<Label<'a>>);

#[derive(Debug)]
struct Label<'a> {
    text: &'a str,
    has_dashed: bool,
    has_solid: bool,
    has_line: bool,
}

impl<'a> Labels<'a> {
    pub(crate) fn of(panels: &'a [Panel]) -> Self {
        let mut labels: Vec<Label<'a>> = Vec::new();
        for curve in panels.iter().flat_map(|panel| &panel.curves) {
            let index = labels.iter().position(|label| label.text == curve.label);
            let index = index.unwrap_or_else(|| {
                labels.push(Label {
                    text: &curve.label,
                    has_dashed: false,
                    has_solid: false,
                    has_line: false,
                });
                labels.len() - 1
            });
            labels[index].has_dashed |= curve.dashed;
            labels[index].has_solid |= !curve.dashed;
            labels[index].has_line |= curve.stroke == Stroke::Line;
        }
        Self(labels)
    }

    /// The index of the label of `curve`.
    pub(crate) fn index(&self, curve: &Curve) -> usize {
        let index = self.0.iter().position(|label| label.text == curve.label);
        index.unwrap_or_default()
    }

    /// How many labels there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A sample and what it means.
#[derive(Debug, Clone)]
struct Entry {
    text: String,
    sample: Option<Sample>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    color: Color,
    marker: Option<Marker>,
    dashed: bool,
    has_line: bool,
}

impl Entry {
    fn new(text: &str, label: Option<usize>, dashed: bool) -> Self {
        let sample = Sample {
            color: label.map_or(FRAME, palette::color),
            marker: label.map(palette::marker),
            dashed,
            has_line: true,
        };
        Self {
            text: font::shorten(text, SIZE, MAX_TEXT),
            sample: Some(sample),
        }
    }

    /// The sample of points that are not joined.
    fn without_line(mut self) -> Self {
        if let Some(sample) = &mut self.sample {
            sample.has_line = false;
        }
        self
    }

    fn width(&self) -> f64 {
        let sample = self.sample.map_or(0.0, |_| SAMPLE + GAP);
        sample + font::width(&self.text, SIZE) * SLACK + SPACE
    }
}

/// The legend, wrapped into rows.
#[derive(Debug)]
pub(crate) struct Legend {
    rows: Vec<Vec<Entry>>,
}

impl Legend {
    /// The legend of `labels` in at most `max_rows` rows of `width` pixels; what does not fit is counted.
    pub(crate) fn new(labels: &Labels<'_>, width: f64, max_rows: usize) -> Self {
        let entries = entries(labels);
        for kept in (0..=entries.len()).rev() {
            let mut shown = entries[..kept].to_vec();
            if kept < entries.len() {
                shown.push(Entry {
                    text: format!("… and {} more", entries.len() - kept),
                    sample: None,
                });
            }
            let rows = wrap(shown, width);
            if rows.len() <= max_rows {
                return Self { rows };
            }
        }
        Self { rows: Vec::new() }
    }

    pub(crate) fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW
    }

    /// The shapes of the legend, its rows centred between `left` and `right` below `top`.
    pub(crate) fn shapes(&self, left: f64, right: f64, top: f64) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let width: f64 = row.iter().map(Entry::width).sum::<f64>() - SPACE;
            let mut x = left + ((right - left - width) / 2.0).max(0.0);
            let middle = top + (index as f64 + 0.5) * ROW;
            for entry in row {
                let mut text_x = x;
                if let Some(sample) = entry.sample {
                    shapes.extend(sample.shapes((x, middle)));
                    text_x += SAMPLE + GAP;
                }
                shapes.push(Shape::Text(Text {
                    content: entry.text.clone(),
                    at: (text_x, middle + SIZE * 0.35),
                    size: SIZE,
                    anchor: Anchor::Start,
                    upward: false,
                    color: TEXT,
                }));
                x += entry.width();
            }
        }
        shapes
    }
}

impl Sample {
    fn shapes(self, start: Point) -> Vec<Shape> {
        let line = [start, (start.0 + SAMPLE, start.1)];
        let lines = if !self.has_line {
            Vec::new()
        } else if self.dashed {
            // Ends with a whole dash.
            dashes::dashes(&line)
        } else {
            vec![line.to_vec()]
        };
        let mut shapes: Vec<Shape> = lines
            .into_iter()
            .map(|points| Shape::Line {
                points,
                width: 2.0,
                color: self.color,
            })
            .collect();
        if let Some(marker) = self.marker {
            let center = (start.0 + SAMPLE / 2.0, start.1);
            shapes.extend(marker.shapes(center, 3.5, self.color, self.dashed));
        }
        shapes
    }
}

/// What has to be explained: every label and, where a label has both kinds of lines, what they mean.
fn entries(labels: &Labels<'_>) -> Vec<Entry> {
    let both = |label: &Label<'_>| label.has_dashed && label.has_solid;
    if let [label] = labels.0.as_slice()
        && both(label)
    {
        return vec![
            Entry::new(&format!("{}, training", label.text), Some(0), true),
            Entry::new(&format!("{}, validation", label.text), Some(0), false),
        ];
    }
    let mut entries = Vec::new();
    if labels.0.iter().any(both) {
        entries.push(Entry::new("training", None, true));
        entries.push(Entry::new("validation", None, false));
    }
    for (index, label) in labels.0.iter().enumerate() {
        let entry = Entry::new(label.text, Some(index), !label.has_solid);
        entries.push(if label.has_line {
            entry
        } else {
            entry.without_line()
        });
    }
    entries
}

/// Fills rows of `width` pixels from the left.
fn wrap(entries: Vec<Entry>, width: f64) -> Vec<Vec<Entry>> {
    let mut rows: Vec<Vec<Entry>> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries {
        let entry_width = entry.width();
        if used + entry_width - SPACE > width {
            rows.push(Vec::new());
            used = 0.0;
        }
        used += entry_width;
        if let Some(row) = rows.last_mut() {
            row.push(entry);
        }
    }
    rows
}
