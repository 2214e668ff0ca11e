//! Writing a `compile_config`, setting by setting.

use firebrick_scheduler::Schedule as _;
use firebrick_spec::{Argument, Value};
use firebrick_trainer::{Loss, Metric};

use super::{LeftOut, Reached};
use crate::model_file::{CompileSettings, OutputSettings};

const IN_KERAS: &str = "compile the model anew in Keras with one of its own";

pub(super) fn written(
    settings: &CompileSettings,
    outputs: &[&str],
    reached: Option<Reached>,
) -> (Option<Value>, Vec<LeftOut>) {
    let mut writing = Writing {
        settings,
        outputs,
        left_out: Vec::new(),
    };
    let rate = writing.rate(reached);
    let Some(optimizer) = settings.optimizer.to_keras(rate) else {
        let reason = format!("Keras does not have `{}`", settings.optimizer.name());
        writing.leave_out("optimizer", reason, IN_KERAS);
        return (None, writing.left_out);
    };
    if !settings.weight_groups.is_empty() {
        let groups = settings.weight_groups.iter().map(ToString::to_string);
        let groups: Vec<String> = groups.collect();
        let hint =
            "there all weights learn alike; call `optimizer.exclude_from_weight_decay` in Keras";
        writing.leave_out(
            "weight_groups",
            format!("Keras' files do not have `{}`", groups.join("; ")),
            hint,
        );
    }
    let loss = writing.losses();
    let loss_weights = writing.loss_weights();
    let metrics = writing.metrics("metrics");
    let weighted_metrics = writing.metrics("weighted_metrics");
    let config = Value::Table(vec![
        Argument::new("optimizer", optimizer),
        Argument::new("loss", loss),
        Argument::new("loss_weights", loss_weights),
        Argument::new("metrics", metrics),
        Argument::new("weighted_metrics", weighted_metrics),
        Argument::new("run_eagerly", false),
        Argument::new("steps_per_execution", 1),
        Argument::new("jit_compile", "auto"),
    ]);
    (Some(config), writing.left_out)
}

struct Writing<'a> {
    settings: &'a CompileSettings,
    outputs: &'a [&'a str],
    left_out: Vec<LeftOut>,
}

impl Writing<'_> {
    fn leave_out(&mut self, setting: impl Into<String>, reason: String, hint: &'static str) {
        self.left_out.push(LeftOut {
            setting: setting.into(),
            reason,
            hint,
        });
    }

    fn rate(&mut self, reached: Option<Reached>) -> Value {
        let Some(schedule) = &self.settings.schedule else {
            let own = self.settings.optimizer.default_learning_rate();
            return Value::from(reached.map_or(own, |reached| reached.learning_rate));
        };
        if let Some(rate) = schedule.constant_rate() {
            return Value::from(reached.map_or(rate, |reached| reached.learning_rate));
        }
        if let Some(spec) = schedule.to_keras_spec() {
            if let Some(reached) = reached.filter(|reached| reached.is_rate_changed) {
                let reason = format!(
                    "the rate was changed to {}, Keras goes on by `{schedule}`",
                    reached.learning_rate
                );
                let hint = "set `model.optimizer.learning_rate` in Keras";
                self.leave_out("learning_rate", reason, hint);
            }
            return spec.to_keras_object("keras.optimizers.schedules");
        }
        let first = || {
            let schedule = schedule.build(1).ok()?;
            Some(schedule.learning_rate(0))
        };
        let rate = reached.map(|reached| reached.learning_rate).or_else(first);
        let rate = rate.unwrap_or_else(|| self.settings.optimizer.default_learning_rate());
        self.leave_out(
            "schedule",
            format!("Keras does not have `{schedule}`, its rate stays at {rate} there"),
            "give Keras a schedule of its own, or set `model.optimizer.learning_rate`",
        );
        Value::from(rate)
    }

    fn own(&self, output: &str) -> Option<&OutputSettings> {
        self.settings.outputs.get(output)
    }

    /// The loss of an output.
    fn loss_of(&self, output: &str) -> Option<&Loss> {
        let own = self.own(output).and_then(|own| own.loss.as_ref());
        own.or(self.settings.loss.as_ref())
    }

    fn losses(&mut self) -> Value {
        if let [output] = self.outputs {
            return self.loss("loss".to_owned(), self.loss_of(output).cloned());
        }
        let outputs = self.outputs;
        let named = outputs.iter().map(|output| {
            let loss = self.loss_of(output).cloned();
            Argument::new(*output, self.loss(format!("loss[\"{output}\"]"), loss))
        });
        Value::Table(named.collect())
    }

    fn loss(&mut self, setting: String, loss: Option<Loss>) -> Value {
        let Some(loss) = loss else { return Value::Null };
        loss.to_keras().unwrap_or_else(|| {
            let reason = format!("Keras does not have `{}`", loss.name());
            self.leave_out(setting, reason, IN_KERAS);
            Value::Null
        })
    }

    fn loss_weights(&self) -> Value {
        let weight = |output: &str| self.own(output).map_or(1.0, |own| own.loss_weight);
        let is_one = |output: &&str| weight(output).to_bits() == 1.0_f64.to_bits();
        match self.outputs {
            outputs if outputs.iter().all(is_one) => Value::Null,
            [output] => Value::from(weight(output)),
            outputs => {
                let named = outputs
                    .iter()
                    .map(|output| Argument::new(*output, weight(output)));
                Value::Table(named.collect())
            }
        }
    }

    /// The metrics of an output; of all that have a loss those of all, unless they have their own.
    fn metrics_of(&self, key: &str, output: &str) -> Vec<Metric> {
        let of_all = match key {
            "metrics" => &self.settings.metrics,
            _ => &self.settings.weighted_metrics,
        };
        let own = self.own(output).and_then(|own| match key {
            "metrics" => own.metrics.as_ref(),
            _ => own.weighted_metrics.as_ref(),
        });
        match self.loss_of(output) {
            Some(_) => own.unwrap_or(of_all).clone(),
            None => Vec::new(),
        }
    }

    fn metrics(&mut self, key: &str) -> Value {
        if let [output] = self.outputs {
            let metrics = self.metrics_of(key, output);
            return self.metric_list(key, metrics);
        }
        let outputs = self.outputs;
        let named = outputs.iter().map(|output| {
            let metrics = self.metrics_of(key, output);
            let setting = format!("{key}[\"{output}\"]");
            Argument::new(*output, self.metric_list(&setting, metrics))
        });
        let named: Vec<Argument> = named.collect();
        if named.iter().all(|named| named.value == Value::Null) {
            return Value::Null;
        }
        Value::Table(named)
    }

    fn metric_list(&mut self, setting: &str, metrics: Vec<Metric>) -> Value {
        let mut written = Vec::new();
        for metric in metrics {
            if let Some(keras) = metric.to_keras() {
                written.push(Argument::new("", keras));
            } else {
                let reason = format!("Keras does not have `{}`", metric.name());
                self.leave_out(setting, reason, IN_KERAS);
            }
        }
        if written.is_empty() {
            Value::Null
        } else {
            Value::List(written)
        }
    }
}
