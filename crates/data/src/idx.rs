//! The IDX format of MNIST and its relatives, raw or gzip-compressed.
//!
//! A file is the bytes `00 00`, one byte for the element type, one for the rank, a big-endian `u32` for every axis,
//! then the elements. Nothing in a header is believed: its product is checked, memory grows only as bytes really
//! arrive, never beyond what the header declares, and the end of the data must be the end of the file.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::error::DataError;

/// The most data that is read from one file; the largest MNIST-like set in use (EMNIST by class) needs 550 MB.
const MAX_BYTES: usize = 1 << 30;
/// How many times its own size a compressed file may hold, beyond [`EXPANDS_FREELY`]: handwriting is compressed to a fifth,
/// almost empty pictures to a fiftieth.
const MAX_EXPANSION: u64 = 200;
/// What any compressed file may hold.
const EXPANDS_FREELY: u64 = 1 << 26;
const FIRST_READ: usize = 1 << 16;
/// How many times its own size a file is likely to hold: room for that is made at once.
const LIKELY_EXPANSION: u64 = 8;
/// What is decompressed at once.
const BUFFER: usize = 1 << 16;
const UNSIGNED_BYTE: u8 = 0x08;
pub(crate) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The bytes before the pixels of images.
pub(crate) const IMAGES_HEADER: usize = header_len(3);

/// Grey images of one size, `[count, height, width]`, one byte a pixel.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::IdxImages;
///
/// let images = IdxImages::new(vec![0; 2 * 28 * 28], 28, 28)?;
/// assert_eq!((images.count(), images.height()), (2, 28));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct IdxImages {
    path: PathBuf,
    height: usize,
    width: usize,
    pixels: Vec<u8>,
}

impl IdxImages {
    /// Takes images that lie one after the other, each row by row.
    ///
    /// # Errors
    /// [`DataError::PixelCount`] unless the pixels are a positive multiple of `height * width`.
    pub fn new(pixels: Vec<u8>, height: usize, width: usize) -> Result<Self, DataError> {
        let path = PathBuf::from("images in memory");
        let size = height.checked_mul(width).unwrap_or(0);
        if size == 0 || pixels.is_empty() || !pixels.len().is_multiple_of(size) {
            let received = pixels.len();
            return Err(DataError::PixelCount {
                path,
                height,
                width,
                received,
            });
        }
        Ok(Self {
            path,
            height,
            width,
            pixels,
        })
    }

    /// Number of images.
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.height * self.width)
    }

    /// Rows of one image.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Columns of one image.
    pub fn width(&self) -> usize {
        self.width
    }

    /// All pixels, image by image, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The file that they come from, or a name for it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// What stands before the pixels in an IDX file of these images.
    pub(crate) fn header(&self) -> [u8; IMAGES_HEADER] {
        let mut header = [0; IMAGES_HEADER];
        header[2..4].copy_from_slice(&[UNSIGNED_BYTE, 3]);
        let shape = [self.count(), self.height, self.width];
        for (bytes, length) in header[4..].chunks_exact_mut(4).zip(shape) {
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            bytes.copy_from_slice(&length.to_be_bytes());
        }
        header
    }

    /// The images of an IDX file that begins so and has these pixels, if it says of itself that it does.
    pub(crate) fn of_parts(
        header: [u8; IMAGES_HEADER],
        pixels: Vec<u8>,
        path: &Path,
    ) -> Option<Self> {
        let ([_, height, width], len) = read_header(&mut &header[..], path, "images").ok()?;
        (pixels.len() == len).then(|| Self {
            path: path.to_owned(),
            height,
            width,
            pixels,
        })
    }
}

impl fmt::Debug for IdxImages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdxImages")
            .field("path", &self.path)
            .field("shape", &[self.count(), self.height, self.width])
            .finish_non_exhaustive()
    }
}

