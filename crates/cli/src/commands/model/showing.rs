//! `firebrick model show`

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use firebrick::models::{ModelCard, SavedModel, Seal, visible};
use firebrick::specs::thousands;
use firebrick::training::figure_text;
use serde::Serialize;

use super::{Named, signature_of};
use crate::output;

/// Show what a model file tells of its network.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    #[command(flatten)]
    named: Named,

    /// Print it as one JSON object
    #[arg(long)]
    json: bool,
}

/// What there is to say of a file.
#[derive(Serialize)]
struct Shown {
    file: String,
    bytes: usize,
    written_by: Option<String>,
    layers: Option<usize>,
    parameters: Option<usize>,
    checksum: &'static str,
    is_signed: bool,
    card: ModelCard,
}

pub(super) fn run(arguments: &ShowArguments) -> anyhow::Result<ExitCode> {
    let file = arguments.named.file()?;
    let shown = shown(&file)?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&shown)?;
        output::print_data(&format!("{text}\n"))?;
    } else {
        output::print(&text(&shown))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(file: &Path) -> anyhow::Result<Shown> {
    let bytes = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let length = bytes.len();
    let saved = SavedModel::from_bytes(bytes, file)?;
    // A file of weights alone has no network.
    let network = saved
        .description()
        .map(|_| Ok::<_, anyhow::Error>((saved.graph()?, saved.summary()?)))
        .transpose()?;
    Ok(Shown {
        file: file.display().to_string(),
        bytes: length,
        written_by: saved.written_by().map(str::to_owned),
        layers: network.as_ref().map(|(graph, _)| graph.layers().len()),
        parameters: network.as_ref().map(|(_, summary)| summary.num_params()),
        checksum: match saved.seal() {
            Seal::Absent => "none",
            Seal::Intact | Seal::Broken => "intact",
        },
        is_signed: signature_of(file).is_file(),
        card: saved.card()?,
    })
}

fn text(shown: &Shown) -> String {
    let card = &shown.card;
    let mut text = String::new();
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<10}  {}", visible(value));
        }
    };
    row("file", &shown.file);
    row("bytes", &thousands(shown.bytes));
    row(
        "written by",
        shown.written_by.as_deref().unwrap_or_default(),
    );
    if let (Some(layers), Some(parameters)) = (shown.layers, shown.parameters) {
        let network = format!("{layers} layers, {} parameters", thousands(parameters));
        row("network", &network);
    } else {
        row("network", "weights alone");
    }
    row("labels", &card.labels.join(", "));
    let data = card.data.as_ref().map(ToString::to_string);
    row("data", &data.unwrap_or_default());
    let figures = card.figures.iter();
    let figures = figures.map(|(name, value)| format!("{name} {}", figure_text(*value)));
    row("figures", &figures.collect::<Vec<_>>().join(", "));
    row("license", &card.license);
    row("note", &card.note);
    row("checksum", shown.checksum);
    row(
        "signature",
        if shown.is_signed {
            "there is one, see `firebrick model verify`"
        } else {
            "none"
        },
    );
    text
}
