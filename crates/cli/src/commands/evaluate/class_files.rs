//! What there is to say of classes, whole, as tables to compute with.

use anyhow::Context as _;
use firebrick::training::{ClassEvaluation, Evaluation};

use super::label_of;
use crate::destination::Destination;
use crate::failure::OrUsage;

/// Writes the files that are asked for.
///
/// # Errors
/// With a usage error data without classes; a file that cannot be written.
pub(super) fn write(
    evaluation: &Evaluation,
    class_names: &[String],
    per_class_file: Option<&Destination>,
    confusion_file: Option<&Destination>,
) -> anyhow::Result<()> {
    let classes = |flag: &str| {
        let classes = evaluation.classes.as_ref().with_context(|| {
            format!("the data has no classes to tell apart; leave out `--{flag}`")
        });
        classes.or_usage()
    };
    if let Some(file) = per_class_file {
        file.write(&per_class(classes("per-class")?, class_names)?)?;
    }
    if let Some(file) = confusion_file {
        file.write(&confusion(classes("confusion")?, class_names)?)?;
    }
    Ok(())
}

/// A line for every class; a share of nothing is empty.
fn per_class(classes: &ClassEvaluation, class_names: &[String]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["class", "precision", "recall", "support"])?;
    let share = |share: Option<f64>| share.map_or_else(String::new, |share| share.to_string());
    for class in &classes.per_class {
        writer.write_record([
            label_of(class.label, class_names),
            share(class.precision),
            share(class.recall),
            class.support.to_string(),
        ])?;
    }
    Ok(writer.into_inner()?)
}

/// A line for every pair of classes that occurs.
fn confusion(classes: &ClassEvaluation, class_names: &[String]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["label", "predicted", "count"])?;
    for cell in classes.confusion_matrix.cells() {
        writer.write_record([
            label_of(cell.label, class_names),
            label_of(cell.predicted, class_names),
            cell.count.to_string(),
        ])?;
    }
    Ok(writer.into_inner()?)
}
