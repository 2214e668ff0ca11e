//! Weights under the names of PyTorch; the numbers are those of `data/make_torch_modules.py`.

use std::path::Path;

use firebrick_formats::FormatProblem;
use firebrick_formats::safetensors::{self, Names};
use firebrick_model::burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_model::layers::{
    BatchNormalization, Bidirectional, Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Dense,
    DepthwiseConv2D, Embedding, Flatten, GRU, LSTM, Layer, LayerNormalization, MaxPooling2D,
    MultiHeadAttention, Padding, ReLU, SimpleRNN,
};
use firebrick_model::{AnyTensor, Graph, Sequential, input};

use crate::saved_models::data;

/// The modules of the script.
pub(crate) fn networks() -> Vec<(&'static str, Graph)> {
    let line = |shape: &[usize]| Sequential::new(shape.to_vec());
    vec![
        (
            "mlp",
            line(&[4])
                .add(Dense::new(5).named("fc1"))
                .add(Dense::new(3).named("fc2"))
                .into(),
        ),
        (
            "convolutions",
            line(&[6, 7, 2])
                .add(Conv2D::new(4, [3, 2]).named("conv"))
                .add(BatchNormalization::new().with_epsilon(1e-5).named("bn"))
                .add(DepthwiseConv2D::new(2).named("depthwise"))
                .add(Conv2DTranspose::new(3, 2).with_strides(2).named("up"))
                .into(),
        ),
        (
            "recurrent",
            line(&[5])
                .add(Embedding::new(7, 3).named("words"))
                .add(LSTM::new(4).with_return_sequences().named("lstm"))
                .add(GRU::new(3).with_return_sequences().named("gru"))
                .add(SimpleRNN::new(2).with_return_sequences().named("rnn"))
                .into(),
        ),
        (
            "directions",
            line(&[5, 3])
                .add(Bidirectional::new(LSTM::new(2).with_return_sequences()).named("both"))
                .add(Conv1D::new(3, 2).named("conv"))
                .add(LayerNormalization::new().with_epsilon(1e-5).named("norm"))
                .into(),
        ),
        (
            "flattened",
            line(&[7, 5, 2])
                .add(Conv2D::new(3, 2).named("conv"))
                .add(MaxPooling2D::new(2))
                .add(Flatten::new())
                .add(Dense::new(4).named("fc"))
                .into(),
        ),
        (
            "temporal",
            line(&[6, 3])
                .add(Conv1D::new(4, 2).named("conv"))
                .add(BatchNormalization::new().with_epsilon(1e-5).named("bn"))
                .add(Conv1DTranspose::new(2, 3).with_strides(2).named("up"))
                .add(ReLU::new())
                .add(Flatten::new())
                .add(Dense::new(3).named("fc"))
                .into(),
        ),
        ("attention", attention()),
        ("crossing", crossing()),
    ]
}

fn attention() -> Graph {
    let x = input([5, 6]);
    let found = MultiHeadAttention::new(2, 3).named("look").on([&x, &x]);
    let y = LayerNormalization::new().with_epsilon(1e-5).named("norm");
    Graph::new([x], [y.on(found)])
}

fn crossing() -> Graph {
    let x = input([5, 6]);
    let key = Dense::new(3).named("key").on(&x);
    let value = Dense::new(5).named("value").on(&x);
    let look = MultiHeadAttention::new(2, 3).without_bias().named("look");
    let y = look.on([&x, &value, &key]);
    Graph::new([x], [y])
}

/// sin(0.7 i) for element i, or the whole number 5 i mod 7.
#[expect(
    clippy::cast_possible_truncation,
    reason = "inputs are of single precision"
)]
pub(crate) fn entering(name: &str, graph: &Graph, device: &Device) -> AnyTensor {
    let sizes = graph.inputs()[0].shape().axes().iter();
    let shape: Vec<usize> = [2]
        .into_iter()
        .chain(sizes.map(|size| size.unwrap()))
        .collect();
    let length = shape.iter().product();
    if name == "recurrent" {
        let values: Vec<i64> = (0..length)
            .map(|place: usize| i64::try_from(5 * place % 7).unwrap())
            .collect();
        let flat = Tensor::<1, Int>::from_data(TensorData::new(values, [length]), device);
        return AnyTensor::from(flat).reshaped(&shape);
    }
    let values: Vec<f32> = (0..length)
        .map(|place| (0.7 * place as f64).sin() as f32)
        .collect();
    let flat = Tensor::<1>::from_data(TensorData::new(values, [length]), device);
    AnyTensor::from(flat).reshaped(&shape)
}

