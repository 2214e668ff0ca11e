use burn::module::{Module, Param};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, module::conv1d};
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::activation::activated_shape;
use super::checks::{check_positive, sequence};
use super::layer_weights::{LayerWeights, WeightArguments, layer_weights};
use super::weights::Storage;
use super::window::{Padding, Window};
use super::{
    Apply, Describe, LayerProblem, WeightSpec, Weights, check_groups, linear_activation, one, yes,
};
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// Convolution of sequences, `y = activation(x * kernel + bias)`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Conv1D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // One filter, a step minus the next one: the kernel, then the bias.
/// let model = Sequential::new([3, 1])
///     .add(Conv1D::new(1, 2))
///     .build_with_weights([vec![1.0, -1.0], vec![0.0]], &device)?;
/// let steps = Tensor::<3>::from_floats([[[1.0], [4.0], [9.0]]], &device);
/// assert_eq!(model.predict(steps)?.into_vec()?, [-3.0, -5.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, channels]`
/// - output: `[batch_size, new_steps, filters]`
///
/// # Source
/// <https://keras.io/api/layers/convolution_layers/convolution1d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conv1D {
    filters: usize,
    kernel_size: usize,
    #[serde(default = "one")]
    strides: usize,
    #[serde(default)]
    padding: Padding,
    #[serde(default = "one")]
    dilation_rate: usize,
    #[serde(default = "one")]
    groups: usize,
    #[serde(default = "linear_activation")]
    activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(flatten)]
    weights: LayerWeights<Self>,
}

layer_weights!(Conv1D {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl Conv1D {
    /// `filters` windows of `kernel_size`, strides of 1, without padding, linear, with a bias.
    pub fn new(filters: usize, kernel_size: usize) -> Self {
        Self {
            filters,
            kernel_size,
            strides: 1,
            padding: Padding::Valid,
            dilation_rate: 1,
            groups: 1,
            activation: Activation::Linear,
            use_bias: true,
            weights: LayerWeights::default(),
        }
    }

    /// Sets how far the window moves.
    #[must_use = "returns the changed layer"]
    pub fn with_strides(mut self, strides: usize) -> Self {
        self.strides = strides;
        self
    }

    /// Sets what lies beyond the edges.
    #[must_use = "returns the changed layer"]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// Sets the distance between the window's elements.
    #[must_use = "returns the changed layer"]
    pub fn with_dilation_rate(mut self, dilation_rate: usize) -> Self {
        self.dilation_rate = dilation_rate;
        self
    }

    /// Splits channels and filters into groups that do not see each other.
    #[must_use = "returns the changed layer"]
    pub fn with_groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// Sets the function after the layer.
    #[must_use = "returns the changed layer"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Drops the bias, e.g. before a batch normalization.
    #[must_use = "returns the changed layer"]
    pub fn without_bias(mut self) -> Self {
        self.use_bias = false;
        self
    }

    fn window(&self) -> Window<1> {
        Window {
            size: [self.kernel_size],
            strides: [self.strides],
            dilation: [self.dilation_rate],
            padding: self.padding,
        }
    }
}

impl Describe for Conv1D {
    type Built = BuiltConv1D;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [steps, channels] = sequence(input)?;
        check_positive("filters", self.filters)?;
        check_groups(self.groups, self.filters, channels)?;
        let [steps] = self.window().positions([steps], "kernel_size")?;
        activated_shape(self.activation, vec![steps, self.filters])
    }

    fn weights(&self, input: &[usize]) -> Vec<WeightSpec> {
        let channels = input.last().copied().unwrap_or_default();
        let shape = vec![self.kernel_size, channels / self.groups, self.filters];
        let kernel = self.weights.spec("kernel", shape);
        let kernel = kernel.stored(Storage::Permuted(&[2, 1, 0]));
        let bias = self.weights.spec("bias", vec![self.filters]);
        [kernel]
            .into_iter()
            .chain(self.use_bias.then_some(bias))
            .collect()
    }

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        LayerWeights::read(spec, thing, |layer: &mut Self| &mut layer.weights)
    }

    fn argument_names() -> Vec<String> {
        LayerWeights::<Self>::argument_names(&[
            "filters",
            "kernel_size",
            "strides",
            "padding",
            "dilation_rate",
            "groups",
            "activation",
            "use_bias",
        ])
    }

    fn weight_arguments(&self) -> &[WeightArguments] {
        self.weights.arguments()
    }

    fn build(&self, _: &[usize], weights: &mut Weights) -> BuiltConv1D {
        BuiltConv1D {
            kernel: weights.next(),
            bias: weights.next_if(self.use_bias),
            layer: self.clone(),
        }
    }
}

/// A [`Conv1D`] layer with its weights.
#[derive(Module, Debug)]
pub(crate) struct BuiltConv1D {
    /// `[filters, channels / groups, kernel_size]`
    kernel: Param<Tensor<3>>,
    bias: Option<Param<Tensor<1>>>,
    #[module(skip)]
    layer: Conv1D,
}

impl Apply for BuiltConv1D {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<3>();
        let [_, _, steps] = x.dims();
        let window = self.layer.window();
        let options = ConvOptions::new_with_padding(
            window.strides,
            window.pads([steps]),
            window.dilation,
            self.layer.groups,
        );
        let bias = self.bias.as_ref().map(Param::val);
        let y = conv1d(x, self.kernel.val(), bias, options);
        self.layer
            .activation
            .activate(AnyTensor::from_channels_first(y))
    }
}
