//! Windows that slide along the axes behind the channels, and what lies beyond the edges.

use serde_json::{Value as Json, json};

use crate::error::FormatProblem;
use crate::onnx::reading::node_call::NodeCall;
use crate::onnx::reading::value::Value;

/// A window, and how it moves.
pub(super) struct Window {
    pub(super) size: Vec<usize>,
    pub(super) strides: Vec<usize>,
    pub(super) dilation: Vec<usize>,
}

/// What goes before and behind each axis.
pub(super) enum Sides {
    /// So much that there is a place for each stride, the odd one behind.
    Same,
    Each(Vec<[usize; 2]>),
}

impl Window {
    /// That of a node, along so many axes.
    ///
    /// # Errors
    /// Another number of sizes, or such that are below 1.
    pub(super) fn of(
        call: &NodeCall<'_, '_>,
        num_axes: usize,
        size: Option<&[usize]>,
    ) -> Result<Self, FormatProblem> {
        let list = |name, default: Option<&[usize]>| match (call.ints(name), default) {
            (Some(ints), _) => sizes(call, name, ints, num_axes, 1),
            (None, Some(default)) => Ok(default.to_vec()),
            (None, None) => Err(call.refused_attribute(name, "is missing; save the model again")),
        };
        let ones = vec![1; num_axes];
        let window = Self {
            size: list("kernel_shape", size)?,
            strides: list("strides", Some(&ones))?,
            dilation: list("dilations", Some(&ones))?,
        };
        if size.is_some_and(|size| size != window.size) {
            let reason = format!(
                "is {:?}, its kernel says {size:?}; save the model again",
                window.size
            );
            return Err(call.refused_attribute("kernel_shape", reason));
        }
        Ok(window)
    }

    /// What it covers from its first to its last element.
    pub(super) fn span(&self, axis: usize) -> usize {
        (self.size[axis] - 1)
            .saturating_mul(self.dilation[axis])
            .saturating_add(1)
    }

    /// What Keras' `same` puts before and behind an axis, if that is known.
    fn same(&self, axis: usize, size: Option<usize>) -> Option<[usize; 2]> {
        let stride = self.strides[axis];
        let total = match size {
            Some(size) => {
                let positions = size.div_ceil(stride);
                let reach = positions
                    .saturating_sub(1)
                    .saturating_mul(stride)
                    .saturating_add(self.span(axis));
                reach.saturating_sub(size)
            }
            None if stride == 1 => self.span(axis) - 1,
            None => return None,
        };
        Some([total / 2, total - total / 2])
    }

    /// What the attributes `auto_pad` and `pads` put beside axes of these sizes.
    ///
    /// # Errors
    /// Paddings that are none, or depend on sizes that are not known.
    pub(super) fn sides(
        &self,
        call: &NodeCall<'_, '_>,
        places: &[Option<usize>],
    ) -> Result<Sides, FormatProblem> {
        let num_axes = places.len();
        let pads = call.ints("pads");
        Ok(match call.text("auto_pad", "NOTSET")?.as_str() {
            "SAME_UPPER" => Sides::Same,
            "SAME_LOWER" => {
                let sides = places.iter().enumerate().map(|(axis, size)| {
                    let [less, more] = self.same(axis, *size)?;
                    Some([more, less])
                });
                Sides::Each(sides.collect::<Option<Vec<_>>>().ok_or_else(|| {
                    call.refused_attribute(
                        "auto_pad",
                        "is SAME_LOWER along an axis whose size is not known; export with the input's own size",
                    )
                })?)
            }
            "VALID" => Sides::Each(vec![[0, 0]; num_axes]),
            "NOTSET" => match pads {
                None => Sides::Each(vec![[0, 0]; num_axes]),
                Some(pads) => {
                    let pads = sizes(call, "pads", pads, 2 * num_axes, 0)?;
                    let (before, behind) = pads.split_at(num_axes);
                    let sides = before
                        .iter()
                        .zip(behind)
                        .map(|(before, behind)| [*before, *behind]);
                    Sides::Each(sides.collect())
                }
            },
            other => {
                return Err(
                    call.refused_attribute("auto_pad", format!("is `{other}`, which is not known"))
                );
            }
        })
    }

    /// Whether sides are those of Keras' `same`.
    pub(super) fn are_same(&self, sides: &[[usize; 2]], places: &[Option<usize>]) -> bool {
        let mut all = sides.iter().zip(places).enumerate();
        all.all(|(axis, (sides, size))| self.same(axis, *size) == Some(*sides))
    }
}

/// Whole numbers of an attribute, from a least one on.
///
/// # Errors
/// Another number of them, or others.
pub(super) fn sizes(
    call: &NodeCall<'_, '_>,
    name: &str,
    ints: &[i64],
    count: usize,
    least: usize,
) -> Result<Vec<usize>, FormatProblem> {
    /// Far more than any window or padding has.
    const MOST: usize = 1 << 20;
    let all = ints.iter().map(|int| usize::try_from(*int).ok());
    let all: Option<Vec<usize>> = all
        .map(|int| int.filter(|int| (least..=MOST).contains(int)))
        .collect();
    all.filter(|all| all.len() == count).ok_or_else(|| {
        let first = &ints[..ints.len().min(8)];
        call.refused_attribute(
            name,
            format!("is {first:?}, expected {count} numbers from {least} to {MOST}"),
        )
    })
}

/// Zeros beside each axis between samples and channels.
///
/// # Errors
/// More axes than there are layers for.
pub(super) fn zeros_beside(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    sides: &[[usize; 2]],
) -> Result<Value, FormatProblem> {
    if sides.iter().all(|sides| *sides == [0, 0]) {
        return Ok(x.clone());
    }
    let padding: Json = match sides {
        [sides] => json!(sides),
        sides => json!(sides),
    };
    let class_name = format!("ZeroPadding{}D", sides.len());
    let y = call.plain(&class_name, json!({"padding": padding}), x)?;
    Ok(Value {
        is_positive: x.is_positive,
        ..y
    })
}
