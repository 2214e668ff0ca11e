//! From the cells of features to the numbers of inputs.

use firebrick_vocabulary::{Discretization, Hashing, Lookup, LookupSettings};

use super::cells::{Cells, single};
use super::columns::Columns;
use super::held::Held;
use super::words::Words;
use crate::column_encoding::{Binned, ColumnEncoding, Hashed, Index, OneHot};
use crate::csv_cells::CsvMissing;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvFill, CsvSource};

/// Missing cells of a column that were filled.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvMissing, CsvSource};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "age,weight\n3,4.5\n,3.5\n")?;
/// let table = CsvSource::values(&path, ["weight"]).with_missing_in("age", CsvMissing::Zero).load()?;
/// let [age] = &table.filled[..] else { unreachable!() };
/// assert_eq!((age.column.as_str(), age.rows, age.missing), ("age", 1, CsvMissing::Zero));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FilledColumn {
    /// The column.
    pub column: String,
    /// How many cells.
    pub rows: usize,
    /// By which rule.
    pub missing: CsvMissing,
    /// With what; among categories nothing, if it is none of them.
    pub fill: Option<CsvFill>,
}

/// Categories in a column that its vocabulary does not have.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvSource, OneHot};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "color,weight\nred,4.5\nmauve,3.5\n")?;
/// let known = OneHot { vocabulary: Some(vec!["red".to_owned()]), ..OneHot::default() };
/// let table = CsvSource::values(&path, ["weight"]).with_encoding("color", known)?.load()?;
/// assert_eq!(table.unknown_categories[0].examples, ["mauve"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownCategories {
    /// The column.
    pub column: String,
    /// In how many rows.
    pub rows: usize,
    /// How many different ones.
    pub different: usize,
    /// The first of them; at most [`UnknownCategories::EXAMPLES`].
    pub examples: Vec<String>,
}

impl UnknownCategories {
    /// The most categories that are listed.
    pub const EXAMPLES: usize = 5;
}

/// Numbers of inputs, with what is to be said of them.
pub(super) struct Encoded {
    /// Row by row.
    pub(super) inputs: Vec<f32>,
    /// The numbers of a row.
    pub(super) width: usize,
    pub(super) filled: Vec<FilledColumn>,
    pub(super) unknown: Vec<UnknownCategories>,
}

/// The inputs that the cells become, by a description with nothing left open.
///
/// # Errors
/// [`CsvError::NotAdapted`], [`CsvError::TooWide`].
pub(super) fn encoded(
    source: &CsvSource,
    cells: &mut Cells<'_>,
    columns: &Columns,
) -> Result<Encoded, CsvError> {
    let plain = std::mem::take(&mut cells.inputs);
    let num_features = columns.features.len();
    let mut own = Encoded {
        inputs: Vec::new(),
        width: num_features,
        filled: Vec::new(),
        unknown: Vec::new(),
    };
    if cells.held.iter().all(Option::is_none) {
        own.inputs = plain;
        return Ok(own);
    }
    let mut features = Vec::with_capacity(num_features);
    for (&column, held) in columns.features.iter().zip(&cells.held) {
        let name = &columns.names[column];
        let not_adapted = |lacking| CsvError::NotAdapted {
            path: source.path.clone(),
            column: name.clone(),
            lacking,
        };
        let feature = match held {
            None => Feature::Plain,
            Some(Held::Numbers(numbers)) => {
                let numbers = Numbers::new(source, name, numbers, cells.offsets[column]);
                Feature::Numbers(numbers.map_err(not_adapted)?)
            }
            Some(Held::Words(words)) => {
                let places = Places::new(source, name, words).map_err(not_adapted)?;
                own.unknown.extend(places.unknown(name, words));
                Feature::Words(places)
            }
        };
        own.filled.extend(feature.filled(source, name));
        features.push((name, feature));
    }
    let widths = features.iter().map(|(_, feature)| feature.width());
    own.width = widths.sum();
    let size = cells.num_rows.checked_mul(own.width);
    let has_room = size.is_some_and(|size| own.inputs.try_reserve_exact(size).is_ok());
    if !has_room {
        let widest = features.iter().max_by_key(|(_, feature)| feature.width());
        let widest = widest.map(|(name, feature)| ((*name).clone(), feature.width()));
        return Err(CsvError::TooWide {
            path: source.path.clone(),
            num_rows: cells.num_rows,
            width: own.width,
            widest: widest.unwrap_or_default(),
        });
    }
    for (row, plain) in plain.chunks(num_features).enumerate() {
        for ((_, feature), number) in features.iter().zip(plain) {
            feature.push(row, *number, &mut own.inputs);
        }
    }
    Ok(own)
}

