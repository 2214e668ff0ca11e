//! Pictures drawn from plain data: curves over epochs, boxes with arrows between them.
//!
//! A crate of its own because a picture knows nothing of trainings and networks: it has panels with curves, and whoever has
//! numbers makes panels of them; it has boxes, and whoever has layers makes boxes of them.
//!
//! The way of a picture: `layout` turns [`Panel`]s into plain shapes, with `plot` for the inside of a panel, `axis` for
//! ranges and ticks and `legend` for the key below the panels; `render` turns the shapes into the bytes of a file;
//! [`render_curves`] checks before. A [`Diagram`] becomes shapes in `diagram`.

mod axis;
mod band;
mod dashes;
mod diagram;
mod error;
mod font;
mod format;
mod layout;
mod legend;
mod marks;
mod palette;
mod panel;
mod picture;
mod plot;
mod render;
mod shape;

pub use diagram::{Arrow, Block, Diagram, DiagramError, Direction, render_diagram};
pub use error::CurvesError;
pub use panel::{Curve, Mark, Panel, Scale, Stroke};
pub use picture::{DEFAULT_CURVES_SIZE, curves_size, render_curves};
