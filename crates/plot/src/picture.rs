//! A picture: checked, laid out and turned into the bytes of a file.

use std::path::Path;

use crate::error::CurvesError;
use crate::format::Format;
use crate::layout;
use crate::panel::{self, Panel};

/// Width and height of a picture in pixels, unless another size is asked for.
///
/// ```
/// use firebrick::curves::{DEFAULT_CURVES_SIZE, curves_size};
///
/// assert_eq!(curves_size(1), DEFAULT_CURVES_SIZE);
/// ```
pub const DEFAULT_CURVES_SIZE: (u32, u32) = (800, 500);

/// The longest side of a picture in pixels.
const MAX_SIDE: u32 = 3000;

/// Width and height in pixels of a picture on which so many panels are well legible: [`DEFAULT_CURVES_SIZE`] for one or two.
///
/// ```
/// use firebrick::curves::{DEFAULT_CURVES_SIZE, curves_size};
///
/// assert_eq!(curves_size(2), DEFAULT_CURVES_SIZE);
/// assert_eq!(curves_size(9), (1069, 695));
/// ```
pub fn curves_size(num_panels: usize) -> (u32, u32) {
    let (width, height) = layout::comfortable_size(num_panels);
    (
        width.clamp(DEFAULT_CURVES_SIZE.0, MAX_SIDE),
        height.clamp(DEFAULT_CURVES_SIZE.1, MAX_SIDE),
    )
}

/// The bytes of a picture with `panels` beside one another under `title`, as a file of the name `path` holds them; no
/// file is touched.
///
/// The extension of `path` chooses SVG or PNG, `size` is width and height in pixels. The letters of a PNG are built in,
/// those of an SVG are the viewer's own sans-serif font.
///
/// ```
/// use std::path::Path;
///
/// use firebrick::curves::{Curve, DEFAULT_CURVES_SIZE, Panel, render_curves};
///
/// let loss = Panel {
///     title: "Loss".to_owned(),
///     curves: vec![Curve {
///         label: "training".to_owned(),
///         epochs: vec![1.0, 2.0],
///         values: vec![0.9, 0.4],
///         ..Curve::default()
///     }],
///     ..Panel::default()
/// };
/// let picture = render_curves(&[loss], "a run", Path::new("any.svg"), DEFAULT_CURVES_SIZE)?;
/// assert!(picture.starts_with(b"<svg"));
/// # Ok::<(), firebrick::curves::CurvesError>(())
/// ```
///
/// # Errors
/// If the extension is neither `svg` nor `png`, the size is too small for the panels or above 3000 pixels, there is
/// no panel, a panel has no points, a curve has not as many epochs as values or bounds of a band, or something on a
/// logarithmic axis is not above 0.
pub fn render_curves(
    panels: &[Panel],
    title: &str,
    path: &Path,
    size: (u32, u32),
) -> Result<Vec<u8>, CurvesError> {
    let format = Format::of(path).ok_or_else(|| CurvesError::Format {
        path: path.to_owned(),
    })?;
    check(panels, size)?;
    let shapes = layout::layout(panels, title, size);
    format
        .render(&shapes, size)
        .map_err(|source| CurvesError::Draw {
            path: path.to_owned(),
            source,
        })
}

/// Checks everything about the input but the path.
fn check(panels: &[Panel], size: (u32, u32)) -> Result<(), CurvesError> {
    if panels.is_empty() {
        return Err(CurvesError::NoPanels);
    }
    panels.iter().try_for_each(panel::check)?;
    let minimum = layout::minimum_size(panels.len());
    let fits = |side: u32, minimum: u32| (minimum..=MAX_SIDE).contains(&side);
    if !fits(size.0, minimum.0) || !fits(size.1, minimum.1) {
        return Err(CurvesError::Size {
            panels: panels.len(),
            minimum,
            maximum: MAX_SIDE,
            received: size,
        });
    }
    Ok(())
}
