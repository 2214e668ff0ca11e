use burn::tensor::Tensor;
use firebrick_host::kernels;

use super::merging::{Merge, elementwise_merging};

elementwise_merging! {
    /// The first of two inputs less the second, element by element.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Subtract, Layer};
    /// use firebrick::models::{Graph, Signal, input};
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([2]), input([2]));
    /// let y = Subtract::new().on([&a, &b]);
    /// let model = Graph::new([a, b], [y]).build(1, &device)?;
    /// let rows = |row: [f32; 2]| Signal::from(Tensor::<2>::from_floats([row], &device));
    /// let answers = model.predict_all([rows([1.0, 8.0]), rows([3.0, 4.0])].into())?;
    /// assert_eq!(answers.into_values()?.into_vec()?, [-2.0, 4.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// - inputs: two, `[batch_size, ...]`, whose sizes are the same or 1
    /// - output: `[batch_size, ...]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/merging_layers/subtract/>
    pub struct Subtract: Difference, of 2, on host |len, _| kernels::Sum::new(len, vec![1.0, -1.0]);
}

/// Takes away.
struct Difference;

impl Merge for Difference {
    fn pair<const D: usize>(&self, all: Tensor<D>, next: Tensor<D>) -> Tensor<D> {
        all - next
    }
}
