//! What is found in the rows that are learned from: vocabularies, boundaries of bins, and what missing cells are filled with.

use firebrick_vocabulary::{Discretization, Lookup, LookupSettings, TokenCounts, VocabularyError};

use super::cells::{Cells, single};
use super::columns::Columns;
use super::held::Held;
use super::words::Words;
use crate::column_encoding::{Binned, ColumnEncoding, Index, OneHot};
use crate::csv_cells::CsvMissing;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvFill, CsvSource};

/// The description with all that is left to the rows found in these, of its features alone.
///
/// # Errors
/// [`CsvError::NothingThere`].
pub(super) fn adapted(
    cells: &Cells<'_>,
    columns: &Columns,
    rows: &[usize],
) -> Result<CsvSource, CsvError> {
    let source = cells.source;
    let mut found = source
        .clone()
        .with_features(columns.names_of(&columns.features));
    found.ignored = Vec::new();
    found.treatments.all_categorical = false;
    found = found.without_unused_columns();
    for (&column, held) in columns.features.iter().zip(&cells.held) {
        let Some(held) = held else {
            continue;
        };
        let name = &columns.names[column];
        let own = match held {
            Held::Words(words) => Found::among_words(source, name, words, rows),
            Held::Numbers(numbers) => {
                let numbers: Vec<f64> = rows.iter().map(|&row| numbers[row]).collect();
                Found::among_numbers(source, name, &numbers, cells.offsets[column])
            }
        };
        let own = own.map_err(|NothingThere| CsvError::NothingThere {
            path: source.path.clone(),
            column: name.clone(),
        })?;
        if let Some(encoding) = own.encoding {
            found.treatments.encodings.insert(name.clone(), encoding);
        }
        if own.missing.fills() {
            found.cells.missing_in.insert(name.clone(), own.missing);
        }
        if let Some(fill) = own.fill {
            found.treatments.fills.insert(name.clone(), fill);
        }
    }
    Ok(found)
}

/// A column without a single cell that is not missing.
struct NothingThere;

impl From<VocabularyError> for NothingThere {
    fn from(_: VocabularyError) -> Self {
        Self
    }
}

/// What is found in a column.
struct Found {
    encoding: Option<ColumnEncoding>,
    missing: CsvMissing,
    fill: Option<CsvFill>,
}

impl Found {
    fn among_words(
        source: &CsvSource,
        name: &str,
        words: &Words,
        rows: &[usize],
    ) -> Result<Self, NothingThere> {
        let places: Vec<Option<usize>> = words.rows().collect();
        let mut times = vec![0; words.different().count()];
        let mut num_missing = 0;
        for &row in rows {
            match places[row] {
                Some(place) => times[place] += 1,
                None => num_missing += 1,
            }
        }
        let mut counts = TokenCounts::<String>::default();
        let counted = words.different().zip(times).filter(|(_, times)| *times > 0);
        counted.for_each(|(word, times)| counts.add_times(word, times));
        let missing = rule(source, name, num_missing);
        let fill = match missing {
            CsvMissing::MostFrequent => Some(match source.fill_of(name) {
                Some(fill) => fill.clone(),
                None => CsvFill::Category(counts.most_frequent().cloned().ok_or(NothingThere)?),
            }),
            _ => None,
        };
        let vocabulary = |max_tokens: &Option<usize>| {
            if counts.different() == 0 {
                return Err(NothingThere);
            }
            let settings = LookupSettings {
                max_tokens: *max_tokens,
                ..LookupSettings::default()
            };
            Ok(Some(Lookup::adapted(&counts, settings)?.tokens().to_vec()))
        };
        let encoding = match source.encoding_of(name) {
            Some(ColumnEncoding::OneHot(OneHot {
                max_tokens,
                vocabulary: None,
            })) => Some(ColumnEncoding::from(OneHot {
                max_tokens: *max_tokens,
                vocabulary: vocabulary(max_tokens)?,
            })),
            Some(ColumnEncoding::Index(Index {
                max_tokens,
                vocabulary: None,
            })) => Some(ColumnEncoding::from(Index {
                max_tokens: *max_tokens,
                vocabulary: vocabulary(max_tokens)?,
            })),
            _ => None,
        };
        Ok(Self {
            encoding,
            missing,
            fill,
        })
    }

