use std::fmt;

/// How far numbers of single precision may be outside, where they have been computed.
const ROUNDING: f32 = 1e-6;

/// How far a row of probabilities may be from a sum of 1: what is left where they were written with two digits.
const SUM_TOLERANCE: f64 = 0.02;

/// The targets that a loss or a metric takes. All of them are looked at before anything is trained or judged; the first
/// that is outside is an error with the number of its sample.
///
/// ```
/// use firebrick::burn::tensor::Tensor;
/// use firebrick::losses::{LossFunction, Outputs, TargetDomain};
///
/// /// The deviance of counts.
/// #[derive(Debug)]
/// struct Deviance;
///
/// impl LossFunction for Deviance {
///     fn name(&self) -> &str {
///         "deviance"
///     }
///
///     fn target_domain(&self) -> TargetDomain {
///         TargetDomain::NotNegative
///     }
///
///     fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
///         let rates = outputs.values().clamp_min(1e-7);
///         let ratio = (targets.clone().clamp_min(1e-7) / rates.clone()).log();
///         (targets.clone() * ratio - targets + rates).mean_dim(1).squeeze_dim(1)
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetDomain {
    /// Any numbers.
    #[default]
    Any,
    /// From 0 for no to 1 for yes.
    ZeroToOne,
    /// Probabilities of the classes: every row from 0 on, with a sum of 1 (to 0.02, so that two digits are enough).
    Distribution,
    /// From 0 on.
    NotNegative,
    /// Above -1.
    AboveMinusOne,
    /// All of them -1 or 1, or all of them 0 or 1, where 0 means -1.
    Signs,
    /// Without a fraction, of either sign.
    WholeNumbers,
    /// Indices of classes from 1 on, then 0 or -1 up to the end of the row; no more than the steps of the outputs have room for,
    /// where a label that follows its like needs a step between them.
    LabelSequence,
}

impl TargetDomain {
    /// What to do about others.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::Any => "give finite numbers",
            Self::ZeroToOne => {
                "write no as 0 and yes as 1, declare the targets as two classes, or take a loss of numbers such as \
                 mean_squared_error"
            }
            Self::Distribution => {
                "give one-hot rows or probabilities, declare the targets as classes, or, where several columns may \
                 be yes or a single one says it all, take binary_crossentropy with a sigmoid"
            }
            Self::NotNegative => {
                "correct the counts, or take a loss of numbers such as mean_squared_error"
            }
            Self::AboveMinusOne => {
                "correct the targets, or take a loss of numbers such as mean_squared_error"
            }
            Self::WholeNumbers => "give every group of samples a whole number",
            Self::LabelSequence => {
                "number the labels from 1 to one less than the network has outputs, and give the network steps enough"
            }
            Self::Signs => "write no as -1 and yes as 1 everywhere, or as 0 and 1",
        }
    }
}

impl fmt::Display for TargetDomain {
    /// `numbers from 0 (no) to 1 (yes)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Any => "any numbers",
            Self::ZeroToOne => "numbers from 0 (no) to 1 (yes)",
            Self::Distribution => "probabilities from 0 on that sum to 1 in every row",
            Self::NotNegative => "numbers from 0 on",
            Self::AboveMinusOne => "numbers above -1",
            Self::Signs => "-1 and 1, or 0 and 1",
            Self::WholeNumbers => "whole numbers",
            Self::LabelSequence => "labels from 1 on, then 0 or -1 to the end of the row",
        })
    }
}

/// A look at targets, row after row.
#[derive(Clone, Debug)]
pub(crate) struct DomainScan {
    domain: TargetDomain,
    /// Of a row.
    columns: usize,
    has_zero: bool,
    has_minus_one: bool,
    room: Room,
}

/// What outputs have room for.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Classes, the blank one included.
    classes: usize,
    steps: usize,
}

