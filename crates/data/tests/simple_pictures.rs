//! Whatever a picture shows and however it is stored, it is answered or refused.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::io::Write;
use std::path::Path;

use firebrick_data::{DataError, read_digit_image, read_digit_images};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{DynamicImage, GrayImage, Luma};
use proptest::prelude::*;

/// What is drawn, with numbers from 0 to 1 for places.
#[derive(Clone, Copy, Debug)]
enum Motif {
    Even,
    HalfDark,
    LowerHalfDark,
    Line,
    Column,
    Dot,
    Frame,
    Chequered,
    Gradient,
    Noise,
    Disc,
    TwoBlocks,
    Stripes,
    Ring,
}

const MOTIFS: [Motif; 14] = [
    Motif::Even,
    Motif::HalfDark,
    Motif::LowerHalfDark,
    Motif::Line,
    Motif::Column,
    Motif::Dot,
    Motif::Frame,
    Motif::Chequered,
    Motif::Gradient,
    Motif::Noise,
    Motif::Disc,
    Motif::TwoBlocks,
    Motif::Stripes,
    Motif::Ring,
];

/// A picture in grey of two values, or of all between them.
fn drawn(motif: Motif, [width, height]: [u32; 2], [paper, ink]: [u8; 2], place: f32) -> GrayImage {
    let (across, down) = (width as f32, height as f32);
    let mut state = place.to_bits();
    GrayImage::from_fn(width, height, |x, y| {
        let (column, row) = (x as f32 + 0.5, y as f32 + 0.5);
        let away = (column - across * place).hypot(row - down / 2.0);
        let near = |where_: f32, here: f32, size: f32| (here - where_ * size).abs() < 1.0;
        let is_ink = match motif {
            Motif::Even => false,
            Motif::HalfDark => column < across * place,
            Motif::LowerHalfDark => row > down * place,
            Motif::Line => near(place, row, down),
            Motif::Column => near(place, column, across),
            Motif::Dot => near(place, column, across) && near(place, row, down),
            Motif::Frame => x == 0 || y == 0 || x + 1 == width || y + 1 == height,
            Motif::Chequered => (x / 3 + y / 3) % 2 == 0,
            Motif::Disc => away < down / 3.0,
            Motif::TwoBlocks => {
                (column - across * 0.3).abs() < across * 0.1
                    || (column - across * 0.8).abs() < across * 0.1
            }
            Motif::Stripes => y % 5 == 0,
            Motif::Ring => (away - down / 3.0).abs() < 2.0,
            Motif::Gradient | Motif::Noise => {
                let share = if matches!(motif, Motif::Gradient) {
                    column / across
                } else {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    (state >> 8) as f32 / (1_u32 << 24) as f32
                };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between two bytes"
                )]
                let grey = (f32::from(paper) + (f32::from(ink) - f32::from(paper)) * share) as u8;
                return Luma([grey]);
            }
        };
        Luma([if is_ink { ink } else { paper }])
    })
}

/// One of the ways in which a PNG file keeps grey.
fn stored(picture: GrayImage, way: usize) -> DynamicImage {
    let picture = DynamicImage::from(picture);
    match way {
        0 => picture,
        1 => picture.into_luma16().into(),
        2 => picture.into_luma_alpha8().into(),
        3 => picture.into_luma_alpha16().into(),
        4 => picture.into_rgb8().into(),
        5 => picture.into_rgb16().into(),
        6 => picture.into_rgba16().into(),
        _ => {
            // The ink is what is opaque.
            let mut picture = picture.into_rgba8();
            for pixel in picture.pixels_mut() {
                pixel.0[3] = 255 - pixel.0[0];
            }
            picture.into()
        }
    }
}

