//! Networks for files of ONNX, of what the networks of Keras' descriptions leave out.

use firebrick_model::burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_model::layers::{
    self, Add, AnyLayer, AveragePooling1D, AveragePooling2D, BatchNormalization, Bidirectional,
    Concatenate, Conv1D, Conv2D, Conv2DTranspose, Dense, DepthwiseConv2D, Dropout, Embedding,
    Flatten, GRU, GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalMaxPooling2D,
    GroupNormalization, GroupQueryAttention, Interpolation, LSTM, Layer, LayerNormalization,
    Masking, MaxPooling2D, MergeMode, MultiHeadAttention, Multiply, PReLU, Padding,
    RMSNormalization, Rescaling, SeparableConv2D, SimpleRNN, Softmax, TimeDistributed,
    UpSampling2D,
};
use firebrick_model::{Activation, AnyTensor, Graph, Node, Sequential, Signal, input};

/// A network, and what enters it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) graph: Graph,
    pub(crate) inputs: Vec<Signal>,
}

pub(crate) fn all(device: &Device) -> Vec<Case> {
    let case = |name, graph: Graph, inputs| Case {
        name,
        graph,
        inputs,
    };
    let floats = |shape: &[usize]| numbers(shape, device);
    vec![
        case("functions", functions(), vec![floats(&[3, 6])]),
        case(
            "functions_of_pictures",
            functions_of_pictures(),
            vec![floats(&[2, 5, 4, 3])],
        ),
        case("any_size", any_size(), vec![floats(&[2, 9, 6, 3])]),
        case("any_length", any_length(), vec![floats(&[2, 7, 3])]),
        case("causal", causal(), vec![floats(&[2, 9, 3])]),
        case("transposed", transposed(), vec![floats(&[2, 4, 5, 2])]),
        case("enlarged", enlarged(), vec![floats(&[1, 3, 4, 2])]),
        case("scaled", scaled(), vec![floats(&[2, 4, 3, 6])]),
        case("cell_functions", cell_functions(), vec![floats(&[2, 5, 3])]),
        case("backwards", backwards(), vec![floats(&[2, 5, 3])]),
        case(
            "given_states",
            given_states(),
            vec![floats(&[2, 5, 3]), floats(&[2, 4])],
        ),
        case("masked_words", masked_words(), vec![words(device)]),
        case("masked_backwards", masked_backwards(), vec![words(device)]),
        case("masked_steps", masked_steps(), vec![steps(device)]),
        case(
            "masked_attention",
            masked_attention(),
            vec![some_words(device)],
        ),
        case("sight", sight(), vec![floats(&[2, 6, 8])]),
        case(
            "at_each_step",
            at_each_step(),
            vec![floats(&[2, 3, 8, 8, 1])],
        ),
        case(
            "several",
            several(),
            vec![floats(&[2, 6, 6, 2]), floats(&[2, 4])],
        ),
    ]
}

/// Floats from -2 to 2.
fn numbers(shape: &[usize], device: &Device) -> Signal {
    let places = 0..shape.iter().product::<usize>();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "inputs are of single precision"
    )]
    let values: Vec<f32> = places
        .map(|place| (2.0 * (1.3 * place as f64 + 0.4).sin()) as f32)
        .collect();
    floats(&values, shape, device)
}

fn floats(values: &[f32], shape: &[usize], device: &Device) -> Signal {
    let flat = Tensor::<1>::from_floats(values, device);
    AnyTensor::from(flat).reshaped(shape).into()
}

fn indices(rows: &[[i64; 6]], device: &Device) -> Signal {
    let values = rows.concat();
    let length = values.len();
    let flat = Tensor::<1, Int>::from_data(TensorData::new(values, [length]), device);
    AnyTensor::from(flat).reshaped(&[rows.len(), 6]).into()
}

/// Padding before, between and behind, everywhere and nowhere.
fn words(device: &Device) -> Signal {
    let rows = [
        [3, 1, 4, 1, 5, 2],
        [2, 6, 5, 0, 0, 0],
        [0, 0, 3, 5, 0, 1],
        [0, 0, 0, 0, 0, 0],
    ];
    indices(&rows, device)
}

fn some_words(device: &Device) -> Signal {
    let rows = [[3, 1, 4, 1, 5, 2], [2, 6, 5, 0, 0, 0], [0, 0, 3, 5, 0, 1]];
    indices(&rows, device)
}

