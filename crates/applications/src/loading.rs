//! Weights of a library's files, brought into a network by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use firebrick_formats::keras::{self, LayerWeights};
use firebrick_formats::{Format, FormatError, FormatProblem};
use firebrick_model::{Graph, LoadedWeights, ModelError, Network, WeightValue};

use crate::error::ApplicationError;
use crate::origin::Origin;
use crate::weight_name::{OwnWeight, keras_places};

/// The weights of a file, and those of the network that it is of.
pub(crate) struct Loading<'a> {
    path: &'a Path,
    weights: Vec<Named>,
    found: BTreeMap<String, WeightValue>,
}

/// A weight of the network, by its name in the file.
struct Named {
    in_file: String,
    own: OwnWeight,
    is_of_torch: bool,
}

impl<'a> Loading<'a> {
    /// Reads a file for a network with its top.
    ///
    /// # Errors
    /// A file that cannot be read, or of another library.
    pub(crate) fn new(
        graph: &Graph,
        path: &'a Path,
        origin: Origin,
    ) -> Result<Self, ApplicationError> {
        match origin {
            Origin::Keras => Self::of_keras(graph, path),
            Origin::Torchvision => Self::of_torch(graph, path, "torchvision"),
        }
    }

    fn of_keras(graph: &Graph, path: &'a Path) -> Result<Self, ApplicationError> {
        let all = OwnWeight::all(graph)?;
        let (names, found) = match ending(path, &[".weights.h5", ".keras", ".h5"]) {
            Some(".h5") => layer_weights(&all, keras::read_layer_weights(path)?),
            Some(_) => (keras_places(&all), Format::of(path)?.read_weights(path)?),
            None => {
                return Err(ApplicationError::Ending {
                    path: path.display().to_string(),
                    expected: ".weights.h5, .keras or .h5",
                    origin: "Keras",
                });
            }
        };
        let weights = names.into_iter().zip(all).map(|(in_file, own)| Named {
            in_file,
            own,
            is_of_torch: false,
        });
        Ok(Self {
            path,
            weights: weights.collect(),
            found,
        })
    }

    /// Reads the `state_dict` of a module of PyTorch.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn of_torch(
        graph: &Graph,
        path: &'a Path,
        library: &'static str,
    ) -> Result<Self, ApplicationError> {
        if ending(path, &[".safetensors"]).is_none() {
            return Err(ApplicationError::Ending {
                path: path.display().to_string(),
                expected: ".safetensors",
                origin: library,
            });
        }
        let found = Format::of(path)?.read_weights(path)?;
        let all = OwnWeight::all(graph)?;
        let weights = all.into_iter().map(|own| Named {
            in_file: own.in_torch(),
            own,
            is_of_torch: true,
        });
        Ok(Self {
            path,
            weights: weights.collect(),
            found,
        })
    }

    /// Takes the names of the file's weights as others, and leaves those out that become none.
    pub(crate) fn renamed(mut self, name: impl Fn(&str) -> Option<String>) -> Self {
        let found = std::mem::take(&mut self.found).into_iter();
        self.found = found
            .filter_map(|(old, value)| Some((name(&old)?, value)))
            .collect();
        self
    }

    /// The names of the file's weights.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.found.keys().map(String::as_str)
    }

    /// Brings the weights into a network that has them, by itself or within one of its layers.
    ///
    /// # Errors
    /// Weights that are missing, left over or of another shape; a network without them.
    pub(crate) fn into_network(
        mut self,
        network: &mut Network,
    ) -> Result<LoadedWeights, ApplicationError> {
        let specs = network.config().weights()?.into_iter();
        let paths: Vec<String> = specs
            .map(|(layer, spec)| format!("{layer}/{}", spec.name))
            .collect();
        let within = self.place_in(&paths)?;
        let places: BTreeMap<&str, usize> = paths
            .iter()
            .enumerate()
            .map(|(place, path)| (path.as_str(), place))
            .collect();
        let mut values = network.get_weights()?;
        let mut loaded = LoadedWeights::default();
        let failed = |problem| FormatError::new(self.path, problem);
        for weight in &self.weights {
            let path = format!("{within}{}", weight.own.path());
            let found = self.found.remove(&weight.in_file);
            let Some(&place) = places.get(path.as_str()) else {
                loaded.unused.extend(found.map(|_| weight.in_file.clone()));
                continue;
            };
            let expected = values[place].shape().to_vec();
            values[place] = weight.taken(found, &path, expected).map_err(failed)?;
            loaded.taken.push(path);
        }
        if !self.found.is_empty() {
            let places = self.found.into_keys().collect();
            return Err(failed(FormatProblem::Unused { places }).into());
        }
        let taken: BTreeSet<&str> = loaded.taken.iter().map(String::as_str).collect();
        let others = paths.iter().filter(|path| !taken.contains(path.as_str()));
        loaded.missing = others.cloned().collect();
        network.set_weights(values)?;
        Ok(loaded)
    }

    /// What stands before the paths of the weights in a network: nothing, or the name of the layer that has them.
    fn place_in(&self, paths: &[String]) -> Result<String, ApplicationError> {
        let Some(first) = self.weights.first().map(|weight| weight.own.path()) else {
            return Ok(String::new());
        };
        let places = paths.iter().filter_map(|path| {
            let place = path.strip_suffix(first.as_str())?;
            (place.is_empty() || place.ends_with('/')).then_some(place)
        });
        match places.collect::<Vec<_>>()[..] {
            [place] => Ok(place.to_owned()),
            [] => Err(ApplicationError::NotThere { weight: first }),
            ref several => Err(ApplicationError::SeveralTimes {
                count: several.len(),
                weight: first,
            }),
        }
    }
}

