//! Tables, images and models.

use std::path::Path;

use firebrick::burn::tensor::Device;
use firebrick::datasets::{CsvSource, read_digit_image, read_images, read_labels};
use firebrick::models::{MlpConfig, SavedModel, Sequential, save_model};
use firebrick::training::{History, RunDirectory};
use firebrick::{curves, layers};
use firebrick_pages::{RunRecord, RunReport};
use firebrick_session::EventFile;
use image::{GrayImage, Luma};

use crate::campaign::{Campaign, Outcome};
use crate::corpus;

/// Words of tables.
const CELLS: &[&str] = &[
    "a",
    "kind",
    "NaN",
    "NA",
    "True",
    "\"a, b\"",
    "\"\"",
    "sep=;",
    "1,5",
    "1.234,5",
    "2024-01-31",
    "\"open",
];

#[test]
fn mutated_tables_are_read_or_refused() {
    let campaign = Campaign {
        reader: "tables",
        extension: ".csv",
        inputs: corpus::tables(),
        words: CELLS,
        cost: 1,
    };
    campaign.run(|path, _| {
        let numbers = CsvSource::values(path, ["y"]);
        let _ = numbers.overview();
        let _ = numbers.load_inputs();
        let _ = numbers.load();
        CsvSource::classes(path, "kind")
            .without_columns(["y"])
            .load()
            .into()
    });
}

#[test]
fn mutated_images_of_a_data_set_are_read_or_refused() {
    let campaign = Campaign {
        reader: "idx-images",
        extension: ".idx",
        inputs: corpus::idx_images(),
        words: &[],
        cost: 1,
    };
    campaign.run(|path, _| read_images(path).into());
}

#[test]
fn mutated_labels_of_a_data_set_are_read_or_refused() {
    let campaign = Campaign {
        reader: "idx-labels",
        extension: ".idx",
        inputs: corpus::idx_labels(),
        words: &[],
        cost: 1,
    };
    campaign.run(|path, _| read_labels(path).into());
}

#[test]
fn mutated_pictures_are_read_or_refused() {
    let campaign = Campaign {
        reader: "pictures",
        extension: ".png",
        inputs: corpus::pictures(),
        words: &["IHDR", "PLTE", "IDAT", "IEND", "tRNS"],
        cost: 1,
    };
    // A checksum that does not fit ends the reading at once; half of the files get one that does.
    campaign.run(|path, bytes| {
        if bytes.len().is_multiple_of(2) {
            std::fs::write(path, with_fitting_checksums(bytes)).unwrap();
        }
        read_digit_image(path, 28, 28).into()
    });
}

/// A PNG whose chunks have the checksums of what is in them.
fn with_fitting_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut fitting = bytes.to_vec();
    let mut at = 8;
    while let Some(length) = fitting.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap());
        let end = at + 8 + usize::try_from(length).unwrap();
        if end + 4 > fitting.len() {
            break;
        }
        let mut sum = flate2::Crc::new();
        sum.update(&fitting[at + 4..end]);
        fitting[end..end + 4].copy_from_slice(&sum.sum().to_be_bytes());
        at = end + 4;
    }
    fitting
}

#[test]
fn drawings_of_any_kind_are_read_or_refused() {
    let campaign = Campaign {
        reader: "drawings",
        extension: ".png",
        inputs: vec![
            (0..=255).collect(),
            vec![39, 39, 0, 0, 0, 20, 40, 255],
            vec![1, 1, 200, 0, 0, 1, 1, 9],
            vec![31, 31, 255, 14, 4, 4, 24, 0],
        ],
        words: &[],
        cost: 1,
    };
    campaign.run(|path, bytes| {
        drawing(bytes).save(path).unwrap();
        read_digit_image(path, 28, 28).into()
    });
}

