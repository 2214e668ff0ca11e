//! Describing, checking and building a multi-layer perceptron.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are compared"
)]

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use firebrick_model::{Activation, MlpConfig};

/// Every weight with its path and shape.
fn weights(module: &impl Module) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    #[derive(Default)]
    struct Collect {
        path: Vec<String>,
        found: Vec<(String, Vec<usize>, Vec<f32>)>,
    }
    impl ModuleVisitor for Collect {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let tensor = param.val();
            let shape = tensor.dims().to_vec();
            self.found.push((
                self.path.join("."),
                shape,
                tensor.into_data().iter().collect(),
            ));
        }
    }
    let mut collect = Collect::default();
    module.visit(&mut collect);
    collect.found
}

#[test]
fn kernels_start_glorot_uniform_and_biases_at_zero() {
    let config = MlpConfig::new(30, 4).with_hidden([20, 7]);
    let mlp = config.init(1, &Device::flex()).unwrap();
    let weights = weights(&mlp);
    let shapes: Vec<(&str, &[usize])> = weights
        .iter()
        .map(|(path, shape, _)| (path.as_str(), shape.as_slice()))
        .collect();
    assert_eq!(
        shapes,
        [
            ("layers.0.weight", &[30, 20][..]),
            ("layers.0.bias", &[20]),
            ("layers.1.weight", &[20, 7]),
            ("layers.1.bias", &[7]),
            ("layers.2.weight", &[7, 4]),
            ("layers.2.bias", &[4]),
        ]
    );
    for (path, shape, values) in weights {
        if path.ends_with("bias") {
            assert!(values.iter().all(|&value| value == 0.0), "{path}");
        } else {
            let limit = (6.0 / shape.iter().sum::<usize>() as f32).sqrt();
            let largest = values
                .iter()
                .fold(0.0_f32, |largest, value| largest.max(value.abs()));
            assert!(
                largest < limit && largest > 0.8 * limit,
                "{path}: {largest} of {limit}"
            );
        }
    }
}

#[test]
fn a_seed_means_the_same_weights_and_another_seed_others() {
    let config = MlpConfig::new(12, 3).with_hidden([5]);
    let start = |seed| weights(&config.init(seed, &Device::flex()).unwrap());
    assert_eq!(start(9), start(9));
    assert_ne!(start(9), start(10));
}

#[test]
fn probabilities_sum_to_one_and_classes_are_their_largest() {
    let device = Device::flex();
    let config = MlpConfig::new(6, 4)
        .with_hidden([8])
        .with_activation(Activation::Relu);
    let mlp = config.init(3, &device).unwrap();
    let values: Vec<f32> = (0..30).map(|i| (i as f32 * 7.3).sin() * 3.0).collect();
    let inputs = Tensor::<1>::from_floats(&values[..], &device).reshape([5, 6]);

    let probabilities: Vec<f32> = mlp.predict(inputs.clone()).unwrap().into_vec().unwrap();
    let classes: Vec<i64> = mlp
        .predict_classes(inputs.clone())
        .into_data()
        .iter()
        .collect();
    assert_eq!(mlp.logits(inputs).dims(), [5, 4]);
    for (row, class) in probabilities.chunks(4).zip(classes) {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        let largest = row.iter().copied().fold(0.0, f32::max);
        assert_eq!(row[usize::try_from(class).unwrap()], largest);
    }
}

#[test]
fn without_hidden_layers_it_is_a_linear_classifier() {
    let device = Device::flex();
    let mlp = MlpConfig::new(3, 2).init(1, &device).unwrap();
    let sum = |x: [f32; 3]| -> Vec<f32> {
        mlp.logits(Tensor::<2>::from_floats([x], &device))
            .into_data()
            .iter()
            .collect()
    };
    let (a, b, both) = (
        sum([1.0, 0.0, 2.0]),
        sum([0.0, 3.0, -1.0]),
        sum([1.0, 3.0, 1.0]),
    );
    for class in 0..2 {
        assert!((a[class] + b[class] - both[class]).abs() < 1e-5);
    }
}

#[test]
fn an_impossible_width_is_an_error_that_names_the_layer() {
    let error = |config: MlpConfig| config.init(1, &Device::flex()).unwrap_err().to_string();
    let base = MlpConfig::new(784, 10);
    assert_eq!(
        error(base.clone().with_hidden([128, 0, 64])),
        "layer `dense_1` has 0 units, expected at least 1; remove the layer or give it a width"
    );
    assert_eq!(
        error(MlpConfig::new(784, 0).with_hidden([8])),
        "layer `dense_1` has 0 units, expected at least 1; remove the layer or give it a width"
    );
    assert!(error(MlpConfig::new(0, 10)).contains("0 inputs"));
    for huge in [usize::MAX / 2, 1_000_000_000, usize::MAX] {
        let huge = error(base.clone().with_hidden([64, huge]));
        assert_eq!(
            huge,
            "layer `dense_1` brings the network to more than 1073741824 weights; choose smaller \
             widths"
        );
    }
}

#[test]
fn the_summary_reads_as_keras_prints_it() {
    let config = MlpConfig::new(784, 10).with_hidden([128]);
    let expected = "\
Model: \"mlp\"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ dense (Dense, sigmoid)               │ (None, 128)                 │         100,480 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ dense_1 (Dense, softmax)             │ (None, 10)                  │           1,290 │
└──────────────────────────────────────┴─────────────────────────────┴─────────────────┘
 Total params: 101,770 (397.54 KB)
 Trainable params: 101,770 (397.54 KB)
 Non-trainable params: 0 (0.00 B)
";
    assert_eq!(config.summary().unwrap().to_string(), expected);
    assert_eq!(
        config.init(1, &Device::flex()).unwrap().to_string(),
        expected
    );
}

#[test]
fn a_description_survives_being_written_down() {
    let config = MlpConfig::new(784, 10)
        .with_hidden([64, 32])
        .with_activation(Activation::Gelu);
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(
        text,
        r#"{"num_features":784,"hidden":[64,32],"num_classes":10,"activation":"gelu"}"#
    );
    assert_eq!(serde_json::from_str::<MlpConfig>(&text).unwrap(), config);
    let unknown = text.replace("hidden", "hiden");
    assert!(serde_json::from_str::<MlpConfig>(&unknown).is_err());
}
