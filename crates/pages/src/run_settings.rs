//! What the `config.toml` of a run says, key by key.

use toml::{Table, Value};

/// The order in which settings are shown; all others follow by the alphabet.
const ORDER: [&str; 24] = [
    "data",
    "data.csv",
    "data.target",
    "data.classes",
    "data.features",
    "train_limit",
    "validation_split",
    "stratified",
    "network",
    "hidden",
    "activation",
    "weights",
    "freeze",
    "loss",
    "metrics",
    "optimizer",
    "learning_rate",
    "schedule",
    "one_cycle",
    "epochs",
    "batch_size",
    "steps_per_epoch",
    "seed",
    "device",
];

/// The settings of a run as text, in the order in which they are read best.
///
/// What a model file within them says stands beside them under the same keys; where both say something, the outer one wins.
///
/// ```
/// use firebrick_pages::RunSettings;
///
/// let settings = RunSettings::parse("data = \"mnist\"\nhidden = [64, 32]\nepochs = 3")?;
/// assert_eq!(settings.get("epochs"), Some("3"));
/// assert_eq!(settings.network(), Some("Dense 64 → 32"));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSettings {
    entries: Vec<(String, String)>,
    network: Option<String>,
    data: Option<String>,
    /// What a program could not write down.
    unknown: Vec<String>,
}

impl RunSettings {
    /// Reads the text of a `config.toml`.
    ///
    /// # Errors
    /// A text that is no TOML.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let mut table: Table = text.parse()?;
        let unknown = match table.remove("unknown") {
            Some(Value::Array(names)) => names.iter().map(plain).collect(),
            _ => Vec::new(),
        };
        let mut model = match table.remove("model") {
            Some(Value::String(text)) => text.parse::<Table>().unwrap_or_default(),
            _ => Table::new(),
        };
        let network = network_of_layers(&model).or_else(|| network_of_hidden(&table));
        if let Some(data) = model.remove("data") {
            table.entry("data").or_insert(data);
        }
        let data = table.get("data").map(data_words);
        let mut own = Self {
            network,
            data,
            unknown,
            ..Self::default()
        };
        for (key, value) in &table {
            own.insert(key, value);
        }
        for part in ["compile", "fit"] {
            let Some(Value::Table(part)) = model.get(part) else {
                continue;
            };
            for (key, value) in part {
                own.insert(key, value);
            }
        }
        if let Some(network) = own
            .network
            .clone()
            .filter(|_| !table.contains_key("hidden"))
        {
            own.entries.push(("network".to_owned(), network));
        }
        let place = |key: &str| ORDER.iter().position(|own| *own == key);
        own.entries
            .sort_by_cached_key(|(key, _)| (place(key).unwrap_or(ORDER.len()), key.clone()));
        Ok(own)
    }

    /// The value of a setting.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter()
            .find_map(|(own, value)| (own == key).then_some(value))
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The network in a few words, where they say it.
    pub fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    /// The data in a few words, where they say it.
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref()
    }

    /// What a program that trained could not write down.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The last epoch to be done, where they say it.
    pub(crate) fn epochs(&self) -> Option<usize> {
        self.get("epochs")?.parse().ok()
    }

    /// Takes a value under its key, one of a table under `key.own`; the first of a key counts.
    fn insert(&mut self, key: &str, value: &Value) {
        match value {
            Value::Table(table) if key == "optimizer" => {
                for (argument, value) in table {
                    let key = if argument == "name" { key } else { argument };
                    self.insert(key, value);
                }
            }
            Value::Table(table) if named(table).is_none() => {
                for (own, value) in table {
                    self.insert(&format!("{key}.{own}"), value);
                }
            }
            _ if self.get(key).is_some() => {}
            value => self.entries.push((key.to_owned(), plain(value))),
        }
    }
}

/// The name in a table that describes something by name and arguments.
fn named(table: &Table) -> Option<&str> {
    let names = ["name", "metric", "class_name"];
    names.iter().find_map(|key| table.get(*key)?.as_str())
}

