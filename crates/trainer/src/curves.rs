//! Pictures of how a training went: one panel a figure, one curve a run and split.
//!
//! The way of a picture: [`layout`](self::layout) turns panels into plain shapes, with [`plot`](self::plot) for the
//! inside of a panel, [`axis`](self::axis) for ranges and ticks and [`legend`](self::legend) for the key below the
//! panels; [`render`](self::render) turns the shapes into the bytes of a file; [`draw`] checks before and writes after.

mod axis;
mod band;
mod dashes;
mod error;
mod font;
mod layout;
mod legend;
mod marks;
mod palette;
mod plot;
mod render;
mod run_panels;
mod shape;

use std::path::Path;

use firebrick_model::write_whole;

pub use error::CurvesError;
pub use run_panels::run_panels;
pub(crate) use run_panels::{capitalized, words};

/// Width and height of a picture in pixels, unless another size is asked for.
///
/// ```
/// use firebrick::curves::{DEFAULT_CURVES_SIZE, curves_size};
///
/// assert_eq!(curves_size(1), DEFAULT_CURVES_SIZE);
/// ```
pub const DEFAULT_SIZE: (u32, u32) = (800, 500);

/// The longest side of a picture in pixels.
const MAX_SIDE: u32 = 3000;

/// Width and height in pixels of a picture on which so many panels are well legible: [`DEFAULT_SIZE`] for one or two.
///
/// ```
/// use firebrick::curves::{DEFAULT_CURVES_SIZE, curves_size};
///
/// assert_eq!(curves_size(2), DEFAULT_CURVES_SIZE);
/// assert_eq!(curves_size(9), (1069, 695));
/// ```
pub fn size(num_panels: usize) -> (u32, u32) {
    let (width, height) = layout::comfortable_size(num_panels);
    (
        width.clamp(DEFAULT_SIZE.0, MAX_SIDE),
        height.clamp(DEFAULT_SIZE.1, MAX_SIDE),
    )
}

/// One line in a [`Panel`].
///
/// ```
/// use firebrick::curves::{Curve, DEFAULT_CURVES_SIZE, Panel, draw_curves};
///
/// let loss = Curve {
///     label: "loss".to_owned(),
///     epochs: vec![1.0, 2.0, 3.0],
///     values: vec![0.9, 0.5, 0.4],
///     ..Curve::default()
/// };
/// let panel = Panel { title: "Loss".to_owned(), curves: vec![loss], ..Panel::default() };
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("loss.svg");
/// draw_curves(&[panel], "run 1", &path, DEFAULT_CURVES_SIZE)?;
/// assert!(std::fs::read_to_string(&path)?.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
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
    /// Lowest and highest value at each epoch, shaded behind the curve; empty for no band. Where a bound is NaN or
    /// infinite, the band has a gap.
    pub band: Vec<(f64, f64)>,
    /// Whether its points are joined.
    pub stroke: Stroke,
}

/// What a [`Curve`] is drawn with.
///
/// ```
/// use firebrick::curves::{Curve, Stroke};
///
/// let measured = Curve { values: vec![0.9, 0.5], stroke: Stroke::Points, ..Curve::default() };
/// assert_eq!(Curve::default().stroke, Stroke::Line);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stroke {
    /// A line, with a marker at every point or at some.
    #[default]
    Line,
    /// A small marker at every point, nothing between them.
    Points,
}

/// A pair of axes with their curves.
///
/// ```
/// use firebrick::curves::{Curve, Mark, Panel, Scale};
///
/// let panel = Panel {
///     title: "Error".to_owned(),
///     x_label: "training images".to_owned(),
///     y_label: "share".to_owned(),
///     curves: vec![Curve { epochs: vec![100.0, 1000.0], values: vec![0.3, 0.1], ..Curve::default() }],
///     x_scale: Scale::Logarithmic,
///     marks: vec![Mark { at: 500.0, label: "enough".to_owned() }],
///     from_zero: true,
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// What stands above it.
    pub title: String,
    /// What stands below its horizontal axis, e.g. `epoch`.
    pub x_label: String,
    /// What stands beside its vertical axis.
    pub y_label: String,
    /// Its curves, drawn in this order.
    pub curves: Vec<Curve>,
    /// How the horizontal axis counts.
    pub x_scale: Scale,
    /// Vertical lines with a label, e.g. where a training would have stopped.
    pub marks: Vec<Mark>,
    /// Whether the vertical axis begins at 0 (below, if a value is negative) and the line there is drawn as a line of its
    /// own.
    pub from_zero: bool,
}

