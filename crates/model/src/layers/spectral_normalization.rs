use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::nested;
use crate::initializer::Initializer;
use crate::layer::AnyLayer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use firebrick_tensor::AnyTensor;

/// Runs another layer with its `kernel`, or its `embeddings`, divided by the largest singular value, so that the layer
/// stretches no distance.
///
/// The kernel is seen as a matrix of its last axis and all others. Its singular value is found by the power iteration, which
/// goes on from step to step of a training: `v = u · kernelᵀ / ‖…‖`, `u = v · kernel / ‖…‖`, then `v · kernel · uᵀ`.
///
/// Keras puts the divided kernel in the place of the kernel in training and divides no more afterwards. Here the kernel stays
/// what the optimizer has made of it and is divided in every call; for a kernel that came divided from Keras that is a division
/// by a number near 1.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{Dense, SpectralNormalization};
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // A kernel whose only singular value is 5, the vector of the iteration and the bias.
/// let model = Sequential::new([2])
///     .add(SpectralNormalization::new(Dense::new(1)))
///     .build_with_weights([vec![3.0, 4.0], vec![1.0], vec![0.0]], &device)?;
/// let x = Tensor::<2>::from_floats([[10.0, 0.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [6.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - those of the other layer
///
/// # Source
/// Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018;
/// <https://keras.io/api/layers/normalization_layers/spectral_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectralNormalization {
    #[serde(deserialize_with = "nested::layer")]
    layer: AnyLayer,
    #[serde(default = "one")]
    power_iterations: usize,
}

fn one() -> usize {
    1
}

impl SpectralNormalization {
    /// The layer whose kernel is divided, by one iteration a step.
    pub fn new(layer: impl Into<AnyLayer>) -> Self {
        Self {
            layer: layer.into(),
            power_iterations: 1,
        }
    }

    /// Sets how many iterations there are in a step of a training.
    #[must_use = "returns the changed layer"]
    pub fn with_power_iterations(mut self, power_iterations: usize) -> Self {
        self.power_iterations = power_iterations;
        self
    }

    /// The weights of the other layer and the place of the kernel among them.
    fn with_kernel(&self, inputs: &[Shape]) -> Option<(Vec<WeightSpec>, usize)> {
        let weights = self.layer.weights(inputs);
        let is_named = |name: &str| weights.iter().position(|weight| weight.name == name);
        let kernel = is_named("kernel").or_else(|| is_named("embeddings"))?;
        Some((weights, kernel))
    }

    /// The kernel divided by its singular value, and the vector of the iteration.
    fn divided(&self, kernel: &AnyTensor, last: usize, call: &Call) -> (AnyTensor, Tensor<2>) {
        let unit = |x: Tensor<2>| {
            let norm = x.clone().square().sum().sqrt();
            x / norm.clamp_min(1e-12).unsqueeze()
        };
        let shape = kernel.shape();
        let order = (0..shape.len()).filter(|&axis| axis != last).chain([last]);
        let count: usize = shape.iter().product();
        let matrix: Tensor<2> = kernel
            .clone()
            .permuted(&order.collect::<Vec<_>>())
            .reshaped(&[count / shape[last], shape[last]])
            .expect_rank();
        let still = matrix.clone().detach();
        let mut u = call.weight::<2>("vector_u").to_device(&matrix.device());
        let mut v = unit(u.clone().matmul(still.clone().transpose()));
        if call.follows_statistics() {
            for iteration in 0..self.power_iterations {
                if iteration > 0 {
                    v = unit(u.matmul(still.clone().transpose()));
                }
                u = unit(v.clone().matmul(still.clone()));
            }
        } else {
            u = unit(u);
        }
        let largest = v.matmul(matrix).matmul(u.clone().transpose());
        // A kernel of zeros stays as it is.
        let is_zero = largest.clone().equal_elem(0.0);
        let largest = largest.mask_fill(is_zero, 1.0);
        let flat = kernel.clone().reshaped(&[1, count]).expect_rank::<2>();
        let divided = AnyTensor::from(flat / largest).reshaped(&shape);
        (divided, u)
    }
}

impl Layer for SpectralNormalization {
    const CLASS_NAME: &'static str = "SpectralNormalization";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("power_iterations", self.power_iterations)?;
        let outputs = self.layer.output_shapes(inputs)?;
        if self.with_kernel(inputs).is_none() {
            let expected = "a layer with a `kernel` or with `embeddings`";
            return Err(LayerProblem::argument(
                "layer",
                expected,
                &self.layer.class_name(),
            ));
        }
        Ok(outputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let Some((mut weights, kernel)) = self.with_kernel(inputs) else {
            unreachable!("the layer was checked before");
        };
        let kernel = weights.remove(kernel);
        let initializer = Initializer::TruncatedNormal {
            mean: 0.0,
            stddev: 0.02,
        };
        let last = kernel.shape.last().copied().unwrap_or(1);
        let vector = WeightSpec::new("vector_u", [1, last], initializer).moving();
        let part = self.layer.default_name();
        let within = |weight: WeightSpec| weight.within(&part);
        // Keras' order.
        let before = [within(kernel), vector];
        before
            .into_iter()
            .chain(weights.into_iter().map(within))
            .collect()
    }

    fn has_limits(&self) -> bool {
        self.layer.has_limits()
    }

    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        self.layer.check(inputs)
    }

    fn probe(&self, inputs: &[Shape], device: &Device) -> Result<(), LayerProblem> {
        self.layer.probe(inputs, device)
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let shape = |signal: &Signal| Shape::from(&signal.shape()[1..]);
        let shapes: Vec<Shape> = inputs.iter().map(shape).collect();
        let Some((weights, kernel)) = self.with_kernel(&shapes) else {
            unreachable!("the layer was checked before");
        };
        let spec = &weights[kernel];
        let part = call.within(&self.layer.default_name());
        let (divided, vector) = self.divided(&part.any_weight(&spec.name), spec.last_axis(), call);
        if call.follows_statistics() {
            call.update("vector_u", vector.detach());
        }
        self.layer
            .call(inputs, &part.with_weight(&spec.name, divided))
    }
}
