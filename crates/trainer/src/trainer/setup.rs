//! What a training is beside its state: with anything else one that was broken off cannot go on.

use std::path::Path;
use std::sync::OnceLock;

use burn::tensor::Device;
use crc32c::crc32c_append;
use firebrick_data::{Batch, DataError, Fingerprint, Samples, StreamFields};
use firebrick_model::Model;
use firebrick_spec::shortened;

use crate::checkpoint_error::CheckpointError;
use crate::compile::{Compile, LearningRate};
use crate::error::TrainError;
use crate::fit::Fit;
use crate::state::State;
use crate::weight_group::WeightGroup;

/// The facts of a training, and its samples.
pub(super) struct Setup {
    facts: Vec<Fact>,
    training: Samples,
    validation: Option<Samples>,
    device: String,
    /// What the first batch of a stream is.
    first_batch: Option<String>,
}

struct Fact {
    what: &'static str,
    value: String,
    /// What to do where it was another one.
    hint: &'static str,
}

/// Where facts, sums of samples and the device stand in a state.
const FACTS: &str = "facts";
const DATA: &str = "data";
const DEVICE: &str = "device";
const FIRST_BATCH: &str = "first_batch";
const TRAINING: &str = "training";
const VALIDATION: &str = "validation";

impl Setup {
    /// Of a fit with these samples.
    pub(super) fn of_fit(
        fit: &Fit,
        training: &Samples,
        validation: Option<&Samples>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let settings = "give the fit the settings that it had";
        let samples = "go on with the samples that it learned from";
        let own = &fit.settings;
        let shuffle = own.shuffle_seed();
        let source = |data: &Samples| -> Result<String, TrainError> {
            let StreamFields { inputs, targets } = data.fields()?;
            let samples = match data.num_samples() {
                Some(samples) => format!("{samples} samples"),
                None => "a stream".to_owned(),
            };
            Ok(match (&inputs[..], &targets[..]) {
                // As checkpoints from before samples had several of them have it.
                ([input], [target]) => {
                    format!("{samples} of {:?} with {:?}", input.shape, target.targets)
                }
                _ => format!("{samples} of {inputs:?} with {targets:?}"),
            })
        };
        let epochs = own.epochs.saturating_sub(own.initial_epoch);
        let none = || "none".to_owned();
        let facts = [
            ("the training data", source(training)?, samples),
            (
                "the validation data",
                validation.map_or_else(|| Ok(none()), source)?,
                samples,
            ),
            ("batch_size", own.batch_size.to_string(), settings),
            (
                "the seed of the samples' order",
                shuffle.map_or_else(none, |seed| seed.to_string()),
                settings,
            ),
            ("the seed", own.seed.to_string(), settings),
            ("steps_per_epoch", text(own.steps_per_epoch), settings),
            (
                "validation_batch_size",
                text(own.validation_batch_size),
                settings,
            ),
            ("validation_steps", text(own.validation_steps), settings),
            ("validation_freq", own.validation_freq.to_string(), settings),
            (
                "one_cycle",
                match (own.one_cycle, &fit.fine_tune) {
                    (_, Some(tune)) => format!("{tune:?} over {epochs} epochs"),
                    (Some(rate), None) => format!("{rate} over {epochs} epochs"),
                    (None, None) => none(),
                },
                "a cycle of rates ends with its epochs: give the fit what it had, or train anew",
            ),
            (
                "the weights of the classes",
                format!("{:?}", fit.class_weights),
                settings,
            ),
            (
                "the list of callbacks",
                format!("{:?}", fit.callbacks.names()),
                "give the fit the same callbacks in the same order",
            ),
        ];
        let fact = |(what, value, hint)| Fact { what, value, hint };
        let first_batch = match training {
            Samples::Rows(_) => None,
            Samples::Stream(stream) => Some(checksum(&stream.first().map_err(DataError::from)?)?),
        };
        Ok(Self {
            facts: facts.into_iter().map(fact).collect(),
            training: training.clone(),
            validation: validation.cloned(),
            device: format!("{device:?}"),
            first_batch,
        })
    }

    /// With what a model is compiled with.
    pub(super) fn with_compile<M: Model>(mut self, compile: &Compile, model: &M) -> Self {
        let hint = "compile the model as it was";
        let metrics = compile.metrics_text(&compile.metrics, |own| own.metrics.as_ref());
        let weighted = compile.metrics_text(&compile.weighted_metrics, |own| {
            own.weighted_metrics.as_ref()
        });
        let rate = match &compile.rate {
            LearningRate::Constant(rate) => rate.to_string(),
            LearningRate::Described(schedule) => schedule.to_string(),
            LearningRate::Custom(_) => "the program's own".to_owned(),
        };
        let optimizer = compile.optimizer.to_spec();
        let optimizer = optimizer.map_or_else(
            || compile.optimizer.to_string(),
            |described| described.to_string(),
        );
        let groups = compile.weight_groups.iter().map(WeightGroup::to_string);
        let groups: Vec<String> = groups.collect();
        let groups = if groups.is_empty() {
            "none".to_owned()
        } else {
            groups.join("; ")
        };
        let facts = [
            ("the optimizer", optimizer),
            ("the groups of weights", groups),
            ("the learning rate", rate),
            ("the loss", compile.losses_text()),
            ("the list of metrics", metrics),
            ("the list of weighted metrics", weighted),
        ];
        let fact = |(what, value)| Fact { what, value, hint };
        self.facts.extend(facts.into_iter().map(fact));
        if let Some(description) = model.description() {
            self.facts.push(Fact {
                what: "the network",
                value: description,
                hint: "build the network as it was",
            });
        }
        self
    }

