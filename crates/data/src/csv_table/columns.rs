use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::scanner::Fields;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget};

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
    pub(super) fn find(source: &CsvSource, header: Fields<'_>) -> Result<Self, CsvError> {
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
        let columns = parts.with_features(source, targets)?;
        columns.check_treatments(source)?;
        Ok(columns)
    }

    /// Makes sure that what is said of how cells become numbers is said of features, and can be done with their cells.
    fn check_treatments(&self, source: &CsvSource) -> Result<(), CsvError> {
        let targets = source.target.columns();
        for (name, treatment) in source.treated_columns() {
            let Some(place) = self.names.iter().position(|own| own == name) else {
                return Err(self.unknown(source, name.clone()));
            };
            if !self.features.contains(&place) {
                return Err(CsvError::NoFeature {
                    path: source.path.clone(),
                    column: name.clone(),
                    treatment,
                    part: if targets.contains(name) {
                        "to be predicted"
                    } else {
                        "left out"
                    },
                });
            }
        }
        for (name, rule) in &source.cells.missing_in {
            if !self.names.contains(name) {
                return Err(self.unknown(source, name.clone()));
            }
            if rule.needs_numbers() && source.has_categories(name) {
                return Err(CsvError::NoNumbers {
                    path: source.path.clone(),
                    column: name.clone(),
                    rule: rule.to_string(),
                });
            }
        }
        Ok(())
    }

    /// The same without targets: they and ignored columns need not be there.
    pub(super) fn of_inputs(source: &CsvSource, header: Fields<'_>) -> Result<Self, CsvError> {
        let mut parts = Parts::new(source, header)?;
        parts.give(TARGET, &parts.present(source.target.columns()))?;
        parts.give(IGNORED, &parts.present(&source.ignored))?;
        parts.with_features(source, Vec::new())
    }

    /// All columns, whatever they are for.
    pub(super) fn all(source: &CsvSource, header: Fields<'_>) -> Result<Self, CsvError> {
        places(source.path(), header)?;
        Ok(Self {
            names: header.iter().map(str::to_owned).collect(),
            features: (0..header.len()).collect(),
            targets: Vec::new(),
        })
    }

    /// The columns that are neither feature nor target, also those that only the description knows as targets.
    pub(super) fn others(&self, source: &CsvSource) -> Vec<usize> {
        let taken: HashSet<usize> = self.features.iter().chain(&self.targets).copied().collect();
        let targets = source.target.columns();
        let is_other =
            |&column: &usize| !taken.contains(&column) && !targets.contains(&self.names[column]);
        (0..self.names.len()).filter(is_other).collect()
    }

    /// Where the columns of these names stand, or one that is not there.
    pub(super) fn positions(&self, names: &[String]) -> Result<Vec<usize>, String> {
        let position = |name: &String| {
            let found = self.names.iter().position(|own| own == name);
            found.ok_or_else(|| name.clone())
        };
        names.iter().map(position).collect()
    }

    /// The error that there is no column of this name.
    pub(super) fn unknown(&self, source: &CsvSource, name: String) -> CsvError {
        CsvError::UnknownColumn {
            path: source.path.clone(),
            name,
            known: self.names.clone(),
        }
    }

    /// Whether the cells of each column are looked at as numbers.
    pub(super) fn are_numbers(&self, source: &CsvSource) -> Vec<bool> {
        let mut are_numbers = vec![false; self.names.len()];
        for &column in &self.features {
            are_numbers[column] = !source.has_categories(&self.names[column]);
        }
        for &column in &self.targets {
            are_numbers[column] = matches!(source.target, CsvTarget::Values(_));
        }
        are_numbers
    }

    pub(super) fn names_of(&self, columns: &[usize]) -> Vec<String> {
        columns
            .iter()
            .map(|&column| self.names[column].clone())
            .collect()
    }
}

/// The names in a header, all different but for columns without one; where each stands.
fn places(path: &Path, header: Fields<'_>) -> Result<HashMap<String, usize>, CsvError> {
    let mut places = HashMap::new();
    for (column, name) in header.iter().enumerate() {
        if name.is_empty() {
            continue;
        }
        if let Some(first) = places.insert(name.to_owned(), column) {
            return Err(CsvError::DuplicateColumn {
                path: path.to_owned(),
                line: header.line,
                name: name.to_owned(),
                first: first + 1,
                second: column + 1,
            });
        }
    }
    Ok(places)
}

/// The parts given so far.
struct Parts<'a> {
    path: &'a Path,
    /// Where the header stands.
    line: usize,
    names: Vec<String>,
    places: HashMap<String, usize>,
    given: Vec<Option<&'static str>>,
}

impl<'a> Parts<'a> {
    fn new(source: &'a CsvSource, header: Fields<'_>) -> Result<Self, CsvError> {
        let path = source.path();
        Ok(Self {
            path,
            line: header.line,
            names: header.iter().map(str::to_owned).collect(),
            places: places(path, header)?,
            given: vec![None; header.len()],
        })
    }

    /// Those of the columns that are there.
    fn present(&self, columns: &[String]) -> Vec<String> {
        let is_there = |column: &&String| self.position(column).is_some();
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
            None => self.left()?,
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
            let Some(position) = self.position(name) else {
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

    /// Where a column stands that has this name, or, if it has none, this place, counted from 1.
    fn position(&self, name: &str) -> Option<usize> {
        let named = self.places.get(name).copied();
        let placed = || {
            let position = name.parse::<usize>().ok()?.checked_sub(1)?;
            self.names.get(position)?.is_empty().then_some(position)
        };
        named.or_else(placed)
    }

    /// The columns without a part, all of which have names.
    fn left(&self) -> Result<Vec<usize>, CsvError> {
        let is_left = |&position: &usize| self.given[position].is_none();
        let left: Vec<usize> = (0..self.names.len()).filter(is_left).collect();
        let is_unnamed = |&&position: &&usize| self.names[position].is_empty();
        let unnamed: Vec<usize> = left
            .iter()
            .filter(is_unnamed)
            .map(|position| position + 1)
            .collect();
        if unnamed.is_empty() {
            return Ok(left);
        }
        let ignored = self.given.iter().zip(&self.names).enumerate();
        let ignored = ignored.filter(|(_, (part, _))| **part == Some(IGNORED));
        let ignored = ignored.map(|(position, (_, name))| match name.as_str() {
            "" => (position + 1).to_string(),
            name => name.to_owned(),
        });
        Err(CsvError::UnnamedColumn {
            path: self.path.to_owned(),
            line: self.line,
            ignored: ignored.collect(),
            columns: unnamed,
        })
    }
}
