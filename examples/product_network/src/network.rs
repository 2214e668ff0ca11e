//! The network, its closed-form weights, and the polynomial that it computes.

use std::fmt;

use firebrick::burn::tensor::{Device, Tensor};
use firebrick::layers::{Dense, Lambda, NewLayer};
use firebrick::models::{AnyTensor, ModelError, Network, WeightValue};
use firebrick::prelude::*;

/// The coefficients of the logit `β₀ + β₁ x₁ x₂`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Product {
    pub(crate) beta_0: f32,
    pub(crate) beta_1: f32,
}

impl Product {
    /// `β₀ + β₁ x₁ x₂`
    pub(crate) fn logit(self, [x1, x2]: [f32; 2]) -> f32 {
        self.beta_0 + self.beta_1 * x1 * x2
    }

    /// `sigmoid(β₀ + β₁ x₁ x₂)`, that of the label 1.
    pub(crate) fn probability(self, x: [f32; 2]) -> f32 {
        1.0 / (1.0 + (-self.logit(x)).exp())
    }
}

/// Two hidden units with this activation, and a logistic output.
pub(crate) fn network(activation: impl Into<NewLayer>) -> Sequential {
    Sequential::new([2])
        .add(Dense::new(2).named("hidden"))
        .add(activation)
        .add(
            Dense::new(1)
                .with_activation(Activation::Sigmoid)
                .named("output"),
        )
}

/// The square as a layer of its own: `Dense` takes the activations that have a name in files, code comes as a `Lambda`.
pub(crate) fn square() -> Lambda {
    Lambda::new("square", |x| {
        let x: Tensor<2> = x.into_rank()?;
        Ok(x.square().into())
    })
}

/// The network with the square that computes the product, by `x₁ x₂ = ((x₁ + x₂)² - (x₁ - x₂)²) / 4`.
pub(crate) fn closed_form(product: Product, device: &Device) -> Result<Network, ModelError> {
    let mut model = network(square()).build(0, device)?;
    let quarter = product.beta_1 / 4.0;
    // A row an input, a column a unit.
    let sum_and_difference = [1.0, 1.0, 1.0, -1.0];
    for (path, value) in [
        (
            "hidden/kernel",
            WeightValue::new([2, 2], sum_and_difference)?,
        ),
        ("hidden/bias", WeightValue::new([2], [0.0; 2])?),
        (
            "output/kernel",
            WeightValue::new([2, 1], [quarter, -quarter])?,
        ),
        ("output/bias", WeightValue::new([1], [product.beta_0])?),
    ] {
        model.set_weight(path, value)?;
    }
    Ok(model)
}

/// What the network's sigmoid gets, a number a sample.
pub(crate) fn logits(
    model: &Network,
    inputs: &[[f32; 2]],
    device: &Device,
) -> anyhow::Result<Vec<f32>> {
    let inputs = Tensor::<1>::from_data(inputs.as_flattened(), device).reshape([-1, 2]);
    // `Model::forward` leaves the last sigmoid out.
    let logits: Tensor<2> = Model::forward(model, AnyTensor::from(inputs))?.into_rank()?;
    Ok(logits.flatten::<1>(0, 1).try_into_vec_as()?)
}

/// A polynomial of the second degree, by the coefficients of [`monomials`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Polynomial(pub(crate) [f32; 6]);

/// `1`, `x₁`, `x₂`, `x₁²`, `x₁ x₂`, `x₂²`
pub(crate) fn monomials([x1, x2]: [f32; 2]) -> [f32; 6] {
    [1.0, x1, x2, x1 * x1, x1 * x2, x2 * x2]
}

impl Polynomial {
    /// The logit of a network with the square, `c + Σ v (b + w₁ x₁ + w₂ x₂)²`, multiplied out.
    pub(crate) fn of(model: &Network) -> Result<Self, ModelError> {
        let kernel = model.weight("hidden/kernel")?.into_values();
        let bias = model.weight("hidden/bias")?.into_values();
        let output = model.weight("output/kernel")?.into_values();
        let mut sum = [0.0; 6];
        sum[0] = model.weight("output/bias")?.values().iter().sum();
        for (unit, (b, v)) in bias.iter().zip(output).enumerate() {
            let (w1, w2) = (kernel[unit], kernel[2 + unit]);
            let squared = [
                b * b,
                2.0 * b * w1,
                2.0 * b * w2,
                w1 * w1,
                2.0 * w1 * w2,
                w2 * w2,
            ];
            for (sum, term) in sum.iter_mut().zip(squared) {
                *sum += v * term;
            }
        }
        Ok(Self(sum))
    }
}

impl From<Product> for Polynomial {
    fn from(product: Product) -> Self {
        Self([product.beta_0, 0.0, 0.0, 0.0, product.beta_1, 0.0])
    }
}

impl fmt::Display for Polynomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|number| write!(f, "{number:8.3}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::uniform;

    #[test]
    fn the_closed_form_multiplies_out_to_the_product() {
        for (beta_0, beta_1) in [(0.0, 1.0), (-0.5, 2.0), (3.0, -0.25)] {
            let product = Product { beta_0, beta_1 };
            let model = closed_form(product, &Device::flex()).unwrap();
            assert_eq!(Polynomial::of(&model).unwrap(), product.into());
        }
    }

    #[test]
    fn the_logit_of_the_closed_form_is_the_product() {
        let device = Device::flex();
        for (beta_0, beta_1) in [(0.0, 1.0), (-0.5, 2.0), (3.0, -0.25)] {
            let product = Product { beta_0, beta_1 };
            let model = closed_form(product, &device).unwrap();
            let inputs = uniform(1000, 1.0, 5);
            for (logit, x) in logits(&model, &inputs, &device)
                .unwrap()
                .iter()
                .zip(&inputs)
            {
                assert!((logit - product.logit(*x)).abs() < 1e-6, "{x:?}: {logit}");
            }
        }
    }

    #[test]
    fn the_polynomial_is_the_logit_of_any_weights() {
        let device = Device::flex();
        let mut model = network(square()).build(3, &device).unwrap();
        let bias = WeightValue::new([2], [0.7, -0.4]).unwrap();
        model.set_weight("hidden/bias", bias).unwrap();
        let Polynomial(coefficients) = Polynomial::of(&model).unwrap();
        let inputs = uniform(100, 1.0, 5);
        for (logit, x) in logits(&model, &inputs, &device).unwrap().iter().zip(inputs) {
            let terms = coefficients.iter().zip(monomials(x));
            let expected: f32 = terms
                .map(|(coefficient, monomial)| coefficient * monomial)
                .sum();
            assert!((logit - expected).abs() < 1e-5, "{logit} {expected}");
        }
    }
}
