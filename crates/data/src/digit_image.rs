//! Pictures of digits from the user's own files.

mod components;
mod decode;
mod grouping;
mod ink;
mod normalization;
mod plane;
mod rules;
mod search;

use std::io;
use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use image::{GrayImage, ImageFormat};

use self::decode::{Picture, picture_of, read_picture};
use self::ink::{Contrast, MIN_CONTRAST};
use self::normalization::normalized;
use self::plane::Plane;
use self::search::Search;
use crate::error::DataError;
use crate::pixels::ByteScale;

/// The largest height and width to ask for.
const MAX_TARGET: usize = 1024;

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
    /// The number of rows.
    pub height: usize,
    /// The number of columns.
    pub width: usize,
    /// Whether the picture had dark ink on a light background, and was inverted.
    pub inverted: bool,
    /// Whether the digit was cut out, scaled and centred; not done to a grey picture that has the size already.
    pub recentred: bool,
    /// Where the digit is in the picture, upright.
    pub bounds: DigitBounds,
}

/// A rectangle of a picture, in pixels, counted from 0 at its upper left corner.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::read_digit_image;
///
/// # let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/digits/three.jpg"));
/// let digit = read_digit_image(path, 28, 28)?;
/// assert!(digit.bounds.width > 0 && digit.bounds.height > digit.bounds.width);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigitBounds {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// The number of columns.
    pub width: u32,
    /// The number of rows.
    pub height: u32,
}

impl DigitImage {
    /// The picture as a batch of one, from 0 to 1.
    ///
    /// # Shapes
    /// - output: `[1, height * width]`
    pub fn to_tensor(&self, device: &Device) -> Tensor<2> {
        let mut values = Vec::with_capacity(self.pixels.len());
        ByteScale::UNIT.extend(&mut values, &self.pixels);
        Tensor::from_data(TensorData::new(values, [1, self.pixels.len()]), device)
    }

    /// The contents of a PNG file that shows it.
    ///
    /// # Errors
    /// Pixels that are not `height * width`.
    pub fn to_png(&self) -> io::Result<Vec<u8>> {
        let side = |length: usize| u32::try_from(length).map_err(io::Error::other);
        let (width, height) = (side(self.width)?, side(self.height)?);
        let picture = GrayImage::from_raw(width, height, self.pixels.clone());
        let picture = picture.ok_or_else(|| {
            io::Error::other(format!(
                "expected {} x {} pixels, received {}",
                self.height,
                self.width,
                self.pixels.len()
            ))
        })?;
        let mut png = io::Cursor::new(Vec::new());
        let written = picture.write_to(&mut png, ImageFormat::Png);
        written.map_err(io::Error::other)?;
        Ok(png.into_inner())
    }
}

/// Reads a PNG or JPEG file of any size and colour as one digit of `height` x `width` pixels.
///
/// A grey picture of just that size is taken as it is, inverted if its ink is darker than the median of its border.
/// Any other is searched for ink: on an even background by its contrast, in a photograph by strokes that are darker
/// (or lighter, as chalk is) than what is around them, whatever light or shadow lies on it; lines of ruled and
/// squared paper, specks, and what reaches in from the edges of a photograph are left out. The digit is then
/// prepared as MNIST was: cut out, scaled with its proportions into a box of 20/28 of the size, and placed with its
/// centre of mass in the middle. Transparent parts become a background that the ink stands out from, and a photo is
/// turned as its EXIF data says.
///
/// ```no_run
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// let digit = firebrick::datasets::read_digit_image("seven.png".as_ref(), 28, 28)?;
/// assert_eq!(digit.pixels.len(), 784);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// Names the file if it cannot be read, is cut off, is no PNG or JPEG, is too large (a file of 64 MiB, 64
/// megapixels, 256 MiB once decoded), or shows no ink, or several digits.
pub fn read_digit_image(path: &Path, height: usize, width: usize) -> Result<DigitImage, DataError> {
    only(read_digit_images(path, height, width)?, path)
}

fn only(mut digits: Vec<DigitImage>, path: &Path) -> Result<DigitImage, DataError> {
    match (digits.pop(), digits.len()) {
        (Some(digit), 0) => Ok(digit),
        (_, others) => Err(DataError::ImageSeveralDigits {
            path: path.to_owned(),
            count: others + 1,
        }),
    }
}

