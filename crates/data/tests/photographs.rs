//! Photographs of handwritten digits come out like the digits that they show.
//!
//! The sixty pictures in `data/photographs` are made by `data/make_photographs.py`; `shown.png` holds the 28 x 28 image that
//! each of them shows, `shown.csv` its kind and label.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use firebrick_data::{DataError, read_digit_image, read_digit_images};
use image::imageops::{self, FilterType};
use image::{GrayImage, Luma, Rgb, RgbImage};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const SIDE: usize = 28;

struct Photograph {
    path: PathBuf,
    kind: String,
    /// What it shows, as MNIST has it.
    shown: Vec<u8>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/photographs")
}

fn photographs() -> Vec<Photograph> {
    let shown = image::open(folder().join("shown.png")).unwrap().to_luma8();
    let mut table = csv::Reader::from_path(folder().join("shown.csv")).unwrap();
    let images = shown.as_raw().chunks_exact(SIDE * SIDE);
    let rows = table.records().map(Result::unwrap);
    rows.zip(images)
        .map(|(row, image)| Photograph {
            path: folder().join(&row[0]),
            kind: row[1].to_owned(),
            shown: image.to_vec(),
        })
        .collect()
}

fn correlation(first: &[u8], second: &[u8]) -> f64 {
    let centred = |pixels: &[u8]| {
        let mean = pixels.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / pixels.len() as f64;
        let pixels = pixels.iter().map(|&pixel| f64::from(pixel) - mean);
        pixels.collect::<Vec<_>>()
    };
    let (first, second) = (centred(first), centred(second));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&first, &second) / (dot(&first, &first) * dot(&second, &second)).sqrt()
}

/// The best correlation when one of the two may move by a pixel, since a centre of mass rounds either way.
fn likeness(first: &[u8], second: &[u8]) -> f64 {
    let moved = |right: usize, down: usize| -> Vec<u8> {
        let source = |place: usize| {
            let (row, column) = (place / SIDE, place % SIDE);
            (row + SIDE - down) % SIDE * SIDE + (column + SIDE - right) % SIDE
        };
        (0..SIDE * SIDE).map(|place| first[source(place)]).collect()
    };
    [SIDE - 1, 0, 1]
        .into_iter()
        .flat_map(|right| [(right, SIDE - 1), (right, 0), (right, 1)])
        .map(|(right, down)| correlation(&moved(right, down), second))
        .fold(-1.0, f64::max)
}

#[test]
fn every_photograph_comes_out_like_the_digit_that_it_shows() {
    let photographs = photographs();
    assert_eq!(photographs.len(), 60);
    let mut kinds: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for photograph in &photographs {
        let digit = read_digit_image(&photograph.path, SIDE, SIDE).unwrap();
        let alike = likeness(&digit.pixels, &photograph.shown);
        assert!(alike > 0.65, "{}: {alike}", photograph.path.display());
        assert_eq!(digit.inverted, photograph.kind != "chalk");
        let (count, sum) = kinds.entry(&photograph.kind).or_default();
        *count += 1;
        *sum += alike;
    }
    assert_eq!(kinds.len(), 7);
    for (kind, (count, sum)) in kinds {
        let mean = sum / count as f64;
        assert!(count >= 8 && mean > 0.94, "{kind}: {count} of mean {mean}");
    }
}

/// Grey paper of 320 x 240 pixels under a lamp, with noise of the standard deviation, darkened by a function of the place.
fn empty_paper(noise: f32, seed: u64, kept: impl Fn(f32, f32) -> f32) -> GrayImage {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = || (random.next_u32() >> 8) as f32 / (1 << 24) as f32;
    GrayImage::from_fn(320, 240, |x, y| {
        let (x, y) = (x as f32, y as f32);
        // The sum of twelve has a standard deviation of 1.
        let normal = (0..12).map(|_| uniform()).sum::<f32>() - 6.0;
        let light = 200.0 + 0.15 * (x - 160.0) - 0.1 * (y - 120.0);
        let grey = light * (1.0 - kept(x, y)) + noise * normal;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a byte"
        )]
        let grey = grey.clamp(0.0, 255.0) as u8;
        Luma([grey])
    })
}

