//! The form in files and on a command line: a name, with the arguments of Keras' constructor that differ from the
//! defaults.

use firebrick_scheduler::ScheduleSpec;
use firebrick_spec::{KerasFields, Spec, SpecError, SpecProblem, Value};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

use super::Optimizer;
use super::settings::{ROWS, Row};
use crate::error::TrainError;
use crate::optimizers::own::OWN;
use crate::optimizers::{Kind, Method};

/// An argument of Keras' optimizers that is a setting of its own here.
const LEARNING_RATE: &str = "learning_rate";
const EMA_MOMENTUM: &str = "ema_momentum";
const RMS_RATE: &str = "rms_rate";
/// Keras' arguments that go with a moving average.
const EMA: [&str; 2] = [EMA_MOMENTUM, "ema_overwrite_frequency"];

impl Optimizer {
    /// The optimizer that a spec describes: its name and the arguments of Keras' constructor but for `learning_rate`, which
    /// [`with_rate_from_spec`](Self::with_rate_from_spec) reads.
    ///
    /// ```
    /// use firebrick::specs::Spec;
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::from_spec(&Spec::from_text("adam:beta_1=0.8:amsgrad")?)?;
    /// assert_eq!(optimizer, Optimizer::adam().with_beta_1(0.8)?.with_amsgrad()?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; a value that cannot be; a learning rate.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let (optimizer, rate) = Self::with_rate_from_spec(spec)?;
        if rate.is_none() {
            return Ok(optimizer);
        }
        let problem = SpecProblem::RefusedArgument {
            thing: format!("the optimizer `{optimizer}`"),
            argument: LEARNING_RATE.to_owned(),
            reason: "stands beside the optimizer here; move it there".to_owned(),
        };
        let mut given = spec.arguments().iter();
        let at = given.find(|given| given.name == LEARNING_RATE);
        Err(SpecError::new(problem, at.and_then(|given| given.at)))
    }

    /// The optimizer that a spec describes and its learning rate, if it says one: a number or a schedule. All that
    /// `keras.optimizers.serialize` writes is read.
    ///
    /// ```
    /// use firebrick::schedules::Constant;
    /// use firebrick::specs::{Spec, Value};
    /// use firebrick::training::Optimizer;
    ///
    /// let keras = r#"{"class_name": "Adam", "config": {"name": "adam", "learning_rate": 0.01, "weight_decay": null,
    ///     "use_ema": false, "ema_momentum": 0.99, "loss_scale_factor": null, "beta_1": 0.8}}"#;
    /// let value: Value = serde_json::from_str(keras)?;
    /// let (optimizer, rate) = Optimizer::with_rate_from_spec(&Spec::from_value(value, "optimizer")?)?;
    /// assert_eq!(optimizer, Optimizer::adam().with_beta_1(0.8)?);
    /// assert_eq!(rate, Some(Constant::new(0.01)?.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; a value that cannot be.
    pub fn with_rate_from_spec(spec: &Spec) -> Result<(Self, Option<ScheduleSpec>), SpecError> {
        let (name, own, is_built_in) = match (Kind::find(spec.name()), OWN.name(spec.name())) {
            (Ok((name, _)), _) => (name.to_owned(), Kind::arguments_of(name), true),
            (Err(_), Some(name)) => (name.clone(), OWN.arguments_of(&name), false),
            (Err(_), None) => {
                let unknown = OWN.unknown(spec.name(), Kind::NAMES, Kind::ALIASES);
                return Err(SpecError::from(unknown).or_at(spec.at()));
            }
        };
        let thing = format!("the optimizer `{name}`");
        let mut spec = spec.clone().named(&own);
        KerasFields::take_untrained(&mut spec, &thing, &own)?;
        let rate = take_rate(&mut spec)?;
        refuse_loss_scale(&mut spec, &thing)?;
        take_use_ema(&mut spec, &thing)?;
        refuse_excluded_layers(&mut spec, &thing)?;
        // Keras turns it off by nothing.
        if let Some(Value::Null) = spec.get(RMS_RATE) {
            spec.take(RMS_RATE);
            spec = spec.with(RMS_RATE, 0.0);
        }
        let is_its_own = |row: &Row| own.iter().any(|name| name == row.name);
        // One of a program's own reads its arguments itself.
        let is_set = |row: &&Row| {
            if is_built_in {
                !row.is_own || is_its_own(row)
            } else {
                !row.is_own && !is_its_own(row)
            }
        };
        let rows: Vec<&Row> = ROWS.iter().filter(is_set).collect();
        let mut known: Vec<&str> = rows.iter().map(|row| row.name).collect();
        let mut method = Spec::new(&name);
        if !is_built_in {
            known.splice(0..0, own.iter().map(String::as_str));
        }
        spec.check_arguments(&thing, &known)?;
        if !is_built_in {
            for argument in &own {
                if let Some(given) = spec.take(argument) {
                    method = method.with_arguments(vec![given]);
                }
            }
        }
        let mut optimizer = Self::new(Method::read(&method, &thing)?);
        for row in rows {
            let mut given = spec.arguments().iter();
            let at = given.find(|given| given.name == row.name);
            let at = at.and_then(|given| given.at);
            if let Some(changed) =
                row.setter
                    .take(optimizer.clone(), &mut spec, &thing, row.name)?
            {
                optimizer = changed.map_err(|error| refused(error, &thing, at))?;
            }
        }
        match spec.arguments().first() {
            None => Ok((optimizer, rate)),
            Some(further) => {
                let received = &further.value;
                let reason = format!("expected `argument=value`, each once, received {received}");
                let problem = SpecProblem::Refused { thing, reason };
                Err(SpecError::new(problem, further.at))
            }
        }
    }

    /// The spec that describes it, without the arguments that are the defaults; `None` for one of one's own that is not
    /// [registered](crate::register_optimizer).
    pub fn to_spec(&self) -> Option<Spec> {
        let mut spec = self.method.to_short_spec()?;
        let is_changed = self.weight_decay.to_bits() != self.method.weight_decay().to_bits();
        let decay = is_changed.then_some(("weight_decay", self.weight_decay));
        let clipping = self.clipping.map(|by| (by.name(), by.limit()));
        let ema = self.ema.map(|ema| (EMA_MOMENTUM, ema.momentum));
        for (name, value) in [decay, clipping, ema].into_iter().flatten() {
            spec = spec.with(name, value);
        }
        let frequency = self.ema.and_then(|ema| ema.overwrite_frequency);
        let counts = [
            ("ema_overwrite_frequency", frequency),
            ("gradient_accumulation_steps", self.accumulation_steps),
        ];
        for (name, count) in counts {
            if let Some(count) = count.and_then(|count| u64::try_from(count).ok()) {
                spec = spec.with(name, count);
            }
        }
        Some(spec)
    }
}

