//! `firebrick model set`

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;
use firebrick::models::{SavedModel, save_card};

use super::{Named, signature_of};
use crate::failure::OrUsage;
use crate::output;

/// Change what a model file tells: names of classes, license, note. The network in it stays as it is; a signature is then one of
/// the file before.
#[derive(Debug, Args)]
pub(super) struct SetArguments {
    #[command(flatten)]
    named: Named,

    /// Names of the classes, in the order of their indices, with a comma between
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    labels: Option<Vec<String>>,

    /// Under which license it may be used; an empty text takes it away
    #[arg(long, value_name = "TEXT")]
    license: Option<String>,

    /// What else there is to say; an empty text takes it away
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(super) fn run(arguments: &SetArguments) -> anyhow::Result<ExitCode> {
    let SetArguments {
        named,
        labels,
        license,
        note,
    } = arguments;
    if labels.is_none() && license.is_none() && note.is_none() {
        return Err(anyhow!(
            "there is nothing to set; say --labels, --license or --note"
        ))
        .or_usage();
    }
    let file = named.file()?;
    let saved = SavedModel::read(&file)?;
    let mut card = saved.card()?;
    if let Some(labels) = labels {
        check_labels(&saved, labels)?;
        card.labels.clone_from(labels);
    }
    if let Some(license) = license {
        card.license.clone_from(license);
    }
    if let Some(note) = note {
        card.note.clone_from(note);
    }
    save_card(&card, &file)?;
    output::print(&format!("changed what `{}` tells\n", file.display()))?;
    if signature_of(&file).is_file() {
        output::note("warning: its signature is that of the file before; sign it again");
    }
    Ok(ExitCode::SUCCESS)
}

/// There are as many names as the only output has classes, each another one.
fn check_labels(saved: &SavedModel, labels: &[String]) -> anyhow::Result<()> {
    let mut before = labels.iter().enumerate();
    if let Some((_, twice)) = before.find(|(place, label)| labels[..*place].contains(label)) {
        return Err(anyhow!(
            "--labels has `{twice}` twice, expected another name for each class"
        ))
        .or_usage();
    }
    let outputs = saved.graph()?.output_shapes()?;
    let expected = match &outputs[..] {
        // One number may tell two classes apart.
        [output] => match output.num_elements() {
            Some(1) => Some(2),
            width => width,
        },
        _ => None,
    };
    if let Some(expected) = expected
        && expected != labels.len()
    {
        return Err(anyhow!(
            "--labels has {} names, expected {expected}, one for each class",
            labels.len()
        ))
        .or_usage();
    }
    Ok(())
}