/// How a horizontal axis counts.
///
/// ```
/// use firebrick::curves::{Panel, Scale};
///
/// let panel = Panel { x_scale: Scale::Logarithmic, ..Panel::default() };
/// assert_eq!(Panel::default().x_scale, Scale::Linear);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// The same distance for the same difference, with ticks at whole numbers.
    #[default]
    Linear,
    /// The same distance for the same difference, with ticks at round numbers, which may have digits after the point.
    Numbers,
    /// The same distance for the same ratio, e.g. for sizes that double. Everything on it lies above 0.
    Logarithmic,
}

/// A vertical line with a label at its upper end.
///
/// ```
/// use firebrick::curves::{Mark, Panel};
///
/// let stopped = Mark { at: 12.0, label: "stopped".to_owned() };
/// let panel = Panel { marks: vec![stopped], ..Panel::default() };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where on the horizontal axis, which reaches that far; a mark at NaN or an infinity is left out.
    pub at: f64,
    /// What is written beside it, shortened to less than half the width of the panel. Where many marks stand close to
    /// one another, some have no room for it.
    pub label: String,
}

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
pub fn draw(
    panels: &[Panel],
    title: &str,
    path: &Path,
    size: (u32, u32),
) -> Result<(), CurvesError> {
    let bytes = render_as(panels, title, path, size)?;
    write_whole(path, &bytes).map_err(|source| CurvesError::Write {
        path: path.to_owned(),
        source,
    })
}

/// The bytes of the picture that [`draw`] would write to a file of this name, for another place than a file.
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
/// As those of [`draw`], but for those of writing.
pub fn render_as(
    panels: &[Panel],
    title: &str,
    path: &Path,
    size: (u32, u32),
) -> Result<Vec<u8>, CurvesError> {
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
    render(&shapes, size).map_err(|source| CurvesError::Draw {
        path: path.to_owned(),
        source,
    })
}

/// Checks everything about the input but the path.
fn check(panels: &[Panel], size: (u32, u32)) -> Result<(), CurvesError> {
    if panels.is_empty() {
        return Err(CurvesError::NoPanels);
    }
    panels.iter().try_for_each(check_panel)?;
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

fn check_panel(panel: &Panel) -> Result<(), CurvesError> {
    for curve in &panel.curves {
        let (epochs, values, bounds) = (curve.epochs.len(), curve.values.len(), curve.band.len());
        if epochs != values {
            return Err(CurvesError::Lengths {
                panel: panel.title.clone(),
                curve: curve.label.clone(),
                epochs,
                values,
            });
        }
        if bounds != epochs && bounds > 0 {
            return Err(CurvesError::BandLength {
                panel: panel.title.clone(),
                curve: curve.label.clone(),
                epochs,
                bounds,
            });
        }
    }
    if panel.curves.iter().all(|curve| curve.values.is_empty()) {
        return Err(CurvesError::NoPoints {
            panel: panel.title.clone(),
        });
    }
    if panel.x_scale == Scale::Logarithmic {
        check_positive(panel)?;
    }
    Ok(())
}

/// Checks that everything in a panel has its place on a logarithmic axis.
fn check_positive(panel: &Panel) -> Result<(), CurvesError> {
    let of_curves = panel.curves.iter().flat_map(|curve| {
        let places = curve.epochs.iter();
        places.map(|place| ("curve", &curve.label, *place))
    });
    let of_marks = panel
        .marks
        .iter()
        .map(|mark| ("mark", &mark.label, mark.at));
    match of_curves
        .chain(of_marks)
        .find(|(_, _, place)| *place <= 0.0)
    {
        Some((kind, label, received)) => Err(CurvesError::NotPositive {
            panel: panel.title.clone(),
            owner: format!("{kind} `{label}`"),
            received,
        }),
        None => Ok(()),
    }
}
