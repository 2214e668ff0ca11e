//! Sequences of labels: what a network says is found as Keras finds it, and learned.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::ArrayDataset;
use firebrick_model::layers::{Dense, Flatten};
use firebrick_model::{Activation, Sequential};
use firebrick_trainer::losses::{CTC, CtcDecoding, CtcPath, ctc_decode};
use firebrick_trainer::{Compile, Display, Fit, Metric, Optimizer, TrainError};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    inputs: Vec<Vec<Vec<f32>>>,
    lengths: Vec<usize>,
    arguments: Arguments,
    samples: Vec<Vec<Path>>,
}

#[derive(Deserialize)]
struct Arguments {
    strategy: Option<String>,
    #[serde(default)]
    beam_width: usize,
    top_paths: Option<usize>,
    merge_repeated: Option<bool>,
    mask_index: Option<usize>,
}

#[derive(Deserialize)]
struct Path {
    labels: Vec<usize>,
    score: f64,
}

impl Arguments {
    fn decoding(&self) -> CtcDecoding {
        let mut decoding = match self.strategy {
            Some(_) => CtcDecoding::beam_search(self.beam_width).unwrap(),
            None => CtcDecoding::greedy(),
        };
        if let Some(paths) = self.top_paths {
            decoding = decoding.with_top_paths(paths).unwrap();
        }
        if let Some(index) = self.mask_index {
            decoding = decoding.with_mask_index(index);
        }
        if self.merge_repeated == Some(false) {
            decoding = decoding.without_merging();
        }
        decoding
    }
}

fn tensor(values: &[Vec<Vec<f32>>]) -> Tensor<3> {
    let shape = [values.len(), values[0].len(), values[0][0].len()];
    let values: Vec<f32> = values.iter().flatten().flatten().copied().collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

#[test]
fn decoding_finds_what_keras_finds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ctc_decode.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(golden.cases.len() >= 6);
    for case in golden.cases {
        let found = ctc_decode(
            tensor(&case.inputs),
            &case.lengths,
            case.arguments.decoding(),
        )
        .unwrap();
        assert_eq!(found.len(), case.samples.len());
        for (found, expected) in found.iter().zip(&case.samples) {
            let labels = |path: &CtcPath| path.labels.clone();
            let wanted: Vec<Vec<usize>> = expected.iter().map(|path| path.labels.clone()).collect();
            assert_eq!(
                found.iter().map(labels).collect::<Vec<_>>(),
                wanted,
                "{}",
                case.name
            );
            for (found, expected) in found.iter().zip(expected) {
                let difference = (found.score - expected.score).abs();
                assert!(
                    difference < 1e-4,
                    "{}: {found:?}, {}",
                    case.name,
                    expected.score
                );
            }
        }
    }
}

#[test]
fn what_cannot_be_decoded_is_explained() {
    let inputs = || Tensor::<3>::zeros([2, 3, 4], &Device::flex());
    let message = |lengths: &[usize], decoding| {
        ctc_decode(inputs(), lengths, decoding)
            .unwrap_err()
            .to_string()
    };
    let text = message(&[3], CtcDecoding::greedy());
    assert!(
        text.contains("sequence_lengths") && text.contains("[3] for 2 samples of 3 steps"),
        "{text}"
    );
    let text = message(&[3, 4], CtcDecoding::greedy());
    assert!(text.contains("[3, 4]"), "{text}");
    let text = message(&[3, 3], CtcDecoding::greedy().with_mask_index(4));
    assert!(
        text.contains("mask_index") && text.contains("4 for 4 classes"),
        "{text}"
    );
    let nan = Tensor::<3>::full([1, 1, 2], f32::NAN, &Device::flex());
    assert!(ctc_decode(nan, &[1], CtcDecoding::greedy()).is_err());
    assert!(matches!(
        CtcDecoding::beam_search(0),
        Err(TrainError::Setting { .. })
    ));
    assert!(CtcDecoding::greedy().with_top_paths(0).is_err());
    let empty = Tensor::<3>::zeros([1, 0, 2], &Device::flex());
    let said = ctc_decode(empty, &[0], CtcDecoding::beam_search(4).unwrap()).unwrap();
    assert_eq!(said[0][0].labels, Vec::<usize>::new());
}

/// Eight sequences of six steps with a sign in each; a label is a sign of 1 to 3 that lasts some steps, 0 a pause.
fn signs() -> [[usize; 6]; 8] {
    [
        [1, 1, 0, 2, 2, 2],
        [3, 0, 0, 3, 3, 0],
        [0, 2, 2, 1, 1, 3],
        [2, 2, 0, 2, 0, 0],
        [1, 3, 3, 3, 0, 1],
        [0, 0, 0, 0, 3, 2],
        [2, 1, 1, 1, 1, 1],
        [3, 3, 2, 2, 1, 0],
    ]
}

fn labels(signs: &[usize; 6]) -> Vec<usize> {
    let mut labels = signs.to_vec();
    labels.dedup();
    labels.retain(|&sign| sign > 0);
    labels
}

