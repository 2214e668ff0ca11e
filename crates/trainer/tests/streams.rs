//! Trainings on batches that are made as they are asked for, held against those on the same samples in arrays.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::io;
use std::sync::{Arc, Mutex};

use burn::tensor::{Device, Tensor};
use firebrick_data::{
    ArrayDataset, Batch, BatchSource, BatchStream, InputField, TargetField, Targets,
};
use firebrick_model::layers::{Add, Dense, Layer, Softmax};
use firebrick_model::{Graph, Network, Sequential, named_input};
use firebrick_trainer::callbacks::{Callback, Flow, HookResult, Training};
use firebrick_trainer::losses::{MeanSquaredError, SparseCategoricalCrossentropy};
use firebrick_trainer::metrics::Metric;
use firebrick_trainer::{
    CheckpointInterval, Checkpoints, Compile, Display, Fit, Loss, Optimizer, Pass, TrainError,
    Trainer,
};

/// Twenty points in a plane, of three classes, which count differently.
fn points() -> ArrayDataset {
    let numbers = |row: u8| f32::from(row * 7 % 20) / 10.0 - 1.0;
    let rows: Vec<[f32; 2]> = (0..20)
        .map(|row| [numbers(row), numbers(row + 5)])
        .collect();
    let classes: Vec<usize> = (0..20).map(|row| row * row % 3).collect();
    let weights: Vec<f32> = (0..20).map(|row: u8| 0.5 + f32::from(row % 4)).collect();
    let data = ArrayDataset::new(rows, classes).unwrap();
    data.with_num_classes(3)
        .unwrap()
        .with_sample_weights(weights)
        .unwrap()
}

/// The same in batches of six, the last of two.
fn batches() -> Vec<Batch> {
    let data = points();
    let rows: Vec<usize> = (0..20).collect();
    let chunks = rows.chunks(6);
    chunks
        .map(|rows| data.gather(rows, &Device::flex()).unwrap())
        .collect()
}

fn stream() -> BatchStream {
    BatchStream::new(|_| batches())
}

/// The same without an end.
fn endless() -> BatchStream {
    let batches = batches();
    BatchStream::from_iterator(
        (0..).map(move |batch: usize| batches[batch % batches.len()].clone()),
    )
}

fn network() -> Network {
    let network = Sequential::new([2]).add(Dense::new(3)).add(Softmax::new());
    network.build(5, &Device::flex()).unwrap()
}

fn trainer() -> Trainer<Network> {
    let compile = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new());
    let accuracy = || [Metric::accuracy()];
    compile
        .with_learning_rate(0.05)
        .with_metrics(accuracy())
        .with_weighted_metrics(accuracy())
        .model(network())
}

fn quietly(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(6)
        .without_shuffle()
        .with_display(Display::Quiet)
}

/// All figures of all epochs.
fn figures(trainer: &Trainer<Network>) -> Vec<String> {
    let epochs = trainer.history().epochs().iter();
    epochs.map(|epoch| epoch.figures.to_string()).collect()
}

#[test]
fn a_stream_is_learned_as_its_samples_in_an_array_are() {
    for class_weights in [vec![], vec![(1, 2.0)]] {
        let fit = || quietly(4).with_class_weight(class_weights.clone());
        let mut whole = trainer();
        whole
            .fit(&points(), &fit().with_validation(&points()))
            .unwrap();
        let known = stream().with_num_batches(4);
        for data in [stream(), known] {
            let mut own = trainer();
            let history = own.fit(&data, &fit().with_validation(&stream())).unwrap();
            assert_eq!(figures(&own), figures(&whole));
            assert_eq!(history.params.steps, Some(4));
            assert_eq!(history.params.batch_size, 6);
        }
    }
    // Epochs of three batches: the second one begins with the last batch of the first pass.
    let mut whole = trainer();
    whole
        .fit(&points(), &quietly(3).with_steps_per_epoch(4))
        .unwrap();
    let mut own = trainer();
    own.fit(&endless(), &quietly(3).with_steps_per_epoch(4))
        .unwrap();
    assert_eq!(figures(&own), figures(&whole));
}

