use std::path::PathBuf;

use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use firebrick_spec::{RegisterError, SpecError, UnknownName, did_you_mean, shortened};

/// What can go wrong between describing a network and running it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// From the tensor crate.
    #[error(transparent)]
    Tensor(#[from] firebrick_tensor::TensorError),

    /// A layer without units.
    #[error(
        "layer `{layer}` has 0 units, expected at least 1; remove the layer or give it a width"
    )]
    ZeroUnits {
        /// Name of the layer, as in the summary.
        layer: String,
    },

    /// A network without inputs.
    #[error(
        "the network has 0 inputs, expected at least 1; give the number of features a sample has"
    )]
    ZeroInputs,

    /// A network with more weights than a machine could train.
    #[error(
        "layer `{layer}` brings the network to more than {limit} weights; choose smaller widths"
    )]
    TooLarge {
        /// Name of the layer.
        layer: String,
        /// The most weights a network may have.
        limit: usize,
    },

    /// A layer that does not take what arrives.
    #[error(
        "layer `{layer}` ({class_name}, index {index}) {problem}; it receives {}",
        arrivals(received)
    )]
    Layer {
        /// Name of the layer, as in the summary.
        layer: String,
        /// What kind of layer it is.
        class_name: &'static str,
        /// Its place among the layers, counted from 0.
        index: usize,
        /// What arrives.
        received: Vec<Arrival>,
        /// What was expected and what to do.
        problem: Box<LayerProblem>,
    },

    /// A layer whose output has more axes than a tensor between layers.
    #[error(
        "layer `{layer}` gives {shape}, expected at most {limit} axes besides the batch axis; merge axes with a Reshape or a Flatten"
    )]
    TooManyAxes {
        /// Name of the layer, or `input`.
        layer: String,
        /// Its output, without the batch axis.
        shape: Shape,
        /// The most axes, without the batch axis.
        limit: usize,
    },

    /// A layer whose output for one sample is larger than a machine could hold.
    #[error(
        "layer `{layer}` gives {shape} for every sample, expected at most {limit} elements; choose smaller sizes"
    )]
    OutputTooLarge {
        /// Name of the layer, or `input`.
        layer: String,
        /// Its output, without the batch axis.
        shape: Shape,
        /// The most elements.
        limit: usize,
    },

    /// Two layers of one name.
    #[error(
        "two layers are named `{}`, index {first} and index {second}, expected names of their own; rename one or let the network name it",
        shortened(name)
    )]
    DuplicateName {
        /// The name.
        name: String,
        /// Where it stands first.
        first: usize,
        /// Where it stands again.
        second: usize,
    },

    /// A layer asked for that is not there.
    #[error("the network has no layer {key}; its layers are: {}", listed(known))]
    UnknownLayer {
        /// The name or index as given.
        key: String,
        /// The names of the layers.
        known: Vec<String>,
    },

    /// What a layer gives, asked for of a layer that is called another number of times.
    #[error(
        "`{}` is asked for of layer `{layer}`, which is called {calls} times, expected one of its calls; \
         name it, from `{layer}[0][0]` to `{layer}[{}][0]`",
        shortened(asked),
        calls.saturating_sub(1)
    )]
    SeveralCalls {
        /// The layer's name.
        layer: String,
        /// How often it is called.
        calls: usize,
        /// What was asked for.
        asked: String,
    },

    /// A pattern that no layer is like.
    #[error(
        "no layer of the network has a name like `{}`, in which `*` stands for any text; the nearest: {}",
        shortened(pattern),
        listed(nearest)
    )]
    NoLayerLike {
        /// The pattern.
        pattern: String,
        /// The nearest names.
        nearest: Vec<String>,
    },

    /// A product of low rank for a weight that cannot have one.
    #[error(
        "`{}` cannot learn by a product of low rank: {reason}",
        shortened(weight)
    )]
    Lora {
        /// Layer and name of the weight.
        weight: String,
        /// Why not, and what to do.
        reason: &'static str,
    },

    /// Two inputs, or an input and a layer, of one name.
    #[error(
        "the input `{}` has the name of another input or of a layer, expected names of their own; rename one of them",
        shortened(name)
    )]
    DuplicateInput {
        /// The name.
        name: String,
    },

    /// An input that was not given.
    #[error(
        "{layer} takes from the input `{input}`, which is not among the inputs of the graph; add it to them"
    )]
    MissingInput {
        /// The input's name.
        input: String,
        /// Who takes from it.
        layer: String,
    },

    /// An input that no output depends on.
    #[error(
        "nothing that leaves the graph ({}) depends on its input `{input}`; connect it, or leave it out",
        listed(outputs)
    )]
    UnusedInput {
        /// The input's name.
        input: String,
        /// The names of the outputs.
        outputs: Vec<String>,
    },

    /// A layer that nothing takes from.
    #[error(
        "nothing that leaves the graph ({}) depends on its layer `{layer}`; take from it, name it as an output, or leave it out",
        listed(outputs)
    )]
    UnusedLayer {
        /// The layer's name.
        layer: String,
        /// The names of the outputs.
        outputs: Vec<String>,
    },

    /// What a layer gives, given as an input.
    #[error(
        "`{layer}` is what a layer gives, expected the `input` that the graph begins with; give that, or begin another graph with an `input` of its own"
    )]
    NotAnInput {
        /// The layer's name.
        layer: String,
    },

    /// A graph that nothing leaves.
    #[error("nothing leaves the graph, expected at least one output; name it")]
    NoOutputs,

    /// An output asked for that a layer does not have.
    #[error(
        "layer `{layer}` gives {outputs} output(s), asked for is the one with index {output} (counted from 0); take another one"
    )]
    UnknownOutput {
        /// The layer's name.
        layer: String,
        /// The index as asked for.
        output: usize,
        /// How many it has.
        outputs: usize,
    },

    /// Layers that take from each other in a circle.
    #[error(
        "the layers {} take from each other in a circle, expected a beginning; let one of them take from an input",
        listed(names)
    )]
    Cycle {
        /// Their names, each taking from the one before and the first from the last.
        names: Vec<String>,
    },

    /// A name in a graph that nothing has.
    #[error("{taker} takes from `{}`, which is neither an input nor a layer{}; known are: {}", shortened(name), did_you_mean(nearest.as_deref()), listed(known))]
    UnknownSource {
        /// Who takes from it.
        taker: String,
        /// The name as given.
        name: String,
        /// The closest name.
        nearest: Option<String>,
        /// All names.
        known: Vec<String>,
    },

    /// Another call of a layer that is not there.
    #[error(
        "`{call}` calls the layer `{}`, which is not there{}; layers are: {}",
        shortened(layer), did_you_mean(nearest.as_deref()), listed(known)
    )]
    UnknownShared {
        /// The name of the call.
        call: String,
        /// The layer's name as given.
        layer: String,
        /// The closest name.
        nearest: Option<String>,
        /// The names of the layers.
        known: Vec<String>,
    },

    /// Several inputs or outputs where there may be one.
    #[error(
        "the network has {count} {what} ({}), expected one; {hint}",
        listed(names)
    )]
    Several {
        /// `inputs` or `outputs`.
        what: &'static str,
        /// How many.
        count: usize,
        /// Their names.
        names: Vec<String>,
        /// What to do.
        hint: &'static str,
    },

    /// Another number of inputs than the network has.
    #[error("the network has {} input(s) ({}), received {received}; give one batch for each, in this order", names.len(), listed(names))]
    NumInputs {
        /// The names of the inputs.
        names: Vec<String>,
        /// How many were given.
        received: usize,
    },

    /// A network of no layer.
    #[error("the network has no layers, expected at least one; add one")]
    NoLayers,

    /// Weights that do not fit the network they are for.
    #[error(
        "weight {index} of the network, `{weight}`, has {received} values, expected {expected}; give the weights in the order and the shapes that the network lists"
    )]
    WeightMismatch {
        /// Place among the weights, counted from 0.
        index: usize,
        /// Layer and name of the weight.
        weight: String,
        /// Number of its elements.
        expected: usize,
        /// Number of the values given, 0 if there are none.
        received: usize,
    },

    /// A weight asked for that is not there.
    #[error(
        "the network has no weight `{}`; {}",
        shortened(path),
        nearest_weights(nearest)
    )]
    UnknownWeight {
        /// The path as given.
        path: String,
        /// The closest paths that there are, the closest first.
        nearest: Vec<String>,
    },

    /// A value of another shape than the weight it is for.
    #[error(
        "weight `{weight}` has the shape {expected:?}, received a value of the shape {received:?}; reshape the value, it lies as in Keras"
    )]
    WeightShape {
        /// Layer and name of the weight.
        weight: String,
        /// The weight's shape.
        expected: Vec<usize>,
        /// The value's shape.
        received: Vec<usize>,
    },

    /// A shape with another number of values.
    #[error(
        "a value of the shape {shape:?} has {expected} numbers, received {received}; give one number for each element"
    )]
    WeightValues {
        /// The shape.
        shape: Vec<usize>,
        /// Number of its elements.
        expected: usize,
        /// Number of the values given.
        received: usize,
    },

    /// An order of axes that a weight does not have.
    #[error(
        "the weight has the shape {shape:?}, its axes cannot be brought into the order {axes:?}; name each of them once"
    )]
    WeightAxes {
        /// The weight's shape.
        shape: Vec<usize>,
        /// The order that was asked for.
        axes: Vec<usize>,
    },

    /// A weight that its device does not hand back.
    #[error(
        "weight `{weight}` cannot be read from its device: {reason}; check the device or choose another one"
    )]
    Unreadable {
        /// Layer and name of the weight.
        weight: String,
        /// What the device said.
        reason: String,
    },

    /// A layer that no file can keep.
    #[error(
        "layer `{layer}` ({class_name}) cannot be saved: {reason}; replace it by layers that have a description, or keep the network in code and its weights by `get_weights`"
    )]
    NotSaveable {
        /// Name of the layer.
        layer: String,
        /// What kind of layer it is.
        class_name: &'static str,
        /// Why.
        reason: String,
    },

    /// Rows of another length, or another number of them.
    #[error(
        "{what} `{name}` has {received} numbers, expected {num_rows} row(s) of {row_len}; give the rows one behind the other, as many for each input"
    )]
    Rows {
        /// Whether it is an input or the room for an output.
        what: &'static str,
        /// Its name.
        name: String,
        /// How many rows there are.
        num_rows: usize,
        /// Numbers of a row.
        row_len: usize,
        /// Numbers that came.
        received: usize,
    },

    /// Samples of a size that is known only when they are there.
    #[error(
        "the samples of `{name}` are of shape {shape}, expected one of known sizes, because rows have one length; ask by `predict`, batch by batch"
    )]
    OpenRows {
        /// The input or output.
        name: String,
        /// Without the batch axis.
        shape: Shape,
    },

    /// A batch of another shape than the network's input.
    #[error(
        "the network expects a batch of {expected}{}, received {received:?} (the batch axis first); reshape the batch, or give each sample as one row of features",
        at_input(input.as_deref())
    )]
    InputShape {
        /// The input's name, if there are several.
        input: Option<String>,
        /// A sample, without the batch axis.
        expected: Shape,
        /// The batch, with the batch axis.
        received: Vec<usize>,
    },

    /// An activation, initializer, regularizer or constraint that cannot be read.
    #[error(transparent)]
    Spec(#[from] SpecError),

    /// A layer of one's own whose name cannot be registered.
    #[error(transparent)]
    Register(#[from] RegisterError),

    /// An activation, an initializer, a regularizer or a constraint of no known name.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),

    /// A threshold without its two numbers.
    #[error(
        "the activation `threshold` has two finite numbers, as in `threshold(0.5, -1)` for 0.5 and -1, received `{}`; give the threshold and what stands for what is not above it",
        shortened(received)
    )]
    Threshold {
        /// The text as given.
        received: String,
    },

    /// An activation that a network with layers of fixed widths cannot have.
    #[error(
        "the activation of the hidden layers is `{activation}`, which halves the width, expected one that keeps it; choose another one, or describe the network as a `Sequential`"
    )]
    HalvingActivation {
        /// The activation's name.
        activation: String,
    },

    /// An argument of a regularizer or a constraint that does not fit.
    #[error(
        "`{argument}` of the {kind} `{name}` is {received}, expected {expected}; correct it, or write `{name}` alone for Keras' defaults"
    )]
    RuleArgument {
        /// `regularizer` or `constraint`.
        kind: &'static str,
        /// Its name.
        name: &'static str,
        /// Name of the argument, as in Keras.
        argument: &'static str,
        /// What the argument may be.
        expected: String,
        /// The argument as given.
        received: String,
    },

    /// What a description says of a weight that does not fit its shape.
    #[error("weight `{weight}`: {source}")]
    Weight {
        /// Layer and name of the weight.
        weight: String,
        /// What does not fit.
        source: Box<Self>,
    },

    /// A number that an initializer cannot draw with.
    #[error(
        "`{argument}` of the initializer `{initializer}` is {received}, expected {expected}; correct it, or write `{initializer}` alone for Keras' defaults"
    )]
    InitializerArgument {
        /// Name of the initializer.
        initializer: &'static str,
        /// Name of the argument, as in Keras.
        argument: String,
        /// What the argument may be.
        expected: String,
        /// The argument as given.
        received: String,
    },

    /// A weight of a shape that an initializer has no values for.
    #[error(
        "the initializer `{initializer}` expects {expected}, received the shape {received:?}; change the shape or choose another initializer"
    )]
    InitializerShape {
        /// Name of the initializer.
        initializer: &'static str,
        /// What the shape must be.
        expected: &'static str,
        /// The shape as given.
        received: Vec<usize>,
    },

    /// A file of a saved model that cannot be read or written.
    #[error("cannot {action} the model file `{}`: {source}; check the path, its permissions and the free space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `write`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },

    /// Weights of a file that do not go into a network.
    #[error("the weights of `{}` do not fit the network: {report}; {hint}", path.display())]
    ForeignWeights {
        /// The file.
        path: PathBuf,
        /// What is missing, left over or of another shape.
        report: String,
        /// What to do.
        hint: &'static str,
    },

    /// A file that a newer version has written.
    #[error(
        "`{}` is a model file of form {received}, this version reads those up to {known}; use a newer version of Firebrick, or save the \
         model again by this one",
        path.display()
    )]
    NewerFile {
        /// The file.
        path: PathBuf,
        /// The form that it says it has.
        received: String,
        /// The newest form that can be read.
        known: u32,
    },

    /// A file that is not a model this version can read.
    #[error("`{}` is not a model this version can read: {reason}; expected a file as `save_model` or a training run writes it", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was expected and what was there.
        reason: String,
    },
}

