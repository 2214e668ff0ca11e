//! What a picture shows: axes, curves, marks.

use crate::error::CurvesError;

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

/// Checks that everything in a panel can be drawn.
pub(crate) fn check(panel: &Panel) -> Result<(), CurvesError> {
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
