use burn::tensor::module::linear;
use burn::tensor::{Device, Tensor};

use crate::activation::Activation;
use crate::layer::Call;
use crate::layer_problem::LayerProblem;
use crate::layers::checks::check_number;
use crate::shape::Shape;

/// What a cell makes of the inputs of all steps: `x · kernel + bias`, with dropped features in training.
pub(crate) struct Projection {
    product: Product,
    bias: Option<Tensor<1>>,
}

impl Projection {
    /// With the weight `kernel` of the cell.
    pub(crate) fn new(call: &Call, dropout: f64, samples: usize, bias: Option<Tensor<1>>) -> Self {
        Self {
            product: Product::new(call, "kernel", dropout, samples),
            bias,
        }
    }

    pub(crate) fn of(&self, steps: Tensor<3>) -> Tensor<3> {
        let [num_steps, samples, features] = steps.dims();
        let steps = match &self.product.factors {
            Some(factors) => steps * factors.clone().unsqueeze_dim::<3>(0),
            None => steps,
        };
        // All steps are rows of one product.
        let rows = steps.reshape([num_steps * samples, features]);
        let rows = linear(rows, self.product.kernel.clone(), self.bias.clone());
        let [_, units] = rows.dims();
        rows.reshape([num_steps, samples, units])
    }
}

/// A product with a kernel, with dropped features in training: the same ones at every step.
pub(crate) struct Product {
    kernel: Tensor<2>,
    factors: Option<Tensor<2>>,
}

impl Product {
    /// With this weight of the cell.
    pub(crate) fn new(call: &Call, kernel: &str, dropout: f64, samples: usize) -> Self {
        let weight = call.weight::<2>(kernel);
        let [features, _] = weight.dims();
        let factors = factors(call, kernel, dropout, [samples, features], &weight.device());
        Self {
            kernel: weight,
            factors,
        }
    }

    pub(crate) fn of(&self, x: Tensor<2>) -> Tensor<2> {
        self.dropped(x).matmul(self.kernel.clone())
    }

    /// What is multiplied with the kernel.
    pub(crate) fn dropped(&self, x: Tensor<2>) -> Tensor<2> {
        match &self.factors {
            Some(factors) => x * factors.clone(),
            None => x,
        }
    }

    /// Columns of the kernel.
    pub(crate) fn columns(&self, from: usize, to: usize) -> Tensor<2> {
        self.kernel.clone().slice_dim(1, from..to)
    }
}

/// What values are multiplied with in training, if some of them are dropped.
pub(crate) fn factors(
    call: &Call,
    name: &str,
    rate: f64,
    shape: [usize; 2],
    device: &Device,
) -> Option<Tensor<2>> {
    let draws = call.draws().filter(|_| rate > 0.0)?;
    Some(draws.at(name).dropout(shape, rate, device))
}

/// The rates of a cell.
pub(crate) fn check_rates(dropout: f64, recurrent_dropout: f64) -> Result<(), LayerProblem> {
    for (argument, rate) in [
        ("dropout", dropout),
        ("recurrent_dropout", recurrent_dropout),
    ] {
        check_number(argument, rate, "from 0 to below 1", |rate| {
            (0.0..1.0).contains(&rate)
        })?;
    }
    Ok(())
}

/// An activation within a cell.
pub(crate) fn check_cell_activation(
    argument: &'static str,
    activation: Activation,
) -> Result<(), LayerProblem> {
    if activation.keeps_shape() {
        return Ok(());
    }
    let expected = "one that gives as many numbers as it takes";
    Err(LayerProblem::argument(
        argument,
        expected,
        &activation.to_string(),
    ))
}

/// Steps that are vectors of known size.
pub(crate) fn check_vector(step: &Shape) -> Result<(), LayerProblem> {
    match step.axes() {
        [Some(_)] => Ok(()),
        _ => Err(LayerProblem::input(
            "[steps, features] with a known number of features",
            "put a TimeDistributed(Flatten) or a Reshape in front of it",
        )),
    }
}
