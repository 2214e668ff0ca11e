use firebrick_data::Targets;
use firebrick_spec::UnknownName;

use crate::output_form::OutputForm;
use crate::sample_place::SamplePlace;
use crate::target_form::TargetForm;

/// What was asked of a training, an evaluation or a metric and cannot be: model, data, loss, metrics and weights of
/// classes that do not go together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MismatchError {
    /// Samples a network cannot take.
    #[error(
        "the network does not take these samples of shape {}: {reason}; build it for this shape",
        shapes_text(shapes)
    )]
    InputMismatch {
        /// The shapes of a sample, one for each input.
        shapes: Vec<Vec<usize>>,
        /// What the forward pass said.
        reason: String,
    },

    /// Samples with another number of inputs or targets than the network has inputs or outputs.
    #[error(
        "the network has {} {kind}{} ({}), the samples have {received}; give one for each, by its name",
        names.len(),
        if names.len() == 1 { "" } else { "s" },
        quoted(names)
    )]
    NumFields {
        /// `input` or `output`.
        kind: &'static str,
        /// Their names.
        names: Vec<String>,
        /// How many the samples have.
        received: usize,
    },

    /// An input of the network, or an output that is judged, for which the samples have nothing.
    #[error(
        "the network has the {kind} `{name}`, the samples have none of this name but {}; give it, or build the network without it",
        quoted(fields)
    )]
    MissingField {
        /// `input` or `output`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// The names that the samples have.
        fields: Vec<String>,
    },

    /// A name that the network does not have.
    #[error(transparent)]
    UnknownField(#[from] UnknownName),

    /// A batch with fewer inputs than its source declares.
    #[error(
        "a batch has {received} inputs, fewer than its source declares; have `all_inputs` of the source and its batches agree"
    )]
    BatchInputs {
        /// How many.
        received: usize,
    },

    /// Training and validation data with other inputs or targets.
    #[error(
        "the training data has {}, the validation data {}; make both in the same way",
        training.join(", "),
        validation.join(", ")
    )]
    ValidationFields {
        /// What a training sample has.
        training: Vec<String>,
        /// What a validation sample has.
        validation: Vec<String>,
    },

    /// Inputs of different numbers of samples.
    #[error(
        "the inputs have {counts:?} samples, expected as many of each; the first axis of each is the sample"
    )]
    NumSamples {
        /// How many each has.
        counts: Vec<usize>,
    },

    /// A module of one's own that gives other outputs than it names.
    #[error(
        "the network names {names} output(s) and gives {received}; have `output_names` and `output_activations` list one for each"
    )]
    OutputNames {
        /// How many it names.
        names: usize,
        /// How many it gives.
        received: usize,
    },

    /// Nothing to make small.
    #[error(
        "none of the outputs has a loss, expected one for at least one of {}; give it by `Compile::by_output`",
        quoted(names)
    )]
    NoLoss {
        /// The names of the outputs.
        names: Vec<String>,
    },

    /// A weight of a loss that is none.
    #[error(
        "the weight of the loss of the output `{output}`: expected a finite number of at least 0, received {received}; 0 leaves          the output out of the loss"
    )]
    LossWeight {
        /// The output.
        output: String,
        /// Its weight.
        received: f64,
    },

    /// Weights of classes where there are several outputs, or none with a loss.
    #[error(
        "weights of classes are for networks of one output with a loss, this one has {outputs}; weigh the samples of each output          instead"
    )]
    ClassWeightsOfSeveral {
        /// How many outputs have a loss.
        outputs: usize,
    },

    /// Another number of outputs than is judged.
    #[error(
        "the network has {received} outputs, expected one; ask for all of them, as `predict_all` does"
    )]
    NumOutputs {
        /// Outputs of the network.
        received: usize,
    },

    /// More classes in the data than the network can tell apart.
    #[error(
        "the network has {outputs} outputs, the data has {num_classes} classes; build the network for {num_classes} classes"
    )]
    ClassMismatch {
        /// Outputs of the network.
        outputs: usize,
        /// Classes of the data.
        num_classes: usize,
    },

    /// Targets that cannot be compared with the outputs.
    #[error(
        "the loss {loss} cannot compare outputs of shape {output_shape:?} a sample with {targets}; {hint}"
    )]
    TargetMismatch {
        /// The loss.
        loss: String,
        /// What the network gives for one sample.
        output_shape: Vec<usize>,
        /// What the data set asks for one sample.
        targets: Targets,
        /// What to do.
        hint: &'static str,
    },

    /// A loss that takes the outputs for something else than they are.
    #[error("the loss {loss} takes {expected}; {hint}")]
    OutputMismatch {
        /// The loss.
        loss: String,
        /// What it takes them for.
        expected: OutputForm,
        /// What they are and what to do.
        hint: String,
    },

    /// A metric of class indices where there are none.
    #[error(
        "the metric {metric} takes the index of a class, the targets are rows of numbers; take its form for rows, e.g. categorical_accuracy"
    )]
    MetricMismatch {
        /// The metric.
        metric: String,
    },

    /// A metric that compares outputs with targets where these are labels.
    #[error(
        "the metric {metric} compares outputs with targets, the targets are labels of another kind; leave it out, or take one \
         of your own whose `target_form` is `{form:?}`"
    )]
    MetricOfLabels {
        /// The metric.
        metric: String,
        /// The form of the targets.
        form: TargetForm,
    },

    /// Arrays that a loss or a metric cannot compare.
    #[error(
        "the {taker} cannot compare targets of the shape {targets:?} with outputs of the shape {outputs:?}; give a target for \
         every output, or where it takes the index of a class one for every row of outputs"
    )]
    NotComparable {
        /// The loss or the metric, e.g. `loss poisson`.
        taker: String,
        /// Shape of the targets.
        targets: Vec<usize>,
        /// Shape of the outputs.
        outputs: Vec<usize>,
    },

    /// Data that leaves nothing to tell apart.
    #[error(
        "the data has {num_classes} class, expected at least 2; use labels of two classes or more"
    )]
    TooFewClasses {
        /// Classes of the data.
        num_classes: usize,
    },

    /// Two figures of one name.
    #[error(
        "two figures would be called `{name}`; give one of the metrics another name with `named`"
    )]
    DuplicateMetric {
        /// The name.
        name: String,
    },

    /// A name that a figure cannot have.
    #[error(
        "a metric cannot be called `{}`: {reason}; give it another name, by `named` or in a file by `name`",
        name.escape_debug()
    )]
    MetricName {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },

    /// A class by a name or an index that does not say which.
    #[error("class_weight `{}`: {reason}", key.escape_debug())]
    ClassKey {
        /// The name or the index.
        key: String,
        /// Why not, and what to do.
        reason: String,
    },

    /// A weight for a class that there is not, or one that is no weight.
    #[error(
        "the class weight {weight} of class {class} cannot be used; expected weights of at least 0 for classes below {num_classes}"
    )]
    ClassWeight {
        /// The class, counted from 0.
        class: usize,
        /// Its weight.
        weight: f64,
        /// Classes there are.
        num_classes: usize,
    },

    /// Class weights where a sample has not one class.
    #[error(
        "class weights need one class a sample, received {targets}; give weights of samples instead"
    )]
    NoClassToWeigh {
        /// What the data set asks for one sample.
        targets: Targets,
    },

    /// Gradients gathered over more batches than there are.
    #[error(
        "gradient_accumulation_steps is {steps}, the fit has {batches} {}, so that no weight would be moved; lower it, or \
         train for more epochs or in smaller batches",
        if *batches == 1 { "batch" } else { "batches" }
    )]
    NoUpdate {
        /// Batches whose gradients make one update.
        steps: usize,
        /// Batches of all epochs of the fit.
        batches: usize,
    },

    /// Samples of which none counts.
    #[error(
        "all samples of {} weigh 0{}, so that their loss would be 0 whatever the network answers; give some of \
         them a weight above 0",
        place.data(), if *by_class { " by `class_weight`" } else { "" }
    )]
    NothingCounts {
        /// Which data it is.
        place: SamplePlace,
        /// Whether the weights of classes have a part in it.
        by_class: bool,
    },
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn shapes_text(shapes: &[Vec<usize>]) -> String {
    let shapes: Vec<String> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
    shapes.join(" and ")
}
