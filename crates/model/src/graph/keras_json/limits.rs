use firebrick_spec::{SpecError, SpecProblem, Value};

use super::json::{field, get, is_object};

/// The longest text that is read, in bytes; a network of a thousand layers has a million.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// How deep objects may lie in each other: layers in layers, networks in networks, and the initializers of the innermost.
const MAX_DEPTH: usize = 16;

/// How many calls a network may have when those of networks within it are written out. Each level counts threefold, since
/// shapes, weights and masks are inferred one after the other.
const MAX_CALLS: u64 = 1_000_000;

/// Makes sure that a network can be read in good time: a short text can describe a very long one, by calling a network that
/// calls another one, and so on.
///
/// # Errors
/// A network that is too deep or too long.
pub(super) fn check(network: &Value) -> Result<(), SpecError> {
    let calls = calls_of(network, 0)?;
    if calls > MAX_CALLS {
        return Err(refused(format!(
            "it calls its layers and those of the networks within it {calls} times, expected at most {MAX_CALLS}; \
             read the networks within it by themselves"
        )));
    }
    Ok(())
}

/// What is wrong with the text as a whole.
pub(super) fn refused(reason: String) -> SpecError {
    let thing = "the network's JSON".to_owned();
    SpecError::new(SpecProblem::Refused { thing, reason }, None)
}

fn calls_of(value: &Value, depth: usize) -> Result<u64, SpecError> {
    if depth > MAX_DEPTH {
        return Err(refused(format!(
            "objects lie in each other more than {MAX_DEPTH} deep, expected fewer; read the networks within it by themselves"
        )));
    }
    match value {
        Value::Table(_) if is_object(value) => {
            let within =
                get(value, "config").map_or(Ok(0), |config| calls_of(config, depth + 1))?;
            let calls = match field(value, "inbound_nodes") {
                Some(Value::List(nodes)) => nodes.len().max(1),
                _ => 1,
            };
            let calls = u64::try_from(calls).unwrap_or(u64::MAX);
            Ok(calls.saturating_mul(within.saturating_mul(3).saturating_add(1)))
        }
        Value::Table(items) | Value::List(items) => items.iter().try_fold(0_u64, |sum, item| {
            Ok(sum.saturating_add(calls_of(&item.value, depth)?))
        }),
        _ => Ok(0),
    }
}
