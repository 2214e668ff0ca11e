//! From nodes that hold each other to a graph in Keras' order.

use std::collections::HashMap;
use std::sync::Arc;

use super::layer_names::LayerNames;
use super::{Form, Given, Graph, GraphInput, GraphLayer, GraphNode, Source};
use crate::layer::SharedLayer;
use crate::layer::{Node, Origin};
use crate::shape::Shape;

/// What is found on the way from the outputs back to the inputs.
#[derive(Default)]
struct Walk {
    /// Every call after those it takes from.
    calls: Vec<Arc<Origin>>,
    /// Every input that is reached.
    inputs: Vec<Arc<Origin>>,
    /// Places among the calls.
    places: HashMap<*const Origin, usize>,
    /// When a layer or an input was met first, as Keras counts.
    met: HashMap<*const (), usize>,
}

impl Walk {
    fn meet(&mut self, key: *const ()) {
        let next = self.met.len();
        self.met.entry(key).or_insert(next);
    }

    /// Goes back from a node, deepest first, without recursion.
    fn from(&mut self, node: &Node) {
        let mut path: Vec<(Arc<Origin>, usize)> = vec![(Arc::clone(node.origin()), 0)];
        while let Some((origin, next)) = path.pop() {
            let key = Arc::as_ptr(&origin);
            match &*origin {
                Origin::Input { .. } => {
                    if !self.inputs.iter().any(|known| Arc::ptr_eq(known, &origin)) {
                        self.meet(key.cast());
                        self.inputs.push(Arc::clone(&origin));
                    }
                }
                Origin::Call { layer, inputs } => {
                    if self.places.contains_key(&key) {
                        continue;
                    }
                    if next == 0 {
                        self.meet(layer.key());
                    }
                    if let Some(input) = inputs.get(next) {
                        path.push((Arc::clone(&origin), next + 1));
                        path.push((Arc::clone(input.origin()), 0));
                    } else {
                        self.places.insert(key, self.calls.len());
                        self.calls.push(Arc::clone(&origin));
                    }
                }
            }
        }
    }

    /// How far each call is from the outputs, at most; a layer is as far as the farthest of its calls, an input one farther
    /// than the farthest call that takes from it.
    fn depths(&self) -> (Vec<usize>, HashMap<*const (), usize>) {
        let mut depths = vec![0; self.calls.len()];
        let mut of_layers: HashMap<*const (), usize> = HashMap::new();
        for (place, origin) in self.calls.iter().enumerate().rev() {
            let Origin::Call { layer, inputs } = &**origin else {
                continue;
            };
            let of_layer = of_layers.entry(layer.key()).or_insert(0);
            *of_layer = depths[place].max(*of_layer);
            depths[place] = *of_layer;
            for input in inputs {
                let key = Arc::as_ptr(input.origin());
                let farther = depths[place] + 1;
                let depth = match self.places.get(&key) {
                    Some(&before) => &mut depths[before],
                    None => of_layers.entry(key.cast()).or_insert(0),
                };
                *depth = farther.max(*depth);
            }
        }
        (depths, of_layers)
    }
}

