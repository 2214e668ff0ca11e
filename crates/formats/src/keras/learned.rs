//! What layers have learned and Keras keeps beside their configs: statistics and vocabularies.

use std::io::{Read, Seek};

use serde_json::{Value, json};

use super::archive::Archive;
use super::config_size::MAX_VALUES;
use super::hdf5::Hdf5;
use super::places::{PlacedLayer, class_name, layers_of, name_of};
use crate::error::FormatProblem;

/// Keras' folder of files that layers keep.
const ASSETS: &str = "assets";

/// Brings what layers have learned into their configs, where we have it; gives the datasets that were taken.
///
/// # Errors
/// Something that is damaged, with its layer.
pub(super) fn into_configs<R: Read + Seek>(
    network: &mut Value,
    archive: &mut Archive<R>,
    weights: &Hdf5,
) -> Result<Vec<String>, FormatProblem> {
    let mut taken = Vec::new();
    let mut found = Vec::new();
    lookups(network, "", &mut found);
    for (pointer, path) in found {
        let Some(layer) = network.pointer_mut(&pointer) else {
            continue;
        };
        if class_name(layer) == "Normalization" {
            statistics(layer, &path, weights, &mut taken)?;
        } else {
            vocabulary(layer, &path, archive, weights, &mut taken)?;
        }
    }
    Ok(taken)
}

/// Where Keras has what the layers of a network have learned.
pub(super) fn places(network: &Value) -> Vec<String> {
    let mut found = Vec::new();
    lookups(network, "", &mut found);
    let names = ["0", "1", "2", "idf_weights"];
    let of_layer = |path: &String| names.map(|name| format!("{path}/vars/{name}"));
    found.iter().flat_map(|(_, path)| of_layer(path)).collect()
}

/// The layers that may have learned something, as pointers into the JSON with their paths in the file.
fn lookups(network: &Value, path: &str, found: &mut Vec<(String, String)>) {
    let mut waiting = vec![(network, String::new(), path.to_owned())];
    while let Some((network, pointer, path)) = waiting.pop() {
        for PlacedLayer { index, layer, path } in layers_of(network, &path) {
            let pointer = format!("{pointer}/config/layers/{index}");
            match class_name(layer) {
                "Normalization" | "StringLookup" | "IntegerLookup" | "TextVectorization" => {
                    found.push((pointer, path));
                }
                "Functional" | "Sequential" => waiting.push((layer, pointer, path)),
                _ => {}
            }
        }
    }
}

/// Mean and variance, which Keras has as weights where they were learned.
fn statistics(
    layer: &mut Value,
    path: &str,
    weights: &Hdf5,
    taken: &mut Vec<String>,
) -> Result<(), FormatProblem> {
    for (place, name) in ["mean", "variance"].into_iter().enumerate() {
        let dataset = format!("{path}/vars/{place}");
        let Some(values) = weights.values(&dataset) else {
            continue;
        };
        let values = values.map_err(|reason| FormatProblem::Values {
            place: dataset.clone(),
            reason,
        })?;
        if layer["config"][name].is_null() {
            layer["config"][name] = json!(values.values());
        }
        taken.push(dataset);
    }
    // How many samples they were learned of.
    taken.push(format!("{path}/vars/2"));
    Ok(())
}

/// Tokens, which Keras has in a file of their own where they were learned, and their weights.
fn vocabulary<R: Read + Seek>(
    layer: &mut Value,
    path: &str,
    archive: &mut Archive<R>,
    weights: &Hdf5,
    taken: &mut Vec<String>,
) -> Result<(), FormatProblem> {
    let dataset = format!("{path}/vars/idf_weights");
    if let Some(values) = weights.values(&dataset) {
        let values = values.map_err(|reason| FormatProblem::Values {
            place: dataset.clone(),
            reason,
        })?;
        if layer["config"]["idf_weights"].is_null() {
            layer["config"]["idf_weights"] = json!(values.values());
        }
        taken.push(dataset);
    }
    if !layer["config"]["vocabulary"].is_null() {
        return Ok(());
    }
    let Some(text) = archive.text(&format!("{ASSETS}/{path}/vocabulary.txt"))? else {
        return Ok(());
    };
    if text.bytes().filter(|byte| *byte == b'\n').count() > MAX_VALUES {
        return Err(FormatProblem::Layer {
            layer: name_of(layer).to_owned(),
            class_name: class_name(layer).to_owned(),
            reason: format!("its vocabulary has more than {MAX_VALUES} tokens, expected fewer"),
        });
    }
    let tokens = text.split('\n');
    let tokens: Result<Vec<Value>, std::num::ParseIntError> =
        if class_name(layer) == "IntegerLookup" {
            tokens
                .map(|token| token.trim().parse::<i64>().map(Value::from))
                .collect()
        } else {
            Ok(tokens.map(Value::from).collect())
        };
    let tokens = tokens.map_err(|error| FormatProblem::Layer {
        layer: name_of(layer).to_owned(),
        class_name: class_name(layer).to_owned(),
        reason: format!("a token of its vocabulary is no whole number: {error}"),
    })?;
    layer["config"]["vocabulary"] = Value::Array(tokens);
    Ok(())
}
