//! Weights in the files of Keras 2.

use std::path::PathBuf;

use firebrick_formats::keras::{self, LayerWeights};

fn data(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.join("tests/data").join(name)
}

fn listed(layers: &[LayerWeights]) -> Vec<(String, Vec<usize>, f32)> {
    let weights = layers.iter().flat_map(|layer| {
        let weights = layer.weights.iter();
        weights.map(|(name, value)| {
            let name = format!("{}/{name}", layer.layer);
            (name, value.shape().to_vec(), value.values()[0])
        })
    });
    weights.collect()
}

#[test]
fn layers_of_keras_2_come_in_order() {
    for (file, bn) in [
        ("keras2.h5", "conv_bn"),
        ("keras2_weights.h5", "zeta/BatchNorm"),
    ] {
        let layers = keras::read_layer_weights(data(file)).unwrap();
        let name = |layer: &str, name: &str| format!("{layer}/{name}");
        assert_eq!(
            listed(&layers),
            [
                (name("zeta", "kernel"), vec![2, 2, 1, 2], 0.0),
                (name("zeta", "bias"), vec![2], 8.0),
                (name(bn, "gamma"), vec![2], 10.0),
                (name(bn, "beta"), vec![2], 12.0),
                (name(bn, "moving_mean"), vec![2], 14.0),
                (name(bn, "moving_variance"), vec![2], 16.0),
                (name("alpha", "kernel"), vec![18, 1], 18.0),
                (name("alpha", "bias"), vec![1], 36.0),
            ],
            "{file}"
        );
    }
}

#[test]
fn a_file_of_keras_3_is_sent_to_its_ending() {
    let error = keras::read_layer_weights(data("cnn.weights.h5")).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("no list `layer_names`") && error.contains(".weights.h5"),
        "{error}"
    );
}
