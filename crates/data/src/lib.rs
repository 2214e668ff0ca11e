//! Labelled examples, from a file to a batch of tensors.
//!
//! It stands apart because reading data has nothing to do with networks: files, checksums, shuffles and
//! downloads change for reasons of their own, and a program that only looks at data needs no model.
//!
//! Files are read into a [`MnistDataset`], where an image stays one byte a pixel in one shared block. A
//! [`BatchLoader`] gathers rows of it into a [`Batch`] of tensors, in file order or shuffled by a seed that can
//! be written down and restored.
//!
//! ```
//! use std::sync::Arc;
//!
//! use burn::data::dataloader::DataLoader;
//! use burn::tensor::Device;
//! use firebrick_data::{BatchLoader, mnist_sample};
//!
//! let mnist = mnist_sample()?;
//! let loader = BatchLoader::new(Arc::new(mnist.train), 32, &Device::flex())?.with_shuffle(42);
//! for batch in loader.iter() {
//!     let batch = batch?;
//!     assert_eq!(batch.inputs.dims(), [batch.num_samples(), 784]);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod batch_iterator;
mod batch_loader;
mod data_source;
mod digit_image;
mod digit_normalization;
mod error;
mod fetch;
mod idx;
mod mnist;
mod mnist_dataset;
mod mnist_files;
mod mnist_sample;
mod shuffle;
mod subset;
mod targets;
mod validation_split;

pub use batch::{Batch, MnistBatcher, one_hot};
pub use batch_loader::{BatchLoader, BatchSource};
pub use data_source::DataSource;
pub use digit_image::{DigitImage, read_digit_image};
pub use error::DataError;
pub use fetch::{Fetch, fetch};
pub use idx::{IdxImages, IdxLabels, parse_images, parse_labels, read_images, read_labels};
pub use mnist::{Mnist, load};
pub use mnist_dataset::{MnistDataset, MnistItem};
pub use mnist_sample::mnist_sample;
pub use shuffle::ShuffleState;
pub use subset::Subset;
pub use targets::Targets;
pub use validation_split::ValidationSplit;