#[test]
fn an_endless_validation_takes_so_many_batches() {
    let fit = quietly(2).with_validation_steps(2);
    let mut whole = trainer();
    whole
        .fit(&points(), &fit.clone().with_validation(&points()))
        .unwrap();
    let again = BatchStream::new(|_| (0..).map(|batch: usize| batches()[batch % 4].clone()));
    let mut own = trainer();
    own.fit(&stream(), &fit.with_validation(&again)).unwrap();
    assert_eq!(figures(&own), figures(&whole));
}

#[test]
fn what_is_judged_and_answered_is_that_of_an_array() {
    let trainer = trainer();
    let pass = || Pass::new().with_batch_size(6);
    let classes = Targets::Classes { num_classes: 3 };
    let declared = stream().with_fields([InputField::new([2])], [TargetField::new(classes)]);
    let expected = trainer.evaluate_with(&points(), &pass()).unwrap();
    let own = trainer.evaluate(&declared).unwrap();
    assert_eq!(own.figures.to_string(), expected.figures.to_string());
    assert_eq!((own.samples, own.classes), (20, expected.classes));
    let some = trainer
        .evaluate_with(&endless(), &pass().with_steps(2))
        .unwrap();
    assert_eq!(some.samples, 12);
    let first = trainer
        .evaluate_with(&points(), &pass().with_steps(2))
        .unwrap();
    assert_eq!(some.figures.to_string(), first.figures.to_string());

    let numbers = |answers: firebrick_model::AnyTensor| answers.into_vec().unwrap();
    let expected = numbers(trainer.predict_data_with(&points(), &pass()).unwrap());
    assert_eq!(numbers(trainer.predict_data(&stream()).unwrap()), expected);
    let some = trainer
        .predict_data_with(&endless(), &pass().with_steps(3))
        .unwrap();
    assert_eq!(numbers(some), expected[..54]);
    assert!(
        trainer
            .evaluate_with(&stream(), &pass().with_steps(0))
            .is_err()
    );
}

#[test]
fn several_inputs_and_outputs_are_found_by_their_names() {
    let device = Device::flex();
    let (a, b) = (named_input("a", [1]), named_input("b", [1]));
    let sum = Dense::new(1)
        .without_bias()
        .named("sum")
        .on(Add::new().on([&a, &b]));
    let twice = Dense::new(1).without_bias().named("twice").on(&a);
    let graph = Graph::new([a, b], [sum, twice]);
    let model = graph
        .build_with_weights([vec![1.0], vec![2.0]], &device)
        .unwrap();
    let column =
        |numbers: [f32; 2]| Tensor::<2>::from_floats([[numbers[0]], [numbers[1]]], &device);
    // In another order than that of the network; the second samples of one target count twice.
    let weights = Tensor::<1>::from_floats([1.0, 2.0], &device);
    let batch = Batch::of(
        [column([10.0, 20.0]).into(), column([1.0, 2.0]).into()],
        [column([2.0, 3.0]).into(), column([11.0, 22.0]).into()],
    );
    let batch = batch.with_weights_of(0, weights);
    let value = || Targets::Values { shape: vec![1] };
    let data = BatchStream::new(move |_| [batch.clone()]).with_fields(
        [
            InputField::new([1]).named("b"),
            InputField::new([1]).named("a"),
        ],
        [
            TargetField::new(value()).named("twice"),
            TargetField::new(value()).named("sum"),
        ],
    );
    let losses = ["sum", "twice"].map(|output| (output, Loss::from(MeanSquaredError::new())));
    let trainer = Compile::by_output(Optimizer::sgd(), losses).model(model);
    let evaluation = trainer.evaluate(&data).unwrap();
    assert_eq!(evaluation.get("sum_loss"), Some(0.0));
    // Errors of 0 and 1, the latter twice.
    assert_eq!(evaluation.get("twice_loss"), Some(1.0));
    let answers = trainer.predict_all_data(&data, &Pass::new()).unwrap();
    assert_eq!(
        answers[0].values().clone().into_vec().unwrap(),
        [11.0, 22.0]
    );
}

/// Ends the training with an error after so many steps.
struct Killed(u64);

impl Callback for Killed {
    fn name(&self) -> &'static str {
        "Killed"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        if training.iterations() == self.0 {
            return Err(TrainError::NothingLearned);
        }
        Ok(Flow::Continue)
    }
}