/// The graph between inputs and outputs.
pub(super) fn between(inputs: &[Node], outputs: &[Node]) -> Graph {
    let mut walk = Walk::default();
    for node in outputs {
        walk.from(node);
    }
    let given = inputs.iter().map(|node| Arc::clone(node.origin()));
    let mut origins: Vec<(Arc<Origin>, bool)> = given.map(|origin| (origin, true)).collect();
    for origin in &walk.inputs {
        if !origins.iter().any(|(given, _)| Arc::ptr_eq(given, origin)) {
            origins.push((Arc::clone(origin), false));
        }
    }
    let (depths, depth_of) = walk.depths();

    let mut shared: Vec<&SharedLayer> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for origin in &walk.calls {
        if let Origin::Call { layer, .. } = &**origin
            && seen.insert(layer.key())
        {
            shared.push(layer);
        }
    }
    let rank = |key: *const ()| {
        let depth = depth_of.get(&key).copied().unwrap_or_default();
        (std::cmp::Reverse(depth), walk.met.get(&key).copied())
    };
    shared.sort_by_key(|layer| rank(layer.key()));
    let places: HashMap<*const (), usize> = shared
        .iter()
        .enumerate()
        .map(|(place, layer)| (layer.key(), place))
        .collect();

    let mut order: Vec<usize> = (0..walk.calls.len()).collect();
    order.sort_by_key(|&call| {
        let layer = match &*walk.calls[call] {
            Origin::Call { layer, .. } => places.get(&layer.key()).copied(),
            Origin::Input { .. } => None,
        };
        (std::cmp::Reverse(depths[call]), layer, call)
    });
    let mut nodes_of = vec![0; walk.calls.len()];
    for (node, &call) in order.iter().enumerate() {
        nodes_of[call] = node;
    }

    let source = |node: &Node| {
        let input = origins
            .iter()
            .position(|(origin, _)| Arc::ptr_eq(origin, node.origin()));
        match (input, walk.places.get(&Arc::as_ptr(node.origin()))) {
            (Some(input), _) => Source::Input(input),
            (None, Some(&call)) => Source::Node(nodes_of[call], node.index()),
            (None, None) => unreachable!("the walk has met every node"),
        }
    };
    let mut calls_of = vec![0; shared.len()];
    let nodes = order.iter().filter_map(|&call| match &*walk.calls[call] {
        Origin::Call {
            layer: shared,
            inputs,
        } => {
            let layer = places[&shared.key()];
            let call = calls_of[layer];
            calls_of[layer] += 1;
            Some(GraphNode {
                layer,
                call,
                inputs: inputs.iter().map(source).collect(),
                arguments: shared.arguments().clone(),
            })
        }
        Origin::Input { .. } => None,
    });
    let nodes = nodes.collect();
    let outputs = outputs.iter().map(source).collect();
    let (mut inputs, layers) = named(&origins, &shared);
    for (input, (origin, _)) in inputs.iter_mut().zip(&origins) {
        let own = rank(Arc::as_ptr(origin).cast());
        input.place = shared.partition_point(|layer| rank(layer.key()) < own);
    }
    Graph {
        name: "functional".to_owned(),
        form: Form::Functional,
        inputs,
        layers,
        nodes,
        outputs,
    }
}

/// Inputs and layers with names of their own: what has none gets Keras', counted in the order in which they came to be.
fn named(
    origins: &[(Arc<Origin>, bool)],
    shared: &[&SharedLayer],
) -> (Vec<GraphInput>, Vec<GraphLayer>) {
    let given = shared
        .iter()
        .filter_map(|layer| layer.layer().name.as_deref());
    let given_inputs = origins.iter().filter_map(|(origin, _)| match &**origin {
        Origin::Input { name, .. } => name.as_deref(),
        Origin::Call { .. } => None,
    });
    let mut names = LayerNames::of(given.chain(given_inputs));
    let inputs = origins.iter().map(|(origin, is_given)| match &**origin {
        Origin::Input { name, shape, .. } => GraphInput {
            name: names.give(name.as_deref(), || "input".to_owned()),
            shape: shape.clone(),
            place: 0,
            given: if *is_given {
                Given::Yes
            } else {
                Given::Missing
            },
        },
        Origin::Call { layer, .. } => GraphInput {
            name: layer
                .layer()
                .name
                .clone()
                .unwrap_or_else(|| layer.layer().layer.default_name()),
            shape: Shape::default(),
            place: 0,
            given: Given::Call,
        },
    });
    let inputs = inputs.collect();
    let mut by_age: Vec<usize> = (0..shared.len()).collect();
    by_age.sort_by_key(|&place| shared[place].created());
    let mut found = vec![String::new(); shared.len()];
    for place in by_age {
        let layer = shared[place].layer();
        found[place] = names.give(layer.name(), || layer.layer.default_name());
    }
    let layers = shared.iter().zip(found).map(|(layer, name)| GraphLayer {
        name,
        layer: layer.layer().layer.clone(),
        trainable: layer.layer().trainable,
        lora: Vec::new(),
    });
    (inputs, layers.collect())
}
