//! A training as it would tell itself, without one.

use firebrick_dashboard::View;
use firebrick_session::{
    Action, Begin, Confusion, EpochEnd, Event, LayerNumbers, Progress, Sample, SampleValue,
    SampleView, Speaker, Watcher, What,
};

const STEPS: usize = 100;

/// What the samples of a training are.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Pictures,
    Rows,
}

/// A training of ten epochs that is in the middle of its seventh.
pub(crate) fn training(label: &str, kind: Kind) -> View {
    let mut view = View::new();
    let mut tell = |step: usize, epoch: usize, what: What| {
        view.tell(&Event {
            step: step as u64,
            epoch,
            seconds: step as f64 * 0.05,
            what,
        });
    };
    tell(0, 0, What::Begin(Box::new(begin(label))));
    for epoch in 1..=7 {
        tell((epoch - 1) * STEPS, epoch, What::EpochBegin);
        if epoch == 7 {
            let text =
                "ReduceLROnPlateau: val_loss has not improved for 2 epochs, learning rate halved";
            tell(600, 7, words(Speaker::Callback, text));
        }
        let last = if epoch == 7 { 40 } else { STEPS };
        for batch in (4..=last).step_by(4) {
            let step = (epoch - 1) * STEPS + batch;
            tell(step, epoch, What::Progress(progress(step, batch)));
        }
        if epoch == 3 {
            let action = What::Action {
                action: Action::ScaleRate(0.5),
                by: "dashboard".to_owned(),
                learning_rate: 0.0005,
            };
            tell(260, 3, action);
        }
        if epoch < 7 {
            tell(epoch * STEPS, epoch, What::EpochEnd(epoch_end(epoch)));
            let file = format!("checkpoints/{epoch}.bpk");
            tell(epoch * STEPS, epoch, What::Saved { file });
            tell(epoch * STEPS, epoch, layers(epoch));
        }
    }
    tell(
        620,
        7,
        words(Speaker::Hint, "the validation's loss rises since epoch 4"),
    );
    tell(640, 7, What::Samples { worst: worst(kind) });
    if kind == Kind::Pictures {
        tell(640, 7, What::Confusion(confusion()));
    }
    view
}

fn words(from: Speaker, text: &str) -> What {
    What::Words {
        from,
        text: text.to_owned(),
    }
}

fn begin(label: &str) -> Begin {
    Begin {
        label: label.to_owned(),
        epochs: 10,
        steps_per_epoch: Some(STEPS),
        batch_size: 128,
        figures: vec!["loss".to_owned(), "accuracy".to_owned()],
        rising: vec!["accuracy".to_owned()],
        has_validation: true,
        schedule: (0..=10).map(|tenth| (tenth * 100, 0.001)).collect(),
        class_names: (0..10).map(|digit| digit.to_string()).collect(),
        ..Begin::default()
    }
}

fn loss(step: usize) -> f64 {
    let step = step as f64;
    2.3 * (-step / 120.0).exp() + 0.1 + 0.03 * (step / 9.0).sin()
}

fn progress(step: usize, batch: usize) -> Progress {
    let loss = loss(step);
    Progress {
        batch,
        batches: Some(STEPS),
        figures: [("loss", loss), ("accuracy", 1.0 - loss / 2.5)]
            .into_iter()
            .collect(),
        learning_rate: if step > 260 { 0.0005 } else { 0.001 },
        samples_per_second: 5310.0,
        memory: Some(412_000_000),
    }
}

fn epoch_end(epoch: usize) -> EpochEnd {
    let loss = loss(epoch * STEPS);
    let rise = (epoch as f64 - 4.0).max(0.0) * 0.05;
    let figures = [
        ("loss", loss),
        ("accuracy", 1.0 - loss / 2.5),
        ("val_loss", loss + 0.08 + rise),
        ("val_accuracy", 0.97 - loss / 2.5 - rise / 3.0),
    ];
    EpochEnd {
        figures: figures.into_iter().collect(),
        learning_rate: if epoch > 2 { 0.0005 } else { 0.001 },
        took: 5.0,
    }
}

fn layers(epoch: usize) -> What {
    let share = epoch as f64 / 10.0;
    let layer = |path: &str, gradients: f64, dead: Option<f64>| LayerNumbers {
        path: path.to_owned(),
        weights: 12.0 + share,
        update: 0.012 * gradients * (1.0 - share),
        gradients: Some(gradients),
        dead,
    };
    What::Layers {
        layers: vec![
            layer("layers.0.Dense", 0.4, Some(0.12)),
            layer("layers.2.Dense", 0.9, Some(0.61)),
            layer("layers.4.Dense", 0.000_002, None),
        ],
    }
}

fn worst(kind: Kind) -> Vec<Sample> {
    let sample = |row: usize| Sample {
        row: row * 37,
        loss: 9.0 - row as f64 / 3.0,
        truth: (row % 10).to_string(),
        answer: ((row + 3) % 10).to_string(),
        certainty: Some(0.99 - row as f64 / 30.0),
        view: match kind {
            Kind::Pictures => picture(row),
            Kind::Rows => SampleView::Row {
                values: vec![
                    value("age", row * 7 % 50 + 20),
                    value("pulse", row * 13 % 60 + 60),
                ],
            },
        },
    };
    (0..12).map(sample).collect()
}

fn value(column: &str, value: usize) -> SampleValue {
    SampleValue {
        column: column.to_owned(),
        value: value.to_string(),
    }
}

/// A ring of 28 by 28 pixels, the wider the later.
fn picture(row: usize) -> SampleView {
    let pixel = |index: usize| {
        let (x, y) = ((index % 28) as f64 - 13.5, (index / 28) as f64 - 13.5);
        let distance = (x.hypot(y) - 4.0 - row as f64 / 2.0).abs();
        if distance < 1.5 { 250 } else { 0 }
    };
    SampleView::Picture {
        width: 28,
        height: 28,
        channels: 1,
        pixels: (0..28 * 28).map(pixel).collect(),
    }
}

fn confusion() -> Confusion {
    let count = |class: u64, answer: u64| match class.abs_diff(answer) {
        0 => 90 + class,
        1 => 3,
        3 => class % 2,
        _ => 0,
    };
    let row = |class| (0..10).map(|answer| count(class, answer)).collect();
    Confusion {
        counts: (0..10).map(row).collect(),
    }
}
