use std::collections::HashMap;

use crate::csv_error::CsvError;
use crate::csv_source::CsvSource;
use crate::names::shown;

/// The words of a column, each different one kept once: the labels of rows, or categories.
#[derive(Default)]
pub(super) struct Words {
    /// The word of each row, by its place among the different ones; [`MISSING`] where there is none.
    rows: Vec<usize>,
    /// The different ones, with the line of the first row that has it.
    different: Vec<(String, usize)>,
    places: HashMap<String, usize>,
}

/// The place of no word.
const MISSING: usize = usize::MAX;

impl Words {
    /// Adds the word of a row that begins in this line.
    pub(super) fn push(&mut self, word: &str, line: usize) {
        let place = self.places.get(word).copied().unwrap_or_else(|| {
            let place = self.different.len();
            self.different.push((word.to_owned(), line));
            self.places.insert(word.to_owned(), place);
            place
        });
        self.rows.push(place);
    }

    /// Adds a row that misses its word.
    pub(super) fn push_missing(&mut self) {
        self.rows.push(MISSING);
    }

    /// The place of each row's word among the different ones, if it has one.
    pub(super) fn rows(&self) -> impl Iterator<Item = Option<usize>> {
        self.rows
            .iter()
            .map(|place| Some(*place).filter(|place| *place != MISSING))
    }

    /// The different words, in the order in which they were met.
    pub(super) fn different(&self) -> impl Iterator<Item = &str> {
        self.different.iter().map(|(word, _)| word.as_str())
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
        let rows = self
            .rows
            .iter()
            .filter_map(|&place| classes.get(place).copied())
            .collect();
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
