use burn::tensor::Tensor;
use firebrick_host::kernels;

use super::merging::{LeftOut, Merge, elementwise_merging};

elementwise_merging! {
    /// The product of all inputs, element by element.
    ///
    /// Steps that a mask leaves out count as 1; where every input has a mask and all leave a step out, 0 comes out, as in Keras.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Multiply, Layer};
    /// use firebrick::models::{Graph, Signal, input};
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([2]), input([2]));
    /// let y = Multiply::new().on([&a, &b]);
    /// let model = Graph::new([a, b], [y]).build(1, &device)?;
    /// let rows = |row: [f32; 2]| Signal::from(Tensor::<2>::from_floats([row], &device));
    /// let answers = model.predict_all([rows([1.0, 8.0]), rows([3.0, 4.0])].into())?;
    /// assert_eq!(answers.into_values()?.into_vec()?, [3.0, 32.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// - inputs: two or more, `[batch_size, ...]`, whose sizes are the same or 1
    /// - output: `[batch_size, ...]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/merging_layers/multiply/>
    pub struct Multiply: Product, on host |len, _| kernels::Product::new(len);
}

/// Multiplies.
struct Product;

impl Merge for Product {
    const LEFT_OUT: LeftOut = LeftOut::Neutral;

    fn pair<const D: usize>(&self, all: Tensor<D>, next: Tensor<D>) -> Tensor<D> {
        all * next
    }
}
