use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

/// A network that can be compiled, fitted and evaluated: any Burn [`Module`] with this one method.
///
/// ```
/// use burn::module::Module;
/// use burn::nn::{Linear, LinearConfig};
/// use burn::tensor::{Device, Tensor};
/// use firebrick_model::Model;
///
/// #[derive(Module, Debug)]
/// struct TwoPaths {
///     left: Linear,
///     right: Linear,
/// }
///
/// impl Model for TwoPaths {
///     fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
///         self.left.forward(inputs.clone()) + self.right.forward(inputs).tanh()
///     }
/// }
///
/// let device = Device::flex();
/// let model = TwoPaths {
///     left: LinearConfig::new(4, 3).init(&device),
///     right: LinearConfig::new(4, 3).init(&device),
/// };
/// assert_eq!(model.forward(Tensor::zeros([2, 4], &device)).dims(), [2, 3]);
/// ```
pub trait Model: Module + ModuleDisplay + std::fmt::Display + 'static {
    /// Computes the logits of a batch; the loss and `predict` apply the softmax.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, num_features]`
    /// - output: `[batch_size, num_classes]`
    fn forward(&self, inputs: Tensor<2>) -> Tensor<2>;

    /// A description from which the network can be built again, kept in the saved file.
    ///
    /// `None`, the default, saves the weights alone; loading them then needs the code that
    /// builds the module.
    fn description(&self) -> Option<String> {
        None
    }
}
