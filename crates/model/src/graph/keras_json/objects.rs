//! Layers and what stands in their arguments, as Keras writes objects: `{"module": …, "class_name": …, "config": …}`.

use firebrick_spec::{Argument, Spec, SpecError, SpecProblem, Value, camel_case};

use super::calls::Signature;
use super::json::{field, get_text, is_object, items, list, table, wrong};
use super::writing::network;
use crate::activation::Activation;
use crate::graph::{Graph, Sequential};
use crate::layer::{AnyLayer, NewLayer};
use crate::shape::Shape;

/// An object of Keras', e.g. of the module `keras.layers`.
pub(super) fn object(module: &str, class_name: &str, config: Vec<Argument>) -> Value {
    table([
        ("module", module.into()),
        ("class_name", class_name.into()),
        ("config", Value::Table(config)),
        ("registered_name", Value::Null),
    ])
}

/// How networks compute.
pub(super) fn float32() -> Value {
    let config = vec![Argument::new("name", "float32")];
    object("keras", "DTypePolicy", config)
}

/// A layer in the place of a network, or within another layer, where it has no name.
pub(super) struct Written<'a> {
    pub(super) layer: &'a AnyLayer,
    pub(super) name: Option<&'a str>,
    pub(super) is_trainable: bool,
    /// What enters, where that is known.
    pub(super) input: Option<&'a Shape>,
}

impl Written<'_> {
    /// What errors call it.
    fn thing(&self) -> String {
        let class_name = self.layer.class_name();
        match self.name {
            Some(name) => format!("the layer `{name}` ({class_name})"),
            None => format!("the layer {class_name}"),
        }
    }

    /// The object, and those of the arguments of the layer that Keras has at its calls.
    ///
    /// # Errors
    /// A layer that is code, and what Keras has no word for.
    pub(super) fn object(&self) -> Result<(Value, Vec<String>), SpecError> {
        let class_name = self.layer.class_name();
        if let Some(graph) = as_graph(self.layer) {
            let network = network(graph, self.is_trainable).map_err(|error| {
                let (thing, reason) = (self.thing(), error.to_string());
                SpecError::new(SpecProblem::Refused { thing, reason }, None)
            })?;
            return Ok((network, Vec::new()));
        }
        let thing = self.thing();
        if class_name == "WithMask" {
            let reason = "Keras has no such layer: it takes a mask at a call, which is not written yet; leave it out";
            return Err(SpecError::new(
                SpecProblem::Refused {
                    thing,
                    reason: reason.to_owned(),
                },
                None,
            ));
        }
        let mut config = Vec::new();
        if let Some(name) = self.name {
            config.push(Argument::new("name", name));
        }
        // Keras' constructors of these do not take it.
        let is_never_trained = ["Discretization", "HashedCrossing"].contains(&class_name);
        if !is_never_trained && !class_name.starts_with("SpatialDropout") {
            config.push(Argument::new("trainable", self.is_trainable));
        }
        // Keras derives that of the numbers that it gives.
        if class_name != "HashedCrossing" {
            config.push(Argument::new("dtype", float32()));
        }
        let mut switches = Vec::new();
        let spec = self.layer.to_spec().map_err(|error| {
            let (thing, reason) = (thing.clone(), error.to_string());
            SpecError::new(SpecProblem::Refused { thing, reason }, error.at())
        })?;
        for argument in spec.arguments() {
            if Signature::of(class_name)
                .of_calls()
                .any(|name| name == argument.name)
            {
                if argument.value == Value::Bool(true) {
                    switches.push(argument.name.clone());
                }
            } else if argument.name != "batch_size" || !is_recurrent(class_name) {
                let value = adapted(&argument.name, argument.value.clone(), &thing)?;
                config.push(Argument::new(argument.name.clone(), value));
            }
        }
        if class_name == "Normalization" {
            self.spread_statistics(&mut config)?;
        }
        let mut written = object("keras.layers", class_name, config);
        if !self.layer.is_of_keras() {
            registered(&mut written, class_name);
        }
        Ok((written, switches))
    }

    /// Writes the statistics of a `Normalization` along its axes, as Keras wants them: a number where there are none, lists
    /// of lists where there are several.
    fn spread_statistics(&self, config: &mut [Argument]) -> Result<(), SpecError> {
        let given = config.iter().find(|argument| argument.name == "axis");
        let axes: Vec<i128> = match given.map(|argument| &argument.value) {
            Some(Value::List(items)) => items
                .iter()
                .filter_map(|axis| match axis.value {
                    Value::Integer(axis) => Some(axis),
                    _ => None,
                })
                .collect(),
            Some(Value::Null) => Vec::new(),
            _ => return Ok(()),
        };
        let statistics = config
            .iter_mut()
            .filter(|argument| ["mean", "variance"].contains(&argument.name.as_str()));
        for statistic in statistics {
            let Value::List(numbers) = &mut statistic.value else {
                continue;
            };
            if axes.is_empty() && numbers.len() == 1 {
                statistic.value = numbers.remove(0).value;
            } else if axes.len() > 1 && numbers.len() > 1 {
                let sizes = self.input.map(|shape| sizes_along(shape, &axes));
                let Some(sizes) = sizes.flatten() else {
                    let reason = "Keras wants the sizes of the axes, which are not known here; normalize along a single axis";
                    return Err(wrong(&self.thing(), &statistic.name, reason));
                };
                let numbers = std::mem::take(numbers).into_iter().map(|item| item.value);
                statistic.value = in_lists(numbers.collect(), &sizes);
            }
        }
        Ok(())
    }
}

