//! What is odd about columns.

use firebrick_data::{CsvInputKind, CsvSource, DataDescription, InputField, NumberKind};

use super::column_scan::{ColumnScan, InputScan};
use super::finding::{Finding, Severity};
use crate::insight::column_names;
use crate::logs::figure_text;

/// Columns that are named one by one.
const NAMED: usize = 8;

/// From so many columns without names on an input is a picture or the like, of which some pixels are always dark.
const MANY: usize = 64;

/// From this share of rows on with the same number a column is nearly constant, where there are enough rows to tell.
const NEARLY: f64 = 0.999;
const ROWS_TO_TELL: usize = 1000;

/// Numbers that differ by less than so many steps of single precision have lost what they differ by.
const STEPS: f64 = 16.0;

/// Numbers of this size make a network learn badly.
const UNSCALED: f64 = 10.0;

/// From here on neighbouring whole numbers are one in single precision.
const WHOLE: f32 = 16_777_216.0;

/// The columns of the inputs of a data set.
pub(crate) struct Columns {
    names: Vec<String>,
    /// Whether the numbers mean themselves: not what an encoding has made of a category.
    are_numbers: Vec<bool>,
    are_named: bool,
}

impl Columns {
    pub(crate) fn of(inputs: &[InputField], description: Option<&DataDescription>) -> Self {
        let names = column_names(inputs, description);
        let table = description.and_then(DataDescription::table);
        let columns = table.map(CsvSource::input_columns).unwrap_or_default();
        let is_table = inputs.len() == 1 && columns.len() == names.len();
        let is_number = |place: usize| {
            !is_table
                || matches!(
                    columns[place].kind,
                    CsvInputKind::Number | CsvInputKind::Index
                )
        };
        Self {
            are_numbers: (0..names.len()).map(is_number).collect(),
            are_named: is_table || inputs.iter().any(|input| input.name.is_some()),
            names,
        }
    }
}

/// What is odd about the numbers of each input, of networks that scale them by themselves less.
pub(crate) fn of_inputs(
    inputs: &[InputField],
    scans: &[InputScan],
    columns: &Columns,
    scales: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut begin = 0;
    for (input, scan) in inputs.iter().zip(scans) {
        let names = &columns.names[begin..begin + scan.columns.len()];
        let are_numbers = &columns.are_numbers[begin..begin + scan.columns.len()];
        begin += scan.columns.len();
        let look = Look {
            input,
            scan,
            names,
            are_numbers,
            is_picture: !columns.are_named && names.len() >= MANY,
        };
        findings.extend(look.not_finite());
        findings.extend(look.constant());
        findings.extend(look.nearly_constant());
        findings.extend(look.rounded());
        if !scales && input.kind == NumberKind::Floats {
            findings.extend(look.unscaled());
        }
    }
    findings
}

/// A look at one input.
struct Look<'a> {
    input: &'a InputField,
    scan: &'a InputScan,
    names: &'a [String],
    are_numbers: &'a [bool],
    is_picture: bool,
}

