mod probabilities;
mod spec_form;

use std::fmt;
use std::str::FromStr;

use burn::tensor::{Tensor, activation};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use firebrick_tensor::{AnyTensor, SameShape};

use crate::error::ModelError;
use firebrick_spec::{Spec, UnknownName, Value, folded};

/// A function between two layers, with Keras' names and constants; all but [`Glu`](Self::Glu) keep the
/// shape.
///
/// As text a name, with arguments `leaky_relu:negative_slope=0.1`, `elu:alpha=0.5`, `relu:max_value=6`, and
/// `threshold(0.5, -1)`. Keras' layers may stand for functions, `{"class_name": "LeakyReLU", "config": {…}}`.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::Activation;
///
/// assert_eq!("leaky_relu".parse::<Activation>()?, Activation::LEAKY_RELU);
/// let steeper: Activation = "leaky_relu:negative_slope=0.5".parse()?;
/// assert_eq!(steeper, Activation::LeakyRelu { negative_slope: 0.5 });
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/layers/activations/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(into = "String")]
pub enum Activation {
    /// `x`
    Linear,
    /// `1 / (1 + exp(-x))`
    #[default]
    Sigmoid,
    /// `max(x, 0)`
    ///
    /// In `y = relu(z)` with `z = w · x + b`, `∂y/∂b` is 1 and `∂y/∂w` is `x` where `z > 0`; both are 0
    /// where `z < 0`. At `z = 0`, where there is no derivative and any slope from 0 to 1 is a subgradient,
    /// Burn takes 0.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::Activation;
    ///
    /// let device = Device::flex().autodiff();
    /// let x = Tensor::<1>::from_data([2.0, 2.0, 2.0], &device);
    /// let w = Tensor::<1>::from_data([3.0, 3.0, 3.0], &device).require_grad();
    /// let b = Tensor::<1>::from_data([-5.0, -7.0, -6.0], &device).require_grad();
    ///
    /// // z = 1, -1, 0
    /// let y = Activation::Relu.forward(w.clone() * x + b.clone());
    /// let gradients = y.sum().backward();
    /// let of = |weight: Tensor<1>| weight.grad(&gradients).map(|gradient| gradient.into_data());
    /// assert_eq!(of(b), Some([1.0_f32, 0.0, 0.0].into()));
    /// assert_eq!(of(w), Some([2.0_f32, 0.0, 0.0].into()));
    /// ```
    Relu,
    /// `tanh(x)`
    Tanh,
    /// `x · Φ(x)` with the normal distribution's exact cumulative function.
    Gelu,
    /// `x / 2 · (1 + tanh(sqrt(2 / π) · (x + 0.044715 · x³)))`, Keras' `gelu(x, approximate=True)`.
    GeluApproximate,
    /// `a · sigmoid(b)` with the halves `a` and `b` of the last axis, which it halves.
    Glu,
    /// `x · sigmoid(x)`, also called swish.
    Silu,
    /// `x` where positive, else `alpha · (exp(x) - 1)`.
    Elu {
        /// At least 0; 1 by default.
        alpha: f64,
    },
    /// Scaled `elu` with the constants that keep mean and variance.
    Selu,
    /// `x` where positive, else `negative_slope · x`.
    LeakyRelu {
        /// At least 0; 0.2 by default, in the layer of that name 0.3.
        negative_slope: f64,
    },
    /// `max_value` from there on, `x` above `threshold`, else `negative_slope · (x - threshold)`: Keras'
    /// `relu(x, negative_slope, max_value, threshold)`.
    ///
    /// At the threshold itself the output is 0 and so is the slope, as in Keras; with a `negative_slope` and
    /// nothing else the slope there is 1, which is Keras' too.
    BentRelu {
        /// At least 0; nothing by default.
        max_value: Option<f64>,
        /// At least 0; 0 by default.
        negative_slope: f64,
        /// At least 0; 0 by default.
        threshold: f64,
    },
    /// `ln(1 + exp(x))`
    Softplus,
    /// `x / (1 + |x|)`
    Softsign,
    /// `x · tanh(softplus(x))`
    Mish,
    /// `exp(x) / Σ exp(x)` along the last axis.
    Softmax,
    /// `ln(softmax(x))` along the last axis, without overflow.
    LogSoftmax,
    /// `max(x - τ, 0)` along the last axis with the `τ` that makes the sum 1.
    ///
    /// # Source
    /// Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016
    Sparsemax,
    /// `exp(x)`
    Exponential,
    /// `clamp(x / 6 + 1/2, 0, 1)`
    HardSigmoid,
    /// `x · hard_sigmoid(x)`, also called hard swish.
    HardSilu,
    /// `clamp(x, -1, 1)`
    HardTanh,
    /// `clamp(x, 0, 6)`
    Relu6,
    /// `elu` of scale 1; with it the two are the same function.
    Celu,
    /// `ln(sigmoid(x))`, without overflow.
    LogSigmoid,
    /// `x` moved by 0.5 towards 0, and 0 where it would pass it.
    SoftShrink,
    /// `x` where `|x| > 0.5`, else 0.
    HardShrink,
    /// 0 up to -1, `x` from 1 on, `(x + 1)² / 4` between.
    SparsePlus,
    /// `clamp((x + 1) / 2, 0, 1)`
    SparseSigmoid,
    /// `(x + sqrt(x² + 4)) / 2`
    Squareplus,
    /// `x - tanh(x)`
    TanhShrink,
    /// `x` where `x > threshold`, else `default_value`.
    Threshold {
        /// What `x` has to be above.
        threshold: f64,
        /// What stands for the others.
        default_value: f64,
    },
}

