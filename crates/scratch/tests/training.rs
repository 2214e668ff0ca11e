//! Batches, epochs and fits: what is learned, in which order, what is reported, how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are compared"
)]

use std::ops::ControlFlow;

use firebrick_scratch::{
    Activation, EpochFigures, Figures, Fit, Layer, Network, Place, Progress, Samples, ScratchError,
    epoch_order,
};
use ndarray::{Array1, Array2, Axis, array};

const FIT: Fit = Fit {
    epochs: 3,
    batch_size: 8,
    learning_rate: 1.0,
    seed: 1,
};

/// Points in the plane; the class is the quadrant's, two classes across.
fn points() -> (Array2<f64>, Vec<usize>) {
    let points = Array2::from_shape_fn((50, 2), |(row, column)| {
        let phase = 12.9898 * (row as f64 + 1.0) + 78.233 * (column as f64 + 1.0);
        2.0 * (phase.sin() * 43_758.547).fract().abs() - 1.0
    });
    let labels = points
        .rows()
        .into_iter()
        .map(|point| usize::from(point[0] * point[1] > 0.0));
    let labels = labels.collect();
    (points, labels)
}

fn network() -> Network<f64> {
    Network::new(&[2, 8, 2], Activation::Sigmoid, 3).unwrap()
}

