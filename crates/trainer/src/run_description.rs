//! What a run says of itself where a program made it: its `config.toml`.

use std::fmt::Write as _;
use std::path;

use firebrick_data::{DataDescription, Samples};
use firebrick_model::layers::{AnyLayer, Dense};
use firebrick_model::{Activation, Graph, GraphLayer, MlpConfig, Model, Sequential, Shape};
use serde::{Serialize, Serializer};
use toml::{Table, Value};

use crate::compile::Compile;
use crate::compile::LearningRate;
use crate::fit::{Fit, FitSettings};
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::run_directory::RunDirectory;

/// Whether this is the description of an earlier fit of a program, and no file of somebody's own.
pub(crate) fn is_ours(text: &str) -> bool {
    text.starts_with(RunDirectory::HEADING)
}

/// The settings of a fit as the text of a `config.toml`. What cannot be written down is listed under `unknown`, and
/// explained in a comment.
pub(crate) fn describe<M: Model>(
    compile: &Compile,
    model: &M,
    (data, fit): (&Samples, &Fit),
) -> Option<String> {
    let mut gaps = Gaps::default();
    let data = fit.data.clone().or_else(|| data.description());
    let data = data.map(|data| {
        data.map_paths(|path| path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    });
    if data.is_none() {
        gaps.add(
            "data",
            "what it learned from; `Fit::with_data_description` tells",
        );
    }
    let training = Training {
        compile: compile_table(compile, &mut gaps),
        fit: fit_settings(fit, &mut gaps),
    };
    let network = network(model);
    let model = network.and_then(|network| model_text(&network, &training));
    if model.is_none() {
        gaps.add(
            "network",
            "a type of the program's own, which only that program can build",
        );
    }
    let beside = match model {
        Some(_) => String::new(),
        None => toml::to_string(&training).ok()?,
    };
    written(&gaps, &beside, &Settings::new(&gaps, model, data))
}

/// The `config.toml` of a run whose network was not trained here: its layers, and that nothing else is known.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; pub use firebrick_trainer as training; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
/// use firebrick::training::describe_untrained;
///
/// let network = Sequential::new([4]).add(Dense::new(3)).build(1, &Device::flex())?;
/// let config = describe_untrained(&network, "it was read from `model.keras`");
/// assert!(config.is_some_and(|config| config.contains("# Not known: loss, it was read from `model.keras`.")));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub fn describe_untrained<M: Model>(model: &M, reason: &str) -> Option<String> {
    let mut gaps = Gaps::default();
    for key in ["data", "loss", "schedule", "metrics"] {
        gaps.add(key, reason);
    }
    elsewhere(model, (Table::new(), gaps), reason)
}

/// The same of a network that was compiled elsewhere, with what it was compiled with but for the settings in `unknown`:
/// `optimizer`, `schedule`, `metrics`, ….
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; pub use firebrick_trainer as training; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
/// use firebrick::training::{Compile, describe_compiled};
///
/// let network = Sequential::new([4]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let compile = Compile::by_name("adam:beta_1=0.8", "huber", [])?;
/// let config = describe_compiled(&network, &compile, &[], "it was read from `model.keras`").unwrap();
/// assert!(config.contains("beta_1 = 0.8") && !config.contains("# Not known: loss"));
/// let config = describe_compiled(&network, &compile, &["optimizer"], "it was read from `model.keras`").unwrap();
/// assert!(config.contains("# Not known: optimizer") && !config.contains("beta_1 = 0.8"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn describe_compiled<M: Model>(
    model: &M,
    compile: &Compile,
    unknown: &[&'static str],
    reason: &str,
) -> Option<String> {
    let mut gaps = Gaps::default();
    gaps.add("data", reason);
    let mut table = compile_table(compile, &mut gaps);
    for key in unknown {
        gaps.add(key, reason);
        table.remove(*key);
        if *key == "schedule" {
            table.remove("learning_rate");
        }
    }
    elsewhere(model, (table, gaps), reason)
}

fn elsewhere<M: Model>(
    model: &M,
    (compile, mut gaps): (Table, Gaps),
    reason: &str,
) -> Option<String> {
    let fit = FitSettings::default();
    let training = Training { compile, fit };
    let model = network(model).and_then(|network| model_text(&network, &training));
    if model.is_none() {
        gaps.add("network", reason);
    }
    written(&gaps, "", &Settings::new(&gaps, model, None))
}

/// The text of a `config.toml`, with what stands `beside` the settings as comments.
fn written(gaps: &Gaps, beside: &str, settings: &Settings) -> Option<String> {
    let mut text = format!("{}\n", RunDirectory::HEADING);
    for (key, reason) in &gaps.0 {
        let _ = writeln!(text, "# Not known: {key}, {reason}.");
    }
    for line in beside.lines() {
        let _ = writeln!(text, "# {line}");
    }
    text.push_str(&toml::to_string_pretty(settings).ok()?);
    Some(text)
}

