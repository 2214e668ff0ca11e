//! Batches of a loader: which rows, in which order, on which thread.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::DataLoader;
use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::{Device, Tensor};
use firebrick_data::{
    Batch, BatchLoader, BatchSource, DataError, IdxImages, IdxLabels, MnistBatcher, MnistDataset,
    ShuffleState, Targets, mnist_sample,
};

/// Rows whose only feature and target is their number; counts how many batches were gathered.
struct Rows {
    num_rows: usize,
    gathered: AtomicUsize,
}

impl Rows {
    fn new(num_rows: usize) -> Arc<Self> {
        Arc::new(Self {
            num_rows,
            gathered: AtomicUsize::new(0),
        })
    }
}

impl BatchSource for Rows {
    fn num_samples(&self) -> usize {
        self.num_rows
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![1]
    }

    fn targets(&self) -> Targets {
        Targets::Classes {
            num_classes: self.num_rows,
        }
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        self.gathered.fetch_add(1, Ordering::SeqCst);
        if rows.contains(&usize::MAX) {
            return Err(DatasetError::new(DataError::EmptySource));
        }
        let numbers: Vec<f32> = rows.iter().map(|&row| row as f32).collect();
        let column: Tensor<2> = Tensor::<1>::from_floats(&numbers[..], device).unsqueeze_dim(1);
        Ok(Batch::new(column.clone(), column))
    }
}

fn loader(num_rows: usize, batch_size: usize) -> BatchLoader {
    BatchLoader::new(Rows::new(num_rows), batch_size, &Device::flex()).unwrap()
}

fn targets(batch: &Batch) -> Vec<i64> {
    batch.classes().to_data().iter::<i64>().collect()
}

/// The row numbers of one epoch, batch by batch.
fn epoch(loader: &dyn DataLoader<Batch>) -> Vec<Vec<i64>> {
    loader
        .iter()
        .map(|batch| targets(&batch.unwrap()))
        .collect()
}

fn order(loader: &dyn DataLoader<Batch>) -> Vec<i64> {
    epoch(loader).concat()
}

#[test]
fn without_a_shuffle_every_epoch_is_in_file_order_with_a_partial_batch_last() {
    let loader = loader(10, 4);
    assert_eq!(
        (
            loader.num_batches(),
            loader.batch_size(),
            loader.num_items()
        ),
        (3, 4, 10)
    );
    for _ in 0..2 {
        assert_eq!(
            epoch(&loader),
            [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]
        );
    }
    assert_eq!(loader.shuffle_state(), None);
}

#[test]
fn a_batch_size_of_zero_and_an_empty_source_are_errors() {
    let make =
        |num_rows, batch_size| BatchLoader::new(Rows::new(num_rows), batch_size, &Device::flex());
    assert!(matches!(make(10, 0), Err(DataError::BatchSizeZero)));
    assert!(matches!(make(0, 4), Err(DataError::EmptySource)));
    assert_eq!(make(3, usize::MAX).unwrap().num_batches(), 1);
    assert_eq!(epoch(&make(3, usize::MAX).unwrap()), [[0, 1, 2]]);
}

#[test]
fn a_shuffled_epoch_holds_every_row_once_and_differs_from_the_next() {
    let loader = loader(103, 10).with_shuffle(7);
    let [first, second] = [order(&loader), order(&loader)];
    assert_ne!(first, second);
    for mut rows in [first, second] {
        assert_ne!(rows, (0..103).collect::<Vec<_>>());
        rows.sort_unstable();
        assert_eq!(rows, (0..103).collect::<Vec<_>>());
    }
}

#[test]
fn the_same_seed_gives_the_same_orders() {
    let epochs = |seed| {
        let loader = loader(50, 8).with_shuffle(seed);
        [order(&loader), order(&loader), order(&loader)]
    };
    assert_eq!(epochs(3), epochs(3));
    assert_ne!(epochs(3), epochs(4));
}

