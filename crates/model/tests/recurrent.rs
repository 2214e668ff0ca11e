//! Recurrent layers and their gradients against Keras' own; see `data/make_recurrent.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Bool, Device, Tensor, TensorData};
use firebrick_model::layers::{
    AnyLayer, Bidirectional, ConvLSTM2D, Dense, GRU, GRUCell, LSTM, LSTMCell, Layer, MergeMode,
    NewLayer, Padding, RNN, SimpleRNN, StackedRNNCells, TimeDistributed, WithMask,
};
use firebrick_model::{
    Activation, AnyTensor, Draws, GradientSink, Graph, Initializer, Mode, Model, Network,
    Regularizer, Sequential, Shape, Signal, Signals, input,
};
use firebrick_spec::{Spec, Value};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    layer: Value,
    #[serde(default)]
    inputs: Vec<Numbers>,
    mask: Option<Vec<Vec<bool>>>,
    weights: Vec<Numbers>,
    #[serde(default)]
    outputs: Vec<Numbers>,
    #[serde(default)]
    factors: Vec<Numbers>,
    input_gradient: Option<Numbers>,
    #[serde(default)]
    weight_gradients: Vec<Vec<f32>>,
    #[serde(default)]
    batches: Vec<Numbers>,
    #[serde(default)]
    batch_outputs: Vec<Numbers>,
}

#[derive(Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Numbers {
    fn tensor(&self, device: &Device) -> AnyTensor {
        let data = TensorData::new(self.values.clone(), [self.values.len()]);
        AnyTensor::from(Tensor::<1>::from_data(data, device)).reshaped(&self.shape)
    }
}

fn golden() -> Vec<Case> {
    let text = include_str!("data/recurrent.json");
    serde_json::from_str::<Golden>(text).unwrap().cases
}

impl Case {
    fn layer(&self) -> NewLayer {
        let spec = Spec::from_value(self.layer.clone(), "layer").unwrap();
        NewLayer::from_spec(&spec).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    fn network(&self, device: &Device) -> Network {
        let inputs: Vec<_> = self.inputs.iter().map(|x| input(&x.shape[1..])).collect();
        let node = self.layer().on(&inputs);
        let outputs = (0..self.outputs.len()).map(|output| node.output(output));
        let weights = self.weights.iter().map(|weight| weight.values.clone());
        let graph = Graph::new(inputs, outputs.collect::<Vec<_>>());
        graph
            .build_with_weights(weights, device)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// What enters, the sequence as it is given.
    fn signals(&self, sequence: AnyTensor, device: &Device) -> Signals {
        let mask = self.mask.as_ref().map(|rows| {
            let shape = [rows.len(), rows[0].len()];
            let data = TensorData::new(rows.concat(), shape);
            Tensor::<2, Bool>::from_data(data, device)
        });
        let sequence = Signal::from(sequence).with_mask(mask);
        let states = self.inputs[1..].iter();
        let states = states.map(|state| state.tensor(device).into());
        [sequence].into_iter().chain(states).collect()
    }
}

fn assert_close(what: &str, received: &[f32], expected: &[f32]) {
    assert_eq!(
        received.len(),
        expected.len(),
        "{what}: the number of values"
    );
    for (index, (received, expected)) in received.iter().zip(expected).enumerate() {
        let difference = (received - expected).abs();
        assert!(
            difference <= 2e-6 + 2e-5 * expected.abs(),
            "{what}[{index}] = {received} instead of {expected}"
        );
    }
}

#[test]
fn every_case_gives_the_outputs_and_shapes_of_keras() {
    let device = Device::flex();
    let cases = golden().into_iter().filter(|case| case.batches.is_empty());
    let mut checked = 0;
    for case in cases {
        let network = case.network(&device);
        let inferred = network.config().output_shapes().unwrap();
        let signals = case.signals(case.inputs[0].tensor(&device), &device);
        let outputs = network.predict_all(signals).unwrap();
        assert_eq!(outputs.len(), case.outputs.len(), "{}", case.name);
        let outputs = outputs.into_iter().zip(inferred).zip(&case.outputs);
        for (index, ((output, inferred), expected)) in outputs.enumerate() {
            let what = format!("{}, output {index}", case.name);
            assert_eq!(output.shape(), expected.shape, "{what}");
            assert_eq!(inferred, expected.shape[1..], "{what}: the inferred shape");
            let values = output.into_values().into_vec().unwrap();
            assert_close(&what, &values, &expected.values);
        }
        checked += 1;
    }
    assert!(checked >= 30, "{checked} cases");
}

/// The gradients of all weights, in their order and in Keras' layout: kernels of convolutions lie with filters and channels
/// first.
struct Gradients<'a> {
    all: &'a GradientsParams,
    found: Vec<Vec<f32>>,
}

impl ModuleVisitor for Gradients<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.all.get::<D>(param.id) {
            let mut axes: [usize; D] = std::array::from_fn(|axis| axis);
            if D > 2 {
                axes.rotate_left(2);
                axes[D - 2..].reverse();
            }
            let gradient = gradient.permute(axes);
            self.found.push(gradient.into_data().iter().collect());
        }
    }
}

