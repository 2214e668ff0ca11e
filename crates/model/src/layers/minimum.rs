use burn::tensor::Tensor;
use firebrick_host::kernels::Extreme;

use super::merging::{LeftOut, Merge, elementwise_merging};

elementwise_merging! {
    /// The smallest of all inputs, element by element.
    ///
    /// In the place of a step that a mask leaves out stands that of the other input, as in Keras.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Minimum, Layer};
    /// use firebrick::models::{Graph, Signal, input};
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([2]), input([2]));
    /// let y = Minimum::new().on([&a, &b]);
    /// let model = Graph::new([a, b], [y]).build(1, &device)?;
    /// let rows = |row: [f32; 2]| Signal::from(Tensor::<2>::from_floats([row], &device));
    /// let answers = model.predict_all([rows([1.0, 8.0]), rows([3.0, 4.0])].into())?;
    /// assert_eq!(answers.into_values()?.into_vec()?, [1.0, 4.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// - inputs: two or more, `[batch_size, ...]`, whose sizes are the same or 1
    /// - output: `[batch_size, ...]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/merging_layers/minimum/>
    pub struct Minimum: Smallest, on host |len, _| Extreme::smallest(len);
}

/// Takes the smallest.
struct Smallest;

impl Merge for Smallest {
    const LEFT_OUT: LeftOut = LeftOut::Replaced;

    fn pair<const D: usize>(&self, all: Tensor<D>, next: Tensor<D>) -> Tensor<D> {
        all.min_pair(next)
    }
}
