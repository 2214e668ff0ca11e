//! From a file to grey pixels, within limits that its header is held against.

use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    Luma, Pixel,
};

use crate::error::DataError;

/// The largest file, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// The largest picture, in pixels: what a good camera takes.
const MAX_PIXELS: u64 = 64 << 20;
/// The most that the pixels may take up once they are decoded, in bytes: four a pixel of the largest picture.
const MAX_DECODED_BYTES: u64 = MAX_PIXELS * 4;
/// Channels of a pixel that lie so near to each other are grey.
const GREY_TOLERANCE: u8 = 8;

/// A picture as it is to be seen.
pub(super) struct Picture {
    /// One grey value a pixel; transparent parts show black behind light ink, and white behind dark ink.
    pub(super) grey: GrayImage,
    /// Whether it is opaque and without colours worth the name.
    pub(super) is_grey: bool,
}

/// Reads a PNG or JPEG file.
///
/// # Errors
/// A file that cannot be read, is too large, cut off, or nothing that the decoder understands.
pub(super) fn read_picture(path: &Path) -> Result<Picture, DataError> {
    picture_of(&read_file(path)?, path)
}

/// Reads the contents of a PNG or JPEG file; errors call it `path`.
///
/// # Errors
/// As those of [`read_picture`].
pub(super) fn picture_of(bytes: &[u8], path: &Path) -> Result<Picture, DataError> {
    check_limit(bytes.len() as u64, MAX_FILE_BYTES, "bytes", path)?;
    // Decoders have panicked over broken files before; one picture must not take the others along.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes, path)));
    decoded.unwrap_or_else(|_| {
        Err(DataError::ImageDecode {
            path: path.to_owned(),
            source: "the decoder failed over its contents".into(),
        })
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

fn decode(bytes: &[u8], path: &Path) -> Result<Picture, DataError> {
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
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);

    let mut decoder = reader.into_decoder().map_err(decode_error)?;
    let (width, height) = decoder.dimensions();
    check_limit(
        u64::from(width) * u64::from(height),
        MAX_PIXELS,
        "pixels",
        path,
    )?;
    check_limit(
        decoder.total_bytes(),
        MAX_DECODED_BYTES,
        "bytes once decoded",
        path,
    )?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(decode_error)?;
    let is_grey = is_grey(&picture);
    let mut upright = DynamicImage::ImageLuma8(flatten(&picture));
    drop(picture);
    upright.apply_orientation(orientation);
    Ok(Picture {
        grey: upright.into_luma8(),
        is_grey,
    })
}

/// Whether the end marker follows the last scan; decoders fill up a missing rest with grey.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|window| window == marker);
    match (last([0xff, 0xda]), last([0xff, 0xd9])) {
        (Some(scan), Some(end)) => end > scan,
        _ => false,
    }
}

fn is_grey(picture: &DynamicImage) -> bool {
    picture.pixels().all(|(_, _, pixel)| {
        let [red, green, blue, alpha] = pixel.0;
        let near = |one: u8, other: u8| one.abs_diff(other) <= GREY_TOLERANCE;
        alpha == u8::MAX && near(red, green) && near(green, blue) && near(red, blue)
    })
}

/// One grey value a pixel, without a second copy of the picture in colour.
fn flatten(picture: &DynamicImage) -> GrayImage {
    let [mut light, mut opaque] = [0_u64; 2];
    for (_, _, pixel) in picture.pixels() {
        let [grey, alpha] = pixel.to_luma_alpha().0.map(u64::from);
        light += grey * alpha;
        opaque += alpha;
    }
    let behind = if light > 127 * opaque { 0 } else { 255 };
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [grey, alpha] = picture.get_pixel(x, y).to_luma_alpha().0.map(u32::from);
        let mixed = (grey * alpha + behind * (255 - alpha) + 127) / 255;
        Luma([u8::try_from(mixed).unwrap_or(u8::MAX)])
    })
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
