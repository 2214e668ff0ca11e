//! Reading a [`TrainConfig`] from TOML and writing it.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, anyhow};
use clap::Args;
use firebrick::datasets::CsvSource;
use firebrick::models::nearest_name;
use firebrick::training::ModelFile;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::failure::OrUsage;
use crate::foreign_file::no_settings_but;
use crate::train_config::TrainConfig;

/// Reads a file of settings; relative paths in it begin in its folder.
///
/// # Errors
/// A file that cannot be read; or with a usage error one that is no TOML, has an unknown key (the nearest known one
/// is named) or a value that cannot be.
pub(crate) fn read(path: &Path) -> anyhow::Result<TrainConfig> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(anyhow!(no_settings_but(path))).or_usage()?
        }
        read => read.with_context(|| format!("cannot read the settings `{}`", path.display()))?,
    };
    let config = parse(&text)
        .map_err(|problem| {
            let line = problem.span.map_or_else(String::new, |span| {
                let before = text.get(..span.start).unwrap_or_default();
                format!(", line {}", before.matches('\n').count() + 1)
            });
            anyhow!("`{}`{line}: {}", path.display(), problem.message)
        })
        .or_usage()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(TrainConfig {
        data: config
            .data
            .map(|data| data.map_paths(|path| folder.join(path))),
        ..config
    })
}

/// The settings as the text of a file.
pub(crate) fn write(config: &TrainConfig) -> anyhow::Result<String> {
    let flat = TrainConfig {
        model: None,
        ..config.clone()
    };
    let settings = toml::to_string(&flat).context("cannot write the settings as TOML")?;
    let model = config.model.as_ref().map(model_text).unwrap_or_default();
    // The text comes first, because nothing can follow a table but what belongs to it.
    Ok(format!(
        "# Settings of a training; repeat it with `firebrick train --config FILE`.\n{model}{settings}"
    ))
}

/// The model file as it is, its comments included, where TOML can hold it so.
fn model_text(file: &ModelFile) -> String {
    let key = TrainConfig::MODEL;
    let text = file.as_str();
    let as_it_is = format!("{key} = '''\n{text}'''\n");
    let read_again = toml::from_str::<toml::Table>(&as_it_is).ok();
    if read_again.is_some_and(|table| table[key].as_str() == Some(text)) {
        return as_it_is;
    }
    format!("{key} = {}\n", toml::Value::from(text))
}

/// What is wrong with a file of settings, and where.
struct Problem {
    message: String,
    span: Option<Range<usize>>,
}

impl From<toml::de::Error> for Problem {
    fn from(error: toml::de::Error) -> Self {
        Self {
            message: error.message().trim().to_owned(),
            span: error.span(),
        }
    }
}

fn parse(text: &str) -> Result<TrainConfig, Problem> {
    let table = DeTable::parse(text)?;
    let known = keys();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    check_keys(table.get_ref(), &known, "")?;
    if let Some(DeValue::Table(data)) = table.get_ref().get("data").map(Spanned::get_ref) {
        check_keys(data, CsvSource::KEYS, " in `data`")?;
    }
    let config: TrainConfig = toml::from_str(text)?;
    if config.schedule.is_some() && config.learning_rate.is_some() {
        return Err(Problem {
            message: "`schedule` and `learning_rate` exclude one another; keep one of them"
                .to_owned(),
            span: None,
        });
    }
    Ok(config)
}

/// Makes sure that every key of a table is known.
fn check_keys(table: &DeTable<'_>, known: &[&str], place: &str) -> Result<(), Problem> {
    let names = table.keys().map(|key| (key.get_ref().as_ref(), key));
    let Some((name, key)) = names.into_iter().find(|(name, _)| !known.contains(name)) else {
        return Ok(());
    };
    let guess = nearest_name(name, known)
        .map_or_else(String::new, |known| format!(", did you mean `{known}`?"));
    Err(Problem {
        message: format!(
            "unknown key `{name}`{place}{guess}; known keys: {}",
            known.join(", ")
        ),
        span: Some(key.span()),
    })
}

/// The known keys: the fields of [`TrainConfig`].
fn keys() -> Vec<String> {
    TrainConfig::augment_args(clap::Command::new("train"))
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .chain([TrainConfig::MODEL, TrainConfig::UNKNOWN].map(ToOwned::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use firebrick::datasets::DataDescription;
    use firebrick::losses::Huber;

    use super::*;

    fn problem(text: &str) -> String {
        parse(text)
            .err()
            .map_or_else(String::new, |problem| problem.message)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let config = TrainConfig {
            seed: Some(u64::MAX),
            learning_rate: Some(1e-300),
            stratified: Some(true),
            hidden: Some("7,5".parse().unwrap()),
            data: Some(DataDescription::Csv(CsvSource::values("a.csv", ["b"]))),
            ..TrainConfig::default()
        };
        assert_eq!(parse(&write(&config).unwrap()).ok(), Some(config));
    }

    #[test]
    fn a_model_file_is_kept_word_for_word() {
        let layer = "input_shape = [4]\n[[layers]]\nclass_name = \"Flatten\" # none\n";
        let quoted = "name = '''a'''\ninput_shape = [4]\nlayers = [{ class_name = 'Flatten' }]";
        for text in [layer, quoted] {
            let config = TrainConfig {
                model: Some(text.parse().unwrap()),
                loss: Some(Huber::new().with_delta(2.0).unwrap().into()),
                epochs: Some(3),
                ..TrainConfig::default()
            };
            let written = write(&config).unwrap();
            assert_eq!(parse(&written).ok(), Some(config), "{written}");
            assert_eq!(written.contains(layer), text == layer, "{written}");
        }
        let message = problem("epochs = 1\nmodel = '''\ninput_shape = [4]\nlayer = 3\n'''\n");
        assert!(
            message.starts_with("`model`, line 2: unknown key `layer`, did you mean `layers`?"),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let message = problem("epochs = 3\nbatchsize = 5\n");
        assert!(
            message.contains("unknown key `batchsize`, did you mean `batch_size`?"),
            "{message}"
        );
        let message = problem("[data]\ncsv = \"a.csv\"\ntarget = \"b\"\nfeature = [\"c\"]\n");
        assert!(
            message.starts_with(
                "unknown key `feature` in `data`, did you mean `features`?; known keys: csv, target, "
            ),
            "{message}"
        );
        assert!(problem("banana = 1").starts_with("unknown key `banana`; known keys: data, "));
    }

    #[test]
    fn two_learning_rates_are_one_too_many() {
        let message = problem("schedule = \"time-based:3\"\nlearning_rate = 0.1\n");
        assert!(message.contains("exclude one another"), "{message}");
    }
}
