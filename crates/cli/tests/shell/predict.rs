use std::path::Path;

use firebrick::burn::tensor::{Tensor, TensorData};
use firebrick::datasets::mnist_sample;
use firebrick::devices::DeviceName;
use firebrick::models::SavedModel;
use image::GrayImage;
use serde_json::Value;

use crate::data::write_folder;
use crate::workplace::Workplace;

/// The pixels of a test image of the sample.
pub(crate) fn sample_digit(row: usize) -> Vec<u8> {
    mnist_sample().unwrap().test.image(row).to_vec()
}

pub(crate) fn grey_png(path: &Path, pixels: &[u8], side: u32) {
    let picture = GrayImage::from_raw(side, side, pixels.to_vec()).unwrap();
    picture.save(path).unwrap();
}

fn answers(line: &str) -> Vec<(u64, f64)> {
    let prediction: Value = serde_json::from_str(line).unwrap();
    let top = prediction["top"].as_array().unwrap().iter();
    top.map(|answer| {
        (
            answer["label"].as_u64().unwrap(),
            answer["probability"].as_f64().unwrap(),
        )
    })
    .collect()
}

#[test]
fn the_answers_are_those_of_the_network() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --optimizer adam --batch-size 16")
        .succeeds();
    let digit = sample_digit(7);
    grey_png(&workplace.path("dark.png"), &digit, 28);
    let outcome = workplace
        .run("predict x dark.png --json --top 99 --device flex")
        .succeeds();
    let answers = answers(&outcome.stdout);

    let device = DeviceName::Flex.select().unwrap().device;
    let saved = SavedModel::read(&workplace.path("runs/x/model.bpk")).unwrap();
    let network = saved.into_mlp(&device).unwrap();
    let pixels: Vec<f32> = digit
        .iter()
        .map(|&pixel| f32::from(pixel) / 255.0)
        .collect();
    let inputs = Tensor::<2>::from_data(TensorData::new(pixels, [1, 784]), &device);
    let expected: Vec<f32> = network.predict(inputs).unwrap().into_vec().unwrap();

    assert_eq!(answers.len(), 10);
    assert!(answers.is_sorted_by(|a, b| a.1 >= b.1), "{answers:?}");
    for (label, probability) in answers {
        let expected = f64::from(expected[usize::try_from(label).unwrap()]);
        assert!(
            (probability - expected).abs() < 1e-5,
            "{label}: {probability} {expected}"
        );
    }
}

#[test]
fn a_light_background_is_inverted_and_said() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let dark = sample_digit(20);
    let light: Vec<u8> = dark.iter().map(|pixel| 255 - pixel).collect();
    grey_png(&workplace.path("dark.png"), &dark, 28);
    grey_png(&workplace.path("light.png"), &light, 28);
    let large = GrayImage::from_raw(28, 28, light).unwrap();
    let large = image::imageops::resize(&large, 200, 160, image::imageops::FilterType::Triangle);
    image::DynamicImage::ImageLuma8(large)
        .to_rgb8()
        .save(workplace.path("large.jpg"))
        .unwrap();

    let table = workplace
        .run("predict x dark.png light.png large.jpg --top 2")
        .succeeds()
        .stdout;
    let titles: Vec<&str> = table.lines().step_by(3).collect();
    assert_eq!(
        titles,
        [
            "dark.png",
            "light.png (light background, inverted)",
            "large.jpg (light background, inverted; cut out, scaled and centred)"
        ]
    );
    let json = workplace
        .run("predict x dark.png light.png --json")
        .succeeds()
        .stdout;
    let lines: Vec<&str> = json.lines().collect();
    assert_eq!(answers(lines[0]).len(), 3);
    assert_eq!(answers(lines[0]), answers(lines[1]));
}

#[test]
fn a_bad_picture_does_not_keep_the_others_from_an_answer() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    grey_png(&workplace.path("a.png"), &sample_digit(1), 28);
    grey_png(&workplace.path("blank.png"), &[128; 100], 10);
    workplace.write("text.png", "no picture");
    let outcome = workplace
        .run("predict x missing.png text.png blank.png a.png --json")
        .fails(
            1,
            &[
                "`missing.png`",
                "`text.png`: expected a whole PNG or JPEG",
                "`blank.png`: expected a digit",
            ],
        );
    assert_eq!(outcome.stderr.lines().count(), 3, "{}", outcome.stderr);
    assert!(
        outcome.stdout.starts_with("{\"file\":\"a.png\""),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_network_for_other_inputs_cannot_see_pictures() {
    let workplace = Workplace::new();
    write_folder(&workplace, "square");
    workplace
        .run("train --data square --validation-split 0 --epochs 1 --ui quiet --run square")
        .succeeds();
    grey_png(&workplace.path("a.png"), &[0, 0, 0, 0, 255, 0, 0, 0, 0], 3);
    workplace.run("predict square a.png").succeeds();

    for (part, count) in [("train", 8), ("t10k", 2)] {
        let name = format!("wide/{part}-images-idx3-ubyte");
        let mut images = crate::data::idx_images(count, 2, &vec![9; 6 * count as usize]);
        images[15] = 3;
        workplace.write(&name, images);
        let labels: Vec<u8> = (0..u8::try_from(count).unwrap()).map(|i| i % 2).collect();
        workplace.write(
            &format!("wide/{part}-labels-idx1-ubyte"),
            crate::data::idx_labels(&labels),
        );
    }
    workplace
        .run("train --data wide --validation-split 0 --epochs 1 --ui quiet --run wide")
        .succeeds();
    workplace
        .run("predict wide a.png")
        .fails(1, &["takes 6 inputs, which is no square picture"]);
}