impl DomainScan {
    pub(crate) fn new(domain: TargetDomain, columns: usize) -> Self {
        Self {
            domain,
            columns: columns.max(1),
            has_zero: false,
            has_minus_one: false,
            room: Room {
                classes: usize::MAX,
                steps: usize::MAX,
            },
        }
    }

    /// Says how many classes, the blank one included, and steps the outputs have.
    pub(crate) fn with_room(mut self, classes: usize, steps: usize) -> Self {
        self.room = Room { classes, steps };
        self
    }

    pub(crate) fn domain(&self) -> TargetDomain {
        self.domain
    }

    /// The first of these whole rows that has a number outside: the number's place among them, and what is wrong there.
    pub(crate) fn find(&mut self, targets: &[f32]) -> Option<(usize, String)> {
        let columns = self.columns;
        targets
            .chunks(columns)
            .enumerate()
            .find_map(|(row, values)| {
                self.wrong(values)
                    .map(|(column, received)| (row * columns + column, received))
            })
    }

    fn wrong(&mut self, row: &[f32]) -> Option<(usize, String)> {
        let outside = |is_within: fn(f32) -> bool| {
            let column = row.iter().position(|&value| !is_within(value))?;
            Some((column, row[column].to_string()))
        };
        match self.domain {
            TargetDomain::Any => None,
            TargetDomain::ZeroToOne => {
                outside(|value| (-ROUNDING..=1.0 + ROUNDING).contains(&value))
            }
            TargetDomain::NotNegative => outside(|value| value >= 0.0),
            TargetDomain::AboveMinusOne => outside(|value| value > -1.0),
            TargetDomain::WholeNumbers => outside(|value| value.fract() == 0.0),
            TargetDomain::LabelSequence => self.room.wrong(row),
            TargetDomain::Distribution => outside(|value| value >= -ROUNDING).or_else(|| {
                let sum: f64 = row.iter().copied().map(f64::from).sum();
                let is_whole = (sum - 1.0).abs() <= SUM_TOLERANCE + f64::from(ROUNDING);
                (!is_whole).then(|| (0, format!("a row with the sum {sum}")))
            }),
            TargetDomain::Signs => row
                .iter()
                .enumerate()
                .find_map(|(column, &value)| Some((column, self.wrong_sign(value)?))),
        }
    }

    /// A label beside those before it.
    fn wrong_sign(&mut self, value: f32) -> Option<String> {
        let labels = [-1.0_f32, 0.0, 1.0];
        let label = labels.iter().position(|label| (label - value).abs() <= 0.0);
        self.has_minus_one |= label == Some(0);
        self.has_zero |= label == Some(1);
        match label {
            None => Some(value.to_string()),
            Some(0) if self.has_zero => Some("-1, where others are 0".to_owned()),
            Some(1) if self.has_minus_one => Some("0, where others are -1".to_owned()),
            Some(_) => None,
        }
    }
}

