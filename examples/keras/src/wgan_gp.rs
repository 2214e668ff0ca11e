//! Wasserstein GAN with a gradient penalty: a generator draws digits from noise, a critic gives real ones better marks than drawn
//! ones, and the slope between both is held at 1.
//!
//! Burn's gradients cannot be differentiated again. They need not be: the length of a gradient is the slope in its direction, which is
//! the difference of two marks a small step apart, and by that difference the critic learns what the penalty asks for.
//!
//! A small classifier that is sure of 58.5 % of the real test digits is sure of 20.0 % of the drawn
//! ones, which have strokes but are rarely whole digits after so few epochs. With Keras it is 19.0 %.
//!
//! # Source
//! Keras' example "WGAN-GP overriding `Model.train_step`"; Gulrajani et al., "Improved Training of Wasserstein GANs", 2017

mod players;

use firebrick::burn::tensor::activation::sigmoid;
use firebrick::datasets::Batch;
use firebrick::models::{Draws, Mode};
use firebrick::prelude::*;
use firebrick::training::{Measures, Step, StepOutput, StepTrainer, TrainError};

use crate::{Scale, digits};
use players::{Player, critic, generator, judge};

/// Numbers that a digit is drawn from.
const NOISE: usize = 64;
/// How far apart the two marks are that give a slope.
const APART: f64 = 0.1;
const PENALTY: f64 = 10.0;
const SEED: u64 = 42;

struct Wgan {
    /// Generator and critic.
    players: [Player; 2],
    batches: u64,
}

/// The marks of drawn digits less those of real ones, and a penalty for slopes between them that are not 1.
fn critic_loss(
    critic: &Player,
    [real, fake]: [Tensor<2>; 2],
    draws: Draws,
) -> Result<Tensor<1>, TrainError> {
    let samples = real.dims()[0];
    // From 0 to 1, about evenly.
    let share = sigmoid(draws.normal([samples, 1], 1.6, &real.device()));
    let between = (fake.clone() + (real.clone() - fake.clone()) * share).detach();
    let place = between.clone().require_grad();
    let marks = critic.model.valid();
    let marks = marks.forward(place.clone(), Mode::Inference);
    let gradients = marks.into_rank::<2>()?.sum().backward();
    let uphill = place.grad(&gradients);
    let uphill = uphill.unwrap_or_else(|| between.zeros_like().inner());
    let length = uphill.clone().square().sum_dim(1).sqrt().clamp_min(1e-12);
    let step = Tensor::from_inner(uphill / length) * (APART / 2.0);
    let places = [real, fake, between.clone() + step.clone(), between - step];
    let marks = critic.answer(Tensor::cat(places.to_vec(), 0), draws)?;
    let [real, fake, up, down] =
        [0, 1, 2, 3].map(|part| marks.clone().narrow(0, part * samples, samples));
    let penalty = ((up - down) / APART - 1.0).square().mean();
    Ok(fake.mean() - real.mean() + penalty * PENALTY)
}

impl Step for Wgan {
    type Weights = [Network; 2];

    fn measures(&self) -> Measures {
        Measures::means(["generator_loss"])
    }

    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        let samples = batch.num_samples();
        let real = batch.inputs() * 2.0 - 1.0;
        let device = real.device();
        let draws = Draws::new(SEED, self.batches);
        self.batches += 1;
        let [generator, critic] = &mut self.players;
        let mut loss = Tensor::zeros([1], &device);
        for turn in ["first", "second", "third"] {
            let draws = draws.at(turn);
            let noise = draws.at("noise").normal([samples, NOISE], 1.0, &device);
            let fake = generator.answer(noise, draws)?.detach();
            loss = critic_loss(critic, [real.clone(), fake], draws)?;
            critic.learn(&loss);
        }
        let noise = draws.normal([samples, NOISE], 1.0, &device);
        let marks = critic.answer(generator.answer(noise, draws)?, draws)?;
        let generator_loss = -marks.mean();
        generator.learn(&generator_loss);
        Ok(StepOutput::new(samples, loss, [generator_loss]))
    }

    fn iterations(&self) -> u64 {
        self.batches
    }

    fn learning_rate(&self) -> f64 {
        Player::LEARNING_RATE
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

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let [train, test] = digits::mnist(scale, 3_000, 1_000)?;
    let fit = |epochs| {
        let fit = Fit::new(scale.epochs(epochs)).with_batch_size(32);
        fit.with_display(Display::Quiet)
    };
    let compile = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new());
    let mut judge = compile.model(judge().build(SEED, &device)?);
    judge.fit(&train, &fit(3))?;
    let sure = |what: &str, shares: AnyTensor| -> anyhow::Result<()> {
        let shares: Tensor<2> = shares.into_rank()?;
        let sure = shares.max_dim(1).greater_elem(0.9).float().mean();
        let sure = AnyTensor::from(sure).into_vec()?[0] * 100.0;
        println!("   a classifier is sure of {sure:.1} % of {what}");
        Ok(())
    };
    sure("real test digits", judge.predict_data(&test)?)?;

    let step = Wgan {
        players: [
            Player::new(&generator(), &device)?,
            Player::new(&critic(), &device)?,
        ],
        batches: 0,
    };
    let mut trainer = StepTrainer::new(step, &device);
    trainer.fit(&train, &fit(6))?;
    let noise = Draws::new(SEED, 0).normal([500, NOISE], 1.0, &device);
    let drawn: Tensor<4> = trainer.step().weights()[0].predict(noise)?.into_rank()?;
    let drawn = (drawn + 1.0) / 2.0;
    sure("drawn ones", judge.predict(drawn.clone())?)?;
    digits::show(&AnyTensor::from(drawn).into_vec()?[..5 * 784]);
    Ok(())
}
