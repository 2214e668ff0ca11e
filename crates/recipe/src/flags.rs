//! Settings as flags of a command line.

use clap::builder::{BoolValueParser, TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use firebrick_data::{CsvSource, DataDescription};
use firebrick_trainer::{Flag, Setting, SettingsTable, TextError, Values};

use crate::settings::Settings;

impl Args for Settings {
    fn augment_args(command: Command) -> Command {
        let images = Self::default().defaults();
        let table = Self {
            data: Some(DataDescription::Csv(CsvSource::values("a.csv", ["b"]))),
            ..Self::default()
        };
        let table = table.defaults();
        let flags = Self::by_heading().into_iter().filter_map(|setting| {
            let defaults = [&images, &table].map(|defaults| defaults.text(setting.key));
            let help = help(&setting, defaults);
            Some(argument(setting.key, setting.flag?).help(help))
        });
        command.args(flags.collect::<Vec<_>>())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Settings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut settings = Self::default();
        settings.update_from_arg_matches(matches)?;
        Ok(settings)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for Setting { key, flag, .. } in Self::settings() {
            let text = flag.and_then(|_| matches.get_one::<String>(key));
            // The parser has read it before.
            if let Some(Err(error)) = text.and_then(|text| self.read_text(key, text)) {
                return Err(clap::Error::raw(ErrorKind::ValueValidation, error));
            }
        }
        Ok(())
    }
}

/// The flag of a key, without its help.
fn argument(key: &'static str, flag: Flag) -> Arg {
    let parser = match flag.values {
        Values::Switch => {
            ValueParser::new(BoolValueParser::new().map(|is_on: bool| is_on.to_string()))
        }
        Values::Text | Values::HyphenText | Values::Number => ValueParser::new(
            move |text: &str| match Settings::default().read_text(key, text) {
                Some(Err(error)) => Err::<String, TextError>(error),
                _ => Ok(text.to_owned()),
            },
        ),
    };
    let mut argument = Arg::new(key)
        .long(key.replace('_', "-"))
        .value_name(flag.value_name)
        .help_heading(flag.heading)
        .value_parser(parser)
        .hide_possible_values(true)
        .allow_negative_numbers(flag.values == Values::Number)
        .allow_hyphen_values(flag.values == Values::HyphenText)
        .conflicts_with_all(flag.excludes);
    if let Some(alias) = flag.alias {
        argument = argument.visible_alias(alias);
    }
    if let Some(value) = flag.alone {
        argument = argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(value);
    }
    argument
}

/// What a setting is, the names that it may have, and what it is where nothing is said: for images and for a table.
fn help(setting: &Setting, defaults: [Option<String>; 2]) -> String {
    const DEFAULT: &str = " [default: ";

    let text = setting.help();
    let (meaning, default) = match text.split_once(DEFAULT) {
        Some((meaning, default)) => (meaning, Some(format!("{DEFAULT}{default}"))),
        None => (text.as_str(), None),
    };
    let default = default.or_else(|| match defaults {
        [Some(images), Some(table)] if images != table => {
            Some(format!("{DEFAULT}{images}, for a table {table}]"))
        }
        [Some(images), _] => Some(format!("{DEFAULT}{images}]")),
        [None, _] => None,
    });
    let names = setting.flag.map_or(&[][..], |flag| flag.names);
    let names = match names {
        [] => String::new(),
        names => format!(": {}", names.join(", ")),
    };
    format!("{meaning}{names}{}", default.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(flags: &str) -> Result<Settings, clap::Error> {
        let command = Settings::augment_args(Command::new("train"));
        let matches = command
            .try_get_matches_from(std::iter::once("train").chain(flags.split_whitespace()))?;
        Settings::from_arg_matches(&matches)
    }

    #[test]
    fn a_flag_is_the_key_of_its_name() {
        let flags =
            "--hidden 7,5 --lr 0.5 --stratified --ema --batch-size 3 --device flex --momentum 0.5";
        let file = "hidden = [7, 5]\nlearning_rate = 0.5\nstratified = true\nema = 0.99\nbatch_size = 3\n\
                    device = \"flex\"\nmomentum = 0.5";
        assert_eq!(parsed(flags).unwrap(), file.parse().unwrap());
        assert_eq!(parsed("").unwrap(), Settings::default());
        let mut command = Settings::augment_args(Command::new("train"));
        command.build();
        for setting in Settings::settings()
            .iter()
            .filter(|setting| setting.flag.is_some())
        {
            assert!(
                command.get_arguments().any(|argument| {
                    argument.get_id() == setting.key
                        && argument.get_long() == Some(&setting.key.replace('_', "-"))
                }),
                "{setting:?}"
            );
        }
    }

    #[test]
    fn a_wrong_flag_says_which_and_why() {
        for (flags, words) in [
            (
                "--epochs -3",
                "invalid value '-3' for '--epochs <N>': invalid digit",
            ),
            ("--hidden -5", "received `-5`"),
            ("--loss mes", "did you mean `mse`?"),
            ("--lr 0.1 --schedule time-based:3", "cannot be used with"),
            ("--clipnorm 1 --clipvalue 1", "cannot be used with"),
        ] {
            let message = parsed(flags).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn the_help_names_the_defaults() {
        let command = Settings::augment_args(Command::new("train"));
        let help = |key: &str| {
            let argument = command
                .get_arguments()
                .find(|argument| argument.get_id() == key);
            argument.unwrap().get_help().unwrap().to_string()
        };
        assert_eq!(
            help("epochs"),
            "Passes over the training samples [default: 10, for a table 30]"
        );
        assert_eq!(
            help("hidden"),
            "Units of the hidden layers; `none` for a linear classifier [default: 128,64]"
        );
        assert!(help("activation").starts_with("Activation of the hidden layers: "));
        assert!(help("activation").ends_with(" [default: sigmoid, for a table relu]"));
        assert!(help("loss").ends_with(", for numbers mean_squared_error]"));
        assert!(help("optimizer").ends_with(" [default: sgd, for a table adam]"));
        assert!(help("device").ends_with(" [default: auto]"));
    }
}
