//! Where Keras keeps the weights of a network: under the classes of its layers, counted, not under their names.

use std::collections::{BTreeMap, BTreeSet};

use firebrick_spec::snake_case;
use serde_json::Value;

use crate::error::FormatProblem;

/// Where the weights of a network are.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// For each weight, in order, its dataset; none for states that Keras does not keep.
    pub(super) datasets: Vec<Option<String>>,
    /// Datasets that Keras writes a second time, with the weight that they repeat.
    pub(super) copies: Vec<(usize, String)>,
    /// What may hold datasets: the networks and layers, and the layers within these.
    pub(super) saveables: BTreeSet<String>,
}

/// A weight on the way down: its name within the layer that is looked at, and its place among all.
#[derive(Clone, Copy)]
struct Part<'a> {
    name: &'a str,
    index: usize,
}

impl<'a> Part<'a> {
    /// The name of the layer that the weight is of, and the weight within it.
    fn split(self) -> Option<(&'a str, Self)> {
        let (layer, name) = self.name.split_once('/')?;
        let index = self.index;
        Some((layer, Self { name, index }))
    }
}

impl Places {
    /// The places of weights, given as `dense/kernel`, of the network that `network` is in Keras' JSON.
    ///
    /// # Errors
    /// A layer whose weights have no place in Keras.
    pub(super) fn new(network: &Value, weights: &[String]) -> Result<Self, FormatProblem> {
        let mut places = Self {
            datasets: vec![None; weights.len()],
            ..Self::default()
        };
        let parts = weights.iter().enumerate();
        let parts = parts.map(|(index, name)| Part { name, index });
        places.network(network, parts.collect(), "")?;
        Ok(places)
    }

    fn network(
        &mut self,
        network: &Value,
        parts: Vec<Part<'_>>,
        path: &str,
    ) -> Result<(), FormatProblem> {
        self.saveables.insert(path.to_owned());
        let mut of_layers: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
        for part in parts {
            if let Some((layer, part)) = part.split() {
                of_layers.entry(layer).or_default().push(part);
            }
        }
        for placed in layers_of(network, path) {
            let parts = of_layers.remove(name_of(placed.layer));
            self.layer(placed.layer, parts.unwrap_or_default(), &placed.path)?;
        }
        match of_layers.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(FormatProblem::Layer {
                layer: name.to_owned(),
                class_name: "unknown".to_owned(),
                reason: "Keras' description of the network does not have it".to_owned(),
            }),
        }
    }

    fn layer(
        &mut self,
        layer: &Value,
        parts: Vec<Part<'_>>,
        path: &str,
    ) -> Result<(), FormatProblem> {
        self.saveables.insert(path.to_owned());
        let config = &layer["config"];
        let of_parts = || parts.iter().filter_map(|part| part.split());
        let within = || of_parts().map(|(_, part)| part).collect::<Vec<_>>();
        match class_name(layer) {
            "Functional" | "Sequential" | "Model" => return self.network(layer, parts, path),
            "LSTM" | "GRU" | "SimpleRNN" | "ConvLSTM1D" | "ConvLSTM2D" | "ConvLSTM3D" => {
                self.own(within(), &format!("{path}/cell"));
            }
            "RNN" => return self.layer(&config["cell"], within(), &format!("{path}/cell")),
            "StackedRNNCells" => {
                let mut names: Vec<&str> = of_parts().map(|(name, _)| name).collect();
                names.dedup();
                let cells = counted(items(&config["cells"]), format!("{path}/cells"));
                for (name, (cell, path)) in names.into_iter().zip(cells) {
                    let of_cell = of_parts().filter(|(other, _)| *other == name);
                    self.layer(cell, of_cell.map(|(_, part)| part).collect(), &path)?;
                }
            }
            "Bidirectional" => {
                for direction in ["forward", "backward"] {
                    let own = of_parts().filter(|(name, _)| name.starts_with(direction));
                    let own = own.map(|(_, part)| part).collect();
                    let other = &config["backward_layer"];
                    let layer = match direction {
                        "backward" if !other.is_null() => other,
                        _ => &config["layer"],
                    };
                    self.layer(layer, own, &format!("{path}/{direction}_layer"))?;
                }
            }
            "TimeDistributed" => {
                return self.layer(&config["layer"], within(), &format!("{path}/layer"));
            }
            "SpectralNormalization" => {
                // Keras has the kernel among the wrapper's own weights, too, before the vector.
                if let Some(kernel) = parts.first() {
                    self.copies.push((kernel.index, format!("{path}/vars/0")));
                }
                for part in parts.iter().filter(|part| part.split().is_none()) {
                    self.datasets[part.index] = Some(format!("{path}/vars/1"));
                }
                return self.layer(&config["layer"], within(), &format!("{path}/layer"));
            }
            "MultiHeadAttention" => self.heads(&parts, &format!("{path}/")),
            "GroupQueryAttention" => self.heads(&parts, &format!("{path}/_")),
            class_name => {
                if let Some((part, _)) = of_parts().next() {
                    return Err(FormatProblem::Layer {
                        layer: name_of(layer).to_owned(),
                        class_name: class_name.to_owned(),
                        reason: format!(
                            "its part `{part}` has no place in Keras' files; give the part a place in the network"
                        ),
                    });
                }
                self.own(parts, path);
            }
        }
        Ok(())
    }

    /// The weights of a layer itself, which Keras counts.
    fn own(&mut self, parts: Vec<Part<'_>>, path: &str) {
        self.saveables.insert(path.to_owned());
        for (place, part) in parts.into_iter().enumerate() {
            self.datasets[part.index] = Some(format!("{path}/vars/{place}"));
        }
    }

    /// The projections of an attention.
    fn heads(&mut self, parts: &[Part<'_>], path: &str) {
        let mut of_parts: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
        for (name, part) in parts.iter().filter_map(|part| part.split()) {
            of_parts.entry(name).or_default().push(part);
        }
        for (name, parts) in of_parts {
            let name = match name {
                "attention_output" => "output",
                name => name,
            };
            self.own(parts, &format!("{path}{name}_dense"));
        }
    }
}

