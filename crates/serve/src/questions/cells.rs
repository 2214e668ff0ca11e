//! Rows of a table.

use std::fmt::Write as _;

use firebrick_data::{ArrayData, ColumnEncoding, ColumnGroup, CsvMissing, DataError};
use firebrick_model::{nearest_name, shortened};
use serde_json::{Map, Value};

use super::shown;
use crate::network::Question;
use crate::problem::Problem;
use crate::served::Table;

impl Table {
    /// Rows that are objects with a value for each column.
    pub(super) fn of_rows(&self, rows: &[Value]) -> Result<Question, Problem> {
        let mut text = String::new();
        let line = |cells: &mut dyn Iterator<Item = String>, text: &mut String| {
            let cells: Vec<String> = cells.collect();
            let _ = writeln!(text, "{}", cells.join(","));
        };
        line(
            &mut self.features.iter().map(|name| quoted(name)),
            &mut text,
        );
        for (index, row) in rows.iter().enumerate() {
            let row = self.fields(index, row)?;
            let cells = self.features.iter().map(|feature| {
                let value = row.get(feature).unwrap_or(&Value::Null);
                self.cell(value, feature, index)
            });
            let cells: Vec<String> = cells.collect::<Result<_, _>>()?;
            line(&mut cells.into_iter(), &mut text);
        }
        let source = self.source.clone().with_delimiter(',');
        let source = source.and_then(|source| source.with_decimal('.')?.with_thousands('_'));
        let source = source.map_err(|error| unfit(&error))?;
        self.numbers(source.inputs_of(text.as_bytes()), Some(rows.len()))
    }

    /// The contents of a CSV file of the table's own dialect, which may have other columns too.
    pub(super) fn of_csv(&self, body: &[u8]) -> Result<Question, Problem> {
        self.numbers(self.source.inputs_of(body), None)
    }

    fn numbers(
        &self,
        read: Result<ArrayData, DataError>,
        expected: Option<usize>,
    ) -> Result<Question, Problem> {
        let data = read.map_err(|error| unfit(&error))?;
        let (num_rows, width) = match data.shape() {
            [num_rows, width] => (*num_rows, *width),
            other => unreachable!("a table has rows and columns, not {other:?}"),
        };
        if let Some(expected) = expected.filter(|expected| *expected != num_rows) {
            let received = format!("{} that lack some", expected - num_rows);
            return Err(Problem::value(
                "rows",
                "rows without missing values",
                received,
            ));
        }
        let values = data.into_floats();
        if self.groups.is_empty() {
            let inputs = vec![values];
            return Ok(Question::Rows { num_rows, inputs });
        }
        let of_group = |group: &ColumnGroup| -> Vec<f32> {
            let rows = values.chunks_exact(width.max(1));
            let own = rows.flat_map(|row| group.columns.iter().map(move |&column| row[column]));
            own.collect()
        };
        let inputs = self.groups.iter().map(of_group).collect();
        Ok(Question::Rows { num_rows, inputs })
    }

