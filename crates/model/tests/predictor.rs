//! Networks that only answer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::layers::{
    Add, Conv2D, Dense, Dropout, Embedding, Flatten, Layer, MaxPooling2D,
};
use firebrick_model::{
    Activation, AnyModel, AnyTensor, Graph, MlpConfig, Model, Predictor, Sequential, Signal, input,
};

fn numbers(len: usize) -> Vec<f32> {
    (0..len)
        .map(|place| ((place * 37 + 11) % 101) as f32 / 50.0 - 1.0)
        .collect()
}

/// What the predictor says is what the network says.
fn agree(model: impl Into<AnyModel>, num_rows: usize) -> Predictor {
    let model: AnyModel = model.into();
    let predictor = Predictor::new(model.clone()).unwrap();
    let inputs: Vec<(Vec<f32>, Vec<usize>)> = predictor
        .inputs()
        .map(|(_, shape)| {
            let values = numbers(num_rows * shape.iter().product::<usize>());
            (values, [&[num_rows], shape].concat())
        })
        .collect();
    let signal = |(values, shape): &(Vec<f32>, Vec<usize>)| {
        let values = TensorData::new(values.clone(), [values.len()]);
        let values = Tensor::<1>::from_data(values, &Device::flex());
        Signal::from(AnyTensor::from(values).reshaped(shape))
    };
    let expected = model
        .predict_all(inputs.iter().map(signal).collect())
        .unwrap();
    let inputs: Vec<&[f32]> = inputs.iter().map(|(values, _)| &values[..]).collect();
    let received = predictor.predict_all(&inputs).unwrap();
    assert_eq!(received.len(), expected.len());
    for (received, expected) in received.iter().zip(expected) {
        let expected = expected.into_values().into_vec().unwrap();
        assert_eq!(received.len(), expected.len());
        for (received, expected) in received.iter().zip(expected) {
            assert!((received - expected).abs() < 1e-5, "{received} {expected}");
        }
    }
    predictor
}

#[test]
fn a_predictor_says_what_the_network_says() {
    let device = Device::flex();
    let mlp = MlpConfig::new(20, 3)
        .with_hidden([9, 5])
        .init(1, &device)
        .unwrap();
    for num_rows in [1, 2, 300] {
        assert!(agree(mlp.clone(), num_rows).no_host_form().is_none());
    }
    let pictures = Sequential::new([6, 6, 1])
        .add(Conv2D::new(4, [3, 3]).with_activation(Activation::Relu))
        .add(MaxPooling2D::new([2, 2]))
        .add(Flatten::new())
        .add(Dropout::new(0.5))
        .add(Dense::new(1).with_activation(Activation::Sigmoid));
    assert!(
        agree(pictures.build(2, &device).unwrap(), 7)
            .no_host_form()
            .is_none()
    );
}

#[test]
fn several_inputs_and_outputs_are_asked_together() {
    let (a, b) = (input([3]), input([3]));
    let sum = Add::new().on([&a, &b]);
    let outputs = [
        Dense::new(2).with_activation(Activation::Softmax).on(&sum),
        sum,
    ];
    let model = Graph::new([a, b], outputs)
        .build(3, &Device::flex())
        .unwrap();
    let predictor = agree(model, 4);
    let several = predictor
        .predict_into(&[0.0; 3], &mut [0.0; 2])
        .unwrap_err();
    assert!(several.to_string().contains("2 outputs"), "{several}");
}

#[test]
fn what_has_no_form_for_plain_memory_is_asked_layer_by_layer() {
    let words = Sequential::new([4])
        .add(Embedding::new(10, 3))
        .add(Flatten::new())
        .add(Dense::new(2));
    let predictor = Predictor::new(words.build(4, &Device::flex()).unwrap()).unwrap();
    assert!(predictor.no_host_form().is_some());
    assert_eq!(predictor.predict(&[1.0, 2.0, 3.0, 4.0]).unwrap().len(), 2);
    assert!(predictor.predict(&[1.0, 2.0, 3.0, 10.0]).is_err());
}

#[test]
fn many_threads_ask_at_once() {
    let device = Device::flex();
    let mlp = MlpConfig::new(20, 3)
        .with_hidden([9])
        .init(1, &device)
        .unwrap();
    let predictor = agree(mlp, 64);
    let rows = numbers(64 * 20);
    let expected = predictor.predict(&rows).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (predictor, rows, expected) = (&predictor, &rows, &expected);
            scope.spawn(move || {
                let mut own = [0.0; 3];
                for row in (thread..64).step_by(8) {
                    predictor
                        .predict_into(&rows[row * 20..(row + 1) * 20], &mut own)
                        .unwrap();
                    let expected = &expected[row * 3..(row + 1) * 3];
                    assert_eq!(
                        own.map(f32::to_bits)[..],
                        expected.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
                    );
                }
            });
        }
    });
}

#[test]
fn rows_of_another_length_are_an_error() {
    let device = Device::flex();
    let predictor = Predictor::new(MlpConfig::new(4, 3).init(1, &device).unwrap()).unwrap();
    let error = predictor.predict(&[0.0; 5]).unwrap_err().to_string();
    assert!(
        error.contains("has 5 numbers, expected 1 row(s) of 4"),
        "{error}"
    );
    let error = predictor
        .predict_into(&[0.0; 4], &mut [0.0; 2])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("room for the output") && error.contains("has 2 numbers"),
        "{error}"
    );
    assert!(predictor.predict_all(&[]).is_err());
    assert_eq!(predictor.predict(&[]).unwrap(), [0.0_f32; 0]);
}
