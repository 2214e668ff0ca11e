//! Schedules against the rates of Keras and `PyTorch`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]
#![allow(clippy::print_stdout, reason = "says which cases were run")]

use std::path::Path;

use firebrick_scheduler::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, OneCycle,
    PiecewiseConstantDecay, PolynomialDecay, ScheduleSpec, TimeBased,
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    schedule: Option<String>,
    #[serde(default)]
    config: Map<String, Value>,
    values_step_0_to_20: Option<Vec<f64>>,
    history: Option<Map<String, Value>>,
}

impl Case {
    fn number(&self, name: &str) -> Option<f64> {
        self.config.get(name).and_then(Value::as_f64)
    }

    fn float(&self, name: &str) -> f64 {
        self.number(name)
            .unwrap_or_else(|| panic!("{}: {name}", self.name))
    }

    fn steps(&self, name: &str) -> u64 {
        let steps = self.config.get(name).and_then(Value::as_u64);
        steps.unwrap_or_else(|| panic!("{}: {name}", self.name))
    }

    fn is_set(&self, name: &str) -> bool {
        self.config.get(name) == Some(&Value::Bool(true))
    }

    fn list<T: serde::de::DeserializeOwned>(&self, name: &str) -> Vec<T> {
        serde_json::from_value(self.config[name].clone()).unwrap()
    }

    /// The schedule of this case, if there is one of its class.
    fn spec(&self) -> Option<ScheduleSpec> {
        let initial = || self.float("initial_learning_rate");
        Some(match self.schedule.as_deref()? {
            "ExponentialDecay" => {
                let steps = self.steps("decay_steps");
                let schedule =
                    ExponentialDecay::new(initial(), steps, self.float("decay_rate")).unwrap();
                let in_stairs = self.is_set("staircase").then(|| schedule.in_stairs());
                in_stairs.unwrap_or(schedule).into()
            }
            "InverseTimeDecay" => {
                let steps = self.steps("decay_steps");
                let schedule =
                    InverseTimeDecay::new(initial(), steps, self.float("decay_rate")).unwrap();
                let in_stairs = self.is_set("staircase").then(|| schedule.in_stairs());
                in_stairs.unwrap_or(schedule).into()
            }
            "PolynomialDecay" => {
                let mut schedule =
                    PolynomialDecay::new(initial(), self.steps("decay_steps")).unwrap();
                if let Some(rate) = self.number("end_learning_rate") {
                    schedule = schedule.with_end_learning_rate(rate).unwrap();
                }
                if let Some(power) = self.number("power") {
                    schedule = schedule.with_power(power).unwrap();
                }
                let in_cycles = self.is_set("cycle").then(|| schedule.in_cycles());
                in_cycles.unwrap_or(schedule).into()
            }
            "CosineDecay" => {
                let mut schedule = CosineDecay::new(initial(), self.steps("decay_steps")).unwrap();
                if let Some(alpha) = self.number("alpha") {
                    schedule = schedule.with_alpha(alpha).unwrap();
                }
                if let Some(target) = self.number("warmup_target") {
                    let steps = self.config.get("warmup_steps").and_then(Value::as_u64);
                    schedule = schedule.with_warmup(target, steps.unwrap_or(0)).unwrap();
                }
                schedule.into()
            }
            "CosineDecayRestarts" => {
                let mut schedule =
                    CosineDecayRestarts::new(initial(), self.steps("first_decay_steps")).unwrap();
                if let Some(t_mul) = self.number("t_mul") {
                    schedule = schedule.with_t_mul(t_mul).unwrap();
                }
                if let Some(m_mul) = self.number("m_mul") {
                    schedule = schedule.with_m_mul(m_mul).unwrap();
                }
                if let Some(alpha) = self.number("alpha") {
                    schedule = schedule.with_alpha(alpha).unwrap();
                }
                schedule.into()
            }
            "PiecewiseConstantDecay" => {
                let boundaries: Vec<u64> = self.list("boundaries");
                let values: Vec<f64> = self.list("values");
                PiecewiseConstantDecay::new(boundaries, values)
                    .unwrap()
                    .into()
            }
            "TimeBased(custom)" => {
                let initial = u32::try_from(self.steps("initial_learning_rate")).unwrap();
                TimeBased::new(initial).unwrap().into()
            }
            _ => return None,
        })
    }

