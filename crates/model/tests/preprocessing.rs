//! Layers for text and categories against Keras' own; see `data/make_preprocessing.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::layers::{
    AnyLayer, CategoryEncoding, Dense, Discretization, Embedding, Encoded, GlobalAveragePooling1D,
    Hashing, InputDtype, IntegerLookup, Layer, NewLayer, Ngrams, OutputMode, Split, StringLookup,
    TextVectorization,
};
use firebrick_model::{
    AnyTensor, Graph, Mode, ModelError, Network, SavedModel, Sequential, Shape, Signal, Signals,
    input, named_input, save_model, text_input,
};
use serde_json::{Value, json};

fn golden(part: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("data/preprocessing.json")).unwrap();
    all[part].clone()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn integers(value: &Value) -> Vec<i64> {
    serde_json::from_value(value.clone()).unwrap()
}

/// A shape and its numbers.
fn numbers(value: &Value) -> (Vec<usize>, Vec<f32>) {
    let shape = serde_json::from_value(value["shape"].clone()).unwrap();
    (
        shape,
        serde_json::from_value(value["values"].clone()).unwrap(),
    )
}

fn layer_of(class_name: &str, arguments: &Value) -> AnyLayer {
    serde_json::from_value(json!({"class_name": class_name, "config": arguments}))
        .unwrap_or_else(|error| panic!("{class_name} {arguments}: {error}"))
}

fn int_rows(values: &[i64], width: usize) -> AnyTensor {
    let shape = [values.len() / width, width];
    let values = values[..shape[0] * width].to_vec();
    AnyTensor::from_whole_numbers(values, &shape, &Device::flex()).unwrap()
}

fn text_rows(texts: &[String], width: usize) -> AnyTensor {
    let count = texts.len() / width;
    let all = AnyTensor::from_texts(&texts[..count * width], &Device::flex());
    let bytes = all.shape()[1];
    match width {
        1 => all,
        _ => all.reshaped(&[count, width, bytes]),
    }
}

/// The network of one layer, adapted to samples if it waits for them.
fn network(layer: AnyLayer, shape: Shape, samples: Option<&AnyTensor>) -> Network {
    let graph = Graph::from(Sequential::new(shape).add(layer));
    let device = Device::flex();
    let graph = match samples {
        Some(samples) => graph
            .adapt(&device, || {
                let rows = samples.shape()[0];
                let batches = [0..rows / 2, rows / 2..rows].map(|rows| {
                    let batch = samples.clone().samples(rows);
                    Ok::<_, ModelError>((batch.clone().into(), batch))
                });
                batches.into_iter()
            })
            .unwrap(),
        None => graph,
    };
    graph.build(1, &device).unwrap()
}

fn check(what: &str, output: &AnyTensor, expected: &Value) {
    let (shape, expected) = numbers(expected);
    assert_eq!(output.shape(), shape, "{what}");
    let output = output.clone().into_vec().unwrap();
    check_values(what, &output, &expected);
}

fn check_values(what: &str, output: &[f32], expected: &[f32]) {
    assert_eq!(output.len(), expected.len(), "{what}");
    for (place, (ours, keras)) in output.iter().zip(expected).enumerate() {
        let is_close = (ours - keras).abs() <= 1e-6 + 1e-6 * keras.abs();
        assert!(is_close, "{what}, place {place}: {ours} instead of {keras}");
    }
}

fn check_encoded(what: &str, encoded: &Encoded, expected: &Value) {
    let (shape, expected) = numbers(expected);
    assert_eq!(encoded.shape(), shape, "{what}");
    #[expect(clippy::cast_precision_loss, reason = "small indices")]
    let own: Vec<f32> = match encoded {
        Encoded::Indices { indices, .. } => indices.iter().map(|&index| index as f32).collect(),
        Encoded::Values { values, .. } => values.clone(),
    };
    check_values(what, &own, &expected);
}

