//! Embedding, normalization by given statistics, and functions of one's own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::layers::{
    AnyLayer, Dense, Embedding, Flatten, Lambda, Layer, Normalization, Rescaling,
};
use firebrick_model::{AnyTensor, Draws, Mode, Model, ModelError, Network, Sequential, save_model};
use serde_json::Value;

fn values(tensor: AnyTensor) -> Vec<f32> {
    let elements: usize = tensor.shape().iter().product();
    let data = match tensor.rank() {
        2 => tensor.into_rank::<2>().unwrap().reshape([elements]),
        3 => tensor.into_rank::<3>().unwrap().reshape([elements]),
        rank => panic!("no output of rank {rank} is expected"),
    };
    data.into_data().iter().collect()
}

fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        number => vec![serde_json::from_value(number.clone()).unwrap()],
    }
}

fn embedding() -> Network {
    let rows: Vec<f32> = (0..10_u8).map(f32::from).collect();
    Sequential::new([2])
        .add(Embedding::new(5, 2))
        .build_with_weights([rows], &Device::flex())
        .unwrap()
}

#[test]
fn an_index_out_of_range_is_an_error_or_nan_and_never_another_row() {
    let model = embedding();
    let run = |a: f32, b: f32| {
        let x = Tensor::<2>::from_floats([[a, b]], &Device::flex());
        (
            model.predict(x.clone()),
            values(model.forward(x, Mode::Inference)),
        )
    };
    let (predicted, forward) = run(4.0, 0.0);
    assert_eq!(values(predicted.unwrap()), [8.0, 9.0, 0.0, 1.0]);
    assert_eq!(forward, [8.0, 9.0, 0.0, 1.0]);
    assert_eq!(run(3.9, 0.0).1, [6.0, 7.0, 0.0, 1.0]);
    for wrong in [5.0, -1.0, 1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (predicted, forward) = run(2.0, wrong);
        assert_eq!(forward[..2], [4.0, 5.0]);
        assert!(
            forward[2].is_nan() && forward[3].is_nan(),
            "{wrong}: {forward:?}"
        );
        assert!(predicted.is_err());
    }
    assert_eq!(
        run(2.0, 7.0).0.unwrap_err().to_string(),
        "layer `embedding` (Embedding, index 0) has rows for the indices from 0 to 4, received 7 at \
         place 1 of sample 0 (both counted from 0); correct the data or raise `input_dim`; it receives [2] from the input"
    );
}

