//! Files of settings and the short texts that name things.

use std::str::FromStr;

use firebrick::burn::tensor::Device;
use firebrick::devices::DeviceName;
use firebrick::losses::Loss;
use firebrick::metrics::Metric;
use firebrick::models::{Activation, Constraint, Graph, Initializer, Regularizer};
use firebrick::recipes::ModelFile;
use firebrick::schedules::{Schedule, ScheduleSpec};
use firebrick::training::Optimizer;
use firebrick_study::StudyDirectory;

use crate::campaign::{Campaign, Outcome};
use crate::corpus;

#[test]
fn mutated_model_files_are_built_or_refused() {
    let device = Device::flex();
    let campaign = Campaign {
        reader: "model-files",
        extension: ".toml",
        inputs: corpus::model_files(),
        words: &[
            "units",
            "filters",
            "kernel_size",
            "strides",
            "padding",
            "\"same\"",
            "[[layers]]",
            "class_name = ",
            "Conv2D",
            "BatchNormalization",
            "Dropout",
            "rate = ",
            "[compile]",
            "[fit]",
            "metrics = []",
            "\"AUC\"",
            "\"huber\"",
        ],
        cost: 1,
    };
    campaign.run(|path, _| {
        let file = match ModelFile::read(path) {
            Ok(file) => file,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let summary = match file.network().summary() {
            Ok(summary) => summary,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let is_small = summary.num_params() < 100_000;
        if summary.to_string().is_empty() {
            return Outcome::Wrong("an empty summary".to_owned());
        }
        if is_small {
            return file.network().build(1, &device).into();
        }
        Outcome::Read
    });
}

#[test]
fn mutated_networks_of_keras_are_built_or_refused() {
    let device = Device::flex();
    let campaign = Campaign {
        reader: "keras-json",
        extension: ".json",
        inputs: corpus::keras_networks(),
        words: &[
            "\"class_name\": ",
            "\"config\": ",
            "\"inbound_nodes\": []",
            "\"keras_history\"",
            "[\"dense\", 0, 0]",
            "\"__keras_tensor__\"",
            "\"Functional\"",
            "\"InputLayer\"",
            "\"layers\": [",
            "\"kwargs\": {\"mask\": ",
            "\"units\": 9e99",
            "null",
        ],
        cost: 1,
    };
    campaign.run(|_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        let network = match Graph::from_keras_json(&text) {
            Ok(network) => network,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let summary = match network.summary() {
            Ok(summary) => summary,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        if let Err(error) = network.to_keras_json() {
            return Outcome::Wrong(format!("it is read and cannot be written: {error}"));
        }
        if summary.num_params() < 100_000 {
            return network.build(1, &device).into();
        }
        Outcome::Read
    });
}

#[test]
fn mutated_texts_name_something_or_are_refused() {
    fn read<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Option<String> {
        text.parse::<T>().err().map(|error| error.to_string())
    }
    let campaign = Campaign {
        reader: "text-forms",
        extension: ".txt",
        inputs: corpus::text_forms(),
        words: &[
            "step",
            "epoch",
            "unit=",
            "warmup",
            "constant",
            ":",
            "=",
            ",",
            "cosine-decay-restarts",
        ],
        cost: 1,
    };
    campaign.run(|_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(schedule) = text.parse::<ScheduleSpec>().and_then(|spec| spec.build(10)) {
            for step in [0, 1, 1_000_000, u64::MAX / 2] {
                let rate = schedule.learning_rate(step);
                if !rate.is_finite() || rate < 0.0 {
                    return Outcome::Wrong(format!("`{text}` has a rate of {rate} at step {step}"));
                }
            }
        }
        let messages = [
            read::<ScheduleSpec>(&text),
            read::<Loss>(&text),
            read::<Metric>(&text),
            read::<Optimizer>(&text),
            read::<Initializer>(&text),
            read::<Activation>(&text),
            read::<Regularizer>(&text),
            read::<Constraint>(&text),
            read::<DeviceName>(&text),
        ];
        if let Some(long) = messages
            .iter()
            .flatten()
            .find(|message| message.len() > 4_000 || message.is_empty())
        {
            return Outcome::Wrong(format!("a message of {} bytes", long.len()));
        }
        let is_known = messages.iter().any(Option::is_none);
        let refusal = messages.into_iter().flatten().next();
        refusal
            .filter(|_| !is_known)
            .map_or(Outcome::Read, Outcome::Refused)
    });
}

#[test]
fn mutated_studies_are_opened_or_refused() {
    let campaign = Campaign {
        reader: "studies",
        extension: ".toml",
        inputs: corpus::studies(),
        words: &[
            "by = \"depth\"",
            "values",
            "seeds",
            "hidden = []",
            "networks",
            "study = ",
            "epochs",
        ],
        cost: 4,
    };
    campaign.run(|path, bytes| {
        let directory = path.parent().unwrap();
        std::fs::write(directory.join(StudyDirectory::SETTINGS), bytes).unwrap();
        match StudyDirectory::open(directory) {
            Ok((_, settings)) => settings.prepare().map(drop).into(),
            Err(error) => Outcome::Refused(error.to_string()),
        }
    });
}
