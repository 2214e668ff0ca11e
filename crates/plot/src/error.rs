//! What can go wrong with a picture of curves.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::format;

/// Why a picture of curves was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CurvesError {
    /// The extension of the file names no known format.
    #[error("{}", format::unknown(path))]
    Format {
        /// The file.
        path: PathBuf,
    },

    /// There is nothing to draw.
    #[error("a picture of curves expects at least 1 panel, received 0; give the history of a run")]
    NoPanels,

    /// A panel has no curves, or only curves without values.
    #[error(
        "panel `{panel}` expects a curve with at least 1 value, received none; train for 1 epoch or leave the panel out"
    )]
    NoPoints {
        /// The title of the panel.
        panel: String,
    },

    /// A curve has not one epoch for each value.
    #[error(
        "curve `{curve}` in panel `{panel}` expects as many epochs as values, \
         received {epochs} epochs and {values} values; give one epoch for each value"
    )]
    Lengths {
        /// The title of the panel.
        panel: String,
        /// The label of the curve.
        curve: String,
        /// The number of epochs.
        epochs: usize,
        /// The number of values.
        values: usize,
    },

    /// A band has not its bounds at each epoch.
    #[error(
        "the band of curve `{curve}` in panel `{panel}` expects bounds at each of {epochs} epochs, \
         received {bounds}; give a lowest and a highest value for each epoch, or none at all"
    )]
    BandLength {
        /// The title of the panel.
        panel: String,
        /// The label of the curve.
        curve: String,
        /// The number of epochs.
        epochs: usize,
        /// The number of bounds.
        bounds: usize,
    },

    /// Something lies where a logarithmic axis does not reach.
    #[error(
        "panel `{panel}` has a logarithmic horizontal axis, on which {owner} expects places above 0, \
         received {received}; leave it out or make the axis linear"
    )]
    NotPositive {
        /// The title of the panel.
        panel: String,
        /// What lies there, e.g. ``curve `validation` ``.
        owner: String,
        /// Where it lies.
        received: f64,
    },

    /// The picture would be illegible or enormous.
    #[error(
        "a picture of {panels} panel(s) expects a size from {}×{} to {maximum}×{maximum} pixels, \
         received {}×{}; choose a size in between",
        minimum.0, minimum.1, received.0, received.1
    )]
    Size {
        /// The number of panels.
        panels: usize,
        /// The smallest width and height for so many panels.
        minimum: (u32, u32),
        /// The largest width or height.
        maximum: u32,
        /// The width and height asked for.
        received: (u32, u32),
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
