//! What a network predicts for the rows of a table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Tensor;
use firebrick::datasets::{CsvSource, CsvTarget};
use firebrick::models::{Activation, Model};
use firebrick::training::RunDirectory;
use serde::{Serialize, Serializer};

use super::PredictArguments;
use super::probabilities::probabilities;
use crate::commands::devices::select_device;
use crate::destination::Destination;
use crate::failure::OrUsage;
use crate::output;
use crate::runs;
use crate::train_settings::TrainSettings;

/// The column of how sure the network is.
const PROBABILITY: &str = "probability";

/// Predictions with the names of their columns.
struct Predictions {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Cell {
    Class(String),
    Number(f32),
}

/// Predicts every row of the one table that is given, by a network that was trained on `source`.
pub(super) fn run(
    arguments: &PredictArguments,
    run: &RunDirectory,
    settings: &TrainSettings,
    source: &CsvSource,
) -> anyhow::Result<ExitCode> {
    let path = only_table(&arguments.files)?;
    let output = arguments.output.as_deref().map(|output| {
        let read = runs::read_files(run).into_iter().chain([path.to_owned()]);
        Destination::new(output, "predictions", read)
    });
    let output = output.transpose()?;
    let inputs = source.clone().with_path(path).load_inputs()?;

    let device = select_device(arguments.device)?.device;
    let network = runs::load_network(run, &device)?;
    let activation = network.output_activation();
    // Only what the network answers matters; nothing is going to be learned or judged.
    let trainer = settings.compile()?.model(network);
    let answers = trainer.predict(inputs.into_tensor::<2>(&device)?)?;
    let num_rows = answers.shape()[0];
    let width = answers.shape()[1..].iter().product();
    let answers: Tensor<2> = answers.reshape(&[num_rows, width])?.into_rank()?;
    let answers = answers
        .try_into_data_as::<f32>()
        .context("reading back from the device failed")?;
    let answers: Vec<f32> = answers.iter::<f32>().collect();
    let predictions = predictions(source, &answers, width, activation)?;

    if arguments.json {
        output::print(&predictions.json()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = predictions.csv()?;
    match output {
        None => output::print(&text)?,
        Some(file) => {
            file.write(text.as_bytes())?;
            file.report(&format!("{num_rows} predictions in"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The one file to predict.
fn only_table(files: &[PathBuf]) -> anyhow::Result<&Path> {
    match files {
        [file] if !is_picture(file) => Ok(file),
        [file] => Err(anyhow!(
            "the network was trained on a table, `{}` is a picture; name a CSV file with the columns of that table",
            file.display()
        ))
        .or_usage(),
        files => Err(anyhow!(
            "expected one CSV file, received {}; predict them one after the other",
            files.len()
        ))
        .or_usage(),
    }
}

fn is_picture(file: &Path) -> bool {
    let endings = ["png", "jpg", "jpeg"];
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        endings
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// What answers of this width say of each row.
fn predictions(
    source: &CsvSource,
    answers: &[f32],
    width: usize,
    activation: Activation,
) -> anyhow::Result<Predictions> {
    let targets = source.target().columns();
    let names = match source.target() {
        CsvTarget::Values(columns) if columns.len() == width => {
            let row = |answers: &[f32]| answers.iter().copied().map(Cell::Number).collect();
            return Ok(Predictions {
                columns: columns.clone(),
                rows: answers.chunks(width.max(1)).map(row).collect(),
            });
        }
        // Numbers that a loss has taken for the indices of classes.
        CsvTarget::Values(_) => &[],
        CsvTarget::Classes { names, .. } => names.as_deref().unwrap_or_default(),
    };
    let [target] = targets else {
        return Err(anyhow!(
            "the network answers with {width} numbers a row, expected one for each of the targets {}",
            targets.join(", ")
        ));
    };
    let row = |answers: &[f32]| {
        let answers: Vec<f64> = answers.iter().copied().map(f64::from).collect();
        let probabilities = probabilities(&answers, activation)?;
        let more_probable = |best: (usize, f64), next: (usize, f64)| {
            if next.1 > best.1 { next } else { best }
        };
        let (class, probability) = probabilities
            .into_iter()
            .enumerate()
            .reduce(more_probable)?;
        let name = names.get(class).cloned();
        let name = name.unwrap_or_else(|| class.to_string());
        Some(vec![Cell::Class(name), Cell::Number(single(probability))])
    };
    let rows: Option<Vec<Vec<Cell>>> = answers.chunks(width.max(1)).map(row).collect();
    let rows = rows.with_context(|| {
        format!("the network answers with {width} number a row, expected one for each class")
    })?;
    Ok(Predictions {
        columns: vec![target.clone(), PROBABILITY.to_owned()],
        rows,
    })
}

impl Predictions {
    /// A header and a line a row.
    fn csv(&self) -> anyhow::Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.serialize(row)?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// An object a row, each on its line.
    fn json(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        for row in &self.rows {
            let columns = &self.columns;
            text.push_str(&serde_json::to_string(&Named { columns, row })?);
            text.push('\n');
        }
        Ok(text)
    }
}

/// A row with the names of its columns.
struct Named<'a> {
    columns: &'a [String],
    row: &'a [Cell],
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().zip(self.row))
    }
}

/// In the precision that networks compute with, without digits that mean nothing.
#[allow(
    clippy::cast_possible_truncation,
    reason = "it was of single precision before"
)]
fn single(number: f64) -> f32 {
    number as f32
}
