mod keras_form;
mod settings;
mod text_form;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use burn::module::ParamGroup;
use burn::optim::ModuleOptimizer;
use firebrick_model::WeightPath;
use firebrick_spec::{Spec, Value};

use crate::error::TrainError;
use crate::optimizers::{
    Accumulation, Average, Clipping, Ema, Kind, Method, OptimizerFunction, Path, Work, above_zero,
    not_negative,
};
use crate::weight_group::WeightGroup;
pub use settings::GivenOptimizer;

/// How the weights follow the gradients, with Keras' formulas and defaults.
///
/// ```
/// use firebrick::training::Optimizer;
///
/// let optimizer = Optimizer::adam().with_weight_decay(0.004)?.with_clipnorm(1.0)?;
/// assert_eq!(optimizer.name(), "adam");
/// assert_eq!("RMSprop".parse::<Optimizer>()?, Optimizer::rmsprop());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/optimizers/>
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    method: Method,
    weight_decay: f64,
    clipping: Option<Clipping>,
    accumulation_steps: Option<usize>,
    ema: Option<Ema>,
}

impl Optimizer {
    /// The names for [`by_name`](Self::by_name) and [`FromStr`].
    pub const NAMES: &'static [&'static str] = Kind::NAMES;

    /// An optimizer of one's own, or any of Burn's; it can be written into a file if its type is
    /// [registered](crate::register_optimizer).
    pub fn custom(function: impl OptimizerFunction + 'static) -> Self {
        Self::new(Method::Own(Arc::new(function)))
    }

    pub(crate) fn new(method: Method) -> Self {
        Self {
            weight_decay: method.weight_decay(),
            method,
            clipping: None,
            accumulation_steps: None,
            ema: None,
        }
    }

    /// The optimizer of this name with its defaults; Keras' spellings, `RMSprop` say, are taken too.
    ///
    /// # Errors
    /// A name that is not known; the error lists those that are.
    pub fn by_name(name: &str) -> Result<Self, TrainError> {
        Ok(Self::from_spec(&Spec::new(name))?)
    }

    /// One of [`NAMES`](Self::NAMES), or the name of one's own.
    pub fn name(&self) -> &str {
        self.method.name()
    }

    /// Keras' default rate for it.
    pub fn default_learning_rate(&self) -> f64 {
        self.method.learning_rate()
    }

    /// What to tell somebody who asks for this learning rate, if it is hardly meant.
    pub fn rate_warning(&self, learning_rate: f64) -> Option<String> {
        (learning_rate >= self.method.diverges_from()).then(|| {
            format!(
                "a learning rate of {learning_rate} is much for {}, which moves each weight by about that much a step; \
                 its default is {}",
                self.name(),
                self.default_learning_rate()
            )
        })
    }

    /// Takes the gradient of `muon` as it is, not ahead of the velocity.
    ///
    /// # Errors
    /// An optimizer without Nesterov's momentum.
    pub fn without_nesterov(self) -> Result<Self, TrainError> {
        self.with_argument("nesterov", false.into())
    }

    /// Shrinks every weight before an update, `w -= rate · weight_decay · w`, apart from the gradients.
    ///
    /// # Errors
    /// A weight decay below 0.
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Result<Self, TrainError> {
        not_negative("weight_decay", weight_decay)?;
        self.weight_decay = weight_decay;
        Ok(self)
    }

    /// Scales the gradient of each parameter down to a length of at most this.
    ///
    /// # Errors
    /// A length that is not above 0, or another clipping that is already there.
    pub fn with_clipnorm(self, clipnorm: f64) -> Result<Self, TrainError> {
        self.with_clipping(Clipping::Norm(clipnorm))
    }

    /// Brings every number of a gradient into `[-clipvalue, clipvalue]`.
    ///
    /// # Errors
    /// A value that is not above 0, or another clipping that is already there.
    pub fn with_clipvalue(self, clipvalue: f64) -> Result<Self, TrainError> {
        self.with_clipping(Clipping::Value(clipvalue))
    }

    /// Scales all gradients down alike, so that their length together is at most this.
    ///
    /// # Errors
    /// A length that is not above 0, or another clipping that is already there.
    pub fn with_global_clipnorm(self, global_clipnorm: f64) -> Result<Self, TrainError> {
        self.with_clipping(Clipping::GlobalClipnorm(global_clipnorm))
    }

    /// Updates the weights once in so many batches, by the mean of their gradients: as with batches so many times as
    /// large, in the memory of one. Clipping comes after the mean.
    ///
    /// The step of a schedule is the batch, as in Keras. What an unfinished update has gathered at the end of an
    /// epoch or of a `fit` goes into the next one.
    ///
    /// # Errors
    /// Less than 2 batches.
    pub fn with_gradient_accumulation_steps(mut self, steps: usize) -> Result<Self, TrainError> {
        if steps < 2 {
            return Err(TrainError::Setting {
                setting: "gradient_accumulation_steps",
                expected: "at least 2; leave it out for an update after every batch",
                received: steps.to_string(),
            });
        }
        self.accumulation_steps = Some(steps);
        Ok(self)
    }

    /// Keeps a moving average of the weights, `average = momentum · average + (1 - momentum) · weight` after every
    /// batch; Keras' momentum is 0.99.
    ///
    /// At the end of every `fit` but one that fails, before [`on_train_end`](crate::Callback::on_train_end), the weights
    /// become their average, as in Keras; [`SwapEmaWeights`](crate::callbacks::SwapEmaWeights) validates with it before.
    ///
    /// # Errors
    /// A momentum outside `[0, 1]`.
    pub fn with_ema(mut self, momentum: f64) -> Result<Self, TrainError> {
        if !(0.0..=1.0).contains(&momentum) {
            return Err(TrainError::Setting {
                setting: "ema_momentum",
                expected: "a number from 0 to 1",
                received: momentum.to_string(),
            });
        }
        let overwrite_frequency = self.ema.and_then(|ema| ema.overwrite_frequency);
        self.ema = Some(Ema {
            momentum,
            overwrite_frequency,
        });
        Ok(self)
    }

    /// Replaces the weights by their moving average after every so many updates.
    ///
    /// # Errors
    /// 0 updates, or an optimizer without [`with_ema`](Self::with_ema).
    pub fn with_ema_overwrite_frequency(mut self, updates: usize) -> Result<Self, TrainError> {
        let problem = |expected| TrainError::Setting {
            setting: "ema_overwrite_frequency",
            expected,
            received: updates.to_string(),
        };
        if updates == 0 {
            return Err(problem("at least 1"));
        }
        match &mut self.ema {
            Some(ema) => {
                ema.overwrite_frequency = Some(updates);
                Ok(self)
            }
            None => Err(problem(
                "none without a moving average of the weights; set ema_momentum first",
            )),
        }
    }

    /// Batches whose gradients make one update, if they are several.
    pub(crate) fn accumulation_steps(&self) -> Option<usize> {
        self.accumulation_steps
    }

    /// What gathers gradients, if an update takes those of several batches.
    pub(crate) fn accumulation(&self) -> Option<Accumulation> {
        self.accumulation_steps.map(Accumulation::new)
    }

    /// The moving average of the weights, if there is to be one.
    pub(crate) fn average(&self) -> Option<Average> {
        let steps = self.accumulation_steps.unwrap_or(1);
        self.ema.map(|ema| Average::new(ema, steps))
    }

    /// Takes the gradients as they are.
    #[must_use = "returns the changed optimizer"]
    pub fn without_clipping(mut self) -> Self {
        self.clipping = None;
        self
    }

    /// Numbers that are kept for each weight: those of the update rule, and the sums and the average that go with it.
    pub(crate) fn num_slots(&self) -> usize {
        self.method.num_slots()
            + usize::from(self.accumulation_steps.is_some())
            + usize::from(self.ema.is_some())
    }

    /// What Keras calls what is kept of a weight of so many axes; `None` for what Keras does not have.
    pub(crate) fn slot_names(&self, num_axes: usize) -> Option<&'static [&'static str]> {
        self.method.slot_names(num_axes)
    }

    /// The optimizer alone, as it moves a weight of this path.
    pub(crate) fn method_for(&self, path: &str) -> Method {
        self.method.clone().for_weight(path)
    }

    pub(crate) fn clipping(&self) -> Option<Clipping> {
        self.clipping
    }

    /// The optimizer of a network without groups of weights.
    #[cfg(test)]
    pub(crate) fn build(&self, path: Path) -> ModuleOptimizer {
        self.method.build(self.work(path))
    }

    fn work(&self, path: Path) -> Work {
        Work {
            path,
            weight_decay: self.weight_decay,
            rate_factor: 1.0,
            beside: None,
        }
    }

    /// The optimizer of these weights.
    ///
    /// # Errors
    /// A group without any of them.
    pub(crate) fn build_for(
        &self,
        weights: &[WeightPath],
        groups: &[WeightGroup],
    ) -> Result<ModuleOptimizer, TrainError> {
        for group in groups {
            group.check_among(weights)?;
        }
        let usual = (self.method.clone(), self.weight_decay, 1.0);
        let mut apart: Vec<(_, Vec<String>)> = Vec::new();
        for weight in weights {
            let (method, mut decay, mut factor) = usual.clone();
            let mut method = method.for_weight(&weight.path);
            for group in groups.iter().filter(|group| group.has(&weight.path)) {
                factor *= group.learning_rate_factor();
                if let Some(own) = group.weight_decay() {
                    decay = own;
                    method = method.with_weight_decay(own);
                }
            }
            let own = (method, decay, factor);
            let path = weight.module_path.clone();
            match apart.iter_mut().find(|(settings, _)| *settings == own) {
                _ if own == usual => {}
                Some((_, paths)) => paths.push(path),
                None => apart.push((own, vec![path])),
            }
        }
        let all = self.method.build(self.work(Path::Fastest));
        let add = |optimizer, ((method, weight_decay, rate_factor), paths)| {
            let method: Method = method;
            method.build(Work {
                weight_decay,
                rate_factor,
                beside: Some((optimizer, ParamGroup::from_paths(paths))),
                ..self.work(Path::Fastest)
            })
        };
        Ok(apart.into_iter().fold(all, add))
    }

    /// Sets an argument of this optimizer alone, a value that it can have.
    fn with_argument(mut self, argument: &'static str, value: Value) -> Result<Self, TrainError> {
        let has = |name: &str| {
            let mut known = Kind::arguments_of(name).into_iter();
            known.any(|known| known == argument)
        };
        let kind = match &self.method {
            Method::Known(kind) if has(kind.listed_name()) => Some(*kind),
            _ => None,
        };
        let Some(kind) = kind else {
            return Err(TrainError::ForeignSetting {
                setting: argument,
                received: value.to_string(),
                optimizer: self.name().to_owned(),
                takers: Self::NAMES
                    .iter()
                    .copied()
                    .filter(|name| has(name))
                    .collect(),
            });
        };
        let mut spec = kind.to_spec()?;
        spec.take(argument);
        self.method = Method::Known(Kind::read(&spec.with(argument, value))?);
        Ok(self)
    }

    fn with_clipping(mut self, clipping: Clipping) -> Result<Self, TrainError> {
        above_zero(clipping.name(), clipping.limit())?;
        match self.clipping {
            Some(present) if present.name() != clipping.name() => Err(TrainError::Setting {
                setting: clipping.name(),
                expected: "only one of clipnorm, clipvalue and global_clipnorm",
                received: format!("{} beside {}", clipping.limit(), present.name()),
            }),
            _ => {
                self.clipping = Some(clipping);
                Ok(self)
            }
        }
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Optimizer {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        Ok(Self::from_spec(&Spec::from_text(name)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn momentum_is_for_those_that_have_it_and_below_one() {
        for momentum in [-0.1, 1.0, f64::NAN] {
            assert!(Optimizer::sgd().with_momentum(momentum).is_err());
        }
        assert_eq!(
            Optimizer::adam()
                .with_momentum(0.9)
                .unwrap_err()
                .to_string(),
            "momentum is 0.9, expected none with the optimizer adam; choose sgd or rmsprop or muon to use it"
        );
        assert!(Optimizer::adam().with_nesterov().is_err());
        assert!(Optimizer::adamw().with_amsgrad().is_ok());
        assert!(Optimizer::lion().with_epsilon(1e-3).is_err());
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let adam = Optimizer::adam;
        for changed in [
            adam().with_beta_1(1.0),
            adam().with_beta_2(-0.1),
            adam().with_epsilon(0.0),
            adam().with_weight_decay(-1.0),
            adam().with_clipnorm(0.0),
            adam().with_clipvalue(f64::NAN),
            adam().with_global_clipnorm(f64::INFINITY),
            adam().with_ema(-0.1),
            adam().with_ema(f64::NAN),
            adam().with_ema_overwrite_frequency(2),
            adam()
                .with_ema(1.0)
                .unwrap()
                .with_ema_overwrite_frequency(0),
            adam().with_gradient_accumulation_steps(1),
            Optimizer::rmsprop().with_rho(1.5),
            Optimizer::adagrad().with_initial_accumulator_value(-0.1),
        ] {
            let message = changed.unwrap_err().to_string();
            assert!(message.contains("expected"), "{message}");
        }
    }

    #[test]
    fn one_clipping_excludes_another() {
        let clipped = Optimizer::sgd().with_clipnorm(1.0).unwrap();
        assert!(clipped.clone().with_clipnorm(2.0).is_ok());
        assert_eq!(
            clipped.with_clipvalue(0.5).unwrap_err().to_string(),
            "clipvalue is 0.5 beside clipnorm, expected only one of clipnorm, clipvalue and global_clipnorm"
        );
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        assert_eq!(
            Optimizer::by_name("adm").unwrap_err().to_string(),
            "unknown optimizer `adm`, did you mean `adam`?; known optimizers: \
             sgd, adam, adamw, rmsprop, adagrad, adadelta, adamax, nadam, lion, lamb, adafactor, ftrl, \
             schedule_free_adamw, adan, muon; one of a program's own has to be registered there by \
             `register_optimizer`"
        );
    }

    #[test]
    fn what_is_written_is_read_again_and_checked() {
        for &name in Optimizer::NAMES {
            let optimizer: Optimizer = name.to_uppercase().parse().unwrap();
            assert_eq!(optimizer.to_string(), name);
            let changed = optimizer.clone().with_weight_decay(0.5).unwrap();
            let averaged = changed
                .clone()
                .with_gradient_accumulation_steps(4)
                .and_then(|optimizer| optimizer.with_ema(0.9))
                .and_then(|optimizer| optimizer.with_ema_overwrite_frequency(100))
                .unwrap();
            let clipped = changed.with_global_clipnorm(2.0).unwrap();
            for optimizer in [optimizer, clipped, averaged] {
                let text = serde_json::to_string(&optimizer).unwrap();
                assert_eq!(serde_json::from_str::<Optimizer>(&text).unwrap(), optimizer);
            }
        }
        for (text, expected) in [
            (
                r#"{"name": "adam", "beta_1": 1.0}"#,
                "argument `beta_1`: expected a number from 0 up to",
            ),
            (
                r#"{"class_name": "SGD", "config": {"ema_overwrite_frequency": 3}}"#,
                "set ema_momentum first",
            ),
            (
                r#"{"optimizer": "sgd", "gradient_accumulation_steps": 1}"#,
                "at least 2",
            ),
        ] {
            let error = serde_json::from_str::<Optimizer>(text).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn rates_from_one_on_are_warned_of_where_they_diverge() {
        assert!(Optimizer::adam().rate_warning(1.0).is_some());
        assert!(Optimizer::adam().rate_warning(0.9).is_none());
        assert!(Optimizer::sgd().rate_warning(3.0).is_none());
        assert!(Optimizer::adadelta().rate_warning(1.0).is_none());
    }
}
