//! Boxes and the arrows between them, such as the layers of a network.
//!
//! The way of a picture: `ranks` says how far along each box stands, `order` in which order those of a rank, so that few arrows
//! cross, `places` where exactly; `columns` folds what would be too long; `arrows` leads arrows around boxes, `block` draws
//! one box, and what is inside a box is a diagram again.

mod arrows;
mod block;
mod columns;
mod error;
mod layered;
mod order;
mod places;
mod ranks;

use std::path::Path;

use crate::format::Format;
use crate::render;
use crate::shape::Shape;

pub use error::DiagramError;

/// Boxes, and what leads from which to which.
///
/// ```
/// use std::path::Path;
///
/// use firebrick::diagrams::{Arrow, Block, Diagram, render_diagram};
///
/// let block = |title: &str| Block { title: title.to_owned(), ..Block::default() };
/// let diagram = Diagram {
///     blocks: vec![block("image"), block("conv2d"), block("add")],
///     arrows: vec![Arrow { from: 0, to: 1 }, Arrow { from: 1, to: 2 }, Arrow { from: 0, to: 2 }],
///     ..Diagram::default()
/// };
/// let picture = render_diagram(&diagram, Path::new("any.svg"))?;
/// assert!(picture.starts_with(b"<svg"));
/// # Ok::<(), firebrick::diagrams::DiagramError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagram {
    /// The boxes.
    pub blocks: Vec<Block>,
    /// What leads from one to another; never in a circle.
    pub arrows: Vec<Arrow>,
    /// Where arrows lead to.
    pub direction: Direction,
}

/// A box: a coloured head with a title, lines below it, and perhaps a diagram inside.
///
/// ```
/// use firebrick::diagrams::Block;
///
/// let block = Block {
///     title: "conv2d".to_owned(),
///     subtitle: "Conv2D, relu".to_owned(),
///     lines: vec![("output".to_owned(), "[28, 28, 8]".to_owned())],
///     hue: Some(0),
///     ..Block::default()
/// };
/// assert!(block.inside.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// The first line of its head.
    pub title: String,
    /// The second one; none if it is empty.
    pub subtitle: String,
    /// Names and values below the head.
    pub lines: Vec<(String, String)>,
    /// Which of the colours its head has, counted from 0; without one it is grey.
    pub hue: Option<usize>,
    /// What it consists of.
    pub inside: Option<Diagram>,
}

/// An arrow between two boxes, by their indices counted from 0.
///
/// ```
/// use firebrick::diagrams::Arrow;
///
/// let arrow = Arrow { from: 0, to: 1 };
/// assert_ne!(arrow.from, arrow.to);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    /// Where it begins.
    pub from: usize,
    /// Where its head is.
    pub to: usize,
}

/// Where the arrows of a diagram lead to, as Graphviz' `rankdir`.
///
/// ```
/// use firebrick::diagrams::Direction;
///
/// assert_eq!("LR".parse::<Direction>()?, Direction::Right);
/// assert!("around".parse::<Direction>().is_err());
/// # Ok::<(), firebrick::diagrams::DiagramError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// From top to bottom, `TB`.
    #[default]
    Down,
    /// From left to right, `LR`.
    Right,
}

impl std::str::FromStr for Direction {
    type Err = DiagramError;

    fn from_str(text: &str) -> Result<Self, DiagramError> {
        match text.to_ascii_uppercase().as_str() {
            "TB" => Ok(Self::Down),
            "LR" => Ok(Self::Right),
            _ => Err(DiagramError::Direction {
                received: text.chars().take(40).collect(),
            }),
        }
    }
}

/// Shapes with the size of what they fill.
#[derive(Debug, Default)]
struct Drawing {
    shapes: Vec<Shape>,
    size: (f64, f64),
}

impl Drawing {
    /// The shapes with their upper left corner elsewhere.
    fn moved(self, to: (f64, f64)) -> impl Iterator<Item = Shape> {
        self.shapes.into_iter().map(move |shape| shape.moved(to))
    }
}

