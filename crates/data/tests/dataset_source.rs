//! Any data set of Burn's as a source of batches.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::io;
use std::sync::Arc;

use burn::data::dataloader::DataLoader;
use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::transform::{Mapper, MapperDataset};
use burn::data::dataset::{Dataset, DatasetError, InMemDataset};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::{
    Batch, BatchLoader, BatchSource, DatasetSource, MnistBatcher, Targets, mnist_sample,
};

/// Two features and the number to predict.
#[derive(Clone, Debug)]
struct Point {
    features: [f32; 2],
    value: f32,
}

struct PointBatcher;

impl Batcher<Point, Batch> for PointBatcher {
    fn batch(&self, items: Vec<Point>, device: &Device) -> Batch {
        let features: Vec<f32> = items.iter().flat_map(|item| item.features).collect();
        let values: Vec<f32> = items.iter().map(|item| item.value).collect();
        let count = items.len();
        Batch::new(
            Tensor::<3>::from_data(TensorData::new(features, [count, 2, 1]), device),
            Tensor::<1>::from_data(TensorData::new(values, [count]), device),
        )
    }
}

/// Makes the numbers to predict twice as large.
struct Doubled;

impl Mapper<Point, Point> for Doubled {
    fn map(&self, point: &Point) -> Point {
        Point {
            value: 2.0 * point.value,
            ..point.clone()
        }
    }
}

fn points() -> InMemDataset<Point> {
    let point = |row: u8| Point {
        features: [f32::from(row), -f32::from(row)],
        value: 2.0 * f32::from(row),
    };
    InMemDataset::new((0..7).map(point).collect())
}

fn number() -> Targets {
    Targets::Values { shape: vec![] }
}

fn flat(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().iter().collect()
}

#[test]
fn items_are_batched_by_the_batcher_in_the_order_asked_for() {
    let source = DatasetSource::new(points(), PointBatcher, vec![2, 1], number());
    assert_eq!(
        (source.num_samples(), source.input_shape()),
        (7, vec![2, 1])
    );
    assert_eq!(source.targets(), number());
    let batch = source.gather(&[3, 0, 6], &Device::flex()).unwrap();
    assert_eq!(flat(batch.inputs()), [3.0, -3.0, 0.0, 0.0, 6.0, -6.0]);
    assert_eq!(flat(batch.targets()), [6.0, 0.0, 12.0]);
    let loader = BatchLoader::new(Arc::new(source), 3, &Device::flex()).unwrap();
    let sizes: Vec<usize> = loader
        .iter()
        .map(|batch| batch.unwrap().num_samples())
        .collect();
    assert_eq!(sizes, [3, 3, 1]);
}

#[test]
fn a_transformed_data_set_gives_what_the_built_in_source_gives() {
    let mnist = mnist_sample().unwrap().test;
    let targets = BatchSource::targets(&mnist);
    let source = DatasetSource::new(mnist.clone(), MnistBatcher, vec![28, 28, 1], targets);
    let rows = [4, 0, 499];
    let [own, built_in] = [&source as &dyn BatchSource, &mnist]
        .map(|source| source.gather(&rows, &Device::flex()).unwrap())
        .map(|batch| (flat(batch.inputs()), flat(batch.targets())));
    assert_eq!(own, built_in);

    let doubled = MapperDataset::new(points(), Doubled);
    let source = DatasetSource::new(doubled, PointBatcher, vec![2, 1], number());
    let batch = source.gather(&[3], &Device::flex()).unwrap();
    assert_eq!(flat(batch.targets()), [12.0]);
}

#[test]
fn a_batch_of_another_shape_than_declared_is_an_error() {
    let error = |input_shape: Vec<usize>, targets| {
        let source = DatasetSource::new(points(), PointBatcher, input_shape, targets);
        source
            .gather(&[0, 1], &Device::flex())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(vec![3], number()),
        "the batcher made inputs of shape [2, 2], expected [2, 3] for samples of shape [3] with one number a sample; make \
         one flat row a sample (`Batch::new` does), or declare the shape that it makes"
    );
    assert_eq!(
        error(vec![2], Targets::Values { shape: vec![2, 2] }),
        "the batcher made targets of shape [2, 1], expected [2, 4] for samples of shape [2] with targets of shape [2, 2]; \
         make one flat row a sample (`Batch::new` does), or declare the shape that it makes"
    );
    let weighted = |items: Vec<Point>, device: &Device| {
        let batch = PointBatcher.batch(items, device);
        batch.with_sample_weights(Tensor::<1>::ones([5], device))
    };
    let source = DatasetSource::with_closure(points(), weighted, vec![2], number());
    let error = source
        .gather(&[0, 1], &Device::flex())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the batcher made sample weights of shape [5], expected [2]"),
        "{error}"
    );
}

#[test]
fn a_row_that_is_not_there_is_an_error_before_the_data_set_is_asked() {
    let source = DatasetSource::new(points(), PointBatcher, vec![2], number());
    assert_eq!(
        source
            .gather(&[0, 7], &Device::flex())
            .unwrap_err()
            .to_string(),
        "cannot gather row 7: expected a row below 7; use the loader with the data that it was made for"
    );
}

#[test]
fn what_a_data_set_fails_with_is_told_with_the_rows() {
    struct Broken;
    impl Dataset<Point> for Broken {
        fn get(&self, _: usize) -> Result<Point, DatasetError> {
            Err(DatasetError::new(io::Error::other("the disk is gone")))
        }

        fn len(&self) -> usize {
            4
        }
    }
    let source = DatasetSource::new(Broken, PointBatcher, vec![2], number());
    assert_eq!(
        source
            .gather(&[1, 3], &Device::flex())
            .unwrap_err()
            .to_string(),
        "cannot read the rows [1, 3] of the data set: the disk is gone; check where it reads from"
    );
}
