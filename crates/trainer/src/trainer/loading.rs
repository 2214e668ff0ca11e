//! Samples and streams as the epochs take them.

use std::sync::Arc;

use burn::data::dataloader::DataLoader;
use burn::tensor::Device;
use firebrick_data::{Batch, BatchLoader, BatchStream, Samples, ShuffleState, StreamLoader};

use super::checks::Checks;
use crate::error::TrainError;

/// What gives the batches of pass after pass.
pub(super) enum Loader {
    Rows(Arc<BatchLoader>),
    Stream(BatchStream, Arc<StreamLoader>),
}

impl Loader {
    /// For a training, by the size of batches and the seed of their order; those of a stream have both from it.
    ///
    /// Without a prefetching thread: gathering bytes takes a few per cent of a step, and on two cores the thread was
    /// measured to cost more than it saves.
    pub(super) fn of_training(
        samples: &Samples,
        (batch_size, seed): (usize, Option<u64>),
        checks: Option<Checks>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        match samples {
            Samples::Rows(rows) => {
                let loader = BatchLoader::new(Arc::clone(rows), batch_size, device)?;
                Ok(Self::Rows(Arc::new(match seed {
                    Some(seed) => loader.with_shuffle(seed),
                    None => loader,
                })))
            }
            Samples::Stream(stream) => Self::of_stream(stream, None, checks, device),
        }
    }

    /// For what is judged: the same batches every time.
    pub(super) fn of_validation(
        samples: &Samples,
        batch_size: usize,
        checks: Option<Checks>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        match samples {
            Samples::Rows(_) => Self::of_training(samples, (batch_size, None), None, device),
            Samples::Stream(stream) => Self::of_stream(stream, Some(0), checks, device),
        }
    }

    fn of_stream(
        stream: &BatchStream,
        pass: Option<u64>,
        checks: Option<Checks>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let mut loader =
            StreamLoader::new(stream, device).map_err(firebrick_data::DataError::from)?;
        if let Some(pass) = pass {
            loader = loader.of_pass(pass);
        }
        if let Some(checks) = checks {
            loader = loader.with_check(checks.into_check());
        }
        Ok(Self::Stream(stream.clone(), Arc::new(loader)))
    }

    /// The loader itself.
    pub(super) fn shared(&self) -> Arc<dyn DataLoader<Batch>> {
        match self {
            Self::Rows(rows) => Arc::clone(rows) as _,
            Self::Stream(_, stream) => Arc::clone(stream) as _,
        }
    }

    /// Batches of a pass, if they are known.
    pub(super) fn num_batches(&self) -> Option<usize> {
        match self {
            Self::Rows(rows) => Some(rows.num_batches()),
            Self::Stream(stream, _) => stream.num_batches(),
        }
    }

    /// The pass that comes next: of rows that are shuffled their seed and the epoch, of a stream the number.
    pub(super) fn place(&self) -> Option<ShuffleState> {
        match self {
            Self::Rows(rows) => rows.shuffle_state(),
            Self::Stream(stream, _) => Some(ShuffleState {
                epoch: stream.next_pass(),
                ..ShuffleState::new(0)
            }),
        }
    }

    /// Has the next pass be this one.
    pub(super) fn go_to(&self, place: ShuffleState) {
        match self {
            Self::Rows(rows) => rows.restore_shuffle(place),
            Self::Stream(stream, _) => stream.set_next_pass(place.epoch),
        }
    }

    /// Whether the samples have numbers.
    pub(super) fn is_of_rows(&self) -> bool {
        matches!(self, Self::Rows(_))
    }

    /// Whether a pass has the same batches when it is asked for again.
    pub(super) fn replays(&self) -> bool {
        match self {
            Self::Rows(_) => true,
            Self::Stream(stream, _) => stream.replays(),
        }
    }
}
