//! Views, splits and classes of a labelled set.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use burn::data::dataset::Dataset;
use firebrick_data::{
    DataError, IdxImages, IdxLabels, MnistDataset, MnistItem, ValidationSplit, mnist_sample,
};

/// One image of 1 x 2 pixels a label; the first pixel is the row number.
fn dataset(labels: &[u8]) -> MnistDataset {
    let pixels = (0..labels.len())
        .flat_map(|row| [u8::try_from(row).unwrap(), 255])
        .collect();
    MnistDataset::new(
        IdxImages::new(pixels, 1, 2).unwrap(),
        IdxLabels::new(labels.to_vec()).unwrap(),
    )
    .unwrap()
}

/// The row numbers that a view shows.
fn rows(dataset: &MnistDataset) -> Vec<u8> {
    (0..dataset.len())
        .map(|row| dataset.image(row)[0])
        .collect()
}

#[test]
fn a_set_says_what_it_holds() {
    let dataset = dataset(&[2, 0, 2, 2]);
    assert_eq!((dataset.len(), dataset.is_empty()), (4, false));
    assert_eq!(
        (dataset.height(), dataset.width(), dataset.num_features()),
        (1, 2, 2)
    );
    assert_eq!(
        (dataset.num_classes(), dataset.class_counts()),
        (3, vec![1, 0, 3])
    );
    assert_eq!((dataset.image(3), dataset.label(3)), (&[3, 255][..], 2));
    assert_eq!(dataset.labels().collect::<Vec<_>>(), [2, 0, 2, 2]);
    assert_eq!(
        Dataset::get(&dataset, 1).unwrap(),
        MnistItem {
            image: vec![1, 255],
            label: 0
        }
    );
    assert_eq!(Dataset::len(&dataset), 4);
}

#[test]
fn a_label_out_of_range_is_named_with_its_row() {
    let dataset = dataset(&[0, 1, 7, 1]);
    assert_eq!(
        dataset
            .clone()
            .with_num_classes(10)
            .unwrap()
            .class_counts()
            .len(),
        10
    );
    assert_eq!(
        dataset.with_num_classes(7).unwrap_err().to_string(),
        "`labels in memory`, row 2 (counted from 0): expected a label from 0 to below 7, received 7; raise the number \
         of classes or correct the label"
    );
}

#[test]
fn the_first_rows_are_from_one_to_all() {
    let dataset = dataset(&[0, 1, 2, 3]);
    assert_eq!(rows(&dataset.first(2).unwrap()), [0, 1]);
    assert_eq!(dataset.first(2).unwrap().num_classes(), 4);
    assert_eq!(rows(&dataset.first(4).unwrap()), [0, 1, 2, 3]);
    for requested in [0, 5] {
        let error = dataset.first(requested).unwrap_err();
        assert!(
            matches!(error, DataError::RowCount { available: 4, .. }),
            "{error}"
        );
    }
}

#[test]
fn a_set_is_cut_where_both_parts_hold_something() {
    let data = dataset(&[0, 1, 2, 3]);
    let (first, others) = data.split_at(3).unwrap();
    assert_eq!((rows(&first), rows(&others)), (vec![0, 1, 2], vec![3]));
    assert_eq!(first.num_classes(), 4);
    for num_rows in [0, 4, 5] {
        let error = data.split_at(num_rows).unwrap_err().to_string();
        assert!(error.contains("a number from 1 to 3"), "{error}");
    }
}

#[test]
fn shuffled_rows_are_the_same_in_an_order_of_the_seed() {
    let data = dataset(&[0, 1, 2, 3, 4, 5, 6, 7]);
    let shuffled = data.shuffled(1);
    assert_eq!(rows(&shuffled), rows(&data.shuffled(1)));
    assert_ne!(rows(&shuffled), rows(&data.shuffled(2)));
    let mut sorted = rows(&shuffled);
    sorted.sort_unstable();
    assert_eq!(sorted, rows(&data));
}

#[test]
fn a_tail_split_keeps_the_last_rows_for_validation() {
    let dataset = dataset(&[0; 10]);
    let (train, validation) = dataset
        .split(&ValidationSplit::Tail { fraction: 0.25 })
        .unwrap();
    assert_eq!(rows(&train), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(rows(&validation), [7, 8, 9]);

    let (first, second) = train
        .split(&ValidationSplit::Tail { fraction: 0.5 })
        .unwrap();
    assert_eq!(
        (rows(&first), rows(&second)),
        (vec![0, 1, 2], vec![3, 4, 5, 6])
    );
}

#[test]
fn a_stratified_split_takes_the_same_share_of_every_class() {
    let labels: Vec<u8> = (0..100).map(|row| u8::from(row % 10 == 0)).collect();
    let split = |seed| {
        dataset(&labels)
            .split(&ValidationSplit::Stratified {
                fraction: 0.2,
                seed,
            })
            .unwrap()
    };
    let (train, validation) = split(1);
    assert_eq!(train.class_counts(), [72, 8]);
    assert_eq!(validation.class_counts(), [18, 2]);
    assert!(rows(&train).is_sorted() && rows(&validation).is_sorted());

    let mut all = [rows(&train), rows(&validation)].concat();
    all.sort_unstable();
    assert_eq!(all, (0..100).collect::<Vec<u8>>());

    assert_eq!(rows(&split(1).1), rows(&validation));
    assert_ne!(rows(&split(2).1), rows(&validation));
}

#[test]
fn splits_are_written_and_read_as_configuration() {
    for (split, text) in [
        (
            ValidationSplit::Tail { fraction: 0.1 },
            r#"{"kind":"tail","fraction":0.1}"#,
        ),
        (
            ValidationSplit::Stratified {
                fraction: 0.2,
                seed: 3,
            },
            r#"{"kind":"stratified","fraction":0.2,"seed":3}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&split).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<ValidationSplit>(text).unwrap(),
            split
        );
    }
}

#[test]
fn views_and_clones_share_the_pixels() {
    let sample = mnist_sample().unwrap().train;
    let (train, validation) = sample
        .split(&ValidationSplit::Tail { fraction: 0.1 })
        .unwrap();
    assert_eq!(train.image(0).as_ptr(), sample.image(0).as_ptr());
    assert_eq!(validation.image(0).as_ptr(), sample.image(900).as_ptr());
    assert_eq!(
        sample.first(5).unwrap().clone().image(4).as_ptr(),
        sample.image(4).as_ptr()
    );
}