/// Reads a PNG or JPEG file as the digits that it shows, at least one: line by line from the top, and each line from
/// the left.
///
/// They are found and prepared as by [`read_digit_image`]. Digits that touch each other are taken for one.
///
/// ```no_run
/// let digits = firebrick_data::read_digit_images("postcode.jpg".as_ref(), 28, 28)?;
/// let places: Vec<u32> = digits.iter().map(|digit| digit.bounds.left).collect();
/// # Ok::<(), firebrick_data::DataError>(())
/// ```
///
/// # Errors
/// Those of [`read_digit_image`], but for the number of digits.
pub fn read_digit_images(
    path: &Path,
    height: usize,
    width: usize,
) -> Result<Vec<DigitImage>, DataError> {
    check_target(path, height, width)?;
    digits_of(read_picture(path)?, path, height, width)
}

/// Reads the contents of a PNG or JPEG file as [`read_digit_image`] reads a file; errors call it `name`.
///
/// ```
/// use firebrick_data::digit_image_of;
///
/// let png = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/digits/seven.png"))?;
/// let digit = digit_image_of(&png, "seven.png", 28, 28)?;
/// assert_eq!(digit.pixels.len(), 784);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As those of [`read_digit_image`].
pub fn digit_image_of(
    contents: &[u8],
    name: impl AsRef<Path>,
    height: usize,
    width: usize,
) -> Result<DigitImage, DataError> {
    let path = name.as_ref();
    check_target(path, height, width)?;
    only(
        digits_of(picture_of(contents, path)?, path, height, width)?,
        path,
    )
}

fn check_target(path: &Path, height: usize, width: usize) -> Result<(), DataError> {
    let is_target = |side| (1..=MAX_TARGET).contains(&side);
    if is_target(height) && is_target(width) {
        return Ok(());
    }
    Err(DataError::ImageTargetSize {
        path: path.to_owned(),
        limit: MAX_TARGET,
        height,
        width,
    })
}

/// The digits that a picture shows, at least one.
fn digits_of(
    picture: Picture,
    path: &Path,
    height: usize,
    width: usize,
) -> Result<Vec<DigitImage>, DataError> {
    let grey = &picture.grey;
    let has_size = grey.height() as usize == height && grey.width() as usize == width;
    if has_size && picture.is_grey {
        return as_it_is(picture.grey, path).map(|digit| vec![digit]);
    }

    let search = Search::of(grey);
    let digits: Vec<DigitImage> = search
        .digits()
        .map(|digit| DigitImage {
            pixels: normalized(&search.ink.plane, digit, height, width),
            height,
            width,
            inverted: search.ink.is_dark,
            recentred: true,
            bounds: search.bounds(digit),
        })
        .collect();
    if digits.is_empty() {
        return Err(without_ink(Contrast::of(&Plane::from(grey)), path));
    }
    Ok(digits)
}

/// A picture that is in its final form but for its polarity.
fn as_it_is(mut grey: GrayImage, path: &Path) -> Result<DigitImage, DataError> {
    let contrast = Contrast::of(&Plane::from(&grey));
    if contrast.largest() < MIN_CONTRAST {
        return Err(without_ink(contrast, path));
    }
    if contrast.is_dark() {
        image::imageops::invert(&mut grey);
    }
    let (width, height) = grey.dimensions();
    Ok(DigitImage {
        height: height as usize,
        width: width as usize,
        pixels: grey.into_raw(),
        inverted: contrast.is_dark(),
        recentred: false,
        bounds: DigitBounds {
            left: 0,
            top: 0,
            width,
            height,
        },
    })
}

/// Says whether there is nothing at all, or nothing that could have been written.
fn without_ink(contrast: Contrast, path: &Path) -> DataError {
    let path = path.to_owned();
    if contrast.largest() < MIN_CONTRAST {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below 16"
        )]
        let contrast = contrast.largest() as u8;
        DataError::ImageBlank { path, contrast }
    } else {
        DataError::ImageWithoutInk { path }
    }
}
