//! Fits that learn the head of a network first, and then all of it.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; rates are computed alike"
)]

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::layers::{BatchNormalization, Dense, Layer};
use firebrick_model::{Activation, LoadWeights, Network, Sequential, WeightValue, save_model};
use firebrick_scheduler::{OneCycle, Schedule};
use firebrick_trainer::callbacks::{Flow, LambdaCallback};
use firebrick_trainer::{
    CheckpointInterval, Checkpoints, Compile, Display, FineTune, Fit, StopReason, Trainer,
    WeightGroup,
};

const STEPS: usize = 3;

fn data() -> ArrayDataset {
    let inputs: Vec<[f32; 1]> = (0..6_u8).map(|number| [f32::from(number) / 6.0]).collect();
    let targets: Vec<f32> = (0..6_u8).map(f32::from).collect();
    ArrayDataset::new(inputs, targets).unwrap()
}

fn network() -> Network {
    let network = Sequential::new([1])
        .add(Dense::new(4).named("first"))
        .add(BatchNormalization::new().named("normal"))
        .add(
            Dense::new(4)
                .with_activation(Activation::Tanh)
                .named("second"),
        )
        .add(Dense::new(1).named("head"));
    network.build(1, &Device::flex()).unwrap()
}

fn trainer() -> Trainer<Network> {
    let compile = Compile::by_name("adam", "mse", []).unwrap();
    compile.model(network())
}

fn tune() -> FineTune {
    FineTune::new("head")
        .with_freeze_epochs(2)
        .with_learning_rate(0.1)
}

fn fit(tune: FineTune) -> Fit {
    let fit = Fit::new(5).with_batch_size(2).with_fine_tune(tune);
    fit.with_display(Display::Quiet)
}

/// Stops in an epoch after two of its batches; 0 for never.
fn stopping(at: usize) -> LambdaCallback {
    LambdaCallback::new().with_on_train_batch_end(move |training| {
        let here = (training.epoch(), training.batch());
        Ok(if here == (at, 2) {
            Flow::Stop
        } else {
            Flow::Continue
        })
    })
}

fn changed(model: &Network) -> Vec<String> {
    let weights = model.config().weights().unwrap().into_iter();
    let names = weights.map(|(layer, weight)| format!("{layer}/{}", weight.name));
    let before = network().get_weights().unwrap();
    let after = model.get_weights().unwrap();
    let pairs = names.zip(before.into_iter().zip(after));
    let changed = pairs.filter(|(_, (before, after))| before != after);
    changed.map(|(name, _)| name).collect()
}

#[test]
fn the_head_learns_first_and_then_all_in_one_history() {
    let mut head_alone = trainer();
    let two = Fit::new(2).with_batch_size(2).with_display(Display::Quiet);
    head_alone
        .fit(&data(), &two.with_fine_tune(tune()))
        .unwrap();
    assert_eq!(changed(head_alone.model()), ["head/kernel", "head/bias"]);

    let mut whole = trainer();
    let history = whole.fit(&data(), &fit(tune())).unwrap();
    assert_eq!(history.stop_reason, StopReason::Completed);
    let epochs: Vec<usize> = history.epochs().iter().map(|record| record.epoch).collect();
    assert_eq!(epochs, [1, 2, 3, 4, 5]);
    // All of them, the moving statistics included.
    assert_eq!(changed(whole.model()).len(), 10);
    assert_eq!(whole.model().config(), network().config());
    let first = OneCycle::new(0.1, 2 * STEPS as u64)
        .unwrap()
        .with_pct_start(0.99)
        .unwrap();
    let second = OneCycle::new(0.05, 3 * STEPS as u64)
        .unwrap()
        .with_div_factor(5.0)
        .unwrap();
    let rate = |cycle: &OneCycle, epoch: usize| cycle.learning_rate((epoch * STEPS - 1) as u64);
    let expected = [
        rate(&first, 1),
        rate(&first, 2),
        rate(&second, 1),
        rate(&second, 2),
        rate(&second, 3),
    ];
    assert_eq!(history["learning_rate"], expected);
}

