//! What a network answers to samples of which the truth is known.

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::curves::Panel;
use firebrick::datasets::{BatchSource, Targets};
use firebrick::training::figure_text;
use firebrick_pages::Calibration;
use firebrick_session::Sample;

use super::sample_views::SampleViews;
use crate::predicted_plot::{self, Predicted};
use crate::samples::TrainingSamples;

/// The most numbers of a target that are shown of a sample.
const MOST_NUMBERS: usize = 4;
/// How far the probabilities of a sample may be from 1 together.
const TOLERANCE: f32 = 1e-3;

/// The answers to samples, row by row.
pub(super) struct Answers {
    truth: Truth,
    /// As many numbers a sample as the network has outputs: probabilities of classes, or what is predicted.
    values: Vec<f32>,
    width: usize,
    class_names: Vec<String>,
    target_names: Vec<String>,
}

enum Truth {
    Classes(Vec<usize>),
    /// As many numbers a sample as there are answers.
    Numbers(Vec<f32>),
    /// Targets that are neither one of some classes nor as many numbers as there are answers.
    Other,
}

impl Answers {
    /// # Errors
    /// Samples that cannot be gathered.
    pub(super) fn new(
        samples: &dyn BatchSource,
        values: Vec<f32>,
        data: &TrainingSamples,
        device: &Device,
    ) -> anyhow::Result<Self> {
        let num_samples = samples.num_samples();
        let width = values.len() / num_samples.max(1);
        let (truth, values) = match samples.targets() {
            Targets::Classes { num_classes } => {
                let classes = samples.class_indices();
                let is_one_each = width == num_classes || (width == 1 && num_classes == 2);
                match classes.filter(|_| is_one_each) {
                    Some(classes) => (Truth::Classes(classes), probabilities(values, width)),
                    None => (Truth::Other, values),
                }
            }
            Targets::Values { .. } => {
                let rows: Vec<usize> = (0..num_samples).collect();
                let targets = samples.gather(&rows, device)?.targets().into_data();
                let targets = targets.try_into_vec::<f32>();
                let targets: Vec<f32> = targets
                    .map_err(|error| anyhow!("reading back from the device failed: {error:?}"))?;
                if targets.len() == values.len() {
                    (Truth::Numbers(targets), values)
                } else {
                    (Truth::Other, values)
                }
            }
        };
        Ok(Self {
            truth,
            values,
            width,
            class_names: data.class_names.clone(),
            target_names: target_names(data, width),
        })
    }

    /// Whether the network is as sure of classes as it is right.
    pub(super) fn calibration(&self) -> Option<Calibration> {
        let Truth::Classes(classes) = &self.truth else {
            return None;
        };
        let answers = classes.iter().enumerate().map(|(row, class)| {
            let (answer, certainty) = self.class_of(row);
            (certainty, answer == *class)
        });
        Some(Calibration::new(answers))
    }

    /// Numbers that are predicted against what they are.
    pub(super) fn panels(&self) -> anyhow::Result<Vec<Panel>> {
        let Truth::Numbers(targets) = &self.truth else {
            return Ok(Vec::new());
        };
        let (targets, answers) = (targets.clone(), self.values.clone());
        let predicted = Predicted::new(self.target_names.clone(), targets, answers)?;
        Ok(predicted_plot::panels(&predicted))
    }

    /// The rows that the network is most wrong about with the loss of each, the worst first.
    pub(super) fn worst(&self, count: usize) -> Vec<(usize, f64)> {
        let mut losses: Vec<(usize, f64)> = match &self.truth {
            Truth::Classes(classes) => {
                let loss =
                    |(row, class): (usize, &usize)| (row, -self.probability(row, *class).ln());
                classes.iter().enumerate().map(loss).collect()
            }
            Truth::Numbers(targets) => {
                let rows = targets
                    .chunks(self.width.max(1))
                    .zip(self.values.chunks(self.width.max(1)));
                let loss = |(targets, answers): (&[f32], &[f32])| {
                    let squares = targets
                        .iter()
                        .zip(answers)
                        .map(|(target, answer)| f64::from(target - answer).powi(2));
                    squares.sum::<f64>() / targets.len() as f64
                };
                rows.map(loss).enumerate().collect()
            }
            Truth::Other => Vec::new(),
        };
        losses.sort_by(|one, other| other.1.total_cmp(&one.1));
        losses.truncate(count);
        losses
    }

    /// A row with what there is to show of it.
    ///
    /// # Errors
    /// A sample that cannot be gathered.
    pub(super) fn sample(
        &self,
        (row, loss): (usize, f64),
        views: &SampleViews<'_>,
    ) -> anyhow::Result<Sample> {
        let (truth, answer, certainty) = match &self.truth {
            Truth::Classes(classes) => {
                let (answer, certainty) = self.class_of(row);
                let class = classes.get(row).copied().context("the data has changed")?;
                (
                    self.class_name(class),
                    self.class_name(answer),
                    Some(certainty),
                )
            }
            Truth::Numbers(targets) => (
                self.numbers(targets, row),
                self.numbers(&self.values, row),
                None,
            ),
            Truth::Other => (String::new(), String::new(), None),
        };
        Ok(Sample {
            row: views.origin_row(row),
            loss,
            truth,
            answer,
            certainty,
            view: views.view(row)?,
        })
    }

