//! Pictures of how a training went: one panel a figure, one curve a run and split.
//!
//! The way of a picture: [`layout`](self::layout) turns panels into plain shapes, with [`plot`](self::plot) for the
//! inside of a panel, [`axis`](self::axis) for ranges and ticks and [`legend`](self::legend) for the key below the
//! panels; [`render`](self::render) turns the shapes into the bytes of a file; [`draw`] checks before and writes after.

mod axis;
mod dashes;
mod error;
mod font;
mod layout;
mod legend;
mod palette;
mod plot;
mod render;
mod run_panels;
mod shape;

use std::path::Path;

use firebrick_model::write_whole;

pub use error::CurvesError;
pub(crate) use run_panels::capitalized;
pub use run_panels::run_panels;

/// Width and height of a picture in pixels, unless another size is asked for.
pub const DEFAULT_SIZE: (u32, u32) = (800, 500);

/// The longest side of a picture in pixels.
const MAX_SIDE: u32 = 3000;

/// One line in a [`Panel`].
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What the legend says. Curves with the same label have the same colour and marker, in all panels: to
    /// overlay runs, label both curves of a run with its name; for one run, label them by split.
    pub label: String,
    /// Where each value stands on the horizontal axis: epochs, counted from 1, or what the panel's
    /// [`x_label`](Panel::x_label) says.
    pub epochs: Vec<f64>,
    /// The values; those that are NaN or infinite (or beyond ±1e100) are left out.
    pub values: Vec<f64>,
    /// Dashed, as training figures are; validation figures are solid. Where one label has both, the legend
    /// explains dashes as training and solid lines as validation.
    pub dashed: bool,
}

/// A pair of axes with their curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What stands above it.
    pub title: String,
    /// What stands below its horizontal axis, e.g. `epoch`.
    pub x_label: String,
    /// What stands beside its vertical axis.
    pub y_label: String,
    /// Its curves, drawn in this order.
    pub curves: Vec<Curve>,
}

/// Draws `panels` beside one another under `title` and writes the picture to `path`.
///
/// The extension of `path` chooses SVG or PNG, `size` is width and height in pixels. The file is whole or absent:
/// it is written to a temporary name, synced and renamed. The letters of a PNG are built in, those of an SVG are
/// the viewer's own sans-serif font.
///
/// # Errors
/// If the extension is neither `svg` nor `png`, the size is too small for the panels or above 3000 pixels, there is
/// no panel, a panel has no points, a curve has not as many epochs as values, or the file cannot be written.
///
/// ```
/// use firebrick_trainer::{Curve, DEFAULT_CURVES_SIZE, Panel, draw_curves};
///
/// let curve = |label: &str, values: [f64; 3], dashed| Curve {
///     label: label.to_owned(),
///     epochs: vec![1.0, 2.0, 3.0],
///     values: values.to_vec(),
///     dashed,
/// };
/// let accuracy = Panel {
///     title: "Accuracy".to_owned(),
///     x_label: "epoch".to_owned(),
///     y_label: "accuracy".to_owned(),
///     curves: vec![
///         curve("training", [0.71, 0.85, 0.91], true),
///         curve("validation", [0.74, 0.84, 0.88], false),
///     ],
/// };
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("curves.svg");
/// draw_curves(&[accuracy], "my first run", &path, DEFAULT_CURVES_SIZE)?;
/// assert!(std::fs::read_to_string(path)?.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn draw(
    panels: &[Panel],
    title: &str,
    path: &Path,
    size: (u32, u32),
) -> Result<(), CurvesError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let render = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => render::svg,
        Some("png") => render::png,
        _ => {
            return Err(CurvesError::Format {
                path: path.to_owned(),
            });
        }
    };
    check(panels, size)?;
    let shapes = layout::layout(panels, title, size);
    let bytes = render(&shapes, size).map_err(|source| CurvesError::Draw {
        path: path.to_owned(),
        source,
    })?;
    write_whole(path, &bytes).map_err(|source| CurvesError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Checks everything about the input but the path.
fn check(panels: &[Panel], size: (u32, u32)) -> Result<(), CurvesError> {
    if panels.is_empty() {
        return Err(CurvesError::NoPanels);
    }
    for panel in panels {
        for curve in &panel.curves {
            if curve.epochs.len() != curve.values.len() {
                return Err(CurvesError::Lengths {
                    panel: panel.title.clone(),
                    curve: curve.label.clone(),
                    epochs: curve.epochs.len(),
                    values: curve.values.len(),
                });
            }
        }
        if panel.curves.iter().all(|curve| curve.values.is_empty()) {
            return Err(CurvesError::NoPoints {
                panel: panel.title.clone(),
            });
        }
    }
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
