//! Reading [`Settings`] from TOML and writing them.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use firebrick_data::CsvSource;
use firebrick_model::nearest_name;
use firebrick_scheduler::ScheduleSpec;
use firebrick_spec::Value;
use firebrick_trainer::SettingsTable;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::RecipeError;
use crate::model_file::ModelFile;
use crate::settings::Settings;
use crate::settings_problem::SettingsProblem;

const SCHEDULE: &str = "schedule";
const LEARNING_RATE: &str = "learning_rate";
/// What settings are called that come from no file.
const UNNAMED: &str = "settings";

impl Settings {
    /// How a file begins that [`to_toml`](Self::to_toml) has written.
    pub const HEADING: &'static str = "# Settings of a training";

    /// Reads a file of settings; relative paths in it begin in its folder.
    ///
    /// # Errors
    /// A file that cannot be read; one that is no TOML, has an unknown key (the nearest known one is named) or a value that
    /// cannot be.
    pub fn read(path: &Path) -> Result<Self, RecipeError> {
        let text = fs::read_to_string(path).map_err(|source| RecipeError::File {
            path: path.to_owned(),
            source,
        })?;
        let settings = Self::parse(&text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            data: settings
                .data
                .map(|data| data.map_paths(|path| folder.join(path))),
            ..settings
        })
    }

    /// The text of a file that says the same.
    ///
    /// # Errors
    /// A value that TOML cannot hold.
    pub fn to_toml(&self) -> Result<String, RecipeError> {
        let flat = Self {
            model: None,
            ..self.clone()
        };
        let settings = toml::to_string(&flat)?;
        let model = self.model.as_ref().map(model_text).unwrap_or_default();
        // The text comes first, because nothing can follow a table but what belongs to it.
        Ok(format!(
            "{}; repeat it with `firebrick train --config FILE`.\n{model}{settings}",
            Self::HEADING
        ))
    }

    fn parse(text: &str, path: &Path) -> Result<Self, RecipeError> {
        parse(text).map_err(|(problem, at)| RecipeError::Settings {
            path: path.to_owned(),
            line: at.map(|at| {
                let before = text.get(..at).unwrap_or_default();
                before.matches('\n').count() + 1
            }),
            problem,
        })
    }
}

impl FromStr for Settings {
    type Err = RecipeError;

    fn from_str(text: &str) -> Result<Self, RecipeError> {
        Self::parse(text, Path::new(UNNAMED))
    }
}

/// The model file as it is, its comments included, where TOML can hold it so.
fn model_text(file: &ModelFile) -> String {
    const KEY: &str = "model";

    let text = file.as_str();
    let as_it_is = format!("{KEY} = '''\n{text}'''\n");
    let read_again = toml::from_str::<toml::Table>(&as_it_is).ok();
    if read_again.is_some_and(|table| table[KEY].as_str() == Some(text)) {
        return as_it_is;
    }
    format!("{KEY} = {}\n", toml::Value::from(text))
}

/// A problem, and the byte of the text where it is.
type Located = (SettingsProblem, Option<usize>);

fn parse(text: &str) -> Result<Settings, Located> {
    let located = |error: &toml::de::Error| {
        let message = error.message().trim().to_owned();
        (
            SettingsProblem::Value(message),
            error.span().map(|span| span.start),
        )
    };
    let table = DeTable::parse(text).map_err(|error| located(&error))?;
    let known: Vec<&str> = Settings::by_heading()
        .iter()
        .map(|setting| setting.key)
        .collect();
    check_keys(table.get_ref(), &known, None)?;
    if let Some(DeValue::Table(data)) = table.get_ref().get("data").map(Spanned::get_ref) {
        check_keys(data, CsvSource::KEYS, Some("data"))?;
    }
    if [SCHEDULE, LEARNING_RATE]
        .iter()
        .all(|&key| table.get_ref().contains_key(key))
    {
        return Err((SettingsProblem::TwoRates, None));
    }
    let mut settings = Settings::default();
    for (key, value) in table.into_inner() {
        let at = value.span().start;
        if is_schedule(key.get_ref(), value.get_ref()) {
            let schedule = ScheduleSpec::from_value(Value::from_toml(value));
            settings.schedule = Some(schedule.map_err(|error| {
                let place = error.at().unwrap_or(at);
                let key = key.get_ref().to_string();
                (SettingsProblem::Spec { key, error }, Some(place))
            })?);
            continue;
        }
        // Whatever is not read has been refused above.
        if let Ok(Err(error)) = settings.read_toml(key.get_ref(), value) {
            let (problem, place) = located(&error);
            return Err((problem, place.or(Some(at))));
        }
    }
    Ok(settings)
}

