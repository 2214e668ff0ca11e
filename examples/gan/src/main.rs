//! Two networks against each other: a generator draws digits from noise, a discriminator learns to tell them from real
//! ones, each with an optimizer of its own, in one step of a training like any other.
//!
//! ```sh
//! cargo run --release -p gan
//! ```
//!
//! It leaves a new folder under `runs` with a picture of 64 drawn digits every 10 epochs: mere specks at first, rings and
//! strokes from epoch 40 on, and by epoch 80 zeros, ones, threes, fives, eights and nines that can be told apart. On two
//! CPU cores it takes two minutes even where the crates are not optimized.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::path::Path;

use firebrick::burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use firebrick::burn::tensor::activation::log_sigmoid;
use firebrick::datasets::Batch;
use firebrick::layers::{BatchNormalization, Dense, Dropout, GaussianNoise, LeakyReLU};
use firebrick::models::Draws;
use firebrick::prelude::*;
use firebrick::training::{Measures, RunDirectory, Step, StepOutput, StepTrainer, TrainError};

/// Numbers that the generator makes an image of.
const NOISE: usize = 64;
/// Pixels of an image, and those along its edge.
const PIXELS: usize = 784;
const EDGE: usize = 28;
const SEED: u64 = 42;

/// A network and what moves it.
struct Player {
    model: Network,
    optimizer: ModuleOptimizer,
    learning_rate: f64,
}

impl Player {
    fn new(network: &Sequential, learning_rate: f64, device: &Device) -> Result<Self, ModelError> {
        let model = network.build(SEED, device)?.train();
        Ok(Self {
            model: model.fork(&device.clone().autodiff()),
            optimizer: AdamConfig::new().with_beta_1(0.5).init(),
            learning_rate,
        })
    }

    fn forward(&self, inputs: Tensor<2>, draws: Draws) -> Result<Tensor<2>, TrainError> {
        let outputs = self.model.forward_training(inputs.into(), draws)?;
        Ok(outputs.into_rank()?)
    }

    fn learn(&mut self, loss: &Tensor<1>) {
        let gradients = GradientsParams::from_grads(loss.backward(), &self.model);
        let model = self.model.clone();
        self.model = self.optimizer.step(self.learning_rate, model, gradients);
    }
}

/// Generator and discriminator.
struct Adversaries {
    players: [Player; 2],
    batches: u64,
}

impl Adversaries {
    fn new(device: &Device) -> Result<Self, ModelError> {
        let leaky = || LeakyReLU::new().with_negative_slope(0.2);
        let normalized = || BatchNormalization::new().with_momentum(0.8);
        let generator = Sequential::new([NOISE])
            .add(Dense::new(128))
            .add(normalized())
            .add(leaky())
            .add(Dense::new(256))
            .add(normalized())
            .add(leaky())
            .add(Dense::new(PIXELS).with_activation(Activation::Tanh));
        // Noise on what it sees keeps the discriminator from being sure too early.
        let discriminator = Sequential::new([PIXELS])
            .add(GaussianNoise::new(0.3))
            .add(Dense::new(256))
            .add(leaky())
            .add(Dropout::new(0.3))
            .add(Dense::new(128))
            .add(leaky())
            .add(Dropout::new(0.3))
            .add(Dense::new(1));
        let generator = Player::new(&generator, 1e-3, device)?;
        let discriminator = Player::new(&discriminator, 2e-4, device)?;
        let players = [generator, discriminator];
        Ok(Self {
            players,
            batches: 0,
        })
    }
}

impl Step for Adversaries {
    type Weights = [Network; 2];

    fn measures(&self) -> Measures {
        Measures::means(["discriminator_loss"])
    }

    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        let samples = batch.num_samples();
        let draws = Draws::new(SEED, self.batches);
        self.batches += 1;
        let [generator, discriminator] = &mut self.players;
        let noise = draws
            .at("noise")
            .normal([samples, NOISE], 1.0, &batch.inputs().device());
        let fakes = generator.forward(noise, draws.at("generator"))?;

        // Light is from -1 to 1 for both.
        let real = discriminator.forward(batch.inputs() * 2.0 - 1.0, draws.at("real"))?;
        let fake = discriminator.forward(fakes.clone().detach(), draws.at("fake"))?;
        // Real ones are real by nine tenths only, lest the discriminator become too sure.
        let certain = log_sigmoid(real.clone()) * 0.9 + log_sigmoid(-real) * 0.1;
        let discriminator_loss = -(certain.mean() + log_sigmoid(-fake).mean());
        discriminator.learn(&discriminator_loss);

        let judged = discriminator.forward(fakes, draws.at("judged"))?;
        let loss = -log_sigmoid(judged).mean();
        generator.learn(&loss);
        Ok(StepOutput::new(samples, loss, [discriminator_loss]))
    }

    fn iterations(&self) -> u64 {
        self.batches
    }

    fn learning_rate(&self) -> f64 {
        self.players[0].learning_rate
    }

    fn weights(&self) -> [Network; 2] {
        self.players.each_ref().map(|player| player.model.valid())
    }

    fn set_weights(&mut self, weights: &[Network; 2]) -> Result<(), TrainError> {
        for (player, model) in self.players.iter_mut().zip(weights) {
            let record = model.clone().into_record();
            player.model = player.model.clone().load_record(record);
        }
        Ok(())
    }
}

/// What the generator draws of the same noise every time, 8 by 8 digits in one picture.
fn picture(generator: &Network, device: &Device, path: &Path) -> anyhow::Result<()> {
    let draws = Draws::new(SEED, 0).at("picture");
    let noise = draws.normal([64, NOISE], 1.0, device);
    let light = generator.predict(noise)?.into_vec()?;
    let edge = u32::try_from(8 * EDGE)?;
    let picture = image::GrayImage::from_fn(edge, edge, |x, y| {
        let (x, y) = (x as usize, y as usize);
        let digit = y / EDGE * 8 + x / EDGE;
        let pixel = digit * PIXELS + y % EDGE * EDGE + x % EDGE;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a light from -1 to 1 gives a byte"
        )]
        image::Luma([((light[pixel] + 1.0) * 127.5) as u8])
    });
    Ok(picture.save(path)?)
}

fn main() -> anyhow::Result<()> {
    let data = mnist_sample()?;
    let device = DeviceName::Flex.select()?.device;
    let run = RunDirectory::create_numbered("runs".as_ref(), "gan")?;
    let mut trainer = StepTrainer::new(Adversaries::new(&device)?, &device);
    for epoch in (10..=100).step_by(10) {
        let fit = Fit::new(epoch)
            .with_initial_epoch(epoch - 10)
            .with_batch_size(50)
            .with_display(Display::Quiet);
        let history = trainer.fit(&data.train, &fit)?;
        let path = run.file(&format!("epoch-{epoch:03}.png"));
        picture(&trainer.step().weights()[0], &device, &path)?;
        if let Some(last) = history.last() {
            println!("epoch {epoch}: {}, {}", last.figures, path.display());
        }
    }
    Ok(())
}
