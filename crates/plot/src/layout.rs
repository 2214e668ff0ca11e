//! Where everything in a picture stands.

use crate::legend::{self, Labels, Legend};
use crate::panel::Panel;
use crate::plot::Plot;
use crate::shape::{Anchor, Shape, Text};
use crate::{font, palette::TEXT};

/// Around the picture.
const MARGIN: f64 = 14.0;
/// Between two columns of panels.
const GUTTER: f64 = 14.0;
/// Height of an em.
const TITLE: f64 = 18.0;

/// How many columns and rows `panels` panels are arranged in.
fn grid(panels: usize) -> (usize, usize) {
    let columns = (1..=panels).find(|columns| columns * columns >= panels);
    let columns = columns.unwrap_or(1);
    (columns, panels.div_ceil(columns))
}

/// The smallest legible width and height for so many panels.
pub(crate) fn minimum_size(panels: usize) -> (u32, u32) {
    size_of_cells(panels, (200, 150))
}

/// Width and height at which so many panels have room to be read.
pub(crate) fn comfortable_size(panels: usize) -> (u32, u32) {
    size_of_cells(panels, (343, 195))
}

/// Width and height of panels on cells of this size.
fn size_of_cells(panels: usize, cell: (u32, u32)) -> (u32, u32) {
    let (columns, rows) = grid(panels);
    let side = |count: usize, each: u32| {
        u32::try_from(count)
            .unwrap_or(u32::MAX)
            .saturating_mul(each)
    };
    (
        side(columns, cell.0).saturating_add(40),
        side(rows, cell.1).saturating_add(110),
    )
}

/// The shapes of the whole picture.
pub(crate) fn layout(panels: &[Panel], title: &str, size: (u32, u32)) -> Vec<Shape> {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let inner = width - 2.0 * MARGIN;
    let mut shapes = Vec::new();
    let mut top = MARGIN;
    if !title.is_empty() {
        shapes.push(Shape::Text(Text {
            content: font::shorten(title, TITLE, inner / 1.1),
            at: (width / 2.0, top + TITLE * 0.85),
            size: TITLE,
            anchor: Anchor::Middle,
            upward: false,
            color: TEXT,
        }));
        top += TITLE + 8.0;
    }
    let labels = Labels::of(panels);
    let max_rows = (1..).take_while(|rows| f64::from(*rows) * legend::ROW <= height * 0.2);
    let legend = Legend::new(&labels, inner, max_rows.count().max(1));
    let bottom = height - MARGIN + 4.0 - legend.height();
    shapes.extend(legend.shapes(MARGIN, width - MARGIN, bottom));

    let (columns, rows) = grid(panels.len());
    let cell = (
        (inner + GUTTER) / columns as f64 - GUTTER,
        (bottom - 8.0 - top) / rows as f64,
    );
    for (index, panel) in panels.iter().enumerate() {
        let (column, row) = (index % columns, index / columns);
        let corner = (
            MARGIN + column as f64 * (cell.0 + GUTTER),
            top + row as f64 * cell.1,
        );
        Plot::new(panel, corner, cell).draw(panel, &labels, &mut shapes);
    }
    shapes
}