impl Named {
    /// The value of the file as the network has it.
    fn taken(
        &self,
        found: Option<WeightValue>,
        weight: &str,
        expected: Vec<usize>,
    ) -> Result<WeightValue, FormatProblem> {
        let place = self.in_file.clone();
        let weight = weight.to_owned();
        let Some(found) = found else {
            return Err(FormatProblem::MissingWeight {
                weight,
                expected,
                place,
            });
        };
        let received = found.shape().to_vec();
        let value = if self.is_of_torch {
            self.own.turned(found)?
        } else {
            Some(found)
        };
        value
            .filter(|value| value.shape() == expected)
            .ok_or(FormatProblem::WeightShape {
                weight,
                expected,
                received,
                place,
            })
    }
}

impl OwnWeight {
    /// A weight of PyTorch with its axes as they are here; none where it cannot be this one.
    fn turned(&self, value: WeightValue) -> Result<Option<WeightValue>, ModelError> {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        let turned = match (self.class_name, name, value.shape().len()) {
            ("Conv2D", "kernel", 4) => value.transposed(&[2, 3, 1, 0])?,
            ("DepthwiseConv2D", "kernel", 4) => value.transposed(&[2, 3, 0, 1])?,
            ("Dense" | "MultiHeadAttention", "kernel", 2) => value.transposed(&[1, 0])?,
            _ => value,
        };
        if self.class_name != "MultiHeadAttention" {
            return Ok(Some(turned));
        }
        // The heads are one axis there.
        let is_as_large = turned.values().len() == self.shape.iter().product::<usize>();
        if !is_as_large {
            return Ok(None);
        }
        WeightValue::new(self.shape.clone(), turned.into_values()).map(Some)
    }
}

/// The names in a file of Keras 2, and its weights.
///
/// Keras takes its layers in order, because their names have changed since. Where they are ours, they count.
fn layer_weights(
    all: &[OwnWeight],
    file: Vec<LayerWeights>,
) -> (Vec<String>, BTreeMap<String, WeightValue>) {
    let mut own_layers: Vec<&str> = all.iter().map(|own| own.layer.as_str()).collect();
    own_layers.dedup();
    let is_known = |layer: &LayerWeights| own_layers.contains(&layer.layer.as_str());
    let are_known = file.iter().all(is_known);
    let mut names = Vec::with_capacity(all.len());
    for (place, layer) in own_layers.iter().enumerate() {
        let there = if are_known {
            file.iter().find(|there| there.layer == **layer)
        } else {
            file.get(place)
        };
        let weights = all.iter().filter(|own| own.layer == **layer);
        names.extend(weights.enumerate().map(|(place, own)| {
            let weight = there.and_then(|there| Some((there, there.weights.get(place)?)));
            weight.map_or_else(
                || own.path(),
                |(there, (name, _))| format!("{}/{name}", there.layer),
            )
        }));
    }
    let found = file
        .into_iter()
        .flat_map(|LayerWeights { layer, weights }| {
            let whole = move |(name, value)| (format!("{layer}/{name}"), value);
            weights.into_iter().map(whole)
        });
    (names, found.collect())
}

/// The first of these that the name of a file ends in.
fn ending(path: &Path, endings: &[&'static str]) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_lowercase();
    let mut endings = endings.iter().copied();
    endings.find(|ending| name.ends_with(ending))
}
