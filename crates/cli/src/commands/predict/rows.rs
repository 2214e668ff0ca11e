//! What a network predicts for the rows of a table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Tensor;
use firebrick::datasets::{CsvError, CsvInputs, CsvSource, CsvTarget, DataError};
use firebrick::models::{Activation, AnyModel, AnyTensor, Model};
use serde::{Serialize, Serializer};

use super::PredictArguments;
use crate::asked_model::AskedModel;
use crate::column_groups::ColumnGroups;
use crate::commands::devices::select_device;
use crate::destination::Destination;
use crate::failure::OrUsage;
use crate::output;
use crate::train_settings::TrainSettings;
use crate::treatment_notes;

/// The column of how sure the network is.
const PROBABILITY: &str = "probability";

#[derive(Serialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Number(f32),
    /// With what was subtracted from the numbers that were learned.
    Whole(f64),
}

/// Predicts every row of the one table that is given, by a network that was trained on `source`.
pub(super) fn run(
    arguments: &PredictArguments,
    asked: AskedModel,
    settings: &TrainSettings,
    source: &CsvSource,
) -> anyhow::Result<ExitCode> {
    let path = only_table(&arguments.files)?;
    let output = arguments.output.as_deref().map(|output| {
        let read = asked.read.iter().cloned().chain([path.to_owned()]);
        Destination::new(output, "predictions", read)
    });
    let output = output.transpose()?;
    let inputs = load(arguments, &source.clone().with_path(path))?;
    for line in treatment_notes::notes(&inputs.filled, &inputs.unknown_categories) {
        output::note(&line);
    }
    let (kept_names, mut kept) = (inputs.kept_names, inputs.kept.into_iter());

    let device = select_device(arguments.device)?.device;
    let network = asked.into_network(&device)?;
    let groups = ColumnGroups::of_model(source, &network)?;
    let outputs = Asked::of(source, &groups, &network);
    // Only what the network answers matters; nothing is going to be learned or judged.
    let trainer = settings.compile.to_compile().model(network);
    let inputs = inputs.data.into_tensor::<2>(&device)?;
    let num_rows = inputs.dims()[0];
    let mut meanings: Vec<Meaning> = Vec::new();
    let mut file = output.as_ref().map(Destination::open).transpose()?;
    // Batch by batch, because the answers to all rows may be more than there is room for.
    let inputs = groups.signals(inputs);
    trainer.predict_all_each(inputs, &settings.to_pass(), |answers| {
        let is_first = meanings.is_empty();
        let mut cells: Vec<Vec<Cell>> = Vec::new();
        for (place, (asked, answers)) in outputs.iter().zip(answers).enumerate() {
            let answers = answers.into_values();
            let width = answers.shape()[1..].iter().product();
            if is_first {
                meanings.push(Meaning::new(asked, width)?);
            }
            let rows = meanings[place].rows(&numbers(answers)?, width)?;
            cells.resize_with(rows.len(), Vec::new);
            for (all, own) in cells.iter_mut().zip(rows) {
                all.extend(own);
            }
        }
        let predicted = meanings.iter().flat_map(|meaning| &meaning.columns);
        let answers = cells;
        let rows: Vec<Vec<Cell>> = answers
            .into_iter()
            .map(|answer| {
                kept.next()
                    .into_iter()
                    .flatten()
                    .map(Cell::Text)
                    .chain(answer)
                    .collect()
            })
            .collect();
        let columns: Vec<&str> = kept_names
            .iter()
            .chain(predicted)
            .map(String::as_str)
            .collect();
        let text = if arguments.json {
            json(&columns, &rows)?
        } else {
            csv(is_first.then_some(&columns), &rows)?
        };
        match &mut file {
            Some(file) => file.append(text.as_bytes()),
            None => output::print_data(&text),
        }
    })?;
    if let (Some(file), Some(output)) = (file, &output) {
        file.finish()?;
        output.report(&format!("{num_rows} predictions in"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The rows of the table, with the columns that are written before the predictions.
///
/// # Errors
/// A table that cannot be read; with a usage error columns that are called as those of the predictions.
fn load(arguments: &PredictArguments, source: &CsvSource) -> anyhow::Result<CsvInputs> {
    let is_none = |names: &[String]| matches!(names, [name] if name == "none");
    let keep = arguments.keep.as_ref().map(|names| match &names.0 {
        names if is_none(names) => &[],
        names => names.as_slice(),
    });
    let mut inputs = match source.load_inputs_with(keep) {
        Err(DataError::Csv(error))
            if keep.is_some() && matches!(*error, CsvError::UnknownColumn { .. }) =>
        {
            Err(error).or_usage()
        }
        loaded => Ok(loaded?),
    }?;
    let is_predicted =
        |name: &String| name == PROBABILITY || source.target().columns().contains(name);
    let Some(taken) = inputs.kept_names.iter().position(is_predicted) else {
        return Ok(inputs);
    };
    let name = inputs.kept_names[taken].clone();
    if keep.is_some() {
        return Err(anyhow!(
            "`--keep` names `{name}`, as a column of the predictions is called; leave it out, or rename the column of the table"
        ))
        .or_usage();
    }
    output::note(&format!(
        "note: the column `{name}` of the table is left out, the predictions have one of that name"
    ));
    inputs.kept_names.remove(taken);
    for row in &mut inputs.kept {
        row.remove(taken);
    }
    Ok(inputs)
}

/// What the network has answered, row by row.
fn numbers(answers: AnyTensor) -> anyhow::Result<Vec<f32>> {
    let size = answers.shape().iter().product();
    let answers: Tensor<1> = answers.reshape(&[size])?.into_rank()?;
    let answers = answers
        .try_into_data_as::<f32>()
        .context("reading back from the device failed")?;
    Ok(answers.iter::<f32>().collect())
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

/// What answers say of a row.
struct Meaning {
    columns: Vec<String>,
    said: Said,
}

enum Said {
    /// A number for each column, as its distance from another one.
    Values { offsets: Vec<f64> },
    /// How probable classes are; their names, where they have any.
    Classes {
        names: Vec<String>,
        activation: Activation,
    },
}

/// What an output of the network is asked for.
struct Asked<'a> {
    /// The name of the output, where there are several.
    output: Option<String>,
    /// The columns, none where nothing is.
    targets: Vec<&'a String>,
    source: &'a CsvSource,
    activation: Activation,
}

impl<'a> Asked<'a> {
    /// All outputs.
    fn of(source: &'a CsvSource, groups: &ColumnGroups, network: &AnyModel) -> Vec<Self> {
        let columns = source.target().columns();
        let names = network.output_names();
        let is_only = names.len() == 1;
        let outputs = names.into_iter().zip(network.output_activations());
        let asked = |(name, activation): (String, Activation)| {
            let group = groups.outputs.iter().find(|group| group.name == name);
            let targets = match group {
                Some(group) => group
                    .columns
                    .iter()
                    .filter_map(|&at| columns.get(at))
                    .collect(),
                None if is_only => columns.iter().collect(),
                None => Vec::new(),
            };
            Self {
                output: (!is_only).then_some(name),
                targets,
                source,
                activation,
            }
        };
        outputs.map(asked).collect()
    }
}

impl Meaning {
    /// Of answers of this width.
    fn new(asked: &Asked<'_>, width: usize) -> anyhow::Result<Self> {
        let Asked {
            output,
            targets,
            source,
            activation,
        } = asked;
        let numbers = |columns: Vec<String>, offsets| {
            let said = Said::Values { offsets };
            Ok(Self { columns, said })
        };
        if let (Some(output), []) = (output, &targets[..]) {
            let columns = match width {
                1 => vec![output.clone()],
                width => (0..width).map(|at| format!("{output}_{at}")).collect(),
            };
            return numbers(columns, vec![0.0; width]);
        }
        let names = match source.target() {
            CsvTarget::Values(_) if targets.len() == width => {
                let columns = targets.iter().map(|name| (*name).clone()).collect();
                let offsets = targets.iter().map(|name| source.offset_of(name)).collect();
                return numbers(columns, offsets);
            }
            // Numbers that a loss has taken for the indices of classes.
            CsvTarget::Values(_) => Vec::new(),
            CsvTarget::Classes { names, .. } => names.clone().unwrap_or_default(),
        };
        let [target] = &targets[..] else {
            let targets: Vec<&str> = targets.iter().map(|name| name.as_str()).collect();
            return Err(anyhow!(
                "the network answers with {width} numbers a row, expected one for each of the targets {}",
                targets.join(", ")
            ));
        };
        let probability = match output {
            Some(_) => format!("{target}_{PROBABILITY}"),
            None => PROBABILITY.to_owned(),
        };
        let activation = *activation;
        Ok(Self {
            columns: vec![(*target).clone(), probability],
            said: Said::Classes { names, activation },
        })
    }

    fn rows(&self, answers: &[f32], width: usize) -> anyhow::Result<Vec<Vec<Cell>>> {
        let rows = answers.chunks(width.max(1));
        let (names, activation) = match &self.said {
            Said::Values { offsets } => {
                let cell = |(&answer, &offset): (&f32, &f64)| {
                    if offset == 0.0 {
                        return Cell::Number(answer);
                    }
                    Cell::Whole(offset + f64::from(answer))
                };
                let row = |answers: &[f32]| answers.iter().zip(offsets).map(cell).collect();
                return Ok(rows.map(row).collect());
            }
            Said::Classes { names, activation } => (names, *activation),
        };
        let row = |answers: &[f32]| {
            let answers: Vec<f64> = answers.iter().copied().map(f64::from).collect();
            let probabilities = activation.probabilities(&answers)?;
            let more_probable = |best: (usize, f64), next: (usize, f64)| {
                if next.1 > best.1 { next } else { best }
            };
            let (class, probability) = probabilities
                .into_iter()
                .enumerate()
                .reduce(more_probable)?;
            let name = names.get(class).cloned();
            let name = name.unwrap_or_else(|| class.to_string());
            Some(vec![Cell::Text(name), Cell::Number(single(probability))])
        };
        rows.map(row).collect::<Option<_>>().with_context(|| {
            format!("the network answers with {width} number a row, expected one for each class")
        })
    }
}

/// A line a row, at first after the names of the columns.
fn csv(columns: Option<&Vec<&str>>, rows: &[Vec<Cell>]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if let Some(columns) = columns {
        writer.write_record(columns)?;
    }
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// An object a row, each on its line.
fn json(columns: &[&str], rows: &[Vec<Cell>]) -> anyhow::Result<String> {
    let mut text = String::new();
    for row in rows {
        text.push_str(&serde_json::to_string(&Named { columns, row })?);
        text.push('\n');
    }
    Ok(text)
}

/// A row with the names of its columns.
struct Named<'a> {
    columns: &'a [&'a str],
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