impl Room {
    /// What a row of labels has no room for.
    fn wrong(self, row: &[f32]) -> Option<(usize, String)> {
        let is_label = |label: f32| {
            label.fract() == 0.0 && label >= -1.0 && f64::from(label) < self.classes as f64
        };
        if let Some(column) = row.iter().position(|&label| !is_label(label)) {
            return Some((column, row[column].to_string()));
        }
        let count = row.iter().take_while(|&&label| label > 0.0).count();
        let (labels, rest) = row.split_at(count);
        if let Some(column) = rest.iter().position(|&label| label > 0.0) {
            let received = format!("{} after the end of its row", rest[column]);
            return Some((count + column, received));
        }
        let repeats = labels
            .windows(2)
            .filter(|pair| (pair[0] - pair[1]).abs() <= 0.0)
            .count();
        (count + repeats > self.steps).then(|| {
            let received = format!(
                "{count} labels, which take {} steps, for outputs of {}",
                count + repeats,
                self.steps
            );
            (0, received)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TargetDomain::{
        AboveMinusOne, Any, Distribution, NotNegative, Signs, WholeNumbers, ZeroToOne,
    };
    use super::*;

    fn found(domain: TargetDomain, columns: usize, targets: &[f32]) -> Option<(usize, String)> {
        DomainScan::new(domain, columns).find(targets)
    }

    #[test]
    fn what_is_within_is_taken() {
        for (domain, columns, targets) in [
            (Any, 1, &[-1e30, f32::MAX][..]),
            (ZeroToOne, 1, &[0.0, 1.0, 0.5, 1.000_000_1]),
            (
                Distribution,
                3,
                &[0.0, 1.0, 0.0, 0.33, 0.33, 0.33, 0.2, 0.3, 0.5],
            ),
            (Distribution, 3, &[0.05, 0.9, 0.05]),
            (NotNegative, 2, &[0.0, 1e9]),
            (AboveMinusOne, 1, &[-0.999, 3.0]),
            (WholeNumbers, 1, &[-3.0, 0.0, 70_000.0]),
            (Signs, 1, &[-1.0, 1.0, 1.0]),
            (Signs, 2, &[1.0, 1.0, 0.0, 1.0]),
        ] {
            assert_eq!(
                found(domain, columns, targets),
                None,
                "{domain}: {targets:?}"
            );
        }
    }

    #[test]
    fn sequences_are_held_against_what_outputs_have_room_for() {
        let found = |row: &[f32]| {
            let scan = DomainScan::new(TargetDomain::LabelSequence, row.len());
            scan.with_room(4, 3).find(row)
        };
        for row in [
            &[1.0, 2.0, 3.0][..],
            &[1.0, 1.0, 0.0],
            &[0.0, -1.0],
            &[3.0, -1.0, -1.0],
        ] {
            assert_eq!(found(row), None, "{row:?}");
        }
        for (row, place, received) in [
            (&[1.0, 4.0][..], 1, "4"),
            (&[-2.0, 0.0], 0, "-2"),
            (&[1.5, 0.0], 0, "1.5"),
            (&[1.0, 0.0, 2.0], 2, "2 after the end of its row"),
            (
                &[1.0, 1.0, 2.0],
                0,
                "3 labels, which take 4 steps, for outputs of 3",
            ),
        ] {
            assert_eq!(found(row), Some((place, received.to_owned())), "{row:?}");
        }
    }

    #[test]
    fn what_is_outside_is_found_where_it_stands() {
        for (domain, columns, targets, place, received) in [
            (ZeroToOne, 1, &[0.0, 1.0, 2.0][..], 2, "2"),
            (ZeroToOne, 1, &[1.0, -1.0], 1, "-1"),
            (ZeroToOne, 2, &[1.0, f32::NAN], 1, "NaN"),
            (Distribution, 2, &[1.0, 0.0, 1.5, -0.5], 3, "-0.5"),
            (
                Distribution,
                2,
                &[1.0, 0.0, 1.0, 1.0],
                2,
                "a row with the sum 2",
            ),
            (Distribution, 2, &[0.0, 0.0], 0, "a row with the sum 0"),
            (NotNegative, 1, &[3.0, -2.0], 1, "-2"),
            (AboveMinusOne, 1, &[-1.0], 0, "-1"),
            (WholeNumbers, 1, &[1.0, 2.5], 1, "2.5"),
            (WholeNumbers, 1, &[f32::NAN], 0, "NaN"),
            (Signs, 1, &[1.0, 2.0], 1, "2"),
            (
                Signs,
                1,
                &[1.0, 0.0, 1.0, -1.0],
                3,
                "-1, where others are 0",
            ),
            (
                Signs,
                2,
                &[1.0, -1.0, 0.0, 1.0],
                2,
                "0, where others are -1",
            ),
        ] {
            let expected = Some((place, received.to_owned()));
            assert_eq!(found(domain, columns, targets), expected, "{domain}");
        }
    }
}