#[test]
fn a_training_on_a_stream_that_was_broken_off_goes_on_bit_for_bit() {
    type Change = fn(Fit) -> Fit;
    let cases: [(&str, Change); 2] = [
        ("plain", |fit| fit),
        ("limited", |fit| fit.with_steps_per_epoch(3)),
    ];
    let data = turned_stream;
    for (name, change) in cases {
        let mut whole = trainer();
        let fit = |killed| change(quietly(4)).with_callback(Killed(killed));
        whole.fit(&data(), &fit(0)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let checkpoints =
            || Checkpoints::every(CheckpointInterval::Steps(1)).in_folder(folder.path());
        let broken = trainer().fit(&data(), &fit(6).with_checkpoints(checkpoints()));
        assert!(broken.is_err(), "{name}");
        let mut resumed = trainer();
        let fit = fit(0).with_checkpoints(checkpoints());
        resumed.resume(&data(), &fit, folder.path()).unwrap();
        assert_eq!(figures(&resumed), figures(&whole), "{name}");
        let weights = |trainer: &Trainer<Network>| {
            let answers = trainer.predict_data(&points()).unwrap();
            answers.into_vec().unwrap()
        };
        assert_eq!(weights(&resumed), weights(&whole), "{name}");
    }
}

/// Another order of the batches in every pass.
fn turned_stream() -> BatchStream {
    BatchStream::new(|pass| {
        let mut batches = batches();
        batches.rotate_left(usize::try_from(pass).unwrap() % 4);
        batches
    })
}

#[test]
fn a_stream_that_cannot_begin_again_goes_on_with_what_comes_next() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = || Checkpoints::every(CheckpointInterval::Steps(1)).in_folder(folder.path());
    let fit = |killed| {
        let fit = quietly(2)
            .with_steps_per_epoch(4)
            .with_callback(Killed(killed));
        fit.with_checkpoints(checkpoints())
    };
    let made = Arc::new(Mutex::new(0));
    let counted = || {
        let (made, batches) = (Arc::clone(&made), batches());
        let counted = (0..).map(move |batch: usize| {
            *made.lock().unwrap() += 1;
            batches[batch % 4].clone()
        });
        BatchStream::from_iterator(counted).without_replay()
    };
    assert!(trainer().fit(&counted(), &fit(3)).is_err());
    assert_eq!(std::mem::take(&mut *made.lock().unwrap()), 3);
    let history = trainer()
        .resume(&counted(), &fit(0), folder.path())
        .unwrap();
    // The sixth to the eighth batch come after those that were learned: none is passed over.
    assert_eq!(history.epochs().len(), 2);
    assert_eq!(*made.lock().unwrap(), 6);
}

/// Sees what is known of the length of an epoch.
struct Lengths(Arc<Mutex<Vec<Option<usize>>>>);

impl Callback for Lengths {
    fn name(&self) -> &'static str {
        "Lengths"
    }

    fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        self.0.lock().unwrap().push(training.params().steps);
        Ok(Flow::Continue)
    }
}

#[test]
fn the_length_of_a_stream_is_known_after_its_first_epoch() {
    for (data, expected) in [
        (stream(), [None, Some(4), Some(4)]),
        (stream().with_num_batches(3), [Some(3); 3]),
    ] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let fit = quietly(3).with_callback(Lengths(Arc::clone(&seen)));
        trainer().fit(&data, &fit).unwrap();
        assert_eq!(*seen.lock().unwrap(), expected);
    }
}

