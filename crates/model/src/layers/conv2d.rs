use burn::module::{Module, Param};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, module::conv2d};
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::activation::activated_shape;
use super::checks::{check_positive, image};
use super::layer_weights::{LayerWeights, WeightArguments, layer_weights};
use super::weights::Storage;
use super::window::{Padding, Window, check_not_causal};
use super::{
    Apply, Describe, LayerProblem, Size2D, WeightSpec, Weights, check_groups, linear_activation,
    one, yes,
};
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// Convolution of images, `y = activation(x * kernel + bias)`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Conv2D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // One filter that adds up all it sees, and a half: the kernel, then the bias.
/// let model = Sequential::new([2, 2, 1])
///     .add(Conv2D::new(1, 2))
///     .build_with_weights([vec![1.0; 4], vec![0.5]], &device)?;
/// let image = Tensor::<4>::from_floats([[[[1.0], [2.0]], [[3.0], [4.0]]]], &device);
/// assert_eq!(model.predict(image)?.into_vec()?, [10.5]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, new_height, new_width, filters]`
///
/// # Source
/// <https://keras.io/api/layers/convolution_layers/convolution2d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conv2D {
    filters: usize,
    kernel_size: Size2D,
    #[serde(default = "Size2D::one")]
    strides: Size2D,
    #[serde(default)]
    padding: Padding,
    #[serde(default = "Size2D::one")]
    dilation_rate: Size2D,
    #[serde(default = "one")]
    groups: usize,
    #[serde(default = "linear_activation")]
    activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(flatten)]
    weights: LayerWeights<Self>,
}

layer_weights!(Conv2D {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl Conv2D {
    /// `filters` windows of `kernel_size`, strides of 1, without padding, linear, with a bias.
    pub fn new(filters: usize, kernel_size: impl Into<Size2D>) -> Self {
        Self {
            filters,
            kernel_size: kernel_size.into(),
            strides: Size2D::one(),
            padding: Padding::Valid,
            dilation_rate: Size2D::one(),
            groups: 1,
            activation: Activation::Linear,
            use_bias: true,
            weights: LayerWeights::default(),
        }
    }

    /// Sets how far the window moves.
    #[must_use = "returns the changed layer"]
    pub fn with_strides(mut self, strides: impl Into<Size2D>) -> Self {
        self.strides = strides.into();
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
    pub fn with_dilation_rate(mut self, dilation_rate: impl Into<Size2D>) -> Self {
        self.dilation_rate = dilation_rate.into();
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

    fn window(&self) -> Window<2> {
        Window {
            size: self.kernel_size.axes(),
            strides: self.strides.axes(),
            dilation: self.dilation_rate.axes(),
            padding: self.padding,
        }
    }
}

impl Describe for Conv2D {
    type Built = BuiltConv2D;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [height, width, channels] = image(input)?;
        check_positive("filters", self.filters)?;
        check_not_causal(self.padding)?;
        check_groups(self.groups, self.filters, channels)?;
        let [height, width] = self.window().positions([height, width], "kernel_size")?;
        activated_shape(self.activation, vec![height, width, self.filters])
    }

    fn weights(&self, input: &[usize]) -> Vec<WeightSpec> {
        let [height, width] = self.kernel_size.axes();
        let channels = input.last().copied().unwrap_or_default();
        let shape = vec![height, width, channels / self.groups, self.filters];
        let kernel = self.weights.spec("kernel", shape);
        let kernel = kernel.stored(Storage::Permuted(&[3, 2, 0, 1]));
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

    fn build(&self, _: &[usize], weights: &mut Weights) -> BuiltConv2D {
        BuiltConv2D {
            kernel: weights.next(),
            bias: weights.next_if(self.use_bias),
            layer: self.clone(),
        }
    }
}

/// A [`Conv2D`] layer with its weights.
#[derive(Module, Debug)]
pub(crate) struct BuiltConv2D {
    /// `[filters, channels / groups, height, width]`
    kernel: Param<Tensor<4>>,
    bias: Option<Param<Tensor<1>>>,
    #[module(skip)]
    layer: Conv2D,
}

impl Apply for BuiltConv2D {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<4>();
        let [_, _, height, width] = x.dims();
        let window = self.layer.window();
        let options = ConvOptions::new_with_padding(
            window.strides,
            window.pads([height, width]),
            window.dilation,
            self.layer.groups,
        );
        let bias = self.bias.as_ref().map(Param::val);
        let y = conv2d(x, self.kernel.val(), bias, options);
        self.layer
            .activation
            .activate(AnyTensor::from_channels_first(y))
    }
}
