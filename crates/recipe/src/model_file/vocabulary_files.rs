//! Vocabularies for which layers name a file, a token a line: they become a part of the text, so that it stands for itself
//! wherever it is read again.

use std::path::Path;

use firebrick_spec::folded;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::network::LAYERS;
use super::section::Located;
use crate::model_file_problem::ModelFileProblem;

const VOCABULARY: &str = "vocabulary";

/// The text with lists in the place of the files that its layers name; `None` if they name none. Paths begin in the folder.
pub(super) fn inlined(text: &str, folder: &Path) -> Result<Option<String>, Located> {
    // What is wrong with the rest of it is told of by who reads that.
    let Ok(table) = DeTable::parse(text) else {
        return Ok(None);
    };
    let layers = table.get_ref().get(LAYERS).map(Spanned::get_ref);
    let Some(DeValue::Array(layers)) = layers else {
        return Ok(None);
    };
    let mut whole = String::new();
    let mut done = 0;
    for layer in layers {
        let DeValue::Table(layer) = layer.get_ref() else {
            continue;
        };
        let Some(value) = layer.get(VOCABULARY) else {
            continue;
        };
        let DeValue::String(name) = value.get_ref() else {
            continue;
        };
        let class_name = layer.get("class_name").map(Spanned::get_ref);
        let is_of_numbers =
            matches!(class_name, Some(DeValue::String(name)) if folded(name) == "integerlookup");
        let token = if is_of_numbers { number } else { word };
        let at = value.span();
        let tokens = tokens_of(&folder.join(&**name), token).map_err(|message| {
            let key = VOCABULARY.to_owned();
            Located::new(ModelFileProblem::Value { key, message }, at.start)
        })?;
        whole.push_str(&text[done..at.start]);
        whole.push_str(&toml::Value::Array(tokens).to_string());
        done = at.end;
    }
    if done == 0 {
        return Ok(None);
    }
    whole.push_str(&text[done..]);
    Ok(Some(whole))
}

/// What the lines of a file say, but for empty ones at its end.
fn tokens_of(
    path: &Path,
    token: fn(&str) -> Result<toml::Value, String>,
) -> Result<Vec<toml::Value>, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        format!("expected a list or the name of a file with a token on each line, cannot read `{shown}`: {error}")
    })?;
    let lines = text.trim_end_matches(['\r', '\n']).lines().zip(1..);
    lines
        .map(|(line, number)| {
            token(line).map_err(|wrong| format!("`{shown}`, line {number}: {wrong}"))
        })
        .collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the other kind of tokens, which may be wrong"
)]
fn word(line: &str) -> Result<toml::Value, String> {
    Ok(line.into())
}

fn number(line: &str) -> Result<toml::Value, String> {
    let number: Result<i64, _> = line.trim().parse();
    number.map(toml::Value::from).map_err(|_no_number| {
        let received = firebrick_spec::shortened(line);
        format!("expected a whole number, received `{received}`; correct the line")
    })
}