impl Look<'_> {
    /// The places of the columns that are so.
    fn places(&self, are_so: impl Fn(&ColumnScan) -> bool) -> Vec<usize> {
        let columns = self.scan.columns.iter().enumerate();
        let found = columns.filter(|(place, column)| self.are_numbers[*place] && are_so(column));
        found.map(|(place, _)| place).collect()
    }

    /// Some columns by their names.
    fn named(&self, places: &[usize]) -> String {
        let shown = places.iter().take(NAMED);
        let shown: Vec<String> = shown
            .map(|&place| format!("`{}`", self.names[place].escape_debug()))
            .collect();
        let what = if places.len() == 1 {
            "column"
        } else {
            "columns"
        };
        match places.len().saturating_sub(NAMED) {
            0 => format!("{what} {}", shown.join(", ")),
            more => format!("{what} {} and {more} more", shown.join(", ")),
        }
    }

    /// The input as a whole.
    fn place(&self) -> String {
        match &self.input.name {
            Some(name) => format!("input `{}`", name.escape_debug()),
            None => "inputs".to_owned(),
        }
    }

    fn not_finite(&self) -> Option<Finding> {
        let (row, place) = self.scan.first_not_finite?;
        let count: usize = self
            .scan
            .columns
            .iter()
            .map(|column| column.not_finite)
            .sum();
        let what = if count == 1 {
            "1 number is"
        } else {
            &format!("{count} numbers are")
        };
        Some(Finding::new(
            Severity::Error,
            self.named(&[place]),
            format!(
                "{what} NaN or infinite, the first in row {row} (counted from 0) of those looked at"
            ),
            "fill what is missing, or leave its rows out: one of them makes the loss and all weights NaN",
        ))
    }

    fn constant(&self) -> Option<Finding> {
        let places =
            self.places(|column| column.count - column.not_finite > 1 && column.is_constant());
        if places.is_empty() || (self.is_picture && places.len() < self.names.len()) {
            return None;
        }
        if places.len() == self.names.len() && places.len() > 1 {
            return Some(Finding::new(
                Severity::Error,
                self.place(),
                "no column has more than one value",
                "look at how the data was read: there is nothing to tell samples apart by",
            ));
        }
        let [place, ..] = places[..] else { return None };
        let value = self.scan.columns[place].max;
        let found = match places.len() {
            1 => format!("all numbers are {}", figure_text(f64::from(value))),
            _ => "each has one value in all rows".to_owned(),
        };
        let is_large = places
            .iter()
            .any(|&place| self.scan.columns[place].max.abs() >= WHOLE);
        let advice = if is_large {
            "leave it out, or, if its numbers differed in the file, subtract what they have in common before they become single precision"
        } else {
            "leave it out: it tells nothing apart"
        };
        Some(Finding::new(
            Severity::Warning,
            self.named(&places),
            found,
            advice,
        ))
    }

    fn nearly_constant(&self) -> Option<Finding> {
        if self.is_picture {
            return None;
        }
        let share =
            |column: &ColumnScan| column.of_most_frequent as f64 / column.count.max(1) as f64;
        let places = self.places(|column| {
            !column.is_constant() && column.count >= ROWS_TO_TELL && share(column) >= NEARLY
        });
        let &[place, ..] = &places[..] else {
            return None;
        };
        let column = &self.scan.columns[place];
        let others = column.count - column.not_finite - column.of_most_frequent;
        let found = match places.len() {
            1 => format!(
                "all but {others} of {} rows have the same value",
                column.count
            ),
            _ => "nearly all rows have the same value".to_owned(),
        };
        Some(Finding::new(
            Severity::Note,
            self.named(&places),
            found,
            "look whether the rest is meant; a validation may have none of it",
        ))
    }

    fn rounded(&self) -> Option<Finding> {
        let places = self.places(is_rounded);
        let &[place, ..] = &places[..] else {
            return None;
        };
        let column = &self.scan.columns[place];
        Some(Finding::new(
            Severity::Warning,
            self.named(&places),
            format!(
                "the numbers differ by {} (standard deviation) around {}, where single precision has steps of {}",
                figure_text(column.deviation()),
                figure_text(column.mean()),
                figure_text(column.step())
            ),
            format!(
                "what they differ by is rounded: subtract {} from them before they become single precision",
                figure_text(column.mean())
            ),
        ))
    }

    fn unscaled(&self) -> Option<Finding> {
        let whole = self.scan.whole()?;
        let are_bytes = whole.are_whole
            && whole.min >= 0.0
            && (128.0..=255.0).contains(&whole.max)
            && self.names.len() >= MANY;
        if are_bytes {
            return Some(Finding::new(
                Severity::Warning,
                self.place(),
                format!(
                    "whole numbers from {} to {}, bytes as it seems, enter the network as they are",
                    whole.min, whole.max
                ),
                "divide them by 255, or begin the network with a `Rescaling` layer of `scale` 0.00392156862745098",
            ));
        }
        let places = self.places(|column| {
            column.size() > UNSCALED && !column.is_constant() && !is_rounded(column)
        });
        if places.is_empty() {
            return None;
        }
        let largest = places
            .iter()
            .map(|&place| self.scan.columns[place].size())
            .fold(0.0, f64::max);
        let place = if self.is_picture {
            self.place()
        } else {
            self.named(&places)
        };
        Some(Finding::new(
            Severity::Warning,
            place,
            format!(
                "numbers of a size of {} enter the network as they are",
                figure_text(largest)
            ),
            "begin the network with a `Normalization` layer, or scale them to about -1 to 1",
        ))
    }
}

