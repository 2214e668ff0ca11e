//! The encoder of text.

use std::path::Path;

use firebrick_applications::BertEncoder;
use firebrick_model::burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_model::layers::{Dense, Layer};
use firebrick_model::{Graph, Network, Signal, named_input};
use serde::Deserialize;

const CONFIG: &str = include_str!("../data/bert.config.json");
const SAMPLES: usize = 2;
const LENGTH: usize = 6;

#[derive(Deserialize)]
struct Golden {
    input_ids: Vec<i32>,
    token_type_ids: Vec<i32>,
    attention_mask: Vec<i32>,
    last_hidden_state: Vec<f32>,
    pooler_output: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../data/bert.json")).unwrap()
}

fn weights() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bert.safetensors")
}

fn inputs(golden: &Golden) -> Vec<Signal> {
    [
        &golden.input_ids,
        &golden.token_type_ids,
        &golden.attention_mask,
    ]
    .map(|values| {
        let data = TensorData::new(values.clone(), [SAMPLES, LENGTH]);
        Signal::from(Tensor::<2, Int>::from_data(data, &Device::flex()))
    })
    .into()
}

fn assert_near(own: &[f32], expected: &[f32]) {
    assert_eq!(own.len(), expected.len());
    for (own, expected) in own.iter().zip(expected) {
        assert!((own - expected).abs() < 1e-4, "{own}, expected {expected}");
    }
}

fn answers(network: &Network, golden: &Golden) -> Vec<Vec<f32>> {
    let outputs = network.predict_all(inputs(golden).into()).unwrap();
    outputs
        .into_vec()
        .into_iter()
        .map(|output| output.values().clone().into_vec().unwrap())
        .collect()
}

#[test]
fn it_says_what_it_says_in_transformers() {
    let golden = golden();
    let encoder = BertEncoder::from_config(CONFIG, LENGTH).unwrap();
    let mut network = encoder.graph().unwrap().build(1, &Device::flex()).unwrap();
    let loaded = encoder.load_weights(&mut network, weights()).unwrap();
    assert!(
        loaded.missing.is_empty() && loaded.unused.is_empty(),
        "{loaded}"
    );
    let outputs = answers(&network, &golden);
    assert_near(&outputs[0], &golden.last_hidden_state);
    assert_near(&outputs[1], &golden.pooler_output);
}

#[test]
fn it_is_a_layer_of_another_network() {
    let golden = golden();
    let encoder = BertEncoder::from_config(CONFIG, LENGTH)
        .unwrap()
        .without_pooler();
    let given =
        ["input_ids", "token_type_ids", "attention_mask"].map(|name| named_input(name, [LENGTH]));
    let states = encoder
        .graph()
        .unwrap()
        .named("encoder")
        .on(given.as_slice());
    let tags = Dense::new(3).named("tags").on(&states);
    let network = Graph::new(given, [states, tags]);
    let mut network = network.build(1, &Device::flex()).unwrap();
    let loaded = encoder.load_weights(&mut network, weights()).unwrap();
    assert_eq!(loaded.missing, ["tags/kernel", "tags/bias"]);
    assert_eq!(loaded.unused, ["pooler.dense.weight", "pooler.dense.bias"]);
    assert_near(&answers(&network, &golden)[0], &golden.last_hidden_state);
    let network = network.freeze_layer("encoder").unwrap();
    assert_eq!(network.summary().num_trainable_params(), 8 * 3 + 3);
}

#[test]
fn one_of_another_size_is_refused() {
    let encoder = BertEncoder::from_config(CONFIG, LENGTH)
        .unwrap()
        .with_max_positions(11);
    let mut network = encoder.graph().unwrap().build(1, &Device::flex()).unwrap();
    let error = encoder
        .load_weights(&mut network, weights())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`embeddings.position_embeddings/embeddings` should have the shape [11, 8]"),
        "{error}"
    );
}
