//! A training with the values of a trial.

use firebrick::losses::Loss;
use firebrick::recipes::{HiddenUnits, ModelFile, Settings};
use firebrick::specs::Value;
use firebrick::training::SettingsTable;

use crate::dimension::value_text;
use crate::error::TuneError;
use crate::model_text::with_argument;
use crate::target::Target;
use crate::values::Values;

impl Values {
    /// The settings of a training that has these values, and all else as in `base`.
    ///
    /// A name is a key of the settings, which are those of `firebrick train`'s flags. `loss.ARGUMENT` is an argument of the
    /// loss. Where `base` has a model file, `layers.NAME.ARGUMENT` is an argument of a layer, `dropout` the rate of all
    /// dropouts, and the name of any argument that layers of the file have, such as `units`, that argument of all of them
    /// but the output; where it has none, `units` are those of every hidden layer.
    ///
    /// ```
    /// use firebrick::recipes::Settings;
    /// use firebrick_tune::SearchSpace;
    ///
    /// let space: SearchSpace = "learning_rate=0.1, units=32".parse()?;
    /// let settings = space.values(42, 0).applied_to(&Settings::default())?;
    /// assert_eq!(settings.learning_rate, Some(0.1));
    /// assert_eq!(settings.hidden.unwrap().0, [32, 32]);
    /// # Ok::<(), firebrick_tune::TuneError>(())
    /// ```
    ///
    /// # Errors
    /// A name that means nothing there, a value that its setting cannot have.
    pub fn applied_to(&self, base: &Settings) -> Result<Settings, TuneError> {
        let mut own = Settings::default();
        let mut model = base.model.as_ref().map(|file| file.as_str().to_owned());
        let mut is_changed = false;
        for (name, value) in self.iter() {
            match Target::of(name, base)? {
                Target::Setting(key) => {
                    let text = value_text(value);
                    if let Some(Err(error)) = own.read_text(key, &text) {
                        return Err(TuneError::dimension(name, format!("{text}: {error}")));
                    }
                }
                Target::HiddenUnits => own.hidden = Some(hidden_units(self, name, base)?),
                Target::Loss(argument) => {
                    let loss = own.loss.clone().or_else(|| loss_of(base));
                    let changed = with_loss_argument(&loss.unwrap_or_default(), &argument, value);
                    own.loss =
                        Some(changed.map_err(|problem| TuneError::dimension(name, problem))?);
                }
                Target::Layers(layers, key) => {
                    for layer in layers {
                        let text = model.as_deref().unwrap_or_default();
                        let changed = with_argument(text, layer, &key, value);
                        model = Some(changed.ok_or_else(|| {
                            TuneError::dimension(name, format!("a layer cannot have {value}"))
                        })?);
                        is_changed = true;
                    }
                }
            }
        }
        let mut settings = own.over(base.clone());
        if let Some(text) = model.filter(|_| is_changed) {
            settings.model = Some(text.parse::<ModelFile>()?);
        }
        Ok(settings)
    }
}

fn hidden_units(values: &Values, name: &str, base: &Settings) -> Result<HiddenUnits, TuneError> {
    let units = values.whole(name)?;
    let layers = base.hidden.clone().unwrap_or_default().0.len().max(1);
    Ok(HiddenUnits(vec![units; layers]))
}

/// The loss where the search says nothing of it.
fn loss_of(base: &Settings) -> Option<Loss> {
    let of_file = || {
        base.model
            .as_ref()
            .and_then(|file| file.compile().loss.clone())
    };
    let by_default = || base.defaults().loss;
    base.loss.clone().or_else(of_file).or_else(by_default)
}

/// The loss with another value of an argument.
fn with_loss_argument(loss: &Loss, argument: &str, value: &Value) -> Result<Loss, String> {
    let written = serde_json::to_value(loss).map_err(|error| error.to_string())?;
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let mut table = match written {
        serde_json::Value::Object(table) => table,
        name => serde_json::Map::from_iter([("name".to_owned(), name)]),
    };
    table.insert(argument.to_owned(), value);
    serde_json::from_value(table.into()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::SearchSpace;

    const FILE: &str = "input_shape = [4]\n[[layers]]\nclass_name = \"Dense\"\nunits = 16\nactivation = \"relu\"\n\
                        [[layers]]\nclass_name = \"Dense\"\nname = \"second\"\nunits = 16\n\
                        [[layers]]\nclass_name = \"Dropout\"\nrate = 0.5\n\
                        [[layers]]\nclass_name = \"Dense\"\nunits = 3\n[compile]\nloss = \"mse\"";

    fn base() -> Settings {
        Settings {
            model: Some(FILE.parse().unwrap()),
            ..Settings::default()
        }
    }

    fn applied(text: &str, base: &Settings) -> Result<Settings, TuneError> {
        let space: SearchSpace = text.parse()?;
        space.values(1, 0).applied_to(base)
    }

    #[test]
    fn names_of_flags_are_settings() {
        let text = "lr=0.5, optimizer=adam, beta_1=0.8, batch_size=8, hidden=8,4, loss=huber, loss.delta=2, ema=0.9";
        let settings = applied(text, &Settings::default()).unwrap();
        assert_eq!(settings.learning_rate, Some(0.5));
        assert_eq!(settings.arguments.beta_1, Some(0.8));
        assert_eq!(settings.fit.batch_size, Some(8));
        assert_eq!(settings.hidden.unwrap().0, [8, 4]);
        let huber: Loss = "huber:delta=2".parse().unwrap();
        assert_eq!(settings.loss, Some(huber));
    }

    #[test]
    fn arguments_of_layers_are_those_of_the_hidden_ones() {
        let settings = applied(
            "units=32, dropout=0.25, layers.second.activation=tanh",
            &base(),
        );
        let text = settings.unwrap().model.unwrap().as_str().to_owned();
        let expected = FILE
            .replace("units = 16", "units = 32")
            .replace("rate = 0.5", "rate = 0.25")
            .replace(
                "\nname = \"second\"",
                "\nactivation = \"tanh\"\nname = \"second\"",
            );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_rate_replaces_a_schedule() {
        let base: Settings = "schedule = \"time-based:3\"".parse().unwrap();
        let settings = applied("learning_rate=0.5", &base).unwrap();
        assert_eq!(
            (settings.schedule, settings.learning_rate),
            (None, Some(0.5))
        );
    }

    #[test]
    fn wrong_names_and_values_say_which() {
        for (text, model, words) in [
            ("learnign_rate=1", false, "did you mean `learning_rate`?"),
            ("unit=1", true, "did you mean `units`?"),
            (
                "layers.first.units=1",
                true,
                "unknown setting `layers.first.units` to search",
            ),
            (
                "layers.second=1",
                true,
                "expected the name of a layer and one of its arguments",
            ),
            (
                "hidden=1",
                true,
                "`hidden`: the model file describes the whole network",
            ),
            ("dropout=0.5", false, "unknown setting `dropout` to search"),
            ("epochs=1|2", false, "`epochs`: the search decides"),
            ("data=mnist", false, "`data`: figures on other data"),
            (
                "optimizer=adm",
                false,
                "`optimizer`: adm: unknown optimizer `adm`, did you mean `adam`?",
            ),
            ("batch_size=0.5", false, "`batch_size`: 0.5: "),
            ("units=0.5", false, "`units`: expected a whole number"),
            ("loss.delta=1", true, "`loss.delta`: "),
            ("layers.second.unit=1", true, "did you mean `units`?"),
        ] {
            let base = if model { base() } else { Settings::default() };
            let message = applied(text, &base).unwrap_err().to_string();
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
