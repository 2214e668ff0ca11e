use std::path::Path;

use super::scanner::Record;
use crate::csv_error::CsvError;
use crate::csv_source::CsvSource;

const TARGET: &str = "a target";
const FEATURE: &str = "a feature";
const IGNORED: &str = "an ignored column";

/// The columns of a file and what they are for; positions are counted from 0.
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    pub(super) features: Vec<usize>,
    pub(super) targets: Vec<usize>,
}

impl Columns {
    /// The columns of a header in the parts that the description gives them.
    pub(super) fn find(source: &CsvSource, header: &Record) -> Result<Self, CsvError> {
        let mut parts = Parts::new(source, header)?;
        let targets = source.target.columns();
        if targets.is_empty() {
            return Err(CsvError::NoTarget {
                path: source.path.clone(),
                known: parts.names,
            });
        }
        let targets = parts.give(TARGET, targets)?;
        parts.give(IGNORED, &source.ignored)?;
        parts.with_features(source, targets)
    }

    /// The same without targets: they and ignored columns need not be there.
    pub(super) fn of_inputs(source: &CsvSource, header: &Record) -> Result<Self, CsvError> {
        let mut parts = Parts::new(source, header)?;
        parts.give(TARGET, &parts.present(source.target.columns()))?;
        parts.give(IGNORED, &parts.present(&source.ignored))?;
        parts.with_features(source, Vec::new())
    }

    /// All columns, whatever they are for.
    pub(super) fn all(source: &CsvSource, header: &Record) -> Result<Self, CsvError> {
        let names = names(source.path(), header)?;
        Ok(Self {
            features: (0..names.len()).collect(),
            targets: Vec::new(),
            names,
        })
    }

    pub(super) fn names_of(&self, columns: &[usize]) -> Vec<String> {
        columns
            .iter()
            .map(|&column| self.names[column].clone())
            .collect()
    }
}

/// The names in a header, all different.
fn names(path: &Path, header: &Record) -> Result<Vec<String>, CsvError> {
    let mut names: Vec<String> = Vec::new();
    for (column, name) in header.fields().enumerate() {
        if name.is_empty() {
            return Err(CsvError::UnnamedColumn {
                path: path.to_owned(),
                line: header.line,
                column: column + 1,
            });
        }
        if let Some(first) = names.iter().position(|other| other == name) {
            return Err(CsvError::DuplicateColumn {
                path: path.to_owned(),
                line: header.line,
                name: name.to_owned(),
                first: first + 1,
                second: column + 1,
            });
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The parts given so far.
struct Parts<'a> {
    path: &'a Path,
    names: Vec<String>,
    given: Vec<Option<&'static str>>,
}

impl<'a> Parts<'a> {
    fn new(source: &'a CsvSource, header: &Record) -> Result<Self, CsvError> {
        let path = source.path();
        let names = names(path, header)?;
        Ok(Self {
            path,
            given: vec![None; names.len()],
            names,
        })
    }

    /// Those of the columns that are there.
    fn present(&self, columns: &[String]) -> Vec<String> {
        let is_there = |column: &&String| self.names.contains(column);
        columns.iter().filter(is_there).cloned().collect()
    }

    /// Gives the features their part, the last one.
    fn with_features(
        mut self,
        source: &CsvSource,
        targets: Vec<usize>,
    ) -> Result<Columns, CsvError> {
        let features = match &source.features {
            Some(features) => self.give(FEATURE, features)?,
            None => self.left(),
        };
        if features.is_empty() {
            return Err(CsvError::NoFeatures {
                path: self.path.to_owned(),
                known: self.names,
            });
        }
        Ok(Columns {
            names: self.names,
            features,
            targets,
        })
    }

    /// Gives columns a part; their positions.
    fn give(&mut self, part: &'static str, columns: &[String]) -> Result<Vec<usize>, CsvError> {
        let mut positions = Vec::new();
        for name in columns {
            let Some(position) = self.names.iter().position(|known| known == name) else {
                return Err(CsvError::UnknownColumn {
                    path: self.path.to_owned(),
                    name: name.clone(),
                    known: self.names.clone(),
                });
            };
            if let Some(first) = self.given[position].replace(part) {
                return Err(CsvError::ColumnTwice {
                    path: self.path.to_owned(),
                    name: name.clone(),
                    first,
                    second: part,
                });
            }
            positions.push(position);
        }
        Ok(positions)
    }

    /// The columns without a part.
    fn left(&self) -> Vec<usize> {
        let is_left = |&position: &usize| self.given[position].is_none();
        (0..self.names.len()).filter(is_left).collect()
    }
}