/// Every activation with its default arguments and its name; the one list that `FromStr`, `Display` and the
/// errors read.
const TABLE: [(Activation, &str); 30] = [
    (Activation::Linear, "linear"),
    (Activation::Sigmoid, "sigmoid"),
    (Activation::Relu, "relu"),
    (Activation::Tanh, "tanh"),
    (Activation::Gelu, "gelu"),
    (Activation::GeluApproximate, "gelu_approximate"),
    (Activation::Glu, "glu"),
    (Activation::Silu, "silu"),
    (Activation::ELU, "elu"),
    (Activation::Selu, "selu"),
    (Activation::LEAKY_RELU, "leaky_relu"),
    (Activation::Softplus, "softplus"),
    (Activation::Softsign, "softsign"),
    (Activation::Mish, "mish"),
    (Activation::Softmax, "softmax"),
    (Activation::LogSoftmax, "log_softmax"),
    (Activation::Sparsemax, "sparsemax"),
    (Activation::Exponential, "exponential"),
    (Activation::HardSigmoid, "hard_sigmoid"),
    (Activation::HardSilu, "hard_silu"),
    (Activation::HardTanh, "hard_tanh"),
    (Activation::Relu6, "relu6"),
    (Activation::Celu, "celu"),
    (Activation::LogSigmoid, "log_sigmoid"),
    (Activation::SoftShrink, "soft_shrink"),
    (Activation::HardShrink, "hard_shrink"),
    (Activation::SparsePlus, "sparse_plus"),
    (Activation::SparseSigmoid, "sparse_sigmoid"),
    (Activation::Squareplus, "squareplus"),
    (Activation::TanhShrink, "tanh_shrink"),
];

/// Other names of the same.
const ALIASES: [(&str, &str); 2] = [("swish", "silu"), ("hard_swish", "hard_silu")];

impl Activation {
    /// `elu` with an `alpha` of 1.
    pub const ELU: Self = Self::Elu { alpha: 1.0 };

    /// `leaky_relu` with a slope of 0.2.
    pub const LEAKY_RELU: Self = Self::LeakyRelu {
        negative_slope: 0.2,
    };

    /// The names that [`FromStr`] takes besides `threshold(0.5, -1)`; `swish` and `hard_swish` are
    /// aliases of `silu` and `hard_silu`.
    pub const NAMES: [&'static str; TABLE.len()] = {
        let mut names = [""; TABLE.len()];
        let mut i = 0;
        while i < TABLE.len() {
            names[i] = TABLE[i].1;
            i += 1;
        }
        names
    };

    /// Whether every element is computed from itself alone, and not from its neighbours along the
    /// last axis.
    pub fn is_elementwise(self) -> bool {
        !matches!(
            self,
            Self::Softmax | Self::LogSoftmax | Self::Sparsemax | Self::Glu
        )
    }

    /// Whether a unit can give nothing above 0 and have no slope there, so that nothing brings it back.
    pub(crate) fn may_silence(self) -> bool {
        match self {
            Self::Relu | Self::Relu6 => true,
            Self::BentRelu { negative_slope, .. } => negative_slope == 0.0,
            _ => false,
        }
    }

    /// Whether as much leaves as enters.
    pub fn keeps_shape(self) -> bool {
        self != Self::Glu
    }