/// The layer of a network with what it has learned, read from its JSON again.
fn learned<L: Layer>(model: &Network) -> L {
    let written = serde_json::to_string(model.config()).unwrap();
    let read: Graph = serde_json::from_str(&written).unwrap();
    assert_eq!(&read, model.config());
    read.layers()[0]
        .layer()
        .downcast_ref::<L>()
        .unwrap()
        .clone()
}

#[test]
fn texts_become_what_keras_makes_of_them() {
    let golden = golden("text_vectorization");
    let (seen, asked) = (texts(&golden["texts"]), texts(&golden["asked"]));
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let what = format!("TextVectorization {arguments}");
        let samples = arguments["vocabulary"]
            .is_null()
            .then(|| text_rows(&seen, 1));
        let layer = layer_of("TextVectorization", arguments);
        let model = network(layer.clone(), Shape::text(), samples.as_ref());
        let output = model.predict(text_rows(&asked, 1)).unwrap();
        check(&what, &output, &case["output"]);
        let layer: TextVectorization = learned(&model);
        assert_eq!(
            layer.get_vocabulary().unwrap(),
            texts(&case["vocabulary"]),
            "{what}"
        );
        check_encoded(&what, &layer.apply(&asked).unwrap(), &case["output"]);
        if samples.is_some() {
            let given = layer_of("TextVectorization", arguments);
            let given = given.downcast_ref::<TextVectorization>().unwrap().clone();
            assert_eq!(given.adapt(&seen).unwrap(), layer, "{what}");
        }
    }
}

#[test]
fn words_are_looked_up_as_keras_does() {
    let golden = golden("string_lookup");
    let (seen, asked) = (texts(&golden["seen"]), texts(&golden["asked"]));
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let what = format!("StringLookup {arguments}");
        let layer = layer_of("StringLookup", arguments);
        if arguments["invert"] == true {
            let count = list(&case["tokens"]).len();
            let model = network(layer, [1].into(), None);
            let indices: Vec<i64> = (0..i64::try_from(count).unwrap()).collect();
            let tokens = model.predict(int_rows(&indices, 1)).unwrap();
            assert_eq!(
                tokens.into_texts().unwrap(),
                texts(&case["tokens"]),
                "{what}"
            );
            continue;
        }
        let rows = text_rows(&seen, 2);
        let samples = arguments["vocabulary"].is_null().then_some(&rows);
        let two = Shape::from([Some(2), None]);
        let model = network(layer, two, samples);
        if !case["rows"].is_null() {
            let output = model.predict(text_rows(&asked, 2)).unwrap();
            check(&what, &output, &case["rows"]);
        }
        let layer: StringLookup = learned(&model);
        assert_eq!(
            layer.get_vocabulary().unwrap(),
            texts(&case["vocabulary"]),
            "{what}"
        );
        let asked = texts(&case["asked"]);
        check_encoded(&what, &layer.apply(&asked).unwrap(), &case["output"]);
        let model = network(layer.into(), Shape::text(), None);
        check(
            &what,
            &model.predict(text_rows(&asked, 1)).unwrap(),
            &case["output"],
        );
    }
}

#[test]
fn whole_numbers_are_looked_up_as_keras_does() {
    let golden = golden("integer_lookup");
    let (seen, asked) = (integers(&golden["seen"]), integers(&golden["asked"]));
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let what = format!("IntegerLookup {arguments}");
        let layer = layer_of("IntegerLookup", arguments);
        if arguments["invert"] == true {
            let count = list(&case["tokens"]).len();
            let model = network(layer, [1].into(), None);
            let indices: Vec<i64> = (0..i64::try_from(count).unwrap()).collect();
            let tokens = model.predict(int_rows(&indices, 1)).unwrap();
            assert_eq!(
                tokens.into_ints().unwrap(),
                integers(&case["tokens"]),
                "{what}"
            );
            continue;
        }
        let rows = int_rows(&seen, 2);
        let samples = arguments["vocabulary"].is_null().then_some(&rows);
        let model = network(layer, [2].into(), samples);
        if !case["rows"].is_null() {
            let output = model.predict(int_rows(&asked, 2)).unwrap();
            check(&what, &output, &case["rows"]);
        }
        let layer: IntegerLookup = learned(&model);
        assert_eq!(
            layer.get_vocabulary().unwrap(),
            integers(&case["vocabulary"]),
            "{what}"
        );
        let asked = integers(&case["asked"]);
        check_encoded(&what, &layer.apply(&asked).unwrap(), &case["output"]);
        let model = network(layer.into(), [1].into(), None);
        check(
            &what,
            &model.predict(int_rows(&asked, 1)).unwrap(),
            &case["output"],
        );
    }
}