#[test]
fn paper_that_nobody_wrote_on_has_no_ink() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.png");
    let every = |place: f32, spacing: f32| if place % spacing < 2.0 { 0.3 } else { 0.0 };
    let shadow = |x: f32, y: f32| 0.5 / (1.0 + (-(x + y - 250.0) / 6.0).exp());
    for seed in 0..4 {
        for (name, paper) in [
            ("in a shadow", empty_paper(3.0, seed, shadow)),
            ("ruled", empty_paper(3.0, seed, |_, y| every(y, 30.0))),
        ] {
            paper.save(&path).unwrap();
            let error = read_digit_image(&path, SIDE, SIDE).unwrap_err();
            let is_told = matches!(error, DataError::ImageWithoutInk { .. });
            assert!(is_told, "{name}: {error}");
        }
    }
}

/// Dark blue digits on a cream page, each with its upper left corner at a place, 140 pixels a side.
fn page(digits: &[(usize, [u32; 2])], width: u32, height: u32) -> RgbImage {
    let sample = firebrick_data::mnist_sample().unwrap().test;
    let mut page = RgbImage::from_pixel(width, height, Rgb([250, 245, 230]));
    for &(row, [left, top]) in digits {
        let digit = GrayImage::from_raw(28, 28, sample.image(row).to_vec()).unwrap();
        let digit = imageops::resize(&digit, 140, 140, FilterType::CatmullRom);
        for (x, y, &Luma([ink])) in digit.enumerate_pixels() {
            let mix = |paper: u8, pen: u8| {
                let (paper, pen, ink) = (u16::from(paper), u16::from(pen), u16::from(ink));
                u8::try_from((paper * (255 - ink) + pen * ink) / 255).unwrap()
            };
            if ink > 0 {
                let colour = Rgb([mix(250, 10), mix(245, 20), mix(230, 90)]);
                page.put_pixel(left + x, top + y, colour);
            }
        }
    }
    page
}

#[test]
fn several_digits_are_counted_and_read_one_by_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("page.png");
    // Two lines: two digits above, one below, given out of order.
    let places = [[200, 170], [160, 10], [20, 20]];
    page(&[(7, places[0]), (3, places[1]), (1, places[2])], 400, 330)
        .save(&path)
        .unwrap();
    let error = read_digit_image(&path, SIDE, SIDE).unwrap_err();
    assert!(
        matches!(error, DataError::ImageSeveralDigits { count: 3, .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("expected one digit, received 3; crop")
    );

    let sample = firebrick_data::mnist_sample().unwrap().test;
    let digits = read_digit_images(&path, SIDE, SIDE).unwrap();
    assert_eq!(digits.len(), 3);
    for (digit, (row, [left, top])) in
        digits
            .iter()
            .zip([(1, [20, 20]), (3, [160, 10]), (7, [200, 170])])
    {
        assert!(likeness(&digit.pixels, sample.image(row)) > 0.8);
        let bounds = digit.bounds;
        assert!(bounds.left >= left && bounds.left + bounds.width <= left + 140);
        assert!(bounds.top >= top && bounds.top + bounds.height <= top + 140);
        assert!(bounds.width.max(bounds.height) > 90, "{bounds:?}");
    }
}

#[test]
fn a_small_digit_in_a_large_picture_is_looked_at_from_nearer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.png");
    page(&[(1, [2000, 1300])], 3000, 2000).save(&path).unwrap();
    let sample = firebrick_data::mnist_sample().unwrap().test;
    let digit = read_digit_image(&path, SIDE, SIDE).unwrap();
    let alike = likeness(&digit.pixels, sample.image(1));
    assert!(alike > 0.85, "{alike}");
}
