//! How a table writes numbers.

use std::borrow::Cow;

use crate::csv_error::CsvError;

/// What stands before the fraction of a number, and between its thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    pub(crate) decimal: char,
    pub(crate) thousands: Option<char>,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self {
            decimal: '.',
            thousands: None,
        }
    }
}

impl NumberFormat {
    pub(crate) fn with_decimal(self, decimal: char) -> Result<Self, CsvError> {
        match decimal {
            '.' | ',' => Ok(Self { decimal, ..self }),
            _ => Err(CsvError::Separator {
                setting: "decimal",
                expected: "`.` or `,`",
                received: decimal.into(),
            }),
        }
    }

    pub(crate) fn with_thousands(self, thousands: char) -> Result<Self, CsvError> {
        match one_of_its_kind(thousands) {
            '.' | ',' | ' ' | '\'' | '_' => Ok(Self {
                thousands: Some(one_of_its_kind(thousands)),
                ..self
            }),
            _ => Err(CsvError::Separator {
                setting: "thousands",
                expected: "`,`, `.`, `'`, `_` or a blank",
                received: thousands.into(),
            }),
        }
    }

    /// Makes sure that one is not taken for the other.
    pub(crate) fn check(self) -> Result<(), CsvError> {
        if self.thousands == Some(self.decimal) {
            return Err(CsvError::SameSeparators {
                received: self.decimal,
            });
        }
        Ok(())
    }

    /// A field as a number; `None` if it is none in this format.
    pub(crate) fn read(self, field: &str) -> Option<f64> {
        let short = || {
            (self == Self::default())
                .then(|| short_number(field))
                .flatten()
        };
        short().or_else(|| self.plain(field)?.parse().ok())
    }

    /// A field as Rust writes numbers; `None` if it is not written in this format.
    fn plain(self, field: &str) -> Option<Cow<'_, str>> {
        if self == Self::default() {
            return Some(Cow::Borrowed(field));
        }
        let (whole, fraction) = match field.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (field, None),
        };
        let mut plain = self.without_thousands(whole)?.into_owned();
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        // No other mark than that of the fraction is left.
        let marks = plain.matches('.').count();
        (marks == usize::from(fraction.is_some())).then_some(Cow::Owned(plain))
    }

    /// The digits before the fraction, of which the thousands may stand apart.
    fn without_thousands(self, whole: &str) -> Option<Cow<'_, str>> {
        let is_mark = |mark: char| Some(one_of_its_kind(mark)) == self.thousands;
        if !whole.contains(is_mark) {
            return Some(Cow::Borrowed(whole));
        }
        let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        let groups: Vec<&str> = digits.split(is_mark).collect();
        are_thousands(&groups).then(|| Cow::Owned(whole.replace(is_mark, "")))
    }

    /// What to set where a field would be a number in another format.
    pub(crate) fn hint(self, field: &str) -> Option<String> {
        let digits = field.strip_prefix(['+', '-']).unwrap_or(field);
        let marks: Vec<char> = digits
            .chars()
            .filter(|character| !character.is_ascii_digit())
            .map(one_of_its_kind)
            .collect();
        let groups: Vec<&str> = digits
            .split(|character: char| !character.is_ascii_digit())
            .collect();
        let (&last, before) = marks.split_last()?;
        let is_grouped = are_thousands(&groups);
        let thousands = |mark: char| setting("thousands", mark);
        let decimal = |mark: char| setting("decimal", mark);
        if before.iter().any(|mark| *mark != before[0])
            || groups.iter().any(|group| group.is_empty())
        {
            return None;
        }
        Some(match before.first() {
            // 1,234 may be either.
            None if is_grouped && last == ',' && self.thousands.is_none() => format!(
                "say what `,` stands before, thousands with {} or the fraction with {}",
                thousands(','),
                decimal(',')
            ),
            None if matches!(last, ',' | '.') && !is_grouped => {
                format!(
                    "if `{last}` stands before the fraction, say so with {}",
                    decimal(last)
                )
            }
            Some(first) if *first != last && matches!(last, ',' | '.') && is_mark(*first) => {
                let (_, whole) = groups.split_last()?;
                if !are_thousands(whole) {
                    return None;
                }
                let mut settings = vec![thousands(*first)];
                if last != self.decimal {
                    settings.insert(0, decimal(last));
                }
                format!(
                    "if `{first}` stands between thousands, say so with {}",
                    settings.join(" and ")
                )
            }
            first if is_grouped && is_mark(last) && first.is_none_or(|first| *first == last) => {
                format!(
                    "if `{last}` stands between thousands, say so with {}",
                    thousands(last)
                )
            }
            _ => return None,
        })
    }
}

/// A number that is written by digits, perhaps with a point among them; `None` for anything else, and where more is needed than
/// to divide what the digits say by a power of ten.
fn short_number(field: &str) -> Option<f64> {
    let (number, end) = short_number_at(field.as_bytes(), 0)?;
    (end == field.len()).then_some(number)
}

