//! Which columns go into which input, and are asked of which output.

use std::collections::BTreeMap;

use super::{CsvInputKind, CsvSource};
use crate::column_group::ColumnGroup;
use crate::csv_error::CsvError;
use crate::error::DataError;
use crate::fields::NumberKind;

const INPUT: &str = "input";
const OUTPUT: &str = "output";

impl CsvSource {
    /// Sets which columns go into the input of this name, of a network that has several. A column may go into more than one;
    /// an input that is not named takes the column that is called as it is.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::CsvSource;
    ///
    /// let houses = CsvSource::values("houses.csv", ["price"])
    ///     .with_features(["area", "year", "rooms"])
    ///     .with_input("size", ["rooms", "area"]);
    /// let groups = houses.input_groups(&["year", "size"])?;
    /// assert_eq!((&groups[0].columns[..], &groups[1].columns[..]), (&[1][..], &[2, 0][..]));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    #[must_use = "returns the changed description"]
    pub fn with_input<I>(mut self, input: impl Into<String>, columns: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.inputs.insert(input.into(), super::strings(columns));
        self
    }

    /// Sets which targets are asked of the output of this name, of a network that has several; an output that is not named is
    /// asked for the column that is called as it is.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::CsvSource;
    ///
    /// let houses = CsvSource::values("houses.csv", ["price", "rent", "sold"]).with_output("money", ["price", "rent"]);
    /// let groups = houses.output_groups(&["sold", "money"])?;
    /// assert_eq!((&groups[0].columns[..], &groups[1].columns[..]), (&[2][..], &[0, 1][..]));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    #[must_use = "returns the changed description"]
    pub fn with_output<I>(mut self, output: impl Into<String>, columns: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.outputs.insert(output.into(), super::strings(columns));
        self
    }

    /// The inputs that it names, with their columns.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &[String])> {
        let inputs = self.inputs.iter();
        inputs.map(|(name, columns)| (name.as_str(), columns.as_slice()))
    }

    /// The outputs that it names, with their columns.
    pub fn outputs(&self) -> impl Iterator<Item = (&str, &[String])> {
        let outputs = self.outputs.iter();
        outputs.map(|(name, columns)| (name.as_str(), columns.as_slice()))
    }

    /// The numbers of a row that go into the inputs of these names, by their places among
    /// [`input_columns`](Self::input_columns). Indices of categories are whole numbers where nothing else goes with them.
    ///
    /// # Errors
    /// [`CsvError::NoGroup`] for an input without columns, [`CsvError::GroupColumn`] for a column that is no feature,
    /// [`CsvError::UnknownGroup`] for an input that is named but is none of these.
    pub fn input_groups(&self, inputs: &[&str]) -> Result<Vec<ColumnGroup>, DataError> {
        self.check_groups(INPUT, &self.inputs, inputs)?;
        let columns = self.input_columns();
        let features = self.features.as_deref().unwrap_or_default();
        let group = |&name: &&str| {
            let own = self.columns_for(INPUT, (name, self.inputs.get(name)), features)?;
            let places = own.iter().flat_map(|feature| {
                let all = columns.iter().enumerate();
                all.filter(move |(_, column)| column.feature == **feature)
            });
            let (places, kinds): (Vec<usize>, Vec<CsvInputKind>) =
                places.map(|(place, column)| (place, column.kind)).unzip();
            let is_whole = kinds.iter().all(|kind| *kind == CsvInputKind::Index);
            Ok(ColumnGroup {
                name: name.to_owned(),
                columns: places,
                kind: if is_whole {
                    NumberKind::Integers
                } else {
                    NumberKind::Floats
                },
            })
        };
        inputs.iter().map(group).collect()
    }

    /// The targets that are asked of the outputs of these names, by their places among the columns of the
    /// [`target`](Self::target); outputs that nothing is asked of are left out.
    ///
    /// # Errors
    /// As those of [`input_groups`](Self::input_groups), the first where nothing is asked of any output.
    pub fn output_groups(&self, outputs: &[&str]) -> Result<Vec<ColumnGroup>, DataError> {
        self.check_groups(OUTPUT, &self.outputs, outputs)?;
        let targets = self.target.columns();
        let mut groups = Vec::new();
        for &name in outputs {
            let listed = self.outputs.get(name);
            if listed.is_none() && !targets.iter().any(|target| target == name) {
                continue;
            }
            let own = self.columns_for(OUTPUT, (name, listed), targets)?;
            let place = |column: &&String| targets.iter().position(|target| target == *column);
            groups.push(ColumnGroup {
                name: name.to_owned(),
                columns: own.iter().filter_map(place).collect(),
                kind: NumberKind::Floats,
            });
        }
        match (groups.is_empty(), outputs.first()) {
            (true, Some(first)) => Err(self.no_group(OUTPUT, first, targets).into()),
            _ => Ok(groups),
        }
    }

    /// Makes sure that all that is named is there.
    fn check_groups(
        &self,
        part: &'static str,
        named: &BTreeMap<String, Vec<String>>,
        known: &[&str],
    ) -> Result<(), CsvError> {
        let unknown = named.keys().find(|name| !known.contains(&name.as_str()));
        match unknown {
            None => Ok(()),
            Some(name) => Err(CsvError::UnknownGroup {
                path: self.path.clone(),
                part,
                name: name.clone(),
                known: known.iter().map(|&name| name.to_owned()).collect(),
            }),
        }
    }

    /// The columns of an input or output: those that are listed, or else the one of its name.
    fn columns_for<'a>(
        &self,
        part: &'static str,
        (name, listed): (&str, Option<&'a Vec<String>>),
        known: &'a [String],
    ) -> Result<Vec<&'a String>, CsvError> {
        let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
            let own = known.iter().find(|column| *column == name);
            return match own {
                Some(own) => Ok(vec![own]),
                None => Err(self.no_group(part, name, known)),
            };
        };
        match listed.iter().find(|column| !known.contains(column)) {
            None => Ok(listed.iter().collect()),
            Some(column) => Err(CsvError::GroupColumn {
                path: self.path.clone(),
                part,
                name: name.to_owned(),
                column: column.clone(),
                known: known.to_vec(),
            }),
        }
    }

    fn no_group(&self, part: &'static str, name: &str, known: &[String]) -> CsvError {
        CsvError::NoGroup {
            path: self.path.clone(),
            part,
            name: name.to_owned(),
            known: known.to_vec(),
        }
    }
}