/// Reads a file both ways; they agree, and every digit has the size that was asked for.
fn answered_or_refused(path: &Path, side: usize) {
    let several = read_digit_images(path, side, side);
    match (read_digit_image(path, side, side), several) {
        (Ok(digit), Ok(digits)) => assert_eq!(digits, [digit]),
        (Err(DataError::ImageSeveralDigits { count, .. }), Ok(digits)) => {
            assert_eq!(digits.len(), count);
            for digit in digits {
                assert_eq!(digit.pixels.len(), side * side);
                assert_eq!(digit.pixels.iter().max(), Some(&255));
            }
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        (one, several) => panic!("{one:?} {several:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        rng_seed: proptest::test_runner::RngSeed::Fixed(8),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_simple_picture_is_answered_or_refused(
        motif in 0..MOTIFS.len(),
        size in [1..90_u32, 1..90_u32],
        greys in any::<[u8; 2]>(),
        place in 0.0..1.0_f32,
        way in 0..8_usize,
        side in 1..40_usize,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("simple.png");
        stored(drawn(MOTIFS[motif], size, greys, place), way).save(&path).unwrap();
        answered_or_refused(&path, side);
    }
}

#[test]
fn pictures_of_odd_shapes_are_answered_or_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("odd.png");
    for size in [
        [1, 1],
        [1, 3000],
        [3000, 1],
        [2, 500],
        [49, 300],
        [401, 90],
        [500, 50],
    ] {
        for motif in MOTIFS {
            for greys in [[255, 0], [120, 200]] {
                drawn(motif, size, greys, 0.4).save(&path).unwrap();
                answered_or_refused(&path, 28);
            }
        }
    }
}

#[test]
fn half_dark_and_half_light_is_no_digit_and_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("half.png");
    drawn(Motif::HalfDark, [400, 400], [255, 0], 0.5)
        .save(&path)
        .unwrap();
    let error = read_digit_image(&path, 28, 28).unwrap_err();
    assert!(
        matches!(error, DataError::ImageWithoutInk { .. }),
        "{error}"
    );
    for side in 2..60 {
        for place in [0.3, 0.5, 0.7] {
            for motif in [Motif::HalfDark, Motif::LowerHalfDark] {
                drawn(motif, [side, side], [255, 0], place)
                    .save(&path)
                    .unwrap();
                answered_or_refused(&path, 28);
            }
        }
    }
}

/// A PNG file with a palette, `bits` a pixel: a bar of the second colour on the first.
fn palette_png(bits: u8, palette: &[u8]) -> Vec<u8> {
    const SIDE: u32 = 40;
    let row = |y: u32| {
        let bytes = SIDE as usize * usize::from(bits) / 8;
        let second = match bits {
            1 => 0xff,
            2 => 0x55,
            4 => 0x11,
            _ => 0x01,
        };
        let fill = if (15..25).contains(&y) { second } else { 0 };
        [vec![0], vec![fill; bytes]].concat()
    };
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..SIDE {
        packed.write_all(&row(y)).unwrap();
    }
    let side = SIDE.to_be_bytes();
    let header = [&side[..], &side, &[bits, 3, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, contents) in [
        (b"IHDR", &header[..]),
        (b"PLTE", palette),
        (b"IDAT", &packed.finish().unwrap()),
        (b"IEND", &[]),
    ] {
        png.extend(u32::try_from(contents.len()).unwrap().to_be_bytes());
        let mut crc = flate2::Crc::new();
        for bytes in [&name[..], contents] {
            png.extend(bytes);
            crc.update(bytes);
        }
        png.extend(crc.sum().to_be_bytes());
    }
    png
}

#[test]
fn a_palette_of_any_length_is_answered_or_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("palette.png");
    for bits in [1, 2, 4, 8] {
        for length in 0..=48 {
            let palette = [[255; 3], [0; 3]].concat().repeat(8);
            fs::write(&path, palette_png(bits, &palette[..length])).unwrap();
            answered_or_refused(&path, 28);
        }
        fs::write(&path, palette_png(bits, &[255, 255, 255, 0, 0, 0])).unwrap();
        let digit = read_digit_image(&path, 28, 28).unwrap();
        assert!(digit.inverted, "{bits}");
    }
    fs::write(&path, palette_png(8, &[255, 255, 255, 0])).unwrap();
    let error = read_digit_image(&path, 28, 28).unwrap_err();
    assert!(matches!(error, DataError::ImageDecode { .. }), "{error}");
}
