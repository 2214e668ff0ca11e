//! What a training says of itself, gathered in the course of its epochs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firebrick_data::Samples;
use firebrick_session::{LayerNumbers, Speaker, What};

use super::outcome::LoopSettings;
use super::run::Run;
use crate::error::TrainError;
use crate::insight::{LayerHints, LookClock, SampleWatch, Views};
use crate::step::{Step, StepInsight, TestStep};

/// Gathers it where somebody watches.
pub(super) struct Insight {
    begin: Instant,
    /// Of looks at the layers.
    layers: LookClock,
    /// Of looks at the samples of a validation.
    samples: LookClock,
    hints: LayerHints,
    class_names: Vec<String>,
    /// Absent where the samples of the validation cannot be read again.
    validation: Option<Validation>,
    last_layers: Vec<LayerNumbers>,
    /// By layer, of the last validation.
    dead: Vec<(String, f64)>,
}

/// The samples of a validation, to be read again.
struct Validation {
    batch_size: usize,
    views: Views,
}

impl Insight {
    /// Of a training that begins now.
    pub(super) fn new(settings: &LoopSettings) -> Self {
        let part = settings.rerun.validation.as_ref();
        let part = part.filter(|_| settings.announcer.is_heard());
        let validation = part.and_then(|part| match &part.data {
            Samples::Rows(data) => Some(Validation {
                batch_size: part.batch_size,
                views: Views::new(Arc::clone(data), &settings.device),
            }),
            Samples::Stream(_) => None,
        });
        Self {
            begin: Instant::now(),
            layers: LookClock::default(),
            samples: LookClock::default(),
            hints: LayerHints::default(),
            class_names: settings.class_names.clone(),
            validation,
            last_layers: Vec::new(),
            dead: Vec::new(),
        }
    }

    /// Before a batch is learned and after everything before it was read back: has the update be looked at, if it is time to.
    pub(super) fn before_batch<S: Step>(&self, step: &mut S) {
        if self.layers.is_due(self.begin.elapsed())
            && let Some(insight) = step.insight()
        {
            insight.look_at_next();
        }
    }

    /// After a batch was learned: what there is to tell of its update.
    pub(super) fn after_batch<S: Step>(&mut self, step: &mut S) -> Vec<What> {
        let begin = Instant::now();
        let Some(taken) = step.insight().map(StepInsight::take_look) else {
            return Vec::new();
        };
        let Some(layers) = found("layers", taken).flatten() else {
            return Vec::new();
        };
        self.layers.looked(self.begin.elapsed(), begin.elapsed());
        let hints = self.hints.of_updates(&layers, step.learning_rate());
        self.last_layers = layers;
        self.layers_told().into_iter().chain(words(hints)).collect()
    }

    /// What judges a validation and sees its samples, if it is time to look at them; always of the last one.
    ///
    /// # Errors
    /// Weights that nothing can be prepared of.
    pub(super) fn test_step<S: Step>(
        &self,
        (step, weights): (&mut S, &S::Weights),
        epochs: (usize, usize),
    ) -> Result<Option<(TestStep, SampleWatch)>, TrainError> {
        let (epoch, last) = epochs;
        if epoch < last && !self.samples.is_due(self.begin.elapsed()) {
            return Ok(None);
        }
        match step.insight() {
            Some(insight) => insight.watched_test_step(weights),
            None => Ok(None),
        }
    }

    /// After a validation: what there is to tell of its samples, and of units that are dead on its first ones.
    pub(super) fn validated<S: Step>(
        &mut self,
        watch: SampleWatch,
        (step, weights): (&mut S, &S::Weights),
    ) -> Vec<What> {
        let (begin, watched) = (Instant::now(), watch.took());
        let views = self.validation.as_ref().map(|validation| &validation.views);
        let seen = watch.finish(&self.class_names, views);
        let seen = found("samples", seen).unwrap_or_default();
        let mut told: Vec<What> = Vec::new();
        if !seen.worst.is_empty() {
            told.push(What::Samples { worst: seen.worst });
        }
        told.extend(seen.confusion.map(What::Confusion));
        let dead = self.dead_units((step, weights));
        self.dead = found("dead units", dead).unwrap_or_default();
        if !self.dead.is_empty() {
            told.extend(self.layers_told());
        }
        told.extend(words(self.hints.of_dead(&self.dead)));
        let took: Duration = watched + begin.elapsed();
        self.samples.looked(self.begin.elapsed(), took);
        told
    }

    /// The layers as they were seen last.
    fn layers_told(&self) -> Option<What> {
        let dead_of = |path: &str| self.dead.iter().find(|(layer, _)| layer == path);
        let layers = self.last_layers.iter().map(|layer| LayerNumbers {
            dead: dead_of(&layer.path).map(|(_, share)| *share),
            ..layer.clone()
        });
        let layers: Vec<LayerNumbers> = layers.collect();
        (!layers.is_empty()).then_some(What::Layers { layers })
    }

    /// The share of dead units by layer on the first batch of the validation.
    fn dead_units<S: Step>(
        &self,
        (step, weights): (&mut S, &S::Weights),
    ) -> Result<Vec<(String, f64)>, TrainError> {
        let Some((insight, own)) = step.insight().zip(self.validation.as_ref()) else {
            return Ok(Vec::new());
        };
        insight.dead_units(weights, &own.views.first_batch(own.batch_size)?)
    }
}

impl<S: Step> Run<'_, S> {
    /// Before a batch is learned: has its update be looked at where somebody watches, if it is time to, and nothing before it lies on
    /// the device any more, which would be waited for.
    pub(super) fn look_before_batch(&mut self) {
        if self.is_heard() && self.tally.is_read() {
            self.insight.before_batch(&mut *self.step);
        }
    }

    /// After a batch was learned: tells how the layers did, where they were looked at.
    pub(super) fn look_after_batch(&mut self) {
        if self.is_heard() {
            let told = self.insight.after_batch(&mut *self.step);
            self.tell_all(told);
        }
    }

    /// What judges a validation and sees its samples, where somebody watches and it is time to.
    ///
    /// # Errors
    /// Weights that nothing can be prepared of.
    pub(super) fn watched_test_step(
        &mut self,
        weights: &S::Weights,
    ) -> Result<Option<(TestStep, SampleWatch)>, TrainError> {
        if !self.is_heard() {
            return Ok(None);
        }
        let epochs = (self.epoch, self.settings.params.epochs);
        self.insight.test_step((&mut *self.step, weights), epochs)
    }

    /// After a validation that was watched: tells what was seen of its samples.
    pub(super) fn tell_samples(&mut self, watch: SampleWatch, weights: &S::Weights) {
        let told = self.insight.validated(watch, (&mut *self.step, weights));
        self.tell_all(told);
    }

    fn tell_all(&mut self, told: Vec<What>) {
        for what in told {
            if let What::Words { text, .. } = &what {
                log::info!("hint: {text}");
            }
            self.emit(what);
        }
    }
}

/// What was found; whoever watches cannot end a training, so that an error is only written down.
fn found<T>(what: &str, found: Result<T, TrainError>) -> Option<T> {
    found
        .inspect_err(|error| log::warn!("nothing can be said of the {what}: {error}"))
        .ok()
}

fn words(hints: Vec<String>) -> impl Iterator<Item = What> {
    hints.into_iter().map(|text| What::Words {
        from: Speaker::Hint,
        text,
    })
}