/// What cannot be written down, and why.
#[derive(Default)]
struct Gaps(Vec<(&'static str, String)>);

impl Gaps {
    fn add(&mut self, key: &'static str, reason: impl Into<String>) {
        // A comment ends with its line.
        let reason = reason.into().replace(char::is_control, " ");
        self.0.push((key, reason));
    }

    fn keys(&self) -> Vec<&'static str> {
        let mut keys: Vec<&str> = self.0.iter().map(|(key, _)| *key).collect();
        keys.dedup();
        keys
    }
}

#[derive(Serialize)]
struct Settings {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<DataDescription>,
}

impl Settings {
    fn new(gaps: &Gaps, model: Option<String>, data: Option<DataDescription>) -> Self {
        Self {
            unknown: gaps.keys(),
            model,
            data,
        }
    }
}

#[derive(Serialize)]
struct Training {
    compile: Table,
    fit: FitSettings,
}

fn compile_table(compile: &Compile, gaps: &mut Gaps) -> Table {
    let own = |name: &str| format!("`{name}` is the program's own");
    let mut table = Table::new();
    match Value::try_from(&compile.optimizer) {
        Ok(optimizer) => {
            table.insert("optimizer".to_owned(), optimizer);
        }
        Err(_) => gaps.add("optimizer", own(compile.optimizer.name())),
    }
    match &compile.rate {
        LearningRate::Constant(rate) => {
            table.insert("learning_rate".to_owned(), Value::from(*rate));
        }
        LearningRate::Described(schedule) => {
            table.insert("schedule".to_owned(), Value::from(schedule.to_string()));
        }
        LearningRate::Custom(_) => gaps.add("schedule", "it is the program's own"),
    }
    if !compile.weight_groups.is_empty() {
        match Value::try_from(&compile.weight_groups) {
            Ok(groups) => {
                table.insert("weight_groups".to_owned(), groups);
            }
            Err(error) => gaps.add("weight_groups", error.to_string()),
        }
    }
    match &compile.loss {
        _ if compile.joint.is_some() => {
            gaps.add("loss", own(&compile.losses_text()));
        }
        None if compile.outputs.is_empty() => gaps.add("loss", "there is none"),
        None => {}
        Some(loss) => insert_loss(&mut table, loss, gaps),
    }
    insert_metrics(&mut table, ("metrics", &compile.metrics), gaps);
    insert_metrics(
        &mut table,
        ("weighted_metrics", &compile.weighted_metrics),
        gaps,
    );
    let mut outputs = Table::new();
    for output in &compile.outputs {
        let mut own = Table::new();
        if let Some(loss) = &output.loss {
            insert_loss(&mut own, loss, gaps);
        }
        if output.weight.to_bits() != 1.0_f64.to_bits() {
            own.insert("loss_weight".to_owned(), Value::from(output.weight));
        }
        let lists = [
            ("metrics", &output.metrics),
            ("weighted_metrics", &output.weighted_metrics),
        ];
        for (key, metrics) in lists {
            if let Some(metrics) = metrics {
                own.insert(key.to_owned(), Value::Array(Vec::new()));
                insert_metrics(&mut own, (key, metrics), gaps);
            }
        }
        outputs.insert(output.name.clone(), Value::Table(own));
    }
    if !outputs.is_empty() {
        table.insert("outputs".to_owned(), Value::Table(outputs));
    }
    table
}

fn insert_loss(table: &mut Table, loss: &Loss, gaps: &mut Gaps) {
    match Value::try_from(loss) {
        Ok(value) => {
            table.insert("loss".to_owned(), value);
        }
        Err(_) => gaps.add("loss", format!("`{}` is the program's own", loss.name())),
    }
}

/// The metrics that can be written down, where there are any.
fn insert_metrics(table: &mut Table, (key, metrics): (&'static str, &[Metric]), gaps: &mut Gaps) {
    let mut known = Vec::new();
    for metric in metrics {
        match Value::try_from(metric) {
            Ok(metric) => known.push(metric),
            Err(_) => gaps.add(key, format!("`{}` is the program's own", metric.name())),
        }
    }
    if !known.is_empty() {
        table.insert(key.to_owned(), Value::Array(known));
    }
}

fn fit_settings(fit: &Fit, gaps: &mut Gaps) -> FitSettings {
    if fit.validation.is_some() {
        gaps.add("validation", "samples that the program gave");
    }
    if let Some(tune) = &fit.fine_tune {
        gaps.add("fine_tune", format!("two parts: {tune:?}"));
    }
    let callbacks = fit.callbacks.names();
    if !callbacks.is_empty() {
        gaps.add(
            "callbacks",
            format!("the program's: {}", callbacks.join(", ")),
        );
    }
    let mut settings = FitSettings {
        class_weight: fit.class_weights.iter().cloned().collect(),
        ..fit.settings.clone()
    };
    if fit.validation.is_some() {
        settings.validation_split = 0.0;
    }
    settings
}

/// The network as a list of layers, if it is one that can be written down.
fn network<M: Model>(model: &M) -> Option<Graph> {
    let description = model.description()?;
    if let Ok(network) = serde_json::from_str(&description) {
        return Some(network);
    }
    let config: MlpConfig = serde_json::from_str(&description).ok()?;
    let mut network = Sequential::new([config.num_features]);
    for units in config.hidden {
        network = network.add(Dense::new(units).with_activation(config.activation));
    }
    let classes = Dense::new(config.num_classes).with_activation(Activation::Softmax);
    Some(network.add(classes).into())
}

/// The text of a model file, if all layers are read as what it says.
fn model_text(network: &Graph, training: &Training) -> Option<String> {
    let layers = network.layers().iter().enumerate().map(|(index, layer)| {
        let mut table = LayerTable::new(layer)?;
        if !network.is_sequential() {
            table.inputs = Some(network.sources_of(index)?);
        }
        Some(table)
    });
    let layers: Option<Vec<LayerTable<'_>>> = layers.collect();
    let mut network_table = NetworkTable {
        name: network.name(),
        input_shape: None,
        outputs: None,
        inputs: None,
        layers: layers?,
    };
    match network.inputs() {
        [input] if network.is_sequential() => {
            network_table.input_shape = Some(sizes(input.shape()));
        }
        inputs => {
            let shapes = inputs
                .iter()
                .map(|input| (input.name().to_owned(), sizes(input.shape())));
            network_table.inputs = Some(shapes.collect());
            network_table.outputs = Some(network.output_sources());
        }
    }
    let text = toml::to_string(&network_table).ok()? + "\n" + &toml::to_string(training).ok()?;
    Some(text)
}

/// Shapes by name, in the order of the network.
struct Inputs(Vec<(String, Vec<i64>)>);

impl FromIterator<(String, Vec<i64>)> for Inputs {
    fn from_iter<I: IntoIterator<Item = (String, Vec<i64>)>>(inputs: I) -> Self {
        Self(inputs.into_iter().collect())
    }
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, shape)| (name, shape)))
    }
}