/// A feature, with the numbers that its cells become.
enum Feature<'a> {
    Plain,
    Numbers(Numbers<'a>),
    Words(Places),
}

impl Feature<'_> {
    fn width(&self) -> usize {
        match self {
            Self::Plain => 1,
            Self::Numbers(numbers) => {
                let own = numbers.bins.as_ref().map_or(1, Discretization::num_bins);
                own + usize::from(numbers.has_indicator)
            }
            Self::Words(places) => places.width.unwrap_or(1) + usize::from(places.has_indicator),
        }
    }

    fn push(&self, row: usize, plain: f32, inputs: &mut Vec<f32>) {
        match self {
            Self::Plain => inputs.push(plain),
            Self::Numbers(numbers) => numbers.push(row, inputs),
            Self::Words(places) => places.push(row, inputs),
        }
    }

    fn filled(&self, source: &CsvSource, name: &str) -> Option<FilledColumn> {
        let rows = match self {
            Self::Plain => 0,
            Self::Numbers(numbers) => numbers
                .values
                .iter()
                .filter(|number| number.is_nan())
                .count(),
            Self::Words(places) => places.num_missing,
        };
        (rows > 0).then(|| FilledColumn {
            column: name.to_owned(),
            rows,
            missing: source.missing_of(name),
            fill: source.fill_of(name).cloned(),
        })
    }
}

/// A feature of numbers, of which some are filled in or which lie in bins.
struct Numbers<'a> {
    values: &'a [f64],
    offset: f64,
    fill: f64,
    bins: Option<Discretization>,
    has_indicator: bool,
}

impl<'a> Numbers<'a> {
    fn new(
        source: &CsvSource,
        name: &str,
        numbers: &'a [f64],
        offset: f64,
    ) -> Result<Self, &'static str> {
        let missing = source.missing_of(name);
        let fill = match source.fill_of(name) {
            Some(CsvFill::Number(fill)) => *fill,
            _ if !missing.fills() => f64::NAN,
            _ => return Err("a number to fill missing cells with"),
        };
        let bins = match source.encoding_of(name) {
            Some(ColumnEncoding::Binned(Binned {
                bin_boundaries: Some(boundaries),
                ..
            })) => {
                let bins = Discretization::new(boundaries.iter().copied());
                Some(bins.ok().ok_or("the boundaries of bins")?)
            }
            Some(ColumnEncoding::Binned(_)) => return Err("the boundaries of bins"),
            _ => None,
        };
        Ok(Self {
            values: numbers,
            offset,
            fill,
            bins,
            has_indicator: missing == CsvMissing::Indicator,
        })
    }

    fn push(&self, row: usize, inputs: &mut Vec<f32>) {
        let number = self.values[row];
        let is_missing = number.is_nan();
        let number = single(if is_missing { self.fill } else { number } - self.offset);
        match &self.bins {
            None => inputs.push(number),
            Some(bins) => push_one_hot(inputs, bins.num_bins(), Some(bins.bin_of(number))),
        }
        if self.has_indicator {
            inputs.push(f32::from(u8::from(is_missing)));
        }
    }
}

/// A feature of categories, each by its place.
struct Places {
    /// Of each row; none of a category that is none.
    rows: Vec<Option<usize>>,
    /// Of each row whether its cell is missing.
    is_missing: Vec<bool>,
    num_missing: usize,
    /// How many columns of ones and zeros there are, unless the place itself is what counts.
    width: Option<usize>,
    has_indicator: bool,
    /// Of each different word whether the vocabulary lacks it.
    is_unknown: Vec<bool>,
}

