//! What there is to say of each sample of a batch, as numbers that stay on the device.

use burn::tensor::{Tensor, activation};
use firebrick_data::Batch;
use firebrick_model::Activation;

use crate::objective::{Objective, OutputObjective};
use crate::output_form::OutputForm;
use crate::outputs::Outputs;

/// The most numbers of a target that are shown.
const SHOWN: usize = 4;

/// What a row of [`sample_rows`] holds behind the loss and the certainty, which is below 0 where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowForm {
    /// The index of the sample's class, and of the one it was taken for.
    Classes {
        /// How many there are.
        num_classes: usize,
    },
    /// The first numbers of the target, then as many of the answer.
    Numbers {
        /// How many.
        width: usize,
    },
}

impl RowForm {
    /// Of the targets of an objective with a single output; `None` where there are several, or targets that are no answers.
    pub(crate) fn of(objective: &Objective) -> Option<Self> {
        let output = only_output(objective)?;
        if let Some(num_classes) = num_classes(output) {
            return Some(Self::Classes { num_classes });
        }
        let width = output.num_compared()?.min(SHOWN);
        Some(Self::Numbers { width })
    }

    /// Numbers of a row.
    pub(crate) fn num_columns(self) -> usize {
        2 + 2 * match self {
            Self::Classes { .. } => 1,
            Self::Numbers { width } => width,
        }
    }
}

fn only_output(objective: &Objective) -> Option<&OutputObjective> {
    match objective.outputs() {
        [output] if !objective.has_joint_loss() => Some(output),
        _ => None,
    }
}

/// How many classes there are where each sample has one, by its index or by a one beside zeros.
fn num_classes(output: &OutputObjective) -> Option<usize> {
    output.num_told_apart().or_else(|| output.num_one_hot())
}

/// Loss, certainty, target and answer of each sample.
///
/// `None` where the loss is not one of single samples.
///
/// # Shapes
/// - output: `[samples, columns]` by the [`RowForm`]
pub(crate) fn sample_rows(
    objective: &Objective,
    outputs: &[Outputs],
    batch: &Batch,
) -> Option<Tensor<2>> {
    let form = RowForm::of(objective)?;
    let (output, outputs) = (only_output(objective)?, outputs.first()?);
    let samples = batch.num_samples();
    let losses = output.sample_losses(outputs, batch)?;
    let column = |numbers: Tensor<1>| numbers.reshape([samples, 1]);
    let (certainty, target, answer) = match form {
        RowForm::Classes { .. } => {
            let targets = output.targets_of(batch);
            let class = match targets.dims() {
                [_, 1] => targets,
                _ => targets.argmax(1).float(),
            };
            (
                certainty(output, outputs).unwrap_or_else(|| losses.zeros_like().sub_scalar(1.0)),
                class,
                column(outputs.decided()),
            )
        }
        RowForm::Numbers { width } => {
            let first = |values: Tensor<2>| {
                let numbers = values.shape().num_elements();
                let whole = values.reshape([samples, numbers / samples.max(1)]);
                whole.slice_dim(1, 0..width)
            };
            (
                losses.zeros_like().sub_scalar(1.0),
                first(output.targets_of(batch)),
                first(outputs.values()),
            )
        }
    };
    Some(Tensor::cat(
        vec![column(losses), column(certainty), target, answer],
        1,
    ))
}

