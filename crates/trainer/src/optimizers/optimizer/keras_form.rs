//! The form in the files of Keras, with all arguments.

use firebrick_spec::{Spec, Value};

use super::Optimizer;
use crate::optimizers::{Clipping, Kind, Method};

impl Optimizer {
    /// The same as Keras writes it, with all arguments and this learning rate, a number or what Keras writes of a schedule;
    /// `None` for what Keras has no class for.
    ///
    /// ```
    /// use firebrick::specs::Value;
    /// use firebrick::training::Optimizer;
    ///
    /// let keras = Optimizer::adam().with_amsgrad()?.to_keras(Value::from(0.01)).unwrap();
    /// let json = serde_json::to_value(&keras)?;
    /// assert_eq!((&json["class_name"], &json["config"]["amsgrad"]), (&"Adam".into(), &true.into()));
    /// assert!(Optimizer::adan().to_keras(Value::from(0.01)).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_keras(&self, learning_rate: Value) -> Option<Value> {
        let Method::Known(kind) = &self.method else {
            return None;
        };
        let class_name = match kind {
            Kind::Adan(_) => return None,
            Kind::Sgd(_) => "SGD",
            Kind::RmsProp(_) => "RMSprop",
            other => other.class_name(),
        };
        // Where Keras has a decay by default, nothing would be that one.
        let has_decay = self.weight_decay != 0.0 || kind.weight_decay() != 0.0;
        let count = |count: Option<usize>| count.and_then(|count| u64::try_from(count).ok());
        let limit = |of: fn(Clipping) -> Option<f64>| optional(self.clipping.and_then(of));
        let overwrite_frequency = self.ema.and_then(|ema| ema.overwrite_frequency);
        let mut spec = Spec::new(class_name)
            .with("name", kind.listed_name())
            .with("learning_rate", learning_rate)
            .with(
                "weight_decay",
                optional(has_decay.then_some(self.weight_decay)),
            )
            .with("clipnorm", limit(of_norm))
            .with("global_clipnorm", limit(of_global_clipnorm))
            .with("clipvalue", limit(of_value))
            .with("use_ema", self.ema.is_some())
            .with("ema_momentum", self.ema.map_or(0.99, |ema| ema.momentum))
            .with(
                "ema_overwrite_frequency",
                optional(count(overwrite_frequency)),
            )
            .with("loss_scale_factor", Value::Null)
            .with(
                "gradient_accumulation_steps",
                optional(count(self.accumulation_steps)),
            );
        for argument in kind.to_spec().ok()?.arguments() {
            let is_off = argument.name == "rms_rate" && argument.value == Value::Number(0.0);
            let value = if is_off {
                Value::Null
            } else {
                argument.value.clone()
            };
            spec = spec.with(argument.name.clone(), value);
        }
        if matches!(kind, Kind::Muon(_)) {
            spec = spec.with("exclude_layers", Value::List(Vec::new()));
        }
        Some(spec.to_keras_object("keras.optimizers"))
    }
}

/// A value, or Python's `None`.
fn optional(value: Option<impl Into<Value>>) -> Value {
    value.map_or(Value::Null, Into::into)
}

fn of_norm(clipping: Clipping) -> Option<f64> {
    match clipping {
        Clipping::Norm(limit) => Some(limit),
        _ => None,
    }
}

fn of_value(clipping: Clipping) -> Option<f64> {
    match clipping {
        Clipping::Value(limit) => Some(limit),
        _ => None,
    }
}

fn of_global_clipnorm(clipping: Clipping) -> Option<f64> {
    match clipping {
        Clipping::GlobalClipnorm(limit) => Some(limit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use firebrick_scheduler::Schedule as _;

    use super::*;

    #[test]
    fn what_is_written_for_keras_is_read_again() {
        for name in Optimizer::NAMES.iter().filter(|name| **name != "adan") {
            let optimizer = Optimizer::by_name(name).unwrap();
            let changed = optimizer.clone().with_ema(0.9).unwrap();
            let changed = changed.with_gradient_accumulation_steps(3).unwrap();
            let changed = changed.with_global_clipnorm(1.5).unwrap();
            let changed = changed.with_weight_decay(0.0).unwrap();
            for optimizer in [optimizer, changed] {
                let keras = optimizer.to_keras(Value::from(0.25)).unwrap();
                let spec = Spec::from_value(keras, "optimizer").unwrap();
                let (again, rate) = Optimizer::with_rate_from_spec(&spec).unwrap();
                assert_eq!(again, optimizer);
                let rate = rate.unwrap().build(1).unwrap().learning_rate(0);
                assert!((rate - 0.25).abs() < 1e-12);
            }
        }
        let own = Optimizer::muon().with_rms_rate(0.0).unwrap();
        let keras = own.to_keras(Value::from(0.25)).unwrap();
        let spec = Spec::from_value(keras, "optimizer").unwrap();
        assert_eq!(spec.get("rms_rate"), Some(&Value::Null));
        assert_eq!(Optimizer::with_rate_from_spec(&spec).unwrap().0, own);
    }
}
