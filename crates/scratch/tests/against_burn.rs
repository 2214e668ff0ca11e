//! The framework against this crate: Burn's automatic differentiation, the framework's loss, loader and epoch figures
//! must give what is written out here.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::ops::ControlFlow;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::{MnistDataset, ShuffleState, ValidationSplit, mnist_sample};
use firebrick_model::{Activation as BurnActivation, Mlp, MlpConfig};
use firebrick_scratch::{Activation, Fit, Network, Samples, epoch_order};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::{Compile, Display, Fit as BurnFit, Metric, Optimizer, Trainer};
use ndarray::{Array1, Array2};

/// No, one, two and three hidden layers, each with both activations.
const NETWORKS: [(&[usize], Activation, BurnActivation); 8] = {
    use Activation::{Relu, Sigmoid};
    [
        (&[20, 5], Sigmoid, BurnActivation::Sigmoid),
        (&[20, 5], Relu, BurnActivation::Relu),
        (&[20, 16, 5], Sigmoid, BurnActivation::Sigmoid),
        (&[20, 16, 5], Relu, BurnActivation::Relu),
        (&[20, 16, 12, 5], Sigmoid, BurnActivation::Sigmoid),
        (&[20, 16, 12, 5], Relu, BurnActivation::Relu),
        (&[20, 16, 12, 9, 5], Sigmoid, BurnActivation::Sigmoid),
        (&[20, 16, 12, 9, 5], Relu, BurnActivation::Relu),
    ]
};

/// A number from -1 to 1 for each place, the same in every run.
fn noise(row: usize, column: usize) -> f32 {
    let phase = 12.9898 * (row as f32 + 1.0) + 78.233 * (column as f32 + 1.0);
    2.0 * (phase.sin() * 43_758.547).fract().abs() - 1.0
}

/// A network whose biases are not zero either.
fn network(widths: &[usize], activation: Activation) -> Network<f32> {
    let mut layers = Network::new(widths, activation, 11)
        .unwrap()
        .layers()
        .to_vec();
    for (l, layer) in layers.iter_mut().enumerate() {
        layer.bias = Array1::from_shape_fn(layer.bias.len(), |unit| 0.3 * noise(unit + 50, l));
    }
    Network::from_layers(layers, activation).unwrap()
}

/// Eight samples with one-hot targets.
fn batch(widths: &[usize]) -> (Array2<f32>, Array2<f32>) {
    let (features, classes) = (widths[0], widths[widths.len() - 1]);
    let x = Array2::from_shape_fn((8, features), |(row, column)| noise(row, column));
    let one_hot = |(row, class)| f32::from(u8::from(row * 3 % classes == class));
    (x, Array2::from_shape_fn((8, classes), one_hot))
}

/// The same network in the framework, with the weights that its seed draws.
fn described(widths: &[usize], activation: BurnActivation, seed: u64) -> Mlp {
    let [features, hidden @ .., classes] = widths else {
        panic!("no widths")
    };
    MlpConfig::new(*features, *classes)
        .with_hidden(hidden)
        .with_activation(activation)
        .init(seed, &Device::flex())
        .unwrap()
}

/// Weights and biases of a network, layer by layer.
fn parts(network: &Network<f32>) -> Vec<Vec<f32>> {
    let layers = network.layers().iter();
    layers
        .flat_map(|layer| [layer.weights.iter().copied().collect(), layer.bias.to_vec()])
        .collect()
}

/// Weights and biases of a module, layer by layer.
fn module_parts(module: &impl Module) -> Vec<Vec<f32>> {
    struct Collect(Vec<Vec<f32>>);
    impl ModuleVisitor for Collect {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().into_data().iter::<f32>().collect());
        }
    }
    let mut collect = Collect(Vec::new());
    module.visit(&mut collect);
    collect.0
}

/// A module with other weights and biases.
fn with_parts(module: Mlp, parts: Vec<Vec<f32>>) -> Mlp {
    struct Replace(std::vec::IntoIter<Vec<f32>>);
    impl ModuleMapper for Replace {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let values = self.0.next().unwrap();
            param.map(|old| Tensor::from_data(TensorData::new(values, old.dims()), &old.device()))
        }
    }
    module.map(&mut Replace(parts.into_iter()))
}

fn tensor(array: &Array2<f32>) -> Tensor<2> {
    let (rows, columns) = array.dim();
    let values: Vec<f32> = array.iter().copied().collect();
    Tensor::from_data(TensorData::new(values, [rows, columns]), &Device::flex())
}

fn trainer(model: Mlp, learning_rate: f64) -> Trainer<Mlp> {
    Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_learning_rate(learning_rate)
        .with_metrics([Metric::accuracy()])
        .model(model)
}

