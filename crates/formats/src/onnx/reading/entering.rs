//! What enters a network that is read, and in which order its axes are then.

use std::collections::{BTreeMap, BTreeSet};

use firebrick_model::{Node, Shape, named_input, shortened};

use super::import::malformed;
use super::needed::name_of;
use super::value::{Kind, Value, channels_last, in_order};
use crate::error::FormatProblem;
use crate::onnx::proto::{BFLOAT16, DOUBLE, FLOAT, FLOAT16, Graph, INT32, INT64, ValueInfo};

/// Operators that have the channels after the samples.
const CHANNELS_FIRST: &[&str] = &[
    "AveragePool",
    "Conv",
    "ConvTranspose",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "GroupNormalization",
    "InstanceNormalization",
    "MaxPool",
    "Resize",
    "Upsample",
];

/// Operators that have the steps before the samples.
const STEPS_FIRST: &[&str] = &["GRU", "LSTM", "RNN"];

/// Operators after which every axis is where it was.
const PASSING: &[&str] = &[
    "Add",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Div",
    "Dropout",
    "Identity",
    "LeakyRelu",
    "Mul",
    "Pad",
    "Relu",
    "Sigmoid",
    "Slice",
    "Sub",
    "Tanh",
];

/// The most axes of a network's tensors, that of the samples included.
const MAX_RANK: usize = 6;

/// Where the axes are in the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    ChannelsFirst,
    StepsFirst,
    /// As here.
    Same,
}

/// An input of the network.
pub(super) struct Entering {
    pub(super) value: Value,
    pub(super) node: Node,
    /// How many samples the file is made for, if it says so.
    pub(super) batch_size: Option<i64>,
    /// What is to be told of it.
    pub(super) note: Option<String>,
}

impl Entering {
    /// The input of the file, for the nodes that take it.
    ///
    /// # Errors
    /// Inputs that are no tensors of numbers, or have no samples.
    pub(super) fn of(
        info: &ValueInfo,
        graph: &Graph,
        needed: &BTreeSet<usize>,
    ) -> Result<Self, FormatProblem> {
        let name = name_of(info);
        let refused = |reason: &str| malformed(format!("its input `{}` {reason}", shortened(name)));
        let tensor = info
            .kind
            .as_ref()
            .and_then(|kind| kind.tensor_type.as_ref());
        let tensor =
            tensor.ok_or_else(|| refused("is no tensor; export the network with tensors alone"))?;
        let element = tensor.elem_type.unwrap_or(FLOAT);
        let kind = match element {
            INT32 | INT64 => Kind::Ints,
            FLOAT | FLOAT16 | BFLOAT16 | DOUBLE => Kind::Floats,
            _ => {
                return Err(refused(
                    "is neither floats nor whole numbers of 32 or 64 bits; take what is before the network out of it",
                ));
            }
        };
        let dims = tensor.shape.as_ref().map(|shape| &shape.dim);
        let dims = dims.ok_or_else(|| {
            refused("has no shape; export the model with the shapes of its inputs")
        })?;
        if !(2..=MAX_RANK).contains(&dims.len()) {
            return Err(refused(&format!(
                "has {} axes, expected 2 to {MAX_RANK}: samples and what belongs to each",
                dims.len()
            )));
        }
        let sizes: Vec<Option<i64>> = dims
            .iter()
            .map(|dim| dim.dim_value.filter(|size| *size > 0))
            .collect();
        let rank = sizes.len();
        let order = match layout(name, graph, needed) {
            Layout::ChannelsFirst if rank > 2 => channels_last(rank),
            Layout::StepsFirst if rank == 3 => in_order(1, rank),
            _ => in_order(0, rank),
        };
        let own = order[1..].iter().map(|axis| sizes[*axis]);
        let own = own.map(|size| size.and_then(|size| usize::try_from(size).ok()));
        let shape: Shape = own.collect::<Vec<_>>().into();
        let named = name.chars().filter(|letter| !letter.is_control()).take(80);
        let node = named_input(named.collect::<String>(), shape.clone());
        let note = (!order.is_sorted()).then(|| {
            let sizes: Vec<String> = sizes
                .iter()
                .enumerate()
                .map(|(axis, size)| match size {
                    _ if axis == order[0] => "N".to_owned(),
                    Some(size) => size.to_string(),
                    None => "?".to_owned(),
                })
                .collect();
            format!(
                "input `{}`: `[{}]` in the file, here samples of {shape}, {}",
                shortened(name),
                sizes.join(", "),
                if order[0] == 0 {
                    "channels last"
                } else {
                    "samples first"
                }
            )
        });
        Ok(Self {
            batch_size: sizes[order[0]],
            value: Value {
                kind,
                ..Value::new(node.clone(), shape, order)
            },
            node,
            note,
        })
    }
}

/// Which layout the first nodes have that care for one.
fn layout(name: &str, graph: &Graph, needed: &BTreeSet<usize>) -> Layout {
    let mut takers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for place in needed {
        for input in &graph.node[*place].input {
            takers.entry(input).or_default().push(*place);
        }
    }
    let mut seen = BTreeSet::new();
    let mut waiting = vec![name];
    while let Some(name) = waiting.pop() {
        for place in takers.get(name).into_iter().flatten() {
            let node = &graph.node[*place];
            let operator = node.op_type.as_deref().unwrap_or_default();
            let is_first = node.input.first().is_some_and(|first| first == name);
            if is_first && CHANNELS_FIRST.contains(&operator) {
                return Layout::ChannelsFirst;
            }
            if is_first && STEPS_FIRST.contains(&operator) {
                let mut attributes = node.attribute.iter();
                let is_other =
                    attributes.any(|own| own.name.as_deref() == Some("layout") && own.i == Some(1));
                return if is_other {
                    Layout::Same
                } else {
                    Layout::StepsFirst
                };
            }
            if PASSING.contains(&operator) && seen.insert(*place) {
                waiting.extend(node.output.iter().map(String::as_str));
            }
        }
    }
    Layout::Same
}
