use crate::kernel::{Backward, Fill, Forward, Kernel};

/// Values of a row in other places: turned, repeated, cut off, with zeros between them.
///
/// ```
/// use firebrick_host::kernels::Gather;
/// use firebrick_host::{Batch, Pass, Place, Program};
///
/// // The last of two values twice, and a zero.
/// let mut program = Program::new([2], []);
/// let y = program.add(Gather::new([Some(1), Some(1), None]), [Place::Input(0)], []);
/// let mut pass = Pass::new(program.with_outputs([y], []));
/// let batch = Batch { rows: 1, inputs: &[&[3.0, 4.0]], weights: &[], drawn: &[], by_batch: &[] };
/// assert_eq!(pass.forward(&batch), [[4.0, 4.0, 0.0]]);
/// ```
#[derive(Clone, Debug)]
pub struct Gather {
    /// Where in a row each value that leaves comes from.
    places: Vec<Option<u32>>,
}

impl Gather {
    /// With the place in a row that each value comes from; 0 where there is none.
    pub fn new(places: impl Into<Vec<Option<u32>>>) -> Self {
        Self {
            places: places.into(),
        }
    }
}

impl Kernel for Gather {
    fn output_len(&self) -> usize {
        self.places.len()
    }

    fn forward(&self, call: Forward<'_>) {
        let len = call.inputs[0].len() / call.rows.max(1);
        let rows = call.output.chunks_exact_mut(self.places.len().max(1));
        for (y, x) in rows.zip(call.inputs[0].chunks_exact(len.max(1))) {
            for (y, place) in y.iter_mut().zip(&self.places) {
                *y = place.map_or(0.0, |place| x[place as usize]);
            }
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let len = gradient.len() / call.rows.max(1);
        let by = call.output_gradient.chunks_exact(self.places.len().max(1));
        for (gradient, by) in gradient.chunks_exact_mut(len.max(1)).zip(by) {
            for (by, place) in by.iter().zip(&self.places) {
                if let Some(place) = place {
                    gradient[*place as usize] += by;
                }
            }
        }
    }
}