/// The layers of a network in Keras' JSON, each with its path.
pub(super) fn layers_of<'a>(network: &'a Value, path: &str) -> Vec<PlacedLayer<'a>> {
    let path = match path {
        "" => "layers".to_owned(),
        path => format!("{path}/layers"),
    };
    let layers = items(&network["config"]["layers"]).iter().enumerate();
    let layers: Vec<_> = layers.filter(|(_, layer)| is_layer(layer)).collect();
    let paths = counted(layers.iter().map(|(_, layer)| *layer), path);
    let placed = layers.iter().zip(paths);
    placed
        .map(|((index, layer), (_, path))| PlacedLayer {
            index: *index,
            layer,
            path,
        })
        .collect()
}

/// A layer of a network in Keras' JSON.
pub(super) struct PlacedLayer<'a> {
    /// Its place in the list.
    pub(super) index: usize,
    pub(super) layer: &'a Value,
    /// Its path in files.
    pub(super) path: String,
}

/// Objects with their paths, which are counted by class.
fn counted<'a>(
    objects: impl IntoIterator<Item = &'a Value>,
    path: String,
) -> impl Iterator<Item = (&'a Value, String)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    objects.into_iter().map(move |object| {
        let name = match class_name(object) {
            // Its class has another name than its place in the library.
            "GroupQueryAttention" => "grouped_query_attention".to_owned(),
            class_name => snake_case(class_name),
        };
        let count = counts.entry(name.clone()).or_default();
        let place = match *count {
            0 => format!("{path}/{name}"),
            count => format!("{path}/{name}_{count}"),
        };
        *count += 1;
        (object, place)
    })
}

/// Functions, such as the sum of two tensors, stand among the layers and are none.
fn is_layer(object: &Value) -> bool {
    let module = object["module"].as_str().unwrap_or_default();
    !module.starts_with("keras.src.ops") && !module.starts_with("keras.ops")
}

/// The class of an object.
pub(super) fn class_name(object: &Value) -> &str {
    object["class_name"].as_str().unwrap_or_default()
}

/// The name of a layer.
pub(super) fn name_of(object: &Value) -> &str {
    let names = [&object["config"]["name"], &object["name"]];
    let mut names = names.into_iter().filter_map(Value::as_str);
    names.next().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
