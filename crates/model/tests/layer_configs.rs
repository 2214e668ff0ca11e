//! Layers as Keras writes them into a file, with all that stands in their configs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_model::layers::{
    ActivityRegularization, Add, AdditiveAttention, AlphaDropout, AnyLayer, Attention, Average,
    AveragePooling1D, AveragePooling2D, BatchNormalization, Concatenate, Conv1D, Conv2D,
    Cropping2D, Dense, Dot, Dropout, ELU, EinsumDense, Embedding, Flatten, GaussianDropout,
    GaussianNoise, GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalMaxPooling1D,
    GlobalMaxPooling2D, GroupNormalization, GroupQueryAttention, Identity, Layer,
    LayerNormalization, LeakyReLU, MaxPooling1D, MaxPooling2D, Maximum, Minimum,
    MultiHeadAttention, Multiply, NewLayer, PReLU, Padding, Permute, RMSNormalization, ReLU,
    RepeatVector, Rescaling, Reshape, ReversibleEmbedding, ScoreMode, Softmax, SpatialDropout1D,
    SpatialDropout2D, SpatialDropout3D, SpectralNormalization, Subtract, UnitNormalization,
    UpSampling2D, ZeroPadding2D,
};
use firebrick_model::{Activation, Axes, Constraint, Initializer, Regularizer, layers};
use serde_json::Value;

fn written() -> Value {
    serde_json::from_str(include_str!("data/layer_configs.json")).unwrap()
}

/// The layers of the file but for the normalization, whose values only the file has.
#[allow(clippy::too_many_lines, reason = "a list of all layers")]
fn expected() -> Vec<NewLayer> {
    let same = Padding::Same;
    vec![
        layers::Activation::new(Activation::Relu).into(),
        AveragePooling1D::new(3)
            .with_strides(1)
            .with_padding(same)
            .into(),
        AveragePooling2D::new([2, 3]).with_strides([2, 3]).into(),
        BatchNormalization::new().with_momentum(0.9).into(),
        Conv1D::new(4, 3)
            .with_padding(same)
            .with_activation(Activation::Tanh)
            .with_kernel_regularizer(Regularizer::L2 { l2: 0.01 })
            .into(),
        Conv2D::new(4, [3, 2])
            .with_strides(2)
            .with_padding(same)
            .with_kernel_constraint(Constraint::MaxNorm {
                max_value: 3.0,
                axis: Axes::One(0),
            })
            .into(),
        Cropping2D::new([[1, 2], [3, 4]]).into(),
        Dense::new(5)
            .with_activation(Activation::Softmax)
            .with_kernel_initializer(Initializer::HeNormal.with_seed(3))
            .into(),
        Dropout::new(0.25).with_seed(1).into(),
        ELU::new().with_alpha(0.5).into(),
        Embedding::new(8, 3).with_mask_zero().into(),
        Flatten::new().into(),
        GaussianNoise::new(0.1).into(),
        GlobalAveragePooling1D::new().into(),
        GlobalAveragePooling2D::new().keep_dims().into(),
        GlobalMaxPooling1D::new().into(),
        GlobalMaxPooling2D::new().into(),
        LayerNormalization::new().into(),
        LeakyReLU::new().with_negative_slope(0.1).into(),
        MaxPooling1D::new(2).with_strides(2).into(),
        MaxPooling2D::new(2)
            .with_strides(2)
            .with_padding(same)
            .into(),
        PReLU::new().into(),
        Permute::new([2, 1]).into(),
        ReLU::new().with_max_value(6.0).into(),
        RepeatVector::new(3).into(),
        Rescaling::new(1.0 / 255.0).into(),
        Reshape::new([4, 2]).into(),
        Softmax::new().into(),
        SpatialDropout2D::new(0.5).into(),
        UpSampling2D::new(2).into(),
        ZeroPadding2D::new(1).into(),
        Add::new().into(),
        Average::new().into(),
        Concatenate::new().with_axis(1).into(),
        Dot::new([1, 2]).normalized().into(),
        Maximum::new().into(),
        Minimum::new().into(),
        Multiply::new().into(),
        Subtract::new().into(),
        ActivityRegularization::new()
            .with_l1(0.1)
            .with_l2(0.2)
            .into(),
        AdditiveAttention::new().with_dropout(0.1).into(),
        AlphaDropout::new(0.1)
            .with_noise_shape([None, Some(1)])
            .into(),
        Attention::new()
            .with_scale()
            .with_score_mode(ScoreMode::Concat)
            .with_seed(2)
            .into(),
        EinsumDense::new("abc,cd->abd", [None, Some(3)])
            .with_bias_axes("d")
            .into(),
        GaussianDropout::new(0.1).into(),
        GroupNormalization::new().with_groups(2).into(),
        GroupQueryAttention::new(2, 4, 2).into(),
        Identity::new().into(),
        layers::Masking::new().with_mask_value(-1.0).into(),
        MultiHeadAttention::new(2, 3)
            .with_value_dim(3)
            .with_attention_axes([1])
            .into(),
        RMSNormalization::new().with_epsilon(0.001).into(),
        ReversibleEmbedding::new(8, 3)
            .with_logit_soft_cap(30.0)
            .into(),
        SpatialDropout1D::new(0.5).into(),
        SpatialDropout3D::new(0.5).into(),
        SpectralNormalization::new(Dense::new(3).with_activation(Activation::LeakyRelu {
            negative_slope: 0.1,
        }))
        .with_power_iterations(2)
        .into(),
        UnitNormalization::new().with_axis(1).into(),
        Dense::new(2)
            .with_activity_regularizer(Regularizer::L2 { l2: 0.01 })
            .into(),
    ]
}

