//! A table of the file, taken apart key by key, so that every problem has its line.

use firebrick_model::nearest_name;
use firebrick_spec::{Argument, SpecError};
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model_file_problem::ModelFileProblem;

/// A problem and the byte of the text where it is.
pub(super) struct Located {
    pub(super) problem: Box<ModelFileProblem>,
    pub(super) at: Option<usize>,
}

impl Located {
    pub(super) fn new(problem: ModelFileProblem, at: usize) -> Self {
        Self {
            problem: Box::new(problem),
            at: Some(at),
        }
    }
}

impl Located {
    /// A problem of a spec that stands at this byte, unless it knows better.
    pub(super) fn of_spec(key: &str, error: SpecError, at: usize) -> Self {
        let at = error.at().unwrap_or(at);
        let key = key.to_owned();
        Self::new(ModelFileProblem::Spec { key, error }, at)
    }
}

/// A table and where it begins.
pub(super) struct Section<'i> {
    /// `None` for what stands before the first table.
    name: Option<&'static str>,
    at: usize,
    table: DeTable<'i>,
}

impl<'i> Section<'i> {
    /// The whole text.
    pub(super) fn parse(text: &'i str) -> Result<Self, Located> {
        match DeTable::parse(text) {
            Ok(table) => Ok(Self::new(None, table)),
            Err(error) => Err(Located {
                problem: Box::new(ModelFileProblem::Toml {
                    message: error.message().trim().to_owned(),
                }),
                at: error.span().map(|span| span.start),
            }),
        }
    }

    fn new(name: Option<&'static str>, table: Spanned<DeTable<'i>>) -> Self {
        Self {
            name,
            at: table.span().start,
            table: table.into_inner(),
        }
    }

    /// The byte where the table begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Makes sure that every key is one of these.
    pub(super) fn check_keys(&self, known: &[&str]) -> Result<(), Located> {
        match self.unknown_key(known) {
            None => Ok(()),
            Some((key, at)) => {
                let problem = ModelFileProblem::UnknownKey {
                    section: self.name,
                    key: key.to_owned(),
                    nearest: nearest_name(key, known).map(str::to_owned),
                    known: owned(known),
                };
                Err(Located::new(problem, at))
            }
        }
    }

    /// The same for what are the arguments of something.
    pub(super) fn check_arguments(&self, place: &str, known: &[&str]) -> Result<(), Located> {
        match self.unknown_key(known) {
            None => Ok(()),
            Some((key, at)) => {
                let problem = ModelFileProblem::UnknownArgument {
                    place: place.to_owned(),
                    argument: key.to_owned(),
                    nearest: nearest_name(key, known).map(str::to_owned),
                    known: owned(known),
                };
                Err(Located::new(problem, at))
            }
        }
    }

    /// The first key of the text that is none of these.
    fn unknown_key(&self, known: &[&str]) -> Option<(&str, usize)> {
        self.table
            .keys()
            .map(|key| (key.get_ref().as_ref(), key.span().start))
            .filter(|(key, _)| !known.contains(key))
            .min_by_key(|(_, at)| *at)
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of a key, if it is there.
    pub(super) fn take_value(&mut self, key: &str) -> Option<Spanned<DeValue<'i>>> {
        self.table.remove(key)
    }

    /// The value of a key, read.
    pub(super) fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, Located> {
        self.take_value(key)
            .map(|value| read(key, value))
            .transpose()
    }

    /// What the value of a key describes, by its places in the text.
    pub(super) fn take_spec<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(Argument) -> Result<T, SpecError>,
    ) -> Result<Option<T>, Located> {
        let Some(value) = self.take_value(key) else {
            return Ok(None);
        };
        let at = value.span().start;
        match read(Argument::from_toml(key, value)) {
            Ok(read) => Ok(Some(read)),
            Err(error) => Err(Located::of_spec(key, error, at)),
        }
    }

    /// The value of a key that has to be there, read; `place` and `example` are for who has left it out.
    pub(super) fn require<T: DeserializeOwned>(
        &mut self,
        place: &str,
        key: &'static str,
        example: &'static str,
    ) -> Result<T, Located> {
        let value = self.take(key)?;
        value.ok_or_else(|| self.missing(place, key, example))
    }

    /// The same without reading it.
    pub(super) fn check_present(
        &self,
        place: &str,
        key: &'static str,
        example: &'static str,
    ) -> Result<(), Located> {
        if self.table.contains_key(key) {
            return Ok(());
        }
        Err(self.missing(place, key, example))
    }

    /// What is told of a key that has to be there.
    pub(super) fn missing(&self, place: &str, key: &'static str, example: &'static str) -> Located {
        let problem = ModelFileProblem::MissingKey {
            place: place.to_owned(),
            key,
            example,
        };
        Located {
            problem: Box::new(problem),
            // What stands before the first table begins nowhere.
            at: self.name.map(|_| self.at),
        }
    }

    /// All keys, in the order of the text.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.table.keys().collect();
        keys.sort_by_key(|key| key.span().start);
        keys.into_iter()
            .map(|key| key.get_ref().to_string())
            .collect()
    }

    /// The table of a key.
    pub(super) fn take_section(&mut self, key: &'static str) -> Result<Option<Self>, Located> {
        self.take_value(key)
            .map(|value| into_section(key, value))
            .transpose()
    }

    /// Where the value of a key stands, or else the table.
    pub(super) fn at_key(&self, key: &str) -> usize {
        self.table
            .get(key)
            .map_or(self.at, |value| value.span().start)
    }

    /// All that is left, read together; what is wrong is told by its key, or by `name` where it is about no single one.
    pub(super) fn read_all<T: DeserializeOwned>(self, name: &str) -> Result<T, Located> {
        let at = self.at;
        let places: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), value.span()))
            .collect();
        let table = Spanned::new(at..at, DeValue::Table(self.table));
        T::deserialize(table.into_deserializer()).map_err(|error| {
            let found = error.span().map_or(at, |span| span.start);
            let inside = places.iter().find(|(_, span)| span.contains(&found));
            let key = inside.map_or(name, |(key, _)| key.as_str());
            wrong_value(key, error.message(), found)
        })
    }

    pub(super) fn into_table(self) -> DeTable<'i> {
        self.table
    }
}

/// A value that has to be a table.
pub(super) fn into_section<'i>(
    key: &'static str,
    value: Spanned<DeValue<'i>>,
) -> Result<Section<'i>, Located> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) => Ok(Section::new(Some(key), Spanned::new(span, table))),
        other => {
            let message = format!("expected a table, received {}", other.type_str());
            Err(wrong_value(key, message, span.start))
        }
    }
}

/// Reads the value of a key.
pub(super) fn read<T: DeserializeOwned>(
    key: &str,
    value: Spanned<DeValue<'_>>,
) -> Result<T, Located> {
    let start = value.span().start;
    T::deserialize(value.into_deserializer()).map_err(|error| {
        let at = error.span().map_or(start, |span| span.start);
        wrong_value(key, error.message().to_owned(), at)
    })
}

pub(super) fn wrong_value(key: &str, message: impl Into<String>, at: usize) -> Located {
    let problem = ModelFileProblem::Value {
        key: key.to_owned(),
        message: message.into(),
    };
    Located::new(problem, at)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
