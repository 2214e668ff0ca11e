use std::any::Any;
use std::fmt;
use std::sync::Arc;

use burn::tensor::Device;
use firebrick_spec::{Keras, Spec, SpecError};
use firebrick_tensor::AnyTensor;
use serde::{Serialize, Serializer, ser};

use super::Layer;
use super::call::Call;
use super::cell::Cell;
use super::host_form::HostForm;
use super::masking::Masking;
use super::weight_spec::WeightSpec;
use crate::activation::Activation;
use crate::layer_problem::LayerProblem;
use crate::regularizer::Regularizer;
use crate::shape::Shape;
use crate::signal::Signals;

/// The description of any layer: one of this crate or one of your own.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{AnyLayer, Conv2D};
///
/// let layer = AnyLayer::from(Conv2D::new(8, 3));
/// assert_eq!((layer.class_name(), layer.default_name()), ("Conv2D", "conv2d".to_owned()));
/// assert_eq!(layer.output_shape(&[28, 28, 1].into())?, [26, 26, 8]);
/// assert_eq!(layer.downcast_ref::<Conv2D>(), Some(&Conv2D::new(8, 3)));
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
#[derive(Clone)]
pub struct AnyLayer(Arc<dyn Erased>);

impl AnyLayer {
    /// Keras' name of the layer, e.g. `Conv2D`.
    pub fn class_name(&self) -> &'static str {
        self.0.class_name()
    }

    /// The name that the first layer of its kind has in a network, e.g. `max_pooling2d`.
    /// A network has its own.
    pub fn default_name(&self) -> String {
        self.0.default_name()
    }

    /// The layer itself, if it is of this kind.
    pub fn downcast_ref<L: Layer>(&self) -> Option<&L> {
        self.0.as_any().downcast_ref()
    }

    /// As [`Layer::output_shape`].
    ///
    /// # Errors
    /// An input that does not fit, or an argument out of range.
    pub fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let [shape] = <[Shape; 1]>::try_from(self.output_shapes(std::slice::from_ref(input))?)
            .map_err(|shapes| LayerProblem::NumOutputs {
                expected: 1,
                received: shapes.len(),
            })?;
        Ok(shape)
    }

    /// As [`Layer::output_shapes`].
    ///
    /// # Errors
    /// Inputs that do not fit, or an argument out of range.
    pub fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.0.output_shapes(inputs)
    }

    /// As [`Layer::weights`].
    pub fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        self.0.weights(inputs)
    }

    /// As [`Layer::call`], with what the layer's [activity regularizer](Layer::activity_regularizer) adds to the loss.
    ///
    /// # Errors
    /// Values that it has no result for.
    pub fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let outputs = self.0.call(inputs, call)?;
        if let Some(regularizer) = self.0.activity_regularizer() {
            for output in &outputs {
                call.add_activity_loss(&regularizer, output.values().clone());
            }
        }
        Ok(outputs)
    }

    /// As [`Layer::masking`].
    pub fn masking(&self) -> Masking {
        self.0.masking()
    }

    /// As [`Layer::output_masks`].
    pub fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        self.0.output_masks(inputs)
    }

    /// As [`Layer::last_activation`].
    pub fn last_activation(&self) -> Activation {
        match self.0.activity_regularizer() {
            None => self.0.last_activation(),
            // It sees what leaves the activation.
            Some(_) => Activation::Linear,
        }
    }

    /// The spec with all arguments, by which the layer is saved.
    ///
    /// # Errors
    /// A layer that is code, which cannot be written down.
    pub fn to_spec(&self) -> Result<Spec, SpecError> {
        self.0.to_spec(self.class_name())
    }

    /// As [`Layer::host_form`]; none where what leaves is regularized.
    pub(crate) fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        match self.0.activity_regularizer() {
            None => self.0.host_form(inputs),
            Some(_) => None,
        }
    }

    pub(crate) fn refuses_masks(&self) -> bool {
        self.masking() == Masking::Refuses
    }

    pub(crate) fn as_cell(&self) -> Option<&dyn Cell> {
        self.0.as_cell()
    }

    pub(crate) fn has_limits(&self) -> bool {
        self.0.has_limits()
    }

    pub(crate) fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        self.0.check(inputs)
    }

    pub(crate) fn probe(&self, inputs: &[Shape], device: &Device) -> Result<(), LayerProblem> {
        self.0.probe(inputs, device)
    }

    pub(crate) fn needs_adapting(&self) -> bool {
        self.0.needs_adapting()
    }

    pub(crate) fn learned_argument(&self) -> &'static str {
        self.0.learned_argument()
    }

    pub(crate) fn adapts_to_targets(&self) -> bool {
        self.0.adapts_to_targets()
    }

    pub(crate) fn adapted(
        &self,
        samples: &mut dyn Iterator<Item = AnyTensor>,
    ) -> Result<Self, LayerProblem> {
        self.0.adapted(samples)
    }
}

