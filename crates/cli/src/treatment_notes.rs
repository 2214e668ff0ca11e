//! What a user is told of how the cells of a table became numbers.

use firebrick::datasets::{CsvFill, CsvMissing, FilledColumn, UnknownCategories};
use firebrick::training::figure_text;

/// Of cells that were missing and of categories that are not known.
pub(crate) fn notes(filled: &[FilledColumn], unknown: &[UnknownCategories]) -> Vec<String> {
    let filled = filled.iter().map(of_filled);
    filled.chain(unknown.iter().map(of_unknown)).collect()
}

fn of_filled(filled: &FilledColumn) -> String {
    let name = filled.column.escape_debug();
    let cells = match filled.rows {
        1 => "a missing cell".to_owned(),
        rows => format!("{rows} missing cells"),
    };
    let with = match (&filled.fill, filled.missing) {
        (Some(CsvFill::Number(number)), CsvMissing::Indicator) => {
            format!(
                "with the mean, {}, and said by a column of its own",
                figure_text(*number)
            )
        }
        (Some(CsvFill::Number(number)), CsvMissing::Mean) => {
            format!("with the mean, {}", figure_text(*number))
        }
        (Some(CsvFill::Number(number)), CsvMissing::Median) => format!("with the median, {number}"),
        (Some(CsvFill::Number(number)), CsvMissing::MostFrequent) => {
            format!("with the most frequent number, {number}")
        }
        (Some(CsvFill::Number(number)), _) => format!("with {number}"),
        (Some(CsvFill::Category(word)), _) => {
            format!("with the most frequent category, {}", word.escape_debug())
        }
        (None, CsvMissing::Indicator) => {
            "with none of its categories, and said by a column of its own".to_owned()
        }
        (None, _) => "with none of its categories".to_owned(),
    };
    format!("note: `{name}`: {cells} filled {with}")
}

fn of_unknown(unknown: &UnknownCategories) -> String {
    let mut words: Vec<String> = unknown.examples.iter().map(|word| shown(word)).collect();
    if unknown.different > words.len() {
        words.push(format!("and {} more", unknown.different - words.len()));
    }
    let rows = if unknown.rows == 1 { "row" } else { "rows" };
    format!(
        "note: `{}`: {} {rows} with categories that are not in its vocabulary, all taken as one that is unknown: {}",
        unknown.column.escape_debug(),
        unknown.rows,
        words.join(", ")
    )
}

fn shown(word: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = word.chars().take(SHOWN).collect();
    if word.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown.escape_debug().to_string()
}
