//! Tensors that are taken one after the other.

use std::collections::VecDeque;

use firebrick_model::{Graph, WeightValue};

use super::{check_unused, of_modules};
use crate::counterparts::{Counterpart, Expected, counterparts};
use crate::error::FormatProblem;
use crate::stored_tensor::StoredTensor;
use crate::weight_names::{Names, weight_names};

/// What modules of PyTorch call their tensors.
const OF_PYTORCH: &[&str] = &[
    "weight",
    "bias",
    "running_mean",
    "running_var",
    "in_proj_weight",
    "in_proj_bias",
    "weight_ih",
    "weight_hh",
    "bias_ih",
    "bias_hh",
];

/// The weights of a network by the order of tensors.
///
/// # Errors
/// Tensors that are missing, left over, of another shape or unreadable.
pub(super) fn weights(
    graph: &Graph,
    tensors: Vec<StoredTensor<'_>>,
    names: Option<Names>,
) -> Result<(Vec<WeightValue>, Names), FormatProblem> {
    let names = names.unwrap_or_else(|| {
        // `dense/kernel`, which no module of PyTorch is called.
        if tensors.iter().all(|tensor| tensor.name.contains('/')) {
            Names::Own
        } else {
            Names::PyTorch
        }
    });
    let weights = match names {
        Names::Own => of_own(graph, tensors)?,
        Names::PyTorch => of_pytorch(graph, &counterparts(graph)?, tensors)?,
    };
    Ok((weights, names))
}

fn of_own(
    graph: &Graph,
    tensors: Vec<StoredTensor<'_>>,
) -> Result<Vec<WeightValue>, FormatProblem> {
    let mut left: VecDeque<_> = tensors.into();
    let own = weight_names(graph)?.into_iter().zip(graph.weights()?);
    let weights = own.map(|(name, (_, spec))| {
        let expected = Expected {
            weight: name.clone(),
            name,
            shape: spec.shape,
        };
        fitting(left.pop_front(), &expected)?.value()
    });
    let weights = weights.collect::<Result<Vec<_>, _>>()?;
    check_unused(left)?;
    Ok(weights)
}

/// The weights of modules, each of which takes as many tensors as it has.
///
/// # Errors
/// Those of [`weights`].
pub(super) fn of_pytorch(
    graph: &Graph,
    all: &[Counterpart],
    tensors: Vec<StoredTensor<'_>>,
) -> Result<Vec<WeightValue>, FormatProblem> {
    let mut left: VecDeque<_> = tensors.into();
    let mut taken = Vec::with_capacity(all.len());
    for module in all {
        let expected = module.expected();
        let length = expected.len().min(left.len());
        let own = sorted(left.drain(..length).collect(), &expected);
        let mut own = own.into_iter();
        let fitted = expected
            .iter()
            .map(|expected| fitting(own.next(), expected));
        taken.push(fitted.collect::<Result<Vec<_>, _>>()?);
    }
    check_unused(left)?;
    of_modules(graph, all, taken)
}

/// The tensors of a module as they are expected, if all have the names for it; else as they are.
fn sorted<'a>(tensors: Vec<StoredTensor<'a>>, expected: &[Expected]) -> Vec<StoredTensor<'a>> {
    let module = |expected: &Expected, tensor: &StoredTensor<'_>| {
        let rest = tensor.name.strip_suffix(expected.name.as_str())?;
        (rest.is_empty() || rest.ends_with('.')).then(|| rest.to_owned())
    };
    let all = expected.first().and_then(|first| {
        let mut modules = tensors.iter().filter_map(|tensor| module(first, tensor));
        modules.next()
    });
    let place_of = |expected: &Expected| {
        let mut tensors = tensors.iter();
        tensors.position(|tensor| module(expected, tensor) == all)
    };
    let places: Option<Vec<usize>> = expected.iter().map(place_of).collect();
    let Some(places) = places.filter(|_| all.is_some()) else {
        return tensors;
    };
    let mut tensors: Vec<_> = tensors.into_iter().map(Some).collect();
    let mut taken = Vec::with_capacity(places.len());
    for place in places {
        taken.extend(tensors.get_mut(place).and_then(Option::take));
    }
    taken
}

/// The tensor, if it is one that is expected.
fn fitting<'a>(
    tensor: Option<StoredTensor<'a>>,
    expected: &Expected,
) -> Result<StoredTensor<'a>, FormatProblem> {
    let is_called_otherwise = |name: &str| {
        let own = kind(&expected.name);
        let given = kind(name);
        own != given && OF_PYTORCH.contains(&own) && OF_PYTORCH.contains(&given)
    };
    match tensor {
        Some(tensor) if tensor.shape == expected.shape && !is_called_otherwise(&tensor.name) => {
            Ok(tensor)
        }
        other => Err(FormatProblem::OutOfOrder {
            weight: expected.weight.clone(),
            name: expected.name.clone(),
            expected: expected.shape.clone(),
            next: other.map(|tensor| (tensor.name, tensor.shape)),
        }),
    }
}

/// `weight_ih` of `encoder.lstm.weight_ih_l1_reverse`.
fn kind(name: &str) -> &str {
    let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
    match last.rfind("_l") {
        Some(place) if last[place + 2..].starts_with(|digit: char| digit.is_ascii_digit()) => {
            &last[..place]
        }
        _ => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_tensor_is_without_module_and_layer() {
        assert_eq!(kind("encoder.lstm.weight_ih_l1_reverse"), "weight_ih");
        assert_eq!(kind("0.weight"), "weight");
        assert_eq!(kind("running_lag"), "running_lag");
    }
}
