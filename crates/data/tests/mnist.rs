//! Loading MNIST from its files, from any folder of that form, and from inside the program.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use firebrick_data::{DataError, DataSource, load};

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/mnist")
}

/// An IDX file of the given shape, filled with one byte.
fn idx(shape: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, u8::try_from(shape.len()).unwrap()];
    bytes.extend(shape.iter().flat_map(|length| length.to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// A folder with a set of tiny images.
fn tiny_set(test_size: u32, train_labels: &[u8], test_labels: &[u8]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(directory.path().join(name), bytes).unwrap();
    let count = |labels: &[u8]| u32::try_from(labels.len()).unwrap();
    let images = |labels: &[u8], size: u32| {
        let pixels = vec![9; labels.len() * usize::try_from(size * size).unwrap()];
        idx(&[count(labels), size, size], &pixels)
    };
    write("train-images.idx3-ubyte", images(train_labels, 2));
    write(
        "train-labels-idx1-ubyte",
        idx(&[count(train_labels)], train_labels),
    );
    write("t10k-images-idx3-ubyte", images(test_labels, test_size));
    write(
        "t10k-labels.idx1-ubyte",
        idx(&[count(test_labels)], test_labels),
    );
    directory
}

#[test]
fn all_of_mnist_is_read_from_its_files() {
    let mnist = load(&DataSource::Directory(assets())).unwrap();
    assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
    for set in [&mnist.train, &mnist.test] {
        assert_eq!(
            (
                set.height(),
                set.width(),
                set.num_features(),
                set.num_classes()
            ),
            (28, 28, 784, 10)
        );
    }
    // The counts of the digits as they are published.
    assert_eq!(
        mnist.train.class_counts(),
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    );
    assert_eq!(
        mnist.test.class_counts(),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    );
    assert_eq!(
        mnist.train.labels().take(10).collect::<Vec<_>>(),
        [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    );
    assert!(mnist.origin.contains("assets/mnist"), "{}", mnist.origin);
}

#[test]
fn the_sample_holds_the_first_images_of_every_digit() {
    let sample = load(&DataSource::MnistSample).unwrap();
    let mnist = load(&DataSource::Directory(assets())).unwrap();
    for (sample, whole, each) in [
        (&sample.train, &mnist.train, 100),
        (&sample.test, &mnist.test, 50),
    ] {
        let mut taken = [0; 10];
        let mut row = 0;
        for position in 0..whole.len() {
            let label = whole.label(position);
            if taken[usize::from(label)] < each {
                taken[usize::from(label)] += 1;
                assert_eq!(
                    (sample.label(row), sample.image(row)),
                    (label, whole.image(position)),
                    "row {row}"
                );
                row += 1;
            }
        }
        assert_eq!(row, sample.len());
    }
    assert_eq!(
        sample.origin,
        "the built-in sample of MNIST (1000 + 500 images)"
    );
}

#[test]
fn inside_the_repository_mnist_is_found_without_any_setting() {
    // Tests run in the folder of their crate, below `assets`.
    assert_eq!(load(&DataSource::Mnist).unwrap().train.len(), 60_000);
}

#[test]
fn both_sets_get_the_classes_of_the_larger_label() {
    let directory = tiny_set(2, &[0, 1, 3], &[4]);
    let set = load(&DataSource::Directory(directory.path().into())).unwrap();
    assert_eq!((set.train.num_classes(), set.test.num_classes()), (5, 5));
    assert_eq!(set.train.class_counts(), [1, 1, 0, 1, 0]);
}

#[test]
fn images_of_different_sizes_are_an_error() {
    let directory = tiny_set(3, &[0, 1], &[0]);
    let error = load(&DataSource::Directory(directory.path().into())).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::SizeMismatch {
                expected: [2, 2],
                received: [3, 3],
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_missing_file_is_named_in_all_its_spellings() {
    let directory = tiny_set(2, &[0, 1], &[0]);
    fs::remove_file(directory.path().join("t10k-images-idx3-ubyte")).unwrap();
    let error = load(&DataSource::Directory(directory.path().into())).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "`{}`: expected one of the files t10k-images-idx3-ubyte, t10k-images-idx3-ubyte.gz, \
             t10k-images.idx3-ubyte, t10k-images.idx3-ubyte.gz, found none of them; put the four files of the set \
             there, or name another folder with `--data DIR`",
            directory.path().display()
        )
    );
}

#[test]
fn a_damaged_file_of_a_set_is_named() {
    let directory = tiny_set(2, &[0, 1], &[0]);
    let path = directory.path().join("train-labels-idx1-ubyte");
    fs::write(&path, idx(&[2], &[0])).unwrap();
    let error = load(&DataSource::Directory(directory.path().into())).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("`{}`: ", path.display())),
        "{error}"
    );
}

#[test]
fn sources_are_written_and_read_as_strings() {
    for (source, text) in [
        (DataSource::Mnist, "mnist"),
        (DataSource::MnistSample, "mnist-sample"),
        (DataSource::Directory("some/folder".into()), "some/folder"),
        (DataSource::Directory("./mnist".into()), "./mnist"),
    ] {
        assert_eq!(source.to_string(), text);
        assert_eq!(text.parse(), Ok(source.clone()));
        assert_eq!(serde_json::to_string(&source).unwrap(), format!("{text:?}"));
        assert_eq!(
            serde_json::from_str::<DataSource>(&format!("{text:?}")).unwrap(),
            source
        );
    }
    assert_eq!(DataSource::Directory("mnist".into()).to_string(), "./mnist");
}
