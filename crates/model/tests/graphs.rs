//! Networks in the functional form.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor};
use firebrick_model::layers::{
    Add, Concatenate, Conv2D, Dense, Dropout, Embedding, Flatten, GlobalAveragePooling2D, Layer,
    MaxPooling2D, Multiply, Normalization, Padding, Subtract,
};
use firebrick_model::{
    Activation, AnyTensor, Draws, Graph, GraphLayer, Mode, Model, ModelError, NamedLayer, Network,
    Node, SavedModel, Sequential, Shape, Signal, Signals, input, named_input, save_model,
};

#[path = "graphs/calls.rs"]
mod calls;
#[path = "graphs/features.rs"]
mod features;
#[path = "graphs/summaries.rs"]
mod summaries;

use summaries::assert_summary;

fn device() -> Device {
    Device::flex()
}

fn rows<const N: usize, const M: usize>(rows: [[f32; M]; N]) -> Signal {
    Tensor::<2>::from_floats(rows, &device()).into()
}

fn values(signal: &Signal) -> Vec<f32> {
    signal.values().clone().into_vec().unwrap()
}

fn error(graph: &Graph) -> String {
    graph.build(1, &device()).unwrap_err().to_string()
}

/// What Keras prints, see `data/make_summaries.py`.
fn keras_summary(name: &str) -> String {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("data/summaries.json")).unwrap();
    let text = golden["summaries"][name].as_str().unwrap();
    format!("{}\n", text.trim_end())
}

/// The graph of Keras' golden summary.
fn golden_graph() -> Graph {
    let a = named_input("a", [8]);
    let b = named_input("b", [4]);
    let x = Dense::new(4).on(&a);
    let y = Dense::new(4).on(Concatenate::new().on([&x, &b]));
    let sum = Add::new().on([&x, &y]);
    let o1 = Dense::new(1).named("o1").on(&sum);
    let o2 = Dense::new(2).named("o2").on(&sum);
    Graph::new([a, b], [o1, o2])
}

#[test]
fn the_summary_of_a_graph_is_that_of_keras() {
    let text = golden_graph().summary().unwrap().to_string();
    let expected = keras_summary("functional");
    assert_eq!(text, expected);
}

#[test]
fn a_nested_network_is_shown_within_when_asked_for() {
    let inner = Sequential::new([4])
        .add(Dense::new(3))
        .add(Dense::new(2))
        .named("inner");
    let network = Sequential::new([4])
        .add(inner)
        .add(Dense::new(1).named("dense_2"));
    let summary = network.summary().unwrap();
    assert_eq!(summary.num_params(), 26);
    let expected = keras_summary("nested");
    assert_eq!(summary.clone().expanded().to_string(), expected);
    assert_eq!(summary.expanded().num_params(), 26);
}

#[test]
fn a_graph_computes_what_its_layers_say() {
    let (a, b) = (input([2]), input([2]));
    let sum = &a + &b;
    let difference = &a - &b;
    let product = &sum * &difference;
    let model = Graph::new([a, b], [product, sum])
        .build(1, &device())
        .unwrap();
    let answers = model
        .predict_all([rows([[3.0, 5.0]]), rows([[1.0, 2.0]])].into())
        .unwrap();
    assert_eq!(values(&answers[0]), [8.0, 21.0]);
    assert_eq!(values(&answers[1]), [4.0, 7.0]);
}

#[test]
fn a_shared_layer_has_its_weights_once_and_learns_from_all_its_calls() {
    let encoder = Dense::new(3).without_bias().shared();
    let (left, right) = (input([2]), input([2]));
    let distance = Subtract::new().on([&encoder.on(&left), &encoder.on(&right)]);
    let model = Graph::new([left, right], distance)
        .build(1, &device())
        .unwrap();
    assert_eq!(model.get_weights().unwrap().len(), 1);
    let same = rows([[0.3, -0.7]]);
    let answers = model.predict_all([same.clone(), same].into()).unwrap();
    assert_eq!(values(&answers[0]), [0.0; 3]);

    // d/dK of sum(aK - bK) is a - b in every column.
    let device = Device::flex().autodiff();
    let model = model.train().fork(&device);
    let batch = |row: [f32; 2]| Signal::from(Tensor::<2>::from_floats([row], &device));
    let answers = model
        .call(
            [batch([3.0, 4.0]), batch([1.0, 1.0])].into(),
            Mode::Training(Draws::new(1, 0)),
        )
        .unwrap();
    let loss = answers.outputs.into_rank::<2>().unwrap().sum();
    let gradients = GradientsParams::from_grads(loss.backward(), &model);
    let id = burn::module::list_param_ids(&model)[0];
    let gradient: Vec<f32> = gradients.get::<2>(id).unwrap().into_data().iter().collect();
    assert_eq!(gradient, [2.0, 2.0, 2.0, 3.0, 3.0, 3.0]);
}