/// What is left free around a diagram.
const MARGIN: f64 = 16.0;

/// The bytes of a picture of a diagram, as a file of the name `path` holds them; no file is touched.
///
/// The extension of `path` chooses SVG or PNG. Arrows go around boxes; a long line of boxes is folded into columns. The
/// letters of a PNG are built in, those of an SVG are the viewer's own sans-serif font.
///
/// ```
/// use std::path::Path;
///
/// use firebrick::diagrams::{Block, Diagram, render_diagram};
///
/// let diagram = Diagram { blocks: vec![Block { title: "dense".to_owned(), ..Block::default() }], ..Diagram::default() };
/// assert!(render_diagram(&diagram, Path::new("any.png"))?.starts_with(b"\x89PNG"));
/// assert!(render_diagram(&diagram, Path::new("any.gif")).is_err());
/// # Ok::<(), firebrick::diagrams::DiagramError>(())
/// ```
///
/// # Errors
/// If the extension is neither `svg` nor `png`, there is no box, an arrow leads from or to no box or in a circle, or a PNG
/// would be enormous.
pub fn render_diagram(diagram: &Diagram, path: &Path) -> Result<Vec<u8>, DiagramError> {
    let format = Format::of(path).ok_or_else(|| DiagramError::Format {
        path: path.to_owned(),
    })?;
    check(diagram)?;
    let drawing = drawn(diagram);
    let framed = |length: f64| whole(length + 2.0 * MARGIN);
    let size = (framed(drawing.size.0), framed(drawing.size.1));
    if format == Format::Png && !render::fits_png(size) {
        return Err(DiagramError::TooLarge {
            size,
            limit: render::MAX_PNG_PIXELS,
        });
    }
    let shapes: Vec<Shape> = drawing.moved((MARGIN, MARGIN)).collect();
    format
        .render(&shapes, size)
        .map_err(|source| DiagramError::Draw {
            path: path.to_owned(),
            source,
        })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths are above 0, and the cast saturates"
)]
fn whole(length: f64) -> u32 {
    length.ceil() as u32
}

fn check(diagram: &Diagram) -> Result<(), DiagramError> {
    let count = diagram.blocks.len();
    if count == 0 {
        return Err(DiagramError::NoBlocks);
    }
    for arrow in &diagram.arrows {
        if let Some(block) = [arrow.from, arrow.to].into_iter().find(|end| *end >= count) {
            return Err(DiagramError::UnknownBlock { block, count });
        }
    }
    if let Err(circle) = ranks::sorted(diagram) {
        let title = |block: usize| diagram.blocks[block].title.clone();
        return Err(DiagramError::Circle {
            titles: circle.into_iter().take(20).map(title).collect(),
        });
    }
    diagram
        .blocks
        .iter()
        .filter_map(|block| block.inside.as_ref())
        .try_for_each(check)
}

/// The shapes of a diagram that was checked.
fn drawn(diagram: &Diagram) -> Drawing {
    let boxes: Vec<Drawing> = diagram.blocks.iter().map(block::drawn).collect();
    let sizes: Vec<(f64, f64)> = boxes
        .iter()
        .map(|drawing| diagram.direction.turned(drawing.size))
        .collect();
    let layout = columns::layout(diagram, &sizes);
    let mut shapes: Vec<Shape> = Vec::new();
    for path in layout.paths {
        let points = path
            .into_iter()
            .map(|point| diagram.direction.turned(point));
        shapes.extend(arrows::shapes(points.collect()));
    }
    for (drawing, corner) in boxes.into_iter().zip(layout.corners) {
        shapes.extend(drawing.moved(diagram.direction.turned(corner)));
    }
    Drawing {
        shapes,
        size: diagram.direction.turned(layout.size),
    }
}

