//! A training over plain memory needs no more memory the longer it lasts.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::MlpConfig;
use firebrick_trainer::{Compile, Fit, StepKind};

/// What this process has in memory, in KiB.
fn kibibytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().split_whitespace().next();
    number.unwrap().parse().unwrap()
}

#[test]
fn the_memory_of_thousands_of_steps_is_that_of_a_few() {
    let inputs: Vec<[f32; 2]> = (0..100_u8).map(|row| [f32::from(row), 1.0]).collect();
    let classes: Vec<usize> = (0..100).map(|row| row / 50).collect();
    let data = ArrayDataset::new(inputs, classes).unwrap();
    let model = MlpConfig::new(2, 2).init(1, &Device::flex()).unwrap();
    let loss = "sparse_categorical_crossentropy";
    let compile = Compile::by_name("sgd", loss, ["accuracy"]).unwrap();
    let mut trainer = compile.model(model);
    // Steps whose display and history take next to nothing.
    let mut fit = |epochs| {
        let fit = Fit::new(epochs)
            .with_batch_size(1)
            .with_step(StepKind::Host);
        trainer.fit(&data, &fit).unwrap();
        kibibytes()
    };
    let few = fit(2);
    let many = fit(50);
    // A kibibyte for each weight of each step would be 30 MiB.
    assert!(many < few + 8 * 1024, "{few} KiB, then {many} KiB");
}
