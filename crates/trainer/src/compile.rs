mod by_output;

use std::sync::Arc;

use firebrick_scheduler::{Constant, Schedule, ScheduleError, ScheduleSpec};
use firebrick_spec::Spec;

use crate::error::TrainError;
use crate::joint_loss::JointLoss;
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::optimizers::Optimizer;
use crate::weight_group::WeightGroup;

/// How a model is to learn: optimizer, learning rate, loss and metrics. With a model it becomes a
/// [`Trainer`](crate::Trainer).
///
/// ```
/// use firebrick::losses::SparseCategoricalCrossentropy;
/// use firebrick::metrics::Metric;
/// use firebrick::schedules::TimeBased;
/// use firebrick::training::{Compile, Optimizer};
///
/// let compile = Compile::new(Optimizer::sgd(), SparseCategoricalCrossentropy::new())
///     .with_schedule(TimeBased::new(3)?)
///     .with_metrics([Metric::accuracy()]);
/// // The same optimizer, loss and metric by their names.
/// let compile = Compile::by_name("sgd", "sparse_categorical_crossentropy", ["accuracy"])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Compile {
    pub(crate) optimizer: Optimizer,
    /// Of every output that has none of its own.
    pub(crate) loss: Option<Loss>,
    /// What single outputs have of their own.
    pub(crate) outputs: Vec<OutputCompile>,
    pub(crate) joint: Option<JointLoss>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) weighted_metrics: Vec<Metric>,
    pub(crate) rate: LearningRate,
    pub(crate) weight_groups: Vec<WeightGroup>,
}

pub(crate) use by_output::{Asked, OutputCompile};

#[derive(Clone)]
pub(crate) enum LearningRate {
    Constant(f64),
    Described(ScheduleSpec),
    Custom(Arc<dyn Schedule>),
}

impl Compile {
    /// Optimizer, at its default learning rate, and loss; of several outputs the loss of each.
    pub fn new(optimizer: Optimizer, loss: impl Into<Loss>) -> Self {
        Self {
            rate: LearningRate::Constant(optimizer.default_learning_rate()),
            optimizer,
            loss: Some(loss.into()),
            outputs: Vec::new(),
            joint: None,
            metrics: Vec::new(),
            weighted_metrics: Vec::new(),
            weight_groups: Vec::new(),
        }
    }

    /// Optimizer, loss and metrics by Keras' names, with the arguments of their short texts (`adam:learning_rate=0.01`).
    ///
    /// # Errors
    /// A name that is not known; the error gives the nearest one.
    pub fn by_name<'a>(
        optimizer: &str,
        loss: &str,
        metrics: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, TrainError> {
        let metrics: Vec<Metric> = metrics
            .into_iter()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        let (optimizer, rate) = Optimizer::with_rate_from_spec(&Spec::from_text(optimizer)?)?;
        let compile = Self::new(optimizer, loss.parse::<Loss>()?).with_metrics(metrics);
        Ok(match rate {
            Some(rate) => compile.with_schedule(rate),
            None => compile,
        })
    }

    /// Sets a learning rate that stays; [`fit`](crate::Trainer::fit) checks that it is above 0.
    #[must_use = "returns the changed settings"]
    pub fn with_learning_rate(mut self, learning_rate: f64) -> Self {
        self.rate = LearningRate::Constant(learning_rate);
        self
    }

    /// Sets a learning rate that is a function of the optimizer step.
    #[must_use = "returns the changed settings"]
    pub fn with_schedule(mut self, schedule: impl Into<ScheduleSpec>) -> Self {
        self.rate = LearningRate::Described(schedule.into());
        self
    }

    /// Sets a schedule of your own.
    #[must_use = "returns the changed settings"]
    pub fn with_custom_schedule(mut self, schedule: impl Schedule + 'static) -> Self {
        self.rate = LearningRate::Custom(Arc::new(schedule));
        self
    }

    /// Sets what is measured beside the loss, of several outputs at each; weights of samples and classes do not enter.
    #[must_use = "returns the changed settings"]
    pub fn with_metrics<M: Into<Metric>>(mut self, metrics: impl IntoIterator<Item = M>) -> Self {
        self.metrics = metrics.into_iter().map(Into::into).collect();
        self
    }

    /// Sets what is measured with the weights of samples and classes.
    #[must_use = "returns the changed settings"]
    pub fn with_weighted_metrics<M: Into<Metric>>(
        mut self,
        metrics: impl IntoIterator<Item = M>,
    ) -> Self {
        self.weighted_metrics = metrics.into_iter().map(Into::into).collect();
        self
    }

    /// Adds weights that learn at a rate or with a weight decay of their own; that there are such weights is checked by
    /// [`fit`](crate::Trainer::fit).
    #[must_use = "returns the changed settings"]
    pub fn with_weight_groups(mut self, groups: impl IntoIterator<Item = WeightGroup>) -> Self {
        self.weight_groups.extend(groups);
        self
    }

    /// Takes weights out of the weight decay, by the patterns of their paths ([`WeightGroup`]), e.g. `*/bias`.
    #[must_use = "returns the changed settings"]
    pub fn exclude_from_weight_decay<'a>(
        self,
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let groups = patterns.into_iter().map(WeightGroup::new);
        self.with_weight_groups(groups.map(WeightGroup::without_weight_decay))
    }

    /// The learning rate, where it is the same in every step.
    pub(crate) fn constant_rate(&self) -> Option<f64> {
        match &self.rate {
            LearningRate::Constant(rate) => Some(*rate),
            LearningRate::Described(schedule) => schedule.constant_rate(),
            LearningRate::Custom(_) => None,
        }
    }

    /// The schedule as a function of the optimizer step.
    pub(crate) fn schedule(
        &self,
        steps_per_epoch: usize,
    ) -> Result<Arc<dyn Schedule>, ScheduleError> {
        match &self.rate {
            LearningRate::Constant(rate) => Ok(Arc::new(Constant::new(*rate)?)),
            LearningRate::Described(spec) => spec.build(steps_per_epoch as u64),
            LearningRate::Custom(schedule) => Ok(Arc::clone(schedule)),
        }
    }
}
