//! All cases of Keras' callbacks; see `tests/data/make_callbacks.py`.
//!
//! What Keras says on a line of its own after an empty one stands here without it, and its rates are of 32 bits.

mod fits;
mod sequences;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(flatten)]
    fields: BTreeMap<String, Value>,
}

impl Case {
    fn text(&self, field: &str) -> &str {
        self.fields[field].as_str().unwrap()
    }

    fn setting(&self, name: &str) -> Option<&Value> {
        self.fields["config"].get(name)
    }

    fn has(&self, name: &str) -> bool {
        self.setting(name) == Some(&Value::Bool(true))
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.setting(name).map(index)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.setting(name).map(|value| number(value).unwrap())
    }

    /// The figures of the epochs.
    fn sequence(&self) -> Vec<Option<f64>> {
        let sequence = self.fields["sequence"].as_array().unwrap();
        sequence.iter().map(number).collect()
    }

    /// What Keras said, line by line.
    fn said(&self) -> Vec<String> {
        let lines = self.text("stdout").lines();
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// How a case was found to be.
#[derive(Debug, PartialEq, Eq)]
enum Agreement {
    AsKeras,
    /// What is done instead, asserted and documented.
    Instead(&'static str),
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        Value::String(name) => Some(name.parse().unwrap()),
        number => Some(number.as_f64().unwrap()),
    }
}

fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn checked(case: &Case) -> Option<Agreement> {
    let kind = case.name.split('_').next().unwrap_or_default();
    match (kind, case.name.as_str()) {
        ("es", _) => Some(sequences::early_stopping(case)),
        (_, "rlr_factor_1") => Some(sequences::factor_of_one(case)),
        ("rlr", _) => Some(sequences::reduce_lr_on_plateau(case)),
        (_, "mc_invalid") => sequences::invalid_checkpoint(case),
        ("mc", _) => Some(sequences::model_checkpoint(case)),
        ("csv", _) => Some(fits::csv_logger(case)),
        (_, "hook_order") => Some(fits::hook_order(case)),
        (_, "terminate_on_nan") => Some(fits::terminate_on_nan(case)),
        (_, "nan_without_callback") => Some(fits::nan_without_callback(case)),
        _ => None,
    }
}

#[test]
fn every_case_is_as_keras_has_it_or_as_documented_instead() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let elsewhere = std::env::var("FIREBRICK_GOLDEN").ok();
    let folder = elsewhere.as_deref().unwrap_or(own);
    let path = std::path::Path::new(folder).join("callbacks.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut as_keras, mut instead, mut not_built) = (0, Vec::new(), Vec::new());
    for case in &golden.cases {
        match checked(case) {
            Some(Agreement::AsKeras) => as_keras += 1,
            Some(Agreement::Instead(what)) => instead.push(format!("{}: {what}", case.name)),
            None => not_built.push(case.name.as_str()),
        }
    }
    println!(
        "{as_keras} cases as Keras has them, {} otherwise, {} not built: {not_built:?}\n{}",
        instead.len(),
        not_built.len(),
        instead.join("\n")
    );
    assert!(as_keras > 0, "no case was checked");
    if elsewhere.is_none() {
        assert_eq!((as_keras, instead.len()), (31, 8));
        assert!(not_built.is_empty(), "{not_built:?}");
    }
}
