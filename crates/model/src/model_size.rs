use std::collections::HashMap;

use crate::shape::Shape;
use crate::summary::{LayerSummary, Summary};

/// How much room a network takes, counted in numbers of single precision.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::MlpConfig;
///
/// let size = MlpConfig::new(784, 10).with_hidden([100]).summary()?.size();
/// assert_eq!(size.num_params, 79_510);
/// assert_eq!(size.kept, 784 + 100);
/// assert_eq!(size.widest, 784 + 100);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSize {
    /// All weights.
    pub num_params: usize,
    /// The weights that training moves.
    pub num_trainable_params: usize,
    /// What a training has to keep of every sample until the gradients are there: what enters the layers whose weights it
    /// moves.
    pub kept: usize,
    /// What there has to be of every sample at once, in training or not: what enters and what leaves a layer, of the layer
    /// where that is most.
    pub widest: usize,
    /// The layer that gives most, or else `input`.
    pub largest_layer: String,
    /// What that one gives for a sample; sizes that are not known count as 1.
    pub largest_shape: Shape,
}

impl ModelSize {
    /// The layers from the inputs on.
    pub(crate) fn new(inputs: &[Shape], layers: &[LayerSummary]) -> Self {
        let input = inputs.iter().max_by_key(|shape| elements(shape));
        let mut size = Self {
            num_params: 0,
            num_trainable_params: 0,
            kept: 0,
            widest: 0,
            largest_layer: "input".to_owned(),
            largest_shape: input.cloned().unwrap_or_default(),
        };
        let mut given: HashMap<&str, usize> = HashMap::new();
        let mut before = elements(&size.largest_shape);
        for layer in layers.iter().filter(|layer| layer.depth == 0) {
            let outputs = std::iter::once(&layer.output_shape).chain(&layer.further_shapes);
            let leaving = outputs.fold(0, |sum: usize, shape| sum.saturating_add(elements(shape)));
            let taken = layer.connected_to.iter().map(|source| {
                let name = source
                    .split_once('[')
                    .map_or(source.as_str(), |(name, _)| name);
                given.get(name).copied()
            });
            // Where nothing is said of what it takes, it is what the row before gives.
            let entering = taken
                .reduce(|sum, taken| Some(sum?.saturating_add(taken?)))
                .flatten()
                .unwrap_or(before);
            if leaving > elements(&size.largest_shape) {
                size.largest_layer.clone_from(&layer.name);
                size.largest_shape.clone_from(&layer.output_shape);
            }
            size.num_params = size.num_params.saturating_add(layer.num_params);
            size.num_trainable_params = size
                .num_trainable_params
                .saturating_add(layer.num_trainable_params);
            if layer.num_trainable_params > 0 {
                size.kept = size.kept.saturating_add(entering);
            }
            size.widest = size.widest.max(entering.saturating_add(leaving));
            given.insert(&layer.name, leaving);
            before = leaving;
        }
        size
    }
}

impl Summary {
    /// How much room the network takes.
    pub fn size(&self) -> ModelSize {
        ModelSize::new(self.input_shapes(), self.layers())
    }
}

fn elements(shape: &Shape) -> usize {
    let sizes = shape.axes().iter().map(|axis| axis.unwrap_or(1));
    sizes.fold(1, usize::saturating_mul)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(name: &str, output_shape: impl Into<Shape>, num_params: usize) -> LayerSummary {
        LayerSummary {
            num_params,
            num_trainable_params: num_params,
            ..LayerSummary::new(name, "Dense", output_shape.into())
        }
    }

    #[test]
    fn only_what_enters_trained_layers_is_kept() {
        let layers = [
            layer("padding", [100, 100, 1], 0),
            layer("pooling", [1], 0),
            layer("dense", [10], 20),
        ];
        let size = ModelSize::new(&[[28, 28, 1].into()], &layers);
        assert_eq!((size.kept, size.widest), (1, 784 + 10_000));
        assert_eq!(size.num_params, 20);
        assert_eq!(size.largest_layer, "padding");
        assert_eq!(size.largest_shape, [100, 100, 1]);
    }

    #[test]
    fn sizes_beyond_all_numbers_stay_the_largest() {
        let size = ModelSize::new(
            &[[usize::MAX, 2].into()],
            &[layer("dense", [2], usize::MAX)],
        );
        assert_eq!((size.widest, size.kept), (usize::MAX, usize::MAX));
    }
}