fn spoken(padding: f32) -> ArrayDataset {
    let inputs: Vec<f32> = signs()
        .iter()
        .flatten()
        .flat_map(|&sign| (0..4).map(move |class| f32::from(u8::from(class == sign))))
        .collect();
    let targets: Vec<f32> = signs()
        .iter()
        .flat_map(|signs| {
            let mut row: Vec<f32> = labels(signs)
                .into_iter()
                .map(|label| label as f32)
                .collect();
            row.resize(4, padding);
            row
        })
        .collect();
    ArrayDataset::new((inputs, [8, 6, 4]), (targets, [8, 4])).unwrap()
}

fn network() -> Sequential {
    Sequential::new([6, 4])
        .add(Dense::new(8).with_activation(Activation::Tanh))
        .add(Dense::new(4))
}

fn fit(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(4)
        .with_display(Display::Quiet)
}

#[test]
fn a_network_learns_to_say_the_labels() {
    let device = Device::flex();
    let model = network().build(2, &device).unwrap();
    let mut trainer = Compile::new(Optimizer::adam(), CTC::new())
        .with_learning_rate(0.05)
        .model(model);
    let history = trainer.fit(&spoken(0.0), &fit(60)).unwrap();
    let losses = &history["loss"];
    assert!(losses[59] < 0.2 && losses[0] > 2.0, "{losses:?}");

    let values: Vec<f32> = signs()
        .iter()
        .flatten()
        .flat_map(|&sign| (0..4).map(move |class| f32::from(u8::from(class == sign))))
        .collect();
    let inputs = Tensor::<1>::from_floats(&values[..], &device).reshape([8, 6, 4]);
    let logits: Tensor<3> = trainer.predict(inputs).unwrap().into_rank().unwrap();
    let said = ctc_decode(logits, &[6; 8], CtcDecoding::beam_search(20).unwrap()).unwrap();
    for (paths, signs) in said.iter().zip(signs()) {
        assert_eq!(paths[0].labels, labels(&signs));
    }
}

#[test]
fn rows_are_filled_up_with_0_or_minus_1_alike() {
    let losses = [0.0, -1.0].map(|padding| {
        let model = network().build(2, &Device::flex()).unwrap();
        let mut trainer = Compile::new(Optimizer::adam(), CTC::new()).model(model);
        trainer.fit(&spoken(padding), &fit(2)).unwrap()["loss"].to_vec()
    });
    assert_eq!(losses[0], losses[1]);
}

#[test]
fn a_sample_weighs_as_a_whole() {
    let loss_of = |weights: Vec<f32>| {
        let model = network().build(2, &Device::flex()).unwrap();
        let data = spoken(0.0).with_sample_weights(weights).unwrap();
        let mut trainer = Compile::new(Optimizer::adam(), CTC::new()).model(model);
        let fit = Fit::new(1).with_batch_size(8).with_display(Display::Quiet);
        trainer.fit(&data, &fit).unwrap()["loss"][0]
    };
    let half = |first: f32| {
        (0..8)
            .map(|i| if i < 3 { first } else { 1.0 - first })
            .collect()
    };
    let whole = loss_of(vec![1.0; 8]);
    let parts = loss_of(half(1.0)) + loss_of(half(0.0));
    assert!((whole - parts).abs() < 1e-5, "{whole}, {parts}");
}

#[test]
fn what_is_no_sequence_of_labels_is_refused_before_training() {
    let fitted = |network: Sequential, data: &ArrayDataset| {
        let model = network.build(2, &Device::flex()).unwrap();
        let mut trainer = Compile::new(Optimizer::adam(), CTC::new()).model(model);
        trainer.fit(data, &fit(1)).unwrap_err().to_string()
    };
    let with_targets = |targets: Vec<f32>| {
        let width = targets.len() / 2;
        ArrayDataset::new((vec![0.5; 48], [2, 6, 4]), (targets, [2, width])).unwrap()
    };
    for (targets, words) in [
        (vec![1.0, 2.0, 4.0, 0.0], "is 4,"),
        (vec![1.0, 2.0, 0.0, 3.0], "is 3 after the end of its row"),
        (
            vec![1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0, 0.0],
            "is 4 labels, which take 7 steps, for outputs of 6",
        ),
    ] {
        let message = fitted(network(), &with_targets(targets));
        assert!(
            message.contains("sample 1") && message.contains(words),
            "{message}"
        );
    }
    let flat = network().add(Flatten::new()).add(Dense::new(4));
    let message = fitted(flat, &with_targets(vec![1.0, 2.0]));
    assert!(
        message.contains("takes outputs of [steps, classes]"),
        "{message}"
    );
    let softmax = network().add(Activation::Softmax);
    let message = fitted(softmax, &with_targets(vec![1.0, 2.0]));
    assert!(
        message.contains("takes logits") && message.contains("softmax"),
        "{message}"
    );

    let model = network().build(2, &Device::flex()).unwrap();
    let compile = Compile::new(Optimizer::adam(), CTC::new()).with_metrics([Metric::accuracy()]);
    let message = compile
        .model(model)
        .fit(&spoken(0.0), &fit(1))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("whose `target_form` is `LabelSequence`"),
        "{message}"
    );
}