/// Reads the learning rate away.
fn take_rate(spec: &mut Spec) -> Result<Option<ScheduleSpec>, SpecError> {
    match spec.take(LEARNING_RATE) {
        None => Ok(None),
        Some(rate) if rate.value == Value::Null => Ok(None),
        Some(rate) => ScheduleSpec::from_value(rate.value)
            .map(Some)
            .map_err(|error| error.or_at(rate.at)),
    }
}

/// Keras scales a loss for the sake of 16-bit floats.
fn refuse_loss_scale(spec: &mut Spec, thing: &str) -> Result<(), SpecError> {
    const LOSS_SCALE_FACTOR: &str = "loss_scale_factor";

    match spec.take(LOSS_SCALE_FACTOR) {
        Some(factor) if factor.value != Value::Null => {
            let problem = SpecProblem::RefusedArgument {
                thing: thing.to_owned(),
                argument: LOSS_SCALE_FACTOR.to_owned(),
                reason: format!(
                    "expected none, received {}; losses are 32-bit floats here, whose gradients need no scale: leave it out",
                    factor.value
                ),
            };
            Err(SpecError::new(problem, factor.at))
        }
        _ => Ok(()),
    }
}

/// Keras leaves layers of these names to another formula.
fn refuse_excluded_layers(spec: &mut Spec, thing: &str) -> Result<(), SpecError> {
    const EXCLUDE_LAYERS: &str = "exclude_layers";

    let is_none = |value: &Value| match value {
        Value::Null => true,
        Value::List(layers) => layers.is_empty(),
        _ => false,
    };
    match spec.take(EXCLUDE_LAYERS) {
        Some(layers) if !is_none(&layers.value) => {
            let problem = SpecProblem::RefusedArgument {
                thing: thing.to_owned(),
                argument: EXCLUDE_LAYERS.to_owned(),
                reason: format!(
                    "expected none, received {}; only embeddings are left to adam here: leave it out",
                    layers.value
                ),
            };
            Err(SpecError::new(problem, layers.at))
        }
        _ => Ok(()),
    }
}

/// Keras writes the numbers of a moving average also where there is none.
fn take_use_ema(spec: &mut Spec, thing: &str) -> Result<(), SpecError> {
    match spec.take_as::<Option<bool>>(thing, "use_ema")?.flatten() {
        None => {}
        Some(false) => {
            for name in EMA {
                spec.take(name);
            }
        }
        Some(true) => {
            if matches!(spec.get(EMA_MOMENTUM), None | Some(Value::Null)) {
                spec.take(EMA_MOMENTUM);
                *spec = spec.clone().with(EMA_MOMENTUM, 0.99);
            }
        }
    }
    Ok(())
}

/// The error of a setter as one of the argument.
fn refused(error: TrainError, thing: &str, at: Option<usize>) -> SpecError {
    let problem = match error {
        TrainError::Setting {
            setting,
            expected,
            received,
        } => SpecProblem::Argument {
            thing: thing.to_owned(),
            argument: setting.to_owned(),
            expected: expected.to_owned(),
            received,
        },
        error => SpecProblem::Refused {
            thing: thing.to_owned(),
            reason: error.to_string(),
        },
    };
    SpecError::new(problem, at)
}

impl Serialize for Optimizer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_spec() {
            Some(spec) => spec.serialize(serializer),
            None => Err(S::Error::custom(format!(
                "the optimizer `{self}` is one of your own, which a file can hold if its type is registered by \
                 `register_optimizer`"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Optimizer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spec::from_value(Value::deserialize(deserializer)?, Kind::KIND)
            .and_then(|spec| Self::from_spec(&spec))
            .map_err(D::Error::custom)
    }
}
