use anyhow::anyhow;
use firebrick::datasets::{BatchSource, CsvSource, Targets};
use firebrick::layers::{AnyLayer, Dense, NewLayer, Normalization};
use firebrick::models::{Activation, Graph, GraphInput, MlpConfig, Sequential};
use firebrick::recipes::{HiddenUnits, ModelFile, Settings};

use crate::adapting::{adapts, input_of};
use crate::column_groups::ColumnGroups;
use crate::column_scales::{ColumnScales, Scaling};
use crate::failure::OrUsage;
use crate::network::Network;

/// What the network is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NetworkSettings {
    /// Hidden layers between the features and the classes of the data.
    Mlp {
        hidden: HiddenUnits,
        activation: Activation,
    },
    /// A model file.
    File(Box<ModelFile>),
}

impl NetworkSettings {
    /// The network that is asked for.
    ///
    /// # Errors
    /// With a usage error two descriptions of the network at once.
    pub(crate) fn of(settings: &Settings) -> anyhow::Result<Self> {
        let Some(file) = &settings.model else {
            return Ok(Self::Mlp {
                hidden: settings.hidden.clone().unwrap_or_default(),
                activation: settings.activation.unwrap_or_default(),
            });
        };
        if settings.hidden.is_some() || settings.activation.is_some() {
            return Err(anyhow!(
                "`hidden` and `activation` cannot be used with a model file, which describes the whole network; \
                 change the layers there, or leave the file out"
            ))
            .or_usage();
        }
        Ok(Self::File(Box::new(file.clone())))
    }

    /// The model file that describes it, if one does.
    pub(crate) fn file(&self) -> Option<&ModelFile> {
        match self {
            Self::Mlp { .. } => None,
            Self::File(file) => Some(file),
        }
    }

    /// What scales the features of a table.
    pub(crate) fn scaling(&self) -> Scaling {
        match self {
            Self::Mlp { .. } => Scaling::Own,
            Self::File(file) => Scaling::of(file.network()),
        }
    }

    /// How a table is divided among the inputs and outputs of the network.
    ///
    /// # Errors
    /// Those of [`ColumnGroups::of`].
    pub(crate) fn groups(&self, source: &CsvSource) -> anyhow::Result<ColumnGroups> {
        let Some(file) = self.file() else {
            return Ok(ColumnGroups::default());
        };
        let network = file.network();
        let inputs: Vec<&str> = network.inputs().iter().map(GraphInput::name).collect();
        ColumnGroups::of(source, &inputs, &network.output_names())
    }

    /// The network for this data, checked; the features and targets of a table are brought to a common scale.
    ///
    /// # Errors
    /// With a usage error a network that cannot be, or not for this data.
    pub(crate) fn network(
        &self,
        scales: Option<&ColumnScales>,
        data: &dyn BatchSource,
        groups: &ColumnGroups,
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
                    Ok(Network::Layers(network.into()))
                }
            },
            Self::File(file) => {
                let network = file.network();
                let is_grouped = !groups.inputs.is_empty();
                let [input] = network.inputs() else {
                    if is_grouped {
                        return Ok(Network::Layers(with_own_scales(network, scales, groups)?));
                    }
                    return Err(anyhow!(
                        "the network has {} inputs, the data has one; tables can be divided among inputs, by `inputs` in `[data]`, \
                         networks that take other data are trained from code",
                        network.inputs().len()
                    ))
                    .or_usage();
                };
                let expected = input.shape();
                // What is open takes what comes.
                let fits = is_grouped
                    || expected
                        .num_elements()
                        .is_none_or(|elements| elements == num_features);
                if !fits {
                    return Err(anyhow!(
                        "the network takes samples of shape {expected}, the data has samples of shape {shape:?}; \
                         change `input_shape` in the model file, or choose other data"
                    ))
                    .or_usage();
                }
                Ok(Network::Layers(with_own_scales(network, scales, groups)?))
            }
        }
    }
}

/// The network with what normalizations of its inputs would learn of the samples known already, where there are categories among
/// them: what stands for a category, which may be of no row that is learned from, is not to be divided by how much it varies.
fn with_own_scales(
    network: &Graph,
    scales: Option<&ColumnScales>,
    groups: &ColumnGroups,
) -> anyhow::Result<Graph> {
    let mut own = network.clone();
    let Some(scales) = scales else {
        return Ok(own);
    };
    for (index, layer) in network.layers().iter().enumerate() {
        let Some(input) = input_of(network, index).filter(|_| adapts(layer)) else {
            continue;
        };
        let group = groups
            .inputs
            .iter()
            .find(|group| group.name == input.name());
        let columns = group.map(|group| &group.columns[..]);
        if input.shape().rank() == 1 && scales.has_categories_in(columns) {
            let normalization = scales.of_inputs(columns)?;
            own = own.with_layer(layer.name(), AnyLayer::from(normalization))?;
        }
    }
    Ok(own)
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