    fn fields<'a>(&self, index: usize, row: &'a Value) -> Result<&'a Map<String, Value>, Problem> {
        let place = format!("rows[{index}]");
        let Value::Object(fields) = row else {
            let expected = format!("an object with {}", self.features.join(", "));
            return Err(Problem::value(place, expected, shown(row)));
        };
        let is_column = |name: &&String| {
            let targets = self.source.target().columns();
            self.features.contains(name) || targets.contains(name)
        };
        let Some(unknown) = fields.keys().find(|name| !is_column(name)) else {
            return Ok(fields);
        };
        let known: Vec<&str> = self.features.iter().map(String::as_str).collect();
        let problem = Problem::value(
            place,
            format!("the columns {}", known.join(", ")),
            format!("`{}`", shortened(unknown)),
        );
        Err(match nearest_name(unknown, &known) {
            Some(near) => problem.with_hint(format!("did you mean `{near}`?")),
            None => problem.with_hint("leave it out"),
        })
    }

    /// A value as a cell of a table.
    fn cell(&self, value: &Value, feature: &str, row: usize) -> Result<String, Problem> {
        let place = || format!("rows[{row}].{feature}");
        let encoding = self.source.encoding_of(feature);
        let is_category = encoding.is_some_and(ColumnEncoding::is_categorical);
        let expected = if is_category {
            "a category"
        } else {
            "a number"
        };
        match value {
            Value::Null => match self.source.missing_of(feature) {
                CsvMissing::Refuse | CsvMissing::Drop => {
                    Err(Problem::value(place(), expected, "nothing"))
                }
                _ => Ok(String::new()),
            },
            Value::Bool(value) if is_category => {
                Ok(if *value { "True" } else { "False" }.to_owned())
            }
            Value::Bool(value) => Ok(u8::from(*value).to_string()),
            Value::Number(number) => Ok(number.to_string()),
            Value::String(text) if is_category => Ok(quoted(text)),
            Value::String(text) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
                Ok(text.trim().to_owned())
            }
            other => Err(Problem::value(place(), expected, shown(other))),
        }
    }
}

fn unfit(error: &DataError) -> Problem {
    Problem::value(
        "rows",
        "rows of the table that was learned from",
        error.to_string(),
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use firebrick_data::{CsvSource, OneHot};
    use serde_json::json;

    use super::*;

    fn table() -> Table {
        let color = OneHot {
            vocabulary: Some(vec!["red".into(), "dark, \"blue\"".into()]),
            ..OneHot::default()
        };
        let source = CsvSource::values("the question", ["price"])
            .with_features(["area", "color"])
            .with_encoding("color", color)
            .unwrap();
        let source = source
            .with_delimiter(';')
            .unwrap()
            .with_decimal(',')
            .unwrap();
        Table {
            features: vec!["area".into(), "color".into()],
            groups: Vec::new(),
            source,
        }
    }

    fn values(question: Result<Question, Problem>) -> Result<Vec<f32>, String> {
        match question {
            Ok(Question::Rows { mut inputs, .. }) => Ok(inputs.remove(0)),
            Ok(Question::Texts(_)) => unreachable!("rows are no texts"),
            Err(problem) => Err(problem.message()),
        }
    }

    #[test]
    fn cells_become_the_numbers_of_the_table() {
        let rows = json!([
            {"area": 1.5, "color": "red"},
            {"color": "dark, \"blue\"", "area": "-2e3", "price": 7},
            {"area": true, "color": "green"},
        ]);
        let expected = vec![
            1.5, 0.0, 1.0, 0.0, -2000.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0,
        ];
        let own = values(table().of_rows(rows.as_array().unwrap()));
        assert_eq!(own, Ok(expected));
        let csv = "id;color;area\n7;red;1,5\n";
        assert_eq!(
            values(table().of_csv(csv.as_bytes())),
            Ok(vec![1.5, 0.0, 1.0, 0.0])
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_row_and_column() {
        for (row, words) in [
            (
                json!({"area": 1}),
                "rows[1].color: expected a category, received nothing",
            ),
            (
                json!({"area": "large", "color": "red"}),
                "rows[1].area: expected a number, received \"large\"",
            ),
            (
                json!({"area": null, "color": "red"}),
                "rows[1].area: expected a number, received nothing",
            ),
            (json!({"area": [1], "color": "red"}), "received a list of 1"),
            (
                json!({"aera": 1, "color": "red"}),
                "received `aera`; did you mean `area`?",
            ),
            (
                json!([1, "red"]),
                "rows[1]: expected an object with area, color, received a list of 2",
            ),
        ] {
            let rows = [json!({"area": 1, "color": "red"}), row];
            let message = values(table().of_rows(&rows)).unwrap_err();
            assert!(message.contains(words), "{words}: {message}");
        }
        let message = values(table().of_csv(b"area;color\nold;red\n")).unwrap_err();
        assert!(
            message.contains("the question") && message.contains("area"),
            "{message}"
        );
    }
}
