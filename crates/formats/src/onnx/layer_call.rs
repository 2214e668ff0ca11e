//! A call of a layer, on its way into operators.

use std::collections::BTreeMap;

use firebrick_model::layers::AnyLayer;
use firebrick_model::{Shape, WeightValue};
use serde::de::DeserializeOwned;

use super::attribute::single;
use super::proto::Attribute;
use super::value::{Layout, Value};
use super::writer::Writer;
use crate::error::FormatProblem;

/// The weights of a network, by their paths.
pub(super) type Weights = BTreeMap<String, WeightValue>;

/// Which layer is called, and where its operators go.
pub(super) struct LayerCall<'a> {
    pub(super) writer: &'a mut Writer,
    pub(super) weights: &'a Weights,
    pub(super) layer: &'a AnyLayer,
    /// The layer's name with those of the networks that it is in, `encoder/dense`.
    pub(super) path: &'a str,
    /// What leaves it.
    pub(super) outputs: Vec<Shape>,
}

impl LayerCall<'_> {
    /// Why the layer cannot be written.
    pub(super) fn refused(&self, reason: impl Into<String>) -> FormatProblem {
        FormatProblem::Layer {
            layer: self.path.to_owned(),
            class_name: self.layer.class_name().to_owned(),
            reason: reason.into(),
        }
    }

    /// The layer's arguments.
    ///
    /// # Errors
    /// Arguments that are not those of the layer's kind.
    pub(super) fn arguments<T: DeserializeOwned>(&self) -> Result<T, FormatProblem> {
        self.arguments_of(self.layer)
    }

    /// The arguments of a part of the layer.
    ///
    /// # Errors
    /// Arguments that are not those of the part's kind.
    pub(super) fn arguments_of<T: DeserializeOwned>(
        &self,
        layer: &AnyLayer,
    ) -> Result<T, FormatProblem> {
        let malformed = |error: serde_json::Error| self.refused(error.to_string());
        let mut json = serde_json::to_value(layer).map_err(malformed)?;
        serde_json::from_value(json["config"].take()).map_err(malformed)
    }

    /// What leaves the layer first.
    pub(super) fn output_shape(&self) -> Shape {
        self.outputs.first().cloned().unwrap_or_default()
    }

    /// An operator with one output.
    pub(super) fn operator(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<Attribute>,
    ) -> String {
        self.operators(operator, inputs, attributes, 1).remove(0)
    }

    /// An operator without attributes.
    pub(super) fn plain(&mut self, operator: &str, inputs: &[&str]) -> String {
        self.operator(operator, inputs, Vec::new())
    }

    /// An operator with several outputs.
    pub(super) fn operators(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<Attribute>,
        num_outputs: usize,
    ) -> Vec<String> {
        self.writer
            .operators(self.path, operator, inputs, attributes, num_outputs)
    }

    /// An operator of a value and a number.
    pub(super) fn with_number(&mut self, operator: &str, x: &str, number: f64) -> String {
        let number = self.number(number);
        self.plain(operator, &[x, &number])
    }

    /// A value in another shape; 0 stands for the size that is there, -1 for what is left.
    pub(super) fn reshaped(&mut self, x: &str, shape: &[i64]) -> String {
        let shape = self.writer.ints(shape);
        self.plain("Reshape", &[x, &shape])
    }

    /// What reduces some axes, which stay with a size of 1.
    pub(super) fn reduced(&mut self, operator: &str, x: &str, axes: &[i64]) -> String {
        let axes = self.writer.ints(axes);
        self.plain(operator, &[x, &axes])
    }

    /// A value with its axes in this order.
    pub(super) fn turned(&mut self, x: &str, order: &[usize]) -> String {
        self.writer.turned(self.path, x, order)
    }

    /// A constant.
    pub(super) fn number(&mut self, number: f64) -> String {
        self.writer.number(single(number))
    }

    /// Constants of the layer.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        let name = format!("{}/{name}", self.path);
        self.writer.floats(&name, shape, values)
    }

    /// A weight, if the layer has it.
    pub(super) fn find(&self, name: &str) -> Option<&WeightValue> {
        self.weights.get(&format!("{}/{name}", self.path))
    }

    /// A weight.
    ///
    /// # Errors
    /// One that the layer does not have.
    pub(super) fn weight(&self, name: &str) -> Result<&WeightValue, FormatProblem> {
        self.find(name)
            .ok_or_else(|| self.refused(format!("it has no weight `{name}`")))
    }

    /// A weight as a constant, with its name.
    pub(super) fn initializer(&mut self, name: &str, value: &WeightValue) -> String {
        self.floats(name, value.shape(), value.values())
    }

    /// A weight as it is, as a constant.
    ///
    /// # Errors
    /// One that the layer does not have.
    pub(super) fn constant(&mut self, name: &str) -> Result<String, FormatProblem> {
        let value = self.weight(name)?.clone();
        Ok(self.initializer(name, &value))
    }

    /// A weight as a constant, if the layer has it.
    pub(super) fn find_constant(&mut self, name: &str) -> Option<String> {
        let value = self.find(name)?.clone();
        Some(self.initializer(name, &value))
    }

    /// A value with its channels last.
    pub(super) fn channels_last(&mut self, x: &Value) -> String {
        if x.layout == Layout::ChannelsLast {
            return x.name.clone();
        }
        let axes = x.shape.rank();
        let order: Vec<usize> = [0].into_iter().chain(2..=axes).chain([1]).collect();
        self.turned(&x.name, &order)
    }

    /// A value with its channels after the batch.
    pub(super) fn channels_first(&mut self, x: &Value) -> String {
        if x.layout == Layout::ChannelsFirst {
            return x.name.clone();
        }
        let axes = x.shape.rank();
        let order: Vec<usize> = [0, axes].into_iter().chain(1..axes).collect();
        self.turned(&x.name, &order)
    }
}
