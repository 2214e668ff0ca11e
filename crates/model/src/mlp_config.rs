use serde::{Deserialize, Serialize};

use crate::activation::Activation;
use crate::error::ModelError;
use crate::graph::Sequential;
use crate::layers::Dense;
use crate::limits::MAX_PARAMS;
use crate::summary::{LayerSummary, Summary};

/// The description of a multi-layer perceptron: any number of hidden layers of any width.
///
/// Describe, check, build: [`MlpConfig::init`] either gives a network or an error that names the
/// layer. Kernels start Glorot-uniform, biases at zero, as in Keras.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::{Activation, MlpConfig};
///
/// let config = MlpConfig::new(784, 10).with_hidden([128, 64]).with_activation(Activation::Relu);
/// assert_eq!(config.init(42, &Device::flex())?.summary().num_params(), 109_386);
/// let error = MlpConfig::new(784, 10).with_hidden([128, 0]).validate().unwrap_err();
/// assert!(error.to_string().starts_with("layer `dense_1` has 0 units"));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpConfig {
    /// Features of a sample, e.g. 784 for an image of 28 × 28.
    pub num_features: usize,
    /// Units of each hidden layer, from the input on; empty for a linear classifier.
    pub hidden: Vec<usize>,
    /// Classes, the units of the last layer.
    pub num_classes: usize,
    /// The function after each hidden layer.
    pub activation: Activation,
}

/// One dense layer of the description.
pub(crate) struct DenseShape {
    pub(crate) name: String,
    pub(crate) inputs: usize,
    pub(crate) units: usize,
}

impl MlpConfig {
    /// The most weights a network may have, 4 GiB in single precision: a typing error in a width
    /// is found before it takes all memory.
    pub const MAX_PARAMS: usize = MAX_PARAMS;

    /// A linear classifier, until [`with_hidden`](Self::with_hidden) adds layers.
    pub fn new(num_features: usize, num_classes: usize) -> Self {
        Self {
            num_features,
            hidden: Vec::new(),
            num_classes,
            activation: Activation::default(),
        }
    }

    /// Sets the units of the hidden layers.
    #[must_use = "returns the changed description"]
    pub fn with_hidden(mut self, hidden: impl Into<Vec<usize>>) -> Self {
        self.hidden = hidden.into();
        self
    }

    /// Sets the activation of the hidden layers; sigmoid by default.
    #[must_use = "returns the changed description"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Checks the widths.
    ///
    /// # Errors
    /// A width of zero, or more than [`MAX_PARAMS`](Self::MAX_PARAMS) weights; the error names the
    /// layer. An activation that does not keep the shape.
    pub fn validate(&self) -> Result<(), ModelError> {
        if self.num_features == 0 {
            return Err(ModelError::ZeroInputs);
        }
        if !self.hidden.is_empty() && !self.activation.keeps_shape() {
            return Err(ModelError::HalvingActivation {
                activation: self.activation.to_string(),
            });
        }
        let mut num_params = 0_usize;
        for DenseShape {
            name,
            inputs,
            units,
        } in self.layers()
        {
            if units == 0 {
                return Err(ModelError::ZeroUnits { layer: name });
            }
            num_params = inputs
                .checked_mul(units)
                .and_then(|kernel| kernel.checked_add(units))
                .and_then(|layer| layer.checked_add(num_params))
                .filter(|&num_params| num_params <= Self::MAX_PARAMS)
                .ok_or(ModelError::TooLarge {
                    layer: name,
                    limit: Self::MAX_PARAMS,
                })?;
        }
        Ok(())
    }

    /// The network layer by layer, without building it.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate).
    pub fn summary(&self) -> Result<Summary, ModelError> {
        self.validate()?;
        let last = self.hidden.len();
        let layers = self
            .layers()
            .into_iter()
            .enumerate()
            .map(|(index, layer)| {
                let kind = if index == last {
                    "Dense, softmax".to_owned()
                } else {
                    format!("Dense, {}", self.activation)
                };
                let num_params = layer.inputs * layer.units + layer.units;
                LayerSummary {
                    num_params,
                    num_trainable_params: num_params,
                    ..LayerSummary::new(layer.name, kind, [layer.units].into())
                }
            })
            .collect();
        Ok(Summary::new(
            "mlp",
            vec![[self.num_features].into()],
            layers,
        ))
    }

    /// The same layer by layer.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
    /// use firebrick::models::MlpConfig;
    ///
    /// let network = MlpConfig::new(784, 10).with_hidden([32]).to_sequential();
    /// assert_eq!(network.get_layer("dense_1")?.layer().class_name(), "Dense");
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    pub fn to_sequential(&self) -> Sequential {
        let last = self.hidden.len();
        let layers = self.layers().into_iter().enumerate().map(|(index, layer)| {
            let activation = if index == last {
                Activation::Softmax
            } else {
                self.activation
            };
            Dense::new(layer.units).with_activation(activation)
        });
        Sequential::from_layers([self.num_features], layers).named("mlp")
    }

    /// The dense layers from the input on, named as Keras names them.
    pub(crate) fn layers(&self) -> Vec<DenseShape> {
        let mut inputs = self.num_features;
        self.hidden
            .iter()
            .chain([&self.num_classes])
            .enumerate()
            .map(|(index, &units)| {
                let layer = DenseShape {
                    name: match index {
                        0 => "dense".to_owned(),
                        _ => format!("dense_{index}"),
                    },
                    inputs,
                    units,
                };
                inputs = units;
                layer
            })
            .collect()
    }
}
