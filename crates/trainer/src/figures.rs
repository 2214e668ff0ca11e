/// Running sums over samples, exact with a smaller last batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RunningFigures {
    samples: usize,
    batches: usize,
    loss: f64,
    sums: Vec<Vec<f64>>,
}

impl RunningFigures {
    /// Adds a batch by its mean loss and by what each metric's sums grow by.
    pub(crate) fn add<'a>(
        &mut self,
        samples: usize,
        mean_loss: f64,
        sums: impl IntoIterator<Item = &'a [f32]>,
    ) {
        self.samples += samples;
        self.batches += 1;
        self.loss += mean_loss * samples as f64;
        for (index, own) in sums.into_iter().enumerate() {
            if self.sums.len() <= index {
                self.sums.push(vec![0.0; own.len()]);
            }
            for (sum, value) in self.sums[index].iter_mut().zip(own) {
                *sum += f64::from(*value);
            }
        }
    }

    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    pub(crate) fn batches(&self) -> usize {
        self.batches
    }

    /// The mean of the loss over the samples; not a number before the first batch.
    pub(crate) fn loss(&self) -> f64 {
        self.loss / self.samples as f64
    }

    /// The sums of each metric, in order.
    pub(crate) fn sums(&self) -> &[Vec<f64>] {
        &self.sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_last_batch_weighs_less() {
        let mut figures = RunningFigures::default();
        figures.add(8, 1.0, [&[4.0, 8.0][..]]);
        figures.add(2, 3.0, [&[2.0, 2.0][..]]);
        assert!((figures.loss() - 1.4).abs() < 1e-12);
        assert_eq!(figures.sums, [[6.0, 10.0]]);
        assert_eq!((figures.samples(), figures.batches()), (10, 2));
    }
}
