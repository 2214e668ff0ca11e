use crate::checkpoint_error::CheckpointError;
use crate::state::State;

/// Running sums over samples, exact with a smaller last batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RunningFigures {
    samples: usize,
    batches: usize,
    loss: f64,
    sums: Vec<Vec<f64>>,
}

impl RunningFigures {
    /// Adds a batch by its mean loss and by the numbers of each metric, which `join` adds to the sums of the metric of
    /// this index.
    pub(crate) fn add<'a>(
        &mut self,
        samples: usize,
        mean_loss: f64,
        numbers: impl IntoIterator<Item = &'a [f32]>,
        join: impl Fn(usize, &mut [f64], &[f64]),
    ) {
        self.samples += samples;
        self.batches += 1;
        self.loss += mean_loss * samples as f64;
        for (index, own) in numbers.into_iter().enumerate() {
            let own: Vec<f64> = own.iter().copied().map(f64::from).collect();
            match self.sums.get_mut(index) {
                Some(sums) => join(index, sums, &own),
                None => self.sums.push(own),
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

    /// What there is to keep of them.
    pub(crate) fn state(&self) -> State {
        let sums = self.sums.iter().enumerate();
        let sums = sums.fold(State::new(), |state, (metric, sums)| {
            state.with(metric.to_string(), sums.clone())
        });
        State::new()
            .with("samples", self.samples)
            .with("batches", self.batches)
            .with("loss", self.loss)
            .with("sums", sums)
    }

    /// The sums of a state.
    ///
    /// # Errors
    /// A state of something else.
    pub(crate) fn from_state(state: &State) -> Result<Self, CheckpointError> {
        let kept = state.find::<State>("sums")?.unwrap_or_default();
        let mut sums = Vec::new();
        while let Some(own) = kept.find(&sums.len().to_string())? {
            sums.push(own);
        }
        Ok(Self {
            samples: state.get("samples")?,
            batches: state.get("batches")?,
            loss: state.get("loss")?,
            sums,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_last_batch_weighs_less() {
        let mut figures = RunningFigures::default();
        let join = |index: usize, sums: &mut [f64], batch: &[f64]| {
            assert_eq!(index, 0);
            sums[0] += batch[0];
            sums[1] = sums[1].max(batch[1]);
        };
        figures.add(8, 1.0, [&[4.0, 8.0][..]], join);
        figures.add(2, 3.0, [&[2.0, 2.0][..]], join);
        assert!((figures.loss() - 1.4).abs() < 1e-12);
        assert_eq!(figures.sums, [[6.0, 8.0]], "joined as the metric says");
        assert_eq!((figures.samples(), figures.batches()), (10, 2));
        assert_eq!(
            RunningFigures::from_state(&figures.state()).unwrap(),
            figures
        );
    }
}
