use std::collections::BTreeSet;

use serde::Serialize;

use super::columns::Columns;
use super::for_each_row;
use crate::csv_source::CsvSource;
use crate::error::DataError;

/// What a table holds, column by column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CsvOverview {
    /// Rows below the header.
    pub rows: usize,
    /// The columns in the order of the file.
    pub columns: Vec<CsvColumn>,
}

/// What a column of a table holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CsvColumn {
    /// Its name.
    pub name: String,
    /// Different fields, the empty one not counted.
    pub different: usize,
    /// Fields of nothing.
    pub empty: usize,
    /// What its other fields are.
    #[serde(flatten)]
    pub content: CsvContent,
}

/// What the fields of a column are.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "content")]
pub enum CsvContent {
    /// Numbers, all of them.
    Numbers {
        /// The smallest.
        min: f64,
        /// Their mean.
        mean: f64,
        /// The largest.
        max: f64,
    },
    /// Words, of which one at least is no number.
    Words {
        /// The first of them, sorted; at most [`CsvOverview::EXAMPLES`].
        examples: Vec<String>,
    },
    /// Nothing at all.
    Empty,
}

impl CsvOverview {
    /// The most words of a column that are listed.
    pub const EXAMPLES: usize = 10;
}

/// What is known of a column so far.
#[derive(Default)]
struct Seen<'a> {
    different: BTreeSet<&'a str>,
    empty: usize,
    sum: f64,
    numbers: usize,
}

pub(crate) fn overview(source: &CsvSource) -> Result<CsvOverview, DataError> {
    let mut fields: Vec<Vec<String>> = Vec::new();
    let (columns, _) = for_each_row(source, Columns::all, |row| {
        fields.push(row.record.fields().map(str::to_owned).collect());
        Ok(())
    })?;
    let column = |(index, name): (usize, &String)| {
        let mut seen = Seen::default();
        for row in &fields {
            seen.add(&row[index]);
        }
        seen.column(name)
    };
    Ok(CsvOverview {
        rows: fields.len(),
        columns: columns.names.iter().enumerate().map(column).collect(),
    })
}

impl<'a> Seen<'a> {
    fn add(&mut self, field: &'a str) {
        if field.is_empty() {
            self.empty += 1;
            return;
        }
        self.different.insert(field);
        if let Some(number) = number(field) {
            self.sum += number;
            self.numbers += 1;
        }
    }

    fn column(self, name: &str) -> CsvColumn {
        let numbers: Option<Vec<f64>> = self.different.iter().map(|field| number(field)).collect();
        let content = match numbers {
            _ if self.different.is_empty() => CsvContent::Empty,
            Some(numbers) => CsvContent::Numbers {
                min: numbers.iter().copied().fold(f64::INFINITY, f64::min),
                mean: self.sum / self.numbers as f64,
                max: numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            },
            None => {
                let examples = self.different.iter().take(CsvOverview::EXAMPLES);
                CsvContent::Words {
                    examples: examples.map(|&word| word.to_owned()).collect(),
                }
            }
        };
        CsvColumn {
            name: name.to_owned(),
            different: self.different.len(),
            empty: self.empty,
            content,
        }
    }
}

/// A finite number.
fn number(field: &str) -> Option<f64> {
    field
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
}