/// The sizes along axes, of which 0 is the batch axis; in the order of the axes of a batch, as statistics are.
fn sizes_along(shape: &Shape, axes: &[i128]) -> Option<Vec<usize>> {
    let rank = i128::try_from(shape.rank()).ok()? + 1;
    let mut places: Vec<i128> = axes.iter().map(|axis| axis.rem_euclid(rank)).collect();
    places.sort_unstable();
    let sizes = places.into_iter().map(|place| {
        let place = usize::try_from(place).ok()?.checked_sub(1)?;
        shape.axes().get(place).copied().flatten()
    });
    sizes.collect()
}

/// Numbers as lists of lists.
fn in_lists(mut numbers: Vec<Value>, sizes: &[usize]) -> Value {
    for size in sizes.iter().skip(1).rev() {
        let rows = numbers.chunks((*size).max(1));
        numbers = rows.map(|row| list(row.to_vec())).collect();
    }
    list(numbers)
}

/// One of a user's own, as Keras' `register_keras_serializable` names it.
fn registered(object: &mut Value, class_name: &str) {
    let Value::Table(arguments) = object else {
        return;
    };
    for argument in arguments {
        match argument.name.as_str() {
            "module" => argument.value = Value::Null,
            "registered_name" => argument.value = format!("Custom>{class_name}").into(),
            _ => {}
        }
    }
}

/// The network that a layer is, if it is one.
pub(super) fn as_graph(layer: &AnyLayer) -> Option<&Graph> {
    let line = layer.downcast_ref::<Sequential>().map(Sequential::as_line);
    layer.downcast_ref::<Graph>().or(line)
}

/// Whether the layer says of how many samples it keeps the states, which Keras takes from the input.
pub(super) fn is_recurrent(class_name: &str) -> bool {
    Signature::of(class_name)
        .arguments()
        .contains(&"initial_state")
}

/// The value of an argument as Keras writes it.
fn adapted(name: &str, value: Value, thing: &str) -> Result<Value, SpecError> {
    for kind in ["initializer", "regularizer", "constraint"] {
        if name.ends_with(kind) {
            return Ok(rule(kind, value));
        }
    }
    if name.ends_with("activation") {
        return activation(name, value, thing);
    }
    match value {
        Value::List(values) => {
            let values = values.into_iter();
            let values = values.map(|item| adapted(name, item.value, thing));
            Ok(list(values.collect::<Result<Vec<_>, _>>()?))
        }
        layer if is_object(&layer) => within(name, layer, thing),
        other => Ok(other),
    }
}

