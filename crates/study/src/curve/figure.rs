//! The figure of a curve.

use firebrick::curves::{Curve, Mark, Panel, Scale};

use super::statistics::Spread;
use super::summary::{EpochsSummary, PointSummary, Summary, best};
use super::{CurveAxis, CurveSettings};

/// Training dashed, validation solid, a band of one standard deviation around each.
pub(super) fn panels(settings: &CurveSettings, summary: &Summary) -> Vec<Panel> {
    match summary {
        Summary::Points { by, points } => vec![points_panel(*by, points)],
        Summary::Epochs(summary) => epochs_panels(settings, summary),
    }
}

fn points_panel(by: CurveAxis, points: &[PointSummary]) -> Panel {
    let values: Vec<f64> = points.iter().map(|point| point.value as f64).collect();
    let series = |pick: fn(&PointSummary) -> Spread| points.iter().map(pick).collect::<Vec<_>>();
    let marks = match (by, best(points)) {
        (CurveAxis::Width | CurveAxis::Depth, Some(best)) => vec![Mark {
            at: best.value as f64,
            label: format!("best: {}", best.value),
        }],
        _ => Vec::new(),
    };
    Panel {
        title: format!("Error by {}", by.label()),
        x_label: by.label().to_owned(),
        y_label: "error, %".to_owned(),
        curves: vec![
            curve(
                "training",
                &values,
                &series(|point| point.train),
                true,
                100.0,
            ),
            curve(
                "validation",
                &values,
                &series(|point| point.validation),
                false,
                100.0,
            ),
        ],
        x_scale: match by {
            CurveAxis::Depth => Scale::Linear,
            _ => Scale::Logarithmic,
        },
        marks,
        from_zero: true,
    }
}

fn epochs_panels(settings: &CurveSettings, summary: &EpochsSummary) -> Vec<Panel> {
    let epochs: Vec<f64> = summary
        .epochs
        .iter()
        .map(|epoch| epoch.epoch as f64)
        .collect();
    let (middle, _, _) = summary.stopping();
    let mark = Mark {
        at: middle as f64,
        label: format!("early stopping: {middle}"),
    };
    let panel = |title: String, y_label: &str, curves| Panel {
        title,
        x_label: "epoch".to_owned(),
        y_label: y_label.to_owned(),
        curves,
        marks: vec![mark.clone()],
        from_zero: true,
        ..Panel::default()
    };
    let images = settings.train_size;
    let losses = [
        summary
            .epochs
            .iter()
            .map(|epoch| epoch.loss)
            .collect::<Vec<_>>(),
        summary.epochs.iter().map(|epoch| epoch.val_loss).collect(),
    ];
    let errors = [
        summary
            .epochs
            .iter()
            .map(|epoch| epoch.error)
            .collect::<Vec<_>>(),
        summary.epochs.iter().map(|epoch| epoch.val_error).collect(),
    ];
    let both = |[train, validation]: [Vec<Spread>; 2], factor| {
        vec![
            curve("training", &epochs, &train, true, factor),
            curve("validation", &epochs, &validation, false, factor),
        ]
    };
    vec![
        panel(format!("Loss, {images} images"), "loss", both(losses, 1.0)),
        panel(
            format!("Error, {images} images"),
            "error, %",
            both(errors, 100.0),
        ),
    ]
}

fn curve(label: &str, at: &[f64], series: &[Spread], dashed: bool, factor: f64) -> Curve {
    let bands: Option<Vec<(f64, f64)>> = series.iter().map(|spread| spread.band()).collect();
    let band = bands.unwrap_or_default();
    Curve {
        label: label.to_owned(),
        epochs: at.to_vec(),
        values: series.iter().map(|spread| spread.mean * factor).collect(),
        dashed,
        band: band
            .into_iter()
            .map(|(low, high)| (low * factor, high * factor))
            .collect(),
        ..Curve::default()
    }
}
