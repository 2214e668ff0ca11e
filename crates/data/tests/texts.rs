//! Texts and large whole numbers as inputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Device;
use firebrick_data::{ArrayData, ArrayDataset, BatchSource, NumberKind};
use firebrick_vocabulary::Encoded;

#[test]
fn a_batch_of_texts_has_their_bytes_up_to_the_longest_of_all() {
    let texts = ["grün", "a", ""];
    let data = ArrayDataset::new(texts, [0, 1, 0]).unwrap();
    assert_eq!((data.len(), data.input_shape()), (3, vec![5]));
    assert_eq!(data.all_inputs()[0].kind, NumberKind::Integers);
    let batch = data.gather(&[2, 1], &Device::flex()).unwrap();
    let inputs = batch.all_inputs()[0].clone();
    assert_eq!(inputs.shape(), [2, 5]);
    assert_eq!(inputs.into_texts().unwrap(), ["", "a"]);
    let owned: Vec<String> = texts.map(str::to_owned).into();
    let same = ArrayDataset::new(owned, [0, 1, 0]).unwrap();
    assert_eq!(same.fingerprint(), data.fingerprint());
    let other = ArrayDataset::new(vec!["grün", "b", ""], [0, 1, 0]).unwrap();
    assert_ne!(other.fingerprint(), data.fingerprint());
    let part = data.first(2).unwrap();
    let batch = part.gather(&[1], &Device::flex()).unwrap();
    assert_eq!(batch.all_inputs()[0].shape(), [1, 5]);
}

#[test]
fn texts_are_no_targets() {
    let error = ArrayDataset::new([[1.0], [2.0]], ["good", "bad"]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("expected numbers, received texts"),
        "{error}"
    );
    let empty = ArrayDataset::new(Vec::<String>::new(), Vec::<i32>::new());
    assert!(empty.is_err());
}

#[test]
fn what_a_layer_gave_alone_is_an_array() {
    let indices = Encoded::Indices {
        indices: vec![3, 1, 2, 0],
        shape: vec![2, 2],
    };
    let data = ArrayDataset::new(indices, [0, 1]).unwrap();
    let batch = data.gather(&[1], &Device::flex()).unwrap();
    assert_eq!(batch.all_inputs()[0].clone().into_ints().unwrap(), [2, 0]);
    let values = Encoded::Values {
        values: vec![0.5, 1.0],
        shape: vec![2, 1],
    };
    let array = ArrayData::try_from(values).unwrap();
    assert_eq!(array.shape(), [2, 1]);
}

#[test]
fn whole_numbers_of_64_bits_stay_what_they_are() {
    let codes = [3_000_000_019_i64, -5, i64::MAX];
    let data = ArrayDataset::new(codes, [0, 1, 0]).unwrap();
    let batch = data.gather(&[2, 0, 1], &Device::flex()).unwrap();
    let inputs = batch.all_inputs()[0].clone();
    assert_eq!(inputs.into_ints().unwrap(), [i64::MAX, 3_000_000_019, -5]);
}
