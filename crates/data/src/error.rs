//! Everything that can go wrong between a file and a batch.

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;

use burn::data::dataset::DatasetError;

use crate::array_error::ArrayError;
use crate::csv_error::CsvError;
use crate::stream_error::StreamError;
use crate::targets::Targets;

/// What went wrong while reading, checking, splitting or fetching data.
///
/// Every message says where, what was expected, what was received and what to do. A `path` names a file or, for
/// data that never was a file, the name it was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Numbers that a program handed over.
    #[error(transparent)]
    Array(#[from] ArrayError),

    /// A table in a CSV file, or its description.
    #[error(transparent)]
    Csv(Box<CsvError>),

    /// A file could not be opened or read.
    #[error("cannot read `{}`: {source}; check that the file exists and that you may read it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A file or folder could not be written.
    #[error("cannot write `{}`: {source}; check the free space and whether you may write there", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A gzip stream is cut off or damaged.
    #[error("`{}`: expected a whole gzip stream, received a cut off or damaged one ({source}); fetch the file again", path.display())]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What the decompressor said.
        source: io::Error,
    },

    /// A file does not begin as an IDX file does.
    #[error("`{}`: expected an IDX file, which begins with the bytes 00 00, received {received:02x?}; check that it is the file you meant", path.display())]
    NotIdx {
        /// The file.
        path: PathBuf,
        /// Its first four bytes.
        received: [u8; 4],
    },

    /// An IDX file holds something else than unsigned bytes.
    #[error("`{}`: expected the IDX element type 0x08 (unsigned byte), received 0x{received:02x}; convert the file to unsigned bytes", path.display())]
    IdxElementType {
        /// The file.
        path: PathBuf,
        /// The element type in its header.
        received: u8,
    },

    /// An IDX file has the wrong number of axes.
    #[error("`{}`: expected {content}, an IDX file of rank {expected}, received rank {received}; check that images and labels are not swapped", path.display())]
    IdxRank {
        /// The file.
        path: PathBuf,
        /// What the file should hold.
        content: &'static str,
        /// The number of axes that it should have.
        expected: u8,
        /// The number of axes in its header.
        received: u8,
    },

    /// An IDX file holds nothing.
    #[error("`{}`: expected at least one example, and images of at least one pixel, received the shape {shape:?}; leave out empty files", path.display())]
    IdxEmpty {
        /// The file.
        path: PathBuf,
        /// The shape in its header.
        shape: Vec<u32>,
    },

    /// An IDX header declares more than any reader should believe.
    #[error("`{}`: expected at most {limit} bytes of data, received a header that declares the shape {shape:?}; the header is damaged, or the file must be split", path.display())]
    IdxTooLarge {
        /// The file.
        path: PathBuf,
        /// The shape in its header.
        shape: Vec<u32>,
        /// The largest number of bytes that is read.
        limit: usize,
    },

    /// A compressed IDX file declares far more than pictures can be compressed to.
    #[error(
        "`{}`: expected at most {limit} bytes of data in a compressed file of {size} bytes, received a header that declares \
         the shape {shape:?}; pictures are not compressed to less than a 200th, so the file is damaged or a trap; if it is \
         meant, decompress it with `gunzip` and name that file", path.display()
    )]
    IdxExpands {
        /// The file.
        path: PathBuf,
        /// The shape in its header.
        shape: Vec<u32>,
        /// The compressed bytes.
        size: u64,
        /// The most bytes that they may stand for.
        limit: u64,
    },

    /// An IDX file ends before what its header declares.
    #[error("`{}`: expected {expected} bytes (decompressed), received only {received}; the file is cut off, fetch it again", path.display())]
    IdxTooShort {
        /// The file.
        path: PathBuf,
        /// Bytes of header and data together.
        expected: usize,
        /// Bytes that were there.
        received: usize,
    },

    /// An IDX file goes on after what its header declares.
    #[error("`{}`: expected {expected} bytes (decompressed), received more; header and data do not belong together, fetch the file again", path.display())]
    IdxTooLong {
        /// The file.
        path: PathBuf,
        /// Bytes of header and data together.
        expected: usize,
    },

    /// A block of pixels is not a whole number of images.
    #[error("`{}`: expected a positive multiple of {height} x {width} pixels, received {received}; check the height and the width", path.display())]
    PixelCount {
        /// The name of the pixels.
        path: PathBuf,
        /// Height of one image.
        height: usize,
        /// Width of one image.
        width: usize,
        /// Number of pixels given.
        received: usize,
    },

    /// Images and labels are not one to one.
    #[error("expected one label an image, received {images} images in `{}` and {labels} labels in `{}`; use the two files of the same set", images_path.display(), labels_path.display())]
    CountMismatch {
        /// Where the images come from.
        images_path: PathBuf,
        /// Number of images.
        images: usize,
        /// Where the labels come from.
        labels_path: PathBuf,
        /// Number of labels.
        labels: usize,
    },

    /// Training and test images differ in size.
    #[error("`{}`: expected test images of {expected:?} pixels (height, width) as the training images have, received {received:?}; use the files of one set", path.display())]
    SizeMismatch {
        /// Where the test images come from.
        path: PathBuf,
        /// Height and width of the training images.
        expected: [usize; 2],
        /// Height and width of the test images.
        received: [usize; 2],
    },

    /// A label names a class that does not exist.
    #[error("`{}`, row {row} (counted from 0): expected a label from 0 to below {num_classes}, received {label}; raise the number of classes or correct the label", path.display())]
    LabelOutOfRange {
        /// Where the labels come from.
        path: PathBuf,
        /// The row in that file, counted from 0.
        row: usize,
        /// The label there.
        label: u8,
        /// The number of classes.
        num_classes: usize,
    },

    /// More rows were asked for than there are, or none.
    #[error(
        "cannot take the first {requested} rows: expected a number from 1 to {available}; choose a number in that range"
    )]
    RowCount {
        /// Rows asked for.
        requested: usize,
        /// Rows that there are.
        available: usize,
    },

    /// A batch asks for a row that does not exist.
    #[error(
        "cannot gather row {row}: expected a row below {available}; use the loader with the data that it was made for"
    )]
    RowOutOfRange {
        /// The row, counted from 0.
        row: usize,
        /// Rows that there are.
        available: usize,
    },

    /// A stream whose first batch is not to be had, or is not as was declared.
    #[error(transparent)]
    Stream(#[from] StreamError),

    /// A data set of Burn's could not give an item.
    #[error("cannot read the rows {rows:?} of the data set: {source}; check where it reads from")]
    Dataset {
        /// The rows asked for, counted from 0.
        rows: Vec<usize>,
        /// What the data set said.
        source: DatasetError,
    },

    /// A batcher made a batch of another shape than was declared.
    #[error(
        "the batcher made {part} of shape {received:?}, expected {expected:?} for samples of shape {input_shape:?} with \
         {targets}; make one flat row a sample (`Batch::new` does), or declare the shape that it makes"
    )]
    BatchShape {
        /// Inputs, targets or sample weights.
        part: &'static str,
        /// The shape that the declaration asks for, samples first.
        expected: Vec<usize>,
        /// The shape of what was made.
        received: Vec<usize>,
        /// The declared shape of a sample's inputs.
        input_shape: Vec<usize>,
        /// The declared targets.
        targets: Targets,
    },

    /// A batch of another number of inputs or targets than its source declares.
    #[error(
        "the batcher made {received} {part}, expected {expected}; make as many, in the order in which they are declared"
    )]
    BatchParts {
        /// Inputs or targets.
        part: &'static str,
        /// How many are declared.
        expected: usize,
        /// How many were made.
        received: usize,
    },

    /// A validation fraction is not a fraction.
    #[error(
        "validation split: expected a fraction between 0 and 1, both excluded, received {fraction}; 0.1 keeps a tenth for validation"
    )]
    SplitFraction {
        /// The fraction.
        fraction: f64,
    },

    /// A split leaves one side without examples.
    #[error(
        "validation split: expected examples on both sides, received a fraction of {fraction} of {available} examples, which leaves none for {side}; choose another fraction or use more data"
    )]
    SplitEmpty {
        /// The side without examples.
        side: &'static str,
        /// The fraction.
        fraction: f64,
        /// Number of examples to split.
        available: usize,
    },

    /// A stratified split of examples whose classes are not known.
    #[error(
        "stratified split: expected examples of known classes, received {targets}; keep any rows back instead"
    )]
    NoStrata {
        /// What is asked for every example.
        targets: Targets,
    },

    /// A loader was given a batch size of zero.
    #[error("batch loader: expected a batch size of at least 1, received 0; 32 is Keras' default")]
    BatchSizeZero,

    /// A loader was given a source without examples.
    #[error(
        "batch loader: expected at least one example, received none; check what was loaded or left over by a split"
    )]
    EmptySource,

    /// A folder of MNIST files lacks one.
    #[error("`{}`: expected one of the files {}, found none of them; put the four files of the set there, or name another folder with `--data DIR`", directory.display(), tried.join(", "))]
    MissingFile {
        /// The folder.
        directory: PathBuf,
        /// The names that were tried.
        tried: Vec<String>,
    },

    /// MNIST is in none of the places where it is looked for.
    #[error(
        "MNIST was not found; expected its four files in one of: {}. Download them with `firebrick data fetch`, name their folder with `--data DIR`, or use the small built-in sample with `--data mnist-sample`",
        listed(places)
    )]
    MnistNotFound {
        /// The places looked at, in order.
        places: Vec<PathBuf>,
    },

    /// A download could not be started or broke off.
    #[error(
        "cannot download `{url}`: {source} (expected {expected} bytes, received {received}); check the network and run `firebrick data fetch` again"
    )]
    Download {
        /// The address.
        url: String,
        /// Bytes that the file should have.
        expected: u64,
        /// Bytes received.
        received: u64,
        /// What the network said.
        source: io::Error,
    },

    /// A server answered with something else than the file.
    #[error(
        "cannot download `{url}`: expected the HTTP status 200, received {status}; check the base URL or try another mirror"
    )]
    DownloadStatus {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },

    /// A download has the wrong length.
    #[error("`{url}`: expected {expected} bytes, received {received}{}; the mirror has another file or the transfer broke off, try again or try another mirror", if received > expected { " or more" } else { "" })]
    DownloadSize {
        /// The address.
        url: String,
        /// Bytes that the file should have.
        expected: u64,
        /// Bytes announced or received.
        received: u64,
    },

    /// A download has the right length but other bytes.
    #[error(
        "`{url}`: expected the SHA-256 checksum {expected}, received {received}; nothing was kept, try again or try another mirror"
    )]
    DownloadChecksum {
        /// The address.
        url: String,
        /// The checksum of the original file.
        expected: String,
        /// The checksum of what came.
        received: String,
    },

    /// A file is not an image that can be read.
    #[error("`{}`: expected a whole PNG or JPEG image, received something else ({source}); save the picture as PNG or JPEG and try again", path.display())]
    ImageDecode {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// An image ends before its last row.
    #[error("`{}`: expected a whole JPEG image, received one without its end marker; the file is cut off, save or fetch it again", path.display())]
    ImageTruncated {
        /// The file.
        path: PathBuf,
    },

    /// An image is larger than is sensible for one digit.
    #[error("`{}`: expected an image of at most {limit} {unit}, received {received}{}; crop or shrink the picture", path.display(), if *unit == "bytes" { " or more" } else { "" })]
    ImageTooLarge {
        /// The file.
        path: PathBuf,
        /// What is counted.
        unit: &'static str,
        /// The largest number allowed.
        limit: u64,
        /// The number received.
        received: u64,
    },

    /// An image shows nothing.
    #[error("`{}`: expected a digit that stands out from its background, received a uniform image (contrast {contrast} of 255); write darker or larger", path.display())]
    ImageBlank {
        /// The file.
        path: PathBuf,
        /// The largest difference from the background.
        contrast: u8,
    },

    /// An image has light and dark parts, but none that a pen has drawn.
    #[error("`{}`: expected a digit, received an image without ink: light, shadow or grain, but no strokes that stand out from the paper; write darker or larger, or crop the picture", path.display())]
    ImageWithoutInk {
        /// The file.
        path: PathBuf,
    },

    /// An image shows more than one digit.
    #[error("`{}`: expected one digit, received {count}; crop the picture to one of them, or have them read one by one (`firebrick predict --split`, `read_digit_images`)", path.display())]
    ImageSeveralDigits {
        /// The file.
        path: PathBuf,
        /// How many there are.
        count: usize,
    },

    /// A digit image was asked for without any pixels.
    #[error("`{}`: expected a target height and width from 1 to {limit}, received {height} x {width}; use the size that the model was trained on", path.display())]
    ImageTargetSize {
        /// The file.
        path: PathBuf,
        /// The largest height or width.
        limit: usize,
        /// The height asked for.
        height: usize,
        /// The width asked for.
        width: usize,
    },
}

/// Conversions that cannot fail are taken where others are.
impl From<Infallible> for DataError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The places as a list for a message.
fn listed(places: &[PathBuf]) -> String {
    let places: Vec<_> = places
        .iter()
        .map(|place| format!("`{}`", place.display()))
        .collect();
    places.join(", ")
}

impl From<CsvError> for DataError {
    fn from(error: CsvError) -> Self {
        Self::Csv(Box::new(error))
    }
}