fn on(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// All figures of a fit.
fn fitted(network: &mut Network<f64>, samples: &Samples<f64>, fit: &Fit) -> Vec<EpochFigures> {
    let mut epochs = Vec::new();
    let collect = |epoch: &EpochFigures| {
        epochs.push(*epoch);
        ControlFlow::Continue(())
    };
    network.fit(samples, Some(samples), fit, collect).unwrap();
    epochs
}

#[test]
fn both_activations_learn_what_no_straight_line_separates() {
    let (points, labels) = points();
    let samples = Samples::new(&points, labels, 2).unwrap();
    for (activation, learning_rate) in [(Activation::Sigmoid, 4.0), (Activation::Relu, 0.5)] {
        let mut network = Network::new(&[2, 16, 2], activation, 3).unwrap();
        let fit = Fit {
            epochs: 300,
            learning_rate,
            ..FIT
        };
        let epochs = fitted(&mut network, &samples, &fit);
        let (first, last) = (epochs[0].training, epochs[299].validation.unwrap());
        assert!(
            first.loss > 0.2 && last.loss < 0.05,
            "{activation:?}: {first:?}, {last:?}"
        );
        assert!(last.accuracy() > 0.95, "{activation:?}: {last:?}");
    }
}

#[test]
fn a_step_is_the_gradient_times_the_rate_and_reports_the_loss_before_it() {
    let (points, _) = points();
    let targets = Array2::from_shape_fn((50, 2), |(row, class)| {
        f64::from(u8::from(row % 2 == class))
    });
    let mut network = network();
    let before = network.clone();
    let gradients = network.gradients(&points, &targets).unwrap();
    let figures = network.train_batch(&points, &targets, 0.5).unwrap();
    assert_eq!(figures, gradients.figures);
    for ((after, before), gradient) in network
        .layers()
        .iter()
        .zip(before.layers())
        .zip(&gradients.layers)
    {
        assert_eq!(after.weights, &before.weights - &(&gradient.weights * 0.5));
        assert_eq!(after.bias, &before.bias - &(&gradient.bias * 0.5));
    }
    let after = network.gradients(&points, &targets).unwrap().figures;
    assert!(after.loss < figures.loss);
}

#[test]
fn an_epoch_is_its_batches_in_the_given_order() {
    let (points, labels) = points();
    let samples = Samples::new(&points, labels.clone(), 2).unwrap();
    // 50 rows without one, one of them twice: four batches of 13, 13, 13, 11.
    let mut order: Vec<usize> = (1..50).rev().collect();
    order.push(7);

    let mut by_epoch = network();
    let mut seen = Vec::new();
    let figures = by_epoch
        .train_epoch(&samples, &order, 13, 0.5, |progress| {
            seen.push(*progress);
            ControlFlow::Continue(())
        })
        .unwrap();

    let mut by_batch = network();
    let (mut loss, mut correct, mut num_samples) = (0.0, 0, 0);
    for (rows, seen) in order.chunks(13).zip(&seen) {
        let x = points.select(Axis(0), rows);
        let targets = Array2::from_shape_fn((rows.len(), 2), |(row, class)| {
            f64::from(u8::from(labels[rows[row]] == class))
        });
        let figures = by_batch.train_batch(&x, &targets, 0.5).unwrap();
        loss += figures.loss * rows.len() as f64;
        correct += figures.correct;
        num_samples += rows.len();
        assert!((seen.figures.loss - loss / num_samples as f64).abs() < 1e-15);
        assert_eq!(
            (seen.figures.correct, seen.figures.samples),
            (correct, num_samples)
        );
    }
    assert_eq!(by_epoch, by_batch);
    let batches: Vec<_> = seen
        .iter()
        .map(|seen| (seen.batch, seen.num_batches))
        .collect();
    assert_eq!(batches, [(1, 4), (2, 4), (3, 4), (4, 4)]);
    assert_eq!(Some(figures), seen.last().map(|seen| seen.figures));
}

#[test]
fn a_fit_is_its_epochs_in_the_orders_of_its_seed() {
    let (points, labels) = points();
    let samples = Samples::new(&points, labels, 2).unwrap();
    let mut by_fit = network();
    let epochs = fitted(&mut by_fit, &samples, &FIT);

    let mut by_epoch = network();
    for (index, figures) in epochs.iter().enumerate() {
        let order = epoch_order(FIT.seed, index as u64, samples.len());
        let training = by_epoch.train_epoch(&samples, &order, 8, 1.0, on).unwrap();
        assert_eq!((figures.epoch, figures.training), (index + 1, training));
        assert_eq!(
            figures.validation,
            Some(by_epoch.evaluate(&samples).unwrap())
        );
    }
    assert_eq!(epochs.len(), 3);
    assert_eq!(by_fit, by_epoch);

    let mut other = network();
    fitted(&mut other, &samples, &Fit { seed: 2, ..FIT });
    assert_ne!(by_fit, other);
}

#[test]
fn a_closure_that_breaks_ends_the_epoch_and_the_fit() {
    let (points, labels) = points();
    let samples = Samples::new(&points, labels, 2).unwrap();
    let order: Vec<usize> = (0..50).collect();
    let at = |stop: usize| {
        move |progress: &Progress| {
            if progress.batch == stop {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }
    };
    let mut network = network();
    let figures = network
        .train_epoch(&samples, &order, 8, 1.0, at(2))
        .unwrap();
    assert_eq!(figures.samples, 16);

    let mut epochs = 0;
    let stop = |epoch: &EpochFigures| {
        epochs = epoch.epoch;
        ControlFlow::Break(())
    };
    network.fit(&samples, None, &FIT, stop).unwrap();
    assert_eq!(epochs, 1);
}

#[test]
fn bytes_are_the_255th_part_of_themselves() {
    let bytes: Vec<[u8; 3]> = (0..40_u8)
        .map(|row| [row * 6, 255 - row, row % 7 * 36])
        .collect();
    let numbers = Array2::from_shape_fn((40, 3), |(row, column)| {
        f32::from(bytes[row][column]) / 255.0
    });
    let labels: Vec<u8> = (0..40).map(|row| row % 3).collect();
    let as_bytes =
        Samples::from_bytes(bytes.iter().map(|row| &row[..]), labels.clone(), 3).unwrap();
    let as_numbers = Samples::new(&numbers, labels, 3).unwrap();
    let order: Vec<usize> = (0..40).collect();
    let trained = |samples| {
        let mut network = Network::<f32>::new(&[3, 4, 3], Activation::Sigmoid, 1).unwrap();
        let figures = network.train_epoch(samples, &order, 16, 1.0, on).unwrap();
        (network, figures)
    };
    assert_eq!(trained(&as_bytes), trained(&as_numbers));
}

#[test]
fn an_evaluation_in_blocks_is_that_of_all_samples_at_once() {
    // 1,207 samples: two whole blocks and a smaller one.
    let x = Array2::from_shape_fn((1207, 3), |(row, column)| {
        ((row * 31 + column * 17) % 101) as f64 / 101.0
    });
    let labels: Vec<usize> = (0..1207).map(|row| row % 5 % 4).collect();
    let targets = Array2::from_shape_fn((1207, 4), |(row, class)| {
        f64::from(u8::from(labels[row] == class))
    });
    let network = Network::<f64>::new(&[3, 6, 4], Activation::Relu, 2).unwrap();
    let whole = network.gradients(&x, &targets).unwrap().figures;
    let blocks = network
        .evaluate(&Samples::new(&x, labels, 4).unwrap())
        .unwrap();
    assert!((blocks.loss - whole.loss).abs() < 1e-14);
    assert_eq!(
        Figures {
            loss: whole.loss,
            ..blocks
        },
        whole
    );
}

#[test]
fn settings_out_of_range_are_errors_before_anything_is_learned() {
    let (points, labels) = points();
    let samples = Samples::new(&points, labels, 2).unwrap();
    let mut network = network();
    let before = network.clone();
    for (fit, expected) in [
        (Fit { epochs: 0, ..FIT }, "epochs is 0, expected at least 1"),
        (
            Fit {
                batch_size: 0,
                ..FIT
            },
            "batch_size is 0, expected at least 1; small batches such as 32 learn fast",
        ),
        (
            Fit {
                learning_rate: -0.5,
                ..FIT
            },
            "learning_rate is -0.5, expected a finite number above 0; from 0.5 to 10 suits the squared error of a \
             softmax",
        ),
    ] {
        let error = network
            .fit(&samples, None, &fit, |_| ControlFlow::Continue(()))
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    for (order, expected) in [
        (
            &[][..],
            "the order of an epoch must hold at least 1 sample, received 0; check where they come from",
        ),
        (
            &[0, 49, 50],
            "place 2 of the order is row 50, expected one below the 50 samples; count rows from 0",
        ),
    ] {
        let error = network
            .train_epoch(&samples, order, 8, 1.0, on)
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let three = Samples::new(&points, [0_u8; 50], 3).unwrap();
    let error = network
        .fit(&samples, Some(&three), &FIT, |_| ControlFlow::Continue(()))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("must have the shape [2, 2], received [2, 3]"),
        "{error}"
    );
    assert_eq!(network, before);
}

#[test]
fn a_loss_that_is_no_number_names_its_batch_and_leaves_the_weights() {
    let (mut points, labels) = points();
    points[[20, 1]] = f64::NAN;
    let samples = Samples::new(&points, labels, 2).unwrap();
    let order: Vec<usize> = (0..50).collect();
    for activation in [Activation::Sigmoid, Activation::Relu] {
        let start = Network::new(&[2, 8, 2], activation, 3).unwrap();
        let mut network = start.clone();
        let error = network
            .train_epoch(&samples, &order, 8, 1.0, on)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the loss of batch 3 is NaN, expected a finite number; try a smaller learning rate, a tenth of it first, \
             and look for NaN and infinity in the inputs"
        );
        let mut two_batches = start;
        two_batches
            .train_epoch(&samples, &order[..16], 8, 1.0, on)
            .unwrap();
        assert_eq!(network, two_batches);
    }
}

#[test]
fn weights_that_overflow_are_found_where_it_happens() {
    // The one step of an epoch makes weights of 1e308 of these, and their products are infinite.
    let layer = Layer {
        weights: array![[0.0, 0.0]],
        bias: Array1::zeros(2),
    };
    let rows = array![[1.0], [1e3]];
    let samples = Samples::new(&rows, [0_u8, 1], 2).unwrap();
    let fit = Fit {
        epochs: 2,
        batch_size: 2,
        learning_rate: 1e307,
        seed: 0,
    };
    let place = |validation| {
        let mut network = Network::from_layers(vec![layer.clone()], Activation::Sigmoid).unwrap();
        match network.fit(&samples, validation, &fit, |_| ControlFlow::Continue(())) {
            Err(ScratchError::NonFiniteLoss { place, .. }) => place,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        place(None),
        Place {
            epoch: Some(2),
            batch: Some(1)
        }
    );
    assert_eq!(
        place(Some(&samples)),
        Place {
            epoch: Some(1),
            batch: None
        }
    );
}