    /// Applies the function to a tensor of any rank.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::{Activation, AnyTensor};
    ///
    /// let rows = AnyTensor::from(Tensor::<2>::from_floats([[-1.0, 2.0]], &Device::flex()));
    /// assert_eq!(Activation::Relu.activate(rows).into_vec()?, [0.0, 2.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    pub fn activate(self, x: AnyTensor) -> AnyTensor {
        if self.is_elementwise() {
            x.map_elements(&self)
        } else {
            x.map(&self)
        }
    }

    /// Applies the function.
    ///
    /// # Shapes
    /// - input and output: any, the same
    /// - [`Glu`](Self::Glu): from `[..., 2 · n]` to `[..., n]`
    ///
    /// # Panics
    /// [`Glu`](Self::Glu) of a last axis of odd size, which a network finds when it is built.
    pub fn forward<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Linear => x,
            Self::Sigmoid => activation::sigmoid(x),
            Self::Relu => activation::relu(x),
            Self::Tanh => activation::tanh(x),
            Self::Gelu => activation::gelu(x),
            Self::GeluApproximate => activation::gelu_approximate(x),
            Self::Glu => activation::glu(x, D - 1),
            Self::Silu => activation::silu(x),
            Self::Elu { alpha } => activation::elu(x, alpha),
            Self::Celu => activation::elu(x, 1.0),
            Self::Selu => activation::selu(x),
            Self::LeakyRelu { negative_slope } => activation::leaky_relu(x, negative_slope),
            Self::BentRelu {
                max_value,
                negative_slope,
                threshold,
            } => bent_relu(x, max_value, negative_slope, threshold),
            Self::Softplus => activation::softplus(x, 1.0),
            Self::Softsign => activation::softsign(x),
            Self::Mish => activation::mish(x),
            Self::Softmax => activation::softmax(x, D - 1),
            Self::LogSoftmax => activation::log_softmax(x, D - 1),
            Self::Sparsemax => sparsemax(x),
            Self::Exponential => x.exp(),
            Self::HardSigmoid => hard_sigmoid(x),
            Self::HardSilu => x.clone() * hard_sigmoid(x),
            Self::HardTanh => x.clamp(-1.0, 1.0),
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::LogSigmoid => activation::log_sigmoid(x),
            Self::SoftShrink => activation::soft_shrink(x, 0.5),
            Self::HardShrink => activation::hard_shrink(x, 0.5),
            Self::SparsePlus => {
                let bend = (x.clone().clamp(-1.0, 1.0) + 1.0).square() * 0.25;
                bend + activation::relu(x - 1.0)
            }
            Self::SparseSigmoid => ((x + 1.0) * 0.5).clamp(0.0, 1.0),
            Self::Squareplus => (x.clone() + (x.square() + 4.0).sqrt()) * 0.5,
            Self::TanhShrink => x.clone() - x.tanh(),
            Self::Threshold {
                threshold,
                default_value,
            } => {
                let is_above = x.clone().greater_elem(threshold);
                x.mask_fill(is_above.bool_not(), default_value)
            }
        }
    }
}

impl SameShape for Activation {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        self.forward(x)
    }
}

fn bent_relu<const D: usize>(
    x: Tensor<D>,
    max_value: Option<f64>,
    negative_slope: f64,
    threshold: f64,
) -> Tensor<D> {
    if threshold == 0.0 && max_value.is_none() {
        let is_below = x.clone().lower_elem(0.0);
        return x.clone().mask_where(is_below, x * negative_slope);
    }
    let is_above = x.clone().lower_equal_elem(threshold).bool_not();
    let y = x.zeros_like().mask_where(is_above, x.clone());
    let y = match max_value {
        Some(max_value) => y.clamp_max(max_value),
        None => y,
    };
    if negative_slope == 0.0 {
        return y;
    }
    y - activation::relu(-x + threshold) * negative_slope
}

fn hard_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    (x / 6.0 + 0.5).clamp(0.0, 1.0)
}

/// The threshold comes from the sorted values; gradients flow through the elements above it alone.
fn sparsemax<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let axis = D - 1;
    let sorted = x.clone().detach().sort_descending(axis);
    let places = sorted.ones_like().cumsum(axis);
    let is_kept = (sorted.clone() * places + 1.0).greater(sorted.clone().cumsum(axis));
    let num_kept = is_kept.float().sum_dim(axis);
    let last = num_kept.clone().int() - 1;
    let smallest = sorted.gather(axis, last);
    let kept = x.clone().greater_equal(smallest.expand(x.dims())).float();
    let threshold = ((x.clone() * kept.clone()).sum_dim(axis) - 1.0) / kept.sum_dim(axis);
    activation::relu(x - threshold)
}

/// The numbers of `threshold(0.5, -1)`.
fn threshold(text: &str) -> Option<Activation> {
    let arguments = text.strip_prefix("threshold(")?.strip_suffix(')')?;
    let number = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    };
    let (threshold, default_value) = arguments.split_once(',')?;
    Some(Activation::Threshold {
        threshold: number(threshold)?,
        default_value: number(default_value)?,
    })
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Threshold {
            threshold,
            default_value,
        } = self
        {
            return f.pad(&format!("threshold({threshold}, {default_value})"));
        }
        match TABLE.iter().find(|(activation, _)| activation == self) {
            Some((_, name)) => f.pad(name),
            None => f.pad(
                &self
                    .to_spec()
                    .map_or_else(String::new, |spec| spec.to_string()),
            ),
        }
    }
}

impl FromStr for Activation {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let wanted = folded(text);
        if wanted.starts_with("threshold") {
            return threshold(&text.to_lowercase()).ok_or_else(|| ModelError::Threshold {
                received: text.to_owned(),
            });
        }
        if text.contains(':') {
            return Ok(Self::from_spec(&Spec::from_text(text)?)?);
        }
        let alias = ALIASES.iter().find(|(alias, _)| folded(alias) == wanted);
        let wanted = alias.map_or(wanted, |(_, name)| folded(name));
        TABLE
            .iter()
            .find(|(_, known)| folded(known) == wanted)
            .map(|(activation, _)| *activation)
            .ok_or_else(|| UnknownName::new("activation", text, &Self::NAMES).into())
    }
}

/// A name, a table with arguments, or nothing: Keras' `activation=None`, which is linear.
impl<'de> Deserialize<'de> for Activation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<Activation> for String {
    fn from(activation: Activation) -> Self {
        activation.to_string()
    }
}