#[test]
fn rows_that_were_looked_up_get_a_gradient_each_time() {
    let model = embedding().train();
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_floats([[1.0, 3.0], [1.0, 1.0]], &device);
    let y = model
        .forward(x, Mode::Training(Draws::new(1, 0)))
        .into_rank::<3>()
        .unwrap();
    let gradients = GradientsParams::from_grads(y.sum().backward(), &model);
    let id = burn::module::list_param_ids(&model)[0];
    let gradient: Vec<f32> = gradients.get::<2>(id).unwrap().into_data().iter().collect();
    assert_eq!(gradient, [0.0, 0.0, 3.0, 3.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
}

#[test]
fn an_embedding_without_rows_is_an_error() {
    let network = Sequential::new([2]).add(Embedding::new(0, 1));
    assert!(network.build(1, &Device::flex()).is_err());
}

#[test]
fn a_normalization_computes_what_keras_computes() {
    let golden: Value = serde_json::from_str(include_str!("data/weight_rules.json")).unwrap();
    let golden = &golden["normalizations"];
    let samples = TensorData::new(numbers(&golden["samples"]), [5, 2, 3]);
    let samples = Tensor::<3>::from_data(samples, &Device::flex());
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let config = &case["config"];
        let mut layer: Normalization = serde_json::from_value(config.clone()).unwrap();
        if layer.mean().is_none() {
            layer = layer.adapt(samples.clone()).unwrap();
        }
        let text = serde_json::to_string(&layer).unwrap();
        assert_eq!(serde_json::from_str::<Normalization>(&text).unwrap(), layer);
        let model = Sequential::new([2, 3])
            .add(layer)
            .build(1, &Device::flex())
            .unwrap();
        let output = values(model.predict(samples.clone().narrow(0, 0, 2)).unwrap());
        let expected = numbers(&case["output"]);
        assert_eq!(output.len(), expected.len());
        for (ours, keras) in output.iter().zip(expected) {
            let close = (ours - keras).abs() <= 1e-5 + 1e-4 * keras.abs();
            assert!(close, "{config}: {ours} instead of {keras}");
        }
    }
}

#[test]
fn a_normalization_without_suitable_statistics_is_an_error() {
    let error = |layer: Normalization| {
        let network = Sequential::new([2, 3]).add(layer);
        network.build(1, &Device::flex()).unwrap_err().to_string()
    };
    let given = |variance: f32| Normalization::new().with_statistics([0.0], [variance]);
    for (layer, expected) in [
        (
            Normalization::new(),
            "needs `mean` to be given by `with_statistics` or learned by `adapt`, it is None",
        ),
        (given(-1.0), "needs `variance` to be 1 or 3 finite numbers"),
        (
            given(f32::NAN),
            "needs `variance` to be 1 or 3 finite numbers",
        ),
        (
            Normalization::new().with_statistics([0.0; 2], [1.0; 2]),
            "needs `mean` to be 1 or 3 finite numbers, a variance from 0 on, it is [0.0, 0.0]",
        ),
        (
            given(1.0).with_axis(0),
            "of the axes 1 to 2 (0 is the batch), it is [0]",
        ),
        (
            given(1.0).with_axis(3),
            "of the axes 1 to 2 (0 is the batch), it is [3]",
        ),
    ] {
        let error = error(layer);
        assert!(error.contains(expected), "{error}");
    }
    let device = Device::flex();
    let empty = Tensor::<2>::zeros([0, 3], &device);
    assert!(Normalization::new().adapt(empty).is_err());
    let missing = Tensor::<2>::from_floats([[1.0, f32::NAN]], &device);
    let error = Normalization::new().adapt(missing).unwrap_err().to_string();
    assert!(
        error.contains("one or more samples of finite numbers"),
        "{error}"
    );
}

/// Samples and targets, in batches of these sizes.
fn adapted(network: Sequential, sizes: &[usize]) -> Result<Sequential, ModelError> {
    let device = Device::flex();
    let inputs: Vec<f32> = (0..12_u8).map(|i| f32::from(i * i)).collect();
    let inputs = Tensor::<1>::from_floats(&inputs[..], &device).reshape([6, 2]);
    let targets = Tensor::<2>::from_floats([[1.], [2.], [3.], [4.], [5.], [9.]], &device);
    network.adapt(&device, || {
        let mut start = 0;
        let batches: Vec<_> = sizes
            .iter()
            .map(|size| {
                let rows = start..start + size;
                start += size;
                let part = |all: &Tensor<2>| AnyTensor::from(all.clone()).samples(rows.clone());
                Ok((part(&inputs), part(&targets)))
            })
            .collect();
        batches.into_iter()
    })
}

fn statistics(network: &Sequential, index: usize) -> (Vec<f32>, Vec<f32>) {
    let layer = network.layers()[index].layer();
    let layer = layer.downcast_ref::<Normalization>().unwrap();
    (
        layer.mean().unwrap().to_vec(),
        layer.variance().unwrap().to_vec(),
    )
}

#[test]
fn a_network_adapts_every_normalization_to_what_reaches_it() {
    let network = Sequential::new([2])
        .add(Normalization::new())
        .add(Rescaling::new(2.0).with_offset(1.0))
        .add(Normalization::new())
        .add(Dense::new(1))
        .add(Normalization::new().inverted());
    assert!(!network.is_adapted());
    assert_eq!(network.output_shape().unwrap(), [1]);
    let network = adapted(network, &[1, 2, 3]).unwrap();
    assert!(network.is_adapted());

    let close = |(mean, variance): (Vec<f32>, Vec<f32>), expected: &[[f32; 2]]| {
        for (index, [own_mean, own_variance]) in expected.iter().enumerate() {
            assert!((mean[index] - own_mean).abs() < 1e-4 * own_mean.abs().max(1.0));
            assert!((variance[index] - own_variance).abs() < 1e-4 * own_variance.max(1.0));
        }
    };
    // Of 0, 4, 16, 36, 64, 100 and of 1, 9, 25, 49, 81, 121.
    close(
        statistics(&network, 0),
        &[[36.666_668, 1_266.222_2], [47.666_668, 1_779.555_5]],
    );
    close(statistics(&network, 2), &[[1.0, 4.0], [1.0, 4.0]]);
    close(statistics(&network, 4), &[[4.0, 6.666_666_5]]);

    let model = network.build(1, &Device::flex()).unwrap();
    let again = adapted(network.clone(), &[6]).unwrap();
    assert_eq!(again, network, "nothing is left to adapt");
    assert_eq!(model.config(), &network);
}

#[test]
fn a_normalization_that_cannot_be_adapted_says_why() {
    let error =
        |network: Sequential, sizes: &[usize]| adapted(network, sizes).unwrap_err().to_string();
    let waiting = Normalization::new;
    let network = || Sequential::new([2]);
    for (network, sizes, expected) in [
        (
            network().add(Dense::new(3)).add(waiting().named("late")),
            &[6][..],
            "layer `late` (Normalization, index 1) needs `mean` to be given, or no layer before it to have weights",
        ),
        (
            network().add(waiting().inverted()).add(Dense::new(3)),
            &[6],
            "needs `mean` to be given, or the layer, which is inverted, to be the last one, it is None",
        ),
        (
            network().add(Dense::new(3)).add(waiting().inverted()),
            &[6],
            "expects an input of [1], the shape of the targets it adapts to; give the layer before as many units",
        ),
        (
            network().add(waiting()),
            &[],
            "expects an input of one or more samples of finite numbers to adapt to",
        ),
        (
            Sequential::new([3]).add(waiting()),
            &[6],
            "the network expects a batch of [3], received [6, 2]",
        ),
        (
            network().add(waiting().with_axis(2)),
            &[6],
            "needs `axis` to be different ones of the axes 1 to 1",
        ),
    ] {
        let error = error(network, sizes);
        assert!(error.contains(expected), "{error}");
    }
    let half: Normalization = serde_json::from_str("{\"mean\": [1.0]}").unwrap();
    let error = network().add(half).summary().unwrap_err().to_string();
    assert!(error.contains("needs `variance` to be given"), "{error}");
}

fn square() -> Lambda {
    Lambda::new("square", |x| {
        let x: Tensor<2> = x.into_rank()?;
        Ok(x.square().into())
    })
}

fn halved() -> Lambda {
    Lambda::new("halved", |x| {
        let x: Tensor<2> = x.into_rank()?;
        let half = x.dims()[1] / 2;
        Ok(x.narrow(1, 0, half).into())
    })
}

#[test]
fn a_lambda_runs_and_hands_on_gradients() {
    let half = halved().with_output_shape(|input| [input.last().unwrap() / 2].into());
    let network = Sequential::new([4]).add(square()).add(half);
    assert_eq!(network.output_shape().unwrap(), [2]);
    assert_eq!(network.layers()[0].name(), "lambda");
    let device = Device::flex().autodiff();
    let model = network.build(1, &device).unwrap();
    let x = Tensor::<2>::from_floats([[1.0, 2.0, 3.0, 4.0]], &device).require_grad();
    let y = model
        .forward(x.clone(), Mode::Training(Draws::new(1, 0)))
        .into_rank::<2>()
        .unwrap();
    assert_eq!(values(y.clone().into()), [1.0, 4.0]);
    let gradient = x.grad(&y.sum().backward()).unwrap();
    assert_eq!(values(gradient.into()), [2.0, 4.0, 0.0, 0.0]);
}

#[test]
fn lambdas_are_equal_if_they_are_clones() {
    let layer = square();
    assert_eq!(layer.clone(), layer);
    assert_ne!(square(), layer);
    assert_ne!(layer.clone().with_output_shape(Clone::clone), layer);
    assert_eq!(format!("{layer:?}"), r#"Lambda("square")"#);
}

#[test]
fn a_lambda_that_fails_is_found_when_the_network_is_built() {
    let error = |layer: Lambda, input: &[usize]| {
        let network = Sequential::new(input).add(layer).add(Flatten::new());
        network.build(1, &Device::flex()).unwrap_err().to_string()
    };
    assert_eq!(
        error(halved(), &[4]),
        "layer `lambda` (Lambda, index 0) needs `function` to be one that turns [1, 4] into [1, 4], \
         it is `halved`, which gives [1, 2]; change it; it receives [4] from the input"
    );
    let error_of_rank = error(square(), &[4, 4]);
    assert!(error_of_rank.contains("`square`, which fails: expected a tensor of rank 2"));
    let panics = Lambda::new("broken", |_| panic!("no idea"));
    assert!(error(panics, &[4]).contains("`broken`, which panics: no idea"));
    let shape = square().with_output_shape(|_| panic!("no shape"));
    assert!(error(shape, &[4]).contains("panics: no shape"));
}

#[test]
fn a_network_with_a_lambda_is_not_saved() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    let network = Sequential::new([4])
        .add(Dense::new(2))
        .add(square().named("own"));
    let model = network.build(1, &Device::flex()).unwrap();
    let error = save_model(&model, &path).unwrap_err();
    assert!(matches!(error, ModelError::NotSaveable { .. }));
    assert_eq!(
        error.to_string(),
        "layer `own` (Lambda) cannot be saved: its function `square` is code, which cannot be \
         written down; replace it by layers that have a description, or keep the network in code \
         and its weights by `get_weights`"
    );
    assert!(!path.exists());
    assert_eq!(model.description(), None);
    let text = r#"{"class_name": "Lambda", "config": {}}"#;
    let error = serde_json::from_str::<AnyLayer>(text)
        .unwrap_err()
        .to_string();
    assert!(error.contains("a Lambda is code"), "{error}");
}