#[test]
fn a_restored_state_continues_the_same_orders() {
    let original = loader(50, 8).with_shuffle(3);
    order(&original);
    order(&original);
    let state = original.shuffle_state().unwrap();
    assert_eq!(state, ShuffleState { seed: 3, epoch: 2 });

    let written = serde_json::to_string(&state).unwrap();
    assert_eq!(written, r#"{"seed":3,"epoch":2}"#);
    for resumed in [loader(50, 8).with_shuffle(99), loader(50, 8)] {
        resumed.restore_shuffle(serde_json::from_str(&written).unwrap());
        assert_eq!(
            order(&resumed),
            ShuffleState { seed: 3, epoch: 2 }
                .permutation(50)
                .map_to_i64()
        );
        assert_eq!(
            resumed.shuffle_state(),
            Some(ShuffleState { seed: 3, epoch: 3 })
        );
    }
}

trait MapToI64 {
    fn map_to_i64(self) -> Vec<i64>;
}

impl MapToI64 for Vec<usize> {
    fn map_to_i64(self) -> Vec<i64> {
        self.into_iter()
            .map(|row| i64::try_from(row).unwrap())
            .collect()
    }
}

#[test]
fn another_device_shares_the_shuffle_state() {
    let loader = loader(50, 8).with_shuffle(3);
    let moved = loader.to_device(&Device::flex());
    let first = order(&*moved);
    assert_eq!(first, ShuffleState::new(3).permutation(50).map_to_i64());
    assert_eq!(
        loader.shuffle_state(),
        Some(ShuffleState { seed: 3, epoch: 1 })
    );
    assert_ne!(order(&loader), first);

    loader.restore_shuffle(ShuffleState::new(3));
    assert_eq!(order(&*moved), first);
}

#[test]
fn a_slice_holds_its_rows_alone() {
    let loader = loader(10, 4);
    let slice = loader.slice(3, 9);
    assert_eq!(
        (slice.num_items(), epoch(&*slice)),
        (6, vec![vec![3, 4, 5, 6], vec![7, 8]])
    );
    assert_eq!(order(&*slice.slice(1, 3)), [4, 5]);
    assert_eq!(order(&*slice.slice(4, 100)), [7, 8]);
    assert_eq!(order(&*slice.slice(7, 100)), [0; 0]);
}

#[test]
fn a_slice_of_a_shuffled_loader_shuffles_by_itself() {
    let loader = loader(40, 4).with_shuffle(1);
    let slice = loader.slice(20, 40);
    let mut rows = order(&*slice);
    assert_ne!(rows, (20..40).collect::<Vec<_>>());
    rows.sort_unstable();
    assert_eq!(rows, (20..40).collect::<Vec<_>>());
    assert_eq!(loader.shuffle_state(), Some(ShuffleState::new(1)));
}

#[test]
fn progress_counts_items() {
    for loader in [loader(10, 4), loader(10, 4).with_prefetch()] {
        let mut iterator = loader.iter();
        let mut counts = vec![iterator.progress().items_processed];
        while iterator.next().is_some() {
            counts.push(iterator.progress().items_processed);
        }
        assert_eq!(counts, [0, 4, 8, 10]);
        assert_eq!(iterator.progress().items_total, 10);
        assert!(iterator.next().is_none());
    }
}

#[test]
fn prefetching_gives_the_same_batches() {
    let sample = Arc::new(mnist_sample().unwrap().test);
    let make = || {
        BatchLoader::new(sample.clone(), 33, &Device::flex())
            .unwrap()
            .with_shuffle(5)
    };
    let (plain, ahead) = (make(), make().with_prefetch());
    for _ in 0..2 {
        let [plain, ahead] = [&plain, &ahead].map(|loader| {
            loader
                .iter()
                .map(|batch| batch.unwrap())
                .map(|batch| (batch.inputs().to_data(), targets(&batch)))
                .collect::<Vec<_>>()
        });
        assert_eq!(plain.len(), 16);
        assert_eq!(plain, ahead);
    }
}

#[test]
fn dropping_a_prefetching_iterator_halfway_ends_its_thread() {
    let source = Rows::new(100);
    let loader = BatchLoader::new(source.clone(), 1, &Device::flex())
        .unwrap()
        .with_prefetch();
    assert_eq!(Arc::strong_count(&source), 2);
    let mut iterator = loader.iter();
    assert_eq!(targets(&iterator.next().unwrap().unwrap()), [0]);
    assert!(Arc::strong_count(&source) > 2);
    drop(iterator);
    // The thread held the source: it is gone, as the iterator waited for it.
    assert_eq!(Arc::strong_count(&source), 2);
    // One taken, two waiting, one in the thread's hands.
    assert!(source.gathered.load(Ordering::SeqCst) <= 4);
}

/// Panics at the third batch.
struct Panicking(Arc<Rows>);

impl BatchSource for Panicking {
    fn num_samples(&self) -> usize {
        self.0.num_samples()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.0.input_shape()
    }

    fn targets(&self) -> Targets {
        self.0.targets()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        assert!(!rows.contains(&2), "row 2 is cursed");
        self.0.gather(rows, device)
    }
}

#[test]
#[should_panic(expected = "row 2 is cursed")]
fn a_panic_of_the_prefetching_thread_reaches_the_user() {
    let source = Arc::new(Panicking(Rows::new(5)));
    let loader = BatchLoader::new(source, 1, &Device::flex())
        .unwrap()
        .with_prefetch();
    for (row, batch) in loader.iter().enumerate() {
        assert_eq!(targets(&batch.unwrap()), [i64::try_from(row).unwrap()]);
    }
}

#[test]
fn gathered_batches_equal_those_of_the_batcher_bit_by_bit() {
    let pixels: Vec<u8> = (0..=255).collect();
    let dataset = MnistDataset::new(
        IdxImages::new(pixels, 8, 8).unwrap(),
        IdxLabels::new(vec![3, 0, 1, 2]).unwrap(),
    )
    .unwrap();
    let device = Device::flex();
    let rows = [2, 0, 3];
    let gathered = dataset.gather(&rows, &device).unwrap();
    let items = rows
        .map(|row| Dataset::get(&dataset, row).unwrap())
        .to_vec();
    let batched = MnistBatcher.batch(items, &device);

    assert_eq!(gathered.inputs().dims(), [3, 64]);
    assert_eq!(targets(&gathered), [1, 3, 2]);
    assert_eq!(targets(&batched), [1, 3, 2]);
    let bits = |batch: &Batch| {
        batch
            .inputs()
            .to_data()
            .iter::<f32>()
            .map(f32::to_bits)
            .collect::<Vec<_>>()
    };
    assert_eq!(bits(&gathered), bits(&batched));
    let expected = (128_u8..192)
        .chain(0..64)
        .chain(192..=255)
        .map(|byte| (f32::from(byte) / 255.0).to_bits());
    assert_eq!(bits(&gathered), expected.collect::<Vec<_>>());
}

#[test]
fn a_row_that_does_not_exist_is_an_error() {
    let sample = mnist_sample().unwrap().test;
    let error = sample.gather(&[0, 500], &Device::flex()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot gather row 500: expected a row below 500; use the loader with the data that it was made for"
    );
}

#[test]
fn targets_become_one_hot_rows() {
    let device = Device::flex();
    let targets = Tensor::<2>::from_floats([[2.0], [0.0], [5.0]], &device);
    let batch = Batch::new(Tensor::<2>::zeros([3, 1], &device), targets);
    assert_eq!(batch.num_samples(), 3);
    let one_hot = batch.one_hot_targets(3);
    assert_eq!(one_hot.dims(), [3, 3]);
    let values: Vec<f32> = one_hot.to_data().iter::<f32>().collect();
    assert_eq!(values, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn batches_that_are_passed_over_are_not_gathered() {
    let rows = Rows::new(10);
    let source = Arc::clone(&rows);
    let loader = BatchLoader::new(source, 3, &Device::flex()).unwrap();
    let mut batches = loader.iter();
    assert_eq!(targets(&batches.nth(2).unwrap().unwrap()), [6, 7, 8]);
    assert_eq!(rows.gathered.load(Ordering::SeqCst), 1);
    assert_eq!(targets(&batches.next().unwrap().unwrap()), [9]);
    assert!(batches.next().is_none() && loader.iter().nth(4).is_none());
}
