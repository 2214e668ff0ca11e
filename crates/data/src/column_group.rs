use burn::tensor::{Int, Tensor, TensorData};
use firebrick_tensor::AnyTensor;

use crate::fields::NumberKind;

/// The columns of a table that go into one input of a network, or are asked of one of its outputs.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{ColumnGroup, NumberKind};
///
/// let group = ColumnGroup { name: "town".to_owned(), columns: vec![2], kind: NumberKind::Integers };
/// let rows = Tensor::<2>::from_floats([[0.5, 1.5, 3.0], [0.25, 2.5, 7.0]], &Device::flex());
/// assert_eq!(group.of(&rows).into_ints()?, [3, 7]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnGroup {
    /// The name of the input or output.
    pub name: String,
    /// The places of the numbers in a row, counted from 0.
    pub columns: Vec<usize>,
    /// What the numbers are.
    pub kind: NumberKind,
}

impl ColumnGroup {
    /// These columns of rows.
    ///
    /// # Shapes
    /// - rows: `[rows, all columns]`
    /// - output: `[rows, columns]`
    ///
    /// # Panics
    /// If the rows lack a column.
    pub fn of(&self, rows: &Tensor<2>) -> AnyTensor {
        let places: Vec<i64> = self
            .columns
            .iter()
            .map(|&column| i64::try_from(column).unwrap_or(i64::MAX))
            .collect();
        let places = TensorData::new(places, [self.columns.len()]);
        let places = Tensor::<1, Int>::from_data(places, &rows.device());
        let columns = rows.clone().select(1, places);
        match self.kind {
            NumberKind::Floats => columns.into(),
            NumberKind::Integers => columns.int().into(),
        }
    }
}
