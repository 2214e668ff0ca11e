use anyhow::anyhow;
use firebrick::datasets::{BatchSource, CsvSource, CsvTarget, DataDescription, Targets};
use firebrick::layers::{Dense, NewLayer, Normalization};
use firebrick::losses::{Loss, MeanSquaredError};
use firebrick::metrics::{MeanAbsoluteError, Metric, R2Score};
use firebrick::models::{Activation, MlpConfig, Sequential};
use firebrick::training::{CompileSettings, FitSettings, ModelFile, Optimizer};

use crate::column_scales::{ColumnScales, Scaling};
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
            return Ok(match config.data() {
                Some(DataDescription::Csv(source)) => of_table(config, source),
                _ => of_images(config),
            });
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

    /// What scales the features of a table.
    pub(crate) fn scaling(&self) -> Scaling {
        match self {
            Self::Mlp { .. } => Scaling::Own,
            Self::File { file, .. } => Scaling::of(file.network()),
        }
    }

    /// The network for this data, checked; the features and targets of a table are brought to a common scale.
    ///
    /// # Errors
    /// With a usage error a network that cannot be, or not for this data.
    pub(crate) fn network(
        &self,
        scales: Option<&ColumnScales>,
        data: &dyn BatchSource,
    ) -> anyhow::Result<Network> {
        let shape = data.input_shape();
        let num_features = shape.iter().product::<usize>();
        match self {
            Self::Mlp { hidden, activation } => match (scales, data.targets()) {
                (None, Targets::Classes { num_classes }) => {
                    let network = MlpConfig::new(num_features, num_classes)
                        .with_hidden(hidden.0.clone())
                        .with_activation(*activation);
                    network.validate().or_usage()?;
                    Ok(Network::Mlp(network))
                }
                (scales, targets) => {
                    let hidden = hidden.0.iter().map(|&units| {
                        let layer = Dense::new(units).with_activation(*activation);
                        NewLayer::from(layer)
                    });
                    let network = tabular(num_features, hidden, &targets, scales)?;
                    network.summary().or_usage()?;
                    Ok(Network::Sequential(network))
                }
            },
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

/// A network of hidden layers for images, and its training.
fn of_images(config: &TrainConfig) -> (NetworkSettings, CompileSettings, FitSettings) {
    let network = NetworkSettings::Mlp {
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
    (network, compile, fit)
}

/// A network of hidden layers for a table, which has fewer samples and numbers of any scale, and its training.
fn of_table(
    config: &TrainConfig,
    source: &CsvSource,
) -> (NetworkSettings, CompileSettings, FitSettings) {
    let network = NetworkSettings::Mlp {
        hidden: config.hidden.clone().unwrap_or_default(),
        activation: config.activation.unwrap_or(Activation::Relu),
    };
    let (loss, metrics) = match source.target() {
        CsvTarget::Classes { .. } => (Loss::default(), vec![Metric::accuracy()]),
        CsvTarget::Values(_) => (
            MeanSquaredError::new().into(),
            vec![MeanAbsoluteError::new().into(), R2Score::new().into()],
        ),
    };
    let compile = CompileSettings {
        optimizer: Optimizer::adam(),
        loss,
        metrics,
        ..CompileSettings::default()
    };
    let fit = FitSettings {
        epochs: 30,
        batch_size: 32,
        validation_split: 0.1,
        ..FitSettings::default()
    };
    (network, compile, fit)
}

/// Hidden layers between normalized features and what is to be predicted: a probability for each class, or numbers brought
/// back to their scale.
fn tabular(
    num_features: usize,
    hidden: impl Iterator<Item = NewLayer>,
    targets: &Targets,
    scales: Option<&ColumnScales>,
) -> anyhow::Result<Sequential> {
    let of_features = scales.map(ColumnScales::of_features).transpose()?;
    let mut layers: Vec<NewLayer> = vec![of_features.unwrap_or_default().into()];
    layers.extend(hidden);
    match targets {
        Targets::Classes { num_classes } => {
            layers.push(
                Dense::new(*num_classes)
                    .with_activation(Activation::Softmax)
                    .into(),
            );
        }
        Targets::Values { .. } => {
            let of_targets = scales.map(ColumnScales::of_targets).transpose()?;
            layers.extend([
                Dense::new(targets.num_columns()).into(),
                of_targets
                    .unwrap_or_else(|| Normalization::new().inverted())
                    .into(),
            ]);
        }
    }
    Ok(Sequential::from_layers([num_features], layers))
}
