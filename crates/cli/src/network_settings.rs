use anyhow::anyhow;
use firebrick::datasets::BatchSource;
use firebrick::metrics::Metric;
use firebrick::models::{Activation, MlpConfig};
use firebrick::training::{CompileSettings, FitSettings, ModelFile, Optimizer};

use crate::failure::OrUsage;
use crate::hidden_units::HiddenUnits;
use crate::network::Network;
use crate::train_config::TrainConfig;

/// What the network is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NetworkSettings {
    /// Hidden layers between the features and the classes of the data.
    Mlp {
        hidden: HiddenUnits,
        activation: Activation,
    },
    /// A model file, and all settings as they were given.
    File {
        file: Box<ModelFile>,
        given: Box<TrainConfig>,
    },
}

impl NetworkSettings {
    /// The network that is asked for, and the settings that hold where nothing else is said.
    ///
    /// # Errors
    /// With a usage error two descriptions of the network at once.
    pub(crate) fn of(config: &TrainConfig) -> anyhow::Result<(Self, CompileSettings, FitSettings)> {
        let Some(file) = &config.model else {
            let network = Self::Mlp {
                hidden: config.hidden.clone().unwrap_or_default(),
                activation: config.activation.unwrap_or_default(),
            };
            let compile = CompileSettings {
                optimizer: Optimizer::sgd(),
                metrics: vec![Metric::accuracy()],
                ..CompileSettings::default()
            };
            let fit = FitSettings {
                epochs: 10,
                batch_size: 128,
                validation_split: 0.1,
                ..FitSettings::default()
            };
            return Ok((network, compile, fit));
        };
        if config.hidden.is_some() || config.activation.is_some() {
            return Err(anyhow!(
                "`hidden` and `activation` cannot be used with a model file, which describes the whole network; \
                 change the layers there, or leave the file out"
            ))
            .or_usage();
        }
        let network = Self::File {
            file: Box::new(file.clone()),
            given: Box::new(config.clone()),
        };
        Ok((network, file.compile().clone(), file.fit().clone()))
    }

    /// The network for this data, checked.
    ///
    /// # Errors
    /// With a usage error a network that cannot be, or not for this data.
    pub(crate) fn network(&self, data: &dyn BatchSource) -> anyhow::Result<Network> {
        let shape = data.input_shape();
        let num_features = shape.iter().product::<usize>();
        match self {
            Self::Mlp { hidden, activation } => {
                let num_classes = data.targets().num_classes().ok_or_else(|| {
                    anyhow!(
                        "the data has no classes, which a network of hidden layers tells apart; describe one for it \
                         with `--model`"
                    )
                });
                let network = MlpConfig::new(num_features, num_classes.or_usage()?)
                    .with_hidden(hidden.0.clone())
                    .with_activation(*activation);
                network.validate().or_usage()?;
                Ok(Network::Mlp(network))
            }
            Self::File { file, .. } => {
                let network = file.network();
                let expected = network.input_shape();
                if expected.iter().product::<usize>() != num_features {
                    return Err(anyhow!(
                        "the network takes samples of shape {expected:?}, the data has samples of shape {shape:?}; \
                         change `input_shape` in the model file, or choose other data"
                    ))
                    .or_usage();
                }
                Ok(Network::Sequential(network.clone()))
            }
        }
    }
}
