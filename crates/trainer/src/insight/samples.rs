//! The samples of a validation that the network is most wrong about.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use burn::tensor::Tensor;
use firebrick_session::{Confusion, Sample};

use super::confusion::ConfusionTally;
use super::rows::RowForm;
use super::view::Views;
use crate::error::TrainError;
use crate::logs::figure_text;
use crate::read_back::read_back;

/// Samples that are shown.
const SHOWN: usize = 12;

/// Numbers that are held back before they are read: a device is waited for once in a validation of a million of them.
const MOST_NUMBERS: usize = 1 << 20;

/// Sees what is answered to each sample of a validation; clones see the same one.
#[derive(Clone)]
pub struct SampleWatch(Rc<RefCell<Seen>>);

struct Seen {
    form: RowForm,
    /// Not yet read, `[samples, columns]` each.
    pending: Vec<Tensor<2>>,
    /// Numbers in `pending`.
    num_pending: usize,
    /// Samples that were read.
    num_read: usize,
    /// The worst first.
    worst: Vec<Judged>,
    confusion: Option<ConfusionTally>,
    /// What it took to watch.
    took: Duration,
}

/// A sample and what was answered to it.
#[derive(Clone, Debug, PartialEq)]
struct Judged {
    /// Among the samples of the validation, counted from 0.
    row: usize,
    loss: f64,
    certainty: Option<f64>,
    target: Vec<f32>,
    answer: Vec<f32>,
}

/// What was seen of a validation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SeenSamples {
    /// The worst first.
    pub(crate) worst: Vec<Sample>,
    /// Of classes that are few enough.
    pub(crate) confusion: Option<Confusion>,
}

impl SampleWatch {
    /// For the samples of a validation, from the first one on.
    pub(crate) fn new(form: RowForm) -> Self {
        let confusion = match form {
            RowForm::Classes { num_classes } => ConfusionTally::new(num_classes),
            RowForm::Numbers { .. } => None,
        };
        Self(Rc::new(RefCell::new(Seen {
            form,
            pending: Vec::new(),
            num_pending: 0,
            num_read: 0,
            worst: Vec::new(),
            confusion,
            took: Duration::ZERO,
        })))
    }

    /// Takes the rows of the next batch.
    ///
    /// # Errors
    /// A device that fails.
    pub(crate) fn push(&self, rows: Tensor<2>) -> Result<(), TrainError> {
        let mut seen = self.0.borrow_mut();
        seen.num_pending += rows.shape().num_elements();
        seen.pending.push(rows);
        if seen.num_pending >= MOST_NUMBERS {
            seen.read()?;
        }
        Ok(())
    }

    /// Does something for this watch and counts what it takes.
    pub(crate) fn timed<T>(&self, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let done = work();
        self.0.borrow_mut().took += begin.elapsed();
        done
    }

    /// What it took to watch so far.
    pub(crate) fn took(&self) -> Duration {
        self.0.borrow().took
    }

    /// What was seen, with names of classes where there are some, and what there is to show of the samples.
    ///
    /// # Errors
    /// A device that fails, samples that cannot be read again.
    pub(crate) fn finish(
        self,
        class_names: &[String],
        views: Option<&Views>,
    ) -> Result<SeenSamples, TrainError> {
        let mut seen = self.0.borrow_mut();
        seen.read()?;
        let confusion = seen.confusion.take().and_then(ConfusionTally::finish);
        let Some(views) = views else {
            return Ok(SeenSamples {
                worst: Vec::new(),
                confusion,
            });
        };
        let rows: Vec<usize> = seen.worst.iter().map(|judged| judged.row).collect();
        let shown = views.of(&rows)?;
        let text = |numbers: &[f32]| text(seen.form, numbers, class_names);
        let worst = seen.worst.iter().zip(shown).map(|(judged, view)| Sample {
            row: views.origin_row(judged.row),
            loss: judged.loss,
            truth: text(&judged.target),
            answer: text(&judged.answer),
            certainty: judged.certainty,
            view,
        });
        Ok(SeenSamples {
            worst: worst.collect(),
            confusion,
        })
    }
}

impl fmt::Debug for SampleWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = self.0.borrow();
        f.debug_struct("SampleWatch")
            .field("form", &seen.form)
            .field("num_read", &seen.num_read)
            .finish_non_exhaustive()
    }
}

impl Seen {
    /// Reads what still lies on the device.
    fn read(&mut self) -> Result<(), TrainError> {
        let pending = std::mem::take(&mut self.pending);
        self.num_pending = 0;
        if pending.is_empty() {
            return Ok(());
        }
        let numbers = read_back(Tensor::cat(pending, 0))?;
        for row in numbers.chunks_exact(self.form.num_columns()) {
            self.see(row);
            self.num_read += 1;
        }
        Ok(())
    }