/// What arrives at a layer.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::{Dense, Reshape};
/// use firebrick::models::{Arrival, ModelError, Sequential};
///
/// let network = Sequential::new([4]).add(Dense::new(3)).add(Reshape::new([2, 2]));
/// let Err(ModelError::Layer { received, .. }) = network.output_shape() else { unreachable!() };
/// let Arrival { shape, from } = &received[0];
/// assert_eq!((shape.to_string(), from.as_str()), ("[3]".to_owned(), "layer `dense` (Dense)"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The shape, without the batch axis.
    pub shape: Shape,
    /// Where it comes from: a layer, or an input.
    pub from: String,
}

fn arrivals(received: &[Arrival]) -> String {
    let texts: Vec<String> = received
        .iter()
        .map(|Arrival { shape, from }| format!("{shape} from {from}"))
        .collect();
    match texts.as_slice() {
        [] => "nothing".to_owned(),
        texts => texts.join(" and "),
    }
}

fn at_input(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| {
        format!(" at its input `{}`", shortened(name))
    })
}

/// The names of layers for a message, not more than a reader can take in.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 50;
    let mut listed: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| shortened(name))
        .collect();
    if names.len() > SHOWN {
        listed.push(format!("and {} more", names.len() - SHOWN));
    }
    listed.join(", ")
}

impl ModelError {
    /// The same of a sample by the number that it has elsewhere, e.g. in the data that a batch was gathered of.
    #[must_use = "returns the changed error"]
    pub fn with_sample(mut self, number: impl FnOnce(usize) -> usize) -> Self {
        if let Self::Layer { problem, .. } = &mut self
            && let LayerProblem::Index { sample, .. } = problem.as_mut()
        {
            *sample = number(*sample);
        }
        self
    }
}

/// What an error says of the paths close to one that is not there.
fn nearest_weights(nearest: &[String]) -> String {
    match nearest {
        [] => "it has no weights at all".to_owned(),
        nearest => format!("the nearest are: {}", nearest.join(", ")),
    }
}
