//! Labelled examples, from a file to a batch of tensors.
//!
//! It stands apart because reading data has nothing to do with networks: files, checksums, shuffles and
//! downloads change for reasons of their own, and a program that only looks at data needs no model.
//!
//! What a program has in memory becomes an [`ArrayDataset`], a CSV file is read into one by a [`CsvSource`], and any data set
//! of Burn's is taken by a [`DatasetSource`]. Files of MNIST are read into a [`MnistDataset`], where an image stays one byte a pixel in one shared block. A
//! [`BatchLoader`] gathers rows of it into a [`Batch`] of tensors, in file order or shuffled by a seed that can
//! be written down and restored. Batches that a program makes as they are asked for are a [`BatchStream`].
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
//!     assert_eq!(batch.inputs().dims(), [batch.num_samples(), 784]);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod absolute_path;
mod array_data;
mod array_dataset;
mod array_error;
mod batch;
mod batch_iterator;
mod batch_loader;
mod batch_source;
mod batch_stream;
mod cache_folder;
mod class_balance;
mod column_encoding;
mod column_group;
mod column_statistics;
mod csv_cells;
mod csv_error;
mod csv_source;
mod csv_table;
mod data_description;
mod data_source;
mod dataset_source;
mod digit_image;
mod error;
mod fetch;
mod fields;
mod fingerprint;
mod grouped_columns;
mod hexadecimal;
mod idx;
mod load;
mod loaded_data;
mod mnist;
mod mnist_batches;
mod mnist_dataset;
mod mnist_files;
mod mnist_sample;
mod names;
mod number_format;
mod pixels;
mod samples;
mod shuffle;
mod stream_error;
mod stream_fields;
mod stream_loader;
mod subset;
mod targets;
mod unpacked_copy;
mod validation_split;

/// Burn itself, in the version this crate is built on.
pub use burn;

pub use absolute_path::absolute_path;
pub use array_data::{ArrayData, Elements, NamedArray, Number};
pub use array_dataset::ArrayDataset;
pub use array_error::{ArrayError, ArrayPart};
pub use batch::{Batch, one_hot};
pub use batch_loader::BatchLoader;
pub use batch_source::BatchSource;
pub use batch_stream::BatchStream;
pub use class_balance::ClassBalance;
pub use column_encoding::{Binned, ColumnEncoding, Hashed, Index, OneHot, Plain};
pub use column_group::ColumnGroup;
pub use column_statistics::{ColumnStatistics, SampleStatistics};
pub use csv_cells::{CsvMissing, CsvMissingError};
pub use csv_error::{CsvError, CsvProblem};
pub use csv_source::{CsvFill, CsvInputColumn, CsvInputKind, CsvSource, CsvTarget, CsvTest};
pub use csv_table::{
    CoarseColumn, CsvColumn, CsvContent, CsvInputs, CsvOverview, CsvTable, FilledColumn,
    UnknownCategories,
};
pub use data_description::DataDescription;
pub use data_source::DataSource;
pub use dataset_source::DatasetSource;
pub use digit_image::{
    DigitBounds, DigitImage, digit_image_of, read_digit_image, read_digit_images,
};
pub use error::DataError;
pub use fetch::{Fetch, fetch};
pub use fields::{InputField, NumberKind, TargetField};
pub use fingerprint::{Change, Fingerprint, FingerprintError};
pub use grouped_columns::GroupedColumns;
pub use idx::{IdxImages, IdxLabels, parse_images, parse_labels, read_images, read_labels};
pub use load::load;
pub use loaded_data::LoadedData;
pub use mnist::Mnist;
pub use mnist_batches::MnistBatcher;
pub use mnist_dataset::{MnistDataset, MnistItem};
pub use mnist_sample::mnist_sample;
pub use samples::Samples;
pub use shuffle::ShuffleState;
pub use stream_error::StreamError;
pub use stream_fields::StreamFields;
pub use stream_loader::{BatchCheck, StreamLoader};
pub use subset::Subset;
pub use targets::Targets;
pub use validation_split::ValidationSplit;
