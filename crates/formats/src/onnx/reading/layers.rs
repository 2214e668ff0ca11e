//! The layers of a network that is being put together, and their weights.

use std::collections::{BTreeMap, BTreeSet};

use firebrick_model::layers::{AnyLayer, NewLayer, SharedLayer};
use firebrick_model::{Graph, Node, Shape, WeightValue};
use serde_json::{Value as Json, json};

use crate::error::FormatProblem;

/// A layer by Keras' words, with its weights.
pub(super) struct Described {
    pub(super) class_name: String,
    pub(super) config: Json,
    pub(super) weights: Vec<(String, WeightValue)>,
    /// What it might be called.
    pub(super) name: Option<String>,
    /// Which tensors of the file its weights are; two that are equal in all are one layer, called twice.
    pub(super) source: String,
}

impl Described {
    /// One without weights.
    pub(super) fn plain(class_name: impl Into<String>, config: Json) -> Self {
        Self {
            class_name: class_name.into(),
            config,
            weights: Vec::new(),
            name: None,
            source: String::new(),
        }
    }
}

/// All layers that have weights, by their names.
#[derive(Default)]
pub(super) struct Layers {
    names: BTreeSet<String>,
    weights: BTreeMap<String, Vec<(String, WeightValue)>>,
    shared: BTreeMap<String, SharedLayer>,
    num_calls: usize,
}

impl Layers {
    /// Calls a layer on nodes with shapes.
    ///
    /// # Errors
    /// Arguments or shapes that the layer does not take, in words.
    pub(super) fn call(
        &mut self,
        described: Described,
        inputs: &[(&Node, &Shape)],
    ) -> Result<(Node, Vec<Shape>), String> {
        let class_name = &described.class_name;
        let reason = |error: &dyn std::fmt::Display| {
            format!("as a {class_name} with {} it {error}", described.config)
        };
        let json = json!({"class_name": class_name, "config": described.config});
        let layer: AnyLayer = serde_json::from_value(json).map_err(|error| reason(&error))?;
        let shapes: Vec<Shape> = inputs.iter().map(|(_, shape)| (*shape).clone()).collect();
        let shapes = layer
            .output_shapes(&shapes)
            .map_err(|error| reason(&error))?;
        self.num_calls += 1;
        let nodes: Vec<Node> = inputs.iter().map(|(node, _)| (*node).clone()).collect();
        if described.weights.is_empty() {
            return Ok((NewLayer::from(layer).on(nodes), shapes));
        }
        let key = format!("{class_name} {} {}", described.config, described.source);
        let known = self.shared.get(&key).cloned();
        let shared = if let Some(shared) = known {
            shared
        } else {
            let default = layer.default_name();
            let name = self.free(described.name.as_deref().unwrap_or(&default));
            self.weights.insert(name.clone(), described.weights);
            let shared = NewLayer::from(layer).named(name).shared();
            self.shared.insert(key, shared.clone());
            shared
        };
        Ok((shared.on(nodes), shapes))
    }

    /// Whether no layer was called.
    pub(super) fn are_none(&self) -> bool {
        self.num_calls == 0
    }

    /// A name that no layer has, of letters that every format takes.
    fn free(&mut self, asked: &str) -> String {
        const LONGEST: usize = 80;
        let letters = asked.chars().take(LONGEST).map(|letter| {
            let is_plain = letter.is_ascii_alphanumeric() || "._-".contains(letter);
            if is_plain { letter } else { '_' }
        });
        let asked: String = letters.collect();
        let mut name = asked.clone();
        let mut count = 0_usize;
        while !self.names.insert(name.clone()) {
            count += 1;
            name = format!("{asked}_{count}");
        }
        name
    }

    /// The weights of a graph, in its order.
    ///
    /// # Errors
    /// Layers that do not fit together; weights of another shape than their layer wants.
    pub(super) fn weights_of(mut self, graph: &Graph) -> Result<Vec<Vec<f32>>, FormatProblem> {
        let mut all = Vec::new();
        for (layer, spec) in graph.weights()? {
            let place = format!("{layer}/{}", spec.name);
            let own = self.weights.get_mut(&layer);
            let found = own.and_then(|weights| {
                let place = weights.iter().position(|(name, _)| *name == spec.name)?;
                Some(weights.swap_remove(place).1)
            });
            let found = found.ok_or_else(|| FormatProblem::MissingWeight {
                weight: place.clone(),
                expected: spec.shape.clone(),
                place: place.clone(),
            })?;
            if found.shape() != spec.shape {
                return Err(FormatProblem::WeightShape {
                    weight: place.clone(),
                    expected: spec.shape,
                    received: found.shape().to_vec(),
                    place,
                });
            }
            all.push(found.into_values());
        }
        Ok(all)
    }
}