#[test]
fn calls_of_a_shared_dropout_draw_other_numbers() {
    let drop = Dropout::new(0.5).shared();
    let x = input([64]);
    let model = Graph::new([&x], [drop.on(&x), drop.on(&x)])
        .build(1, &device())
        .unwrap();
    let ones = || Signals::from(Tensor::<2>::ones([1, 64], &device()));
    let mode = Mode::Training(Draws::new(7, 3));
    let once = model.forward_all(ones(), mode).unwrap();
    assert_ne!(values(&once[0]), values(&once[1]));
    let again = model.forward_all(ones(), mode).unwrap();
    assert_eq!(values(&once[0]), values(&again[0]));
}

#[test]
fn a_network_within_a_network_learns_is_frozen_and_saved_with_it() {
    let inner = Sequential::new([4])
        .add(Dense::new(3).with_activation(Activation::Tanh))
        .add(Dense::new(2))
        .named("encoder");
    let x = input([4]);
    let y = Dense::new(1).on(inner.clone().on(&x));
    let graph = Graph::new([x], y);
    let model = graph.build(3, &device()).unwrap();
    let names: Vec<String> = graph
        .weights()
        .unwrap()
        .into_iter()
        .map(|(layer, weight)| format!("{layer}/{}", weight.name))
        .collect();
    assert_eq!(
        names,
        [
            "encoder/dense/kernel",
            "encoder/dense/bias",
            "encoder/dense_1/kernel",
            "encoder/dense_1/bias",
            "dense/kernel",
            "dense/bias"
        ]
    );
    let batch = || rows([[0.1, 0.2, 0.3, 0.4]]).into_values();
    // By hand: the same layers one after another.
    let line = Sequential::new([4])
        .add(Dense::new(3).with_activation(Activation::Tanh))
        .add(Dense::new(2))
        .add(Dense::new(1));
    let given = model.get_weights().unwrap();
    let given = given
        .into_iter()
        .map(firebrick_model::WeightValue::into_values);
    let line = line.build_with_weights(given, &device()).unwrap();
    let expected = line.predict(batch()).unwrap().into_vec().unwrap();
    assert_eq!(
        model.predict(batch()).unwrap().into_vec().unwrap(),
        expected
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    save_model(&model, &path).unwrap();
    let loaded = SavedModel::read(&path)
        .unwrap()
        .into_network(&device())
        .unwrap();
    assert_eq!(loaded.config(), model.config());
    assert_eq!(
        loaded.predict(batch()).unwrap().into_vec().unwrap(),
        expected
    );

    let frozen = model.freeze_layer("encoder").unwrap();
    assert_eq!(frozen.summary().num_trainable_params(), 3);
    assert_eq!(moved(&frozen), [false, false, false, false, true, true]);
    // A layer that is frozen within stays so.
    let inner = inner.freeze_layer("dense").unwrap();
    let x = input([4]);
    let model = Graph::new([&x], inner.on(&x)).build(3, &device()).unwrap();
    assert_eq!(moved(&model), [false, false, true, true]);
}

/// Which weights a step of training moves.
fn moved(model: &Network) -> Vec<bool> {
    let device = Device::flex().autodiff();
    let learning = model.clone().train().fork(&device);
    let x = Tensor::<2>::from_floats([[0.5, -1.0, 2.0, 0.25]], &device);
    let answers = learning
        .call(x.into(), Mode::Training(Draws::new(1, 0)))
        .unwrap();
    let loss = answers.outputs.into_rank::<2>().unwrap().exp().sum();
    let gradients = GradientsParams::from_grads(loss.backward(), &learning);
    let mut optimizer: ModuleOptimizer = SgdConfig::new().init();
    let learned = optimizer.step(0.1, learning, gradients).valid();
    let weights = |model: &Network| model.get_weights().unwrap();
    let pairs = weights(model).into_iter().zip(weights(&learned));
    pairs.map(|(before, after)| before != after).collect()
}

#[test]
fn weights_of_one_shape_within_one_layer_start_differently() {
    let inner = Sequential::new([4]).add(Dense::new(4)).add(Dense::new(4));
    let model = Sequential::new([4]).add(inner).build(1, &device()).unwrap();
    let weights = model.get_weights().unwrap();
    assert_ne!(weights[0], weights[2]);
}

#[test]
fn a_resnet_of_images_of_any_size_is_built_once() {
    let convolution = |filters| {
        Conv2D::new(filters, 3)
            .with_padding(Padding::Same)
            .with_activation(Activation::Relu)
    };
    let image = input([None, None, Some(3)]);
    let x = convolution(4).on(&image);
    let y = convolution(4).on(convolution(4).on(&x));
    let x = MaxPooling2D::new(2).on(&x + &y);
    let classes = Dense::new(3).with_activation(Activation::Softmax);
    let answers = classes.on(GlobalAveragePooling2D::new().on(x));
    let graph = Graph::new([image], answers);
    let shapes: Vec<String> = graph
        .summary()
        .unwrap()
        .layers()
        .iter()
        .map(|layer| layer.output_shape.to_string())
        .collect();
    assert_eq!(shapes[0], "[None, None, 3]");
    assert_eq!(shapes.last().unwrap(), "[3]");
    let model = graph.build(1, &device()).unwrap();
    for size in [8, 13] {
        let images = Tensor::<4>::ones([2, size, size + 1, 3], &device());
        assert_eq!(model.predict(images).unwrap().shape(), [2, 3]);
    }
    let error = model
        .predict(Tensor::<4>::ones([2, 8, 8, 4], &device()))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("expects a batch of [None, None, 3], received [2, 8, 8, 4]"),
        "{error}"
    );
}

