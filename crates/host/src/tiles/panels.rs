use std::ops::Range;

use pulp::Arch;

use super::dense::{Dense, Width};
use super::{Factors, Product, Start};

/// A matrix laid out for many products with few rows: in panels as wide as tiles are, each of which is read from front to back.
#[derive(Debug, Default)]
pub(crate) struct Panels {
    /// Panel by panel, row by row; zeros where no column is.
    values: Vec<f32>,
    inputs: usize,
    units: usize,
}

impl Panels {
    /// Lays out these of the `width` columns of a matrix, in the memory of what was there before.
    pub(crate) fn lay_out(&mut self, matrix: &[f32], width: usize, columns: Range<usize>) {
        (self.inputs, self.units) = (matrix.len() / width, columns.len());
        self.values.clear();
        let panel = Arch::new().dispatch(Width);
        for start in columns.clone().step_by(panel) {
            let end = columns.end.min(start + panel);
            for row in matrix.chunks_exact(width) {
                self.values.extend_from_slice(&row[start..end]);
                self.pad(panel - (end - start));
            }
        }
    }

    /// Lays out the same turned, so that its rows are columns.
    pub(crate) fn lay_out_turned(&mut self, matrix: &[f32], width: usize, columns: Range<usize>) {
        (self.inputs, self.units) = (columns.len(), matrix.len() / width);
        self.values.clear();
        let panel = Arch::new().dispatch(Width);
        let len = panel * self.inputs;
        let panels = self.units.div_ceil(panel);
        self.values.resize(panels * len, 0.0);
        let rows = matrix.chunks(panel * width);
        for (own, rows) in self.values.chunks_exact_mut(len).zip(rows) {
            for (place, row) in rows.chunks_exact(width).enumerate() {
                let own = own.chunks_exact_mut(panel);
                for (own, value) in own.zip(&row[columns.clone()]) {
                    own[place] = *value;
                }
            }
        }
    }

    fn pad(&mut self, missing: usize) {
        self.values.resize(self.values.len() + missing, 0.0);
    }

    /// The product of rows with the matrix, added to what the sums start from.
    ///
    /// # Panics
    /// When sizes do not meet.
    pub(crate) fn sums(&self, rows: &[f32], start: Start<'_>, sums: &mut [f32]) {
        let count = sums.len() / self.units;
        assert_eq!(rows.len(), count * self.inputs, "rows of the matrix' size");
        let product = Product {
            matrix: &[],
            units: self.units,
            rows: count,
            steps: self.inputs,
            start,
            output: sums,
        };
        Arch::new().dispatch(Dense::new(Factors::Rows(rows), product).with_panels(&self.values));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::sums_of_rows;

    fn numbers(len: usize) -> Vec<f32> {
        let number = |place: usize| ((place * 7919 + 13) % 1000) as f32 / 500.0 - 1.0;
        (0..len).map(number).collect()
    }

    #[test]
    fn products_are_those_with_the_matrix_as_it_lies() {
        let mut panels = Panels::default();
        for (rows, inputs, width, columns) in [
            (1, 1, 1, 0..1),
            (3, 5, 40, 0..40),
            (8, 64, 256, 0..256),
            (13, 7, 30, 10..21),
            (9, 2, 70, 33..70),
        ] {
            let matrix = numbers(inputs * width);
            let of_columns: Vec<f32> = matrix
                .chunks(width)
                .flat_map(|row| row[columns.clone()].to_vec())
                .collect();
            let turned: Vec<f32> = columns
                .clone()
                .flat_map(|column| matrix.iter().skip(column).step_by(width).copied())
                .collect();
            panels.lay_out(&matrix, width, columns.clone());
            check(&panels, &of_columns, columns.len(), rows);
            panels.lay_out_turned(&matrix, width, columns.clone());
            check(&panels, &turned, inputs, rows);
        }
    }

    fn check(panels: &Panels, matrix: &[f32], units: usize, rows: usize) {
        let factors = numbers(rows * matrix.len() / units);
        let bias = numbers(units);
        for start in [Start::Zero, Start::Row(&bias), Start::Kept] {
            let [mut own, mut expected] = [(); 2].map(|()| vec![0.5; rows * units]);
            panels.sums(&factors, start, &mut own);
            sums_of_rows(
                Factors::Rows(&factors),
                (matrix, units),
                start,
                &mut expected,
            );
            assert_eq!(own, expected, "{rows} rows of {units}");
        }
    }
}