    fn among_numbers(
        source: &CsvSource,
        name: &str,
        numbers: &[f64],
        offset: f64,
    ) -> Result<Self, NothingThere> {
        let is_missing = |number: &&f64| number.is_nan();
        let missing = rule(source, name, numbers.iter().filter(is_missing).count());
        let there: Vec<f64> = numbers
            .iter()
            .copied()
            .filter(|number| !number.is_nan())
            .collect();
        let fill = match (missing.fills(), source.fill_of(name)) {
            (false, _) => None,
            (true, Some(fill)) => Some(fill.clone()),
            (true, None) => Some(CsvFill::Number(filled(missing, &there)?)),
        };
        let encoding = match source.encoding_of(name) {
            Some(ColumnEncoding::Binned(Binned {
                num_bins: Some(num_bins),
                bin_boundaries: None,
            })) => {
                let own = |number: f64| single(number - offset);
                let numbers = numbers.iter().map(|number| match &fill {
                    Some(CsvFill::Number(fill)) if number.is_nan() => own(*fill),
                    _ => own(*number),
                });
                let bins = Discretization::adapted(numbers, *num_bins, Discretization::EPSILON)?;
                Some(ColumnEncoding::from(Binned {
                    num_bins: Some(*num_bins),
                    bin_boundaries: Some(bins.bin_boundaries().to_vec()),
                }))
            }
            _ => None,
        };
        Ok(Self {
            encoding,
            missing,
            fill,
        })
    }
}

/// What becomes of missing cells of a column, so many of which are missing: a column beside it for these, asked for of all
/// columns, is for those that miss some.
fn rule(source: &CsvSource, name: &str, num_missing: usize) -> CsvMissing {
    match source.missing_of(name) {
        CsvMissing::Indicator
            if num_missing == 0 && !source.cells.missing_in.contains_key(name) =>
        {
            if source.has_categories(name) {
                CsvMissing::Zero
            } else {
                CsvMissing::Mean
            }
        }
        own => own,
    }
}

/// What missing cells among these numbers are filled with.
///
/// # Source
/// scikit-learn 1.9, `sklearn.impute.SimpleImputer`
fn filled(missing: CsvMissing, numbers: &[f64]) -> Result<f64, NothingThere> {
    if missing == CsvMissing::Zero {
        return Ok(0.0);
    }
    if numbers.is_empty() {
        return Err(NothingThere);
    }
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(match missing {
        CsvMissing::Median => median(&sorted),
        CsvMissing::MostFrequent => most_frequent(&sorted),
        _ => {
            // Step by step, so that no sum is too large.
            let steps = numbers.iter().zip(1_u32..);
            steps.fold(0.0, |mean, (number, count)| {
                mean + (number - mean) / f64::from(count)
            })
        }
    })
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

fn most_frequent(sorted: &[f64]) -> f64 {
    let runs = sorted.chunk_by(|one, other| one.total_cmp(other).is_eq());
    let longer = |best: &[f64], run: &[f64]| run.len() > best.len();
    let longest = runs.reduce(|best, run| if longer(best, run) { run } else { best });
    longest.and_then(<[f64]>::first).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_filled_as_scikit_learn_fills_them() {
        // SimpleImputer(strategy=…).fit(numpy.array([numbers]).T).statistics_
        for (numbers, mean, median, most_frequent) in [
            (&[3.0, 1.0, 2.0, 2.0, 7.0][..], 3.0, 2.0, 2.0),
            (&[4.0, 1.0, 4.0, 1.0], 2.5, 2.5, 1.0),
            (&[5.0], 5.0, 5.0, 5.0),
            (&[1e300, 3e300], 2e300, 2e300, 1e300),
            (&[0.5, -2.0, 0.25], -1.25 / 3.0, 0.25, -2.0),
        ] {
            let own = |missing| filled(missing, numbers).ok().unwrap();
            assert!(
                (own(CsvMissing::Mean) / mean - 1.0).abs() < 1e-12,
                "{numbers:?}"
            );
            assert!(
                (own(CsvMissing::Indicator) / mean - 1.0).abs() < 1e-12,
                "{numbers:?}"
            );
            assert_eq!(own(CsvMissing::Median).to_bits(), f64::to_bits(median));
            assert_eq!(
                own(CsvMissing::MostFrequent).to_bits(),
                f64::to_bits(most_frequent)
            );
            assert_eq!(own(CsvMissing::Zero).to_bits(), 0);
        }
        assert!(filled(CsvMissing::Mean, &[]).is_err());
    }
}