#[test]
fn every_layer_is_read_as_keras_writes_it() {
    let written = written();
    let mut configs = written["layers"].as_array().unwrap().iter();
    let mut seen = Vec::new();
    for (expected, config) in expected().into_iter().zip(configs.by_ref()) {
        let read: NewLayer = serde_json::from_value(config.clone()).unwrap();
        let name = config["config"]["name"].as_str().unwrap();
        assert_eq!(read, expected.named(name), "{config}");
        seen.push(config["class_name"].as_str().unwrap());
    }
    let normalization: NewLayer = serde_json::from_value(configs.next().unwrap().clone()).unwrap();
    let text = format!("{normalization:?}");
    assert!(
        text.contains("[1.0, 2.0]") && text.contains("[4.0, 9.0]"),
        "{text}"
    );
    let frozen: NewLayer = serde_json::from_value(configs.next().unwrap().clone()).unwrap();
    assert_eq!(frozen, Dense::new(2).frozen().named("dense"));
    assert!(configs.next().is_none());
    // Read as Keras writes them in recurrent.rs.
    let recurrent = [
        "Bidirectional",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
        "GRU",
        "GRUCell",
        "LSTM",
        "LSTMCell",
        "RNN",
        "SimpleRNN",
        "SimpleRNNCell",
        "StackedRNNCells",
        "TimeDistributed",
    ];
    seen.extend(recurrent);
    let convolutions: Value = serde_json::from_str(include_str!("data/convolutions.json")).unwrap();
    for config in convolutions["configs"].as_array().unwrap() {
        seen.push(config["written"]["class_name"].as_str().unwrap());
    }
    let preprocessing: Value =
        serde_json::from_str(include_str!("data/preprocessing.json")).unwrap();
    for written in preprocessing["configs"].as_array().unwrap() {
        seen.push(written["class_name"].as_str().unwrap());
    }
    for class_name in AnyLayer::class_names() {
        let class_name = class_name.as_str();
        let is_there = seen.contains(&class_name)
            || [
                "Normalization",
                "Lambda",
                "Functional",
                "Sequential",
                "WithMask",
            ]
            .contains(&class_name);
        assert!(is_there, "{class_name} is not in the file");
    }
}

#[test]
fn what_cannot_be_honoured_is_refused_by_name() {
    let written = written();
    for (field, what_to_do) in [
        ("dtype", "convert the model in Keras"),
        ("data_format", "turn the model's axes in Keras"),
        ("activity_regularizer", "use an ActivityRegularization"),
    ] {
        for layer in written["refused"][field].as_array().unwrap() {
            let error = serde_json::from_value::<NewLayer>(layer.clone())
                .unwrap_err()
                .to_string();
            let place = format!(
                "the layer `{}` ({}), argument `{field}`: expected ",
                layer["config"]["name"].as_str().unwrap(),
                layer["class_name"].as_str().unwrap()
            );
            assert!(error.starts_with(&place), "{error}");
            assert!(error.contains(what_to_do), "{error}");
        }
    }
}

#[test]
fn a_mistake_in_a_config_names_layer_argument_and_what_was_expected() {
    for (config, message) in [
        (
            r#"{"class_name": "Dense", "config": {"units": -3}}"#,
            "the layer Dense, argument `units`: expected a whole number from 0, received -3",
        ),
        (
            r#"{"class_name": "Dense", "config": {"units": 3, "kernel_initializer": {"class_name": "HeNormal", "config": {"stddev": 1}}}}"#,
            "the layer Dense, argument `kernel_initializer`: the initializer `he_normal`: `stddev` of the initializer `he_normal` is 1, expected to be absent",
        ),
        (
            r#"{"class_name": "Dense", "config": {"units": 3, "kernel_initialiser": "zeros"}}"#,
            "the layer Dense has no argument `kernel_initialiser`, did you mean `kernel_initializer`?; it takes units, ",
        ),
        (
            r#"{"class_name": "Dense", "config": {"name": "top"}}"#,
            "the layer `top` (Dense) needs `units`, which is missing; add it, it takes units, activation, use_bias, kernel_",
        ),
        (
            r#"{"class_name": "Dens", "config": {"units": 3}}"#,
            "unknown layer `Dens`, did you mean `Dense`?; known layers: Activation, ",
        ),
        (
            r#"{"class_name": "Lambda", "config": {}}"#,
            "the layer Lambda: a Lambda is code, which cannot be read from a file",
        ),
    ] {
        let error = serde_json::from_str::<NewLayer>(config)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(message), "{message}: {error}");
    }
    // A layer without a place has no name, and nothing that trains it.
    let named = r#"{"class_name": "Flatten", "config": {"name": "pixels"}}"#;
    let error = serde_json::from_str::<AnyLayer>(named)
        .unwrap_err()
        .to_string();
    assert!(error.contains("has no argument `name`"), "{error}");
}
