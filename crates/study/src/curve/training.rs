//! One training of a curve.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use firebrick::callbacks::{Callback, Flow, HookResult, Training};
use firebrick::datasets::{BatchSource, MnistDataset, ShuffleState, Subset};
use firebrick::losses::SparseCategoricalCrossentropy;
use firebrick::metrics::Metric;
use firebrick::models::{Mlp, MlpConfig};
use firebrick::training::{
    Compile, Display, Fit, Logs, Optimizer, StopHandle, StopReason, TrainError, Trainer,
};

use super::job::Job;
use super::pool::Event;
use super::result::{EpochPoint, JobResult, Quality, State};
use super::{CurveAxis, CurveStudy};
use crate::data::subset;
use crate::error::StudyError;

impl CurveStudy {
    /// The network of a point.
    pub(super) fn network(&self, value: usize) -> MlpConfig {
        let (_, hidden, _) = self.settings.at(value);
        MlpConfig::new(self.data.num_features(), self.data.num_classes())
            .with_hidden(hidden)
            .with_activation(self.settings.activation)
    }

    /// About how long an epoch takes, in nanoseconds of some machine: for the order of the trainings and to guess the
    /// end, and for nothing else.
    pub(super) fn epoch_cost(&self, job: &Job) -> u64 {
        const STEP: usize = 200_000;
        const IMAGES_A_NANOSECOND_AND_WEIGHT: usize = 3;
        let (train_size, hidden, _) = self.settings.at(job.value);
        let widths = hidden.iter().copied().chain([self.data.num_classes()]);
        let mut inputs = self.data.num_features();
        let mut num_weights = 0_usize;
        for units in widths {
            num_weights = num_weights.saturating_add(inputs.saturating_mul(units));
            inputs = units;
        }
        let steps = train_size.div_ceil(self.settings.batch_size);
        let evaluated = match self.settings.by {
            CurveAxis::Epochs => self.data.validation.len(),
            _ => 0,
        };
        let products = (train_size + evaluated / 3).saturating_mul(num_weights);
        let cost = steps
            .saturating_mul(STEP)
            .saturating_add(products / IMAGES_A_NANOSECOND_AND_WEIGHT);
        u64::try_from(cost).unwrap_or(u64::MAX)
    }

    /// Trains a network; `None` if it was stopped.
    pub(super) fn train(
        &self,
        job: &Job,
        stop: &StopHandle,
        events: &Sender<Event>,
    ) -> Result<Option<JobResult>, StudyError> {
        let begin = Instant::now();
        let (train_size, _, epochs) = self.settings.at(job.value);
        let mut rows = ShuffleState::new(job.seed).permutation(self.data.train.len());
        rows.truncate(train_size);
        let images = Images {
            train: subset(&self.data.train, rows)?,
            validation: self.data.validation.clone(),
            test: self.data.test.clone(),
        };
        let compile = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
            .with_learning_rate(self.settings.learning_rate)
            .with_metrics([Metric::accuracy()]);
        let model = self.network(job.value).init(job.seed, &self.device)?;
        let num_params = model.summary().num_params();
        let watch = Arc::new(Mutex::new(Watch {
            stop: stop.clone(),
            events: events.clone(),
            epoch_cost: self.epoch_cost(job),
            recorder: (self.settings.by == CurveAxis::Epochs).then(|| Recorder {
                compile: compile.clone(),
                images: images.clone(),
                epochs: Vec::new(),
                best: None,
            }),
        }));
        let fit = Fit::new(epochs)
            .with_batch_size(self.settings.batch_size)
            .with_seed(job.seed)
            .with_display(Display::Quiet)
            .with_shared_callback(watch.clone());
        let mut trainer = compile.model(model);
        let history = trainer.fit(&images.train, &fit)?;
        if history.stop_reason != StopReason::Completed {
            return Ok(None);
        }
        let end = images.state(&trainer)?;
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        let recorder = watch.recorder.take();
        let (best, epochs) = recorder.map_or((None, Vec::new()), |own| (own.best, own.epochs));
        Ok(Some(JobResult {
            num_params,
            num_epochs: history.epochs().len(),
            end,
            best,
            epochs,
            seconds: begin.elapsed().as_secs_f64(),
        }))
    }
}

/// What a training learns from and is judged by.
#[derive(Clone)]
struct Images {
    train: Subset,
    validation: MnistDataset,
    test: MnistDataset,
}

impl Images {
    fn state(&self, trainer: &Trainer<Mlp>) -> Result<State, TrainError> {
        Ok(State {
            train: quality(trainer, &self.train)?,
            validation: quality(trainer, &self.validation)?,
            test: quality(trainer, &self.test)?,
        })
    }
}

fn quality<D>(trainer: &Trainer<Mlp>, data: &D) -> Result<Quality, TrainError>
where
    D: BatchSource + Clone + 'static,
{
    let evaluation = trainer.evaluate(data)?;
    let accuracy = evaluation.get("accuracy").unwrap_or(f64::NAN);
    Ok(Quality {
        loss: evaluation.loss(),
        error: 1.0 - accuracy,
    })
}

/// Stops the training when the study is stopped, tells of every epoch, and records it where that is asked for.
struct Watch {
    stop: StopHandle,
    events: Sender<Event>,
    epoch_cost: u64,
    recorder: Option<Recorder>,
}

impl Callback for Watch {
    fn name(&self) -> &'static str {
        "Study"
    }

    fn on_train_batch_end(&mut self, _: &mut Training<'_>) -> HookResult {
        Ok(if self.stop.is_stopped() {
            Flow::Stop
        } else {
            Flow::Continue
        })
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        if let Some(recorder) = &mut self.recorder {
            recorder.record(training)?;
        }
        // Whoever has gone needs no telling.
        let _ = self.events.send(Event::Epoch(self.epoch_cost));
        Ok(Flow::Continue)
    }
}

/// Judges the network after every epoch, by the weights of that moment, on the training images too.
struct Recorder {
    compile: Compile,
    images: Images,
    epochs: Vec<EpochPoint>,
    best: Option<(usize, State)>,
}

impl Recorder {
    fn record(&mut self, training: &Training<'_>) -> Result<(), TrainError> {
        let Some(model) = training.model::<Mlp>() else {
            return Ok(());
        };
        let trainer = self.compile.clone().model(model);
        let point = EpochPoint {
            epoch: training.epoch(),
            train: quality(&trainer, &self.images.train)?,
            validation: quality(&trainer, &self.images.validation)?,
        };
        self.epochs.push(point);
        let loss = point.validation.loss;
        if self
            .best
            .is_none_or(|(_, best)| loss < best.validation.loss)
        {
            let state = State {
                train: point.train,
                validation: point.validation,
                test: quality(&trainer, &self.images.test)?,
            };
            self.best = Some((point.epoch, state));
        }
        Ok(())
    }
}
