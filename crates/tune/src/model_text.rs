//! The layers of a model file as its text has them, and the same text with other arguments; what else is there, comments too,
//! stays.

use std::ops::Range;

use firebrick::recipes::ModelFile;
use firebrick::specs::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What every layer may have and none has as an argument of its own.
const OF_ALL: [&str; 7] = [
    "name",
    CLASS_NAME,
    CALL,
    "inputs",
    "trainable",
    "training",
    "dtype",
];
const CLASS_NAME: &str = "class_name";
const CALL: &str = "call";

/// A layer as the text has it.
pub(crate) struct LayerText {
    pub(crate) name: Option<String>,
    pub(crate) class_name: String,
    /// What leaves it leaves the network.
    pub(crate) is_output: bool,
    /// Its keys, with the place of each value.
    keys: Vec<(String, Range<usize>)>,
    /// Behind which another key can stand.
    class_name_at: Range<usize>,
    /// Whether it is written `{ … }`.
    is_inline: bool,
}

impl LayerText {
    /// The arguments that the file says.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        let keys = self.keys.iter().map(|(key, _)| key.as_str());
        keys.filter(|key| !OF_ALL.contains(key))
    }
}

/// The layers of a file, in its order.
pub(crate) fn layers(text: &str, file: &ModelFile) -> Vec<LayerText> {
    let network = file.network();
    let mut layers = read(text);
    if network.is_sequential() {
        for (layer, built) in layers.iter_mut().zip(network.layers()) {
            layer.name = Some(built.name().to_owned());
        }
    }
    let outputs = network.output_names();
    let last = layers.len().saturating_sub(1);
    for (index, layer) in layers.iter_mut().enumerate() {
        layer.is_output = match &layer.name {
            Some(name) => outputs.contains(&name.as_str()),
            None => index == last,
        };
    }
    layers
}

fn read(text: &str) -> Vec<LayerText> {
    let table = DeTable::parse(text).map(Spanned::into_inner);
    let Some(DeValue::Array(layers)) = table
        .ok()
        .and_then(|mut table| table.remove("layers"))
        .map(Spanned::into_inner)
    else {
        return Vec::new();
    };
    let layers = layers.into_iter().filter_map(|layer| {
        let is_inline = text
            .get(layer.span())
            .is_some_and(|own| own.starts_with('{'));
        let DeValue::Table(table) = layer.into_inner() else {
            return None;
        };
        let text_of = |key: &str| match table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        };
        let at = table.get(CLASS_NAME).or_else(|| table.get(CALL))?.span();
        let keys = table.iter();
        Some(LayerText {
            name: text_of("name"),
            class_name: text_of(CLASS_NAME).unwrap_or_default(),
            is_output: false,
            keys: keys
                .map(|(key, value)| (key.get_ref().to_string(), value.span()))
                .collect(),
            class_name_at: at,
            is_inline,
        })
    });
    layers.collect()
}

/// The text with another value of an argument of a layer, by its index.
pub(crate) fn with_argument(text: &str, layer: usize, key: &str, value: &Value) -> Option<String> {
    let value = toml::Value::try_from(value).ok()?;
    let layers = read(text);
    let layer = layers.get(layer)?;
    let own = layer.keys.iter().find(|(own, _)| own == key);
    let (at, new) = if let Some((_, at)) = own {
        (at.clone(), value.to_string())
    } else {
        let separator = if layer.is_inline { ", " } else { "\n" };
        let end = layer.class_name_at.end;
        (end..end, format!("{separator}{key} = {value}"))
    };
    let mut changed = text.to_owned();
    changed.get(at.clone())?;
    changed.replace_range(at, &new);
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# A network.\ninput_shape = [4]\n\n[[layers]]\nclass_name = \"Dense\" # the first\nunits = 16\n\
                        activation = \"relu\"\n\n[[layers]]\nclass_name = \"Dropout\"\nrate = 0.5 # half\n\n\
                        [[layers]]\nclass_name = \"Dense\"\nname = \"species\"\nunits = 3\n";

    #[test]
    fn layers_are_found_by_the_names_that_the_network_gives_them() {
        let file: ModelFile = FILE.parse().unwrap();
        let layers = layers(FILE, &file);
        let named: Vec<_> = layers
            .iter()
            .map(|layer| (layer.name.as_deref().unwrap(), layer.is_output))
            .collect();
        assert_eq!(named[2], ("species", true));
        assert!(!named[0].1 && !named[1].1);
        let arguments: Vec<&str> = layers[0].arguments().collect();
        assert_eq!(arguments, ["activation", "units"]);
    }

    #[test]
    fn an_argument_is_replaced_where_it_stands_or_added() {
        let changed = with_argument(FILE, 0, "units", &Value::Integer(64)).unwrap();
        assert_eq!(changed, FILE.replace("units = 16", "units = 64"));
        let changed = with_argument(FILE, 1, "rate", &Value::Number(0.25)).unwrap();
        assert_eq!(
            changed,
            FILE.replace("rate = 0.5 # half", "rate = 0.25 # half")
        );
        let changed = with_argument(FILE, 2, "activation", &Value::from("relu")).unwrap();
        let file: ModelFile = changed.parse().unwrap();
        assert!(
            changed.contains("class_name = \"Dense\"\nactivation = \"relu\"\nname"),
            "{changed}"
        );
        assert_eq!(file.network().layers().len(), 3);
        assert_eq!(with_argument(FILE, 3, "units", &Value::Integer(1)), None);
    }

    #[test]
    fn a_layer_within_braces_is_changed_too() {
        let text = "input_shape = [4]\nlayers = [{ class_name = \"Dense\", units = 3 }]";
        let changed = with_argument(text, 0, "activation", &Value::from("relu")).unwrap();
        assert_eq!(
            changed,
            "input_shape = [4]\nlayers = [{ class_name = \"Dense\", activation = \"relu\", units = 3 }]"
        );
        assert!(changed.parse::<ModelFile>().is_ok());
    }
}