#[test]
fn modules_of_pytorch_give_what_they_give_there() {
    let device = Device::flex();
    let expected = std::fs::read_to_string(data("torch_modules.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    for (name, graph) in networks() {
        let mut network = graph.build(1, &device).unwrap();
        let path = data(&format!("torch_{name}.safetensors"));
        assert_eq!(
            safetensors::load_weights(&mut network, path).unwrap(),
            Names::PyTorch
        );
        let answer = network.predict(entering(name, &graph, &device)).unwrap();
        let answer = answer.into_vec().unwrap();
        let expected: Vec<f32> = serde_json::from_value(expected[name].clone()).unwrap();
        assert_eq!(answer.len(), expected.len(), "{name}");
        for (own, torch) in answer.iter().zip(&expected) {
            assert!(
                (own - torch).abs() <= 1e-5,
                "{name}: {own} instead of {torch}"
            );
        }
    }
}

#[test]
fn what_is_written_under_names_of_pytorch_is_read_again() {
    let device = Device::flex();
    // For `scripts/check_torch_files.py`.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torch_files");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, graph) in networks() {
        let network = graph.build(3, &device).unwrap();
        let path = folder.join(format!("{name}.safetensors"));
        safetensors::save(&network, &path, Names::PyTorch).unwrap();
        let answer = network.predict(entering(name, &graph, &device)).unwrap();
        let answer = serde_json::to_string(&answer.into_vec().unwrap()).unwrap();
        std::fs::write(path.with_extension("json"), answer).unwrap();
        let mut again = graph.build(4, &device).unwrap();
        assert_eq!(
            safetensors::load_weights(&mut again, &path).unwrap(),
            Names::PyTorch
        );
        assert_eq!(
            again.get_weights().unwrap(),
            network.get_weights().unwrap(),
            "{name}"
        );
    }
}

#[test]
fn numbered_modules_are_taken_in_order() {
    let device = Device::flex();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbered.safetensors");
    let numbered = Sequential::new([4])
        .add(Dense::new(3).named("2"))
        .add(Dense::new(2).named("10"));
    let saved = numbered.build(1, &device).unwrap();
    safetensors::save(&saved, &path, Names::PyTorch).unwrap();
    let named = Sequential::new([4])
        .add(Dense::new(3).named("body"))
        .add(Dense::new(2).named("head"));
    let mut other = named.build(2, &device).unwrap();
    safetensors::load_weights(&mut other, &path).unwrap();
    assert_eq!(other.get_weights().unwrap(), saved.get_weights().unwrap());
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let device = Device::flex();
    let graph = Sequential::new([4])
        .add(Dense::new(6).named("fc1"))
        .add(Dense::new(3).named("fc2"));
    let mut network = graph.build(1, &device).unwrap();
    let error = safetensors::load_weights(&mut network, data("torch_mlp.safetensors")).unwrap_err();
    assert!(
        error.to_string().contains(
            "weight `fc1/kernel` should have the shape [6, 4], at `fc1.weight` there is [5, 4]"
        ),
        "{error}"
    );
    let graph = Sequential::new([4]).add(Dense::new(5).named("fc1"));
    let mut network = graph.build(1, &device).unwrap();
    let error = safetensors::load_weights(&mut network, data("torch_mlp.safetensors")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no layer takes the weights at `fc2.bias`, `fc2.weight`"),
        "{error}"
    );

    // Two heads of four numbers look at six features, which PyTorch has no module for.
    let x = input([4, 6]);
    let looking = MultiHeadAttention::new(2, 4).named("look").on([&x, &x]);
    let network = Graph::new([&x], [looking]).build(1, &device).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("look.safetensors");
    let error = safetensors::save(&network, path, Names::PyTorch).unwrap_err();
    assert!(
        matches!(error.problem(), FormatProblem::Layer { layer, .. } if layer == "look"),
        "{error}"
    );
}

#[test]
fn paddings_change_nothing_of_the_weights() {
    let device = Device::flex();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("padded.safetensors");
    let graph = Sequential::new([5, 5, 1]).add(Conv2D::new(2, 3).with_padding(Padding::Same));
    let network = graph.build(1, &device).unwrap();
    safetensors::save(&network, &path, Names::PyTorch).unwrap();
    let mut again = graph.build(2, &device).unwrap();
    safetensors::load_weights(&mut again, &path).unwrap();
    assert_eq!(again.get_weights().unwrap(), network.get_weights().unwrap());
}
