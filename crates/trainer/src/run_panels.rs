use firebrick_plot::{Curve, Panel};

use crate::history::{EpochRecord, History};

/// The most panels of a picture, all that fit on the largest one.
const MOST_PANELS: usize = 196;

/// Every metric and the loss over the epochs of one run or of several, ready to be [drawn](crate::draw_curves) on a
/// picture of the [size for so many](firebrick_plot::curves_size); of more than 196 figures the last ones are left out.
///
/// Training is dashed, validation solid. A single run needs no name in its legend; the curves of
/// each of several bear its name.
///
/// ```
/// use firebrick::curves::run_panels;
/// use firebrick::training::{EpochRecord, History};
///
/// let mut history = History::default();
/// history.push(EpochRecord {
///     epoch: 1,
///     learning_rate: 0.1,
///     figures: [("loss", 0.7), ("auc", 0.9), ("mean_io_u", 0.5)].into_iter().collect(),
///     seconds: 1.0,
/// });
/// let titles: Vec<String> = run_panels(&[("run", &history)]).into_iter().map(|panel| panel.title).collect();
/// assert_eq!(titles, ["AUC", "Mean IoU", "Loss"]);
/// ```
pub fn run_panels(runs: &[(&str, &History)]) -> Vec<Panel> {
    let mut metrics: Vec<&str> = Vec::new();
    for (_, history) in runs {
        for name in history.names() {
            if name != "loss" && !name.starts_with("val_") && !metrics.contains(&name) {
                metrics.push(name);
            }
        }
    }
    if metrics.len() >= MOST_PANELS {
        let left_out = metrics.split_off(MOST_PANELS - 1).len();
        log::warn!("the curves leave {left_out} metrics out, which do not fit on a picture");
    }
    metrics
        .into_iter()
        .chain(["loss"])
        .map(|figure| panel(runs, figure))
        .collect()
}

fn panel(runs: &[(&str, &History)], figure: &str) -> Panel {
    let validation = format!("val_{figure}");
    let words = words(figure);
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

/// The name of a figure in words, with the short forms of the field as it writes them: `mean_io_u` as `mean IoU`.
pub(crate) fn words(figure: &str) -> String {
    const SHORT_FORMS: [(&str, &str); 11] = [
        ("auc", "AUC"),
        ("io u", "IoU"),
        ("iou", "IoU"),
        ("f1", "F1"),
        ("fbeta", "F-beta"),
        ("r2", "R²"),
        ("kl", "KL"),
        ("mae", "MAE"),
        ("mape", "MAPE"),
        ("mse", "MSE"),
        ("rmse", "RMSE"),
    ];

    let spaced = format!(" {} ", figure.replace('_', " "));
    let written = SHORT_FORMS.iter().fold(spaced, |text, (form, written)| {
        text.replace(&format!(" {form} "), &format!(" {written} "))
    });
    written.trim().to_owned()
}

/// `mean absolute error` as `Mean absolute error`.
pub(crate) fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_as_the_field_writes_them() {
        for (figure, title) in [
            ("auc", "AUC"),
            ("auc_1", "AUC 1"),
            ("one_hot_mean_io_u", "One hot mean IoU"),
            ("f1_score", "F1 score"),
            ("fbeta_score", "F-beta score"),
            ("r2_score", "R² score"),
            ("kl_divergence", "KL divergence"),
            ("mean_absolute_error", "Mean absolute error"),
            ("automatic", "Automatic"),
            ("", ""),
        ] {
            assert_eq!(capitalized(&words(figure)), title);
        }
    }
}
