use firebrick_spec::{Argument, Spec, SpecError, Value, snake_case};

use super::calls::TENSOR;
use super::json::{get, get_text, items, wrong};
use crate::activation::Activation;
use crate::layer::AnyLayer;

/// Where Keras keeps its functions.
const MODULES: &str = "keras.src.ops.";

/// Whether an entry among the layers is a function, such as the sum of `x + y`, or what makes a mask.
pub(super) fn is_operation(entry: &Value) -> bool {
    get_text(entry, "module").is_some_and(|module| module.starts_with(MODULES))
}

/// The layer that does the same as a function, and what it is called on; `whose` is for errors.
///
/// # Errors
/// A function that no layer is the same as.
pub(super) fn as_layer<'a>(
    entry: &Value,
    node: &'a Value,
    whose: &str,
) -> Result<(AnyLayer, Vec<&'a Value>), SpecError> {
    let class_name = get_text(entry, "class_name").unwrap_or_default();
    let mut operands: Vec<&Value> = items(get(node, "args").unwrap_or(&Value::Null))
        .iter()
        .map(|argument| &argument.value)
        .collect();
    if class_name == "Concatenate"
        && let [Value::List(several)] = operands.as_slice()
    {
        operands = several.iter().map(|argument| &argument.value).collect();
    }
    let tensors: Option<Vec<&Value>> = operands.iter().map(|value| tensor(value)).collect();
    let arguments = arguments(entry);
    if let Some(Value::Table(named)) = get(node, "kwargs")
        && let Some(other) = named.iter().find(|argument| argument.value != Value::Null)
    {
        return Err(unknown(whose, &other.name));
    }
    match (class_name, tensors) {
        (
            "Add" | "Subtract" | "Multiply" | "Maximum" | "Minimum" | "Concatenate",
            Some(tensors),
        ) if tensors.len() > 1 => {
            if class_name != "Concatenate" {
                check_ranks(&tensors, whose)?;
            }
            let spec = Spec::new(class_name).with_arguments(arguments);
            Ok((AnyLayer::from_spec(&spec)?, tensors))
        }
        (_, Some(tensors)) if tensors.len() == 1 => {
            let layer = of_one(class_name, arguments, whose)?;
            Ok((layer, tensors))
        }
        _ => scaling(class_name, &operands)
            .filter(|_| arguments.is_empty())
            .ok_or_else(|| unknown(whose, class_name))
            .and_then(|(scale, offset, tensor)| {
                let spec = Spec::new("Rescaling")
                    .with("scale", scale)
                    .with("offset", offset);
                Ok((AnyLayer::from_spec(&spec)?, vec![tensor]))
            }),
    }
}

/// The arguments of a function but for its name.
fn arguments(entry: &Value) -> Vec<Argument> {
    match get(entry, "config") {
        Some(Value::Table(arguments)) => {
            let own = arguments.iter().filter(|argument| argument.name != "name");
            own.cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// What stands for a tensor, if it is one.
fn tensor(value: &Value) -> Option<&Value> {
    (get_text(value, "class_name") == Some(TENSOR))
        .then(|| get(value, "config"))
        .flatten()
}

/// A function of one tensor: the negative, or an activation.
fn of_one(
    class_name: &str,
    mut arguments: Vec<Argument>,
    whose: &str,
) -> Result<AnyLayer, SpecError> {
    let mut name = match class_name {
        "Negative" if arguments.is_empty() => {
            return AnyLayer::from_spec(&Spec::new("Rescaling").with("scale", -1.0));
        }
        "Exp" => "exponential".to_owned(),
        _ => snake_case(class_name),
    };
    if class_name == "Gelu" {
        let is_approximate = |argument: &Argument| {
            argument.name == "approximate" && argument.value == Value::Bool(true)
        };
        if arguments.iter().any(is_approximate) {
            "gelu_approximate".clone_into(&mut name);
        }
        arguments.retain(|argument| argument.name != "approximate");
    }
    let activation = Activation::from_spec(&Spec::new(name).with_arguments(arguments))
        .map_err(|_about_layers| unknown(whose, class_name))?;
    let spec = Spec::new("Activation").with("activation", activation.to_string());
    AnyLayer::from_spec(&spec)
}

/// Scale and offset of what is done with a tensor and a number.
fn scaling<'a>(class_name: &str, operands: &[&'a Value]) -> Option<(f64, f64, &'a Value)> {
    let [left, right] = operands else {
        return None;
    };
    match (class_name, tensor(left), number(right)) {
        ("Add", Some(x), Some(number)) => return Some((1.0, number, x)),
        ("Subtract", Some(x), Some(number)) => return Some((1.0, -number, x)),
        ("Multiply", Some(x), Some(number)) => return Some((number, 0.0, x)),
        ("Divide" | "TrueDivide", Some(x), Some(number)) => return Some((1.0 / number, 0.0, x)),
        _ => {}
    }
    match (class_name, number(left), tensor(right)) {
        ("Add", Some(number), Some(x)) => Some((1.0, number, x)),
        ("Subtract", Some(number), Some(x)) => Some((-1.0, number, x)),
        ("Multiply", Some(number), Some(x)) => Some((number, 0.0, x)),
        _ => None,
    }
}

/// A number, as constants of functions are written.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "networks compute in single precision"
        )]
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// Functions go by the axes from the last one on, layers from the batch on.
fn check_ranks(tensors: &[&Value], whose: &str) -> Result<(), SpecError> {
    let rank = |tensor: &&Value| get(tensor, "shape").map(|shape| items(shape).len());
    let first = tensors.first().and_then(rank);
    if tensors.iter().all(|tensor| rank(tensor) == first) {
        return Ok(());
    }
    Err(wrong(
        whose,
        "args",
        "expected tensors of as many axes as each other; bring them to one shape by a Reshape",
    ))
}

fn unknown(whose: &str, what: &str) -> SpecError {
    let reason = format!(
        "`{what}` of keras.ops is done by no layer here in this way; expected a sum, difference, product, maximum, minimum or \
         concatenation of tensors, a tensor and a number, or an activation: write it as layers in Keras"
    );
    wrong(whose, "args", reason)
}
