use std::path::PathBuf;

use anyhow::anyhow;
use firebrick::datasets::{CsvSource, CsvTarget, CsvTest, DataDescription};

use crate::dialect_flags::{DialectFlags, Names};
use crate::failure::OrUsage;
use crate::treatment_flags::TreatmentFlags;

/// What flags say of a table; in a file of settings it stands in `data` itself.
#[derive(Clone, Debug, Default, PartialEq, clap::Args)]
pub(crate) struct TableFlags {
    /// Column of a table to predict, or several of numbers; a name with a comma in quotes, '"price, EUR"'
    #[arg(long, value_name = "COLUMN,…", help_heading = "Data")]
    target: Option<Names>,

    /// The target names a class, be it by words or by whole numbers [default: false]
    #[arg(
        long,
        value_name = "true|false",
        help_heading = "Data",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    classes: Option<bool>,

    /// Columns of a table to predict from [default: all others]
    #[arg(long, value_name = "COLUMN,…", help_heading = "Data")]
    features: Option<Names>,

    /// Columns of a table to leave out; one without a name by its place, 1 for the first
    #[arg(long = "ignore", value_name = "COLUMN,…", help_heading = "Data")]
    ignored: Option<Names>,

    #[command(flatten)]
    dialect: DialectFlags,

    #[command(flatten)]
    treatment: TreatmentFlags,

    /// Share of a table's rows held back to judge by, of every class alike; 0 for none [default: 0.2,
    /// with --model none]
    #[arg(
        long,
        value_name = "SHARE",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    test_split: Option<f64>,

    /// Table whose rows to judge by, with the columns of the other one
    #[arg(long = "test", value_name = "FILE.csv", conflicts_with = "test_split")]
    test_csv: Option<PathBuf>,
}

impl TableFlags {
    /// The data set with what the flags say of it.
    ///
    /// # Errors
    /// With a usage error flags for what is no table, or that cannot be.
    pub(crate) fn applied_to(
        &self,
        data: Option<DataDescription>,
    ) -> anyhow::Result<Option<DataDescription>> {
        if *self == Self::default() {
            return Ok(data);
        }
        match data {
            Some(data) if data.is_table() => data.map_table(|source| self.changed(source)).map(Some),
            other => Err(anyhow!(
                "the flags {} are about a table, the data is {}; name a table with `--data FILE.csv`",
                self.given().join(", "),
                other.unwrap_or_default()
            ))
            .or_usage(),
        }
    }

    fn changed(&self, mut source: CsvSource) -> anyhow::Result<CsvSource> {
        let columns = self.target.as_ref().map(|columns| columns.0.clone());
        let target = target(source.target(), columns, self.classes)?;
        source = source.with_target(target);
        if let Some(features) = &self.features {
            source = source.with_features(features.0.clone());
        }
        if let Some(ignored) = &self.ignored {
            source = source.without_columns(ignored.0.clone());
        }
        source = self.dialect.applied_to(source)?;
        if self.features.is_some() || self.ignored.is_some() {
            source = source.without_unused_columns();
        }
        source = self.treatment.applied_to(source)?;
        let split = self.test_split.map(CsvTest::Split);
        match self.test_csv.clone().map(CsvTest::File).or(split) {
            Some(test) => source.with_test(test).or_usage(),
            None => Ok(source),
        }
    }

    /// The flags that were given.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--target", self.target.is_some()),
            ("--classes", self.classes.is_some()),
            ("--features", self.features.is_some()),
            ("--ignore", self.ignored.is_some()),
            ("--test-split", self.test_split.is_some()),
            ("--test", self.test_csv.is_some()),
        ];
        let given = flags.into_iter().filter(|(_, is_given)| *is_given);
        let given = given.map(|(flag, _)| flag);
        let own = given.chain(self.dialect.given());
        own.chain(self.treatment.given()).collect()
    }
}

/// The target with other columns, or taken for classes or numbers.
fn target(
    own: &CsvTarget,
    columns: Option<Vec<String>>,
    classes: Option<bool>,
) -> anyhow::Result<CsvTarget> {
    if columns.is_none() {
        match (own, classes) {
            (_, None) | (CsvTarget::Classes { .. }, Some(true)) => return Ok(own.clone()),
            _ => {}
        }
    }
    let columns = columns.unwrap_or_else(|| own.columns().to_vec());
    if classes != Some(true) {
        return Ok(CsvTarget::Values(columns));
    }
    match <[String; 1]>::try_from(columns) {
        Ok([column]) => Ok(CsvTarget::Classes {
            column,
            names: None,
        }),
        // Without a target at all, the table says which columns there are.
        Err(columns) if columns.is_empty() => Ok(CsvTarget::Values(columns)),
        Err(columns) => Err(anyhow!(
            "`--classes` needs a single target column, received {}; leave it out, or name one",
            columns.join(", ")
        ))
        .or_usage(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> TableFlags {
        TableFlags::default()
    }

    fn names(text: &str) -> Names {
        text.parse().unwrap()
    }

    #[test]
    fn flags_change_what_they_name_and_nothing_else() {
        let pinned = CsvSource::classes("iris.csv", "species")
            .with_features(["a", "b"])
            .with_class_names(["x", "y"])
            .unwrap();
        let changed = |flags: TableFlags| flags.changed(pinned.clone()).unwrap();
        assert_eq!(
            changed(TableFlags {
                features: Some(names("b, c")),
                ignored: Some(names("d")),
                test_split: Some(0.5),
                classes: Some(true),
                ..flags()
            }),
            pinned
                .clone()
                .with_features(["b", "c"])
                .without_columns(["d"])
                .with_test(CsvTest::Split(0.5))
                .unwrap()
        );
        for (target, classes, expected) in [
            (None, None, pinned.target().clone()),
            (None, Some(false), CsvTarget::Values(vec!["species".into()])),
            (
                Some(names("b,c")),
                None,
                CsvTarget::Values(vec!["b".into(), "c".into()]),
            ),
            (
                Some(names("species")),
                Some(true),
                CsvTarget::Classes {
                    column: "species".into(),
                    names: None,
                },
            ),
        ] {
            let source = changed(TableFlags {
                target,
                classes,
                ..flags()
            });
            assert_eq!(*source.target(), expected);
        }
    }
}
