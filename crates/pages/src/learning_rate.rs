//! The learning rate over the epochs.

use firebrick::curves::{Curve, Panel};

use crate::run_record::RunRecord;

/// The rate that the schedule has planned and that the epochs had, where it is known and not the same all the time.
pub(crate) fn rate_panel(run: &RunRecord) -> Option<Panel> {
    let epochs = run.history().epochs();
    let done = Curve {
        label: "at the end of an epoch".to_owned(),
        epochs: epochs.iter().map(|epoch| epoch.epoch as f64).collect(),
        values: epochs.iter().map(|epoch| epoch.learning_rate).collect(),
        ..Curve::default()
    };
    let curves: Vec<Curve> = [Some(done), planned(run)]
        .into_iter()
        .flatten()
        .filter(|curve| !curve.values.is_empty())
        .collect();
    let mut values = curves.iter().flat_map(|curve| &curve.values);
    let first = values.next()?;
    let is_same = |value: &f64| (value - first).abs() <= 1e-9 * first.abs();
    (!values.all(is_same)).then(|| Panel {
        title: "Learning rate".to_owned(),
        x_label: "epoch".to_owned(),
        y_label: "learning rate".to_owned(),
        curves,
        ..Panel::default()
    })
}

fn planned(run: &RunRecord) -> Option<Curve> {
    let begin = run.chronicle.begin.as_ref()?;
    let steps = begin.steps_per_epoch.filter(|steps| *steps > 0)? as f64;
    let points = begin
        .schedule
        .iter()
        .map(|(step, rate)| (*step as f64 / steps, *rate));
    let (epochs, values) = points.unzip();
    Some(Curve {
        label: "as planned".to_owned(),
        epochs,
        values,
        dashed: true,
        ..Curve::default()
    })
}
