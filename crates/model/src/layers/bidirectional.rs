use burn::tensor::Tensor;
use firebrick_host::Kernel;
use firebrick_host::kernels::{self, Concatenate};
use firebrick_spec::{Spec, SpecError, Value};
use serde::{Deserialize, Serialize};

use super::nested;
use crate::layer::AnyLayer;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer::whole;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use firebrick_tensor::AnyTensor;

/// How a [`Bidirectional`] puts the outputs of both directions together.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Bidirectional, LSTM, Layer, MergeMode};
///
/// let layer = Bidirectional::new(LSTM::new(8)).with_merge_mode(MergeMode::Separate);
/// assert_eq!(layer.output_shapes(&[[10, 3].into()])?, [[8], [8]]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MergeMode {
    /// One after the other along the last axis; Keras' `concat`.
    #[default]
    Concat,
    /// Their sum; Keras' `sum`.
    Sum,
    /// Their mean; Keras' `ave`.
    Average,
    /// Their product; Keras' `mul`.
    Multiply,
    /// Two outputs; Keras' `None`.
    Separate,
}

impl MergeMode {
    /// Keras' names.
    const NAMES: [(Self, Option<&'static str>); 5] = [
        (Self::Concat, Some("concat")),
        (Self::Sum, Some("sum")),
        (Self::Average, Some("ave")),
        (Self::Multiply, Some("mul")),
        (Self::Separate, None),
    ];

    /// Both in one; nothing where they stay two.
    fn merged(self, forward: AnyTensor, backward: AnyTensor) -> Option<AnyTensor> {
        let mut shape = forward.shape();
        shape.pop();
        let rows = shape.iter().product();
        let [forward, backward] = [forward, backward].map(|x| {
            let units = x.shape().last().copied().unwrap_or_default();
            x.reshaped(&[rows, units]).expect_rank::<2>()
        });
        let merged = match self {
            Self::Concat => Tensor::cat(vec![forward, backward], 1),
            Self::Sum => forward + backward,
            Self::Average => (forward + backward) / 2.0,
            Self::Multiply => forward * backward,
            Self::Separate => return None,
        };
        let [_, units] = merged.dims();
        shape.push(units);
        Some(AnyTensor::from(merged).reshaped(&shape))
    }
}

impl Serialize for MergeMode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = Self::NAMES.iter().find(|(mode, _)| mode == self);
        name.and_then(|(_, name)| *name).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MergeMode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        let mode = Self::NAMES
            .iter()
            .find(|(_, name)| *name == text.as_deref());
        mode.map(|(mode, _)| *mode).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "a merge mode is `concat`, `sum`, `ave`, `mul` or none, received `{}`",
                text.unwrap_or_default()
            ))
        })
    }
}

/// A recurrent layer in both directions: one goes through the steps from the first to the last, another one with weights of
/// its own from the last to the first.
///
/// What they give for the same step is put together. As in Keras, both give zeros for the steps that are padding when they
/// return sequences.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Bidirectional, Dense, Embedding, LSTM};
/// use firebrick::models::Sequential;
///
/// let network = Sequential::new([None])
///     .add(Embedding::new(20_000, 64).with_mask_zero())
///     .add(Bidirectional::new(LSTM::new(32).with_return_sequences()))
///     .add(Bidirectional::new(LSTM::new(32)))
///     .add(Dense::new(1));
/// assert_eq!(network.output_shape()?, [1]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: that of the layer; initial states may follow, first those of the forward layer, then those of the backward layer
/// - output: that of the layer, the last axis twice as long when they are concatenated; then the last states of both layers,
///   if the layer returns its own
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/bidirectional/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bidirectional {
    layer: AnyLayer,
    merge_mode: MergeMode,
    /// Nothing if there cannot be one: the layer does not say which way it goes.
    backward_layer: Option<AnyLayer>,
}

/// The arguments as they are read.
#[derive(Deserialize)]
struct Arguments {
    #[serde(deserialize_with = "nested::layer")]
    layer: AnyLayer,
    #[serde(default)]
    merge_mode: MergeMode,
    #[serde(default, deserialize_with = "nested::optional_layer")]
    backward_layer: Option<AnyLayer>,
}

impl<'de> Deserialize<'de> for Bidirectional {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Arguments::deserialize(deserializer).map(Self::from)
    }
}

impl From<Arguments> for Bidirectional {
    fn from(arguments: Arguments) -> Self {
        let layer = Self::new(arguments.layer).with_merge_mode(arguments.merge_mode);
        match arguments.backward_layer {
            Some(backward) => layer.with_backward_layer(backward),
            None => layer,
        }
    }
}