#[test]
fn sizes_that_come_with_the_data_are_looked_at_then() {
    let network = Sequential::new([None, None, Some(1)])
        .add(Conv2D::new(2, 5))
        .add(GlobalAveragePooling2D::new());
    let model = network.build(1, &device()).unwrap();
    assert!(
        model
            .predict(Tensor::<4>::ones([1, 5, 9, 1], &device()))
            .is_ok()
    );
    let small = Tensor::<4>::ones([1, 4, 9, 1], &device());
    let error = model.predict(small).unwrap_err().to_string();
    assert!(
        error.contains("layer `conv2d` (Conv2D, index 0) expects an input of at least 5 positions"),
        "{error}"
    );
}

#[test]
fn an_axis_that_has_to_be_known_is_asked_for_by_the_layer_that_needs_it() {
    let network = Sequential::new([None, None, Some(3)])
        .add(Conv2D::new(2, 3))
        .add(Flatten::new())
        .add(Dense::new(2));
    let error = network.build(1, &device()).unwrap_err().to_string();
    assert!(error.contains("layer `dense` (Dense, index 2)"), "{error}");
    assert!(
        error.contains("it receives [None] from layer `flatten` (Flatten)"),
        "{error}"
    );
}

#[test]
fn only_the_last_activation_that_nobody_else_sees_is_left_to_the_loss() {
    let x = input([3]);
    let gate = Dense::new(3).with_activation(Activation::Sigmoid).on(&x);
    let seen = Multiply::new().on([&x, &gate]);
    let classes = Dense::new(2).with_activation(Activation::Softmax).on(&seen);
    let graph = Graph::new([&x], [&classes, &gate]);
    let model = graph.build(1, &device()).unwrap();
    // The gate is also multiplied with: it is no logit.
    assert_eq!(
        model.output_activations(),
        [Activation::Softmax, Activation::Linear]
    );
    let x = || Signals::from(Tensor::<2>::from_floats([[1.0, -2.0, 0.5]], &device()));
    let whole = model.predict_all(x()).unwrap();
    let raw = model.call(x(), Mode::Inference).unwrap().outputs;
    assert_eq!(values(&raw[1]), values(&whole[1]));
    let softmax = Activation::Softmax.activate(raw[0].values().clone());
    assert_eq!(softmax.into_vec().unwrap(), values(&whole[0]));
    assert!((values(&whole[0]).iter().sum::<f32>() - 1.0).abs() < 1e-6);
}