/// The number whose digits, perhaps with a sign before and a point among them, begin here, and where they end; `None` if there
/// are none or too many. Both the digits without the point and the power of ten are exact, so that what they are divided to is
/// rounded once.
pub(crate) fn short_number_at(text: &[u8], start: usize) -> Option<(f64, usize)> {
    const POWERS: [f64; 20] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19,
    ];
    /// As many as a `u64` has room for, whatever they are.
    const MOST_DIGITS: usize = 19;
    /// Up to here each whole number is one of double precision.
    const MOST: u64 = 1 << f64::MANTISSA_DIGITS;

    let (is_negative, first) = match text.get(start) {
        Some(b'-') => (true, start + 1),
        Some(b'+') => (false, start + 1),
        _ => (false, start),
    };
    let mut whole = 0;
    let mut end = digits_at(text, first, &mut whole);
    let mut num_digits = end - first;
    let mut fraction = 0;
    if text.get(end) == Some(&b'.') {
        let point = end;
        end = digits_at(text, point + 1, &mut whole);
        fraction = end - point - 1;
        num_digits += fraction;
    }
    if !(1..=MOST_DIGITS).contains(&num_digits) || whole > MOST {
        return None;
    }
    let number = whole as f64 / POWERS[fraction];
    Some((if is_negative { -number } else { number }, end))
}

/// Puts the digits that begin here behind those of a number, which is of no use where there are too many; gives where they end.
fn digits_at(text: &[u8], start: usize, whole: &mut u64) -> usize {
    const TENS: [u64; 9] = [
        1,
        10,
        100,
        1_000,
        10_000,
        100_000,
        1_000_000,
        10_000_000,
        100_000_000,
    ];
    let mut at = start;
    while let Some(word) = text.get(at..at + 8).and_then(|word| word.try_into().ok()) {
        let (digits, count) = leading_digits(word);
        *whole = whole.wrapping_mul(TENS[count]).wrapping_add(digits);
        at += count;
        if count < 8 {
            return at;
        }
    }
    while let Some(byte @ b'0'..=b'9') = text.get(at) {
        *whole = whole.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        at += 1;
    }
    at
}

/// The number of the digits at the beginning of eight bytes, and how many there are. They are put together at once: by pairs, then
/// by fours, then all.
fn leading_digits(word: [u8; 8]) -> (u64, usize) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The first one is the lowest byte.
    let values = u64::from_le_bytes(word) ^ (ONES * 0x30);
    // A digit is at most 9 by now: neither it nor what it is with 6 more has anything in its upper half.
    let others = (values | values.wrapping_add(ONES * 6)) & (ONES * 0xf0);
    let count = others.trailing_zeros() as usize / 8;
    if count == 0 {
        return (0, 0);
    }
    // Behind zeros, there are eight.
    let values = values << (64 - 8 * count);
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    ((fours * 10_000 + (fours >> 32)) & 0xffff_ffff, count)
}

/// A setting as both a file and the command line say it.
fn setting(name: &str, mark: char) -> String {
    let flag = match mark {
        ' ' => "space".to_owned(),
        '\'' => "\"'\"".to_owned(),
        mark => format!("'{mark}'"),
    };
    format!("`{name} = \"{mark}\"` (on the command line `--{name} {flag}`)")
}

/// Whether these digits can be the thousands of one number.
fn are_thousands(groups: &[&str]) -> bool {
    let [first, others @ ..] = groups else {
        return false;
    };
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    (1..=3).contains(&first.len())
        && is_digits(first)
        && others
            .iter()
            .all(|group| group.len() == 3 && is_digits(group))
}

/// Whether a character may stand between thousands.
fn is_mark(character: char) -> bool {
    matches!(character, '.' | ',' | ' ' | '\'' | '_')
}