/// Labels, one byte each, classes counted from 0.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::IdxLabels;
///
/// assert_eq!(IdxLabels::new(vec![7, 2, 1])?.labels(), [7, 2, 1]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct IdxLabels {
    path: PathBuf,
    labels: Vec<u8>,
}

impl IdxLabels {
    /// Takes labels as they are.
    ///
    /// # Errors
    /// [`DataError::IdxEmpty`] if there are none.
    pub fn new(labels: Vec<u8>) -> Result<Self, DataError> {
        let path = PathBuf::from("labels in memory");
        if labels.is_empty() {
            return Err(DataError::IdxEmpty {
                path,
                shape: vec![0],
            });
        }
        Ok(Self { path, labels })
    }

    /// The labels in file order.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The file that they come from, or a name for it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn into_labels(self) -> Vec<u8> {
        self.labels
    }
}

impl fmt::Debug for IdxLabels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdxLabels")
            .field("path", &self.path)
            .field("count", &self.labels.len())
            .finish_non_exhaustive()
    }
}

/// Reads an IDX file of images; gzip is recognized by its first bytes, whatever the name.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::read_images;
///
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/mnist");
/// # let path = std::path::Path::new(folder).join("t10k-images-idx3-ubyte.gz");
/// let images = read_images(&path)?;
/// assert_eq!((images.count(), images.height(), images.width()), (10_000, 28, 28));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// Names the file and what is wrong with it: unreadable, damaged, not of unsigned bytes, not of rank 3, empty,
/// shorter or longer than its header declares, larger than 1 GiB, or compressed to less than a 200th of more than 64 MiB,
/// which pictures are not.
pub fn read_images(path: impl AsRef<Path>) -> Result<IdxImages, DataError> {
    let (file, size) = open(path.as_ref())?;
    images(file, size, path.as_ref())
}

/// Reads an IDX file of labels; gzip is recognized by its first bytes, whatever the name.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::read_labels;
///
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/mnist");
/// # let path = std::path::Path::new(folder).join("t10k-labels-idx1-ubyte.gz");
/// assert_eq!(read_labels(&path)?.labels()[..3], [7, 2, 1]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// As [`read_images`], for rank 1.
pub fn read_labels(path: impl AsRef<Path>) -> Result<IdxLabels, DataError> {
    let (file, size) = open(path.as_ref())?;
    labels(file, size, path.as_ref())
}

/// Reads images from the bytes of an IDX file; `name` stands for the path in errors.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::parse_images;
///
/// // Bytes of rank 3: one image of one row and two pixels.
/// let file = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 255];
/// let images = parse_images(&file, "built in")?;
/// assert_eq!((images.height(), images.width(), images.pixels()), (1, 2, &[7, 255][..]));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// As [`read_images`].
pub fn parse_images(bytes: &[u8], name: impl AsRef<Path>) -> Result<IdxImages, DataError> {
    images(bytes, Some(bytes.len() as u64), name.as_ref())
}

/// Reads labels from the bytes of an IDX file; `name` stands for the path in errors.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::parse_labels;
///
/// // Bytes of rank 1: two labels.
/// let labels = parse_labels(&[0, 0, 8, 1, 0, 0, 0, 2, 9, 4], "built in")?;
/// assert_eq!(labels.labels(), [9, 4]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// As [`read_labels`].
pub fn parse_labels(bytes: &[u8], name: impl AsRef<Path>) -> Result<IdxLabels, DataError> {
    labels(bytes, Some(bytes.len() as u64), name.as_ref())
}

/// The file and how many bytes it has, which a pipe does not say.
fn open(path: &Path) -> Result<(File, Option<u64>), DataError> {
    let opened = File::open(path).and_then(|file| {
        let metadata = file.metadata()?;
        let size = metadata.is_file().then_some(metadata.len());
        Ok((file, size))
    });
    opened.map_err(|source| DataError::Read {
        path: path.to_owned(),
        source,
    })
}

