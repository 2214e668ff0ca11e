//! The four files of a set in MNIST's form.

use std::path::{Path, PathBuf};

use crate::error::DataError;
use crate::idx::{IdxImages, read_labels};
use crate::mnist_dataset::MnistDataset;
use crate::unpacked_copy::{copies_folder, read_images_once};

/// One of the original files, as it is downloaded.
pub(crate) struct OriginalFile {
    pub(crate) name: &'static str,
    pub(crate) num_bytes: u64,
    pub(crate) sha256: &'static str,
}

/// The original files, compressed.
pub(crate) const ORIGINAL_FILES: [OriginalFile; 4] = [
    OriginalFile {
        name: "train-images-idx3-ubyte.gz",
        num_bytes: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    },
    OriginalFile {
        name: "train-labels-idx1-ubyte.gz",
        num_bytes: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    },
    OriginalFile {
        name: "t10k-images-idx3-ubyte.gz",
        num_bytes: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    },
    OriginalFile {
        name: "t10k-labels-idx1-ubyte.gz",
        num_bytes: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
];

/// Where the four files of a set lie.
pub(crate) struct MnistFiles {
    train_images: PathBuf,
    train_labels: PathBuf,
    test_images: PathBuf,
    test_labels: PathBuf,
}

impl MnistFiles {
    /// Finds all four in a folder.
    pub(crate) fn find(directory: &Path) -> Result<Self, DataError> {
        let one = |part: &str, format: &str| {
            let tried = spellings(part, format);
            let found = tried
                .iter()
                .map(|name| directory.join(name))
                .find(|path| path.is_file());
            found.ok_or_else(|| DataError::MissingFile {
                directory: directory.to_owned(),
                tried,
            })
        };
        Ok(Self {
            train_images: one("train-images", "idx3-ubyte")?,
            train_labels: one("train-labels", "idx1-ubyte")?,
            test_images: one("t10k-images", "idx3-ubyte")?,
            test_labels: one("t10k-labels", "idx1-ubyte")?,
        })
    }

    pub(crate) fn read_train(&self) -> Result<MnistDataset, DataError> {
        MnistDataset::new(
            images(&self.train_images)?,
            read_labels(&self.train_labels)?,
        )
    }

    pub(crate) fn read_test(&self) -> Result<MnistDataset, DataError> {
        MnistDataset::new(images(&self.test_images)?, read_labels(&self.test_labels)?)
    }

    /// The file that is named when the test images do not fit the training images.
    pub(crate) fn test_images(&self) -> &Path {
        &self.test_images
    }
}

fn images(path: &Path) -> Result<IdxImages, DataError> {
    read_images_once(path, copies_folder().as_deref())
}

/// The file names that are in use for one part of the set.
fn spellings(part: &str, format: &str) -> Vec<String> {
    ["-", "."]
        .into_iter()
        .flat_map(|joint| ["", ".gz"].map(|suffix| format!("{part}{joint}{format}{suffix}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_tried_raw_and_compressed() {
        assert_eq!(
            spellings("t10k-labels", "idx1-ubyte"),
            [
                "t10k-labels-idx1-ubyte",
                "t10k-labels-idx1-ubyte.gz",
                "t10k-labels.idx1-ubyte",
                "t10k-labels.idx1-ubyte.gz"
            ]
        );
    }
}
