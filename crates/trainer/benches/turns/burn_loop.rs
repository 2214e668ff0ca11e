//! What one would write with Burn alone, all data in one tensor.

use std::error::Error;
use std::thread::available_parallelism;

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::{CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_data::ShuffleState;

use crate::taking_turns;
use crate::workload::{Layer, Workload};

const SEED: u64 = 42;

pub(crate) fn train(workload: &Workload) -> Result<(), Box<dyn Error>> {
    if !workload.rates.is_empty() || workload.validation_split > 0.0 {
        return Err("the raw loop has Adam and no validation".into());
    }
    let device = Device::flex();
    device.seed(SEED);
    let mut training = RawLoop::new(workload, device.autodiff())?;
    taking_turns::ready(available_parallelism()?.get());
    for epoch in 0.. {
        let Some(begin) = taking_turns::begin() else {
            break;
        };
        let loss = training.epoch(epoch)?;
        taking_turns::end(begin, [("loss", loss)]);
    }
    Ok(())
}

/// Convolutions, each with a relu and a pooling behind it, then dense layers.
#[derive(Module, Debug)]
struct RawNetwork {
    convolutions: Vec<Conv2d>,
    pool: MaxPool2d,
    dropout: Option<Dropout>,
    dense: Vec<Linear>,
    /// Else a sigmoid stands behind all dense layers but the last.
    is_relu: bool,
}

impl RawNetwork {
    fn new(workload: &Workload, device: &Device) -> Result<Self, Box<dyn Error>> {
        let initializer = Initializer::XavierUniform { gain: 1.0 };
        let mut network = Self {
            convolutions: Vec::new(),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            dropout: None,
            dense: Vec::new(),
            is_relu: false,
        };
        let [mut side, mut channels] = match workload.input_shape[..] {
            [side, _, channels] => [side, channels],
            _ => [1, workload.input_shape.iter().product()],
        };
        for layer in workload.layers()? {
            match layer {
                Layer::Convolution { filters } => {
                    let layer = Conv2dConfig::new([channels, filters], [3, 3]);
                    let layer = layer.with_initializer(initializer.clone());
                    network.convolutions.push(layer.init(device));
                    [side, channels] = [(side - 2) / 2, filters];
                }
                Layer::Dropout { rate } => network.dropout = Some(DropoutConfig::new(rate).init()),
                Layer::Dense { units, is_relu } => {
                    let layer = LinearConfig::new(side * side * channels, units);
                    let layer = layer.with_initializer(initializer.clone());
                    network.dense.push(layer.init(device));
                    network.is_relu |= is_relu;
                    [side, channels] = [1, units];
                }
                Layer::Reshaping => {}
            }
        }
        // Its own default for the bias is not zero.
        for layer in &mut network.dense {
            layer.bias = layer
                .bias
                .take()
                .map(|bias| bias.map(|bias| bias.zeros_like()));
        }
        for layer in &mut network.convolutions {
            layer.bias = layer
                .bias
                .take()
                .map(|bias| bias.map(|bias| bias.zeros_like()));
        }
        Ok(network)
    }

    fn forward(&self, rows: Tensor<2>) -> Tensor<2> {
        let [count, columns] = rows.dims();
        let mut x = rows;
        if !self.convolutions.is_empty() {
            let side = columns.isqrt();
            let mut images = x.reshape([count, 1, side, side]);
            for layer in &self.convolutions {
                images = self.pool.forward(relu(layer.forward(images)));
            }
            x = images.flatten(1, 3);
        }
        if let Some(dropout) = &self.dropout {
            x = dropout.forward(x);
        }
        for (index, layer) in self.dense.iter().enumerate() {
            x = layer.forward(x);
            if index + 1 < self.dense.len() {
                x = if self.is_relu { relu(x) } else { sigmoid(x) };
            }
        }
        x
    }
}

/// The targets of all rows.
enum Targets {
    Classes(Tensor<1, Int>),
    Values(Tensor<2>),
}

struct RawLoop {
    inputs: Tensor<2>,
    targets: Targets,
    /// Taken for the time of a step only.
    model: Option<RawNetwork>,
    optimizer: ModuleOptimizer,
    device: Device,
    batch_size: usize,
    learning_rate: f64,
}

impl RawLoop {
    fn new(workload: &Workload, device: Device) -> Result<Self, Box<dyn Error>> {
        let (inputs, targets) = workload.arrays()?;
        let rows = targets.len();
        let shape = [rows, inputs.len() / rows];
        let targets = if workload.is_classes() {
            #[expect(clippy::cast_possible_truncation, reason = "numbers of classes")]
            let classes: Vec<i64> = targets.into_iter().map(|class| class as i64).collect();
            Targets::Classes(Tensor::from_data(TensorData::new(classes, [rows]), &device))
        } else {
            Targets::Values(Tensor::from_data(
                TensorData::new(targets, [rows, 1]),
                &device,
            ))
        };
        Ok(Self {
            inputs: Tensor::from_data(TensorData::new(inputs, shape), &device),
            targets,
            model: Some(RawNetwork::new(workload, &device)?.train()),
            optimizer: AdamConfig::new().with_epsilon(1e-7).init(),
            device,
            batch_size: workload.batch_size,
            learning_rate: workload.learning_rate,
        })
    }

    /// Learns all rows once; their mean loss.
    fn epoch(&mut self, seed: u64) -> Result<f64, Box<dyn Error>> {
        let cross_entropy = CrossEntropyLossConfig::new().init(&self.device);
        let plain = self.device.clone().without_autodiff();
        let mut total_loss = Tensor::<1>::zeros([1], &plain);
        let mut total_correct = Tensor::<1, Int>::zeros([1], &plain);
        let [num_rows, _] = self.inputs.dims();
        let order = ShuffleState::new(seed).permutation(num_rows);
        for rows in order.chunks(self.batch_size) {
            let count = rows.len();
            let rows = rows.iter().map(|&row| i64::try_from(row));
            let rows = TensorData::new(rows.collect::<Result<Vec<_>, _>>()?, [count]);
            let rows = Tensor::<1, Int>::from_data(rows, &self.device);
            let inputs = self.inputs.clone().select(0, rows.clone());

            let Some(model) = self.model.take() else {
                return Err("the model was lost in an earlier step".into());
            };
            let outputs = model.forward(inputs);
            let mean = match &self.targets {
                Targets::Classes(targets) => {
                    let targets = targets.clone().select(0, rows);
                    let classes = outputs.clone().inner().argmax(1).squeeze_dim::<1>(1);
                    let correct = classes.equal(targets.clone().inner()).int().sum();
                    total_correct = total_correct + correct;
                    cross_entropy.forward(outputs, targets)
                }
                Targets::Values(targets) => {
                    let targets = targets.clone().select(0, rows);
                    MseLoss::new().forward(outputs, targets, Reduction::Mean)
                }
            };
            total_loss = total_loss + mean.clone().inner().mul_scalar(count as f64);
            let gradients = GradientsParams::from_grads(mean.backward(), &model);
            self.model = Some(self.optimizer.step(self.learning_rate, model, gradients));
        }
        let loss: f32 = total_loss.into_scalar::<f32>();
        let _accuracy = total_correct.into_scalar::<i64>() as f64 / num_rows as f64;
        Ok(f64::from(loss) / num_rows as f64)
    }
}