#[test]
fn categories_have_the_bins_that_keras_gives_them() {
    let golden = golden("hashing");
    for case in list(&golden["cases"]) {
        let mut arguments = case["arguments"].clone();
        let is_text = case["of"] == "words";
        if is_text {
            arguments["input_dtype"] = json!("string");
        }
        let what = format!("Hashing {arguments}");
        let rows = |width: usize| {
            if is_text {
                text_rows(&texts(&golden["words"]), width)
            } else {
                int_rows(&integers(&golden["numbers"]), width)
            }
        };
        let shape = |width: usize| match (is_text, width) {
            (true, 1) => Shape::text(),
            (true, width) => [Some(width), None].into(),
            (false, width) => [width].into(),
        };
        let layer = layer_of("Hashing", &arguments);
        let model = network(layer.clone(), shape(1), None);
        check(&what, &model.predict(rows(1)).unwrap(), &case["output"]);
        if !case["rows"].is_null() {
            let model = network(layer, shape(2), None);
            check(&what, &model.predict(rows(2)).unwrap(), &case["rows"]);
        }
    }
}

#[test]
fn crossed_categories_have_the_bins_that_keras_gives_them() {
    let golden = golden("hashed_crossing");
    let (words, whole) = (texts(&golden["words"]), integers(&golden["numbers"]));
    let device = Device::flex();
    for case in list(&golden["cases"]) {
        for (name, kinds) in [
            ("words_and_numbers", ["string", "int64"]),
            ("numbers_and_words", ["int64", "string"]),
            ("words_twice", ["string", "string"]),
        ] {
            let mut arguments = case["arguments"].clone();
            arguments["input_dtypes"] = json!(kinds);
            let what = format!("HashedCrossing {arguments}");
            let inputs = [0, 1].map(|place| match kinds[place] {
                "string" => text_input(format!("{place}")),
                _ => named_input(format!("{place}"), [1]),
            });
            let layer = NewLayer::from(layer_of("HashedCrossing", &arguments));
            let output = layer.on(&inputs[..]);
            let model = Graph::new(inputs, [output]).build(1, &device).unwrap();
            let signals: Signals = kinds
                .iter()
                .map(|kind| match *kind {
                    "string" => Signal::from(text_rows(&words, 1)),
                    _ => int_rows(&whole, 1).into(),
                })
                .collect();
            let output = model.predict_all(signals).unwrap().into_values().unwrap();
            check(&what, &output, &case[name]);
        }
    }
}

#[test]
fn numbers_have_the_bins_that_keras_finds() {
    let golden = golden("discretization");
    let rows = |value: &Value| {
        let rows: Vec<Vec<f32>> = serde_json::from_value(value.clone()).unwrap();
        let shape = [rows.len(), rows[0].len()];
        let data = TensorData::new(rows.concat(), shape);
        AnyTensor::from(Tensor::<2>::from_data(data, &Device::flex()))
    };
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let what = format!("Discretization {arguments}");
        let mut layer: Discretization = serde_json::from_value(arguments.clone()).unwrap();
        if let Some(seen) = case["seen"].as_str() {
            assert!(layer.needs_adapting());
            layer = layer.adapt(rows(&golden[seen])).unwrap();
        }
        let expected: Vec<f32> = serde_json::from_value(case["bin_boundaries"].clone()).unwrap();
        check_values(&what, layer.bin_boundaries().unwrap(), &expected);
        let model = network(layer.into(), [2].into(), None);
        let output = model.predict(rows(&golden["asked"])).unwrap();
        assert_eq!(
            output.is_int(),
            arguments["output_mode"].is_null(),
            "{what}"
        );
        check(&what, &output, &case["output"]);
    }
    let model = network(Discretization::new([0.0, 1.0]).into(), [1].into(), None);
    let nan = Tensor::<2>::from_floats([[f32::NAN]], &Device::flex());
    assert_eq!(model.predict(nan).unwrap().into_ints().unwrap(), [2]);
}

