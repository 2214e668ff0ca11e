//! Pictures of numbers over epochs.
//!
//! A crate of its own because a picture knows nothing of trainings: it has panels with curves, and whoever has numbers
//! makes panels of them.
//!
//! The way of a picture: `layout` turns [`Panel`]s into plain shapes, with `plot` for the inside of a panel, `axis` for
//! ranges and ticks and `legend` for the key below the panels; `render` turns the shapes into the bytes of a file;
//! [`render_curves`] checks before.

mod axis;
mod band;
mod dashes;
mod error;
mod font;
mod layout;
mod legend;
mod marks;
mod palette;
mod panel;
mod picture;
mod plot;
mod render;
mod shape;

pub use error::CurvesError;
pub use panel::{Curve, Mark, Panel, Scale, Stroke};
pub use picture::{DEFAULT_CURVES_SIZE, curves_size, render_curves};
