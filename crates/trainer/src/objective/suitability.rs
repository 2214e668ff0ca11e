//! Whether loss, metrics, targets and outputs suit one another.

use firebrick_data::Targets;
use firebrick_model::Activation;

use crate::error::TrainError;
use crate::losses::Loss;
use crate::metrics::MetricFunction;
use crate::mismatch_error::MismatchError;
use crate::output_form::OutputForm;
use crate::target_form::TargetForm;

/// What the targets are, seen from this loss and these outputs.
pub(super) fn natural_form(
    loss: &Loss,
    targets: &Targets,
    output_shape: &[usize],
) -> Result<TargetForm, TrainError> {
    let columns = output_shape.last().copied().unwrap_or(1);
    let mismatch = |hint: &'static str| {
        TrainError::from(MismatchError::TargetMismatch {
            loss: loss.name().to_owned(),
            output_shape: output_shape.to_vec(),
            targets: targets.clone(),
            hint,
        })
    };
    let wanted = loss.function().target_form();
    if matches!(wanted, TargetForm::Label | TargetForm::LabelSequence) {
        return match unfit_for_labels(wanted, targets, output_shape) {
            Some(hint) => Err(mismatch(hint)),
            None => Ok(wanted),
        };
    }
    match (targets, wanted) {
        (Targets::Classes { num_classes }, _) => {
            if *num_classes < 2 {
                return Err(MismatchError::TooFewClasses {
                    num_classes: *num_classes,
                }
                .into());
            }
            if output_shape.len() > 1 {
                return Err(mismatch(
                    "a class a sample needs one row of outputs a sample; flatten before the last layer",
                ));
            }
            match (columns, wanted) {
                (1, TargetForm::ClassIndex) => Err(mismatch(
                    "one output cannot tell classes apart; take binary_crossentropy with a sigmoid, or as \
                     many outputs as there are classes",
                )),
                (1, TargetForm::LikeOutputs) if *num_classes == 2 => Ok(TargetForm::LikeOutputs),
                (1, TargetForm::LikeOutputs) => Err(mismatch(
                    "for numbers to predict give the targets as floats; for classes take as many outputs as there \
                     are, with a softmax",
                )),
                (outputs, _) if outputs < *num_classes => Err(MismatchError::ClassMismatch {
                    outputs,
                    num_classes: *num_classes,
                }
                .into()),
                _ => Ok(TargetForm::ClassIndex),
            }
        }
        (Targets::Values { shape }, TargetForm::ClassIndex) => {
            let leading = &output_shape[..output_shape.len().saturating_sub(1)];
            let is_index = shape == leading
                || shape
                    .split_last()
                    .is_some_and(|(last, rest)| *last == 1 && rest == leading);
            match (is_index, columns) {
                (true, 2..) => Ok(TargetForm::ClassIndex),
                (true, _) => Err(mismatch(
                    "for numbers to predict take mean_squared_error, for two classes binary_crossentropy with a \
                     sigmoid, for more as many outputs as there are classes",
                )),
                (false, _) if shape == output_shape => Err(mismatch(
                    "this loss takes the index of a class; for one-hot targets take categorical_crossentropy",
                )),
                (false, _) => Err(mismatch(
                    "this loss takes the index of a class for every row of outputs: one a sample, or one a step \
                     where the network keeps the steps",
                )),
            }
        }
        (Targets::Values { shape }, _) => {
            let without_one = |shape: &[usize]| match shape {
                [rest @ .., 1] => rest.to_vec(),
                shape => shape.to_vec(),
            };
            let (asked, answered) = (without_one(shape), without_one(output_shape));
            if shape == output_shape || asked == answered {
                return Ok(TargetForm::LikeOutputs);
            }
            let is_index = output_shape
                .split_last()
                .is_some_and(|(_, leading)| asked == leading);
            Err(mismatch(if is_index {
                "for class indices take sparse_categorical_crossentropy; for numbers give the last \
                 layer as many units as there are targets"
            } else if output_shape.len() > asked.len().max(1) {
                "the outputs have an axis that the targets lack; flatten or pool before the last layer"
            } else if asked.len() > output_shape.len() {
                "the targets have an axis that the outputs lack; keep it up to the last layer, or \
                 reshape the targets"
            } else {
                "give the last layer as many units as there are targets"
            }))
        }
    }
}

/// What to do about targets or outputs that a loss of labels does not take.
fn unfit_for_labels(
    wanted: TargetForm,
    targets: &Targets,
    output_shape: &[usize],
) -> Option<&'static str> {
    let is_row = matches!(targets, Targets::Values { shape } if shape.len() == 1);
    match (wanted, output_shape) {
        (TargetForm::Label, [_]) => (targets.num_columns() != 1).then_some(
            "this loss takes a label a sample, a whole number that is the same for samples that belong together",
        ),
        (TargetForm::Label, _) => {
            Some("this loss takes an embedding a sample; flatten or pool before the last layer")
        }
        (_, [_, _]) => (!is_row).then_some(
            "this loss takes a row of labels a sample: whole numbers from 1 on, filled up with 0",
        ),
        _ => Some("this loss takes outputs of [steps, classes]: keep the steps up to the last layer"),
    }
}

/// Whether the loss takes what comes out of a network with this last activation.
pub(super) fn check_activation(
    loss: &Loss,
    activation: Activation,
    columns: usize,
) -> Result<(), TrainError> {
    let expected = loss.function().output_form();
    let ends_in_probabilities = matches!(activation, Activation::Softmax | Activation::Sigmoid);
    let hint = if expected == OutputForm::Logits && ends_in_probabilities {
        let from_logits = if loss.has_from_logits() {
            "`from_logits`, or "
        } else {
            ""
        };
        format!("the network ends with {activation}; drop {from_logits}the {activation}")
    } else if activation == Activation::Softmax && columns == 1 {
        "the network ends with a softmax of a single unit, which is always 1; take a sigmoid, or a unit for \
         each class"
            .to_owned()
    } else {
        return Ok(());
    };
    Err(MismatchError::OutputMismatch {
        loss: loss.name().to_owned(),
        expected,
        hint,
    }
    .into())
}

/// Whether a metric can be taken of such targets.
pub(super) fn check_metric(
    function: &dyn MetricFunction,
    form: TargetForm,
    columns: usize,
    name: &str,
) -> Result<(), TrainError> {
    let is_of_labels = matches!(form, TargetForm::Label | TargetForm::LabelSequence);
    if is_of_labels && function.target_form() != form {
        return Err(MismatchError::MetricOfLabels {
            metric: name.to_owned(),
            form,
        }
        .into());
    }
    let has_no_index = form == TargetForm::LikeOutputs && columns > 1;
    if function.target_form() == TargetForm::ClassIndex && has_no_index {
        return Err(MismatchError::MetricMismatch {
            metric: name.to_owned(),
        }
        .into());
    }
    function.check(columns)
}