/// Steps of which some are all the value that is left out.
fn steps(device: &Device) -> Signal {
    let mut values: Vec<f32> = (0..24_u8)
        .map(|place| f32::from(place) / 8.0 - 1.0)
        .collect();
    values[3..6].fill(0.5);
    values[18..24].fill(0.5);
    values[13] = 0.5;
    floats(&values, &[2, 4, 3], device)
}

/// Every function that is written, beside each other.
fn functions() -> Graph {
    let x = input([6]);
    let functions = Activation::NAMES.iter().map(|name| name.parse().unwrap());
    let bent = |max_value, negative_slope, threshold| Activation::BentRelu {
        max_value,
        negative_slope,
        threshold,
    };
    let with_arguments = [
        bent(Some(0.5), 0.0, 0.0),
        bent(Some(1.5), 0.2, 0.3),
        bent(None, 0.0, 0.4),
        bent(None, 0.1, 0.4),
        bent(None, 0.3, 0.0),
        Activation::LeakyRelu {
            negative_slope: 0.05,
        },
        Activation::Elu { alpha: 0.4 },
        Activation::Threshold {
            threshold: 0.3,
            default_value: -1.0,
        },
    ];
    let functions: Vec<Activation> = functions.chain(with_arguments).collect();
    let mut outputs: Vec<Node> = functions
        .into_iter()
        .map(|function| layers::Activation::new(function).on(&x))
        .collect();
    outputs.push(PReLU::new().on(&x));
    Graph::new([x], outputs)
}

fn functions_of_pictures() -> Graph {
    let x = input([5, 4, 3]);
    let convolution = |function| Conv2D::new(4, 2).with_activation(function).on(&x);
    let functions = [
        Activation::Glu,
        Activation::Softmax,
        Activation::LogSoftmax,
        Activation::Sparsemax,
        Activation::Gelu,
    ];
    let mut outputs: Vec<Node> = functions.into_iter().map(convolution).collect();
    let y = convolution(Activation::Linear);
    outputs.push(PReLU::new().with_shared_axes([1, 2]).on(&y));
    outputs.push(Softmax::new().with_axis([1, 2]).on(&y));
    outputs.push(Softmax::new().with_axis(1).on(&y));
    Graph::new([x], outputs)
}

/// Pictures whose height and width are not known.
fn any_size() -> Graph {
    let x = input([None, None, Some(3)]);
    let same = Padding::Same;
    let y = Conv2D::new(4, 3).with_strides(2).with_padding(same).on(&x);
    let y = SeparableConv2D::new(6, [3, 2]).with_padding(same).on(y);
    let y = DepthwiseConv2D::new(2)
        .with_depth_multiplier(2)
        .with_padding(same)
        .on(y);
    let y = MaxPooling2D::new(2)
        .with_strides(1)
        .with_padding(same)
        .on(y);
    let y = AveragePooling2D::new(3)
        .with_strides(2)
        .with_padding(same)
        .on(y);
    let y = Conv2D::new(4, 1).with_groups(2).on(y);
    let outputs = [
        GlobalAveragePooling2D::new().on(&y),
        GlobalMaxPooling2D::new().keep_dims().on(&y),
        Conv2DTranspose::new(2, 3).with_strides(2).on(&y),
        y,
    ];
    Graph::new([x], outputs)
}

/// Sequences whose length is not known.
fn any_length() -> Graph {
    let x = input([None, Some(3)]);
    let y = LSTM::new(4).with_return_sequences().on(&x);
    let y = Conv1D::new(4, 3).with_padding(Padding::Same).on(y);
    let y = MultiHeadAttention::new(2, 3).causal().on([&y, &x]);
    let each = TimeDistributed::new(Dense::new(2)).on(&y);
    let last = GRU::new(3).on(AveragePooling1D::new(2).on(y));
    Graph::new([x], [each, last])
}

fn causal() -> Graph {
    let x = input([9, 3]);
    let causal = |rate| {
        Conv1D::new(4, 2)
            .with_padding(Padding::Causal)
            .with_dilation_rate(rate)
    };
    let y = causal(4).on(causal(2).on(causal(1).on(&x)));
    let dilated = Conv1D::new(2, 3)
        .with_padding(Padding::Same)
        .with_dilation_rate(2);
    Graph::new([&x], [dilated.on(&x), y])
}

