//! Tensors that are found by their names.

use std::collections::BTreeMap;

use firebrick_model::{Graph, WeightValue};

use super::{check_unused, in_order, of_modules};
use crate::counterparts::{Counterpart, Expected, counterparts};
use crate::error::FormatProblem;
use crate::stored_tensor::StoredTensor;
use crate::weight_names::{Names, weight_names};

/// The weights of a network by the names of tensors, and whose names those are.
///
/// # Errors
/// Tensors that are missing, left over, of another shape or unreadable.
pub(super) fn weights(
    graph: &Graph,
    tensors: Vec<StoredTensor<'_>>,
    names: Option<Names>,
) -> Result<(Vec<WeightValue>, Names), FormatProblem> {
    let own = weight_names(graph)?;
    let names = names.unwrap_or_else(|| {
        if tensors.iter().any(|tensor| own.contains(&tensor.name)) {
            Names::Own
        } else {
            Names::PyTorch
        }
    });
    let weights = match names {
        Names::Own => by_own_names(graph, own, tensors)?,
        Names::PyTorch => by_modules(graph, tensors)?,
    };
    Ok((weights, names))
}

fn by_own_names(
    graph: &Graph,
    own: Vec<String>,
    tensors: Vec<StoredTensor<'_>>,
) -> Result<Vec<WeightValue>, FormatProblem> {
    let mut found = by_their_names(tensors);
    let specs = graph.weights()?;
    let weights = own.into_iter().zip(specs).map(|(name, (_, spec))| {
        let expected = Expected {
            weight: name.clone(),
            shape: spec.shape,
            name,
        };
        taken(&mut found, expected.name.clone(), &expected)?.value()
    });
    let weights = weights.collect::<Result<Vec<_>, _>>()?;
    check_unused(found.into_values())?;
    Ok(weights)
}

fn by_modules(
    graph: &Graph,
    mut tensors: Vec<StoredTensor<'_>>,
) -> Result<Vec<WeightValue>, FormatProblem> {
    let all = counterparts(graph)?;
    if !are_there(&all, &tensors, 0) {
        match common_beginning(&all, &tensors) {
            Some(length) => {
                for tensor in &mut tensors {
                    tensor.name.drain(..length);
                }
            }
            None if num_modules(&tensors) == all.len() => {
                return in_order::of_pytorch(graph, &all, tensors);
            }
            None => {}
        }
    }
    let mut found = by_their_names(tensors);
    let of_module = |module: &Counterpart| {
        let expected = module.expected().into_iter().map(|expected| {
            let place = format!("{}.{}", module.prefix(), expected.name);
            taken(&mut found, place, &expected)
        });
        expected.collect::<Result<Vec<_>, _>>()
    };
    let taken = all.iter().map(of_module).collect::<Result<Vec<_>, _>>()?;
    check_unused(found.into_values())?;
    of_modules(graph, &all, taken)
}

fn by_their_names(tensors: Vec<StoredTensor<'_>>) -> BTreeMap<String, StoredTensor<'_>> {
    let tensors = tensors.into_iter();
    tensors
        .map(|tensor| (tensor.name.clone(), tensor))
        .collect()
}

/// Takes a tensor out.
fn taken<'a>(
    found: &mut BTreeMap<String, StoredTensor<'a>>,
    place: String,
    expected: &Expected,
) -> Result<StoredTensor<'a>, FormatProblem> {
    let Some(tensor) = found.remove(&place) else {
        return Err(FormatProblem::MissingWeight {
            weight: expected.weight.clone(),
            expected: expected.shape.clone(),
            place,
        });
    };
    if tensor.shape == expected.shape {
        return Ok(tensor);
    }
    Err(FormatProblem::WeightShape {
        weight: expected.weight.clone(),
        expected: expected.shape.clone(),
        received: tensor.shape,
        place,
    })
}

/// Whether a tensor of any layer is there, if that many letters of all names don't count.
fn are_there(all: &[Counterpart], tensors: &[StoredTensor<'_>], skipped: usize) -> bool {
    let is_of = |module: &Counterpart, name: &str| {
        let rest = name.strip_prefix(module.prefix());
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    tensors.iter().any(|tensor| {
        let name = &tensor.name[skipped..];
        all.iter().any(|module| is_of(module, name))
    })
}

/// The length of what all names begin with, such as `module.`, without which those of layers are there.
fn common_beginning(all: &[Counterpart], tensors: &[StoredTensor<'_>]) -> Option<usize> {
    let first = &tensors.first()?.name;
    let ends = first.match_indices('.').map(|(place, _)| place + 1);
    let mut ends = ends.take_while(|end| {
        let start = &first[..*end];
        tensors.iter().all(|tensor| tensor.name.starts_with(start))
    });
    ends.find(|end| are_there(all, tensors, *end))
}

fn num_modules(tensors: &[StoredTensor<'_>]) -> usize {
    let names = tensors.iter().filter_map(|tensor| {
        let (module, _) = tensor.name.rsplit_once('.')?;
        Some(module)
    });
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}
