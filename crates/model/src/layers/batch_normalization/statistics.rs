use burn::tensor::Tensor;

use super::along_channels;

/// Mean and variance of each channel of a batch.
#[derive(Clone, Debug)]
pub(super) struct Statistics {
    pub(super) mean: Tensor<1>,
    pub(super) variance: Tensor<1>,
}

impl Statistics {
    /// Those of `[batch_size, channels, ...]`; `counts` is 1 where an element counts, 0 elsewhere.
    pub(super) fn of<const D: usize>(x: &Tensor<D>, counts: Option<Tensor<D>>) -> Self {
        /// Added to how many elements count, as in Keras.
        const EPSILON: f64 = 1e-7;
        let channels = x.dims()[1];
        let elements = |x: Tensor<D>| {
            let x = x.swap_dims(0, 1);
            let elements = x.dims()[1..].iter().product();
            x.reshape([channels, elements])
        };
        let x = elements(x.clone());
        let Some(counts) = counts else {
            let (variance, mean) = x.var_mean_bias(1);
            return Self {
                mean: mean.squeeze_dim(1),
                variance: variance.squeeze_dim(1),
            };
        };
        let counts = elements(counts);
        let count = counts.clone().sum_dim(1) + EPSILON;
        let mean = (x.clone() * counts.clone()).sum_dim(1) / count.clone();
        let distances = (x - mean.clone()) * counts;
        Self {
            mean: mean.squeeze_dim(1),
            variance: (distances.square().sum_dim(1) / count).squeeze_dim(1),
        }
    }

    /// The batch with mean 0 and standard deviation 1.
    pub(super) fn normalize<const D: usize>(&self, x: Tensor<D>, epsilon: f64) -> Tensor<D> {
        let deviation = (self.variance.clone() + epsilon).sqrt();
        (x - along_channels(self.mean.clone())) / along_channels(deviation)
    }
}