/// Transposed convolutions of all paddings.
fn transposed() -> Graph {
    let x = input([4, 5, 2]);
    let layer = |size: usize| Conv2DTranspose::new(3, size);
    let same = Padding::Same;
    let outputs = [
        layer(3).with_strides(2).on(&x),
        layer(2).with_strides(3).on(&x),
        layer(3).with_strides(2).with_padding(same).on(&x),
        layer(4).with_strides(3).with_padding(same).on(&x),
        layer(1).with_strides(3).with_padding(same).on(&x),
        layer(3)
            .with_strides(2)
            .with_padding(same)
            .with_output_padding(1)
            .on(&x),
        layer(4)
            .with_strides(2)
            .with_padding(same)
            .with_output_padding(0)
            .on(&x),
        layer(3).with_strides(3).with_output_padding(2).on(&x),
        layer(3).with_dilation_rate(2).with_padding(same).on(&x),
    ];
    Graph::new([x], outputs)
}

fn enlarged() -> Graph {
    let x = input([3, 4, 2]);
    let larger = |interpolation| UpSampling2D::new([2, 3]).with_interpolation(interpolation);
    let outputs = [
        larger(Interpolation::Nearest).on(&x),
        larger(Interpolation::Bilinear).on(&x),
    ];
    Graph::new([x], outputs)
}

/// Normalizations along axes that are not the last.
fn scaled() -> Graph {
    let x = input([4, 3, 6]);
    let outputs = [
        BatchNormalization::new().with_axis(1).on(&x),
        BatchNormalization::new()
            .without_scale()
            .without_center()
            .on(&x),
        LayerNormalization::new().with_axis([1, 3]).on(&x),
        LayerNormalization::new().without_scale().on(&x),
        LayerNormalization::new().with_rms_scaling().on(&x),
        GroupNormalization::new().with_groups(2).with_axis(1).on(&x),
        GroupNormalization::new().by_channel().on(&x),
        RMSNormalization::new().with_axis([2, 3]).on(&x),
        layers::UnitNormalization::new().with_axis([1, 2]).on(&x),
        Rescaling::new(0.5).with_offset(-1.0).on(&x),
        layers::Normalization::new()
            .with_axis(2)
            .with_statistics([0.5, -0.5, 0.0], [1.0, 4.0, 0.0])
            .on(&x),
        layers::Normalization::new()
            .without_axis()
            .with_statistics([0.5], [4.0])
            .inverted()
            .on(&x),
    ];
    Graph::new([x], outputs)
}

/// Recurrent layers with other functions, without biases, and in the other form.
fn cell_functions() -> Graph {
    let x = input([5, 3]);
    let lstm = |function| LSTM::new(4).with_activation(function).on(&x);
    let gate = |function| GRU::new(4).with_recurrent_activation(function).on(&x);
    let outputs = [
        lstm(Activation::Relu),
        lstm(Activation::Softsign),
        lstm(Activation::Linear),
        lstm(Activation::ELU),
        gate(Activation::HardSigmoid),
        gate(Activation::SparseSigmoid),
        GRU::new(4).with_reset_before().on(&x),
        GRU::new(4).without_bias().on(&x),
        SimpleRNN::new(4)
            .with_activation(Activation::LEAKY_RELU)
            .on(&x),
        LSTM::new(4)
            .without_bias()
            .with_dropout(0.5)
            .with_return_sequences()
            .on(&x),
    ];
    Graph::new([x], outputs)
}

fn backwards() -> Graph {
    let x = input([5, 3]);
    let lstm = || LSTM::new(4).with_go_backwards();
    let gru = || AnyLayer::from(GRU::new(3).with_return_sequences());
    let modes = [
        MergeMode::Sum,
        MergeMode::Average,
        MergeMode::Multiply,
        MergeMode::Concat,
    ];
    let mut outputs = vec![lstm().on(&x), lstm().with_return_sequences().on(&x)];
    outputs.extend(modes.map(|mode| Bidirectional::new(gru()).with_merge_mode(mode).on(&x)));
    outputs.push(Bidirectional::new(LSTM::new(2)).on(&x));
    Graph::new([x], outputs)
}

/// A state that another layer leaves.
fn given_states() -> Graph {
    let (x, state) = (input([5, 3]), input([4]));
    let y = GRU::new(4).with_return_sequences().on([&x, &state]);
    let last = SimpleRNN::new(4).on([&y, &state]);
    Graph::new([x, state], [y, last])
}

