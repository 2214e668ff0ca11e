//! A graph while it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use firebrick_model::shortened;

use super::constant::Constant;
use super::layers::Layers;
use super::value::Held;
use crate::error::FormatProblem;
use crate::onnx::proto::{Graph, Node, Tensor};

/// Numbers of constants and weights that may be made beside those of the file.
const SPARE_NUMBERS: usize = 8 << 20;

/// What is known of a graph, and what has become of it so far.
pub(super) struct Import<'a> {
    initializers: BTreeMap<&'a str, &'a Tensor>,
    held: BTreeMap<&'a str, Held>,
    /// How often a value is taken by nodes that are needed, or leaves the network.
    uses: BTreeMap<&'a str, usize>,
    /// The nodes that take a value.
    takers: BTreeMap<&'a str, Vec<usize>>,
    pub(super) nodes: &'a [Node],
    /// Nodes whose work another one has done.
    pub(super) absorbed: BTreeSet<usize>,
    pub(super) layers: Layers,
    /// The version of the operators.
    pub(super) opset: i64,
    /// How many samples the file is made for, if it says so.
    pub(super) batch_size: Option<i64>,
    /// How many more numbers may be made.
    spare: usize,
}

impl<'a> Import<'a> {
    /// The beginning.
    ///
    /// # Errors
    /// Names that are given twice.
    pub(super) fn new(
        graph: &'a Graph,
        needed: &BTreeSet<usize>,
        opset: i64,
        num_bytes: usize,
    ) -> Result<Self, FormatProblem> {
        let mut import = Self {
            initializers: BTreeMap::new(),
            held: BTreeMap::new(),
            uses: BTreeMap::new(),
            takers: BTreeMap::new(),
            nodes: &graph.node,
            absorbed: BTreeSet::new(),
            layers: Layers::default(),
            opset,
            batch_size: None,
            spare: num_bytes.saturating_add(SPARE_NUMBERS),
        };
        for tensor in &graph.initializer {
            let name = tensor.name.as_deref().unwrap_or_default();
            if import.initializers.insert(name, tensor).is_some() {
                return Err(malformed(format!(
                    "two of its initializers are called `{}`; save the model again",
                    shortened(name)
                )));
            }
        }
        for &place in needed {
            for name in &graph.node[place].input {
                *import.uses.entry(name).or_default() += 1;
                import.takers.entry(name).or_default().push(place);
            }
        }
        for output in &graph.output {
            *import
                .uses
                .entry(output.name.as_deref().unwrap_or_default())
                .or_default() += 1;
        }
        Ok(import)
    }

    /// Whether a name is one of the file's tensors.
    pub(super) fn is_initializer(&self, name: &str) -> bool {
        self.initializers.contains_key(name)
    }

    /// What a name stands for, if it is known.
    ///
    /// # Errors
    /// A tensor of the file that cannot be read, in words.
    pub(super) fn find(&mut self, name: &str) -> Result<Option<Held>, String> {
        if let Some(held) = self.held.get(name) {
            return Ok(Some(held.clone()));
        }
        let Some((&name, tensor)) = self.initializers.get_key_value(name) else {
            return Ok(None);
        };
        let constant = Constant::of(tensor)
            .map_err(|reason| format!("cannot take `{}`: {reason}", shortened(name)))?;
        let held = Held::Constant(Rc::new(constant));
        self.held.insert(name, held.clone());
        Ok(Some(held))
    }

    /// Remembers what a name stands for.
    ///
    /// # Errors
    /// A name that something else has, in words.
    pub(super) fn give(&mut self, name: &'a str, held: Held) -> Result<(), String> {
        if self.is_initializer(name) || self.held.insert(name, held).is_some() {
            return Err(format!(
                "gives `{}`, which something else gives, too; save the model again",
                shortened(name)
            ));
        }
        Ok(())
    }

    /// How often a value is taken.
    pub(super) fn uses(&self, name: &str) -> usize {
        self.uses.get(name).copied().unwrap_or_default()
    }

    /// The only node that takes a value, which does not leave the network, either.
    pub(super) fn only_taker(&self, name: &str) -> Option<usize> {
        match self.takers.get(name).map(Vec::as_slice) {
            Some([taker]) if self.uses(name) == 1 => Some(*taker),
            _ => None,
        }
    }

    /// Makes sure that there may be so many more numbers.
    ///
    /// # Errors
    /// More than a file of this size has any use for, in words.
    pub(super) fn charge(&mut self, numbers: usize) -> Result<(), String> {
        self.spare = self.spare.checked_sub(numbers).ok_or(
            "takes the same weights so often that they would be many times as large as the file; save the model again, with \
             its constants folded",
        )?;
        Ok(())
    }
}

/// A file that is no model.
pub(super) fn malformed(reason: String) -> FormatProblem {
    FormatProblem::Malformed {
        expected: "model of ONNX",
        reason,
    }
}