    /// Looks at the numbers of the next sample.
    fn see(&mut self, numbers: &[f32]) {
        let [loss, certainty, ref rest @ ..] = *numbers else {
            return;
        };
        let (target, answer) = rest.split_at(rest.len() / 2);
        if let Some(confusion) = &mut self.confusion
            && let (Some(truth), Some(taken_for)) = (class(target), class(answer))
        {
            confusion.add(truth, taken_for);
        }
        // What is no number is told by the loss of the validation, and cannot be written as JSON.
        if !loss.is_finite() || !answer.iter().all(|number| number.is_finite()) {
            return;
        }
        let loss = f64::from(loss);
        let place = self.worst.partition_point(|other| other.loss >= loss);
        if place >= SHOWN {
            return;
        }
        self.worst.truncate(SHOWN - 1);
        let judged = Judged {
            row: self.num_read,
            loss,
            certainty: (certainty >= 0.0).then(|| f64::from(certainty)),
            target: target.to_vec(),
            answer: answer.to_vec(),
        };
        self.worst.insert(place, judged);
    }
}

/// The index of a class.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "classes are whole numbers from 0 on"
)]
fn class(numbers: &[f32]) -> Option<usize> {
    let number = numbers.first().copied()?;
    (number >= 0.0).then_some(number as usize)
}

/// A class by its name, or numbers.
fn text(form: RowForm, numbers: &[f32], class_names: &[String]) -> String {
    match form {
        RowForm::Classes { .. } => {
            let class = class(numbers).unwrap_or(0);
            let name = class_names.get(class).cloned();
            name.unwrap_or_else(|| class.to_string())
        }
        RowForm::Numbers { .. } => {
            let numbers = numbers.iter().map(|&number| figure_text(f64::from(number)));
            numbers.collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use firebrick_data::ArrayDataset;
    use firebrick_session::SampleView;

    use super::*;

    fn rows<const C: usize, const N: usize>(rows: [[f32; C]; N]) -> Tensor<2> {
        Tensor::from_floats(rows, &Device::flex())
    }

    fn views(count: u16) -> Views {
        let numbers: Vec<[f32; 1]> = (0..count).map(|row| [f32::from(row)]).collect();
        let data = ArrayDataset::new(numbers, vec![0.0; usize::from(count)]).unwrap();
        Views::new(std::sync::Arc::new(data), &Device::flex())
    }

    #[test]
    fn the_worst_are_kept_in_order_over_batches() {
        let watch = SampleWatch::new(RowForm::Classes { num_classes: 2 });
        watch
            .push(rows([[0.1, 0.9, 0.0, 0.0], [2.0, 0.8, 1.0, 0.0]]))
            .unwrap();
        watch.push(rows([[3.0, 0.7, 0.0, 1.0]])).unwrap();
        let names = ["cat", "dog"].map(str::to_owned);
        let seen = watch.finish(&names, Some(&views(3))).unwrap();
        let told: Vec<_> = seen
            .worst
            .iter()
            .map(|sample| (sample.row, sample.truth.as_str(), sample.answer.as_str()))
            .collect();
        assert_eq!(
            told,
            [(2, "cat", "dog"), (1, "dog", "cat"), (0, "cat", "cat")]
        );
        assert_eq!(seen.confusion.unwrap().counts, [[1, 1], [1, 0]]);
        let certainty = seen.worst[0].certainty.unwrap();
        assert!((certainty - 0.7).abs() < 1e-6);
        let SampleView::Row { values } = &seen.worst[0].view else {
            panic!("a row");
        };
        assert_eq!(values[0].value, "2.0000");
    }

    #[test]
    fn no_more_than_twelve_are_kept_the_first_of_those_alike() {
        let watch = SampleWatch::new(RowForm::Numbers { width: 1 });
        for _ in 0..20 {
            watch.push(rows([[1.0, -1.0, 0.5, 1.5]])).unwrap();
        }
        watch.push(rows([[9.0, -1.0, 0.5, 3.5]])).unwrap();
        let seen = watch.finish(&[], Some(&views(21))).unwrap();
        let own: Vec<usize> = seen.worst.iter().map(|sample| sample.row).collect();
        assert_eq!(own, [20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let worst = &seen.worst[0];
        assert_eq!(
            (worst.truth.as_str(), worst.answer.as_str()),
            ("0.5000", "3.5000")
        );
        assert_eq!(worst.certainty, None);
        assert!(seen.confusion.is_none());
    }

    #[test]
    fn losses_that_are_no_numbers_are_left_to_the_figures() {
        let watch = SampleWatch::new(RowForm::Classes { num_classes: 2 });
        watch
            .push(rows([[f32::NAN, -1.0, 1.0, 0.0], [1.0, -1.0, 1.0, 0.0]]))
            .unwrap();
        let seen = watch.finish(&[], Some(&views(2))).unwrap();
        assert_eq!(seen.worst.len(), 1);
        assert_eq!(seen.confusion.unwrap().counts[1], [2, 0]);
    }
}