/// The probability of the class that each row is taken for, `[rows]`; `None` where the outputs are no probabilities.
fn certainty(output: &OutputObjective, outputs: &Outputs) -> Option<Tensor<1>> {
    let values = outputs.values();
    let is_single = values.dims()[1] == 1;
    let is_ready = matches!(
        outputs.activation(),
        Activation::Softmax | Activation::Sigmoid
    );
    let values = match output.loss().function().output_form() {
        OutputForm::Probabilities => values,
        OutputForm::Logits if is_single => activation::sigmoid(values),
        OutputForm::Logits => activation::softmax(values, 1),
        _ if is_ready => values,
        _ => return None,
    };
    let own: Tensor<1> = values.clone().max_dim(1).squeeze_dim(1);
    Some(if is_single {
        let other: Tensor<1> = values.neg().add_scalar(1.0).squeeze_dim(1);
        own.max_pair(other)
    } else {
        own
    })
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use firebrick_data::{InputField, TargetField, Targets};

    use super::*;
    use crate::compile::Compile;
    use crate::inputs::Inputs;
    use crate::objective::Given;

    fn objective(loss: &str, targets: Targets, shape: &[usize], ending: Activation) -> Objective {
        let compile = Compile::by_name("adam", loss, []).unwrap();
        let inputs = Inputs::new(&[InputField::new([1])], &["input".to_owned()]).unwrap();
        let given = Given {
            names: &["output".to_owned()],
            shapes: &[shape.to_vec()],
            activations: vec![ending],
        };
        Objective::new(&compile, inputs, &[TargetField::new(targets)], given).unwrap()
    }

    fn tensor<const R: usize, const C: usize>(rows: [[f32; C]; R]) -> Tensor<2> {
        Tensor::from_floats(rows, &Device::flex())
    }

    /// The numbers of each sample.
    fn rows(objective: &Objective, outputs: Outputs, targets: Tensor<2>) -> Vec<Vec<f32>> {
        let samples = targets.dims()[0];
        let batch = Batch::new(Tensor::<2>::zeros([samples, 1], &Device::flex()), targets);
        let rows = sample_rows(objective, &[outputs], &batch).unwrap();
        let columns = rows.dims()[1];
        assert_eq!(
            Some(columns),
            RowForm::of(objective).map(RowForm::num_columns)
        );
        let numbers: Vec<f32> = rows.into_data().try_to_vec().unwrap();
        numbers.chunks(columns).map(<[f32]>::to_vec).collect()
    }

    fn are_near(found: &[Vec<f32>], expected: &[&[f32]]) {
        let is_near = |(found, expected): (&f32, &f32)| (found - expected).abs() < 1e-5;
        let same = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, expected)| {
                found.len() == expected.len() && found.iter().zip(*expected).all(is_near)
            });
        assert!(same, "{found:?} {expected:?}");
    }

    #[test]
    fn classes_have_their_loss_and_the_probability_of_the_answer() {
        let loss = "sparse_categorical_crossentropy";
        let classes = Targets::Classes { num_classes: 2 };
        let objective = objective(loss, classes, &[2], Activation::Softmax);
        let logits = tensor([[0.0, 3.0_f32.ln()], [0.0, 0.0]]);
        let outputs = Outputs::new(logits, Activation::Softmax);
        let found = rows(&objective, outputs, tensor([[0.0], [1.0]]));
        let ln = f32::ln;
        are_near(
            &found,
            &[&[ln(4.0), 0.75, 0.0, 1.0], &[ln(2.0), 0.5, 1.0, 0.0]],
        );
    }

    #[test]
    fn one_probability_decides_between_two_classes() {
        let classes = Targets::Classes { num_classes: 2 };
        let objective = objective("binary_crossentropy", classes, &[1], Activation::Sigmoid);
        let outputs = Outputs::new(tensor([[-(3.0_f32.ln())]]), Activation::Sigmoid);
        let found = rows(&objective, outputs, tensor([[0.0]]));
        are_near(&found, &[&[(4.0_f32 / 3.0).ln(), 0.75, 0.0, 0.0]]);
    }

    #[test]
    fn one_hot_targets_are_classes_too() {
        let targets = Targets::Values { shape: vec![3] };
        let objective = objective(
            "categorical_crossentropy",
            targets,
            &[3],
            Activation::Softmax,
        );
        assert_eq!(
            RowForm::of(&objective),
            Some(RowForm::Classes { num_classes: 3 })
        );
        let outputs = Outputs::new(tensor([[0.0, 0.0, 2.0_f32.ln()]]), Activation::Softmax);
        let found = rows(&objective, outputs, tensor([[0.0, 1.0, 0.0]]));
        are_near(&found, &[&[4.0_f32.ln(), 0.5, 1.0, 2.0]]);
    }

    #[test]
    fn numbers_have_no_certainty_and_the_first_of_many_are_kept() {
        let targets = Targets::Values { shape: vec![5] };
        let objective = objective("mse", targets, &[5], Activation::Linear);
        let outputs = Outputs::from(tensor([[1.0, 0.0, 0.0, 0.0, 3.0]]));
        let found = rows(&objective, outputs, tensor([[0.0, 0.0, 0.0, 0.0, 1.0]]));
        are_near(
            &found,
            &[&[1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]],
        );
    }

    #[test]
    fn a_sequence_has_the_mean_of_its_steps_that_count() {
        let targets = Targets::Values { shape: vec![2, 1] };
        let objective = objective("mse", targets, &[2, 1], Activation::Linear);
        let answers = || Outputs::from(tensor([[1.0], [3.0]])).with_steps(2);
        let zeros = || tensor([[0.0, 0.0]]);
        are_near(
            &rows(&objective, answers(), zeros()),
            &[&[5.0, -1.0, 0.0, 0.0, 1.0, 3.0]],
        );
        let mask = Tensor::from_floats([1.0, 0.0], &Device::flex());
        let masked = answers().with_mask(mask);
        are_near(
            &rows(&objective, masked, zeros()),
            &[&[1.0, -1.0, 0.0, 0.0, 1.0, 3.0]],
        );
    }
}
