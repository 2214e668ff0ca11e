//! One box: how large it is, and what is drawn in it.

use super::{Block, Drawing, drawn as diagram_drawn};
use crate::font::{shorten, width};
use crate::palette::{Color, FRAME, TEXT, WHITE, color, tint};
use crate::shape::{Anchor, Point, Shape, Text};

/// Heights of an em.
const TITLE: f64 = 13.0;
const SMALL: f64 = 11.0;
/// From baseline to baseline.
const LINE: f64 = 15.0;
/// Free within the frame.
const PADDING: f64 = 8.0;
/// Between names and values.
const COLUMN_GAP: f64 = 8.0;
/// The widest text.
const WIDEST: f64 = 300.0;
/// The narrowest box.
const NARROWEST: f64 = 90.0;
/// Free around what is inside of a box.
const INSIDE: f64 = 14.0;
/// The colour of names.
const FAINT: Color = (100, 100, 100);

pub(super) fn drawn(block: &Block) -> Drawing {
    let head: Vec<(String, f64)> = [(&block.title, TITLE), (&block.subtitle, SMALL)]
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, size)| (shorten(text, size, WIDEST), size))
        .collect();
    let lines: Vec<(String, String)> = block
        .lines
        .iter()
        .map(|(name, value)| (shorten(name, SMALL, WIDEST), shorten(value, SMALL, WIDEST)))
        .collect();
    let widest = |texts: &mut dyn Iterator<Item = (&str, f64)>| {
        texts.fold(0.0, |widest: f64, (text, size)| {
            widest.max(width(text, size))
        })
    };
    let names = widest(&mut lines.iter().map(|(name, _)| (name.as_str(), SMALL)));
    let values = widest(&mut lines.iter().map(|(_, value)| (value.as_str(), SMALL)));
    let titles = widest(&mut head.iter().map(|(text, size)| (text.as_str(), *size)));
    let inside = block.inside.as_ref().map(diagram_drawn);
    let inner = inside.as_ref().map_or((0.0, 0.0), |inside| inside.size);

    let gap = if names > 0.0 { COLUMN_GAP } else { 0.0 };
    let text = titles.max(names + gap + values) + 2.0 * PADDING;
    let across = text.max(inner.0 + 2.0 * INSIDE).max(NARROWEST).ceil();
    let head_height = block_of_lines(head.len());
    let text_height = head_height + block_of_lines(lines.len());
    let along = text_height
        + if inside.is_some() {
            inner.1 + 2.0 * INSIDE
        } else {
            0.0
        };
    let size = (across, along.max(PADDING * 2.0).ceil());

    let hue = block.hue.map_or(FRAME, color);
    let mut shapes = vec![
        rectangle((0.0, 0.0), size, WHITE),
        rectangle((0.0, 0.0), (size.0, head_height), tint(hue, 0.22)),
    ];
    shapes.push(frame(size, tint(hue, 0.75)));
    for (index, (content, em)) in head.into_iter().enumerate() {
        let color = if index == 0 { TEXT } else { FAINT };
        shapes.push(Shape::Text(Text {
            content,
            at: (size.0 / 2.0, baseline(0.0, index)),
            size: em,
            anchor: Anchor::Middle,
            upward: false,
            color,
        }));
    }
    // Names and values as a table in the middle of the box.
    let left = (size.0 - names - gap - values) / 2.0;
    for (index, (name, value)) in lines.into_iter().enumerate() {
        let down = baseline(head_height, index);
        let mut write = |content: String, across: f64, color: Color| {
            shapes.push(Shape::Text(Text {
                content,
                at: (across, down),
                size: SMALL,
                anchor: Anchor::Start,
                upward: false,
                color,
            }));
        };
        write(name, left, FAINT);
        write(value, left + names + gap, TEXT);
    }
    if let Some(inside) = inside {
        let corner = ((size.0 - inner.0) / 2.0, text_height + INSIDE);
        shapes.extend(inside.moved(corner));
    }
    Drawing { shapes, size }
}

/// The height of so many lines with what is free around them.
fn block_of_lines(count: usize) -> f64 {
    match count {
        0 => 0.0,
        count => count as f64 * LINE + PADDING,
    }
}

/// The baseline of a line in what begins at `top`.
fn baseline(top: f64, line: usize) -> f64 {
    top + PADDING / 2.0 + LINE * (line as f64 + 1.0) - 4.0
}

fn rectangle(corner: Point, size: (f64, f64), color: Color) -> Shape {
    let (right, bottom) = (corner.0 + size.0, corner.1 + size.1);
    Shape::Polygon {
        points: vec![
            corner,
            (right, corner.1),
            (right, bottom),
            (corner.0, bottom),
        ],
        color,
    }
}

fn frame((right, bottom): (f64, f64), color: Color) -> Shape {
    let points = vec![
        (0.0, 0.0),
        (right, 0.0),
        (right, bottom),
        (0.0, bottom),
        (0.0, 0.0),
        // Past the corner, so that it is closed.
        (1.0, 0.0),
    ];
    Shape::Line {
        points,
        width: 1.0,
        color,
    }
}