impl Bidirectional {
    /// A recurrent layer and the same in the other direction, concatenated.
    pub fn new(layer: impl Into<AnyLayer>) -> Self {
        let layer = layer.into();
        let flag = flag(&layer, "go_backwards");
        let backward = flag.and_then(|flag| with_flag(&layer, "go_backwards", !flag));
        Self {
            layer: with_zero_output(layer),
            merge_mode: MergeMode::default(),
            backward_layer: backward.map(with_zero_output),
        }
    }

    /// Sets how the outputs are put together.
    #[must_use = "returns the changed layer"]
    pub fn with_merge_mode(mut self, merge_mode: MergeMode) -> Self {
        self.merge_mode = merge_mode;
        self
    }

    /// Sets another layer for the other direction, one that goes backwards and gives as much as the first one.
    #[must_use = "returns the changed layer"]
    pub fn with_backward_layer(mut self, layer: impl Into<AnyLayer>) -> Self {
        self.backward_layer = Some(with_zero_output(layer.into()));
        self
    }

    /// Both layers with the names of their weights.
    fn both(&self) -> Option<[(String, &AnyLayer); 2]> {
        let backward = self.backward_layer.as_ref()?;
        Some([
            (
                format!("forward_{}", self.layer.default_name()),
                &self.layer,
            ),
            (format!("backward_{}", backward.default_name()), backward),
        ])
    }

    fn checked(&self) -> Result<[(String, &AnyLayer); 2], LayerProblem> {
        let expected = "a recurrent layer, which has `go_backwards` and `return_sequences`";
        let received = self.layer.class_name();
        let problem = LayerProblem::argument("layer", expected, &received);
        let both = self.both().ok_or(problem)?;
        let [(_, forward), (_, backward)] = &both;
        let differs = |name: &str| flag(forward, name) != flag(backward, name);
        if !differs("go_backwards") {
            let expected = "one that goes through the steps in the other order";
            return Err(misfit(expected, "one that goes the same way"));
        }
        for name in ["return_sequences", "return_state", "stateful"] {
            if differs(name) {
                let expected = format!("one with the same `{name}` as the layer");
                return Err(misfit(&expected, "one with another"));
            }
        }
        Ok(both)
    }

    fn returns_sequences(&self) -> bool {
        flag(&self.layer, "return_sequences").unwrap_or_default()
    }
}

/// What is wrong with the layer of the other direction.
fn misfit(expected: &str, received: &str) -> LayerProblem {
    LayerProblem::Argument {
        argument: "backward_layer",
        expected: expected.to_owned(),
        received: received.to_owned(),
    }
}

/// The argument of this name, if the layer has it.
fn flag(layer: &AnyLayer, argument: &str) -> Option<bool> {
    match layer.to_spec().ok()?.get(argument)? {
        Value::Bool(flag) => Some(*flag),
        _ => None,
    }
}

/// The layer with this argument; nothing if it has no such one.
fn with_flag(layer: &AnyLayer, argument: &str, flag: bool) -> Option<AnyLayer> {
    let mut spec = layer.to_spec().ok()?;
    spec.take(argument)?;
    AnyLayer::from_spec(&spec.with(argument, flag)).ok()
}

/// The layer with zeros for padding where it returns sequences, if it can.
fn with_zero_output(layer: AnyLayer) -> AnyLayer {
    let flag = flag(&layer, "return_sequences");
    let changed = flag.and_then(|flag| with_flag(&layer, "zero_output_for_mask", flag));
    changed.unwrap_or(layer)
}

/// The steps in the other order.
fn flipped(steps: AnyTensor) -> AnyTensor {
    let shape = steps.shape();
    let numbers = shape[2..].iter().product();
    let flat = steps
        .reshaped(&[shape[0], shape[1], numbers])
        .expect_rank::<3>();
    AnyTensor::from(flat.flip([1])).reshaped(&shape)
}

