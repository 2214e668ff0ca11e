//! The variables of an optimizer in Keras' files, `optimizer/vars/0` and those that follow.

use std::collections::BTreeMap;

use firebrick_model::{Graph, WeightValue};
use firebrick_spec::Spec;

use super::compiled::OptimizerVariables;
use super::hdf5::Hdf5;
use super::hdf5_writing::Numbers;
use super::optimizer_layout::{Layout, Role, Trained};
use super::weights::unreadable;
use crate::error::FormatProblem;
use crate::weight_names::weight_names;

/// Where they are.
pub(super) const PLACE: &str = "optimizer/vars";

/// A variable on its way into a file.
pub(super) enum Variable {
    Values(WeightValue),
    Count(i32),
}

impl Variable {
    pub(super) fn numbers(&self) -> Numbers<'_> {
        match self {
            Self::Values(value) => Numbers::Values(value),
            Self::Count(count) => Numbers::Count(*count),
        }
    }
}

/// The weights that training moves, in Keras' order.
///
/// # Errors
/// Layers that do not fit together.
pub(super) fn trained(graph: &Graph) -> Result<Vec<Trained>, FormatProblem> {
    let weights = weight_names(graph)?.into_iter().zip(graph.weights()?);
    let trained = weights.filter(|(_, (_, spec))| spec.is_trainable);
    Ok(trained
        .map(|(name, (_, spec))| Trained {
            name,
            shape: spec.shape,
        })
        .collect())
}

/// What the optimizer remembers; `None` for one that is not known, or in a file without variables of one.
///
/// # Errors
/// Variables that are missing, left over, of another shape or unreadable.
pub(super) fn read(
    found: &Hdf5,
    optimizer: &Spec,
    trained: &[Trained],
) -> Result<Option<OptimizerVariables>, FormatProblem> {
    let received = found.paths().filter(|path| is_variable(path)).count();
    let layout = Layout::of(optimizer, trained);
    let Some(layout) = layout.map_err(|reason| FormatProblem::Compile { reason })? else {
        return Ok(None);
    };
    if received == 0 {
        return Ok(None);
    }
    let expected = layout.variables.len();
    let before = layout.num_before_building();
    let variables = if received == before {
        &layout.variables[..before]
    } else if received == expected {
        &layout.variables[..]
    } else {
        return Err(FormatProblem::OptimizerVariables {
            optimizer: firebrick_model::shortened(optimizer.name()),
            expected,
            received,
        });
    };
    // All shapes are looked at before a value is read.
    for (index, (role, expected)) in variables.iter().enumerate() {
        let place = format!("{PLACE}/{index}");
        let weight = || called(*role, trained);
        let expected = expected.clone();
        let received = match found.shape(&place) {
            Some(shape) => shape.map_err(|reason| unreadable(&place, reason))?,
            None => {
                return Err(FormatProblem::MissingWeight {
                    weight: weight(),
                    expected,
                    place,
                });
            }
        };
        if received != expected {
            return Err(FormatProblem::WeightShape {
                weight: weight(),
                expected,
                received,
                place,
            });
        }
    }
    let mut read = OptimizerVariables::default();
    for (index, (role, _)) in variables.iter().enumerate() {
        let place = format!("{PLACE}/{index}");
        let gone = || "it is gone".to_owned();
        match role {
            Role::Iterations => {
                let count = found.count(&place).ok_or_else(gone).flatten();
                read.iterations = count.map_err(|reason| unreadable(&place, reason))?;
            }
            Role::Of(..) => {
                let value = found.values(&place).ok_or_else(gone).flatten();
                let value = value.map_err(|reason| unreadable(&place, reason))?;
                read.values.insert(called(*role, trained), value);
            }
            Role::LearningRate | Role::Product | Role::Nothing => {}
        }
    }
    if received == before && received < expected && read.iterations > 0 {
        return Err(FormatProblem::OptimizerVariables {
            optimizer: firebrick_model::shortened(optimizer.name()),
            expected,
            received,
        });
    }
    Ok(Some(read))
}

/// The variables with their places, of an optimizer that remembers these.
///
/// # Errors
/// An optimizer that is not known, values that are missing or of another shape.
pub(super) fn written(
    variables: &OptimizerVariables,
    optimizer: &Spec,
    trained: &[Trained],
) -> Result<Vec<(String, Variable)>, FormatProblem> {
    let compile = |reason: String| FormatProblem::Compile { reason };
    let layout = Layout::of(optimizer, trained).map_err(compile)?;
    let layout = layout.ok_or_else(|| {
        let name = firebrick_model::shortened(optimizer.name());
        compile(format!("Keras does not have the optimizer `{name}`"))
    })?;
    let rate = match optimizer.get("learning_rate") {
        Some(firebrick_spec::Value::Number(rate)) => *rate,
        _ => 0.001,
    };
    let mut written = Vec::new();
    for (index, (role, shape)) in layout.variables.iter().enumerate() {
        let place = format!("{PLACE}/{index}");
        let variable = match role {
            Role::Iterations => {
                Variable::Count(i32::try_from(variables.iterations).unwrap_or(i32::MAX))
            }
            Role::LearningRate => single(rate)?,
            Role::Nothing => single(0.0)?,
            Role::Product => single(product(
                layout.beta_1,
                variables.iterations / layout.accumulation_steps,
            ))?,
            Role::Of(..) => Variable::Values(value(
                &variables.values,
                called(*role, trained),
                shape,
                &place,
            )?),
        };
        written.push((place, variable));
    }
    Ok(written)
}

fn value(
    values: &BTreeMap<String, WeightValue>,
    weight: String,
    shape: &[usize],
    place: &str,
) -> Result<WeightValue, FormatProblem> {
    let (expected, place) = (shape.to_vec(), place.to_owned());
    match values.get(&weight) {
        Some(value) if value.shape() == shape => Ok(value.clone()),
        Some(value) => Err(FormatProblem::WeightShape {
            weight,
            expected,
            received: value.shape().to_vec(),
            place,
        }),
        None => Err(FormatProblem::MissingWeight {
            weight,
            expected,
            place,
        }),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "Keras has variables of single precision"
)]
fn single(value: f64) -> Result<Variable, FormatProblem> {
    Ok(Variable::Values(WeightValue::new([], [value as f32])?))
}

/// `u₁ · … · uₜ` of Nadam.
fn product(beta_1: f64, updates: u64) -> f64 {
    /// After so many it is 0 for any momentum that is used.
    const MOST: u64 = 1_000_000;
    let mut product = 1.0;
    let mut decay = 1.0;
    for _ in 0..updates.min(MOST) {
        decay *= 0.96;
        product *= beta_1 * (1.0 - 0.5 * decay);
        if product < 1e-38 {
            return 0.0;
        }
    }
    product
}

fn is_variable(path: &str) -> bool {
    path.strip_prefix(PLACE)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// What a variable is called, `dense/kernel/velocity`.
fn called(role: Role, trained: &[Trained]) -> String {
    match role {
        Role::Iterations => "iteration".to_owned(),
        Role::LearningRate => "learning_rate".to_owned(),
        Role::Product => "u_product".to_owned(),
        Role::Nothing => "nothing".to_owned(),
        Role::Of(index, name) => format!("{}/{name}", trained[index].name),
    }
}