impl Direction {
    /// Between places in the picture and those across and along the arrows, both ways.
    fn turned(self, (x, y): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Down => (x, y),
            Self::Right => (y, x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A residual block in a network.
    fn residual() -> Diagram {
        let block = |title: &str, subtitle: &str, shape: &str, hue: Option<usize>| Block {
            title: title.to_owned(),
            subtitle: subtitle.to_owned(),
            lines: vec![("output".to_owned(), shape.to_owned())],
            hue,
            inside: None,
        };
        let inner = Diagram {
            blocks: vec![
                block("input", "InputLayer", "(None, 4)", None),
                block("dense <&>", "Dense, relu", "(None, 4)", Some(4)),
            ],
            arrows: vec![Arrow { from: 0, to: 1 }],
            direction: Direction::Down,
        };
        let mut diagram = Diagram {
            blocks: vec![
                block("x", "InputLayer", "(None, 4)", None),
                block("part", "Sequential", "(None, 4)", Some(1)),
                block("add", "Add", "(None, 4)", None),
            ],
            arrows: vec![
                Arrow { from: 0, to: 1 },
                Arrow { from: 1, to: 2 },
                Arrow { from: 0, to: 2 },
            ],
            direction: Direction::Down,
        };
        diagram.blocks[1].inside = Some(inner);
        diagram
    }

    #[test]
    fn a_small_diagram_is_drawn_as_it_always_was() {
        let picture = render_diagram(&residual(), Path::new("residual.svg"));
        let picture = String::from_utf8(picture.unwrap_or_default()).unwrap_or_default();
        // Looked at when it was made; a picture that is meant to change is looked at again and put in its place.
        let golden = include_str!("../tests/data/residual.svg");
        assert!(picture == golden, "{picture}");
    }

    #[test]
    fn a_png_has_the_size_of_the_svg_and_a_light_background() {
        let bytes = render_diagram(&residual(), Path::new("residual.png")).unwrap_or_default();
        let image = image::load_from_memory(&bytes).map(|image| image.to_rgb8());
        let Ok(image) = image else {
            unreachable!("it is a PNG");
        };
        assert_eq!(image.get_pixel(0, 0).0, [255, 255, 255]);
        let svg = include_str!("../tests/data/residual.svg");
        let size = format!(
            "<svg width=\"{}\" height=\"{}\"",
            image.width(),
            image.height()
        );
        assert!(svg.starts_with(&size), "{size}");
    }

    #[test]
    fn arrows_to_the_right_swap_width_and_height() {
        let down = residual();
        let right = Diagram {
            direction: Direction::Right,
            ..residual()
        };
        let (down, right) = (drawn(&down).size, drawn(&right).size);
        assert!(down.0 < down.1 && right.0 > right.1, "{down:?} {right:?}");
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let error = |diagram: &Diagram, name: &str| match render_diagram(diagram, Path::new(name)) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            error(&Diagram::default(), "a.svg"),
            "a diagram expects at least 1 box, received 0; add one"
        );
        assert!(
            error(&residual(), "a.gif")
                .contains("expects the extension .svg or .png, received .gif")
        );
        let mut wrong = residual();
        wrong.arrows.push(Arrow { from: 2, to: 7 });
        assert!(error(&wrong, "a.svg").contains("the box of index 7, expected one of 0 to 2"));
        let mut circle = residual();
        circle.arrows.push(Arrow { from: 2, to: 1 });
        assert!(error(&circle, "a.svg").contains("lead in a circle (part, add)"));
        let mut within = residual();
        if let Some(inside) = &mut within.blocks[1].inside {
            inside.arrows.push(Arrow { from: 1, to: 0 });
        }
        assert!(error(&within, "a.svg").contains("in a circle"));
        let wide = Diagram {
            blocks: vec![Block::default(); 40_000],
            direction: Direction::Down,
            arrows: (1..40_000).map(|to| Arrow { from: 0, to }).collect(),
        };
        let text = error(&wide, "a.png");
        assert!(text.contains("in a PNG; draw it as .svg"), "{text}");
    }
}
