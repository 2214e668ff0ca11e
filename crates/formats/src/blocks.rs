//! Gates of recurrent layers in another order.

use firebrick_model::WeightValue;

use crate::error::FormatProblem;

/// The same values with the blocks along the last axis in this order: block `order[i]` becomes block i.
///
/// # Errors
/// None with a last axis of whole blocks.
pub(crate) fn blocks(value: &WeightValue, order: &[usize]) -> Result<WeightValue, FormatProblem> {
    let row = value.shape().last().copied().unwrap_or(0);
    let block = row / order.len();
    let mut values = Vec::with_capacity(value.values().len());
    for row in value.values().chunks_exact(row.max(1)) {
        for place in order {
            values.extend_from_slice(&row[place * block..(place + 1) * block]);
        }
    }
    Ok(WeightValue::new(value.shape(), values)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_change_places() {
        let values: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let value = WeightValue::new([2, 6], values).unwrap();
        let turned = blocks(&value, &[1, 0, 2]).unwrap();
        assert_eq!(
            turned.values(),
            [2., 3., 0., 1., 4., 5., 8., 9., 6., 7., 10., 11.]
        );
    }
}
