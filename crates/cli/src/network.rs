use firebrick::burn::tensor::Device;
use firebrick::datasets::BatchSource;
use firebrick::models::{AnyModel, Graph, GraphInput, MlpConfig, ModelError, Shape, Summary};
use firebrick::training::adapt;

use crate::failure::OrUsage;

/// The description of a network that can be trained from the command line.
pub(crate) enum Network {
    /// Described by its hidden layers.
    Mlp(MlpConfig),
    /// Described layer by layer.
    Layers(Graph),
}

impl Network {
    /// Builds it with initial weights that depend on nothing but the seed; what normalizes adapts to the samples.
    ///
    /// # Errors
    /// With a usage error a layer that cannot be adapted where it stands.
    pub(crate) fn init(
        &self,
        seed: u64,
        samples: &dyn BatchSource,
        device: &Device,
    ) -> anyhow::Result<AnyModel> {
        match self {
            Self::Mlp(network) => Ok(network.init(seed, device)?.into()),
            Self::Layers(network) => {
                let network = adapt(network.clone(), samples, device).or_usage()?;
                Ok(network.build(seed, device)?.into())
            }
        }
    }

    /// The network layer by layer.
    pub(crate) fn summary(&self) -> Result<Summary, ModelError> {
        match self {
            Self::Mlp(network) => network.summary(),
            Self::Layers(network) => network.summary(),
        }
    }

    /// The network in one line.
    pub(crate) fn line(&self) -> Result<String, ModelError> {
        match self {
            Self::Mlp(network) => {
                let widths: Vec<String> = [network.num_features]
                    .iter()
                    .chain(&network.hidden)
                    .chain([&network.num_classes])
                    .map(ToString::to_string)
                    .collect();
                let activation = if network.hidden.is_empty() {
                    String::new()
                } else {
                    format!(", {}", network.activation)
                };
                Ok(format!(
                    "{}{activation}, softmax; {} parameters",
                    widths.join(" → "),
                    network.summary()?.num_params()
                ))
            }
            Self::Layers(network) => Ok(format!(
                "{} → {} in {} layers; {} parameters",
                in_words(network.inputs().iter().map(GraphInput::shape)),
                in_words(&network.output_shapes()?),
                network.layers().len(),
                network.summary()?.num_params()
            )),
        }
    }
}

/// `[28, 28, 1]`; of several all of them.
fn in_words<'a>(shapes: impl IntoIterator<Item = &'a Shape>) -> String {
    let shapes: Vec<String> = shapes.into_iter().map(ToString::to_string).collect();
    shapes.join(", ")
}