/// Whether the value is a schedule: a rate that is no number is one too.
fn is_schedule(key: &str, value: &DeValue<'_>) -> bool {
    let is_number = matches!(value, DeValue::Integer(_) | DeValue::Float(_));
    key == SCHEDULE || (key == LEARNING_RATE && !is_number)
}

/// Makes sure that every key of a table is known.
fn check_keys(
    table: &DeTable<'_>,
    known: &[&'static str],
    table_name: Option<&'static str>,
) -> Result<(), Located> {
    let names = table.keys().map(|key| (key.get_ref().as_ref(), key));
    let Some((name, key)) = names.into_iter().find(|(name, _)| !known.contains(name)) else {
        return Ok(());
    };
    let problem = SettingsProblem::UnknownKey {
        key: name.to_owned(),
        table: table_name,
        nearest: nearest_name(name, known),
        known: known.to_vec(),
    };
    Err((problem, Some(key.span().start)))
}

#[cfg(test)]
mod tests {
    use firebrick_data::DataDescription;
    use firebrick_trainer::GivenFit;
    use firebrick_trainer::losses::Huber;

    use super::*;

    fn problem(text: &str) -> String {
        text.parse::<Settings>()
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let settings = Settings {
            learning_rate: Some(1e-300),
            stratified: Some(true),
            hidden: Some("7,5".parse().unwrap()),
            data: Some(DataDescription::Csv(CsvSource::values("a.csv", ["b"]))),
            fit: GivenFit {
                seed: Some(u64::MAX),
                ..GivenFit::default()
            },
            ..Settings::default()
        };
        assert_eq!(
            settings.to_toml().unwrap().parse::<Settings>().unwrap(),
            settings
        );
    }

    #[test]
    fn a_model_file_is_kept_word_for_word() {
        let layer = "input_shape = [4]\n[[layers]]\nclass_name = \"Flatten\" # none\n";
        let quoted = "name = '''a'''\ninput_shape = [4]\nlayers = [{ class_name = 'Flatten' }]";
        for text in [layer, quoted] {
            let settings = Settings {
                model: Some(text.parse().unwrap()),
                loss: Some(Huber::new().with_delta(2.0).unwrap().into()),
                fit: GivenFit {
                    epochs: Some(3),
                    ..GivenFit::default()
                },
                ..Settings::default()
            };
            let written = settings.to_toml().unwrap();
            assert_eq!(written.parse::<Settings>().unwrap(), settings, "{written}");
            assert_eq!(written.contains(layer), text == layer, "{written}");
        }
        let message = problem("epochs = 1\nmodel = '''\ninput_shape = [4]\nlayer = 3\n'''\n");
        assert!(
            message.starts_with(
                "`settings`, line 2: `model`, line 2: unknown key `layer`, did you mean `layers`?"
            ),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let message = problem("epochs = 3\nbatchsize = 5\n");
        assert!(
            message.contains("line 2: unknown key `batchsize`, did you mean `batch_size`?"),
            "{message}"
        );
        let message = problem("[data]\ncsv = \"a.csv\"\ntarget = \"b\"\nfeature = [\"c\"]\n");
        assert!(
            message.contains(
                "unknown key `feature` in `data`, did you mean `features`?; known keys: csv, target, "
            ),
            "{message}"
        );
        assert!(problem("banana = 1").contains("unknown key `banana`; known keys: data, "));
    }

    #[test]
    fn a_schedule_is_a_text_or_a_table() {
        let text: Settings = "schedule = \"cosine-decay:0.1:decay_steps=1000\""
            .parse()
            .unwrap();
        assert!(text.schedule.is_some());
        for table in [
            "[schedule]\nname = \"cosine_decay\"\ninitial_learning_rate = 0.1\ndecay_steps = 1000",
            "learning_rate = { name = \"CosineDecay\", initial_learning_rate = 0.1, decay_steps = 1000 }",
        ] {
            assert_eq!(table.parse::<Settings>().unwrap(), text);
        }
        let written = text.to_toml().unwrap();
        assert!(
            written.contains("schedule = \"cosine-decay:0.1:decay_steps=1000\""),
            "{written}"
        );
        let message = problem(
            "epochs = 3\n[learning_rate]\nname = \"cosine_decay\"\ninitial_learning_rate = 0.1\ndecay_steps = 0\n",
        );
        assert!(
            message.starts_with(
                "`settings`, line 5: `learning_rate`: the schedule `cosine-decay`, argument `decay_steps`: \
                 expected at least 1, received 0; "
            ),
            "{message}"
        );
    }

    #[test]
    fn two_learning_rates_are_one_too_many() {
        for rate in ["0.1", "{ name = \"constant\", learning_rate = 0.1 }"] {
            let message = problem(&format!(
                "schedule = \"time-based:3\"\nlearning_rate = {rate}\n"
            ));
            assert!(message.contains("exclude one another"), "{message}");
        }
    }
}
