use firebrick_vocabulary::Discretization;

use super::CsvSource;
use crate::column_encoding::{Binned, ColumnEncoding, Hashed, Index, OneHot};
use crate::csv_cells::CsvMissing;

/// One of the numbers that a row of a table becomes.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvInputKind, CsvSource};
///
/// let cats = CsvSource::values("cats.csv", ["weight"]).with_features(["age"]);
/// let [age] = &cats.input_columns()[..] else { unreachable!() };
/// assert_eq!((age.name.as_str(), age.kind), ("age", CsvInputKind::Number));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CsvInputColumn {
    /// What it is called: its feature, with the category or range that it stands for.
    pub name: String,
    /// The column of the table.
    pub feature: String,
    /// What it holds.
    pub kind: CsvInputKind,
}

/// What one of the numbers of a row is.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvInputKind, CsvSource, Hashed};
///
/// let towns = CsvSource::values("towns.csv", ["rent"]).with_features(["zip"]).with_encoding("zip", Hashed { num_bins: 2 })?;
/// assert!(towns.input_columns().iter().all(|column| column.kind == CsvInputKind::Category));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsvInputKind {
    /// A number of the table, on whatever scale.
    Number,
    /// 1 where the row is of a category or in a range, else 0.
    Category,
    /// The place of a category in a vocabulary.
    Index,
    /// 1 where the cell is missing, else 0.
    Missing,
}

impl CsvSource {
    /// The numbers that a row becomes, in their order, once the features are known: those that are named, or of a description that
    /// is [pinned to a table](Self::pinned_to).
    pub fn input_columns(&self) -> Vec<CsvInputColumn> {
        let features = self.features.iter().flatten();
        features
            .flat_map(|feature| self.columns_of(feature))
            .collect()
    }

    /// The numbers that a cell of a feature becomes.
    pub(crate) fn columns_of(&self, feature: &str) -> Vec<CsvInputColumn> {
        let column = |name: String, kind| CsvInputColumn {
            name,
            feature: feature.to_owned(),
            kind,
        };
        let category = |name: String| column(name, CsvInputKind::Category);
        let mut columns = match self.encoding_of(feature) {
            None | Some(ColumnEncoding::Plain(_)) => {
                vec![column(feature.to_owned(), CsvInputKind::Number)]
            }
            Some(ColumnEncoding::OneHot(OneHot { vocabulary, .. })) => {
                let known = vocabulary
                    .iter()
                    .flatten()
                    .map(|word| format!("{feature}={word}"));
                let unknown = std::iter::once(format!("{feature}=?"));
                unknown.chain(known).map(category).collect()
            }
            Some(ColumnEncoding::Index(Index { .. })) => {
                vec![column(feature.to_owned(), CsvInputKind::Index)]
            }
            Some(ColumnEncoding::Hashed(Hashed { num_bins })) => {
                let bins = (0..*num_bins).map(|bin| category(format!("{feature} in bin {bin}")));
                bins.collect()
            }
            Some(ColumnEncoding::Binned(Binned { bin_boundaries, .. })) => {
                let boundaries = bin_boundaries.iter().flatten().copied();
                let bins = Discretization::new(boundaries);
                let ranges = bins.map(|bins| ranges(feature, bins.bin_boundaries()));
                ranges
                    .unwrap_or_default()
                    .into_iter()
                    .map(category)
                    .collect()
            }
        };
        if self.missing_of(feature) == CsvMissing::Indicator {
            columns.push(column(
                format!("{feature} is missing"),
                CsvInputKind::Missing,
            ));
        }
        columns
    }
}

/// What the bins between these boundaries are called.
fn ranges(feature: &str, boundaries: &[f32]) -> Vec<String> {
    let ([first, .., last] | [first @ last]) = boundaries else {
        return vec![feature.to_owned()];
    };
    let between = boundaries
        .windows(2)
        .map(|pair| format!("{} <= {feature} < {}", pair[0], pair[1]));
    let below = std::iter::once(format!("{feature} < {first}"));
    below
        .chain(between)
        .chain([format!("{feature} >= {last}")])
        .collect()
}
