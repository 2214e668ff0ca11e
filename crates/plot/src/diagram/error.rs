use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::format;

/// Why a picture of a diagram was not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiagramError {
    /// The extension of the file names no known format.
    #[error("{}", format::unknown(path))]
    Format {
        /// The file.
        path: PathBuf,
    },

    /// There is nothing to draw.
    #[error("a diagram expects at least 1 box, received 0; add one")]
    NoBlocks,

    /// An arrow from or to a box that is not there.
    #[error(
        "an arrow of a diagram leads from or to the box of index {block}, expected one of 0 to {}; \
         indices are counted from 0",
        count.saturating_sub(1)
    )]
    UnknownBlock {
        /// The index as given.
        block: usize,
        /// The number of boxes.
        count: usize,
    },

    /// Arrows in a circle.
    #[error(
        "the arrows of a diagram lead in a circle ({}), expected a beginning; leave one of them out",
        titles.join(", ")
    )]
    Circle {
        /// The titles of the boxes on it.
        titles: Vec<String>,
    },

    /// A direction of no known name.
    #[error(
        "the direction of a diagram is TB (from top to bottom) or LR (from left to right), received `{received}`"
    )]
    Direction {
        /// The text as given.
        received: String,
    },

    /// A bitmap that no viewer would show.
    #[error(
        "the diagram would be {}×{} pixels, expected at most {limit} pixels in a PNG; draw it as .svg",
        size.0, size.1
    )]
    TooLarge {
        /// Width and height.
        size: (u32, u32),
        /// The most pixels.
        limit: u64,
    },

    /// Drawing failed.
    #[error("could not draw `{}`: {source}; please report it", path.display())]
    Draw {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The file could not be written.
    #[error("could not write `{}`: {source}; check that its directory exists and has room", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