/// The place of a category, and whether it is unknown.
type PlaceOf = dyn Fn(&str) -> (usize, bool);

impl Places {
    fn new(source: &CsvSource, name: &str, words: &Words) -> Result<Self, &'static str> {
        let missing = source.missing_of(name);
        let fill = match (missing, source.fill_of(name)) {
            (CsvMissing::MostFrequent, Some(CsvFill::Category(word))) => Some(word.as_str()),
            (CsvMissing::MostFrequent, _) => return Err("a category to fill missing cells with"),
            _ => None,
        };
        let (place, width): (Box<PlaceOf>, _) = match source.encoding_of(name) {
            Some(ColumnEncoding::Hashed(Hashed { num_bins })) => {
                let hashing = Hashing::new(*num_bins).ok().ok_or("bins")?;
                (
                    Box::new(move |word| (hashing.bin_of(word), false)),
                    Some(*num_bins),
                )
            }
            Some(ColumnEncoding::OneHot(OneHot { vocabulary, .. })) => {
                let lookup = lookup(vocabulary.as_deref())?;
                let size = lookup.vocabulary_size();
                (Box::new(move |word| known(&lookup, word)), Some(size))
            }
            Some(ColumnEncoding::Index(Index { vocabulary, .. })) => {
                let lookup = lookup(vocabulary.as_deref())?;
                (Box::new(move |word| known(&lookup, word)), None)
            }
            _ => return Err("an encoding of categories"),
        };
        let places: Vec<(usize, bool)> = words.different().map(&place).collect();
        let fill = fill.map(|word| place(word).0);
        let is_missing: Vec<bool> = words.rows().map(|row| row.is_none()).collect();
        Ok(Self {
            rows: words
                .rows()
                .map(|row| row.map_or(fill, |own| Some(places[own].0)))
                .collect(),
            num_missing: is_missing.iter().filter(|is_missing| **is_missing).count(),
            is_missing,
            width,
            has_indicator: missing == CsvMissing::Indicator,
            is_unknown: places
                .into_iter()
                .map(|(_, is_unknown)| is_unknown)
                .collect(),
        })
    }

    fn push(&self, row: usize, inputs: &mut Vec<f32>) {
        match self.width {
            Some(width) => push_one_hot(inputs, width, self.rows[row]),
            None => inputs.push(self.rows[row].unwrap_or(0) as f32),
        }
        if self.has_indicator {
            inputs.push(f32::from(u8::from(self.is_missing[row])));
        }
    }

    /// What the vocabulary lacks.
    fn unknown(&self, name: &str, words: &Words) -> Option<UnknownCategories> {
        let is_unknown = |place: &usize| self.is_unknown[*place];
        let rows = words.rows().flatten().filter(is_unknown).count();
        let unknown = words.different().zip(&self.is_unknown);
        let unknown: Vec<&str> = unknown
            .filter(|(_, own)| **own)
            .map(|(word, _)| word)
            .collect();
        (rows > 0).then(|| UnknownCategories {
            column: name.to_owned(),
            rows,
            different: unknown.len(),
            examples: unknown
                .into_iter()
                .take(UnknownCategories::EXAMPLES)
                .map(str::to_owned)
                .collect(),
        })
    }
}

fn lookup(vocabulary: Option<&[String]>) -> Result<Lookup<String>, &'static str> {
    const LACKING: &str = "a vocabulary";
    let words = vocabulary.ok_or(LACKING)?;
    let lookup = Lookup::new(words.iter().cloned(), LookupSettings::default());
    lookup.ok().ok_or(LACKING)
}

/// The place of a word, and whether the vocabulary lacks it.
fn known(lookup: &Lookup<String>, word: &str) -> (usize, bool) {
    (lookup.index_of(word).unwrap_or(0), !lookup.contains(word))
}

/// A one at a place, zeros elsewhere; zeros alone without a place.
fn push_one_hot(inputs: &mut Vec<f32>, width: usize, place: Option<usize>) {
    let start = inputs.len();
    inputs.resize(start + width, 0.0);
    if let Some(own) = place.and_then(|place| inputs.get_mut(start + place)) {
        *own = 1.0;
    }
}