/// A picture of bars: width, height and paper, then for each bar its place, size and ink.
fn drawing(bytes: &[u8]) -> GrayImage {
    let at = |index: usize| u32::from(bytes.get(index).copied().unwrap_or_default());
    let ink = |index: usize| Luma([bytes.get(index).copied().unwrap_or_default()]);
    let (width, height) = (at(0) % 80 + 1, at(1) % 80 + 1);
    let mut picture = GrayImage::from_pixel(width, height, ink(2));
    for bar in 0..bytes.len().saturating_sub(3) / 5 {
        let start = 3 + 5 * bar;
        for x in at(start)..(at(start) + at(start + 2)).min(width) {
            for y in at(start + 1)..(at(start + 1) + at(start + 3)).min(height) {
                picture.put_pixel(x, y, ink(start + 4));
            }
        }
    }
    picture
}

#[test]
fn mutated_models_are_loaded_or_refused() {
    let device = Device::flex();
    let campaign = Campaign {
        reader: "models",
        extension: ".bpk",
        inputs: models(&device),
        words: &["layers", "units", "Dense", "input_shape", "num_features"],
        cost: 1,
    };
    campaign.run(|path, _| {
        if let Ok(saved) = SavedModel::read(path) {
            let _ = saved.summary();
        }
        SavedModel::read(path)
            .and_then(|saved| saved.into_model(&device))
            .into()
    });
}

/// Files of small networks of both kinds; whole, and as they were before they had a checksum, so that what is broken in
/// them is read.
fn models(device: &Device) -> Vec<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let bytes = |path: &Path| std::fs::read(path).unwrap();
    let [mlp, line] = ["mlp.bpk", "line.bpk"].map(|name| directory.path().join(name));
    let network = MlpConfig::new(3, 2).with_hidden([2]);
    save_model(&network.init(1, device).unwrap(), &mlp).unwrap();
    let network = Sequential::new([4, 4, 1])
        .add(layers::Conv2D::new(2, 3))
        .add(layers::Flatten::new())
        .add(layers::Dense::new(2));
    save_model(&network.build(1, device).unwrap(), &line).unwrap();
    let sealed = [bytes(&mlp), bytes(&line)];
    let unsealed = sealed.clone().map(without_checksum);
    sealed.into_iter().chain(unsealed).collect()
}

/// The same file with another text where it says that it has a checksum.
fn without_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    for mark in ["firebrick.sha256", "firebrick-sha256:"] {
        let at = bytes
            .windows(mark.len())
            .position(|window| window == mark.as_bytes())
            .unwrap();
        bytes[at..at + mark.len()].fill(b'x');
    }
    bytes
}

#[test]
fn mutated_histories_are_drawn_or_refused() {
    let campaign = Campaign {
        reader: "histories",
        extension: ".csv",
        inputs: corpus::histories(),
        words: &[
            "epoch",
            "learning_rate",
            "loss",
            "accuracy",
            "val_loss",
            "seconds",
        ],
        cost: 1,
    };
    // A picture takes its time; one of eight is drawn.
    campaign.run(|path, bytes| {
        let history = match History::read_csv(path) {
            Ok(history) => history,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        if bytes.len().is_multiple_of(8) {
            let picture = path.with_extension("svg");
            let panels = curves::run_panels(&[("a run", &history)]);
            return curves::draw_curves(&panels, "a run", &picture, curves::DEFAULT_CURVES_SIZE)
                .into();
        }
        Outcome::Read
    });
}

#[test]
fn mutated_events_still_make_a_page() {
    let campaign = Campaign {
        reader: "events",
        extension: ".jsonl",
        inputs: corpus::events(),
        words: &[
            "\"epoch-end\"",
            "\"begin\"",
            "\"NaN\"",
            "18446744073709551615",
            "true",
            "[]",
            "{}",
        ],
        cost: 4,
    };
    campaign.run(|path, bytes| {
        let folder = path.with_extension("run");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(EventFile::NAME), bytes).unwrap();
        std::fs::write(folder.join(RunDirectory::CONFIG), "epochs = 2").unwrap();
        let record = RunRecord::read(&RunDirectory::open(&folder).unwrap());
        let is_empty = record.history().epochs().is_empty();
        match RunReport::new(record).render() {
            Ok(_) if is_empty => Outcome::Refused("no epoch can be read".to_owned()),
            Ok(_) => Outcome::Read,
            Err(error) => Outcome::Wrong(error.to_string()),
        }
    });
}
