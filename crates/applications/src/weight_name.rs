//! What the weights of a network are called in the files of the libraries.

use std::collections::BTreeMap;

use firebrick_model::{Graph, ModelError};
use firebrick_spec::snake_case;

use crate::origin::Origin;

/// A weight, and what it is called in a file.
///
/// ```
/// # mod firebrick { pub use firebrick_applications as applications; }
/// use firebrick::applications::{Application, Architecture, Origin};
///
/// let application = Application::new(Architecture::MobileNetV2, Origin::Torchvision, [96, 96, 3]);
/// let names = application.weight_names()?;
/// let last = &names[names.len() - 1];
/// assert_eq!((last.in_file.as_str(), last.path.as_str()), ("classifier.1.bias", "classifier.1/bias"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WeightName {
    /// What the file calls it.
    pub in_file: String,
    /// Its path in the network, for [`Network::weight`](firebrick_model::Network::weight).
    pub path: String,
}

/// A weight of a network, with its shape and the class of its layer.
#[derive(Clone, Debug)]
pub(crate) struct OwnWeight {
    pub(crate) layer: String,
    pub(crate) class_name: &'static str,
    /// `kernel`, or `query/kernel` of a part of the layer.
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
}

impl OwnWeight {
    /// The weights of a network that has no other within.
    ///
    /// # Errors
    /// Those of [`Graph::weights`].
    pub(crate) fn all(graph: &Graph) -> Result<Vec<Self>, ModelError> {
        let weights = graph.weights()?.into_iter();
        let own = weights.map(|(layer, spec)| {
            Ok(Self {
                class_name: graph.get_layer(layer.as_str())?.layer().class_name(),
                name: spec.name.into_owned(),
                shape: spec.shape,
                layer,
            })
        });
        own.collect()
    }

    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.layer, self.name)
    }

    /// What modules of PyTorch call it.
    pub(crate) fn in_torch(&self) -> String {
        let Self { layer, name, .. } = self;
        let (part, name) = name.rsplit_once('/').unwrap_or(("", name));
        let name = match name {
            "kernel" | "gamma" | "embeddings" => "weight",
            "beta" => "bias",
            "moving_mean" => "running_mean",
            "moving_variance" => "running_var",
            name => name,
        };
        match part {
            "" => format!("{layer}.{name}"),
            // Beside the projections, in BERT's attention.
            "attention_output" => {
                let around = layer.strip_suffix(".self").unwrap_or(layer);
                format!("{around}.output.dense.{name}")
            }
            part => format!("{layer}.{part}.{name}"),
        }
    }
}

/// The names in the files of a library.
///
/// # Errors
/// Those of [`Graph::weights`].
pub(crate) fn weight_names(graph: &Graph, origin: Origin) -> Result<Vec<WeightName>, ModelError> {
    let all = OwnWeight::all(graph)?;
    let in_file: Vec<String> = match origin {
        Origin::Torchvision => all.iter().map(OwnWeight::in_torch).collect(),
        Origin::Keras => keras_places(&all),
    };
    let names = in_file.into_iter().zip(&all);
    let names = names.map(|(in_file, own)| WeightName {
        in_file,
        path: own.path(),
    });
    Ok(names.collect())
}

/// Places in files of Keras 3, where layers are counted by their classes, in the order that they have here.
pub(crate) fn keras_places(all: &[OwnWeight]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last: Option<(&str, String, usize)> = None;
    let mut places = Vec::with_capacity(all.len());
    for own in all {
        let (_, layer, weight) = match &mut last {
            Some(same) if same.0 == own.layer => same,
            other => {
                let count = counts.entry(own.class_name).or_default();
                let class_name = snake_case(own.class_name);
                let layer = match *count {
                    0 => class_name,
                    count => format!("{class_name}_{count}"),
                };
                *count += 1;
                other.insert((own.layer.as_str(), layer, 0))
            }
        };
        places.push(format!("layers/{layer}/vars/{weight}"));
        *weight += 1;
    }
    places
}
