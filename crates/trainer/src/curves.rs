//! Pictures of trainings, as files.

use std::path::Path;

use firebrick_model::write_whole;
use firebrick_plot::{CurvesError, Panel, render_curves};

/// Draws `panels` beside one another under `title` and writes the picture to `path`.
///
/// The extension of `path` chooses SVG or PNG, `size` is width and height in pixels. The file is whole or absent:
/// it is written to a temporary name, synced and renamed. The letters of a PNG are built in, those of an SVG are
/// the viewer's own sans-serif font.
///
/// # Errors
/// If the extension is neither `svg` nor `png`, the size is too small for the panels or above 3000 pixels, there is
/// no panel, a panel has no points, a curve has not as many epochs as values or bounds of a band, something on a
/// logarithmic axis is not above 0, or the file cannot be written.
///
/// ```
/// use firebrick::curves::{Curve, DEFAULT_CURVES_SIZE, Panel, draw_curves};
///
/// let curve = |label: &str, values: [f64; 3], dashed| Curve {
///     label: label.to_owned(),
///     epochs: vec![1.0, 2.0, 3.0],
///     values: values.to_vec(),
///     dashed,
///     ..Curve::default()
/// };
/// let accuracy = Panel {
///     title: "Accuracy".to_owned(),
///     x_label: "epoch".to_owned(),
///     y_label: "accuracy".to_owned(),
///     curves: vec![
///         curve("training", [0.71, 0.85, 0.91], true),
///         curve("validation", [0.74, 0.84, 0.88], false),
///     ],
///     ..Panel::default()
/// };
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("curves.svg");
/// draw_curves(&[accuracy], "my first run", &path, DEFAULT_CURVES_SIZE)?;
/// assert!(std::fs::read_to_string(path)?.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn draw_curves(
    panels: &[Panel],
    title: &str,
    path: &Path,
    size: (u32, u32),
) -> Result<(), CurvesError> {
    let bytes = render_curves(panels, title, path, size)?;
    write_whole(path, &bytes).map_err(|source| CurvesError::Write {
        path: path.to_owned(),
        source,
    })
}
