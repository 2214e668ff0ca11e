//! Pictures of digits in many forms come out like the digits that they show.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use firebrick_data::{DataError, DigitImage, MnistDataset, mnist_sample, read_digit_image};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};

fn digits() -> MnistDataset {
    mnist_sample().unwrap().test.first(20).unwrap()
}

fn grey(digits: &MnistDataset, row: usize) -> GrayImage {
    GrayImage::from_raw(28, 28, digits.image(row).to_vec()).unwrap()
}

/// Saves a picture and reads it back as a digit.
fn through_file(picture: impl Into<DynamicImage>, name: &str) -> Result<DigitImage, DataError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    picture.into().save(&path).unwrap();
    read_digit_image(&path, 28, 28)
}

fn written(bytes: &[u8], name: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, bytes).unwrap();
    (directory, path)
}

fn correlation(first: &[u8], second: &[u8]) -> f64 {
    let centred = |pixels: &[u8]| {
        let mean = pixels.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / pixels.len() as f64;
        pixels
            .iter()
            .map(|&pixel| f64::from(pixel) - mean)
            .collect::<Vec<_>>()
    };
    let (first, second) = (centred(first), centred(second));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&first, &second) / (dot(&first, &first) * dot(&second, &second)).sqrt()
}

/// The pixels moved right and down; what leaves one side comes in at the other.
fn moved(pixels: &[u8], right: usize, down: usize) -> Vec<u8> {
    let source =
        |position: usize| (position / 28 + 28 - down) % 28 * 28 + (position + 28 - right) % 28;
    (0..784).map(|position| pixels[source(position)]).collect()
}

/// The best correlation when one of the two may move by a pixel: a centre of mass between two pixels rounds
/// either way, and thin lines that lie side by side do not correlate.
fn nearby_correlation(first: &[u8], second: &[u8]) -> f64 {
    let moves = [27, 0, 1]
        .into_iter()
        .flat_map(|right| [(right, 27), (right, 0), (right, 1)]);
    moves
        .map(|(right, down)| correlation(&moved(first, right, down), second))
        .fold(-1.0, f64::max)
}

/// Every digit, drawn by a function into a larger picture, must come back much like itself, and on the whole nearly so.
fn come_out_alike(name: &str, is_inverted: bool, draw: impl Fn(GrayImage) -> DynamicImage) {
    let digits = digits();
    let mut sum = 0.0;
    for row in 0..digits.len() {
        let digit = through_file(draw(grey(&digits, row)), name).unwrap();
        assert_eq!((digit.inverted, digit.recentred), (is_inverted, true));
        assert_eq!(digit.pixels.len(), 784);
        let nearby = nearby_correlation(&digit.pixels, digits.image(row));
        assert!(
            nearby > 0.8,
            "digit {} in row {row}: {nearby}",
            digits.label(row)
        );
        sum += correlation(&digit.pixels, digits.image(row));
    }
    let mean = sum / digits.len() as f64;
    assert!(mean > 0.9, "{mean}");
}

/// The digit eight times as large.
fn enlarged(digit: &GrayImage) -> GrayImage {
    imageops::resize(digit, 8 * 28, 8 * 28, FilterType::CatmullRom)
}

#[test]
fn a_grey_picture_of_the_size_is_taken_as_it_is() {
    let digits = digits();
    for row in 0..digits.len() {
        let white_on_black = through_file(grey(&digits, row), "digit.png").unwrap();
        assert_eq!(white_on_black.pixels, digits.image(row));
        assert!(!white_on_black.inverted && !white_on_black.recentred);

        let mut black_on_white = grey(&digits, row);
        imageops::invert(&mut black_on_white);
        let black_on_white =
            through_file(DynamicImage::from(black_on_white).into_rgb8(), "digit.png").unwrap();
        assert_eq!(black_on_white.pixels, digits.image(row));
        assert!(black_on_white.inverted && !black_on_white.recentred);
    }
}

#[test]
fn dark_colours_on_a_large_light_page_come_out_as_the_digit() {
    come_out_alike("digit.png", true, |digit| {
        let digit = imageops::resize(&digit, 140, 140, FilterType::CatmullRom);
        // 200 wide and 300 high, the digit in the lower right, dark blue on cream.
        let mut page = RgbImage::from_pixel(200, 300, Rgb([250, 245, 230]));
        for (x, y, &Luma([ink])) in digit.enumerate_pixels() {
            let mix = |paper: u8, pen: u8| {
                let (paper, pen, ink) = (u16::from(paper), u16::from(pen), u16::from(ink));
                u8::try_from((paper * (255 - ink) + pen * ink) / 255).unwrap()
            };
            page.put_pixel(
                x + 55,
                y + 150,
                Rgb([mix(250, 10), mix(245, 20), mix(230, 90)]),
            );
        }
        page.into()
    });
}

#[test]
fn ink_on_a_transparent_background_comes_out_as_the_digit() {
    for (pen, is_inverted) in [([0, 0, 0], true), ([255, 255, 255], false)] {
        come_out_alike("digit.png", is_inverted, |digit| {
            let digit = enlarged(&digit);
            let [red, green, blue] = pen;
            RgbaImage::from_fn(digit.width(), digit.height(), |x, y| {
                Rgba([red, green, blue, digit.get_pixel(x, y).0[0]])
            })
            .into()
        });
    }
}

#[test]
fn sixteen_bit_grey_comes_out_as_the_digit() {
    come_out_alike("digit.png", false, |digit| {
        DynamicImage::from(enlarged(&digit)).into_luma16().into()
    });
}

