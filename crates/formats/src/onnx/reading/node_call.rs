//! A node on its way into layers.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use firebrick_model::{Shape, WeightValue, shortened};
use serde_json::Value as Json;

use super::constant::{Constant, Numbers};
use super::import::Import;
use super::layers::Described;
use super::sizes::Sizes;
use super::value::{Held, Kind, Value};
use crate::error::FormatProblem;
use crate::onnx::proto::{Attribute, Node};

/// What an operator gives.
pub(super) type Given = Result<Vec<Held>, FormatProblem>;

/// A node, and where its layers go.
pub(super) struct NodeCall<'a, 'b> {
    pub(super) import: &'b mut Import<'a>,
    pub(super) node: &'a Node,
    pub(super) place: usize,
    /// Attributes that somebody has looked at; any other would be passed over.
    seen: RefCell<BTreeSet<&'a str>>,
}

impl<'a, 'b> NodeCall<'a, 'b> {
    pub(super) fn new(import: &'b mut Import<'a>, place: usize) -> Self {
        Self {
            node: &import.nodes[place],
            import,
            place,
            seen: RefCell::default(),
        }
    }

    pub(super) fn operator(&self) -> &'a str {
        self.node.op_type.as_deref().unwrap_or_default()
    }

    /// Why the node cannot be taken over.
    pub(super) fn refused(&self, reason: impl Into<String>) -> FormatProblem {
        let first = self.node.output.first().map(String::as_str);
        let name = self.node.name.as_deref().filter(|name| !name.is_empty());
        FormatProblem::Operator {
            node: shortened(name.or(first).unwrap_or_default()),
            operator: shortened(self.operator()),
            reason: reason.into(),
        }
    }

    /// Why it cannot be taken over with this value of an attribute.
    pub(super) fn refused_attribute(
        &self,
        name: &str,
        reason: impl std::fmt::Display,
    ) -> FormatProblem {
        self.refused(format!("its attribute `{name}` {reason}"))
    }

    fn attribute(&self, name: &'static str) -> Option<&'a Attribute> {
        self.seen.borrow_mut().insert(name);
        let mut all = self.node.attribute.iter();
        all.find(|attribute| attribute.name.as_deref() == Some(name))
    }

    pub(super) fn find_int(&self, name: &'static str) -> Result<Option<i64>, FormatProblem> {
        let Some(attribute) = self.attribute(name) else {
            return Ok(None);
        };
        let number = attribute.i;
        number
            .map(Some)
            .ok_or_else(|| self.refused_attribute(name, "is no whole number"))
    }

    pub(super) fn int(&self, name: &'static str, default: i64) -> Result<i64, FormatProblem> {
        Ok(self.find_int(name)?.unwrap_or(default))
    }

    pub(super) fn float(&self, name: &'static str, default: f32) -> Result<f32, FormatProblem> {
        let number = self.attribute(name).map_or(Some(default), |own| own.f);
        number
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.refused_attribute(name, "is no finite number"))
    }

    pub(super) fn text(&self, name: &'static str, default: &str) -> Result<String, FormatProblem> {
        let Some(attribute) = self.attribute(name) else {
            return Ok(default.to_owned());
        };
        let text = attribute.s.as_deref().map(String::from_utf8_lossy);
        text.map(|text| shortened(&text))
            .ok_or_else(|| self.refused_attribute(name, "is no text"))
    }

    pub(super) fn ints(&self, name: &'static str) -> Option<&'a [i64]> {
        self.attribute(name)
            .map(|attribute| attribute.ints.as_slice())
    }

    pub(super) fn floats(&self, name: &'static str) -> &'a [f32] {
        self.attribute(name)
            .map_or(&[], |attribute| attribute.floats.as_slice())
    }

    pub(super) fn texts(&self, name: &'static str) -> Vec<String> {
        let all = self.attribute(name).map(|own| own.strings.as_slice());
        let all = all.unwrap_or_default().iter();
        all.map(|text| String::from_utf8_lossy(text).into_owned())
            .collect()
    }

    pub(super) fn tensor(&self, name: &'static str) -> Result<Option<Constant>, FormatProblem> {
        let tensor = self.attribute(name).and_then(|own| own.t.as_deref());
        let read = tensor.map(Constant::of).transpose();
        read.map_err(|reason| self.refused_attribute(name, format!("cannot be read: {reason}")))
    }

    /// Makes sure that no attribute is passed over.
    ///
    /// # Errors
    /// One that nobody has looked at.
    pub(super) fn check_seen(&self) -> Result<(), FormatProblem> {
        let seen = self.seen.borrow();
        for attribute in &self.node.attribute {
            let name = attribute.name.as_deref().unwrap_or_default();
            if !seen.contains(name) {
                let name = shortened(name);
                return Err(self.refused_attribute(
                    &name,
                    "is not known here; export the model without it, or with an opset from 13 to 20",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn has_input(&self, place: usize) -> bool {
        self.node
            .input
            .get(place)
            .is_some_and(|name| !name.is_empty())
    }

    /// The name of an input, or nothing.
    pub(super) fn input_name(&self, place: usize) -> &'a str {
        self.node.input.get(place).map_or("", String::as_str)
    }

    /// What an input stands for.
    ///
    /// # Errors
    /// One that is missing.
    pub(super) fn held(&mut self, place: usize) -> Result<Held, FormatProblem> {
        let name = self.input_name(place);
        let found = self.import.find(name);
        let found = found.map_err(|reason| self.refused(reason))?;
        found.ok_or_else(|| {
            self.refused(format!(
                "its input {place}, `{}`, is given by nothing before it; sort the nodes and save the model again",
                shortened(name)
            ))
        })
    }

    /// An input that depends on what enters the network.
    ///
    /// # Errors
    /// One that is a constant, or whole numbers cut from floats.
    pub(super) fn value(&mut self, place: usize) -> Result<Value, FormatProblem> {
        match self.held(place)? {
            Held::Value(value) if value.kind == Kind::Truncated => Err(self.refused(format!(
                "its input {place} is floats made whole, which no layer does but an embedding; leave out the Cast"
            ))),
            Held::Value(value) => Ok(value),
            Held::Above { .. } => Err(self.refused(format!(
                "its input {place} is truth values, which no layer takes"
            ))),
            Held::Erf { .. } | Held::ErfPlusOne { .. } => Err(self.refused(format!(
                "its input {place} is made of an Erf in another way than a Gelu; export with opset 20, where Gelu is an operator"
            ))),
            Held::Constant(_) | Held::Sizes(_) | Held::Filled(_) => Err(self.refused(format!(
                "its input {place} is a constant, expected what depends on the network's inputs; fold the constants before, \
                 e.g. by onnxsim"
            ))),
        }
    }

    /// All inputs, which depend on what enters the network.
    pub(super) fn values(&mut self) -> Result<Vec<Value>, FormatProblem> {
        (0..self.node.input.len())
            .map(|place| self.value(place))
            .collect()
    }

    /// An input that is a constant, if it is there.
    ///
    /// # Errors
    /// One that depends on what enters the network.
    pub(super) fn find_constant(
        &mut self,
        place: usize,
    ) -> Result<Option<Rc<Constant>>, FormatProblem> {
        if !self.has_input(place) {
            return Ok(None);
        }
        match self.held(place)? {
            Held::Constant(constant) => Ok(Some(constant)),
            Held::Filled(number) => Ok(Some(Rc::new(Constant {
                shape: Vec::new(),
                numbers: Numbers::Floats(vec![number]),
            }))),
            Held::Sizes(sizes) => match sizes.known() {
                Some(known) => Ok(Some(Rc::new(Constant::ints(known)))),
                None => Err(self.refused(format!(
                    "its input {place} depends on how many samples there are; export with fixed shapes"
                ))),
            },
            Held::Value(_) | Held::Erf { .. } | Held::ErfPlusOne { .. } | Held::Above { .. } => Err(self.refused(format!(
                "its input {place}, `{}`, depends on the network's inputs, expected weights that are in the file; layers \
                 whose weights are computed are not taken over",
                shortened(self.input_name(place))
            ))),
        }
    }

    /// An input that is weights, if it is there.
    ///
    /// # Errors
    /// One that is no floats of the file.
    pub(super) fn find_weight(
        &mut self,
        place: usize,
    ) -> Result<Option<WeightValue>, FormatProblem> {
        let Some(constant) = self.find_constant(place)? else {
            return Ok(None);
        };
        let charged = self.import.charge(constant.len());
        charged.map_err(|reason| self.refused(reason))?;
        let weight = constant.to_weight();
        weight.map(Some).ok_or_else(|| {
            self.refused(format!(
                "its input {place} is whole numbers, expected floats"
            ))
        })
    }

    /// An input that is weights.
    ///
    /// # Errors
    /// As [`find_weight`](Self::find_weight), and one that is missing.
    pub(super) fn weight(&mut self, place: usize) -> Result<WeightValue, FormatProblem> {
        self.find_weight(place)?
            .ok_or_else(|| self.refused(format!("its input {place} is missing")))
    }

    /// An input that is sizes or axes, if it is there.
    ///
    /// # Errors
    /// One that is something else.
    pub(super) fn find_sizes(&mut self, place: usize) -> Result<Option<Sizes>, FormatProblem> {
        if !self.has_input(place) {
            return Ok(None);
        }
        let sizes = match self.held(place)? {
            Held::Sizes(sizes) => Some(sizes),
            Held::Constant(constant) => Sizes::of(&constant),
            Held::Value(_)
            | Held::Filled(_)
            | Held::Erf { .. }
            | Held::ErfPlusOne { .. }
            | Held::Above { .. } => None,
        };
        sizes.map(Some).ok_or_else(|| {
            self.refused(format!(
                "its input {place} should be whole numbers that are in the file or a shape; export with fixed shapes"
            ))
        })
    }

    /// Whole numbers of an attribute or, since a later opset, of an input.
    ///
    /// # Errors
    /// An input that is something else.
    pub(super) fn ints_or_input(
        &mut self,
        name: &'static str,
        place: usize,
    ) -> Result<Option<Vec<i64>>, FormatProblem> {
        if let Some(ints) = self.ints(name) {
            return Ok(Some(ints.to_vec()));
        }
        let Some(constant) = self.find_constant(place)? else {
            return Ok(None);
        };
        let ints = constant.to_ints().map(<[i64]>::to_vec);
        ints.map(Some)
            .ok_or_else(|| self.refused(format!("its input {place} should be whole numbers")))
    }

    /// Calls a layer on values as they lie.
    ///
    /// # Errors
    /// Arguments or shapes that the layer does not take.
    pub(super) fn layer(
        &mut self,
        described: Described,
        inputs: &[&Value],
    ) -> Result<(firebrick_model::Node, Vec<Shape>), FormatProblem> {
        let inputs: Vec<_> = inputs.iter().map(|x| (&x.node, &x.shape)).collect();
        let called = self.import.layers.call(described, &inputs);
        called.map_err(|reason| self.refused(reason))
    }

    /// Calls a layer without weights on one value, which gives one of the same order.
    ///
    /// # Errors
    /// As [`layer`](Self::layer).
    pub(super) fn plain(
        &mut self,
        class_name: &str,
        config: Json,
        x: &Value,
    ) -> Result<Value, FormatProblem> {
        self.one(Described::plain(class_name, config), x)
    }

    /// Calls a layer on one value, which gives one of the same order.
    ///
    /// # Errors
    /// As [`layer`](Self::layer).
    pub(super) fn one(&mut self, described: Described, x: &Value) -> Result<Value, FormatProblem> {
        let (node, shapes) = self.layer(described, &[x])?;
        let shape = shapes.into_iter().next().unwrap_or_default();
        Ok(Value {
            shape,
            ..x.with_node(node)
        })
    }

    /// What a layer with these weights may be called: after its weights or after the node.
    pub(super) fn name_after(&self, weight: &str) -> Option<String> {
        const WORDS: &[&str] = &[
            "weight",
            "kernel",
            "gamma",
            "embeddings",
            "scale",
            "alpha",
            "w",
            "W",
        ];
        let of_weight = weight.rsplit_once(['.', '/']).and_then(|(layer, word)| {
            let is_known = WORDS.contains(&word) && !layer.contains("::");
            is_known.then(|| layer.to_owned())
        });
        let of_node = || {
            let name = self.node.name.as_deref()?.trim_matches('/');
            let (layer, _) = name.rsplit_once('/')?;
            Some(layer.to_owned())
        };
        of_weight.or_else(of_node).filter(|name| !name.is_empty())
    }
}
