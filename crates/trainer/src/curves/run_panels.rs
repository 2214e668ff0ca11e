use super::{Curve, Panel};
use crate::{EpochRecord, History};

/// The most panels of a picture; further metrics stay in the history.
const MOST_PANELS: usize = 3;

/// Metrics and loss over the epochs of one run or of several, ready to be [drawn](crate::draw_curves).
///
/// Training is dashed, validation solid. A single run needs no name in its legend; the curves of
/// each of several bear its name.
pub fn run_panels(runs: &[(&str, &History)]) -> Vec<Panel> {
    let mut metrics: Vec<&str> = Vec::new();
    for (_, history) in runs {
        for name in history.names() {
            let is_new = name != "loss" && !name.starts_with("val_") && !metrics.contains(&name);
            if is_new && metrics.len() + 1 < MOST_PANELS {
                metrics.push(name);
            }
        }
    }
    metrics
        .into_iter()
        .chain(["loss"])
        .map(|figure| panel(runs, figure))
        .collect()
}

fn panel(runs: &[(&str, &History)], figure: &str) -> Panel {
    let validation = format!("val_{figure}");
    let words = figure.replace('_', " ");
    Panel {
        title: capitalized(&words),
        x_label: "epoch".to_owned(),
        y_label: words,
        curves: runs
            .iter()
            .flat_map(|(name, history)| {
                let label = |split: &str| {
                    let is_single = runs.len() == 1;
                    (if is_single { split } else { name }).to_owned()
                };
                [
                    curve(label("training"), history.epochs(), figure, true),
                    curve(label("validation"), history.epochs(), &validation, false),
                ]
            })
            .filter(|curve| !curve.values.is_empty())
            .collect(),
        ..Panel::default()
    }
}

fn curve(label: String, records: &[EpochRecord], figure: &str, dashed: bool) -> Curve {
    let points = records
        .iter()
        .filter_map(|record| Some((record.epoch as f64, record.get(figure)?)));
    let (epochs, values) = points.unzip();
    Curve {
        label,
        epochs,
        values,
        dashed,
        ..Curve::default()
    }
}

/// `mean absolute error` as `Mean absolute error`.
pub(crate) fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