#[test]
fn layers_near_the_input_learn_slower() {
    let moved = |ratio: f64| {
        let mut trainer = trainer();
        let tune = FineTune::new("head")
            .with_freeze_epochs(0)
            .with_rate_ratio(ratio);
        // Of two steps the second has next to no rate.
        let two = Fit::new(2).with_batch_size(6).with_display(Display::Quiet);
        trainer.fit(&data(), &two.with_fine_tune(tune)).unwrap();
        let difference = |path: &str| {
            let before = network().weight(path).unwrap();
            let after = trainer.model().weight(path).unwrap();
            let pairs = before.values().iter().zip(after.values());
            pairs
                .map(|(before, after)| (before - after).abs())
                .sum::<f32>()
        };
        (difference("second/kernel"), difference("head/kernel"))
    };
    let (slow, head) = moved(100.0);
    let (even, same) = moved(1.0);
    assert!((head / same - 1.0).abs() < 0.01, "{head} {same}");
    assert!((even / slow - 100.0).abs() < 5.0, "{even} {slow}");
}

#[test]
fn one_that_was_broken_off_in_either_part_goes_on_as_if_it_had_not() {
    let mut whole = trainer();
    let never = || fit(tune()).with_callback(stopping(0));
    let history = whole.fit(&data(), &never()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let every = CheckpointInterval::Epochs(1);
    let checkpoints = Checkpoints::every(every)
        .with_keep(10)
        .in_folder(folder.path());
    trainer()
        .fit(&data(), &never().with_checkpoints(checkpoints))
        .unwrap();
    let mut kept: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bpk"))
        .collect();
    kept.sort();
    // The last one is of the end; of the others two are of the first part.
    assert!(kept.len() >= 5, "{kept:?}");
    for from in &kept[..kept.len() - 1] {
        let at = from.display();
        let mut resumed = trainer();
        let again = resumed.resume(&data(), &never(), from).unwrap();
        assert_eq!(again["loss"], history["loss"], "{at}");
        assert_eq!(again["learning_rate"], history["learning_rate"], "{at}");
        assert_eq!(
            resumed.model().get_weights().unwrap(),
            whole.model().get_weights().unwrap(),
            "{at}"
        );
        let other = fit(tune().with_rate_ratio(10.0)).with_callback(stopping(0));
        let error = trainer().resume(&data(), &other, from);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("a cycle of rates"), "{error}");
    }
}

#[test]
fn one_that_ends_in_the_first_part_leaves_the_body_frozen() {
    let mut trainer = trainer();
    let stopped = fit(tune()).with_callback(stopping(1));
    let history = trainer.fit(&data(), &stopped).unwrap();
    assert_eq!(history.epochs().len(), 1);
    assert_eq!(trainer.model().summary().num_trainable_params(), 5);
}

#[test]
fn what_cannot_be_is_said_before_it_begins() {
    let error = |fit: Fit| trainer().fit(&data(), &fit).unwrap_err().to_string();
    let long = error(fit(tune().with_freeze_epochs(6)));
    assert!(long.contains("freeze_epochs is 6"), "{long}");
    let both = error(fit(tune()).with_one_cycle(0.1));
    assert!(both.contains("one_cycle is 0.1"), "{both}");
    let rate = error(fit(tune().with_learning_rate(0.0)));
    assert!(rate.contains("learning_rate is 0"), "{rate}");
    let head = error(fit(FineTune::new("haed")));
    assert!(head.contains("haed"), "{head}");
    let ratio = error(fit(tune().with_rate_ratio(0.5)));
    assert!(ratio.contains("rate_ratio is 0.5"), "{ratio}");
}

#[test]
fn rates_rise_geometrically_from_group_to_group() {
    let groups = WeightGroup::sliced(&network(), ["second", "head"], 0.01).unwrap();
    let text: Vec<String> = groups
        .iter()
        .filter(|group| {
            ["first/bias", "second/bias", "head/bias"]
                .iter()
                .any(|path| group.has(path))
        })
        .map(|group| format!("{group:?}"))
        .collect();
    for (text, factor) in text.iter().zip(["Some(0.01)", "Some(0.1)", "Some(1.0)"]) {
        assert!(text.contains(factor), "{text}");
    }
    assert_eq!(text.len(), 3);
    assert!(WeightGroup::sliced(&network(), ["third"], 0.01).is_err());
}

