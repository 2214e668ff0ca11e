use std::fmt;
use std::str::FromStr;

use firebrick::datasets::CsvSource;

use crate::failure::OrUsage;

/// What flags say of how a table is written; in a file of settings it stands in `data`.
#[derive(Clone, Debug, Default, PartialEq, clap::Args)]
pub(crate) struct DialectFlags {
    /// What stands between the fields of a table; `tab` for a tab, `space` for any blanks [default: a
    /// comma, in FILE.tsv a tab]
    #[arg(long, value_name = "CHARACTER", help_heading = "Data")]
    delimiter: Option<Character>,

    /// What stands before the fraction of a table's numbers, `.` or `,` [default: .]
    #[arg(long, value_name = "CHARACTER", help_heading = "Data")]
    decimal: Option<Character>,

    /// What may stand between the thousands of a table's numbers; `space` for a blank [default: nothing]
    #[arg(long, value_name = "CHARACTER", help_heading = "Data")]
    thousands: Option<Character>,

    /// Words that stand for a missing cell, '' for none [default: NA, NaN, None, null and the like]
    #[arg(long, value_name = "WORD,…", help_heading = "Data")]
    missing_words: Option<Names>,
}

impl DialectFlags {
    /// The table, read with what the flags say.
    ///
    /// # Errors
    /// With a usage error a character that cannot be what it is given for.
    pub(crate) fn applied_to(&self, mut source: CsvSource) -> anyhow::Result<CsvSource> {
        if let Some(Character(delimiter)) = self.delimiter {
            source = source.with_delimiter(delimiter).or_usage()?;
        }
        if let Some(Character(decimal)) = self.decimal {
            source = source.with_decimal(decimal).or_usage()?;
        }
        if let Some(Character(thousands)) = self.thousands {
            source = source.with_thousands(thousands).or_usage()?;
        }
        if let Some(Names(words)) = &self.missing_words {
            source = source.with_missing_words(words);
        }
        Ok(source)
    }

    /// The flags that were given.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--delimiter", self.delimiter.is_some()),
            ("--decimal", self.decimal.is_some()),
            ("--thousands", self.thousands.is_some()),
            ("--missing-words", self.missing_words.is_some()),
        ];
        let given = flags.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(flag, _)| flag).collect()
    }
}

/// A list of names; as a string with commas between them, and quotes around one that has a comma itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Names(pub(crate) Vec<String>);

/// A quote in a list of names that is not closed, or not followed by a comma.
#[derive(Debug)]
pub(crate) struct NamesError;

impl fmt::Display for NamesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected names with commas between them, each of them in quotes or without, as in '\"price, EUR\",area'",
        )
    }
}

impl std::error::Error for NamesError {}

impl FromStr for Names {
    type Err = NamesError;

    fn from_str(text: &str) -> Result<Self, NamesError> {
        let mut names = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (name, behind) = if let Some(quoted) = rest.strip_prefix('"') {
                split_quoted(quoted).ok_or(NamesError)?
            } else {
                let (name, behind) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                (name.trim_end().to_owned(), behind)
            };
            if !name.is_empty() {
                names.push(name);
            }
            let behind = behind.trim_start();
            rest = match behind.strip_prefix(',') {
                Some(next) => next.trim_start(),
                None if behind.is_empty() => behind,
                None => return Err(NamesError),
            };
        }
        Ok(Self(names))
    }
}

/// The text before the quote that ends it, and what follows that; two quotes are one of the text.
pub(crate) fn split_quoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"')?;
        name.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, behind)),
        }
    }
}

/// One character; as a string the character itself, `tab`, `\t` or `space`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Character(char);

/// A text that is not one character.
#[derive(Debug)]
pub(crate) struct CharacterError;

impl fmt::Display for CharacterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a single character, `tab` or `space`")
    }
}

impl std::error::Error for CharacterError {}

impl FromStr for Character {
    type Err = CharacterError;

    fn from_str(text: &str) -> Result<Self, CharacterError> {
        match text {
            "tab" | "\\t" => return Ok(Self('\t')),
            "space" => return Ok(Self(' ')),
            _ => {}
        }
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(Self(character)),
            _ => Err(CharacterError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_one_character_or_has_a_name() {
        for (text, expected) in [
            ("tab", '\t'),
            ("\\t", '\t'),
            ("space", ' '),
            (";", ';'),
            ("|", '|'),
        ] {
            assert_eq!(text.parse::<Character>().unwrap(), Character(expected));
        }
        for text in ["", ";;", "comma"] {
            assert!(text.parse::<Character>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_with_a_comma_is_quoted() {
        for (text, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a, b ,c,", &["a", "b", "c"]),
            ("living area,b", &["living area", "b"]),
            ("\"price, EUR\"", &["price, EUR"]),
            (" \"price, EUR\" , b,\"c\"", &["price, EUR", "b", "c"]),
            ("\"a, \"\"x\"\"\",b", &["a, \"x\"", "b"]),
            ("5\" pipe,b", &["5\" pipe", "b"]),
        ] {
            assert_eq!(text.parse::<Names>().unwrap().0, expected, "{text}");
        }
        for text in ["\"a", "\"a\"b", "a,\"b\"\""] {
            assert!(text.parse::<Names>().is_err(), "{text}");
        }
    }

    #[test]
    fn flags_change_what_they_name() {
        let flags = DialectFlags {
            delimiter: Some(Character(';')),
            decimal: Some(Character(',')),
            thousands: Some(Character('.')),
            missing_words: Some(Names(vec!["?".to_owned()])),
        };
        let source = CsvSource::values("a.csv", ["b"]);
        let expected = source.clone().with_delimiter(';').unwrap();
        let expected = expected.with_decimal(',').unwrap();
        let expected = expected.with_thousands('.').unwrap();
        let expected = expected.with_missing_words(["?"]);
        assert_eq!(flags.applied_to(source.clone()).unwrap(), expected);
        assert_eq!(flags.given().len(), 4);
        let none = DialectFlags::default();
        assert_eq!(none.applied_to(source.clone()).unwrap(), source);
        assert!(none.given().is_empty());
    }
}
