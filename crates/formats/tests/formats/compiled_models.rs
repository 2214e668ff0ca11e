//! Models that Keras has compiled and trained, see `data/make_compiled_models.py`.

use std::collections::BTreeMap;

use firebrick_formats::keras::{self, KerasModel};
use firebrick_model::burn::tensor::Device;
use serde::Deserialize;

use crate::saved_models::data;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    iterations: u64,
    variables: Vec<Variable>,
}

#[derive(Deserialize)]
struct Variable {
    name: String,
    shape: Vec<usize>,
    values: Vec<f32>,
}

fn golden() -> Vec<Case> {
    let golden: Golden =
        serde_json::from_str(include_str!("../data/compiled_models.json")).unwrap();
    golden.cases
}

fn model(case: &Case) -> KerasModel {
    KerasModel::read(data(&format!("compiled_{}.keras", case.name))).unwrap()
}

#[test]
fn variables_of_every_optimizer_have_the_names_that_they_have_in_keras() {
    for case in golden() {
        let name = &case.name;
        let compiled = model(&case).compiled().unwrap().unwrap();
        let optimizer = compiled.optimizer.unwrap();
        assert_eq!(optimizer.iterations, case.iterations, "{name}");
        let mut seen = 0;
        for variable in &case.variables {
            // Keras calls it `sequential_dense_kernel_velocity`, or without the name of the network.
            let found = optimizer.values.iter().find(|(own, _)| {
                let own = own.replace('/', "_");
                variable.name == own || variable.name == format!("sequential_{own}")
            });
            if let Some((_, value)) = found {
                assert_eq!(value.shape(), variable.shape, "{name}");
                assert_eq!(value.values(), variable.values, "{name}");
                seen += 1;
            }
        }
        // Rows and columns of Adafactor are called as their weights are.
        let unnamed = if name == "adafactor" { 4 } else { 0 };
        assert_eq!(seen + unnamed, optimizer.values.len(), "{name}");
    }
}

#[test]
fn rows_and_columns_lie_beside_their_weight() {
    let cases = golden();
    let case = cases.iter().find(|case| case.name == "adafactor").unwrap();
    let optimizer = model(case).compiled().unwrap().unwrap().optimizer.unwrap();
    let unnamed: Vec<&Variable> = case
        .variables
        .iter()
        .filter(|variable| variable.name == "kernel")
        .collect();
    let names = [
        "dense/kernel/r",
        "dense/kernel/c",
        "dense_1/kernel/r",
        "dense_1/kernel/c",
    ];
    assert_eq!(unnamed.len(), names.len());
    for (name, variable) in names.iter().zip(unnamed) {
        assert_eq!(optimizer.values[*name].values(), variable.values, "{name}");
    }
}

#[test]
fn what_was_compiled_is_written_and_read_again() {
    let device = Device::flex();
    let mut seen = 0;
    for case in golden() {
        let model = model(&case);
        let compiled = model.compiled().unwrap().unwrap();
        let network = model.into_network(&device).unwrap();
        let bytes = keras::to_compiled_bytes(&network, &compiled).unwrap();
        let again = KerasModel::from_bytes(bytes, "again.keras").unwrap();
        assert_eq!(again.compiled().unwrap(), Some(compiled), "{}", case.name);
        let again = again.into_network(&device).unwrap();
        assert_eq!(again.get_weights().unwrap(), network.get_weights().unwrap());
        seen += 1;
    }
    assert_eq!(seen, 23);
}

#[test]
fn a_model_that_was_not_compiled_says_nothing_of_it() {
    let model = KerasModel::read(data("cnn.keras")).unwrap();
    assert_eq!(model.compiled().unwrap(), None);
}

#[test]
fn variables_that_the_optimizer_does_not_have_are_refused_by_name() {
    let cases = golden();
    let case = cases.iter().find(|case| case.name == "adam").unwrap();
    let model = model(case);
    let compiled = model.compiled().unwrap().unwrap();
    let network = model.into_network(&Device::flex()).unwrap();
    let message = |change: &dyn Fn(&mut BTreeMap<String, firebrick_model::WeightValue>)| {
        let mut compiled = compiled.clone();
        change(&mut compiled.optimizer.as_mut().unwrap().values);
        let written = keras::to_compiled_bytes(&network, &compiled);
        written.unwrap_err().to_string()
    };
    let missing = message(&|values| {
        values.remove("dense/bias/velocity");
    });
    assert!(
        missing.contains("`dense/bias/velocity` is missing, expected [3] at `optimizer/vars/5`"),
        "{missing}"
    );
    let shape = message(&|values| {
        let other = values["dense/kernel/velocity"].clone();
        values.insert("dense/bias/velocity".to_owned(), other);
    });
    assert!(
        shape.contains("`dense/bias/velocity` should have the shape [3], at `optimizer/vars/5`"),
        "{shape}"
    );
}