#[test]
fn a_faint_jpeg_comes_out_as_the_digit() {
    come_out_alike("digit.jpg", true, |digit| {
        let digit = enlarged(&digit);
        // Grey pencil, 150 on a background of 220.
        let faint = GrayImage::from_fn(digit.width(), digit.height(), |x, y| {
            Luma([220 - u8::try_from(u16::from(digit.get_pixel(x, y).0[0]) * 70 / 255).unwrap()])
        });
        faint.into()
    });
}

#[test]
fn a_digit_that_touches_the_edge_keeps_all_its_ink() {
    let mut bar = GrayImage::new(300, 40);
    for x in 0..300 {
        bar.put_pixel(x, 39, Luma([255]));
        bar.put_pixel(0, x % 40, Luma([255]));
    }
    let digit = through_file(bar, "bar.png").unwrap();
    let columns = |range: std::ops::Range<usize>| {
        range
            .filter(|column| (0..28).any(|row| digit.pixels[row * 28 + column] > 0))
            .count()
    };
    assert_eq!(columns(0..28), 20);
}

#[test]
fn other_sizes_can_be_asked_for() {
    let digits = digits();
    let (_directory, path) = written(&[], "digit.png");
    grey(&digits, 0).save(&path).unwrap();
    let digit = read_digit_image(&path, 32, 20).unwrap();
    assert_eq!((digit.pixels.len(), digit.recentred), (640, true));
    assert_eq!(digit.to_tensor(&Device::flex()).dims(), [1, 640]);
    for (height, width) in [(0, 28), (28, 0), (28, 1025)] {
        let error = read_digit_image(&path, height, width).unwrap_err();
        assert!(
            matches!(error, DataError::ImageTargetSize { .. }),
            "{error}"
        );
    }
}

#[test]
fn a_tensor_holds_numbers_from_zero_to_one() {
    let digits = digits();
    let digit = through_file(grey(&digits, 3), "digit.png").unwrap();
    let values: Vec<f32> = digit
        .to_tensor(&Device::flex())
        .to_data()
        .iter::<f32>()
        .collect();
    let expected: Vec<f32> = digits
        .image(3)
        .iter()
        .map(|&pixel| f32::from(pixel) / 255.0)
        .collect();
    assert_eq!(values, expected);
}

#[test]
fn a_uniform_picture_is_an_error() {
    for value in [0, 128, 255] {
        for size in [28, 100] {
            let error = through_file(
                GrayImage::from_pixel(size, size, Luma([value])),
                "blank.png",
            )
            .unwrap_err();
            assert!(
                matches!(error, DataError::ImageBlank { contrast: 0, .. }),
                "{error}"
            );
        }
    }
    let transparent = RgbaImage::from_pixel(50, 50, Rgba([9, 9, 9, 0]));
    assert!(matches!(
        through_file(transparent, "blank.png"),
        Err(DataError::ImageBlank { .. })
    ));
}

#[test]
fn a_file_that_is_missing_or_no_picture_is_an_error() {
    let error = read_digit_image(Path::new("no/such.png"), 28, 28).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    for bytes in [
        &b""[..],
        b"plain text",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    ] {
        let (_directory, path) = written(bytes, "digit.png");
        let error = read_digit_image(&path, 28, 28).unwrap_err();
        assert!(matches!(error, DataError::ImageDecode { .. }), "{error}");
        let start = format!(
            "`{}`: expected a whole PNG or JPEG image, received something else (",
            path.display()
        );
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let digits = digits();
    for name in ["digit.png", "digit.jpg"] {
        let (_directory, path) = written(&[], name);
        enlarged(&grey(&digits, 1)).save(&path).unwrap();
        let whole = fs::read(&path).unwrap();
        assert!(read_digit_image(&path, 28, 28).is_ok());
        for cut in (1..40).map(|part| whole.len() * part / 40) {
            fs::write(&path, &whole[..cut]).unwrap();
            let error = read_digit_image(&path, 28, 28).unwrap_err();
            let is_named = matches!(
                error,
                DataError::ImageDecode { .. } | DataError::ImageTruncated { .. }
            );
            assert!(is_named, "{name} cut at {cut} of {}: {error}", whole.len());
        }
    }
}

/// A PNG that declares in its header how large it is, and ends soon after; the checksum of the header is right.
fn declared(side: u32, [bits, colour]: [u8; 2]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
    bytes.extend([bits, colour, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..]);
    bytes.extend(crc.sum().to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    bytes
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() {
    let (_directory, path) = written(&declared(60_000, [8, 0]), "bomb.png");
    let error = read_digit_image(&path, 28, 28).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::ImageTooLarge {
                unit: "pixels",
                received: 3_600_000_000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_picture_of_too_many_bytes_is_refused_before_it_is_decoded() {
    // Four channels of two bytes each.
    let (_directory, path) = written(&declared(8_000, [16, 6]), "deep.png");
    let error = read_digit_image(&path, 28, 28).unwrap_err();
    let told =
        "expected an image of at most 268435456 bytes once decoded, received 512000000; crop";
    assert!(error.to_string().contains(told), "{error}");
}

#[test]
fn a_photo_is_turned_as_its_exif_data_says() {
    let digits = digits();
    let (_directory, path) = written(&[], "digit.jpg");
    imageops::rotate270(&enlarged(&grey(&digits, 2)))
        .save(&path)
        .unwrap();
    let lying = read_digit_image(&path, 28, 28).unwrap();
    assert!(nearby_correlation(&lying.pixels, digits.image(2)) < 0.5);

    // One EXIF entry: orientation (0x0112), a short, once, 6: turn right by a quarter to show it.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut bytes = fs::read(&path).unwrap();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    bytes.splice(2..2, [&[0xff, 0xe1][..], &length, exif].concat());
    fs::write(&path, bytes).unwrap();
    let upright = read_digit_image(&path, 28, 28).unwrap();
    assert!(nearby_correlation(&upright.pixels, digits.image(2)) > 0.8);
}