impl Layer for Bidirectional {
    const CLASS_NAME: &'static str = "Bidirectional";

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        spec.read::<Arguments>(thing).map(Self::from)
    }

    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        // A merge mode of none is one.
        Spec::complete(name, self)
    }

    fn argument_names() -> Vec<String> {
        let names = firebrick_spec::argument_names::<Arguments>().into_iter();
        names.map(str::to_owned).collect()
    }

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let [(_, forward), (_, backward)] = self.checked()?;
        let (first, second) = split(inputs);
        let mut forward = forward.output_shapes(&first)?.into_iter();
        let mut backward = backward.output_shapes(&second)?.into_iter();
        let (Some(output), Some(other)) = (forward.next(), backward.next()) else {
            return Ok(Vec::new());
        };
        let has_fitting_rank = output.rank() == other.rank();
        let fits = match self.merge_mode {
            MergeMode::Separate => true,
            MergeMode::Concat => {
                let [units, others] = [&output, &other].map(|shape| shape.last().unwrap_or(0));
                has_fitting_rank
                    && output
                        .clone()
                        .with_last(1)
                        .merged(&other.clone().with_last(1))
                        .is_some()
                    && units > 0
                    && others > 0
            }
            _ => output.merged(&other).is_some(),
        };
        if !fits {
            let expected = format!("one whose output fits {output}");
            return Err(misfit(&expected, &format!("one of {other}")));
        }
        let outputs = match self.merge_mode {
            MergeMode::Separate => vec![output, other],
            MergeMode::Concat => {
                let units = output.features()? + other.features()?;
                vec![output.with_last(units)]
            }
            _ => vec![output],
        };
        Ok(outputs.into_iter().chain(forward).chain(backward).collect())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let both = self.both().into_iter().flatten();
        let weights = both.flat_map(|(name, layer)| {
            let weights = layer.weights(&inputs[..1]).into_iter();
            weights.map(move |weight| weight.within(&name))
        });
        weights.collect()
    }

    fn masking(&self) -> Masking {
        self.layer.masking()
    }

    fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        let mut masks = self.layer.output_masks(inputs);
        let states = masks.split_off(1);
        let first = masks[0];
        let outputs = match self.merge_mode {
            MergeMode::Separate => vec![first; 2],
            _ => vec![first],
        };
        [outputs, states.clone(), states].concat()
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let [(name, forward), (other_name, backward)] = self.checked()?;
        let inputs: Vec<Signal> = inputs.into_vec();
        let (first, second) = split(&inputs);
        let forward = forward.call(first.into(), &call.within(&name))?;
        let backward = backward.call(second.into(), &call.within(&other_name))?;
        let (mut forward, mut backward) = (forward.into_iter(), backward.into_iter());
        let (Some(y), Some(other)) = (forward.next(), backward.next()) else {
            return Ok(Signals::default());
        };
        let (y, mask) = y.into_parts();
        let other = if self.returns_sequences() {
            flipped(other.into_values())
        } else {
            other.into_values()
        };
        let outputs = match self.merge_mode.merged(y.clone(), other.clone()) {
            Some(merged) => vec![merged],
            None => vec![y, other],
        };
        let outputs = outputs.into_iter();
        let outputs = outputs.map(|output| Signal::from(output).with_mask(mask.clone()));
        Ok(outputs.chain(forward).chain(backward).collect())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let [(shape, forward), (other, backward)] = self.branches(inputs)?;
        let (len, units) = (shape.num_elements()?, shape.last()?);
        let kernel: Box<dyn Kernel> = match self.merge_mode {
            MergeMode::Concat => Concatenate::new(len / units, [units, other.last()?]).into(),
            MergeMode::Sum => kernels::Sum::new(len, [1.0, 1.0]).into(),
            MergeMode::Average => kernels::Sum::new(len, [0.5, 0.5]).into(),
            MergeMode::Multiply => kernels::Product::new(len).into(),
            MergeMode::Separate => return None,
        };
        Some(HostForm::branching(vec![forward, backward], kernel).reading_mask())
    }
}

impl Bidirectional {
    /// Both layers over plain memory, the steps of the second turned to meet those of the first.
    fn branches(&self, inputs: &[Shape]) -> Option<[(Shape, HostForm); 2]> {
        let [(name, forward), (other_name, backward)] = self.checked().ok()?;
        let branch = |name: &str, layer: &AnyLayer| {
            let [output] = <[Shape; 1]>::try_from(layer.output_shapes(inputs).ok()?).ok()?;
            let form = layer.host_form(inputs)?.within(name);
            let is_plain = form.inputs.is_empty() && form.branches.is_empty();
            is_plain.then_some((output, form))
        };
        let forward = branch(&name, forward)?;
        let (output, mut backward) = branch(&other_name, backward)?;
        if self.returns_sequences() {
            let sizes = output.known().ok()?;
            let turned = (0..sizes[0]).rev().map(Some).collect();
            let others = (1..sizes.len()).map(|axis| (axis, whole(sizes[axis])));
            let axes: Vec<_> = [(0, turned)].into_iter().chain(others).collect();
            backward = backward.followed_by(HostForm::moving(&sizes, &axes)?);
        }
        Some([forward, (output, backward)])
    }
}

/// What enters the forward layer and what the backward one: the sequence both, each half of the states.
fn split<T: Clone>(inputs: &[T]) -> (Vec<T>, Vec<T>) {
    let Some((sequence, states)) = inputs.split_first() else {
        return (Vec::new(), Vec::new());
    };
    let (first, second) = states.split_at(states.len() / 2);
    let with = |states: &[T]| [std::slice::from_ref(sequence), states].concat();
    (with(first), with(second))
}