/// An initializer, a regularizer or a constraint: by name, with arguments, or none.
fn rule(kind: &str, value: Value) -> Value {
    let module = format!("keras.{kind}s");
    match &value {
        Value::Text(name) => object(&module, &camel_case(name), Vec::new()),
        Value::Table(_) => {
            let config = match field(&value, "config") {
                Some(Value::Table(arguments)) => arguments.clone(),
                _ => Vec::new(),
            };
            object(
                &module,
                get_text(&value, "class_name").unwrap_or_default(),
                config,
            )
        }
        _ => value,
    }
}

/// A layer within an argument of another.
fn within(name: &str, value: Value, thing: &str) -> Result<Value, SpecError> {
    let spec = Spec::from_value(value, "layer")?;
    alone(&AnyLayer::from_spec(&spec)?.into())
        .map_err(|error| wrong(thing, name, error.to_string()))
}

/// A layer without calls.
pub(super) fn alone(layer: &NewLayer) -> Result<Value, SpecError> {
    let written = Written {
        layer: &layer.layer,
        name: layer.name.as_deref(),
        is_trainable: layer.trainable,
        input: None,
    };
    let (object, switches) = written.object()?;
    match switches.first() {
        None => Ok(object),
        Some(switch) => Err(wrong(
            &written.thing(),
            switch,
            "Keras has it at the calls of the layer, expected it to be off where none is written",
        )),
    }
}

/// An activation by its name, or Keras' layer of the same name where it has arguments.
fn activation(name: &str, value: Value, thing: &str) -> Result<Value, SpecError> {
    let activation = match value {
        Value::Null => return Ok(Value::Null),
        Value::Text(text) => text.parse().map_err(|_known| unknown(name, &text, thing))?,
        table => Activation::from_spec(&Spec::from_value(table, "activation")?)?,
    };
    let numbers = |numbers: &[(&str, Option<f64>)]| {
        let numbers = numbers.iter();
        let numbers = numbers.map(|(name, number)| Argument::new(*name, *number));
        numbers.collect()
    };
    let (class_name, config) = match activation {
        Activation::ELU | Activation::LEAKY_RELU => return Ok(activation.to_string().into()),
        Activation::Elu { alpha } => ("ELU", numbers(&[("alpha", Some(alpha))])),
        Activation::LeakyRelu { negative_slope } => (
            "LeakyReLU",
            numbers(&[("negative_slope", Some(negative_slope))]),
        ),
        Activation::BentRelu {
            max_value,
            negative_slope,
            threshold,
        } => (
            "ReLU",
            numbers(&[
                ("max_value", max_value),
                ("negative_slope", Some(negative_slope)),
                ("threshold", Some(threshold)),
            ]),
        ),
        Activation::GeluApproximate | Activation::Threshold { .. } => {
            return Err(unknown(name, &activation.to_string(), thing));
        }
        named => return Ok(named.to_string().into()),
    };
    Ok(object("keras.layers", class_name, config))
}

fn unknown(argument: &str, activation: &str, thing: &str) -> SpecError {
    let reason = format!("Keras has no name for the activation `{activation}`; choose another one");
    wrong(thing, argument, reason)
}

/// The number of samples of a batch that a layer keeps states of, if it does.
pub(super) fn kept_batch_size(layer: &AnyLayer) -> Option<Value> {
    fn find(value: &Value) -> Option<&Value> {
        match value {
            Value::Table(arguments) => field(value, "batch_size")
                .filter(|size| {
                    **size != Value::Null && field(value, "stateful") == Some(&Value::Bool(true))
                })
                .or_else(|| arguments.iter().find_map(|argument| find(&argument.value))),
            Value::List(_) => items(value).iter().find_map(|item| find(&item.value)),
            _ => None,
        }
    }
    let spec = layer.to_spec().ok()?;
    find(&Value::Table(spec.arguments().to_vec())).cloned()
}
