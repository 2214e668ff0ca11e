use crate::kernel::{Backward, Fill, Forward, Kernel};

/// The row of a table at each index, with its fraction cut off; what is no index gives what is no number, and no gradient.
///
/// # Shapes
/// - input: `[rows, indices]`
/// - table: `[input_dim, output_dim]`
/// - output: `[rows, indices, output_dim]`
#[derive(Clone, Debug)]
pub struct Embedding {
    indices: usize,
    input_dim: usize,
    output_dim: usize,
}

impl Embedding {
    /// So many indices a row, each into a table of `input_dim` rows.
    pub fn new(indices: usize, input_dim: usize, output_dim: usize) -> Self {
        Self {
            indices,
            input_dim,
            output_dim,
        }
    }

    /// Where the row of an index begins, if there is one.
    fn start(&self, index: f32) -> Option<usize> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is within the table"
        )]
        let row = || index as usize * self.output_dim;
        (index > -1.0 && index < self.input_dim as f32).then(row)
    }
}

impl Kernel for Embedding {
    fn output_len(&self) -> usize {
        self.indices * self.output_dim
    }

    fn forward(&self, call: Forward<'_>) {
        let table = call.weights[0];
        let vectors = call.output.chunks_exact_mut(self.output_dim);
        for (vector, &index) in vectors.zip(call.inputs[0]) {
            match self.start(index) {
                Some(start) => vector.copy_from_slice(&table[start..start + self.output_dim]),
                None => vector.fill(f32::NAN),
            }
        }
    }

    fn input_gradient(&self, _: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
    }

    /// A row of the table: most batches meet few of them, and sums over pieces would be as large as the table.
    fn gradient_unit(&self, _: usize) -> Option<usize> {
        Some(self.output_dim)
    }

    fn weight_gradient_from(
        &self,
        call: &Backward<'_>,
        _: usize,
        start: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let by = call.output_gradient.chunks_exact(self.output_dim);
        for (by, &index) in by.zip(call.inputs[0]) {
            let place = self.start(index).and_then(|own| own.checked_sub(start));
            let row = place.and_then(|place| gradient.get_mut(place..place + self.output_dim));
            if let Some(row) = row {
                Fill::Add.put(row, by.iter().copied());
            }
        }
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        self.weight_gradient_from(call, weight, 0, gradient, fill);
    }
}