#[test]
fn every_case_gives_the_gradients_of_keras() {
    let device = Device::flex().autodiff();
    let cases = golden().into_iter().filter(|case| case.batches.is_empty());
    for case in cases {
        let network = case.network(&device);
        let sequence = &case.inputs[0];
        let values = Tensor::<1>::from_floats(&sequence.values[..], &device).require_grad();
        let x = AnyTensor::from(values.clone()).reshaped(&sequence.shape);
        let mode = Mode::Training(Draws::new(1, 0));
        let answers = network.call(case.signals(x, &device), mode).unwrap();
        let mut outputs = answers
            .outputs
            .into_iter()
            .zip(network.output_activations());
        let mut loss = Tensor::<1>::zeros([1], &device);
        for factors in &case.factors {
            let (output, activation) = outputs.next().unwrap();
            let output = activation.activate(output.into_values());
            let rows = [factors.values.len()];
            let output = output.reshaped(&rows).expect_rank::<1>();
            let factors = factors.tensor(&device).reshaped(&rows).expect_rank::<1>();
            loss = loss + (output * factors).sum();
        }
        let mut gradients = loss.backward();
        let by_input = values.grad_remove(&mut gradients).unwrap();
        let by_input: Vec<f32> = by_input.into_data().iter().collect();
        let expected = case.input_gradient.as_ref().unwrap();
        assert_close(
            &format!("{}, input", case.name),
            &by_input,
            &expected.values,
        );
        let all = GradientsParams::from_grads(gradients, &network);
        let mut by_weights = Gradients {
            all: &all,
            found: Vec::new(),
        };
        network.visit(&mut by_weights);
        assert_eq!(
            by_weights.found.len(),
            case.weight_gradients.len(),
            "{}",
            case.name
        );
        for (index, (received, expected)) in by_weights
            .found
            .iter()
            .zip(&case.weight_gradients)
            .enumerate()
        {
            assert_close(
                &format!("{}, weight {index}", case.name),
                received,
                expected,
            );
        }
    }
}

/// The gradients that a way back over plain memory gives, in the order of the weights.
struct Handed(Vec<Vec<f32>>);

impl GradientSink for Handed {
    fn take<const D: usize>(&mut self, _: ParamId, gradient: Tensor<D>) {
        self.0.push(gradient.into_data().iter().collect());
    }
}