#[test]
fn what_is_wrong_with_a_stream_is_an_error_and_nothing_learned_is_lost() {
    let device = Device::flex();
    let wide = Batch::new(
        Tensor::<2>::ones([2, 3], &device),
        Tensor::<1>::ones([2], &device),
    );
    let beyond = Batch::new(
        Tensor::<2>::ones([2, 2], &device),
        Tensor::<1>::ones([2], &device) * 3.0,
    );
    let nothing = Batch::new(
        Tensor::<2>::ones([0, 2], &device),
        Tensor::<1>::ones([0], &device),
    );
    // The second pass has another third batch.
    let with_third = |third: Batch| {
        BatchStream::new(move |pass| {
            let mut batches = batches();
            if pass == 1 {
                batches[2] = third.clone();
            }
            batches
        })
    };
    let failing = BatchStream::fallible(|pass| {
        batches()
            .into_iter()
            .enumerate()
            .map(move |(index, batch)| match (pass, index) {
                (1, 2) => Err(io::Error::other("the disk is gone")),
                _ => Ok(batch),
            })
    });
    let panicking = BatchStream::new(|pass| {
        batches()
            .into_iter()
            .enumerate()
            .map(move |(index, batch)| {
                assert!((pass, index) != (1, 2), "no third batch");
                batch
            })
    });
    let short = BatchStream::new(|pass| {
        let count = if pass == 1 { 2 } else { 4 };
        batches().into_iter().take(count)
    });
    for (data, words) in [
        (
            with_third(wide),
            "batch 3 of pass 1 of the stream: expected inputs of shape [2, 2], received [2, 3]",
        ),
        (
            with_third(beyond),
            "batch 3 of pass 1 of the stream: the target of sample 0 (counted from 0) is 3",
        ),
        (
            with_third(nothing),
            "expected at least one sample, received none",
        ),
        (
            failing,
            "batch 3 of pass 1 of the stream: it cannot be made: the disk is gone",
        ),
        (
            panicking,
            "batch 3 of pass 1 of the stream: making it panicked: no third batch",
        ),
        (
            short.with_num_batches(4),
            "batch 3 of pass 1 of the stream: there is none, expected 4 batches in a pass",
        ),
        (
            BatchStream::from_iterator(batches()),
            "batch 1 of pass 1 of the stream: there is none; a pass needs one",
        ),
    ] {
        let mut trainer = trainer();
        let error = trainer.fit(&data, &quietly(3)).unwrap_err().to_string();
        assert!(
            error.contains(words) && error.contains("epoch 2"),
            "{error}"
        );
        assert_eq!(trainer.history().epochs().len(), 1, "{error}");
        let mut one = self::trainer();
        one.fit(&stream(), &quietly(1)).unwrap();
        let answers = |trainer: &Trainer<Network>| {
            let answers = trainer.predict_data(&points()).unwrap();
            answers.into_vec().unwrap()
        };
        assert_eq!(answers(&trainer), answers(&one), "{error}");
    }
}

#[test]
fn what_a_stream_does_not_go_with_is_an_error_before_anything_is_learned() {
    let error = |trainer: &mut Trainer<Network>, data: &BatchStream, fit: Fit| {
        trainer.fit(data, &fit).unwrap_err().to_string()
    };
    let by_epoch = Compile::by_name("sgd", "sparse_categorical_crossentropy", []).unwrap();
    let schedule = "time-based:3:unit=epoch";
    let mut by_epoch = by_epoch
        .with_schedule(
            schedule
                .parse::<firebrick_scheduler::ScheduleSpec>()
                .unwrap(),
        )
        .model(network());
    let three = BatchStream::new(|_| {
        let x = Tensor::<2>::ones([2, 3], &Device::flex());
        [Batch::new(x, Tensor::<1>::ones([2], &Device::flex()))]
    });
    for (error, words) in [
        (
            error(
                &mut trainer(),
                &stream(),
                quietly(1).with_validation_split(0.5),
            ),
            "validation_split is 0.5, expected 0 with a stream",
        ),
        (
            error(&mut trainer(), &stream(), quietly(1).with_one_cycle(0.1)),
            "one_cycle is 0.1, expected none with a stream of unknown length",
        ),
        (
            error(&mut trainer(), &BatchStream::new(|_| []), quietly(1)),
            "batch 1 of pass 0 of the stream: there is none",
        ),
        (
            error(
                &mut trainer(),
                &BatchStream::new(|_| -> Vec<Batch> { panic!("no stream") }),
                quietly(1),
            ),
            "batch 1 of pass 0 of the stream: making it panicked: no stream",
        ),
        (
            error(&mut trainer(), &three, quietly(1)),
            "samples of shape [3]",
        ),
        (
            error(
                &mut trainer(),
                &stream(),
                quietly(1).with_validation(&three),
            ),
            "[3]",
        ),
        (
            error(&mut by_epoch, &stream(), quietly(1)),
            "steps_per_epoch is not set, expected a number, as the schedule counts epochs",
        ),
    ] {
        assert!(error.contains(words), "{error}");
    }
    assert!(
        by_epoch
            .fit(&stream().with_num_batches(4), &quietly(1))
            .is_ok()
    );
}