/// The largest difference as a share of the largest value.
fn relative_error(values: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(values.len(), expected.len());
    let largest = expected
        .iter()
        .fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let pairs = values.iter().zip(expected);
    let difference = pairs.fold(0.0_f32, |worst, (value, expected)| {
        worst.max((value - expected).abs())
    });
    difference / largest
}

#[test]
fn a_seed_draws_the_same_network_bit_for_bit() {
    for (widths, activation, burn_activation) in NETWORKS {
        let own = Network::new(widths, activation, 42).unwrap();
        assert_eq!(
            module_parts(&described(widths, burn_activation, 42)),
            parts(&own),
            "{widths:?}"
        );
    }
}

#[test]
fn a_seed_means_the_same_orders() {
    for epoch in [0, 1, 7] {
        let loaders = ShuffleState { seed: 42, epoch }.permutation(1000);
        assert_eq!(epoch_order(42, epoch, 1000), loaders, "epoch {epoch}");
    }
}

#[test]
fn gradients_and_loss_are_those_of_automatic_differentiation() {
    /// A step this long makes the old weight vanish beside the gradient; a power of two rounds nothing.
    const LEARNING_RATE: f32 = 1_048_576.0;
    for (widths, activation, burn_activation) in NETWORKS {
        let context = format!("{widths:?}, {activation:?}");
        let own = network(widths, activation);
        let (x, targets) = batch(widths);
        let gradients = own.gradients(&x, &targets).unwrap();

        let before = parts(&own);
        let model = with_parts(described(widths, burn_activation, 0), before.clone());
        let mut trainer = trainer(model, LEARNING_RATE.into());
        let figures = trainer
            .train_on_batch(tensor(&x), tensor(&targets))
            .unwrap();
        let after = module_parts(trainer.model());

        let loss = figures.get("loss").unwrap();
        assert!(
            (loss / gradients.figures.loss - 1.0).abs() < 1e-5,
            "{context}: {loss}"
        );
        assert_eq!(
            figures.get("accuracy"),
            Some(gradients.figures.accuracy()),
            "{context}"
        );
        let own = gradients
            .layers
            .iter()
            .flat_map(|layer| [layer.weights.flatten().to_vec(), layer.bias.to_vec()]);
        for (index, own) in own.enumerate() {
            let pairs = before[index].iter().zip(&after[index]);
            let burns: Vec<f32> = pairs
                .map(|(before, after)| (before - after) / LEARNING_RATE)
                .collect();
            let error = relative_error(&own, &burns);
            assert!(error < 1e-4, "{context}, part {index}: {error:e}");
        }
    }
}

fn samples(set: &MnistDataset) -> Samples<'_, f32> {
    let images = (0..set.len()).map(|row| set.image(row));
    Samples::from_bytes(images, set.labels(), set.num_classes()).unwrap()
}

/// Same start, same order, same batches, the last of 8 samples instead of 44: the same figures epoch by epoch.
#[test]
fn a_whole_training_goes_the_same_way() {
    let split = ValidationSplit::Tail { fraction: 0.2 };
    let (train, validation) = mnist_sample().unwrap().train.split(&split).unwrap();
    let widths = &[784, 32, 10];

    let mut own = Network::<f32>::new(widths, Activation::Sigmoid, 7).unwrap();
    let fit = Fit {
        epochs: 3,
        batch_size: 44,
        learning_rate: 4.0,
        seed: 9,
    };
    let mut figures = Vec::new();
    own.fit(
        &samples(&train),
        Some(&samples(&validation)),
        &fit,
        |epoch| {
            figures.push(*epoch);
            ControlFlow::Continue(())
        },
    )
    .unwrap();

    let mut trainer = trainer(described(widths, BurnActivation::Sigmoid, 7), 4.0);
    let fit = BurnFit::new(3)
        .with_batch_size(44)
        .with_seed(9)
        .with_validation(&validation)
        .with_display(Display::Quiet);
    let history = trainer.fit(&train, &fit).unwrap();

    assert_eq!(history.epochs().len(), figures.len());
    for (record, own) in history.epochs().iter().zip(&figures) {
        let own_validation = own.validation.unwrap();
        for (name, expected, allowed) in [
            ("loss", own.training.loss, 1e-5),
            ("val_loss", own_validation.loss, 1e-5),
            // One sample more or less.
            ("accuracy", own.training.accuracy(), 1.5 / 800.0),
            ("val_accuracy", own_validation.accuracy(), 1.5 / 200.0),
        ] {
            let value = record.get(name).unwrap();
            assert!(
                (value - expected).abs() < allowed,
                "epoch {}, {name}: {value}, {expected}",
                own.epoch
            );
        }
    }
    assert!(
        figures[2].training.loss < 0.9 * figures[0].training.loss,
        "{figures:?}"
    );
    for (own, burns) in parts(&own).iter().zip(module_parts(trainer.model())) {
        assert!(relative_error(own, &burns) < 1e-3);
    }
}
