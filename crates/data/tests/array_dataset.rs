//! Samples from arrays in memory.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a failed step fails the test; exact numbers are meant where they are compared"
)]

use burn::tensor::{Device, Int, Tensor};
use firebrick_data::{
    ArrayData, ArrayDataset, ArrayError, BatchSource, DataError, Targets, ValidationSplit,
};
use ndarray::{Array, Array1, Array2, Array4, Axis, Ix3, ShapeBuilder, Slice, array};
use proptest::prelude::*;

/// Inputs and targets of some rows, flat.
fn gathered(data: &ArrayDataset, rows: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let batch = data.gather(rows, &Device::flex()).unwrap();
    let numbers = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect();
    assert_eq!(batch.num_samples(), rows.len());
    (numbers(batch.inputs()), numbers(batch.targets()))
}

fn all(data: &ArrayDataset) -> (Vec<f32>, Vec<f32>) {
    gathered(data, &(0..data.len()).collect::<Vec<_>>())
}

fn text(result: Result<ArrayDataset, DataError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn whatever_holds_the_numbers_gives_the_same_samples() {
    let device = Device::flex();
    let expected = (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![0.0, 1.0]);
    let matrix = array![[1.0_f64, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let column_major = Array2::from_shape_vec((2, 3).f(), vec![1_u8, 4, 2, 5, 3, 6]).unwrap();
    let wide = array![[9_i32, 1, 9, 2, 9, 3], [9, 4, 9, 5, 9, 6]];
    let mut every_other = wide.clone();
    every_other.slice_axis_inplace(Axis(1), Slice::new(1, None, 2));
    let mut backwards = array![[6.0_f32, 5.0, 4.0], [3.0, 2.0, 1.0]];
    backwards.invert_axis(Axis(0));
    backwards.invert_axis(Axis(1));
    let tensor = Tensor::<2>::from_floats([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], &device);
    let integers = Tensor::<2, Int>::from_ints([[1, 2, 3], [4, 5, 6]], &device);
    let arrays = [
        ArrayData::try_from((vec![1_u8, 2, 3, 4, 5, 6], [2, 3])),
        ArrayData::try_from((vec![1_usize, 2, 3, 4, 5, 6], vec![2, 3])),
        ArrayData::try_from(vec![[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        ArrayData::try_from(vec![vec![1_i64, 2, 3], vec![4, 5, 6]]),
        ArrayData::try_from([[1, 2, 3], [4, 5, 6]]),
        ArrayData::try_from(&matrix),
        ArrayData::try_from(matrix.view()),
        ArrayData::try_from(matrix.clone().into_dyn()),
        ArrayData::try_from(matrix.into_shared()),
        ArrayData::try_from(column_major),
        ArrayData::try_from(wide.slice_axis(Axis(1), Slice::new(1, None, 2))),
        ArrayData::try_from(every_other),
        ArrayData::try_from(backwards),
        ArrayData::try_from(tensor),
        ArrayData::try_from(integers),
    ];
    for (case, inputs) in arrays.into_iter().enumerate() {
        let data = ArrayDataset::new(inputs.unwrap(), [0, 1]).unwrap();
        assert_eq!(data.input_shape(), [3], "case {case}");
        assert_eq!(all(&data), expected, "case {case}");
    }
}

#[test]
fn a_part_of_an_owned_array_is_taken_without_what_lies_around_it() {
    let mut middle = Array2::from_shape_fn((5, 2), |(row, column)| (10 * row + column) as f32);
    middle.slice_axis_inplace(Axis(0), Slice::from(1..3));
    let data = ArrayDataset::new(middle, [0.5, 1.5]).unwrap();
    assert_eq!(all(&data).0, [10.0, 11.0, 20.0, 21.0]);
}

#[test]
fn integers_are_classes_and_floats_are_values() {
    let targets = |targets: ArrayData| {
        let inputs = Array2::<f32>::zeros((4, 2));
        ArrayDataset::new(inputs, targets).unwrap().targets()
    };
    let classes = |num_classes| Targets::Classes { num_classes };
    let values = |shape: &[usize]| Targets::Values {
        shape: shape.to_vec(),
    };
    assert_eq!(targets([0, 2, 1, 0].try_into().unwrap()), classes(3));
    assert_eq!(
        targets(vec![0_u8, 9, 1, 0].try_into().unwrap()),
        classes(10)
    );
    assert_eq!(
        targets(array![0_i64, 0, 1, 0].try_into().unwrap()),
        classes(2)
    );
    assert_eq!(
        targets([false, true, true, false].try_into().unwrap()),
        classes(2)
    );
    assert_eq!(
        targets([0.0, 2.0, 1.0, 0.0].try_into().unwrap()),
        values(&[])
    );
    assert_eq!(
        targets([[0], [2], [1], [0]].try_into().unwrap()),
        values(&[1])
    );
    assert_eq!(
        targets(Array::<f64, _>::zeros((4, 3, 5)).try_into().unwrap()),
        values(&[3, 5])
    );
    let halves = ArrayData::try_from(vec![0_u8, 1, 2, 3]).unwrap();
    assert_eq!(targets(halves.divided_by(2.0).unwrap()), values(&[]));
}

#[test]
fn one_number_a_sample_is_a_single_feature() {
    let data = ArrayDataset::new([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]).unwrap();
    assert_eq!(data.input_shape(), [1]);
    assert_eq!(data.inputs::<2>(&Device::flex()).unwrap().dims(), [3, 1]);
}

#[test]
fn bytes_are_divided_when_a_batch_is_made_and_exactly() {
    let pixels: Vec<u8> = (0..=255).collect();
    let images = ArrayData::try_from((pixels, [4, 8, 8, 1])).unwrap();
    let data = ArrayDataset::new(images.divided_by(255.0).unwrap(), [0, 1, 2, 3]).unwrap();
    assert_eq!(data.input_shape(), [8, 8, 1]);
    let expected: Vec<f32> = (0_u8..=255).map(|byte| f32::from(byte) / 255.0).collect();
    assert_eq!(all(&data).0, expected);
    assert_eq!(gathered(&data, &[3]).0, expected[192..]);

    let floats = ArrayData::try_from([[3.0, 4.0]]).unwrap();
    let data = ArrayDataset::new(floats.divided_by(2.0).unwrap(), [0]).unwrap();
    assert_eq!(all(&data).0, [1.5, 2.0]);
    for divisor in [0.0, 1e-45, f32::NAN, f32::INFINITY] {
        let bytes = ArrayData::try_from(vec![1_u8]).unwrap();
        let error = bytes.divided_by(divisor).unwrap_err();
        assert!(matches!(error, ArrayError::Divisor { .. }), "{error}");
    }
}

#[test]
fn the_inputs_come_back_as_a_tensor_of_their_rank() {
    let device = Device::flex();
    let images = Array4::from_shape_fn((2, 3, 4, 1), |(n, y, x, _)| (100 * n + 10 * y + x) as f32);
    let data = ArrayDataset::new(&images, [0, 1]).unwrap();
    let tensor = data.inputs::<4>(&device).unwrap();
    assert_eq!(tensor.dims(), [2, 3, 4, 1]);
    assert_eq!(
        tensor.into_data().iter::<f32>().collect::<Vec<_>>(),
        images.iter().copied().collect::<Vec<_>>()
    );
    assert_eq!(
        data.inputs::<2>(&device).unwrap_err().to_string(),
        "numbers of shape [2, 3, 4, 1]: expected to be asked for as a tensor of 4 axes, received 2"
    );
}

#[test]
fn different_numbers_of_samples_are_an_error() {
    assert_eq!(
        text(ArrayDataset::new([[1.0], [2.0], [3.0]], [1.0, 2.0])),
        "expected as many targets as inputs, received 3 samples of inputs and 2 of targets; the first axis of both is \
         the sample"
    );
}

#[test]
fn nothing_is_an_error_that_shows_the_shape() {
    let nothing = Array2::<f32>::zeros((0, 4));
    assert_eq!(
        text(ArrayDataset::new(nothing, Vec::<f32>::new())),
        "inputs of shape [0, 4]: expected at least one sample (the first axis) and no axis of length 0; check what was \
         loaded or filtered"
    );
    for (inputs, targets) in [
        (vec![2, 0], vec![2]),
        (vec![2, 3, 0], vec![2]),
        (vec![2, 1], vec![2, 0]),
    ] {
        let zeros = |shape: Vec<usize>| {
            let size = shape.iter().product();
            ArrayData::try_from((vec![0.0_f32; size], shape)).unwrap()
        };
        let error = ArrayDataset::new(zeros(inputs), zeros(targets)).unwrap_err();
        assert!(
            matches!(error, DataError::Array(ArrayError::Empty { .. })),
            "{error}"
        );
    }
}

#[test]
fn numbers_that_are_none_are_found_with_row_and_place() {
    let table = array![[1.0_f32, 2.0], [3.0, f32::NAN], [f32::INFINITY, 6.0]];
    assert_eq!(
        text(ArrayDataset::new(&table, [0.0, 0.0, 0.0])),
        "inputs, row 1, column 1 (counted from 0): expected a finite number of single precision, received NaN; fill in or \
         remove the samples where it is missing"
    );
    let mut images = Array4::<f64>::zeros((3, 2, 4, 5));
    images[[2, 1, 3, 4]] = 1e300;
    assert_eq!(
        text(ArrayDataset::new(images, [0, 1, 2])),
        "inputs, row 2, index [1, 3, 4] (counted from 0): expected a finite number of single precision, received inf; fill \
         in or remove the samples where it is missing"
    );
    assert_eq!(
        text(ArrayDataset::new([[1.0], [2.0]], [0.0, f64::NEG_INFINITY])),
        "targets, row 1 (counted from 0): expected a finite number of single precision, received -inf; fill in or remove \
         the samples where it is missing"
    );
}

#[test]
fn labels_that_are_no_class_indices_are_found_with_their_row() {
    let with = |labels: ArrayData| text(ArrayDataset::new([[1.0], [2.0], [3.0]], labels));
    assert_eq!(
        with([0, -1, 1].try_into().unwrap()),
        "targets, row 1 (counted from 0): expected the index of a class, from 0 to below 16777216, received -1; number the \
         classes from 0, or give numbers to predict as floats"
    );
    for huge in [1 << 24, u64::MAX] {
        let error = with(vec![0, 1, huge].try_into().unwrap());
        assert!(
            error.starts_with("targets, row 2 (counted from 0)"),
            "{error}"
        );
    }
}

#[test]
fn the_number_of_classes_can_be_raised_but_not_below_a_label() {
    let data = ArrayDataset::new([[1.0], [2.0], [3.0]], [0, 4, 1]).unwrap();
    let raised = data.clone().with_num_classes(10).unwrap();
    assert_eq!(raised.targets(), Targets::Classes { num_classes: 10 });
    assert_eq!(
        text(data.with_num_classes(4)),
        "targets, row 1 (counted from 0): expected the index of a class, from 0 to below 4, received 4; raise the number of \
         classes or correct the label"
    );
    let values = ArrayDataset::new([[1.0], [2.0]], [[0.5, 1.0], [1.0, 2.0]]).unwrap();
    assert_eq!(
        text(values.with_num_classes(4)),
        "a number of classes needs targets that are class indices, one integer a sample; received numbers of shape [2] a \
         sample"
    );
}

#[test]
fn shapes_have_to_be_those_of_the_numbers() {
    let error = ArrayData::try_from((vec![1.0; 10], [4, 3])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an array of shape [4, 3]: expected 12 elements, received 10; check the shape, whose first axis is the sample"
    );
    let error = ArrayData::try_from((vec![1.0], [usize::MAX, 2])).unwrap_err();
    assert!(matches!(error, ArrayError::Shape { .. }), "{error}");
    let error = ArrayData::try_from(ndarray::arr0(1.0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an array of shape []: expected at least one axis, received 1; check the shape, whose first axis is the sample"
    );
    let error = ArrayData::try_from(vec![vec![1.0, 2.0], vec![3.0]]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 1 (counted from 0): expected 2 numbers as in row 0, received 1; make all rows equally long"
    );
    let deep = Array::<f32, _>::zeros((2, 1, 1, 1, 1, 3));
    assert_eq!(
        text(ArrayDataset::new(deep, [0, 1])),
        "inputs of shape [2, 1, 1, 1, 1, 3]: expected at most 4 axes a sample, received 5; join some of them"
    );
}

#[test]
fn sample_weights_travel_with_their_samples() {
    let inputs: Vec<[f32; 1]> = (0_u8..4).map(|row| [f32::from(row)]).collect();
    let data = ArrayDataset::new(inputs, [0, 1, 0, 1])
        .unwrap()
        .with_sample_weights([1.0, 0.0, 0.5, 2.0])
        .unwrap();
    let weights = |data: &ArrayDataset, rows: &[usize]| -> Vec<f32> {
        let batch = data.gather(rows, &Device::flex()).unwrap();
        batch.sample_weights().unwrap().into_data().iter().collect()
    };
    assert_eq!(weights(&data, &[3, 0]), [2.0, 1.0]);
    let (train, validation) = data
        .split(&ValidationSplit::Tail { fraction: 0.5 })
        .unwrap();
    assert_eq!(weights(&train, &[0, 1]), [1.0, 0.0]);
    assert_eq!(weights(&validation, &[0, 1]), [0.5, 2.0]);
    // A view takes weights of its own, one for each of its rows.
    let own = validation.with_sample_weights([7.0, 8.0]).unwrap();
    assert_eq!(weights(&own, &[1]), [8.0]);
}

#[test]
fn weights_that_are_none_are_errors() {
    let data = ArrayDataset::new([[1.0], [2.0], [3.0]], [0, 1, 0]).unwrap();
    let with = |weights: &[f32]| text(data.clone().with_sample_weights(weights));
    assert_eq!(
        with(&[1.0, 2.0]),
        "expected one sample weight for each of 3 samples, received 2"
    );
    for (weight, shown) in [(-0.5, "-0.5"), (f32::NAN, "NaN"), (f32::INFINITY, "inf")] {
        assert_eq!(
            with(&[1.0, 1.0, weight]),
            format!(
                "sample weights, row 2 (counted from 0): expected a finite number of at least 0, received {shown}; 0 leaves \
                 a sample out of the loss"
            )
        );
    }
    assert_eq!(
        with(&[0.0, -0.0, 0.0]),
        "sample weights: expected at least one above 0, received nothing but zeros; leave them out to weigh all samples alike"
    );
}

#[test]
fn a_stratified_split_takes_the_same_share_of_every_class_and_needs_classes() {
    let labels: Vec<usize> = (0..100)
        .map(|row| if row % 10 == 0 { 300 } else { 7 })
        .collect();
    let inputs: Vec<f32> = (0_u8..100).map(f32::from).collect();
    let split = ValidationSplit::Stratified {
        fraction: 0.2,
        seed: 1,
    };
    let data = ArrayDataset::new(inputs.clone(), labels).unwrap();
    let (train, validation) = data.split(&split).unwrap();
    let rare = |data: &ArrayDataset| all(data).1.iter().filter(|&&class| class == 300.0).count();
    assert_eq!((train.len(), rare(&train)), (80, 8));
    assert_eq!((validation.len(), rare(&validation)), (20, 2));
    let mut rows = [all(&train).0, all(&validation).0].concat();
    rows.sort_by(f32::total_cmp);
    assert_eq!(rows, inputs);

    let values = ArrayDataset::new(inputs.clone(), inputs).unwrap();
    assert_eq!(
        values.split(&split).unwrap_err().to_string(),
        "a stratified split needs targets that are class indices, one integer a sample; received numbers of shape [] a \
         sample"
    );
}

#[test]
fn the_first_rows_are_from_one_to_all() {
    let data = ArrayDataset::new([[1.0], [2.0], [3.0]], [0, 1, 2]).unwrap();
    let first = data.first(2).unwrap();
    assert_eq!(all(&first), (vec![1.0, 2.0], vec![0.0, 1.0]));
    assert_eq!(first.targets(), Targets::Classes { num_classes: 3 });
    for requested in [0, 4] {
        let error = data.first(requested).unwrap_err();
        assert!(
            matches!(error, DataError::RowCount { available: 3, .. }),
            "{error}"
        );
    }
}

#[test]
fn a_row_that_is_not_there_is_an_error() {
    let data = ArrayDataset::new([[1.0], [2.0], [3.0]], [0, 1, 2]).unwrap();
    let error = data.first(2).unwrap().gather(&[0, 2], &Device::flex());
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot gather row 2: expected a row below 2; use the loader with the data that it was made for"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gathering_is_indexing(
        (shape, values, targets, order, rows) in (1..6_usize, 1..4_usize, 1..4_usize).prop_flat_map(|(n, a, b)| (
            Just((n, a, b)),
            prop::collection::vec(any::<u8>(), n * a * b),
            prop::collection::vec(-1e30_f32..1e30, n * b),
            0..6_usize,
            prop::collection::vec(0..n, 0..12),
        )),
    ) {
        let (n, a, b) = shape;
        let array = Array::<u8, Ix3>::from_shape_vec((n, a, b), values).unwrap();
        let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let array = array.permuted_axes(permutations[order]);
        let n = array.len_of(Axis(0));
        let rows: Vec<usize> = rows.into_iter().filter(|&row| row < n).collect();
        let targets: Array1<f32> = targets.into_iter().cycle().take(n).collect();
        let data = ArrayDataset::new(&array, &targets).unwrap();
        let naive: Vec<f32> = rows
            .iter()
            .flat_map(|&row| array.index_axis(Axis(0), row).iter().map(|&v| f32::from(v)).collect::<Vec<_>>())
            .collect();
        let asked: Vec<f32> = rows.iter().map(|&row| targets[row]).collect();
        prop_assert_eq!(gathered(&data, &rows), (naive.clone(), asked.clone()));
        let floats = ArrayDataset::new(array.mapv(f64::from), &targets).unwrap();
        prop_assert_eq!(gathered(&floats, &rows), (naive, asked));
    }
}

#[test]
fn several_arrays_are_gathered_by_name_and_integers_stay_exact() {
    let inputs = [
        ArrayData::named("user", [16_777_217_i64, 3, 16_777_219]).unwrap(),
        ArrayData::named("film", [[0.5, 1.0], [0.0, 1.0], [0.3, 0.1]]).unwrap(),
    ];
    let targets = [
        ArrayData::named("class", [0, 2, 1]).unwrap(),
        ArrayData::named("box", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).unwrap(),
    ];
    let data = ArrayDataset::of_named(inputs, targets)
        .unwrap()
        .with_sample_weights([1.0, 1.0, 2.0])
        .unwrap()
        .with_sample_weights_of("box", [0.5, 0.0, 1.0])
        .unwrap()
        .with_num_classes_of("class", 5)
        .unwrap();
    assert_eq!(data.class_indices(), Some(vec![0, 2, 1]));
    assert_eq!(
        data.all_targets()[0].targets,
        Targets::Classes { num_classes: 5 }
    );
    let batch = data.gather(&[2, 0], &Device::flex()).unwrap();
    let users = batch.all_inputs()[0].clone().into_ints().unwrap();
    assert_eq!(users, [16_777_219, 16_777_217]);
    let numbers = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
    assert_eq!(numbers(batch.targets_of(1)), [5.0, 6.0, 1.0, 2.0]);
    let weights = |target| -> Vec<f32> {
        let own: Tensor<1> = batch.weights_of(target).unwrap();
        own.into_data().iter().collect()
    };
    assert_eq!((weights(0), weights(1)), (vec![2.0, 1.0], vec![1.0, 0.5]));
    // A change that single precision does not see.
    let other = |user: i64| {
        let data = ArrayDataset::new([user, 3], [0.5, 1.5]).unwrap();
        data.fingerprint()
    };
    assert_ne!(other(16_777_217), other(16_777_216));
}

#[test]
fn named_arrays_that_do_not_go_together_are_errors_with_the_name() {
    let named = |name: &str, count: usize| ArrayData::named(name, vec![0.5; count]).unwrap();
    let joined = |inputs: Vec<_>, targets: Vec<_>| text(ArrayDataset::of_named(inputs, targets));
    assert_eq!(
        joined(vec![named("a", 2), named("b", 3)], vec![named("y", 2)]),
        "`b`: expected 2 samples as `a` has them, received 3; the first axis of each is the sample"
    );
    assert_eq!(
        joined(vec![named("a", 2), named("a", 2)], vec![named("y", 2)]),
        "two arrays of inputs are called `a`; call each as the network does"
    );
    assert_eq!(
        joined(vec![named("a", 2)], Vec::new()),
        "expected at least one array of targets, received none; give one for each input and output of the network"
    );
    let nan = ArrayData::named("b", [1.0, f64::NAN]).unwrap();
    let error = joined(vec![named("a", 2), nan], vec![named("y", 2)]);
    assert!(error.starts_with("`b`: inputs, row 1"), "{error}");
}