#[test]
fn indices_become_ones_and_counts_as_in_keras() {
    let golden = golden("category_encoding");
    let rows = |value: &Value| {
        let rows: Vec<Vec<i64>> = serde_json::from_value(value.clone()).unwrap();
        let width = rows[0].len();
        int_rows(&rows.concat(), width)
    };
    for case in list(&golden["cases"]) {
        let asked = rows(&case["asked"]);
        let layer = layer_of("CategoryEncoding", &case["arguments"]);
        let model = network(layer, asked.shape()[1..].into(), None);
        let what = case["arguments"].to_string();
        check(&what, &model.predict(asked).unwrap(), &case["output"]);
    }
    let weighted = &golden["weighted"];
    let weights: Vec<[f32; 2]> = serde_json::from_value(weighted["count_weights"].clone()).unwrap();
    let data = TensorData::new(weights.concat(), [4, 2]);
    let weights = Tensor::<2>::from_data(data, &Device::flex());
    let (indices, shares) = (input([2]), input([2]));
    let counts = CategoryEncoding::new(4).with_output_mode(OutputMode::Count);
    let counts = counts.on([&indices, &shares]);
    let model = Graph::new([indices, shares], [counts])
        .build(1, &Device::flex())
        .unwrap();
    let inputs = Signals::from([Signal::from(rows(&weighted["asked"])), weights.into()]);
    let output = model.predict_all(inputs).unwrap().into_values().unwrap();
    check("count_weights", &output, &weighted["output"]);
}

#[test]
fn layers_are_read_as_keras_writes_them() {
    let golden = golden("configs");
    let read: Vec<NewLayer> = list(&golden)
        .iter()
        .map(|config| serde_json::from_value(config.clone()).unwrap())
        .collect();
    let text = TextVectorization::new();
    let expected: Vec<NewLayer> = vec![
        text.clone()
            .with_max_tokens(20)
            .with_ngrams([1, 2])
            .with_output_mode(OutputMode::TfIdf)
            .into(),
        text.with_vocabulary(["a", "b"])
            .with_split(Split::Character)
            .without_standardize()
            .with_output_sequence_length(5)
            .into(),
        StringLookup::new()
            .with_vocabulary(["a", "b"])
            .with_mask_token("")
            .with_num_oov_indices(2)
            .with_salt(3)
            .into(),
        StringLookup::new()
            .with_vocabulary(["a", "b"])
            .with_output_mode(OutputMode::TfIdf)
            .with_idf_weights([1.0, 2.0])
            .into(),
        IntegerLookup::new()
            .with_vocabulary([3, 5])
            .inverted()
            .into(),
        // That it hashes texts, the mask says.
        layer_of(
            "Hashing",
            &json!({"num_bins": 3, "salt": [1, 2], "mask_value": "x"}),
        )
        .into(),
        Hashing::new(3).with_output_mode(OutputMode::OneHot).into(),
        layer_of("HashedCrossing", &json!({"num_bins": 3})).into(),
        layer_of(
            "HashedCrossing",
            &json!({"num_bins": 3, "output_mode": "one_hot"}),
        )
        .into(),
        layer_of(
            "Discretization",
            &json!({"num_bins": 3, "bin_boundaries": [1.333_333_4, 2.666_666_7]}),
        )
        .into(),
        Discretization::new([0.5, 1.5])
            .with_output_mode(OutputMode::Count)
            .into(),
        CategoryEncoding::new(4)
            .with_output_mode(OutputMode::Count)
            .into(),
    ];
    for ((read, expected), config) in read.into_iter().zip(expected).zip(list(&golden)) {
        let name = config["config"]["name"].as_str().unwrap();
        assert_eq!(read, expected.named(name), "{config}");
    }
    for (field, value) in [
        ("sparse", json!(true)),
        ("ragged", json!(true)),
        ("encoding", json!("latin-1")),
    ] {
        let config = json!({"class_name": "TextVectorization", "config": {field: value}});
        let error = serde_json::from_value::<AnyLayer>(config)
            .unwrap_err()
            .to_string();
        assert!(error.contains(field), "{error}");
    }
}

