//! A training loop of one's own on the displays of `fit`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

use firebrick_trainer::{Display, EpochRecord, LoopDisplay, LoopProgress, StopHandle, TrainError};

/// Which display the loop has, where this program is started by one of its own tests.
const DISPLAY: &str = "FIREBRICK_LOOP_DISPLAY";

/// Two epochs of four batches, the first of which goes by unseen.
fn show_a_loop(display: Display) -> Result<(), TrainError> {
    let figures = ["loss", "accuracy"];
    let mut display = LoopDisplay::open(display, "by hand", 2, &figures, &StopHandle::new())?;
    for epoch in 1..=2 {
        let loss = 1.0 / epoch as f64;
        for batches_done in 2..=4 {
            display.progress(&LoopProgress {
                epoch,
                batches_done,
                batches: 4,
                samples_done: batches_done * 8,
                samples: 32,
                learning_rate: 0.5,
                figures: [("loss", loss), ("accuracy", 0.5)].into_iter().collect(),
            })?;
        }
        let record = EpochRecord {
            epoch,
            learning_rate: 0.5,
            figures: [("loss", loss), ("accuracy", 0.75), ("val_loss", loss * 2.0)]
                .into_iter()
                .collect(),
            seconds: 2.0,
        };
        display.epoch_end(&record, 4)?;
    }
    display.close();
    Ok(())
}

#[test]
fn a_loop_writes_what_a_fit_writes() {
    if let Ok(display) = std::env::var(DISPLAY) {
        return show_a_loop(display.parse().unwrap()).unwrap();
    }
    let written = |display: &str| {
        // The displays write past what captures the output of a test.
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "loop_display::a_loop_writes_what_a_fit_writes",
                "--nocapture",
            ])
            .env(DISPLAY, display)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let lines = "epoch 1/2  learning_rate 0.5  loss 1.0000  accuracy 0.7500  val_loss 2.0000  2.0 s\n\
                 epoch 2/2  learning_rate 0.5  loss 0.5000  accuracy 0.7500  val_loss 1.0000  2.0 s\n";
    for (display, expected) in [
        ("lines", lines),
        // Neither input nor output is a terminal here.
        ("auto", lines),
        (
            "keras-lines",
            "Epoch 1/2\n\
             4/4 - 2s - 500ms/step - accuracy: 0.7500 - loss: 1.0000 - val_loss: 2.0000\n\
             Epoch 2/2\n\
             4/4 - 2s - 500ms/step - accuracy: 0.7500 - loss: 0.5000 - val_loss: 1.0000\n",
        ),
        (
            "bar",
            "Epoch 1/2\n\
             4/4 ━━━━━━━━━━━━━━━━━━━━ 2s 500ms/step - accuracy: 0.7500 - loss: 1.0000 - val_loss: 2.0000\n\
             Epoch 2/2\n\
             4/4 ━━━━━━━━━━━━━━━━━━━━ 2s 500ms/step - accuracy: 0.7500 - loss: 0.5000 - val_loss: 1.0000\n",
        ),
    ] {
        let text = written(display);
        assert!(text.contains(expected), "{display}: {text}");
    }
    let nothing = written("quiet");
    assert!(!nothing.contains("loss"), "{nothing}");
}

#[test]
fn the_dashboard_without_a_terminal_is_an_error() {
    // The output of a test may be a terminal, that of what it starts is a pipe.
    if std::env::var_os(DISPLAY).is_some() {
        let error = show_a_loop(Display::Tui).unwrap_err();
        assert!(matches!(error, TrainError::NoDashboard { .. }), "{error}");
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "loop_display::the_dashboard_without_a_terminal_is_an_error",
        ])
        .env(DISPLAY, "tui")
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("1 passed"), "{output:?}");
}