#[test]
fn a_graph_is_written_and_read_as_it_is() {
    let graph = golden_graph();
    let text = serde_json::to_string(&graph).unwrap();
    let read: Graph = serde_json::from_str(&text).unwrap();
    assert_eq!(read, graph);
    let model = graph.build(5, &device()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    save_model(&model, &path).unwrap();
    let loaded = SavedModel::read(&path)
        .unwrap()
        .into_model(&device())
        .unwrap();
    let inputs = || Signals::from([rows([[0.5; 8]]), rows([[1.0; 4]])]);
    let [ours, theirs] = [
        model.predict_all(inputs()),
        Model::predict_all(&loaded, inputs()),
    ]
    .map(Result::unwrap);
    assert_eq!(values(&ours[1]), values(&theirs[1]));
    assert_eq!(loaded.output_names(), ["o1", "o2"]);
    assert_eq!(loaded.input_names(), ["a", "b"]);
    // What refers to what is not there is refused.
    for (from, to, words) in [
        ("\"layer\":3", "\"layer\":30", "calls layer 30, of 6 layers"),
        (
            "{\"input\":1}",
            "{\"input\":2}",
            "a call of layer `concatenate`, takes from Input(2), which does not stand before it",
        ),
        (
            "{\"node\":[0,0]}",
            "{\"node\":[9,0]}",
            "takes from Node(9, 0), which does not stand before it",
        ),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text);
        let error = serde_json::from_str::<Graph>(&broken)
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn wrong_graphs_are_errors_that_name_the_nodes() {
    let unused = {
        let (a, b) = (named_input("a", [2]), named_input("b", [2]));
        let y = Dense::new(1).on(&a);
        Graph::new([a, b], y)
    };
    assert_eq!(
        error(&unused),
        "nothing that leaves the graph (dense) depends on its input `b`; connect it, or leave it out"
    );
    let missing = {
        let (a, b) = (named_input("a", [2]), named_input("b", [2]));
        let y = Add::new().on([&a, &b]);
        Graph::new([a], y)
    };
    assert_eq!(
        error(&missing),
        "layer `add` takes from the input `b`, which is not among the inputs of the graph; add it to them"
    );
    let twice = {
        let x = input([2]);
        let y = Dense::new(1)
            .named("top")
            .on(Dense::new(2).named("top").on(&x));
        Graph::new([x], y)
    };
    assert!(
        error(&twice).contains("two layers are named `top`"),
        "{}",
        error(&twice)
    );
    let input_as_layer = {
        let x = named_input("x", [2]);
        let y = Dense::new(1).named("x").on(&x);
        Graph::new([x], y)
    };
    assert!(
        error(&input_as_layer).contains("the input `x` has the name"),
        "{}",
        error(&input_as_layer)
    );
    let unlike = {
        let (a, b) = (named_input("a", [2]), named_input("b", [3]));
        let y = Add::new().on([&a, &b]);
        Graph::new([a, b], y)
    };
    assert_eq!(
        error(&unlike),
        "layer `add` (Add, index 0) expects an input of shapes that meet: along each axis the same size, or 1; \
         bring them into one shape, e.g. by a Dense, a convolution of 1, or a Reshape; it receives [2] from the \
         input `a` and [3] from the input `b`"
    );
    let no_input = {
        let x = input([2]);
        let y = Dense::new(1).on(&x);
        Graph::new([Dense::new(2).named("mid").on(&x)], y)
    };
    assert!(
        error(&no_input).contains("`mid` is what a layer gives"),
        "{}",
        error(&no_input)
    );
    let no_output = {
        let x = input([2]);
        Graph::new([x], Vec::<Node>::new())
    };
    assert!(!error(&no_output).is_empty());
    let second = {
        let x = input([2]);
        let y = Dense::new(1).on(&x).output(1);
        Graph::new([x], y)
    };
    assert!(
        error(&second).contains("layer `dense` gives 1 output(s)"),
        "{}",
        error(&second)
    );
    let masked = {
        let x = input([5]);
        let steps = Embedding::new(10, 4).with_mask_zero().on(&x);
        let y = Flatten::new().on(steps);
        Graph::new([x], y)
    };
    assert!(
        error(&masked)
            .starts_with("layer `flatten` (Flatten, index 1) cannot take the mask that arrives"),
        "{}",
        error(&masked)
    );
    let several = golden_graph().build(1, &device()).unwrap();
    let refused = several
        .predict(Tensor::<2>::zeros([1, 8], &device()))
        .unwrap_err();
    assert!(matches!(refused, ModelError::NumInputs { .. }), "{refused}");
}

#[test]
fn what_takes_from_nothing_and_what_is_wrong_within_is_named() {
    let from_nothing = {
        let x = input([2]);
        let none = Dense::new(2).named("lost").on(Vec::<Node>::new());
        let y = Add::new().on([&x, &none]);
        Graph::new([x], y)
    };
    assert_eq!(
        error(&from_nothing),
        "layer `lost` (Dense, index 0) takes at least 1 input(s), received 0; give it as many; it receives nothing"
    );
    let within = {
        let inner = Sequential::new([3])
            .add(Dense::new(2).named("deep"))
            .add(Conv2D::new(1, 3).named("wrong"));
        let x = input([3]);
        Graph::new([&x], inner.named("part").on(&x))
    };
    let text = error(&within);
    assert!(
        text.contains("layer `part`")
            && text.contains("layer `wrong`")
            && text.contains("layer `deep`"),
        "{text}"
    );
}

#[test]
fn a_list_of_named_layers_may_stand_in_any_order_but_not_in_a_circle() {
    let x = || [("x", Shape::from([4]))];
    let sum = NamedLayer::new(Add::new().named("sum")).taking_from(["a", "b"]);
    let a = NamedLayer::new(Dense::new(3).named("a")).taking_from(["x"]);
    let b = NamedLayer::new(Dense::new(3).named("b")).taking_from(["a"]);
    let graph = Graph::from_named(x(), [sum.clone(), b.clone(), a.clone()], ["sum"]).unwrap();
    let names: Vec<&str> = graph.layers().iter().map(GraphLayer::name).collect();
    assert_eq!(names, ["a", "b", "sum"]);
    assert_eq!(graph.output_shapes().unwrap(), [[3]]);

    let a_after_b = NamedLayer::new(Dense::new(3).named("a")).taking_from(["b"]);
    let circle = Graph::from_named(x(), [sum.clone(), b, a_after_b], ["sum"]).unwrap_err();
    let text = circle.to_string();
    assert!(text.starts_with("the layers "), "{text}");
    assert!(text.contains("a, b") || text.contains("b, a"), "{text}");
    assert!(text.contains("take from each other in a circle"), "{text}");

    let spare = NamedLayer::new(Dense::new(3).named("spare")).taking_from(["a"]);
    let b = NamedLayer::new(Dense::new(3).named("b")).taking_from(["a"]);
    let unused = Graph::from_named(x(), [a.clone(), spare, b], ["b"]).unwrap_err();
    assert_eq!(
        unused.to_string(),
        "nothing that leaves the graph (b) depends on its layer `spare`; take from it, name it as an output, or leave it out"
    );

    let lost = NamedLayer::new(Dense::new(3).named("b")).taking_from(["aa"]);
    let error = Graph::from_named(x(), [a, lost], ["b"])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "layer `b` takes from `aa`, which is neither an input nor a layer, did you mean `a`?; known are: x, a, b"
    );
}

#[test]
fn thousands_of_layers_are_written_down_planned_and_let_go() {
    let x = input([4]);
    let mut y = x.clone();
    for _ in 0..20_000 {
        y = firebrick_model::layers::ReLU::new().on(y);
    }
    let graph = Graph::new([x], y);
    assert_eq!(graph.layers().len(), 20_000);
    assert_eq!(graph.output_shapes().unwrap(), [[4]]);
}

#[test]
fn a_normalization_within_a_graph_adapts_to_what_reaches_it() {
    let (a, b) = (named_input("a", [1]), named_input("b", [1]));
    let sum = Add::new().on([&a, &b]);
    let scaled = Normalization::new().on(sum);
    let y = Dense::new(1).on(scaled);
    let graph = Graph::new([a, b], y);
    assert!(!graph.is_adapted());
    let batches = || {
        let inputs = Signals::from([rows([[1.0], [3.0]]), rows([[1.0], [3.0]])]);
        let targets = AnyTensor::from(Tensor::<2>::zeros([2, 1], &device()));
        std::iter::once(Ok::<_, ModelError>((inputs, targets)))
    };
    let graph = graph.adapt(&device(), batches).unwrap();
    let layer = graph.get_layer("normalization").unwrap().layer();
    let layer = layer.downcast_ref::<Normalization>().unwrap();
    assert_eq!(
        (layer.mean().unwrap(), layer.variance().unwrap()),
        (&[4.0][..], &[4.0][..])
    );
}
