/// Running means over samples, exact with a smaller last batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct RunningMeans {
    samples: usize,
    batches: usize,
    loss: f64,
    correct: f64,
}

/// Loss and accuracy, means over samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
}

impl RunningMeans {
    /// Adds a batch by its mean loss and its count of correct answers.
    pub(crate) fn add(&mut self, samples: usize, mean_loss: f64, correct: f64) {
        self.samples += samples;
        self.batches += 1;
        self.loss += mean_loss * samples as f64;
        self.correct += correct;
    }

    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    pub(crate) fn batches(&self) -> usize {
        self.batches
    }

    /// The means so far; not a number before the first batch.
    pub(crate) fn figures(&self) -> Figures {
        let samples = self.samples as f64;
        Figures {
            loss: self.loss / samples,
            accuracy: self.correct / samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_last_batch_weighs_less() {
        let mut means = RunningMeans::default();
        means.add(8, 1.0, 4.0);
        means.add(2, 3.0, 2.0);
        assert_eq!(
            means.figures(),
            Figures {
                loss: 1.4,
                accuracy: 0.6
            }
        );
        assert_eq!((means.samples(), means.batches()), (10, 2));
    }
}
