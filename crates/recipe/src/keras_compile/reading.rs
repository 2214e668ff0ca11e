//! Reading a `compile_config`, setting by setting.

use firebrick_scheduler::{Constant, ScheduleSpec};
use firebrick_spec::{Argument, Spec, SpecError, SpecProblem, Value, shortened};
use firebrick_trainer::{Loss, Metric, Optimizer};

use super::{KerasCompile, LeftOut};
use crate::model_file::{CompileSettings, OutputSettings};

const BY_FLAG: &str = "say it by a flag of `firebrick train`, or in its file of settings";

/// What says how Keras computes, and nothing of what.
const OF_COMPUTING: [&str; 4] = [
    "run_eagerly",
    "steps_per_execution",
    "jit_compile",
    "auto_scale_loss",
];

pub(super) fn read(config: &Value, outputs: &[&str]) -> Result<KerasCompile, SpecError> {
    let Value::Table(settings) = config else {
        let problem = SpecProblem::Argument {
            thing: "the model".to_owned(),
            argument: "compile_config".to_owned(),
            expected: "a table of settings".to_owned(),
            received: config.to_string(),
        };
        return Err(SpecError::new(problem, None));
    };
    let mut reading = Reading {
        outputs,
        read: KerasCompile {
            settings: CompileSettings {
                loss: None,
                ..CompileSettings::default()
            },
            unknown: Vec::new(),
            left_out: Vec::new(),
        },
    };
    let mut has_optimizer = false;
    for Argument { name, value, .. } in settings {
        match name.as_str() {
            _ if *value == Value::Null => {}
            "optimizer" => {
                reading.optimizer(value);
                has_optimizer = true;
            }
            "loss" => reading.losses(value),
            "loss_weights" => reading.loss_weights(value),
            "metrics" | "weighted_metrics" => reading.metrics(name, value),
            computing if OF_COMPUTING.contains(&computing) => {}
            _ => reading.leave_out(
                shortened(name),
                "Firebrick has no such setting".to_owned(),
                BY_FLAG,
            ),
        }
    }
    if !has_optimizer {
        reading.read.unknown.extend(["optimizer", "schedule"]);
    }
    // Weights stand beside losses.
    let read = &mut reading.read;
    if read.settings.loss.is_none() && read.settings.losses().next().is_none() {
        read.settings.outputs.clear();
    }
    Ok(reading.read)
}

struct Reading<'a> {
    outputs: &'a [&'a str],
    read: KerasCompile,
}

