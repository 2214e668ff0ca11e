//! Judging the network of a run on samples that it did not learn from, sample by sample.

mod answers;
mod sample_views;

use std::sync::Arc;

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::datasets::BatchSource;
use firebrick::models::Model;
use firebrick::training::{Evaluation, RunDirectory};
use firebrick_pages::Judgement;

use self::answers::Answers;
use self::sample_views::SampleViews;
use crate::column_groups::ColumnGroups;
use crate::runs;
use crate::samples::TrainingSamples;
use crate::train_settings::TrainSettings;
use crate::unit::Unit;

/// The samples that are shown.
const MOST_WRONG: usize = 24;

/// Judges the saved network of a run on the samples that its training kept for validation, or else on those to test it by.
///
/// # Errors
/// A run that does not say its data or its loss, data that is not there any more, a run that kept no samples back.
pub(crate) fn judged(run: &RunDirectory, device: &Device) -> anyhow::Result<Judgement> {
    let config = runs::config(run)?;
    for key in ["data", "loss"] {
        if config.lacks(key) {
            return Err(anyhow!(
                "it was made by a program that could not write down its {key}"
            ));
        }
    }
    let settings = TrainSettings::resolve(config)?;
    let network = runs::load_network(run, device)?;
    let mut data = TrainingSamples::load(&settings)?;
    if let Some(source) = settings.data.table() {
        data.group(&ColumnGroups::of_model(source, &network)?);
    }
    let (samples, purpose) = kept_back(&data)?;
    let is_single = network.output_names().len() <= 1;
    let trainer = settings.compile.to_compile().model(network);
    let pass = settings.to_pass();
    let evaluation = trainer.evaluate_with(&samples, &pass)?;
    let mut judgement = judgement(&evaluation, &data);
    judgement.on = format!(
        "{} {} {purpose}; {}",
        evaluation.samples,
        Unit::of(&data.description).many(),
        data.origin
    );
    if !is_single {
        return Ok(judgement);
    }
    let answers = trainer.predict_data_with(&samples, &pass)?;
    let answers = answers
        .into_vec()
        .context("reading back from the device failed")?;
    let views = SampleViews::new(samples.as_ref(), &data.description, device.clone());
    let answers = Answers::new(samples.as_ref(), answers, &data, device)?;
    judgement.calibration = answers.calibration();
    judgement.predicted = answers.panels()?;
    judgement.worst = answers
        .worst(MOST_WRONG)
        .into_iter()
        .map(|wrong| answers.sample(wrong, &views))
        .collect::<anyhow::Result<_>>()?;
    Ok(judgement)
}

fn kept_back(data: &TrainingSamples) -> anyhow::Result<(Arc<dyn BatchSource>, &'static str)> {
    let validation = data
        .validation
        .as_ref()
        .map(|samples| (samples, "for validation"));
    let test = data.test.as_ref().map(|samples| (samples, "to test it by"));
    let (samples, purpose) = validation
        .or(test)
        .context("the training kept no samples back to judge by")?;
    Ok((Arc::clone(samples), purpose))
}

fn judgement(evaluation: &Evaluation, data: &TrainingSamples) -> Judgement {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let counts = evaluation.classes.as_ref().map(|classes| {
        let rows = classes.confusion_matrix.rows().into_iter();
        rows.map(|row| row.into_iter().map(count).collect())
            .collect()
    });
    let figures = evaluation.figures.iter();
    Judgement {
        figures: figures
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        class_names: data.class_names.clone(),
        counts: counts.unwrap_or_default(),
        ..Judgement::default()
    }
}
