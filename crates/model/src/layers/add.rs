use burn::tensor::Tensor;
use firebrick_host::kernels;

use super::merging::{Merge, elementwise_merging};

elementwise_merging! {
    /// The sum of all inputs, element by element.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Add, Layer};
    /// use firebrick::models::{Graph, Signal, input};
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([2]), input([2]));
    /// let y = Add::new().on([&a, &b]);
    /// let model = Graph::new([a, b], [y]).build(1, &device)?;
    /// let rows = |row: [f32; 2]| Signal::from(Tensor::<2>::from_floats([row], &device));
    /// let answers = model.predict_all([rows([1.0, 8.0]), rows([3.0, 4.0])].into())?;
    /// assert_eq!(answers.into_values()?.into_vec()?, [4.0, 12.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// - inputs: two or more, `[batch_size, ...]`, whose sizes are the same or 1
    /// - output: `[batch_size, ...]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/merging_layers/add/>
    pub struct Add: Sum, on host |len, count| kernels::Sum::new(len, vec![1.0; count]);
}

/// Adds up.
struct Sum;

impl Merge for Sum {
    fn pair<const D: usize>(&self, all: Tensor<D>, next: Tensor<D>) -> Tensor<D> {
        all + next
    }
}