/// The plain one of all blanks, and of all apostrophes.
fn one_of_its_kind(character: char) -> char {
    match character {
        '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '\u{2019}' => '\'',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = &'static [(&'static str, Option<f64>)];

    fn format(decimal: char, thousands: Option<char>) -> NumberFormat {
        NumberFormat { decimal, thousands }
    }

    #[test]
    fn numbers_are_read_in_their_format_and_no_other() {
        let table: &[(NumberFormat, Read)] = &[
            (
                format(',', None),
                &[
                    ("1,5", Some(1.5)),
                    ("-0,64", Some(-0.64)),
                    ("7", Some(7.0)),
                    (",5e1", Some(5.0)),
                    ("1.5", None),
                    ("1.234,5", None),
                    ("1,2,3", None),
                ],
            ),
            (
                format('.', Some(',')),
                &[
                    ("1,234.5", Some(1234.5)),
                    ("-1,234,567", Some(-1_234_567.0)),
                    ("12.5", Some(12.5)),
                    ("1234.5", Some(1234.5)),
                    ("12,34", None),
                    ("1,2345", None),
                    (",123", None),
                    ("1.5,000", None),
                    ("0,64", None),
                ],
            ),
            (
                format(',', Some('.')),
                &[("1.234,5", Some(1234.5)), ("1.5", None), ("1,5", Some(1.5))],
            ),
            (
                format('.', Some(' ')),
                &[
                    ("1 234", Some(1234.0)),
                    ("1\u{a0}234\u{202f}567.5", Some(1_234_567.5)),
                    ("1 23", None),
                ],
            ),
            (
                format('.', Some('\'')),
                &[("1'234", Some(1234.0)), ("1\u{2019}234", Some(1234.0))],
            ),
        ];
        for (format, fields) in table {
            for (field, expected) in *fields {
                let read = format.read(field);
                assert_eq!(read, *expected, "{field} {format:?}");
            }
        }
    }

    #[test]
    fn short_numbers_are_those_of_the_standard_library() {
        for field in [
            "0",
            "-0",
            "+7",
            "1.",
            ".5",
            "-.25",
            "0.1",
            "123456789012345",
            "0.12345678901234",
            "9.99999999999999",
            "00000000000001",
            "1e5",
            "1234567890123456",
            "9007199254740992",
            "9007199254740993",
            "-0.8216181435011584",
            "0.0000000000000000001",
            "0.00000000000000000001",
            "12345678901234567890123456789",
            "000000000000000000000000000001",
            "1844674407370955161600000001",
            "12345678",
            "1234567812345678.5",
            "1234567:",
            "12345/78",
            "1234567 ",
            ".",
            "-",
            "+",
            "",
            "1.2.3",
            "--1",
            "1_0",
            "inf",
            "NaN",
            "0x1",
        ] {
            let expected: Option<f64> = field.parse().ok();
            let received = NumberFormat::default().read(field);
            assert_eq!(
                received.map(f64::to_bits),
                expected.map(f64::to_bits),
                "{field}"
            );
        }
        assert_eq!(short_number("9007199254740993"), None);
        assert_eq!(short_number("-12.5"), Some(-12.5));
        assert_eq!(short_number_at(b"7,-0.25;", 2), Some((-0.25, 7)));
    }

    proptest::proptest! {
        #[test]
        fn any_short_number_is_that_of_the_standard_library(field in "[-+]?[0-9]{0,12}[.]?[0-9]{0,20}") {
            let expected: Option<f64> = field.parse().ok();
            let received = NumberFormat::default().read(&field);
            proptest::prop_assert_eq!(received.map(f64::to_bits), expected.map(f64::to_bits));
        }
    }

    #[test]
    fn another_format_is_offered_where_a_field_would_be_a_number_in_it() {
        let plain = NumberFormat::default();
        let comma = format(',', None);
        for (own, field, expected) in [
            (
                plain,
                "0,64",
                Some(
                    "before the fraction, say so with `decimal = \",\"` (on the command line `--decimal ','`)",
                ),
            ),
            (
                plain,
                "1,234",
                Some(
                    "thousands with `thousands = \",\"` (on the command line `--thousands ','`) or the fraction with `decimal",
                ),
            ),
            (plain, "1,234,567", Some("`--thousands ','`")),
            (
                plain,
                "1,234.5",
                Some("if `,` stands between thousands, say so with `thousands = \",\"`"),
            ),
            (
                plain,
                "1.234,5",
                Some(
                    "say so with `decimal = \",\"` (on the command line `--decimal ','`) and `thousands = \".\"`",
                ),
            ),
            (
                plain,
                "1 234",
                Some("`thousands = \" \"` (on the command line `--thousands space`)"),
            ),
            (plain, "-1'234'567", Some("--thousands \"'\"")),
            (
                comma,
                "1.234,5",
                Some("if `.` stands between thousands, say so with `thousands = \".\"`"),
            ),
            (comma, "1.5", Some("if `.` stands before the fraction")),
            (plain, "12 34", None),
            (plain, "2026-11-26", None),
            (plain, "1,,2", None),
            (plain, "1,2,3", None),
            (plain, "red", None),
            (plain, "", None),
        ] {
            let hint = own.hint(field);
            assert_eq!(hint.is_some(), expected.is_some(), "{field}: {hint:?}");
            if let (Some(hint), Some(expected)) = (hint, expected) {
                assert!(hint.contains(expected), "{field}: {hint}");
            }
        }
    }

    #[test]
    fn no_character_can_be_both() {
        let dots = NumberFormat::default().with_thousands('.').unwrap();
        assert!(dots.check().is_err());
        assert!(dots.with_decimal(',').unwrap().check().is_ok());
        assert!(dots.with_decimal(';').is_err());
        assert!(dots.with_thousands('x').is_err());
    }
}
