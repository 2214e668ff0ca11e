//! Pictures that show more, less or something else than one digit, and what the network sees of them.

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};
use serde_json::Value;

use crate::predict::{grey_png, sample_digit};
use crate::workplace::Workplace;

fn trained() -> Workplace {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    workplace
}

/// Digits of the sample side by side, dark on white, 112 pixels a side.
fn row_of_digits(rows: &[usize]) -> GrayImage {
    let width = 112 * u32::try_from(rows.len()).unwrap();
    let mut page = GrayImage::from_pixel(width, 112, Luma([255]));
    for (&row, left) in rows.iter().zip((0..).step_by(112)) {
        let digit = GrayImage::from_raw(28, 28, sample_digit(row)).unwrap();
        let mut digit = imageops::resize(&digit, 112, 112, FilterType::CatmullRom);
        imageops::invert(&mut digit);
        imageops::replace(&mut page, &digit, left, 0);
    }
    page
}

#[test]
fn several_digits_are_an_error_that_counts_them() {
    let workplace = trained();
    row_of_digits(&[3, 1, 7])
        .save(workplace.path("three.png"))
        .unwrap();
    grey_png(&workplace.path("one.png"), &sample_digit(1), 28);
    let outcome = workplace.run("predict x three.png one.png --json").fails(
        1,
        &["`three.png`: expected one digit, received 3", "--split"],
    );
    assert_eq!(outcome.stdout.lines().count(), 1);
    assert!(outcome.stdout.starts_with("{\"file\":\"one.png\",\"top\""));
}

#[test]
fn split_answers_every_digit_from_the_left() {
    let workplace = trained();
    row_of_digits(&[3, 1, 7])
        .save(workplace.path("three.png"))
        .unwrap();
    let json = workplace
        .run("predict x three.png --split --json --top 1")
        .succeeds()
        .stdout;
    let answers: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (index, (answer, row)) in answers.iter().zip([3, 1, 7]).enumerate() {
        assert_eq!(
            (&answer["digit"], &answer["digits"]),
            (&(index + 1).into(), &3.into())
        );
        let left = answer["box"]["left"].as_u64().unwrap();
        assert!(
            (112 * index as u64..112 * (index as u64 + 1)).contains(&left),
            "{answer}"
        );
        assert!(answer["box"]["height"].as_u64().unwrap() > 70, "{answer}");

        row_of_digits(&[row])
            .save(workplace.path("one.png"))
            .unwrap();
        let alone = workplace.run("predict x one.png --json --top 1").succeeds();
        let alone: Value = serde_json::from_str(&alone.stdout).unwrap();
        assert_eq!(alone["top"][0]["label"], answer["top"][0]["label"]);
        assert!(alone.get("box").is_none());
    }
    let text = workplace
        .run("predict x three.png --split --top 1")
        .succeeds()
        .stdout;
    assert!(
        text.starts_with("three.png, digit 1 of 3 (light background, inverted; cut out"),
        "{text}"
    );
}

#[test]
fn show_prints_what_the_network_sees() {
    let workplace = trained();
    let mut square = vec![0; 784];
    for row in 10..20 {
        square[row * 28 + 9..row * 28 + 19].fill(255);
    }
    grey_png(&workplace.path("square.png"), &square, 28);
    let text = workplace
        .run("predict x square.png --top 1 --show")
        .succeeds()
        .stdout;
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(lines.len(), 16);
    assert_eq!(lines[5], format!("│{}│", " ".repeat(28)));
    assert_eq!(
        lines[6],
        format!("│{}{}{}│", " ".repeat(9), "█".repeat(10), " ".repeat(9))
    );
    assert_eq!(lines[10], lines[6]);
    assert_eq!(lines[11], lines[5]);
}

#[test]
fn what_the_network_sees_is_written_as_png() {
    let workplace = trained();
    grey_png(&workplace.path("seven.png"), &sample_digit(7), 28);
    row_of_digits(&[3, 1])
        .save(workplace.path("two.png"))
        .unwrap();
    workplace
        .run("predict x seven.png two.png --split --save-input seen/by --json")
        .succeeds();
    let seen = image::open(workplace.path("seen/by/seven-input.png")).unwrap();
    assert_eq!(seen.to_luma8().into_raw(), sample_digit(7));
    for name in ["seen/by/two-input-1.png", "seen/by/two-input-2.png"] {
        let seen = image::open(workplace.path(name)).unwrap();
        assert_eq!((seen.width(), seen.height()), (28, 28));
    }

    workplace
        .run("predict x seven.png other/seven.png --save-input twice")
        .fails(2, &["`seven.png`", "`other/seven.png`", "seven-input.png"]);
    assert!(!workplace.path("twice").exists());
    std::fs::copy(workplace.path("seven.png"), workplace.path("one-input.png")).unwrap();
    std::fs::copy(workplace.path("seven.png"), workplace.path("one.png")).unwrap();
    workplace
        .run("predict x one.png one-input.png --save-input .")
        .fails(2, &["one-input.png", "which is read for"]);
    workplace
        .run("predict x two.png --split --save-input seven.png")
        .fails(1, &["cannot make the folder `seven.png`"]);
}

#[test]
fn a_decoder_that_panics_takes_only_its_own_picture_along() {
    let workplace = trained();
    // One pixel of a palette whose length is no multiple of three.
    let broken = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x03\0\0\0(\xcb4\xbb\0\0\0\x04PLTE\0\0\0\0\
        \xb4\xa3\xaez\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";
    workplace.write("broken.png", broken);
    grey_png(&workplace.path("one.png"), &sample_digit(1), 28);
    let outcome = workplace
        .run("predict x broken.png one.png --json")
        .fails(1, &["`broken.png`: expected a whole PNG or JPEG image"]);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("{\"file\":\"one.png\""));
}

#[test]
fn half_dark_and_half_light_is_answered_or_refused() {
    let workplace = trained();
    for side in [2, 3, 7, 28, 40, 100, 300] {
        let half = GrayImage::from_fn(side, side, |x, _| {
            Luma([if x < side / 2 { 0 } else { 255 }])
        });
        half.save(workplace.path("half.png")).unwrap();
        let outcome = workplace.run("predict x half.png");
        if outcome.code != Some(0) {
            outcome.fails(1, &["`half.png`: expected a digit"]);
        }
    }
}

#[test]
fn flags_for_pictures_are_refused_for_tables() {
    let workplace = Workplace::new();
    let rows: String = (0..40).map(|i| format!("{i},{}\n", i % 2)).collect();
    workplace.write("t.csv", format!("x,y\n{rows}"));
    workplace
        .run("train --data t.csv --target y --classes --epochs 1 --ui quiet --run t")
        .succeeds();
    for flag in ["--split", "--show", "--save-input seen", "--top 2"] {
        let name = flag.split(' ').next().unwrap();
        workplace
            .run(&format!("predict t t.csv {flag}"))
            .fails(2, &[&format!("`{name}` is for pictures")]);
    }
    assert!(!workplace.path("seen").exists());
}