/// Points of a square, and whether both of two hidden directions have the same sign.
fn points(count: usize, seed: u32) -> (Vec<[f32; 8]>, Vec<usize>, Vec<usize>) {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
    };
    let mut all = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let x: [f32; 8] = std::array::from_fn(|_| draw());
        let (u, v) = (x[0] + x[1] > x[2], x[3] + x[5] > x[4]);
        all.0.push(x);
        all.1.push(usize::from(u) * 2 + usize::from(v));
        all.2.push(usize::from(u == v));
    }
    all
}

fn classes(inputs: &[[f32; 8]], classes: &[usize]) -> ArrayDataset {
    ArrayDataset::new(inputs.to_vec(), classes.to_vec()).unwrap()
}

#[test]
fn what_was_learned_elsewhere_helps_where_samples_are_few() {
    let network = |classes: usize, seed| {
        let network = Sequential::new([8])
            .add(
                Dense::new(32)
                    .with_activation(Activation::Relu)
                    .named("body"),
            )
            .add(
                Dense::new(8)
                    .with_activation(Activation::Relu)
                    .named("features"),
            )
            .add(
                Dense::new(classes)
                    .with_activation(Activation::Softmax)
                    .named("head"),
            );
        network.build(seed, &Device::flex()).unwrap()
    };
    let compile = || {
        let loss = "sparse_categorical_crossentropy";
        Compile::by_name("adam:learning_rate=0.01", loss, ["accuracy"]).unwrap()
    };
    let quiet = |epochs| {
        Fit::new(epochs)
            .with_batch_size(8)
            .with_display(Display::Quiet)
    };
    let (inputs, quadrants, _) = points(400, 1);
    let mut elsewhere = compile().model(network(4, 1));
    elsewhere
        .fit(&classes(&inputs, &quadrants), &quiet(20))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    save_model(elsewhere.model(), &path).unwrap();

    let (few, _, alike) = points(24, 2);
    let few = classes(&few, &alike);
    let (inputs, _, alike) = points(300, 3);
    let test = classes(&inputs, &alike);
    let tune = FineTune::new("head")
        .with_freeze_epochs(20)
        .with_learning_rate(0.02);
    let reached = |model: Network, fit: &Fit| {
        let mut trainer = compile().model(model);
        trainer.fit(&few, fit).unwrap();
        trainer.evaluate(&test).unwrap().get("accuracy").unwrap()
    };
    let scratch = reached(network(2, 2), &quiet(40));
    let mut model = network(2, 2);
    let how = LoadWeights::new().skip_mismatch();
    assert_eq!(model.load_weights(&path, how).unwrap().taken.len(), 4);
    let tuned = reached(model, &quiet(40).with_fine_tune(tune));
    assert!(tuned > 0.75 && tuned > scratch + 0.15, "{tuned} {scratch}");
}

#[test]
fn products_of_low_rank_learn_and_a_checkpoint_has_both_factors() {
    use firebrick_model::Lora;
    let compile = || {
        Compile::by_name("adam", "mse", [])
            .unwrap()
            .with_learning_rate(0.05)
    };
    let adapted = || network().enable_lora("second", Lora::new(2)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let every = CheckpointInterval::Epochs(1);
    let checkpoints = Checkpoints::every(every).in_folder(folder.path());
    let fit = |epochs| {
        Fit::new(epochs)
            .with_batch_size(2)
            .with_display(Display::Quiet)
    };
    let mut whole = compile().model(adapted());
    let history = whole.fit(&data(), &fit(4)).unwrap();
    compile()
        .model(adapted())
        .fit(&data(), &fit(2).with_checkpoints(checkpoints))
        .unwrap();
    let mut resumed = compile().model(adapted());
    let again = resumed.resume(&data(), &fit(4), folder.path()).unwrap();
    assert_eq!(again["loss"], history["loss"]);
    let weight = |model: &Network, path: &str| model.weight(path).unwrap();
    let b = weight(whole.model(), "second/lora_kernel_b");
    assert_eq!(weight(resumed.model(), "second/lora_kernel_b"), b);
    assert_ne!(b.values(), [0.0; 8]);
    let kernel = weight(&network(), "second/kernel");
    assert_eq!(weight(whole.model(), "second/kernel"), kernel);
    let merged: WeightValue = weight(&whole.model().clone().merge_lora(), "second/kernel");
    assert_ne!(merged, kernel);
}
