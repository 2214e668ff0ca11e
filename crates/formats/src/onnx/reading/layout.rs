//! Axes in another order, where a layer needs them so.

use firebrick_model::Shape;
use serde_json::json;

use super::node_call::NodeCall;
use super::value::{Value, channels_last, in_order};
use crate::error::FormatProblem;

impl NodeCall<'_, '_> {
    /// A value whose axes are those of the file's tensor in this order.
    ///
    /// # Errors
    /// An order with other samples.
    pub(super) fn ordered(&mut self, x: &Value, order: &[usize]) -> Result<Value, FormatProblem> {
        if x.order == order {
            return Ok(x.clone());
        }
        if x.order.first() != order.first() || x.order.len() != order.len() {
            return Err(self.refused(
                "it takes the samples along another axis than the first; export with the batch first",
            ));
        }
        let places: Option<Vec<usize>> = order.iter().map(|axis| x.place(*axis)).collect();
        let places = places.ok_or_else(|| self.refused("it takes axes that there are not"))?;
        let sizes: Vec<Option<usize>> = places[1..]
            .iter()
            .map(|place| x.shape.axes()[place - 1])
            .collect();
        // Axes of a single place can be anywhere.
        let moving = places[1..]
            .iter()
            .zip(&sizes)
            .filter(|(_, size)| **size != Some(1));
        let are_known = sizes.iter().filter(|size| size.is_none()).count() <= 1;
        let y = if are_known && moving.map(|(place, _)| *place).is_sorted() {
            self.reshaped(x, sizes)?
        } else {
            self.plain("Permute", json!({"dims": places[1..]}), x)?
        };
        Ok(Value {
            order: order.to_vec(),
            kind: x.kind,
            is_positive: x.is_positive,
            ..y
        })
    }

    /// A value with its axes as the file has them, the samples first; a flat one becomes flat.
    ///
    /// # Errors
    /// None but those of layers.
    pub(super) fn in_order(&mut self, x: &Value) -> Result<Value, FormatProblem> {
        let batch = x.order.first().copied().unwrap_or_default();
        let own = self.ordered(x, &in_order(batch, x.order.len()))?;
        if !x.is_flat {
            return Ok(own);
        }
        self.flat(&own)
    }

    /// A value that is no longer only called flat.
    ///
    /// # Errors
    /// None but those of layers.
    pub(super) fn unfolded(&mut self, x: &Value) -> Result<Value, FormatProblem> {
        if x.is_flat {
            self.in_order(x)
        } else {
            Ok(x.clone())
        }
    }

    /// The numbers as they lie, along one axis.
    ///
    /// # Errors
    /// None but those of layers.
    pub(super) fn flat(&mut self, x: &Value) -> Result<Value, FormatProblem> {
        let y = match x.shape.num_elements() {
            Some(elements)
                if x.before
                    .as_ref()
                    .is_some_and(|(_, shape)| *shape == [elements]) =>
            {
                self.reshaped(x, vec![Some(elements)])?
            }
            _ => self.plain("Flatten", json!({}), x)?,
        };
        Ok(Value {
            order: vec![0, 1],
            is_flat: false,
            kind: x.kind,
            is_positive: x.is_positive,
            ..y
        })
    }

    /// A value with its channels last, for operators that have them after the samples.
    ///
    /// # Errors
    /// A value of fewer than three axes; samples along another axis.
    pub(super) fn channels_last(&mut self, x: &Value) -> Result<Value, FormatProblem> {
        let x = self.unfolded(x)?;
        let rank = x.rank();
        if !(3..=5).contains(&rank) {
            return Err(self.refused(format!(
                "it takes a tensor of {rank} axes, expected 3 to 5: samples, channels and one to three others"
            )));
        }
        self.ordered(&x, &channels_last(rank))
    }

    /// A value whose last axis is that of the file.
    ///
    /// # Errors
    /// Samples along the last axis.
    pub(super) fn features_last(&mut self, x: &Value) -> Result<Value, FormatProblem> {
        let x = self.unfolded(x)?;
        if x.order.last() == Some(&(x.rank() - 1)) {
            return Ok(x);
        }
        let batch = x.order[0];
        self.ordered(&x, &in_order(batch, x.rank()))
    }

    /// The same numbers in another shape, of which one size may be unknown; the order of axes is to be set.
    ///
    /// # Errors
    /// A shape of another number of elements.
    pub(super) fn reshaped(
        &mut self,
        x: &Value,
        sizes: Vec<Option<usize>>,
    ) -> Result<Value, FormatProblem> {
        let target = Shape::from(sizes);
        let (node, shape) = x
            .before
            .clone()
            .unwrap_or_else(|| (x.node.clone(), x.shape.clone()));
        if target == shape {
            return Ok(Value {
                before: None,
                ..x.as_of(node, target)
            });
        }
        let sizes: Vec<i64> = target
            .axes()
            .iter()
            .map(|size| size.and_then(|size| i64::try_from(size).ok()).unwrap_or(-1))
            .collect();
        let from = x.as_of(node.clone(), shape.clone());
        let y = self.plain("Reshape", json!({"target_shape": sizes}), &from)?;
        Ok(Value {
            before: Some((node, shape)),
            kind: x.kind,
            is_positive: x.is_positive,
            ..y
        })
    }
}
