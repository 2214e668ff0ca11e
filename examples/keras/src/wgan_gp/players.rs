//! Who draws, who gives marks, and who says in the end what is a digit.

use firebrick::burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use firebrick::layers::{
    BatchNormalization, Conv2D, Conv2DTranspose, Dense, Flatten, LeakyReLU, MaxPooling2D, Padding,
    Reshape,
};
use firebrick::models::Draws;
use firebrick::prelude::*;
use firebrick::training::TrainError;

use super::{NOISE, SEED};

/// A network and what moves it.
pub(super) struct Player {
    pub(super) model: Network,
    optimizer: ModuleOptimizer,
}

impl Player {
    pub(super) const LEARNING_RATE: f64 = 5e-4;

    pub(super) fn new(network: &Sequential, device: &Device) -> Result<Self, ModelError> {
        let model = network.build(SEED, device)?.train();
        let adam = AdamConfig::new().with_beta_1(0.5).with_beta_2(0.9);
        Ok(Self {
            model: model.fork(&device.clone().autodiff()),
            optimizer: adam.init(),
        })
    }

    /// A row for each sample.
    pub(super) fn answer(&self, x: Tensor<2>, draws: Draws) -> Result<Tensor<2>, TrainError> {
        let samples = x.dims()[0];
        let y = self.model.forward_training(x.into(), draws)?;
        let columns = y.shape()[1..].iter().product();
        Ok(y.reshape(&[samples, columns])?.into_rank()?)
    }

    pub(super) fn learn(&mut self, loss: &Tensor<1>) {
        let gradients = GradientsParams::from_grads(loss.backward(), &self.model);
        let model = self.model.clone();
        self.model = self.optimizer.step(Self::LEARNING_RATE, model, gradients);
    }
}

/// Digits of lights from -1 to 1, from noise.
pub(super) fn generator() -> Sequential {
    let leaky = || LeakyReLU::new().with_negative_slope(0.2);
    let grow = |filters| {
        let conv = Conv2DTranspose::new(filters, 4).with_strides(2);
        conv.with_padding(Padding::Same)
    };
    Sequential::new([NOISE])
        .add(Dense::new(7 * 7 * 32).without_bias())
        .add(BatchNormalization::new())
        .add(leaky())
        .add(Reshape::new([7, 7, 32]))
        .add(grow(16).without_bias())
        .add(BatchNormalization::new())
        .add(leaky())
        .add(grow(1).with_activation(Activation::Tanh))
}

/// A mark for a digit. Batches are not normalized, because the penalty is one of single digits; the activation is smooth, because
/// slopes are differences.
pub(super) fn critic() -> Sequential {
    let shrink = |filters| {
        let conv = Conv2D::new(filters, 4).with_strides(2);
        conv.with_padding(Padding::Same)
            .with_activation(Activation::Silu)
    };
    Sequential::new([28, 28, 1])
        .add(shrink(16))
        .add(shrink(32))
        .add(Flatten::new())
        .add(Dense::new(1))
}

/// Shares of the ten classes.
pub(super) fn judge() -> Sequential {
    Sequential::new([28, 28, 1])
        .add(Conv2D::new(16, 3).with_activation(Activation::Relu))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(10).with_activation(Activation::Softmax))
}
