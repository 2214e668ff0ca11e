//! Panics under the dashboard, each in another place, so that `.ci/dashboard` can look at the terminal afterwards.
//!
//! ```sh
//! cargo run --release --example dashboard_panics -- callback|loss|thread|loop dashboard|tui
//! ```
//!
//! It takes a second, but for `thread`, where the training goes on until it is stopped. It is no example of how to
//! train, and lies here because only a program of its own has code that panics.

use std::thread;

use firebrick::burn::tensor::{Device, Tensor};
use firebrick::callbacks::{Callback, Flow, HookResult, Training};
use firebrick::layers::Dense;
use firebrick::losses::{Loss, LossFunction, Outputs};
use firebrick::prelude::*;
use firebrick::training::{LoopDisplay, LoopProgress, StopHandle};

/// The epoch whose first batch meets the panic; by then the dashboard has drawn itself.
const EPOCH: usize = 300;

fn main() -> anyhow::Result<()> {
    let place = std::env::args().nth(1).unwrap_or_default();
    let display: Display = std::env::args().nth(2).unwrap_or_default().parse()?;
    match place.as_str() {
        "loop" => own_loop(display),
        "callback" | "thread" => train(
            MeanSquaredError::new().into(),
            Panics {
                is_elsewhere: place == "thread",
            },
            display,
        ),
        "loss" => train(Loss::custom(Broken), Panics { is_elsewhere: true }, display),
        _ => anyhow::bail!("expected callback, loss, thread or loop, received `{place}`"),
    }
}

/// A training that something ends.
fn train(loss: Loss, callback: Panics, display: Display) -> anyhow::Result<()> {
    let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    let model = Sequential::new([1])
        .add(Dense::new(1))
        .build(1, &Device::flex())?;
    let mut trainer = Compile::new(Optimizer::adam(), loss).model(model);
    let fit = Fit::new(1_000_000)
        .with_callback(callback)
        .with_display(display)
        .stopped_by_ctrl_c();
    let history = trainer.fit(&data, &fit)?;
    anyhow::bail!("no panic has ended it: {}", history.stop_reason)
}

/// Panics in an epoch, on the thread of the training or on another one.
struct Panics {
    is_elsewhere: bool,
}

impl Callback for Panics {
    fn name(&self) -> &'static str {
        "Panics"
    }

    #[expect(clippy::panic, reason = "that is what it is for")]
    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        if training.epoch() == EPOCH {
            if self.is_elsewhere {
                let _ = thread::spawn(|| panic!("a panic on a thread of its own")).join();
            } else {
                panic!("a panic of a callback");
            }
        }
        Ok(Flow::Continue)
    }
}

/// Panics on the thread of the training, which it is computed on.
#[derive(Debug)]
struct Broken;

impl LossFunction for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    #[expect(clippy::panic, reason = "that is what it is for")]
    fn values(&self, _: Tensor<2>, _: &Outputs) -> Tensor<1> {
        panic!("a panic of a loss");
    }
}

/// A loop of one's own that panics under the dashboard.
#[expect(clippy::panic, reason = "that is what it is for")]
fn own_loop(display: Display) -> anyhow::Result<()> {
    let stop = StopHandle::new();
    let mut display = LoopDisplay::open(display, "by hand", EPOCH, &["loss"], &stop)?;
    for batch in 1..=EPOCH {
        display.progress(&LoopProgress {
            epoch: 1,
            batches_done: batch,
            batches: EPOCH,
            samples_done: batch,
            samples: EPOCH,
            learning_rate: 0.1,
            figures: [("loss", 0.5)].into_iter().collect(),
        })?;
        thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("a panic of a loop");
}