impl Case {
    /// The layer behind one that gives its sequence a mask, the last input, if it has one.
    fn masked_network(&self, device: &Device) -> Network {
        let inputs = self.inputs.iter().map(|own| input(&own.shape[1..]));
        let mut inputs: Vec<_> = inputs.collect();
        let mut arriving = inputs.clone();
        if let Some(mask) = &self.mask {
            let mask = input([mask[0].len()]);
            arriving[0] = WithMask::new().on([&arriving[0], &mask]);
            inputs.push(mask);
        }
        let node = self.layer().on(&arriving);
        let outputs = (0..self.outputs.len()).map(|output| node.output(output));
        let weights = self.weights.iter().map(|weight| weight.values.clone());
        let graph = Graph::new(inputs, outputs.collect::<Vec<_>>());
        graph.build_with_weights(weights, device).unwrap()
    }

    fn masked_signals(&self, device: &Device) -> Signals {
        let mask = self.mask.iter().map(|rows| {
            let values = rows
                .concat()
                .into_iter()
                .map(|counts| f32::from(u8::from(counts)));
            let shape = vec![rows.len(), rows[0].len()];
            let values = values.collect();
            Signal::from(Numbers { shape, values }.tensor(device))
        });
        let inputs = self.inputs.iter();
        let inputs = inputs.map(|input| Signal::from(input.tensor(device)));
        inputs.chain(mask).collect()
    }
}

#[test]
fn over_plain_memory_outputs_and_gradients_are_those_of_keras() {
    let device = Device::flex().autodiff();
    let mut checked = Vec::new();
    for case in golden() {
        // Kernels of convolutions lie in another order than Keras'.
        if !case.batches.is_empty() || case.name.contains("conv") {
            continue;
        }
        let network = case.masked_network(&device);
        let Ok(mut pass) = network.host_pass() else {
            continue;
        };
        let signals = case.masked_signals(&device);
        let answers = pass.forward(&network, signals, Mode::Inference).unwrap();
        for (index, (answer, expected)) in answers.iter().zip(&case.outputs).enumerate() {
            let what = format!("{}, output {index}", case.name);
            assert_close(&what, &answer.values, &expected.values);
        }
        let factors = case.factors.iter().map(|factors| &factors.values);
        let factors = factors.map(|values| TensorData::new(values.clone(), [values.len()]));
        let factors: Vec<TensorData> = factors.collect();
        let mut handed = Handed(Vec::new());
        pass.backward(&network, &factors, &mut handed);
        assert_eq!(handed.0.len(), case.weight_gradients.len(), "{}", case.name);
        for (index, (own, expected)) in handed.0.iter().zip(&case.weight_gradients).enumerate() {
            assert_close(&format!("{}, weight {index}", case.name), own, expected);
        }
        checked.push(case.name);
    }
    for name in [
        "simple_rnn_relu",
        "lstm_last",
        "lstm_last_masked",
        "gru_without_bias",
        "gru_reset_before_without_bias",
        "bidirectional_last",
    ] {
        assert!(checked.iter().any(|own| own == name), "{name}: {checked:?}");
    }
}

#[test]
fn a_stateful_layer_goes_on_where_the_batch_before_has_ended() {
    let device = Device::flex();
    let cases = golden().into_iter().filter(|case| !case.batches.is_empty());
    let mut checked = 0;
    for case in cases {
        let network = case.stateful(&device);
        // A second time, from the beginning.
        for _ in 0..2 {
            for (batch, expected) in case.batches.iter().zip(&case.batch_outputs) {
                let output = network.predict(batch.tensor(&device)).unwrap();
                assert_close(&case.name, &output.into_vec().unwrap(), &expected.values);
            }
            network.reset_states();
        }
        checked += 1;
    }
    assert_eq!(checked, 2);
}

