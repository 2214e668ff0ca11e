//! A graph of ONNX while it is written.

use std::collections::{BTreeMap, BTreeSet};

use super::attribute;
use super::attribute::whole;
use super::proto::{Attribute, FLOAT, INT64, Node, Tensor};

/// Operators and constants, with a name for each value.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) nodes: Vec<Node>,
    pub(super) initializers: Vec<Tensor>,
    taken: BTreeSet<String>,
    /// What constants are called that were asked for by a name and with a shape; each is written once.
    constants: BTreeMap<(String, Vec<i64>), String>,
    /// What a value is called with its axes in another order.
    turned: BTreeMap<(String, Vec<usize>), String>,
}

impl Writer {
    /// A name that no value has: this one, with a number if need be.
    pub(super) fn fresh(&mut self, name: &str) -> String {
        let mut candidate = name.to_owned();
        let mut count = 0_usize;
        while !self.taken.insert(candidate.clone()) {
            count += 1;
            candidate = format!("{name}_{count}");
        }
        candidate
    }

    /// An operator of a layer, and the names of what it gives.
    pub(super) fn operators(
        &mut self,
        layer: &str,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<Attribute>,
        num_outputs: usize,
    ) -> Vec<String> {
        let name = format!("{layer}/{operator}");
        let outputs: Vec<String> = (0..num_outputs).map(|_| self.fresh(&name)).collect();
        self.nodes.push(Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: outputs.clone(),
            name: outputs.first().cloned(),
            op_type: Some(operator.to_owned()),
            attribute: attributes,
            domain: None,
        });
        outputs
    }

    /// An operator that gives one value of this name.
    pub(super) fn leaving(&mut self, input: &str, output: &str) {
        self.nodes.push(Node {
            input: vec![input.to_owned()],
            output: vec![output.to_owned()],
            name: Some(output.to_owned()),
            op_type: Some("Identity".to_owned()),
            attribute: Vec::new(),
            domain: None,
        });
    }

    /// A value with its axes in this order.
    pub(super) fn turned(&mut self, layer: &str, value: &str, order: &[usize]) -> String {
        if order.iter().copied().eq(0..order.len()) {
            return value.to_owned();
        }
        let key = (value.to_owned(), order.to_vec());
        if let Some(known) = self.turned.get(&key) {
            return known.clone();
        }
        let attributes = vec![attribute::ints("perm", order.iter().copied())];
        let turned = self
            .operators(layer, "Transpose", &[value], attributes, 1)
            .remove(0);
        // Back again, it is what it was.
        let back = (turned.clone(), inverse(order));
        self.turned.insert(back, value.to_owned());
        self.turned.insert(key, turned.clone());
        turned
    }

    /// A constant of floats, the same for the same name and shape.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        let bytes = || {
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect()
        };
        let dims = shape.iter().copied().map(whole).collect();
        self.constant(name, FLOAT, dims, bytes)
    }

    /// A list of whole numbers.
    pub(super) fn ints(&mut self, values: &[i64]) -> String {
        let listed: Vec<String> = values.iter().map(i64::to_string).collect();
        let bytes = || {
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect()
        };
        let dims = vec![whole(values.len())];
        self.constant(&format!("ints/{}", listed.join(",")), INT64, dims, bytes)
    }

    /// A single whole number, without an axis.
    pub(super) fn int(&mut self, value: i64) -> String {
        let bytes = || value.to_le_bytes().to_vec();
        self.constant(&format!("int/{value}"), INT64, Vec::new(), bytes)
    }

    /// A single float, without an axis.
    pub(super) fn number(&mut self, value: f32) -> String {
        self.floats(&format!("number/{value}"), &[], &[value])
    }

    fn constant(
        &mut self,
        name: &str,
        data_type: i32,
        dims: Vec<i64>,
        bytes: impl FnOnce() -> Vec<u8>,
    ) -> String {
        let key = (name.to_owned(), dims.clone());
        if let Some(known) = self.constants.get(&key) {
            return known.clone();
        }
        let own = self.fresh(name);
        self.initializers.push(Tensor {
            dims,
            data_type: Some(data_type),
            name: Some(own.clone()),
            raw_data: Some(bytes()),
            ..Tensor::default()
        });
        self.constants.insert(key, own.clone());
        own
    }
}

/// The order that undoes an order of axes.
pub(super) fn inverse(order: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; order.len()];
    for (place, &axis) in order.iter().enumerate() {
        inverse[axis] = place;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_once_and_constants_written_once() {
        let mut writer = Writer::default();
        assert_eq!(
            [writer.fresh("x"), writer.fresh("x"), writer.fresh("x_1")],
            ["x", "x_1", "x_1_1"]
        );
        assert_eq!(writer.ints(&[1, -1]), writer.ints(&[1, -1]));
        assert_eq!(writer.initializers.len(), 1);
    }

    #[test]
    fn a_value_that_is_turned_back_is_itself() {
        let mut writer = Writer::default();
        let first = writer.turned("layer", "x", &[0, 3, 1, 2]);
        assert_eq!(writer.turned("layer", "x", &[0, 3, 1, 2]), first);
        assert_eq!(writer.turned("layer", &first, &[0, 2, 3, 1]), "x");
        assert_eq!(writer.turned("layer", "x", &[0, 1]), "x");
        assert_eq!(writer.nodes.len(), 1);
    }
}