/// Sizes as a model file has them: -1 where one is not known.
fn sizes(shape: &Shape) -> Vec<i64> {
    let size = |axis: &Option<usize>| axis.and_then(|size| i64::try_from(size).ok()).unwrap_or(-1);
    shape.axes().iter().map(size).collect()
}

#[derive(Serialize)]
struct NetworkTable<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_shape: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<Inputs>,
    layers: Vec<LayerTable<'a>>,
}

/// A layer with its class, its name and its arguments.
#[derive(Serialize)]
struct LayerTable<'a> {
    class_name: Value,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trainable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<Vec<String>>,
    #[serde(flatten)]
    arguments: Table,
}

/// A layer as it is read again.
#[derive(Serialize)]
struct Read<'a> {
    class_name: &'a Value,
    config: &'a Table,
}

impl<'a> LayerTable<'a> {
    fn new(layer: &'a GraphLayer) -> Option<Self> {
        let described = serde_json::to_value(layer.layer()).ok()?;
        let arguments = match &described["config"] {
            serde_json::Value::Null => Table::new(),
            config => match to_toml(config)? {
                Value::Table(arguments) => arguments,
                _ => return None,
            },
        };
        let class_name = to_toml(&described["class_name"])?;
        let read = Read {
            class_name: &class_name,
            config: &arguments,
        };
        let read: AnyLayer = serde_json::to_value(read)
            .and_then(serde_json::from_value)
            .inspect_err(|error| log::warn!("the run cannot say what it trained: {error}"))
            .ok()?;
        if read != *layer.layer() {
            return None;
        }
        Some(Self {
            class_name,
            name: layer.name(),
            trainable: (!layer.is_trainable()).then_some(false),
            inputs: None,
            arguments,
        })
    }
}

/// The same value, absent fields left out; nothing for what TOML cannot hold.
fn to_toml(value: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as Json;

    Some(match value {
        Json::Null => return None,
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::from(number),
            None => Value::from(number.as_f64()?),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(values) => {
            let values: Option<Vec<Value>> = values.iter().map(to_toml).collect();
            Value::Array(values?)
        }
        Json::Object(fields) => {
            let present = fields.iter().filter(|(_, value)| !value.is_null());
            let fields: Option<Table> = present
                .map(|(name, value)| Some((name.clone(), to_toml(value)?)))
                .collect();
            Value::Table(fields?)
        }
    })
}