impl Case {
    /// The network of a stateful layer. Its states are no weights in Keras, whose input says how many samples a batch has.
    fn stateful(&self, device: &Device) -> Network {
        let shape = &self.batches[0].shape;
        let spec = Spec::from_value(self.layer.clone(), "layer").unwrap();
        let without = NewLayer::from_spec(&spec).unwrap();
        let error = Sequential::new(&shape[1..]).add(without).build(1, device);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("needs `batch_size` to be given"), "{error}");
        let spec = spec.with("batch_size", i64::try_from(shape[0]).unwrap());
        let network = Sequential::new(&shape[1..]).add(NewLayer::from_spec(&spec).unwrap());
        let specs = network.weights().unwrap();
        let states = specs[self.weights.len()..].iter();
        let states = states.map(|(_, state)| vec![0.0; state.num_params()]);
        let weights = self.weights.iter().map(|weight| weight.values.clone());
        network
            .build_with_weights(weights.chain(states), device)
            .unwrap()
    }
}

#[test]
fn a_batch_of_another_size_does_not_go_through_a_stateful_layer() {
    let device = Device::flex();
    let network = Sequential::new([3, 1]).add(GRU::new(2).with_stateful(4));
    let model = network.build(1, &device).unwrap();
    let names: Vec<String> = network
        .weights()
        .unwrap()
        .iter()
        .map(|(_, weight)| weight.name.to_string())
        .collect();
    assert_eq!(names[3..], ["rnn_state"]);
    let error = model
        .predict(Tensor::<3>::ones([3, 3, 1], &device))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "layer `gru` (GRU, index 0) needs `batch_size` to be 3, the samples of this batch, it is 4; change it; it receives \
         [3, 1] from the input"
    );
}

#[test]
fn dropout_acts_in_training_alone_and_drops_the_same_at_every_step() {
    let device = Device::flex();
    // The sum of what came in, without anything that is learned.
    let layer = SimpleRNN::new(8)
        .with_activation(Activation::Linear)
        .with_kernel_initializer(Initializer::Identity { gain: 1.0 })
        .with_recurrent_initializer(Initializer::Zeros)
        .with_dropout(0.5)
        .with_return_sequences();
    let network = Sequential::new([3, 8])
        .add(layer)
        .build(1, &device)
        .unwrap();
    let ones = Tensor::<3>::ones([2, 3, 8], &device);
    assert_eq!(
        network.predict(ones.clone()).unwrap().into_vec().unwrap(),
        [1.0; 48]
    );
    let mode = |step| Mode::Training(Draws::new(1, step));
    let values = |mode| network.forward(ones.clone(), mode).into_vec().unwrap();
    let first = values(mode(0));
    assert!(first.contains(&0.0) && first.contains(&2.0), "{first:?}");
    for sample in first.chunks(24) {
        assert_eq!(
            (&sample[..8], &sample[8..16]),
            (&sample[8..16], &sample[16..])
        );
    }
    assert_eq!(values(mode(0)), first);
    assert_ne!(values(mode(1)), first);

    let layer = LSTM::new(8).with_recurrent_dropout(0.5);
    let network = Sequential::new([3, 8])
        .add(layer)
        .build(1, &device)
        .unwrap();
    let values = |mode| network.forward(ones.clone(), mode).into_vec().unwrap();
    assert_eq!(values(Mode::Inference), values(Mode::Inference));
    assert_ne!(values(mode(0)), values(Mode::Inference));
    assert_ne!(values(mode(0)), values(mode(1)));
}

