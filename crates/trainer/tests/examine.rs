//! What is found of data, network and settings before a training begins.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor};
use firebrick::datasets::{ArrayDataset, Batch, BatchSource, BatchStream, Targets, mnist_sample};
use firebrick::layers::{Dense, Normalization};
use firebrick::models::{Activation, Network, Sequential};
use firebrick::training::{Compile, Display, Examination, Fit, Severity, Trainer};

/// Whole steps of the examination, without what differs from machine to machine.
fn text(examination: &Examination) -> String {
    let text = examination.to_string();
    let lines = text.lines();
    let lines = lines.filter(|line| !line.starts_with("time") && !line.starts_with("memory"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn findings(examination: &Examination) -> Vec<String> {
    let findings = examination.findings.iter();
    findings
        .map(|finding| format!("{} {}: {}", finding.severity, finding.place, finding.found))
        .collect()
}

fn fit() -> Fit {
    Fit::new(2).with_batch_size(4).with_display(Display::Quiet)
}

/// A line for regressions, with weights of 0.
fn line(features: usize) -> Trainer<Network> {
    let network = Sequential::new([features]).add(Dense::new(1));
    let weights = [vec![0.0; features], vec![0.0]];
    let model = network
        .build_with_weights(weights, &Device::flex())
        .unwrap();
    Compile::by_name("adam", "mse", []).unwrap().model(model)
}

/// A classifier, with weights of 0.
fn classifier(features: usize, classes: usize) -> Trainer<Network> {
    let dense = Dense::new(classes).with_activation(Activation::Softmax);
    let weights = [vec![0.0; features * classes], vec![0.0; classes]];
    let network = Sequential::new([features]).add(dense);
    let model = network
        .build_with_weights(weights, &Device::flex())
        .unwrap();
    let compile = Compile::by_name("adam", "sparse_categorical_crossentropy", []).unwrap();
    compile.model(model)
}

/// Numbers from -1 to 1 in an order that says nothing.
fn mixed(count: u16) -> impl Iterator<Item = f32> {
    (0..count).map(|place| f32::from(place * 37 % 101) / 50.0 - 1.0)
}

#[test]
fn what_is_healthy_is_told_in_numbers() {
    let inputs: Vec<[f32; 1]> = mixed(12).map(|x| [x]).collect();
    let classes: Vec<usize> = (0..12).map(|row| row % 3).collect();
    let data = ArrayDataset::new(inputs, classes).unwrap();
    let examination = classifier(1, 3).examine(&data, &fit());
    assert_eq!(text(&examination), HEALTHY);
    assert!(examination.estimate.is_some_and(|estimate| {
        estimate.steps_per_epoch == 3 && estimate.training >= 2.0 * estimate.epoch
    }));
}

const HEALTHY: &str = "\
samples  12 to learn from; all were looked at
input    [1], from -1.0000 to 0.8800, mean -0.1283, deviation 0.6137
target   the index of one of 3 classes, 4 samples of each
batches  loss of the first 1.0986, of the last 1.0986
loss     1.0986 at the start, 1.0986 by guessing (by the shares of the classes)
found    nothing odd
";

#[test]
fn a_constant_column_and_a_huge_one_are_named() {
    let inputs: Vec<[f64; 3]> = mixed(40)
        .enumerate()
        .map(|(row, x)| [f64::from(x), 7.0, 1e9 + row as f64])
        .collect();
    let targets: Vec<f32> = mixed(40).collect();
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let examination = line(3).examine(&data, &fit());
    assert_eq!(
        findings(&examination),
        [
            "warning column `1`: all numbers are 7.0000",
            "warning column `2`: the numbers differ by 24.3179 (standard deviation) around 1.0000e9, where single precision has steps \
             of 64.0000",
        ]
    );
    assert!(examination.can_train());
}

#[test]
fn sorted_labels_with_a_tail_split_are_told_and_so_is_a_class_of_nobody() {
    let inputs: Vec<[f32; 1]> = mixed(60).map(|x| [x]).collect();
    let classes: Vec<usize> = (0..60).map(|row| row / 20).collect();
    let data = ArrayDataset::new(inputs, classes).unwrap();
    let tail = fit().with_validation_split(0.3);
    let examination = classifier(1, 3).examine(&data, &tail);
    assert_eq!(
        findings(&examination),
        [
            "warning validation: it has classes that there is hardly anything to learn from: `2` (2 to learn from, 18 kept back); the \
          samples may be sorted by their class, and the last ones are kept back"
        ]
    );
    let inputs: Vec<[f32; 1]> = mixed(60).map(|x| [x]).collect();
    let classes: Vec<usize> = (0..60).map(|row| row / 30 * 2).collect();
    let data = ArrayDataset::new(inputs, classes).unwrap();
    let examination = classifier(1, 3).examine(&data, &fit().without_shuffle());
    assert_eq!(
        findings(&examination),
        [
            "warning targets: class `1` has no sample to learn from",
            "warning targets: the samples come sorted by their class and are not shuffled",
        ]
    );
}

#[test]
fn sorted_numbers_with_a_tail_split_are_told() {
    let numbers: Vec<f32> = (0..60_u8).map(f32::from).collect();
    let inputs: Vec<[f32; 1]> = mixed(60).map(|x| [x]).collect();
    let data = ArrayDataset::new(inputs, numbers).unwrap();
    let examination = line(1).examine(&data, &fit().with_validation_split(0.3));
    assert!(
        findings(&examination).iter().any(|finding| finding.starts_with(
            "warning validation: its targets are 50.5000 on average, those to learn from 20.5000 with a deviation of 12.1"
        )),
        "{:?}",
        findings(&examination)
    );
}

/// Numbers that no file would give.
struct Spoiled;

impl BatchSource for Spoiled {
    fn num_samples(&self) -> usize {
        6
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![1]
    }

    fn targets(&self) -> Targets {
        Targets::Values { shape: vec![] }
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let number = |&row: &usize| if row == 4 { f32::NAN } else { row as f32 };
        let numbers: Vec<f32> = rows.iter().map(number).collect();
        let targets = vec![1.0; rows.len()];
        let column =
            |numbers: &[f32]| Tensor::<1>::from_floats(numbers, device).unsqueeze_dim::<2>(1);
        Ok(Batch::new(column(&numbers), column(&targets)))
    }
}

#[test]
fn numbers_that_are_none_keep_a_training_from_running() {
    let samples = std::sync::Arc::new(Spoiled);
    let examination = line(1).examine(&samples, &fit());
    assert!(!examination.can_train());
    assert_eq!(
        findings(&examination),
        [
            "error column `0`: 1 number is NaN or infinite, the first in row 4 (counted from 0) of those looked at",
            "error loss: at the start it is NaN",
        ]
    );
    assert!(examination.estimate.is_none());
}

#[test]
fn bytes_that_nobody_scaled_are_known_and_a_network_may_scale_them() {
    let byte = |place: usize| (place / 64 * 31 + place % 64 * 17) % 256;
    let bytes: Vec<f32> = (0..20 * 64).map(|place| byte(place) as f32).collect();
    let classes: Vec<usize> = (0..20).map(|row| row % 2).collect();
    let data = ArrayDataset::new((bytes, [20, 64]), classes).unwrap();
    let examination = classifier(64, 2).examine(&data, &fit());
    assert_eq!(
        findings(&examination),
        [
            "warning inputs: whole numbers from 0 to 255, bytes as it seems, enter the network as they are"
        ]
    );

    let normalization = Normalization::new().with_statistics(vec![127.5; 64], vec![5400.0; 64]);
    let network = Sequential::new([64])
        .add(normalization)
        .add(Dense::new(2).with_activation(Activation::Softmax));
    let model = network
        .build_with_weights([vec![0.0; 128], vec![0.0; 2]], &Device::flex())
        .unwrap();
    let compile = Compile::by_name("adam", "sparse_categorical_crossentropy", []).unwrap();
    let examination = compile.model(model).examine(&data, &fit());
    assert_eq!(findings(&examination), [] as [String; 0]);
}

#[test]
fn what_a_training_refuses_is_a_finding_too() {
    let data = ArrayDataset::new([[0.5], [-0.5]], [0.5, -0.5]).unwrap();
    let examination = classifier(1, 3).examine(&data, &fit());
    assert!(!examination.can_train());
    let first = &examination.findings[0];
    assert_eq!(
        (first.severity, first.place.as_str()),
        (Severity::Error, "training")
    );
    let wide = line(5).examine(&data, &fit());
    assert!(!wide.can_train() && wide.loss.is_none());
    let none = line(1).examine(&data, &fit().with_batch_size(0));
    assert!(!none.can_train());
}

#[test]
fn a_start_far_above_guessing_is_told() {
    let inputs: Vec<[f32; 1]> = mixed(20).map(|x| [x]).collect();
    let targets: Vec<f32> = mixed(20).map(|y| 200.0 + y).collect();
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let examination = line(1).examine(&data, &fit());
    let finding = &examination.findings[0];
    assert_eq!(finding.place, "loss");
    assert!(finding.advice.starts_with("scale the targets"), "{finding}");
}

#[test]
fn an_examination_changes_nothing_of_what_is_learned() {
    let data = mnist_sample().unwrap().train;
    let losses = |is_examined: bool| {
        let mut trainer = classifier(784, 10);
        let fit = Fit::new(2).with_batch_size(50).with_display(Display::Quiet);
        if is_examined {
            trainer.examine(&data, &fit);
            trainer.examine_briefly(&data, &fit);
        }
        let first = trainer.fit(&data, &fit).unwrap()["loss"].to_vec();
        if is_examined {
            trainer.examine(&data, &fit);
        }
        let second = trainer.fit(&data, &fit).unwrap()["loss"].to_vec();
        (first, second)
    };
    assert_eq!(losses(true), losses(false));
}

#[test]
fn the_brief_look_says_of_how_many_rows_it_is() {
    let data = mnist_sample().unwrap().train;
    let examination = classifier(784, 10).examine_briefly(&data, &fit());
    assert!(examination.estimate.is_none());
    let rows = examination.samples.training.unwrap();
    let looked_at = examination.samples.looked_at;
    assert_eq!(looked_at, rows.min((1 << 19) / 784));
    let line = examination.line();
    assert!(line.starts_with("loss 2.3026 at the start, 2."), "{line}");
    let of_rows = format!(" by guessing; nothing odd in {looked_at} of {rows} rows");
    assert!(line.ends_with(&of_rows) || looked_at == rows, "{line}");
}

#[test]
fn of_a_stream_the_first_batch_is_looked_at_and_no_other_is_asked_for() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&asked);
    let stream = BatchStream::new(move |_| {
        let counted = std::sync::Arc::clone(&counted);
        (0..3).map(move |_| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let x = Tensor::<2>::from_floats([[0.5], [-0.5]], &Device::flex());
            Batch::new(x.clone(), x)
        })
    });
    let examination = line(1).examine(&stream, &fit());
    assert_eq!(examination.samples.looked_at, 2);
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(
        text(&examination).starts_with("samples  a stream; its first batch of 2 was looked at\n")
    );
    assert!(examination.can_train(), "{examination}");
}
