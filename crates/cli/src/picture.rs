//! Drawing curves to where the user wants them.

use std::path::Path;

use firebrick::curves::{CurvesError, Panel, render_curves};

use crate::destination::Destination;
use crate::failure::OrUsage;
use crate::picture_size::PictureSize;

/// Draws panels under a title; the file's extension chooses the format, standard output takes SVG.
///
/// # Errors
/// With a usage error an extension or a size that cannot be; what cannot be drawn or written.
pub(crate) fn draw(
    panels: &[Panel],
    title: &str,
    size: PictureSize,
    destination: &Destination,
) -> anyhow::Result<()> {
    let picture = match render_curves(panels, title, named(destination), size.0) {
        Err(error @ (CurvesError::Format { .. } | CurvesError::Size { .. })) => {
            return Err(error).or_usage();
        }
        picture => picture?,
    };
    destination.write(&picture)
}

/// The name whose extension chooses the format.
pub(crate) fn named(destination: &Destination) -> &Path {
    if destination.is_standard_output() {
        Path::new("standard output.svg")
    } else {
        destination.path()
    }
}
