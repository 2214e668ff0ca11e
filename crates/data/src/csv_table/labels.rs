use std::collections::HashMap;

use crate::csv_error::CsvError;
use crate::csv_source::CsvSource;
use crate::names::shown;

/// The labels of rows, each different one kept once.
#[derive(Default)]
pub(super) struct Labels {
    /// The label of each row, by its place among the different ones.
    rows: Vec<usize>,
    /// The different ones, with the line of the first row that has it.
    different: Vec<(String, usize)>,
    places: HashMap<String, usize>,
}

impl Labels {
    /// Adds the label of a row that begins in this line.
    pub(super) fn push(&mut self, label: &str, line: usize) {
        let place = self.places.get(label).copied().unwrap_or_else(|| {
            let place = self.different.len();
            self.different.push((label.to_owned(), line));
            self.places.insert(label.to_owned(), place);
            place
        });
        self.rows.push(place);
    }

    /// The class index of every row, and the classes: those given, or else the labels in order.
    pub(super) fn classes(
        self,
        source: &CsvSource,
        names: Option<&[String]>,
    ) -> Result<(Vec<usize>, Vec<String>), CsvError> {
        let names = names.map_or_else(|| self.sorted(), <[String]>::to_vec);
        let indices: HashMap<&str, usize> = names
            .iter()
            .enumerate()
            .map(|(index, name)| (name.as_str(), index))
            .collect();
        let index_of = |(label, line): &(String, usize)| {
            let index = indices.get(label.as_str()).copied();
            index.ok_or_else(|| CsvError::UnknownClass {
                path: source.path().to_owned(),
                line: *line,
                column: source.target().columns().join(", "),
                received: shown(label),
                known: names.clone(),
            })
        };
        let classes: Vec<usize> = self
            .different
            .iter()
            .map(index_of)
            .collect::<Result<_, _>>()?;
        let rows = self.rows.iter().map(|&place| classes[place]).collect();
        Ok((rows, names))
    }

    /// The different labels in order: whole numbers by their size, others as text.
    fn sorted(&self) -> Vec<String> {
        let mut sorted: Vec<&str> = self
            .different
            .iter()
            .map(|(label, _)| label.as_str())
            .collect();
        sorted.sort_unstable();
        let numbers: Option<Vec<i64>> = sorted.iter().map(|label| label.parse().ok()).collect();
        if numbers.is_some() {
            sorted.sort_by_key(|label| label.parse::<i64>().unwrap_or_default());
        }
        sorted.into_iter().map(str::to_owned).collect()
    }
}