    /// Compares every rate; says whether the case could be run.
    fn check(&self) -> bool {
        if let Some(history) = &self.history {
            // The callback sets the rate of an epoch; here one of 3 steps.
            let expected: Vec<f64> =
                serde_json::from_value(history["learning_rate"].clone()).unwrap();
            let schedule = TimeBased::new(10).unwrap().per_epoch().build(3).unwrap();
            for (epoch, expected) in (0_u64..).zip(expected) {
                for step in 3 * epoch..3 * epoch + 3 {
                    assert_close(&self.name, step, schedule.learning_rate(step), expected);
                }
            }
            return true;
        }
        let (Some(spec), Some(expected)) = (self.spec(), &self.values_step_0_to_20) else {
            return false;
        };
        // As a user would write it.
        let spec: ScheduleSpec = spec.to_string().parse().unwrap();
        let schedule = spec.build(1).unwrap();
        assert_eq!(expected.len(), 21, "{}", self.name);
        for (step, expected) in (0..).zip(expected) {
            assert_close(&self.name, step, schedule.learning_rate(step), *expected);
        }
        true
    }
}

/// Keras computes in 32-bit floats, and loses a few digits more in the restarts.
fn assert_close(name: &str, step: u64, rate: f64, expected: f64) {
    const RELATIVE: f64 = 1e-5;
    const ABSOLUTE: f64 = 1e-7;
    assert!(
        (rate - expected).abs() <= ABSOLUTE + RELATIVE * expected.abs(),
        "{name}, step {step}: {rate}, expected {expected}"
    );
}

/// `FIREBRICK_GOLDEN` names another folder with an `lr_schedules.json`.
#[test]
fn rates_are_those_of_keras() {
    let folder = std::env::var_os("FIREBRICK_GOLDEN");
    let text = match &folder {
        Some(folder) => {
            std::fs::read_to_string(Path::new(folder).join("lr_schedules.json")).unwrap()
        }
        None => include_str!("data/lr_schedules.json").to_owned(),
    };
    let golden: Golden = serde_json::from_str(&text).unwrap();
    let (run, left): (Vec<&Case>, Vec<&Case>) = golden.cases.iter().partition(|case| case.check());
    println!("{} cases run, {} left out", run.len(), left.len());
    for case in &left {
        println!("left out: {} ({:?})", case.name, case.schedule);
    }
    if folder.is_none() {
        assert_eq!((run.len(), left.len()), (20, 0));
    } else {
        assert!(!run.is_empty());
    }
}

#[derive(Deserialize)]
struct OneCycles {
    cases: Vec<OneCycleCase>,
}

#[derive(Deserialize)]
struct OneCycleCase {
    config: Map<String, Value>,
    rates: Vec<f64>,
}

#[test]
fn one_cycle_is_that_of_pytorch_and_stays_where_it_ends() {
    let golden: OneCycles = serde_json::from_str(include_str!("data/one_cycle.json")).unwrap();
    assert_eq!(golden.cases.len(), 5);
    for case in golden.cases {
        let number = |name: &str| case.config.get(name).and_then(Value::as_f64);
        let steps = case.config["total_steps"].as_u64().unwrap();
        let mut schedule = OneCycle::new(number("max_lr").unwrap(), steps).unwrap();
        if let Some(pct_start) = number("pct_start") {
            schedule = schedule.with_pct_start(pct_start).unwrap();
        }
        if let Some(factor) = number("div_factor") {
            schedule = schedule.with_div_factor(factor).unwrap();
        }
        if let Some(factor) = number("final_div_factor") {
            schedule = schedule.with_final_div_factor(factor).unwrap();
        }
        let spec = ScheduleSpec::from(schedule);
        let schedule = spec.build(1).unwrap();
        for (step, expected) in (0..).zip(&case.rates) {
            let rate = schedule.learning_rate(step);
            assert!(
                (rate - expected).abs() <= 1e-12 * expected,
                "{spec}, step {step}: {rate}, expected {expected}"
            );
        }
        let last = schedule.learning_rate(steps - 1);
        assert_eq!(schedule.learning_rate(u64::MAX).to_bits(), last.to_bits());
    }
}