/// The methods of [`Layer`] of a kind that is known when the program runs.
trait Erased: fmt::Debug + Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn Any) -> bool;
    fn class_name(&self) -> &'static str;
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError>;
    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem>;
    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec>;
    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem>;
    fn masking(&self) -> Masking;
    fn output_masks(&self, inputs: &[bool]) -> Vec<bool>;
    fn last_activation(&self) -> Activation;
    fn activity_regularizer(&self) -> Option<Regularizer>;
    fn has_limits(&self) -> bool;
    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem>;
    fn probe(&self, inputs: &[Shape], device: &Device) -> Result<(), LayerProblem>;
    fn needs_adapting(&self) -> bool;
    fn learned_argument(&self) -> &'static str;
    fn adapts_to_targets(&self) -> bool;
    fn adapted(
        &self,
        samples: &mut dyn Iterator<Item = AnyTensor>,
    ) -> Result<AnyLayer, LayerProblem>;
    fn default_name(&self) -> String;
    fn as_cell(&self) -> Option<&dyn Cell>;
    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm>;
}

impl<L: Layer> Erased for L {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<L>() == Some(self)
    }

    fn class_name(&self) -> &'static str {
        L::CLASS_NAME
    }

    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        Layer::to_spec(self, name)
    }

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        Layer::output_shapes(self, inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        Layer::weights(self, inputs)
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        Layer::call(self, inputs, call)
    }

    fn masking(&self) -> Masking {
        Layer::masking(self)
    }

    fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        Layer::output_masks(self, inputs)
    }

    fn last_activation(&self) -> Activation {
        Layer::last_activation(self)
    }

    fn activity_regularizer(&self) -> Option<Regularizer> {
        Layer::activity_regularizer(self)
    }

    fn has_limits(&self) -> bool {
        Layer::has_limits(self)
    }

    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        Layer::check(self, inputs)
    }

    fn as_cell(&self) -> Option<&dyn Cell> {
        Layer::as_cell(self)
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        Layer::host_form(self, inputs)
    }

    fn probe(&self, inputs: &[Shape], device: &Device) -> Result<(), LayerProblem> {
        Layer::probe(self, inputs, device)
    }

    fn needs_adapting(&self) -> bool {
        Layer::needs_adapting(self)
    }

    fn learned_argument(&self) -> &'static str {
        Layer::learned_argument(self)
    }

    fn adapts_to_targets(&self) -> bool {
        Layer::adapts_to_targets(self)
    }

    fn adapted(
        &self,
        samples: &mut dyn Iterator<Item = AnyTensor>,
    ) -> Result<AnyLayer, LayerProblem> {
        Layer::adapted(self, samples).map(AnyLayer::from)
    }

    fn default_name(&self) -> String {
        Layer::default_name(self)
    }
}

impl<L: Layer> From<L> for AnyLayer {
    fn from(layer: L) -> Self {
        Self(Arc::new(layer))
    }
}

impl PartialEq for AnyLayer {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(other.0.as_any())
    }
}

impl fmt::Debug for AnyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// As Keras writes it: `{"class_name": …, "config": {…}}`.
impl Serialize for AnyLayer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spec = self.to_spec().map_err(ser::Error::custom)?;
        Keras(&spec).serialize(serializer)
    }
}
