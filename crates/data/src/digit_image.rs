//! A picture of a digit from the user's own file.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::batch::extend_scaled;
use crate::digit_normalization::{GreyImage, MIN_CONTRAST};
use crate::error::DataError;

/// The largest file, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// The largest picture, in pixels: what a good camera takes.
const MAX_PIXELS: u64 = 64 << 20;
/// The most that a decoder may allocate, in bytes: the largest picture with four 16-bit channels.
const MAX_DECODER_BYTES: u64 = MAX_PIXELS * 8;
/// The largest height and width to ask for.
const MAX_TARGET: usize = 1024;
/// Channels of a pixel that lie so near to each other are grey.
const GREY_TOLERANCE: u8 = 8;

/// A digit as a network trained on MNIST expects it: light ink on a dark background.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::read_digit_image;
///
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/digits");
/// # let path = std::path::Path::new(folder).join("seven.png");
/// // Black on white, of another size: it becomes white on black, as the digits of MNIST are.
/// let digit = read_digit_image(&path, 28, 28)?;
/// assert_eq!((digit.pixels.len(), digit.inverted), (784, true));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigitImage {
    /// Pixels row by row, 0 the background, 255 full ink; `height * width` of them.
    pub pixels: Vec<u8>,
    /// Whether the picture had dark ink on a light background, and was inverted.
    pub inverted: bool,
    /// Whether the digit was cut out, scaled and centred; not done to a grey picture that has the size already.
    pub recentred: bool,
}

impl DigitImage {
    /// The picture as a batch of one, from 0 to 1.
    ///
    /// # Shapes
    /// - output: `[1, height * width]`
    pub fn to_tensor(&self, device: &Device) -> Tensor<2> {
        let mut values = Vec::with_capacity(self.pixels.len());
        extend_scaled(&mut values, &self.pixels);
        Tensor::from_data(TensorData::new(values, [1, self.pixels.len()]), device)
    }
}

/// Reads a PNG or JPEG file of any size and colour as one digit of `height` x `width` pixels.
///
/// A grey picture of just that size is taken as it is. Any other is prepared as MNIST was: transparent parts
/// become a background that the ink stands out from, the contrast is stretched, the ink is cut out, scaled with its
/// proportions into a box of 20/28 of the size, and placed with its centre of mass in the middle. Either way
/// dark ink on a lighter background (the median of the border) is inverted. A photo is turned as its EXIF data says.
///
/// ```no_run
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// let digit = firebrick::datasets::read_digit_image("seven.png".as_ref(), 28, 28)?;
/// assert_eq!(digit.pixels.len(), 784);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// Names the file if it cannot be read, is cut off, is no PNG or JPEG, is too large (64 MiB, 64 megapixels), or
/// shows nothing that stands out from its background.
pub fn read_digit_image(path: &Path, height: usize, width: usize) -> Result<DigitImage, DataError> {
    if !(1..=MAX_TARGET).contains(&height) || !(1..=MAX_TARGET).contains(&width) {
        return Err(DataError::ImageTargetSize {
            path: path.to_owned(),
            limit: MAX_TARGET,
            height,
            width,
        });
    }
    let picture = decode(&read_file(path)?, path)?;
    let has_size = picture.height() as usize == height && picture.width() as usize == width;
    let is_final = has_size && is_grey(&picture);

    let mut grey = flatten(&picture);
    let (darkest, lightest) = grey.contrasts();
    let contrast = darkest.max(lightest);
    if contrast < MIN_CONTRAST {
        return Err(DataError::ImageBlank {
            path: path.to_owned(),
            contrast,
        });
    }
    let inverted = darkest > lightest;
    if inverted {
        grey.invert();
    }
    let pixels = if is_final {
        grey.into_pixels()
    } else {
        grey.normalized(height, width)
    };
    Ok(DigitImage {
        pixels,
        inverted,
        recentred: !is_final,
    })
}

fn read_file(path: &Path) -> Result<Vec<u8>, DataError> {
    let read_error = |source| DataError::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(read_error)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(read_error)?;
    check_limit(bytes.len() as u64, MAX_FILE_BYTES, "bytes", path)?;
    Ok(bytes)
}

fn check_limit(
    received: u64,
    limit: u64,
    unit: &'static str,
    path: &Path,
) -> Result<(), DataError> {
    if received > limit {
        return Err(DataError::ImageTooLarge {
            path: path.to_owned(),
            unit,
            limit,
            received,
        });
    }
    Ok(())
}

fn decode(bytes: &[u8], path: &Path) -> Result<DynamicImage, DataError> {
    let decode_error = |source: image::ImageError| DataError::ImageDecode {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|source| decode_error(image::ImageError::IoError(source)))?;
    if reader.format() == Some(ImageFormat::Jpeg) && !has_jpeg_end(bytes) {
        return Err(DataError::ImageTruncated {
            path: path.to_owned(),
        });
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);

    let mut decoder = reader.into_decoder().map_err(decode_error)?;
    let (width, height) = decoder.dimensions();
    check_limit(
        u64::from(width) * u64::from(height),
        MAX_PIXELS,
        "pixels",
        path,
    )?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(decode_error)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Whether the end marker follows the last scan; decoders fill up a missing rest with grey.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|window| window == marker);
    match (last([0xff, 0xda]), last([0xff, 0xd9])) {
        (Some(scan), Some(end)) => end > scan,
        _ => false,
    }
}

/// Whether the picture is opaque and without colours worth the name.
fn is_grey(picture: &DynamicImage) -> bool {
    picture.to_rgba8().pixels().all(|pixel| {
        let [red, green, blue, alpha] = pixel.0;
        let near = |one: u8, other: u8| one.abs_diff(other) <= GREY_TOLERANCE;
        alpha == u8::MAX && near(red, green) && near(green, blue) && near(red, blue)
    })
}

/// One grey value a pixel; transparent parts show black behind light ink, and white behind dark ink.
fn flatten(picture: &DynamicImage) -> GreyImage {
    let (height, width) = (picture.height() as usize, picture.width() as usize);
    let pixels = picture.to_luma_alpha8();
    let [mut light, mut opaque] = [0_u64; 2];
    for pixel in pixels.pixels() {
        let [grey, alpha] = pixel.0.map(u64::from);
        light += grey * alpha;
        opaque += alpha;
    }
    let behind = if light > 127 * opaque { 0 } else { 255 };
    let over = |[grey, alpha]: [u8; 2]| {
        let [grey, alpha] = [grey, alpha].map(u32::from);
        let mixed = (grey * alpha + behind * (255 - alpha) + 127) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    GreyImage::new(
        pixels.pixels().map(|pixel| over(pixel.0)).collect(),
        height,
        width,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jpeg_ends_after_its_last_scan() {
        let [scan, end] = [[0xff, 0xda], [0xff, 0xd9]];
        let thumbnail = [scan, [1, 2], end].concat();
        assert!(has_jpeg_end(
            &[&thumbnail[..], &scan, &[3, 4], &end, &[0, 0]].concat()
        ));
        assert!(!has_jpeg_end(&[&thumbnail[..], &scan, &[3, 4]].concat()));
        assert!(!has_jpeg_end(&[3, 4]));
    }
}