fn images(reader: impl Read, size: Option<u64>, path: &Path) -> Result<IdxImages, DataError> {
    let ([_, height, width], pixels) = parse(reader, size, path, "images")?;
    Ok(IdxImages {
        path: path.to_owned(),
        height,
        width,
        pixels,
    })
}

fn labels(reader: impl Read, size: Option<u64>, path: &Path) -> Result<IdxLabels, DataError> {
    let ([_], labels) = parse(reader, size, path, "labels")?;
    Ok(IdxLabels {
        path: path.to_owned(),
        labels,
    })
}

/// Shape and elements of a raw or gzip-compressed IDX file of the given rank and of so many bytes.
fn parse<const RANK: usize>(
    mut reader: impl Read,
    size: Option<u64>,
    path: &Path,
    content: &'static str,
) -> Result<([usize; RANK], Vec<u8>), DataError> {
    let there = size.unwrap_or(0).saturating_mul(LIKELY_EXPANSION);
    let there = usize::try_from(there).unwrap_or(usize::MAX);
    let mut start = [0; 2];
    let received = fill(&mut reader, &mut start).map_err(|source| read_error(path, source))?;
    let whole = Cursor::new(start).take(received as u64).chain(reader);
    if received == 2 && start == GZIP_MAGIC {
        let size = size.unwrap_or(MAX_BYTES as u64);
        let limit = size.saturating_mul(MAX_EXPANSION).max(EXPANDS_FREELY);
        let decoded = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole));
        parse_raw(decoded, (there, Some((size, limit))), path, content)
    } else {
        parse_raw(whole, (there, None), path, content)
    }
}

/// The bytes that are likely to be there are given, and of a compressed file its size and the most that it may hold.
fn parse_raw<const RANK: usize>(
    mut reader: impl Read,
    (there, compressed): (usize, Option<(u64, u64)>),
    path: &Path,
    content: &'static str,
) -> Result<([usize; RANK], Vec<u8>), DataError> {
    let (shape, len) = read_header(&mut reader, path, content)?;
    if let Some((size, limit)) = compressed
        && len as u64 > limit
    {
        let declared = shape.map(|length| u32::try_from(length).unwrap_or(u32::MAX));
        return Err(DataError::IdxExpands {
            path: path.to_owned(),
            shape: declared.to_vec(),
            size,
            limit,
        });
    }

    let elements =
        read_up_to(&mut reader, len, there).map_err(|source| read_error(path, source))?;
    let expected = header_len(RANK) + len;
    if elements.len() < len {
        return Err(DataError::IdxTooShort {
            path: path.to_owned(),
            expected,
            received: header_len(RANK) + elements.len(),
        });
    }
    // The one byte more also makes a gzip stream check its own sum.
    let more = fill(&mut reader, &mut [0]).map_err(|source| read_error(path, source))?;
    if more > 0 {
        return Err(DataError::IdxTooLong {
            path: path.to_owned(),
            expected,
        });
    }
    Ok((shape, elements))
}

/// The bytes before the elements.
const fn header_len(rank: usize) -> usize {
    4 + 4 * rank
}

/// Reads what stands before the elements: their shape, and how many there are.
fn read_header<const RANK: usize>(
    reader: &mut impl Read,
    path: &Path,
    content: &'static str,
) -> Result<([usize; RANK], usize), DataError> {
    let too_short = |received| DataError::IdxTooShort {
        path: path.to_owned(),
        expected: header_len(RANK),
        received,
    };
    let mut magic = [0; 4];
    let received = fill(reader, &mut magic).map_err(|source| read_error(path, source))?;
    if received < magic.len() {
        return Err(too_short(received));
    }
    check_magic::<RANK>(magic, path, content)?;

    let mut shape = [0_u32; RANK];
    for (axis, length) in shape.iter_mut().enumerate() {
        let mut bytes = [0; 4];
        let received = fill(reader, &mut bytes).map_err(|source| read_error(path, source))?;
        if received < bytes.len() {
            return Err(too_short(header_len(axis) + received));
        }
        *length = u32::from_be_bytes(bytes);
    }
    check_shape(shape, path)
}

