//! The weights of a network, each with its place in Keras' files.

use std::collections::BTreeSet;

use firebrick_model::{Graph, Network, WeightValue};
use serde_json::Value;

use super::hdf5::Hdf5;
use super::hdf5_writing::{self, Numbers};
use super::optimizer_variables::Variable;
use super::places::Places;
use crate::error::FormatProblem;
use crate::weight_names::weight_names;

/// The weights of a file for a network, in its order.
///
/// # Errors
/// Weights that are missing, left over or of another shape.
pub(super) fn matched(
    graph: &Graph,
    config: &Value,
    found: &Hdf5,
    learned: &[String],
) -> Result<Vec<Vec<f32>>, FormatProblem> {
    let specs = graph.weights()?;
    let names = weight_names(graph)?;
    let places = Places::new(config, &names)?;
    // All shapes are looked at before a value is read.
    for ((name, (_, spec)), place) in names.iter().zip(&specs).zip(&places.datasets) {
        let Some(place) = place else { continue };
        let received = found
            .shape(place)
            .ok_or_else(|| FormatProblem::MissingWeight {
                weight: name.clone(),
                expected: spec.shape.clone(),
                place: place.clone(),
            })?;
        let received = received.map_err(|reason| unreadable(place, reason))?;
        if received != spec.shape {
            return Err(FormatProblem::WeightShape {
                weight: name.clone(),
                expected: spec.shape.clone(),
                received,
                place: place.clone(),
            });
        }
    }
    check_unused(&places, found, learned)?;
    let values = specs
        .iter()
        .zip(&places.datasets)
        .map(|((_, spec), place)| {
            // Of states that are kept Keras' files say nothing.
            let Some(place) = place else {
                return Ok(vec![0.0; spec.num_params()]);
            };
            let values = found
                .values(place)
                .unwrap_or_else(|| Err("it is gone".to_owned()));
            values
                .map(WeightValue::into_values)
                .map_err(|reason| unreadable(place, reason))
        });
    values.collect()
}

/// Whether a place is that of a weight, not of an optimizer's or of a generator's state.
pub(super) fn is_of_network(path: &str) -> bool {
    path.starts_with("layers/") && !path.contains("seed_generator")
}

/// Makes sure that a layer has taken whatever the file has for it.
fn check_unused(places: &Places, found: &Hdf5, learned: &[String]) -> Result<(), FormatProblem> {
    let taken: BTreeSet<&str> = places
        .datasets
        .iter()
        .flatten()
        .chain(places.copies.iter().map(|(_, path)| path))
        .chain(learned)
        .map(String::as_str)
        .collect();
    let unused: Vec<String> = found
        .paths()
        .filter(|path| is_of_network(path))
        .filter(|path| !taken.contains(path))
        .map(str::to_owned)
        .collect();
    if unused.is_empty() {
        Ok(())
    } else {
        Err(FormatProblem::Unused { places: unused })
    }
}

pub(super) fn unreadable(place: &str, reason: String) -> FormatProblem {
    FormatProblem::Values {
        place: place.to_owned(),
        reason,
    }
}

/// The weights of a network on their way into a file.
pub(super) struct Weights {
    places: Places,
    values: Vec<WeightValue>,
}

impl Weights {
    /// Those of a network that is `config` in Keras' JSON.
    ///
    /// # Errors
    /// A layer whose weights have no place in Keras; a device that does not hand them back.
    pub(super) fn of(network: &Network, config: &Value) -> Result<Self, FormatProblem> {
        let names = weight_names(network.config())?;
        Ok(Self {
            places: Places::new(config, &names)?,
            values: network.get_weights()?,
        })
    }

    /// A `.weights.h5` file, with the variables of an optimizer.
    ///
    /// # Errors
    /// What the library says.
    pub(super) fn to_hdf5(
        &self,
        optimizer: &[(String, Variable)],
    ) -> Result<Vec<u8>, FormatProblem> {
        let own = self.places.datasets.iter().zip(&self.values);
        let own =
            own.filter_map(|(place, value)| Some((place.as_deref()?, Numbers::Values(value))));
        let copies = self.places.copies.iter();
        let value_at = |index: usize| Numbers::Values(&self.values[index]);
        let copies = copies.map(|(index, place)| (place.as_str(), value_at(*index)));
        let variables = optimizer.iter();
        let variables = variables.map(|(place, variable)| (place.as_str(), variable.numbers()));
        let saveables = self.places.saveables.iter().map(String::as_str);
        let datasets = own.chain(copies).chain(variables);
        hdf5_writing::written(datasets, saveables).map_err(|reason| FormatProblem::Malformed {
            expected: "HDF5 file",
            reason,
        })
    }
}