impl Reading<'_> {
    fn leave_out(&mut self, setting: String, reason: String, hint: &'static str) {
        self.read.left_out.push(LeftOut {
            setting,
            reason,
            hint,
        });
    }

    fn optimizer(&mut self, value: &Value) {
        const SETTING: &str = "optimizer";

        let spec = known(value)
            .and_then(|value| Spec::from_value(value, SETTING).map_err(|error| error.to_string()));
        let mut spec = match spec {
            Ok(spec) => spec,
            Err(reason) => return self.without_optimizer(reason),
        };
        let rate = spec.take("learning_rate");
        match Optimizer::from_spec(&spec) {
            Ok(optimizer) => self.read.settings.optimizer = optimizer,
            Err(error) => return self.without_optimizer(error.to_string()),
        }
        let rate = rate.map(|rate| rate.value);
        match rate.filter(|rate| *rate != Value::Null).map(schedule) {
            None => {}
            Some(Ok(schedule)) => self.read.settings.schedule = Some(schedule),
            Some(Err(reason)) => {
                let setting = "optimizer.learning_rate".to_owned();
                let hint = "give `--learning-rate` or `--schedule` to `firebrick train`";
                self.leave_out(setting, reason, hint);
                self.read.unknown.push("schedule");
            }
        }
    }

    fn without_optimizer(&mut self, reason: String) {
        let hint = "give `--optimizer` and `--learning-rate` to `firebrick train`, it begins anew";
        self.leave_out("optimizer".to_owned(), reason, hint);
        self.read.unknown.extend(["optimizer", "schedule"]);
    }

    fn output(&mut self, name: &str) -> &mut OutputSettings {
        let outputs = &mut self.read.settings.outputs;
        outputs.entry(name.to_owned()).or_default()
    }

    /// What is said of each output, with the words for it; `None` for one value of all.
    fn by_output<'a>(&mut self, setting: &str, value: &'a Value) -> Option<Vec<Of<'a>>> {
        let mut each: Vec<Of<'a>> = Vec::new();
        match value {
            Value::List(items) if items.len() == self.outputs.len() => {
                for (index, (item, name)) in items.iter().zip(self.outputs).enumerate() {
                    let setting = format!("{setting}[{index}]");
                    each.push((setting, (*name).to_owned(), &item.value));
                }
            }
            Value::List(items) => {
                let reason = format!(
                    "it has {} entries, expected {}, one for each output",
                    items.len(),
                    self.outputs.len()
                );
                self.leave_out(setting.to_owned(), reason, BY_FLAG);
            }
            Value::Table(items) if !is_object(value) => {
                for item in items {
                    let setting = format!("{setting}[\"{}\"]", shortened(&item.name));
                    if self.outputs.contains(&item.name.as_str()) {
                        each.push((setting, item.name.clone(), &item.value));
                    } else {
                        let known = self.outputs.join(", ");
                        let reason = format!("there is no such output; outputs: {known}");
                        self.leave_out(setting, reason, BY_FLAG);
                    }
                }
            }
            _ => return None,
        }
        Some(each)
    }

    fn losses(&mut self, value: &Value) {
        let Some(each) = self.by_output("loss", value) else {
            match loss(value) {
                Ok(loss) => self.read.settings.loss = Some(loss),
                Err(reason) => {
                    let hint = "give `--loss` to `firebrick train`";
                    self.leave_out("loss".to_owned(), reason, hint);
                }
            }
            return;
        };
        let is_single = self.outputs.len() == 1;
        for (setting, output, value) in each {
            match loss(value) {
                _ if *value == Value::Null => {}
                Ok(loss) if is_single => self.read.settings.loss = Some(loss),
                Ok(loss) => self.output(&output).loss = Some(loss),
                Err(reason) => self.leave_out(setting, reason, BY_FLAG),
            }
        }
    }

    fn loss_weights(&mut self, value: &Value) {
        let setting = "loss_weights";
        let each = match (self.by_output(setting, value), self.outputs) {
            (Some(each), _) => each,
            (None, [output]) => vec![(setting.to_owned(), (*output).to_owned(), value)],
            (None, _) => {
                let reason = format!("expected a list or a table, received {value}");
                return self.leave_out(setting.to_owned(), reason, BY_FLAG);
            }
        };
        for (setting, output, value) in each {
            match number(value) {
                _ if *value == Value::Null => {}
                Some(weight) if weight.is_finite() && weight >= 0.0 => {
                    self.output(&output).loss_weight = weight;
                }
                _ => {
                    let reason = format!("expected a number from 0 on, received {value}");
                    self.leave_out(setting, reason, BY_FLAG);
                }
            }
        }
    }

    fn metrics(&mut self, key: &str, value: &Value) {
        if let Value::List(items) = value
            && items.is_empty()
        {
            return;
        }
        if self.outputs.len() == 1 {
            // Keras takes all of them, however they lie.
            let metrics = self.metric_list(key, value);
            return self.set_metrics(key, None, metrics);
        }
        if let Some(each) = self.by_output(key, value) {
            for (setting, output, value) in each {
                let metrics = self.metric_list(&setting, value);
                self.set_metrics(key, Some(&output), metrics);
            }
        } else {
            let reason = format!("expected a list or a table, received {value}");
            self.leave_out(key.to_owned(), reason, BY_FLAG);
        }
    }

    fn set_metrics(&mut self, key: &str, output: Option<&str>, metrics: Vec<Metric>) {
        match (output, key) {
            (None, "metrics") => self.read.settings.metrics = metrics,
            (None, _) => self.read.settings.weighted_metrics = metrics,
            (Some(output), "metrics") => self.output(output).metrics = Some(metrics),
            (Some(output), _) => self.output(output).weighted_metrics = Some(metrics),
        }
    }

    /// One metric, or a list of them, in which there may be further lists.
    fn metric_list(&mut self, setting: &str, value: &Value) -> Vec<Metric> {
        match value {
            Value::Null => Vec::new(),
            Value::List(items) => {
                let items = items.iter().enumerate();
                let metrics = items.map(|(index, item)| {
                    self.metric_list(&format!("{setting}[{index}]"), &item.value)
                });
                metrics.flatten().collect()
            }
            Value::Table(items) if !is_object(value) => {
                let metrics = items.iter().map(|item| {
                    let setting = format!("{setting}[\"{}\"]", shortened(&item.name));
                    self.metric_list(&setting, &item.value)
                });
                metrics.flatten().collect()
            }
            value => match metric(value) {
                Ok(metric) => vec![metric],
                Err(reason) => {
                    self.leave_out(setting.to_owned(), reason, BY_FLAG);
                    Vec::new()
                }
            },
        }
    }
}