fn check_magic<const RANK: usize>(
    magic: [u8; 4],
    path: &Path,
    content: &'static str,
) -> Result<(), DataError> {
    let path = path.to_owned();
    match magic {
        [0, 0, UNSIGNED_BYTE, rank] if usize::from(rank) == RANK => Ok(()),
        [0, 0, UNSIGNED_BYTE, received] => {
            let expected = if RANK == 1 { 1 } else { 3 };
            Err(DataError::IdxRank {
                path,
                content,
                expected,
                received,
            })
        }
        [0, 0, received, _] => Err(DataError::IdxElementType { path, received }),
        received => Err(DataError::NotIdx { path, received }),
    }
}

/// The shape in numbers that index memory, with its product.
fn check_shape<const RANK: usize>(
    shape: [u32; RANK],
    path: &Path,
) -> Result<([usize; RANK], usize), DataError> {
    if shape.contains(&0) {
        return Err(DataError::IdxEmpty {
            path: path.to_owned(),
            shape: shape.to_vec(),
        });
    }
    let mut lengths = [0; RANK];
    let mut product = Some(1_usize);
    for (length, declared) in lengths.iter_mut().zip(shape) {
        *length = usize::try_from(declared).unwrap_or(usize::MAX);
        product = product.and_then(|product| product.checked_mul(*length));
    }
    match product {
        Some(product) if product <= MAX_BYTES => Ok((lengths, product)),
        _ => Err(DataError::IdxTooLarge {
            path: path.to_owned(),
            shape: shape.to_vec(),
            limit: MAX_BYTES,
        }),
    }
}

/// Fills the buffer as far as the reader goes; returns how far that was.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(received) => filled += received,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads at most `len` bytes: first as many as are likely to be there, doubling the memory only when the last piece really was.
fn read_up_to(reader: &mut impl Read, len: usize, there: usize) -> io::Result<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::new();
    while bytes.len() < len {
        let step = bytes
            .len()
            .max(FIRST_READ)
            .max(there - there.min(bytes.len()));
        let step = step.min(len - bytes.len());
        bytes.try_reserve_exact(step).map_err(io::Error::other)?;
        if reader.by_ref().take(step as u64).read_to_end(&mut bytes)? < step {
            break;
        }
    }
    Ok(bytes)
}

/// What a decompressor complains about is a damaged file; the rest is the system's.
fn read_error(path: &Path, source: io::Error) -> DataError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            DataError::Gzip { path, source }
        }
        _ => DataError::Read { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_follows_the_bytes_that_arrive_and_not_the_header() {
        let short = read_up_to(&mut &[7_u8; 100][..], MAX_BYTES, 800).unwrap();
        assert_eq!(short.len(), 100);
        assert!(short.capacity() <= FIRST_READ, "{}", short.capacity());

        let len = 5 * FIRST_READ + 3;
        for there in [0, FIRST_READ + 1, len, 2 * len] {
            let whole = read_up_to(&mut io::repeat(1), len, there).unwrap();
            assert_eq!((whole.len(), whole.capacity()), (len, len));
        }
    }

    #[test]
    fn a_product_that_overflows_is_too_large() {
        for shape in [
            [u32::MAX; 3],
            [u32::MAX, 1, 1],
            [1 << 10, 1 << 10, (1 << 10) + 1],
        ] {
            let error = check_shape(shape, Path::new("x")).unwrap_err();
            assert!(matches!(error, DataError::IdxTooLarge { .. }), "{error}");
        }
        assert_eq!(
            check_shape([1 << 10; 3], Path::new("x")).unwrap().1,
            MAX_BYTES
        );
    }
}