    fn row<'a>(&self, values: &'a [f32], row: usize) -> &'a [f32] {
        let start = row * self.width;
        values.get(start..start + self.width).unwrap_or_default()
    }

    /// The probability of a class; of two classes with one number that of the second is told.
    fn probability(&self, row: usize, class: usize) -> f64 {
        let row = self.row(&self.values, row);
        match row {
            [second] if class == 0 => 1.0 - f64::from(*second),
            [second] => f64::from(*second),
            row => row.get(class).copied().map_or(f64::NAN, f64::from),
        }
    }

    /// The class that the network says, and how sure it is.
    fn class_of(&self, row: usize) -> (usize, f64) {
        let classes = 0..self.width.max(2);
        let sure = classes.map(|class| (class, self.probability(row, class)));
        // The first of the largest, as everywhere.
        sure.fold((0, f64::NEG_INFINITY), |best, own| {
            if own.1 > best.1 { own } else { best }
        })
    }

    fn class_name(&self, class: usize) -> String {
        let name = self.class_names.get(class).cloned();
        name.unwrap_or_else(|| class.to_string())
    }

    fn numbers(&self, values: &[f32], row: usize) -> String {
        let numbers = self.row(values, row);
        let shown = numbers
            .iter()
            .take(MOST_NUMBERS)
            .map(|value| figure_text(f64::from(*value)));
        let more = if numbers.len() > MOST_NUMBERS {
            ", …"
        } else {
            ""
        };
        format!("{}{more}", shown.collect::<Vec<_>>().join(", "))
    }
}

/// What is predicted, by the columns of a table or else by numbers.
fn target_names(data: &TrainingSamples, width: usize) -> Vec<String> {
    let table = data.description.table();
    let columns = table.map(|source| source.target().columns().to_vec());
    columns
        .filter(|columns| columns.len() == width)
        .unwrap_or_else(|| {
            (1..=width)
                .map(|number| format!("output {number}"))
                .collect()
        })
}

/// Answers as probabilities: what a network without a last activation gives has its softmax, or sigmoid, taken.
fn probabilities(values: Vec<f32>, width: usize) -> Vec<f32> {
    let is_share = |value: &f32| (0.0..=1.0).contains(value);
    if width == 1 {
        if values.iter().all(is_share) {
            return values;
        }
        return values
            .iter()
            .map(|value| 1.0 / (1.0 + (-value).exp()))
            .collect();
    }
    let is_distribution =
        |row: &[f32]| row.iter().all(is_share) && (row.iter().sum::<f32>() - 1.0).abs() < TOLERANCE;
    if values.chunks(width.max(1)).all(is_distribution) {
        return values;
    }
    values.chunks(width.max(1)).flat_map(softmax).collect()
}

fn softmax(row: &[f32]) -> Vec<f32> {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = row.iter().map(|value| (value - largest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_classes(values: Vec<f32>, width: usize, classes: Vec<usize>) -> Answers {
        Answers {
            truth: Truth::Classes(classes),
            values: probabilities(values, width),
            width,
            class_names: vec!["no".to_owned(), "yes".to_owned()],
            target_names: Vec::new(),
        }
    }

    #[test]
    fn logits_become_probabilities_and_probabilities_stay() {
        assert_eq!(probabilities(vec![0.25, 0.75], 2), [0.25, 0.75]);
        let shares = probabilities(vec![0.0, 3.0_f32.ln()], 2);
        assert!((shares[1] - 0.75).abs() < 1e-6, "{shares:?}");
        let shares = probabilities(vec![0.0, 3.0_f32.ln(), -200.0], 1);
        assert!(
            (shares[1] - 0.75).abs() < 1e-6 && shares[2] == 0.0,
            "{shares:?}"
        );
        assert_eq!(probabilities(vec![0.9, 0.2], 1), [0.9, 0.2]);
    }

    #[test]
    fn the_surest_mistake_is_the_worst() {
        let answers = of_classes(vec![0.9, 0.1, 0.4, 0.6, 0.2, 0.8], 2, vec![1, 0, 1]);
        let worst: Vec<usize> = answers.worst(2).into_iter().map(|wrong| wrong.0).collect();
        assert_eq!(worst, [0, 1]);
        let (answer, certainty) = answers.class_of(0);
        assert_eq!((answer, certainty > 0.89), (0, true));
        let calibration = answers.calibration().unwrap();
        assert_eq!(
            calibration
                .bins()
                .iter()
                .map(|bin| bin.samples)
                .sum::<usize>(),
            3
        );
    }

    #[test]
    fn one_number_tells_two_classes_apart() {
        let answers = of_classes(vec![0.9, 0.2], 1, vec![0, 0]);
        assert_eq!((answers.class_of(0).0, answers.class_of(1).0), (1, 0));
        assert!((answers.probability(1, 0) - 0.8).abs() < 1e-6);
        assert_eq!(answers.worst(1)[0].0, 0);
    }

    #[test]
    fn of_numbers_the_farthest_is_the_worst() {
        let answers = Answers {
            truth: Truth::Numbers(vec![1.0, 2.0, 3.0]),
            values: vec![1.5, 2.0, 9.0],
            width: 1,
            class_names: Vec::new(),
            target_names: vec!["price".to_owned()],
        };
        assert_eq!(answers.worst(2), [(2, 36.0), (0, 0.25)]);
        assert_eq!(answers.panels().unwrap()[0].title, "price");
        assert!(answers.calibration().is_none());
    }
}