fn masked_words() -> Graph {
    let x = input([6]);
    let y = Embedding::new(7, 4).with_mask_zero().on(&x);
    let y = Dropout::new(0.3).on(&y);
    let lstm = LSTM::new(3).with_return_sequences().on(&y);
    let outputs = [
        GRU::new(3).on(&lstm),
        SimpleRNN::new(3).on(Dense::new(2).on(&lstm)),
        Bidirectional::new(LSTM::new(2).with_return_sequences()).on(&y),
        Bidirectional::new(GRU::new(2)).on(&y),
        lstm,
    ];
    Graph::new([x], outputs)
}

fn masked_backwards() -> Graph {
    let x = input([6]);
    let y = Embedding::new(7, 4).with_mask_zero().on(&x);
    let lstm = || LSTM::new(3).with_go_backwards();
    let outputs = [
        lstm().on(&y),
        lstm().with_return_sequences().on(&y),
        lstm()
            .with_return_sequences()
            .with_zero_output_for_mask()
            .on(&y),
    ];
    Graph::new([x], outputs)
}

fn masked_steps() -> Graph {
    let x = input([4, 3]);
    let y = Masking::new().with_mask_value(0.5).on(&x);
    let both = Concatenate::new().on([&y, &LayerNormalization::new().on(&y)]);
    let twice = Concatenate::new().with_axis(1).on([&y, &x]);
    let sum = Add::new().on([&y, &Dense::new(3).on(&y)]);
    let outputs = [
        GlobalAveragePooling1D::new().on(&y),
        GlobalAveragePooling1D::new().keep_dims().on(both),
        LSTM::new(2).on(twice),
        GRU::new(2).on(sum),
        y,
    ];
    Graph::new([x], outputs)
}

fn masked_attention() -> Graph {
    let x = input([6]);
    let y = Embedding::new(7, 4).with_mask_zero().on(&x);
    let z = MultiHeadAttention::new(2, 3).causal().on([&y, &y]);
    let z = LayerNormalization::new().on(Add::new().on([&y, &z]));
    let single = layers::Attention::new().with_scale().on([&y, &z]);
    let additive = layers::AdditiveAttention::new().on([&z, &y]);
    let outputs = [
        GlobalAveragePooling1D::new().on(&z),
        GlobalAveragePooling1D::new().on(single),
        GlobalAveragePooling1D::new().on(additive),
    ];
    Graph::new([x], outputs)
}

/// What steps see of others.
fn sight() -> Graph {
    let x = input([6, 8]);
    let heads = || MultiHeadAttention::new(2, 3);
    let outputs = [
        heads().with_sliding_window(2).on(&x),
        heads().causal().with_sliding_window(3).on(&x),
        heads().with_value_dim(5).with_gate().on(&x),
        heads().without_bias().with_output_shape([2, 3]).on(&x),
        GroupQueryAttention::new(3, 4, 2).on([&x, &x]),
    ];
    Graph::new([x], outputs)
}

fn at_each_step() -> Graph {
    let picture = Sequential::new([8, 8, 1])
        .add(Conv2D::new(3, 3).with_activation(Activation::Relu))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(4));
    let x = input([3, 8, 8, 1]);
    let y = TimeDistributed::new(Graph::from(picture)).on(&x);
    let convolved = TimeDistributed::new(Conv2D::new(2, 3)).on(&x);
    Graph::new([x], [LSTM::new(3).on(y), convolved])
}

/// Several inputs and outputs, shared layers and a network called twice.
fn several() -> Graph {
    let (picture, numbers) = (input([6, 6, 2]), input([4]));
    let encoder = Sequential::new([4])
        .add(Dense::new(4).with_activation(Activation::Tanh))
        .add(Dropout::new(0.5))
        .named("encoder");
    let encoder = Graph::from(encoder).shared();
    let once = encoder.on(&numbers);
    let twice = encoder.on(&once);
    let convolution = || Conv2D::new(4, 3).with_padding(Padding::Same);
    let x = convolution().on(&picture);
    let residual = Add::new().on([&x, &convolution().on(&x)]);
    let joined = Concatenate::new().on([&residual, &x]);
    let gated = Multiply::new().on([&x, &twice]);
    let outputs = [
        joined,
        gated,
        once,
        GlobalAveragePooling2D::new().on(residual),
    ];
    Graph::new([picture, numbers], outputs)
}