#[test]
fn weights_start_as_those_of_keras() {
    let network = Sequential::new([4, 3])
        .add(LSTM::new(2))
        .build(7, &Device::flex())
        .unwrap();
    let weights = network.get_weights().unwrap();
    assert_eq!(
        weights[2].values(),
        [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    );
    // Orthonormal rows.
    let rows: Vec<&[f32]> = weights[1].values().chunks(8).collect();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    assert!((dot(rows[0], rows[0]) - 1.0).abs() < 1e-5);
    assert!(dot(rows[0], rows[1]).abs() < 1e-5);

    let layer = LSTM::new(2).without_unit_forget_bias();
    let network = Sequential::new([4, 3])
        .add(layer)
        .build(7, &Device::flex())
        .unwrap();
    assert_eq!(network.get_weights().unwrap()[2].values(), [0.0; 8]);
}

#[test]
fn layers_are_written_and_read_as_they_are() {
    let layers: Vec<AnyLayer> = vec![
        SimpleRNN::new(2)
            .with_activation(Activation::Relu)
            .with_return_state()
            .into(),
        LSTM::new(2)
            .with_recurrent_initializer(Initializer::GlorotNormal)
            .with_bias_regularizer(Regularizer::L2 { l2: 0.1 })
            .with_stateful(3)
            .into(),
        GRU::new(2).with_reset_before().with_go_backwards().into(),
        RNN::new(StackedRNNCells::new([
            LSTMCell::new(2).into(),
            GRUCell::new(3).into(),
        ]))
        .into(),
        Bidirectional::new(LSTM::new(2).with_dropout(0.5)).into(),
        Bidirectional::new(GRU::new(2))
            .with_merge_mode(MergeMode::Separate)
            .into(),
        TimeDistributed::new(Dense::new(3)).into(),
        ConvLSTM2D::new(2, 3).with_padding(Padding::Same).into(),
    ];
    for layer in layers {
        let text = serde_json::to_string(&layer).unwrap();
        assert_eq!(
            serde_json::from_str::<AnyLayer>(&text).unwrap(),
            layer,
            "{text}"
        );
    }
    let text = serde_json::to_string(&AnyLayer::from(LSTM::new(2))).unwrap();
    assert!(!text.contains("batch_size"), "{text}");
}

#[test]
fn mistakes_say_what_fits() {
    let error =
        |layer: AnyLayer, input: Shape| layer.output_shapes(&[input]).unwrap_err().to_string();
    assert_eq!(
        error(LSTM::new(2).into(), [5].into()),
        "expects an input of [steps, features]; put an Embedding in front of it if these are indices, else a Reshape"
    );
    assert_eq!(
        error(GRU::new(2).with_dropout(1.0).into(), [5, 3].into()),
        "needs `dropout` to be from 0 to below 1, it is 1.0; change it"
    );
    assert_eq!(
        error(RNN::new(Dense::new(2)).into(), [5, 3].into()),
        "needs `cell` to be a cell: SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells or one of your own, it is \"Dense\"; \
         change it"
    );
    assert_eq!(
        error(Bidirectional::new(Dense::new(2)).into(), [5, 3].into()),
        "needs `layer` to be a recurrent layer, which has `go_backwards` and `return_sequences`, it is \"Dense\"; change it"
    );
    let same = Bidirectional::new(LSTM::new(2)).with_backward_layer(LSTM::new(2));
    assert_eq!(
        error(same.into(), [5, 3].into()),
        "needs `backward_layer` to be one that goes through the steps in the other order, it is one that goes the same \
         way; change it"
    );
    let states: [Shape; 2] = [[5, 3].into(), [4].into()];
    assert_eq!(
        AnyLayer::from(GRU::new(2))
            .output_shapes(&states)
            .unwrap_err()
            .to_string(),
        "expects an input of a step or steps, then of states of the shapes [2]; give it the states of a layer of as many units"
    );
    let frozen = r#"{"class_name": "TimeDistributed", "config": {"layer":
        {"class_name": "Dense", "config": {"units": 2, "trainable": false}}}}"#;
    let error = serde_json::from_str::<AnyLayer>(frozen)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a part of a layer is trained as the layer is"),
        "{error}"
    );
}

#[test]
fn a_mask_ends_with_the_last_step_and_goes_on_with_all_of_them() {
    let masks = |layer: AnyLayer| layer.output_masks(&[true]);
    assert_eq!(masks(LSTM::new(2).into()), [false]);
    let sequences = LSTM::new(2).with_return_sequences().with_return_state();
    assert_eq!(masks(sequences.clone().into()), [true, false, false]);
    let both = Bidirectional::new(sequences).with_merge_mode(MergeMode::Separate);
    assert_eq!(masks(both.into()), [true, true, false, false, false, false]);
}