/// A value as one writes it where there is nothing else: no quotes, no brackets.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Table(table) => {
            let name = named(table).unwrap_or_default();
            let arguments = table
                .iter()
                .filter(|(_, value)| value.as_str() != Some(name));
            let arguments: Vec<String> = arguments
                .map(|(key, value)| format!("{key} {}", plain(value)))
                .collect();
            match (name, arguments.as_slice()) {
                (name, []) => name.to_owned(),
                ("", arguments) => arguments.join(", "),
                (name, arguments) => format!("{name} ({})", arguments.join(", ")),
            }
        }
        other => other.to_string(),
    }
}

/// `mnist`, or `iris.csv → species`.
fn data_words(data: &Value) -> String {
    let Value::Table(table) = data else {
        return plain(data);
    };
    let file = |value: &Value| {
        let path = plain(value);
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        name.to_owned()
    };
    match (table.get("csv"), table.get("target")) {
        (Some(csv), Some(target)) => format!("{} → {}", file(csv), plain(target)),
        (Some(csv), None) => file(csv),
        (None, _) => plain(data),
    }
}

fn network_of_hidden(table: &Table) -> Option<String> {
    let Value::Array(units) = table.get("hidden")? else {
        return table.get("hidden").map(|_| "linear".to_owned());
    };
    if units.is_empty() {
        return Some("linear".to_owned());
    }
    let units: Vec<String> = units.iter().map(plain).collect();
    Some(format!("Dense {}", units.join(" → ")))
}

/// `Conv2D 32 → 64 → Dense 10`: the layers that have a width.
fn network_of_layers(model: &Table) -> Option<String> {
    let layers = model.get("layers")?.as_array()?;
    let mut text = String::new();
    let mut last = "";
    for layer in layers {
        let kind = layer.get("class_name").and_then(Value::as_str);
        let width = ["units", "filters", "output_dim", "key_dim", "hidden_dim"]
            .iter()
            .find_map(|key| layer.get(*key)?.as_integer());
        let (Some(kind), Some(width)) = (kind, width) else {
            continue;
        };
        if !text.is_empty() {
            text.push_str(" → ");
        }
        if kind != last {
            text.push_str(kind);
            text.push(' ');
        }
        text.push_str(&width.to_string());
        last = kind;
    }
    if text.is_empty() {
        let plural = if layers.len() == 1 { "" } else { "s" };
        return Some(format!("{} layer{plural}", layers.len()));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_file_says_what_the_settings_leave_open() {
        let text = r#"
model = '''
input_shape = [28, 28, 1]
[[layers]]
class_name = "Conv2D"
filters = 3
[[layers]]
class_name = "Flatten"
[[layers]]
class_name = "Dense"
units = 16
[[layers]]
class_name = "Dense"
units = 10
[compile]
optimizer = { name = "adam", beta_1 = 0.85 }
loss = { name = "huber", delta = 50.0 }
metrics = ["accuracy", { metric = "top_k", k = 2 }]
[fit]
epochs = 6
class_weight = { 0 = 2.0 }
'''
epochs = 9
seed = 7
[data]
csv = "/some/where/houses.csv"
target = ["price", "rent"]
"#;
        let settings = RunSettings::parse(text).unwrap();
        assert_eq!(settings.network(), Some("Conv2D 3 → Dense 16 → 10"));
        assert_eq!(settings.data(), Some("houses.csv → price, rent"));
        assert_eq!(settings.epochs(), Some(9));
        let entries: Vec<(&str, &str)> = settings.iter().collect();
        assert_eq!(
            entries,
            [
                ("data.csv", "/some/where/houses.csv"),
                ("data.target", "price, rent"),
                ("network", "Conv2D 3 → Dense 16 → 10"),
                ("loss", "huber (delta 50.0)"),
                ("metrics", "accuracy, top_k (k 2)"),
                ("optimizer", "adam"),
                ("epochs", "9"),
                ("seed", "7"),
                ("beta_1", "0.85"),
                ("class_weight.0", "2.0"),
            ]
        );
    }

    #[test]
    fn a_network_of_hidden_layers_is_said_by_their_widths() {
        let network = |text: &str| RunSettings::parse(text).unwrap().network;
        assert_eq!(network("hidden = [4]").as_deref(), Some("Dense 4"));
        assert_eq!(network("hidden = []").as_deref(), Some("linear"));
        assert_eq!(network("hidden = \"none\"").as_deref(), Some("linear"));
        assert_eq!(network("unknown = [\"network\"]"), None);
        assert!(RunSettings::parse("epochs = ").is_err());
    }
}