/// Whether the numbers of a column have lost what they differ by.
fn is_rounded(column: &ColumnScan) -> bool {
    let is_large = column.size() > 1.0;
    is_large && !column.is_constant() && column.deviation() < STEPS * column.step()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of columns of these numbers, given row by row.
    fn found(values: &[f32], width: usize, scales: bool) -> Vec<String> {
        let inputs = [InputField::new([width])];
        let mut scan = InputScan::default();
        scan.add(values, width);
        let columns = Columns::of(&inputs, None);
        let findings = of_inputs(&inputs, &[scan], &columns, scales);
        let text = |finding: Finding| format!("{} {finding}", finding.severity);
        findings.into_iter().map(text).collect()
    }

    #[test]
    fn healthy_columns_are_not_spoken_of() {
        assert!(found(&[0.1, -2.0, 0.4, 1.5, -0.9, 0.3], 2, false).is_empty());
    }

    #[test]
    fn each_oddness_has_its_words() {
        for (values, width, scales, text) in [
            (
                &[0.0, 7.0, 1.0, 7.0][..],
                2,
                false,
                "warning column `1`: all numbers are 7.0000; leave it out: it tells nothing apart",
            ),
            (
                &[7.0, 7.0, 8.0, 7.0, 7.0, 8.0, 7.0, 7.0, 9.0],
                3,
                false,
                "warning columns `0`, `1`: each has one value in all rows; leave it out: it tells nothing apart",
            ),
            (
                &[0.5, f32::NAN, f32::INFINITY],
                1,
                false,
                "error column `0`: 2 numbers are NaN or infinite, the first in row 1 (counted from 0) of those looked at; fill what is \
                 missing, or leave its rows out: one of them makes the loss and all weights NaN",
            ),
            (
                &[1e9, 1e9 + 64.0, 1e9 + 128.0],
                1,
                true,
                "warning column `0`: the numbers differ by 52.2558 (standard deviation) around 1.0000e9, where single precision has \
                 steps of 64.0000; what they differ by is rounded: subtract 1.0000e9 from them before they become single precision",
            ),
            (
                &[20.0, 0.0, 40.0, 1.0],
                2,
                false,
                "warning column `0`: numbers of a size of 31.6228 enter the network as they are; begin the network with a \
                 `Normalization` layer, or scale them to about -1 to 1",
            ),
        ] {
            assert_eq!(found(values, width, scales), [text]);
        }
        assert!(found(&[20.0, 0.0, 40.0, 1.0], 2, true).is_empty());
    }

    #[test]
    fn bytes_of_pictures_are_known_by_their_range() {
        let bytes: Vec<f32> = (0_u8..=255).map(f32::from).collect();
        let told = found(&bytes, 64, false);
        assert!(
            told[0].starts_with("warning inputs: whole numbers from 0 to 255, bytes as it seems"),
            "{told:?}"
        );
        let shares: Vec<f32> = bytes.iter().map(|byte| byte / 255.0).collect();
        assert!(found(&shares, 64, false).is_empty());
    }

    #[test]
    fn dark_pixels_of_pictures_are_no_oddness_and_dark_pictures_are() {
        let mut dark = vec![0.0; 128];
        dark[3] = 1.0;
        assert!(found(&dark, 64, false).is_empty());
        dark[3] = 0.0;
        assert!(
            found(&dark, 64, false)[0]
                .starts_with("error inputs: no column has more than one value")
        );
    }

    #[test]
    fn a_column_is_nearly_constant_by_its_most_frequent_number() {
        let mut values = vec![0.0; 2000];
        values[1500] = 1.0;
        let told = found(&values, 1, false);
        assert_eq!(
            told,
            [
                "note column `0`: all but 1 of 2000 rows have the same value; look whether the rest is meant; a validation may have \
              none of it"
            ]
        );
    }
}
