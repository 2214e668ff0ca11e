//! `RustyML`, by its own `fit_with_batches`.

use std::error::Error;
use std::thread::available_parallelism;

use ndarray::ArrayD;
use rustyml::neural_network::Shape;
use rustyml::neural_network::layers::{
    Activation, Conv2D, Dense, Dropout, Flatten, LSTM, MaxPooling2D,
};
use rustyml::neural_network::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use rustyml::neural_network::optimizers::Adam;
use rustyml::neural_network::sequential::{Sequential, SequentialBuilder};
use serde_json::Value;

use crate::taking_turns;
use crate::workload::Workload;

/// The network; with `last` behind its last layer.
fn network(workload: &Workload, last: &Activation) -> Result<Sequential, Box<dyn Error>> {
    let mut builder = SequentialBuilder::new_with_seed(42);
    for (index, layer) in workload.layers.iter().enumerate() {
        let count = || {
            layer
                .get(1)
                .and_then(Value::as_u64)
                .map_or(Ok(0), usize::try_from)
        };
        builder = match layer[0].as_str().unwrap_or_default() {
            "conv" => builder.add(Conv2D::new(count()?, (3, 3), (1, 1), Activation::ReLU)?),
            "pool" => builder.add(MaxPooling2D::new((2, 2))),
            "flatten" => builder.add(Flatten::new()),
            "dropout" => {
                let rate = layer[1].as_f64().ok_or("no rate")?;
                #[expect(clippy::cast_possible_truncation, reason = "a rate")]
                builder.add(Dropout::new(rate as f32)?)
            }
            "lstm" => builder.add(LSTM::new(count()?, Activation::Tanh)?),
            _ => {
                let activation = match layer[2].as_str() {
                    Some("sigmoid") => Activation::Sigmoid,
                    Some("relu") => Activation::ReLU,
                    _ => Activation::Linear,
                };
                let is_last = index + 1 == workload.layers.len();
                let activation = if is_last { last.clone() } else { activation };
                builder.add(Dense::new(count()?, activation)?)
            }
        };
    }
    let mut shape = vec![None];
    shape.extend(workload.input_shape.iter().copied().map(Some));
    Ok(builder.build(&Shape::new(shape))?)
}

fn inputs(
    workload: &Workload,
    rows: usize,
    numbers: Vec<f32>,
) -> Result<ArrayD<f32>, Box<dyn Error>> {
    let mut shape = vec![rows];
    shape.extend(&workload.input_shape);
    Ok(ArrayD::from_shape_vec(shape, numbers)?)
}

pub(crate) fn train(workload: &Workload) -> Result<(), Box<dyn Error>> {
    let (numbers, targets) = workload.arrays(workload.rows)?;
    let x = inputs(workload, workload.rows, numbers)?;
    let y = ArrayD::from_shape_vec(vec![workload.rows, 1], targets)?;
    let mut model = network(workload, &Activation::Linear)?;
    let adam = Adam::new(workload.learning_rate, 0.9, 0.999, 1e-7, 0.0)?;
    if workload.data == "table" {
        model.compile(adam, MeanSquaredError::new());
    } else {
        model.compile(adam, SparseCategoricalCrossEntropy::new(true));
    }
    taking_turns::ready(available_parallelism()?.get());
    for epoch in 0.. {
        let Some(begin) = taking_turns::begin() else {
            break;
        };
        // Else every call begins with the same order.
        model.set_seed(epoch);
        let history = model.fit_with_batches(&x, &y, 1, workload.batch_size)?;
        taking_turns::end(begin, [("loss", f64::from(history.loss()[0]))]);
    }
    Ok(())
}

/// With weights of its own: it cannot be given others.
pub(crate) fn predict(workload: &Workload, rows: usize) -> Result<(), Box<dyn Error>> {
    let (numbers, _) = workload.arrays(rows)?;
    let x = inputs(workload, rows, numbers)?;
    let model = network(workload, &Activation::Softmax { axis: -1 })?;
    taking_turns::ready(available_parallelism()?.get());
    let ask = || Ok(model.predict(&x)?.iter().copied().collect());
    taking_turns::answer(ask, 0)
}