#[test]
fn a_network_keeps_its_vocabulary_in_its_file() {
    let device = Device::flex();
    let many: Vec<String> = (0..20_000).map(|number| format!("wörd{number}")).collect();
    let words = TextVectorization::new()
        .with_vocabulary(many)
        .with_output_sequence_length(3);
    let (text, color) = (text_input("text"), text_input("color"));
    let index = StringLookup::new().with_vocabulary(["red"]).on(&color);
    let vectors = Embedding::new(20_002, 2)
        .with_mask_zero()
        .on(words.on(&text));
    let mean = GlobalAveragePooling1D::new().on(vectors);
    let network = Graph::new([text, color], [mean, index]);
    let model = network.build(3, &device).unwrap();
    let asked = || {
        let text = AnyTensor::from_texts(&["Wörd7, wörd19999", "wörd1 wörd2 wörd3 wörd4"], &device);
        Signals::from([
            Signal::from(text),
            AnyTensor::from_texts(&["blue", "red"], &device).into(),
        ])
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    save_model(&model, &path).unwrap();
    let loaded = SavedModel::read(&path)
        .unwrap()
        .into_network(&device)
        .unwrap();
    let answers = |outputs: Signals| {
        outputs
            .into_iter()
            .map(|own| own.into_values().into_vec().unwrap())
    };
    let [ours, theirs]: [Vec<Vec<f32>>; 2] = [
        answers(model.predict_all(asked()).unwrap()).collect(),
        answers(loaded.predict_all(asked()).unwrap()).collect(),
    ];
    assert_eq!(ours, theirs);
    assert_eq!(ours[1], [0.0, 1.0]);
    assert!(ours[0].iter().all(|value| *value != 0.0), "{ours:?}");
}

#[test]
fn what_has_no_place_is_an_error_before_it_is_learned_from() {
    let device = Device::flex();
    let closed = StringLookup::new()
        .with_vocabulary(["red", "blue"])
        .with_num_oov_indices(0);
    let model = network(closed.into(), Shape::text(), None);
    let colors = AnyTensor::from_texts(&["blue", "mauve"], &device);
    assert_eq!(
        model.predict(colors.clone()).unwrap_err().to_string(),
        "layer `string_lookup` (StringLookup, index 0) has no place for what is not in its vocabulary, received `mauve` at \
         place 0 of sample 1 (both counted from 0); correct the data, or give it a place by `num_oov_indices`; it receives [5] \
         from the input"
    );
    assert_eq!(
        model.forward(colors, Mode::Inference).into_ints().unwrap(),
        [1, -1]
    );
    let encoding = network(CategoryEncoding::new(2).into(), [2].into(), None);
    let indices = int_rows(&[0, 1, 1, 2], 2);
    let error = encoding.predict(indices.clone()).unwrap_err().to_string();
    assert!(
        error.contains("from 0 to 1, received 2 at place 1 of sample 1"),
        "{error}"
    );
    let ones = encoding
        .forward(indices, Mode::Inference)
        .into_vec()
        .unwrap();
    assert_eq!(ones, [1.0, 1.0, 0.0, 1.0]);
}

#[test]
fn a_layer_that_has_not_learned_or_cannot_says_why() {
    let device = Device::flex();
    let text = TextVectorization::new;
    for (layer, expected) in [
        (
            AnyLayer::from(text()),
            "needs `vocabulary` to be given, or learned by `adapt`, it is None",
        ),
        (
            text().with_vocabulary(["a", "b", "a"]).into(),
            "expected different tokens, received `a` at the places 0 and 2",
        ),
        (
            text().with_vocabulary(["a", ""]).into(),
            "without the mask ``",
        ),
        (
            text().with_vocabulary(["a", "b"]).with_max_tokens(3).into(),
            "at most `max_tokens` = 3 places",
        ),
        (
            text().with_vocabulary([""; 0]).into(),
            "needs `vocabulary` to be at least one token",
        ),
        (
            text()
                .with_vocabulary(["a"])
                .with_ngrams(Ngrams::UpTo(0))
                .into(),
            "needs `ngrams` to be numbers from 1 on",
        ),
        (
            text()
                .with_vocabulary(["a"])
                .with_output_mode(OutputMode::TfIdf)
                .into(),
            "one weight for each of the 1 tokens of the vocabulary, it is \"0 weights\"",
        ),
        (
            text().padded_to_max_tokens().with_vocabulary(["a"]).into(),
            "needs `max_tokens` to be there where `pad_to_max_tokens` is",
        ),
        (
            StringLookup::new()
                .with_vocabulary(["a"])
                .with_output_mode(OutputMode::Count)
                .inverted()
                .into(),
            "needs `output_mode` to be `int` where `invert` is, it is Count",
        ),
        (
            Discretization::of_num_bins(3).into(),
            "needs `bin_boundaries` to be given",
        ),
        (
            Discretization::of_num_bins(0).into(),
            "needs `num_bins` to be at least 1",
        ),
        (
            Discretization::new([2.0, 1.0]).into(),
            "expected numbers that rise",
        ),
        (
            CategoryEncoding::new(0).into(),
            "needs `num_tokens` to be at least 1",
        ),
        (
            CategoryEncoding::new(3)
                .with_output_mode(OutputMode::Int)
                .into(),
            "needs `output_mode` to be `one_hot`, `multi_hot` or `count`, it is Int",
        ),
    ] {
        let network = Sequential::new(Shape::text()).add(layer);
        let error = network.build(1, &device).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(text().adapt(&["", "..."]).is_err());
    let late = Sequential::new([1])
        .add(Dense::new(1))
        .add(Discretization::of_num_bins(2));
    let batch = || int_rows(&[1, 2], 1);
    let error = late
        .adapt(&device, || {
            std::iter::once(Ok::<_, ModelError>((batch(), batch())))
        })
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("needs `bin_boundaries` to be given, or no layer before"),
        "{error}"
    );
}

#[test]
fn what_follows_a_vocabulary_may_depend_on_its_size() {
    let device = Device::flex();
    let counts = TextVectorization::new().with_output_mode(OutputMode::Count);
    let network = Sequential::new(Shape::text())
        .add(counts)
        .add(Dense::new(2));
    let texts = AnyTensor::from_texts(&["a b", "b c"], &device);
    let batch = || Ok::<_, ModelError>((texts.clone(), texts.clone()));
    let network = network.adapt(&device, || std::iter::once(batch())).unwrap();
    assert!(network.is_adapted());
    let model = network.build(1, &device).unwrap();
    assert_eq!(model.summary().num_params(), 4 * 2 + 2);
    assert_eq!(model.predict(texts).unwrap().shape(), [2, 2]);
}

#[test]
fn whole_numbers_beyond_single_precision_are_told_apart() {
    let (one, other) = (16_777_216_i64, 16_777_217_i64);
    let layer = IntegerLookup::new().with_vocabulary([one, other, i64::MAX]);
    let model = network(layer.into(), [3].into(), None);
    let output = model.predict(int_rows(&[other, i64::MAX, one], 3)).unwrap();
    assert_eq!(output.into_ints().unwrap(), [2, 3, 1]);
}

#[test]
fn inputs_of_a_crossing_are_one_category_each() {
    let (a, b) = (input([2]), input([1]));
    let crossing = layer_of("HashedCrossing", &json!({"num_bins": 3}));
    let both = NewLayer::from(crossing).on([&a, &b]);
    let error = Graph::new([a, b], [both])
        .output_shapes()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("one category a sample at each input"),
        "{error}"
    );
    assert_eq!(InputDtype::default(), InputDtype::Integers);
}