    /// What there is to keep of it; the samples are looked at when it is written for the first time.
    pub(super) fn state(&self) -> State {
        let facts = self.facts.iter().fold(State::new(), |state, fact| {
            state.with(fact.what, fact.value.clone())
        });
        let (training, validation) = (self.training.clone(), self.validation.clone());
        let sums = OnceLock::new();
        State::new()
            .with(FACTS, facts)
            .with(DEVICE, self.device.clone())
            .with_some(FIRST_BATCH, self.first_batch.clone())
            .with_deferred(DATA, move || {
                let (training, validation): &(Option<String>, Option<String>) =
                    sums.get_or_init(|| {
                        let validation = validation.as_ref();
                        (sum(&training), validation.and_then(sum))
                    });
                Ok(State::new()
                    .with_some(TRAINING, training.clone())
                    .with_some(VALIDATION, validation.clone()))
            })
    }

    /// Makes sure that the training which a checkpoint was made in is this one.
    ///
    /// # Errors
    /// The first thing that differs.
    pub(super) fn check(&self, path: &Path, state: &State) -> Result<(), CheckpointError> {
        let before = state.get::<State>(FACTS)?;
        let contradiction = |what, before: String, now: String, hint| {
            Err(CheckpointError::Contradiction {
                path: path.to_owned(),
                what,
                before: short(&before),
                now: short(&now),
                hint,
            })
        };
        for Fact { what, value, hint } in &self.facts {
            let before = before.find::<String>(what)?;
            let before = before.unwrap_or_else(|| "not written down".to_owned());
            if before != *value {
                return contradiction(what, before, value.clone(), hint);
            }
        }
        let sums = state.find::<State>(DATA)?.unwrap_or_default();
        let parts = [
            ("the training data", TRAINING, Some(&self.training)),
            ("the validation data", VALIDATION, self.validation.as_ref()),
        ];
        for (what, name, data) in parts {
            let before = sums.find::<String>(name)?;
            let before = before.and_then(|text| text.parse::<Fingerprint>().ok());
            let now = data.and_then(fingerprint);
            let (Some(before), Some(now)) = (before, now) else {
                continue;
            };
            if let Some(change) = now.change_since(&before) {
                let hint = "go on with the samples that it learned from, or train anew";
                return contradiction(what, "another".to_owned(), change.to_string(), hint);
            }
        }
        Ok(())
    }

    /// What to say of a device that is not the one from before.
    pub(super) fn device_warning(&self, state: &State) -> Option<String> {
        let before = state.find::<String>(DEVICE).ok().flatten()?;
        (before != self.device).then(|| {
            format!(
                "warning: the training was broken off on {before} and goes on on {}: its numbers will not be those, bit for bit, that \
                 it would have had",
                self.device
            )
        })
    }

    /// What to say of a stream that does not begin as it did, or does not say that it can begin again.
    pub(super) fn stream_warning(&self, state: &State) -> Option<String> {
        let Samples::Stream(stream) = &self.training else {
            return None;
        };
        let before = state.find::<String>(FIRST_BATCH).ok().flatten();
        let reason = if !stream.replays() {
            "goes on with what comes next"
        } else if before != self.first_batch {
            "begins with another batch than before"
        } else {
            return None;
        };
        Some(format!(
            "warning: the stream that the training learns from {reason}: its numbers will not be those, bit for bit, that it would \
             have had"
        ))
    }
}

fn text(count: Option<usize>) -> String {
    count.map_or_else(|| "none".to_owned(), |count| count.to_string())
}

fn fingerprint(data: &Samples) -> Option<Fingerprint> {
    match data {
        Samples::Rows(rows) => rows.fingerprint(),
        Samples::Stream(_) => None,
    }
}

fn sum(data: &Samples) -> Option<String> {
    fingerprint(data).map(|sum| sum.to_string())
}

/// A sum of all numbers of a batch.
fn checksum(batch: &Batch) -> Result<String, TrainError> {
    let mut sum = 0;
    for tensor in batch.all_inputs().iter().chain(batch.all_targets()) {
        for number in tensor.clone().into_vec()? {
            sum = crc32c_append(sum, &number.to_le_bytes());
        }
    }
    Ok(format!("{sum:08x}"))
}

/// Not more of a text than a line takes.
fn short(text: &str) -> String {
    shortened(text)
}
