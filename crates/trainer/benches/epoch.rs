//! Seconds an epoch of [`Trainer::fit`] and of a raw Burn loop, epoch by epoch in turn.
//!
//! ```sh
//! cargo bench --workspace --bench epoch [-- EPOCHS]
//! ```
//!
//! 10,000 samples of MNIST in batches of 128, a network 784-128-64-10 with sigmoids, softmax
//! cross-entropy, Adam, on the CPU; loss and accuracy are kept in both. Prints a line of JSON for
//! each; `scripts/bench_epoch.py` sets `PyTorch` beside them.
#![allow(
    clippy::print_stdout,
    reason = "the figures are read from standard output"
)]

use std::error::Error;
use std::time::Instant;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_data::{DataSource, MnistDataset, ShuffleState, load};
use firebrick_model::{Mlp, MlpConfig};
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{Compile, Display, Fit, Metric, Optimizer, Trainer};

/// The allocator of the `firebrick` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SAMPLES: usize = 10_000;
const BATCH_SIZE: usize = 128;
const LEARNING_RATE: f64 = 0.001;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench`.
    let epochs = std::env::args().find_map(|arg| arg.parse().ok());
    let epochs: usize = epochs.unwrap_or(10);

    let data = load(&DataSource::Mnist)?.train.first(SAMPLES)?;
    let device = Device::flex();
    let model = MlpConfig::new(data.num_features(), data.num_classes())
        .with_hidden([128, 64])
        .init(42, &device)?;
    let mut raw = RawLoop::new(&data, model.clone(), device.autodiff());
    let compile = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(LEARNING_RATE)
        .with_metrics([Metric::accuracy()]);
    let mut trainer = compile.model(model);

    let mut seconds = [Vec::new(), Vec::new()];
    for epoch in 0..=epochs {
        let fit = fit_epoch(&mut trainer, &data, epoch as u64)?;
        let raw = raw.epoch(epoch as u64)?;
        // The first epoch warms up.
        if epoch > 0 {
            seconds[0].push(fit);
            seconds[1].push(raw);
        }
    }
    for (name, seconds) in ["firebrick fit", "raw Burn loop"].iter().zip(&seconds) {
        println!("{{\"name\": \"{name}\", \"seconds\": {seconds:?}}}");
    }
    Ok(())
}

/// The whole call is timed, with what it sets up and takes down.
fn fit_epoch(
    trainer: &mut Trainer<Mlp>,
    data: &MnistDataset,
    seed: u64,
) -> Result<f64, Box<dyn Error>> {
    let fit = Fit::new(1)
        .with_batch_size(BATCH_SIZE)
        .with_seed(seed)
        .with_display(Display::Quiet);
    let begin = Instant::now();
    let history = trainer.fit(data, &fit)?;
    let seconds = begin.elapsed().as_secs_f64();
    if let Some(record) = history.last() {
        eprintln!("firebrick fit: {}", record.figures);
    }
    Ok(seconds)
}

/// What one would write with Burn alone, all data in one tensor.
struct RawLoop {
    inputs: Tensor<2>,
    targets: Tensor<1, Int>,
    /// Taken for the time of a step only.
    model: Option<Mlp>,
    optimizer: ModuleOptimizer,
    device: Device,
}

impl RawLoop {
    fn new(data: &MnistDataset, model: Mlp, device: Device) -> Self {
        let pixels = (0..data.len()).flat_map(|row| data.image(row));
        let inputs: Vec<f32> = pixels.map(|&pixel| f32::from(pixel) / 255.0).collect();
        let targets: Vec<i64> = data.labels().map(i64::from).collect();
        let shape = [data.len(), data.num_features()];
        Self {
            inputs: Tensor::from_data(TensorData::new(inputs, shape), &device),
            targets: Tensor::from_data(TensorData::new(targets, [data.len()]), &device),
            model: Some(model.train()),
            optimizer: AdamConfig::new().with_epsilon(1e-7).init(),
            device,
        }
    }

    fn epoch(&mut self, seed: u64) -> Result<f64, Box<dyn Error>> {
        let begin = Instant::now();
        let loss = CrossEntropyLossConfig::new().init(&self.device);
        let plain = self.device.clone().without_autodiff();
        let mut total_loss = Tensor::<1>::zeros([1], &plain);
        let mut total_correct = Tensor::<1, Int>::zeros([1], &plain);
        for rows in order(seed)?.chunks(BATCH_SIZE) {
            let count = rows.len();
            let rows = TensorData::new(rows.to_vec(), [count]);
            let rows = Tensor::<1, Int>::from_data(rows, &self.device);
            let inputs = self.inputs.clone().select(0, rows.clone());
            let targets = self.targets.clone().select(0, rows);

            let Some(model) = self.model.take() else {
                return Err("the model was lost in an earlier step".into());
            };
            let logits = model.logits(inputs);
            let classes = logits.clone().inner().argmax(1).squeeze_dim::<1>(1);
            let correct = classes.equal(targets.clone().inner()).int().sum();
            let mean = loss.forward(logits, targets);
            total_loss = total_loss + mean.clone().inner().mul_scalar(count as f64);
            total_correct = total_correct + correct;
            let gradients = GradientsParams::from_grads(mean.backward(), &model);
            self.model = Some(self.optimizer.step(LEARNING_RATE, model, gradients));
        }
        let loss: f32 = total_loss.into_scalar::<f32>();
        let correct = total_correct.into_scalar::<i64>();
        let seconds = begin.elapsed().as_secs_f64();
        eprintln!(
            "raw Burn loop: loss {:.4}, accuracy {:.4}",
            f64::from(loss) / SAMPLES as f64,
            correct as f64 / SAMPLES as f64
        );
        Ok(seconds)
    }
}

/// All rows in a new order, the one that `fit` draws from this seed.
fn order(seed: u64) -> Result<Vec<i64>, std::num::TryFromIntError> {
    let rows = ShuffleState::new(seed).permutation(SAMPLES);
    rows.into_iter().map(i64::try_from).collect()
}