/// A setting in words, the output that it is of, and what is said.
type Of<'a> = (String, String, &'a Value);

fn loss(value: &Value) -> Result<Loss, String> {
    let spec = Spec::from_value(known(value)?, "loss").map_err(|error| error.to_string())?;
    Loss::from_spec(&spec).map_err(|error| error.to_string())
}

fn metric(value: &Value) -> Result<Metric, String> {
    let metric = Metric::from_value(known(value)?).map_err(|error| error.to_string())?;
    metric.check_name().map_err(|error| error.to_string())?;
    Ok(metric)
}

fn schedule(value: Value) -> Result<ScheduleSpec, String> {
    let value = match &value {
        Value::Table(_) => known(&value)?,
        _ => value,
    };
    let schedule = ScheduleSpec::from_value(value).map_err(|error| error.to_string())?;
    match schedule.constant_rate() {
        Some(rate) => Constant::new(as_meant(rate))
            .map(Into::into)
            .map_err(|error| error.to_string()),
        None => Ok(schedule),
    }
}

/// Keras writes a rate of 0.01 as the number of single precision that is next to it.
fn as_meant(rate: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whether it is of single precision is the question"
    )]
    let single = rate as f32;
    let is_single = f64::from(single).to_bits() == rate.to_bits();
    let short = single.to_string().parse();
    short.ok().filter(|_| is_single).unwrap_or(rate)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    }
}

/// Whether a table is an object of Keras', and not one by the names of outputs.
fn is_object(value: &Value) -> bool {
    text(value, "class_name").is_some()
}

fn get<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let Value::Table(arguments) = value else {
        return None;
    };
    let mut arguments = arguments.iter();
    let found = arguments.find(|argument| argument.name == key);
    found.map(|argument| &argument.value)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    match get(value, key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// The value, if it is an object of Keras itself; its functions become their names.
///
/// # Errors
/// What is a program's own, whatever it is called.
fn known(value: &Value) -> Result<Value, String> {
    let Some(class_name) = text(value, "class_name") else {
        return Ok(value.clone());
    };
    let own = |name: &str| {
        Err(format!(
            "`{}` is a program's own, code that is not in the file and never run",
            shortened(name)
        ))
    };
    let module = text(value, "module").unwrap_or("keras");
    let is_of_keras = module == "keras" || module.starts_with("keras.");
    let registered = text(value, "registered_name").unwrap_or_default();
    match (class_name, get(value, "config")) {
        ("function", Some(Value::Text(name))) if is_of_keras => Ok(Value::Text(name.clone())),
        ("function", Some(Value::Text(name))) => own(name),
        _ if !is_of_keras => own(&format!("{module}.{class_name}")),
        _ if registered.contains('>') => own(registered),
        _ => Ok(value.clone()),
    }
}
