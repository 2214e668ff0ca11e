use std::fmt;

/// Why a network has no form for plain memory.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{GRUCell, RNN};
/// use firebrick::models::{Model, NoHostForm, Sequential};
///
/// let model = Sequential::new([5, 2]).add(RNN::new(GRUCell::new(3))).build(1, &Device::flex())?;
/// let reason: Option<NoHostForm> = model.host_pass().err();
/// let text = reason.map(|reason| reason.to_string());
/// assert_eq!(text.as_deref(), Some("layer `rnn` (RNN) has no form for plain memory"));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NoHostForm {
    /// A module of one's own.
    OwnModule,
    /// A layer without one.
    Layer {
        /// Its name.
        layer: String,
        /// Its class.
        class_name: &'static str,
    },
    /// A layer whose weights are adapted by products of low rank.
    Lora {
        /// Its name.
        layer: String,
    },
    /// Steps that do not count.
    Mask {
        /// The layer that they leave.
        layer: String,
    },
    /// A device that is not the processor itself.
    Device,
    /// A layer has no result for some values, which is looked at layer by layer.
    InputLimits,
    /// A size that is known only when the data is there.
    OpenShape {
        /// The layer that it arrives at.
        layer: String,
    },
}

impl fmt::Display for NoHostForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnModule => f.write_str("the network is a module of one's own"),
            Self::Layer { layer, class_name } => {
                write!(
                    f,
                    "layer `{layer}` ({class_name}) has no form for plain memory"
                )
            }
            Self::Lora { layer } => write!(f, "the weights of layer `{layer}` are adapted by LoRA"),
            Self::Mask { layer } => write!(f, "what leaves layer `{layer}` has a mask"),
            Self::Device => f.write_str("the device is not the processor itself"),
            Self::InputLimits => {
                f.write_str("a layer of the network has no result for some values")
            }
            Self::OpenShape { layer } => write!(
                f,
                "what arrives at layer `{layer}` has a size that is known only with the data"
            ),
        }
    }
}
