/// How steps follow each other, which of them count, and what leaves.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub(super) steps: usize,
    units: usize,
    pub(super) gives_every_step: bool,
    pub(super) is_backwards: bool,
    pub(super) gives_zeros: bool,
    /// Numbers of the last states of a row that leave.
    pub(super) states_len: usize,
}

impl Flow {
    pub(super) fn new(steps: usize, units: usize) -> Self {
        Self {
            steps,
            units,
            gives_every_step: false,
            is_backwards: false,
            gives_zeros: false,
            states_len: 0,
        }
    }

    pub(super) fn output_len(&self) -> usize {
        let steps = if self.gives_every_step { self.steps } else { 1 };
        steps * self.units + self.states_len
    }

    /// Which step of the input is the one with this index.
    pub(super) fn read(&self, step: usize) -> usize {
        if self.is_backwards {
            self.steps - 1 - step
        } else {
            step
        }
    }

    /// Copies the features of all rows at a step, one after the other.
    pub(super) fn take(&self, inputs: &[f32], step: usize, taken: &mut [f32], features: usize) {
        let start = self.read(step) * features;
        let rows = inputs.chunks_exact(self.steps * features);
        for (row, taken) in rows.zip(taken.chunks_exact_mut(features)) {
            taken.copy_from_slice(&row[start..start + features]);
        }
    }

    /// Where a step's output is in a row, if it leaves.
    fn left(&self, step: usize) -> Option<usize> {
        if self.gives_every_step {
            Some(step * self.units)
        } else {
            (step + 1 == self.steps).then_some(0)
        }
    }

    /// The rows that a step does not count for.
    pub(super) fn padding(&self, mask: Option<&[f32]>, step: usize) -> impl Iterator<Item = usize> {
        let rows = mask
            .into_iter()
            .flat_map(|mask| mask.chunks_exact(self.steps));
        let step = self.read(step);
        let rows = rows.enumerate().filter(move |(_, row)| row[step] == 0.0);
        rows.map(|(row, _)| row)
    }

    /// Has the `h` after a step leave, if it does.
    pub(super) fn give(&self, mask: Option<&[f32]>, step: usize, h: &[f32], output: &mut [f32]) {
        let Some(start) = self.left(step) else {
            return;
        };
        let len = self.output_len();
        for (y, h) in output.chunks_exact_mut(len).zip(h.chunks_exact(self.units)) {
            y[start..start + self.units].copy_from_slice(h);
        }
        if self.gives_zeros {
            for row in self.padding(mask, step) {
                output[row * len + start..][..self.units].fill(0.0);
            }
        }
    }

    /// Has the last states leave, if they do.
    pub(super) fn give_states(&self, h: &[f32], memory: &[f32], output: &mut [f32]) {
        if self.states_len == 0 {
            return;
        }
        let len = self.output_len();
        let states = h.chunks_exact(self.units).enumerate();
        for (y, (row, h)) in output.chunks_exact_mut(len).zip(states) {
            let (own_h, own_memory) = y[len - self.states_len..].split_at_mut(self.units);
            own_h.copy_from_slice(h);
            if !own_memory.is_empty() {
                own_memory.copy_from_slice(&memory[row * self.units..][..self.units]);
            }
        }
    }

    /// The gradients of the last states, as far as they leave.
    pub(super) fn take_states_back(&self, output: &[f32], by_h: &mut [f32], by_memory: &mut [f32]) {
        by_h.fill(0.0);
        by_memory.fill(0.0);
        if self.states_len == 0 {
            return;
        }
        let len = self.output_len();
        let states = by_h.chunks_exact_mut(self.units);
        let states = states.zip(by_memory.chunks_exact_mut(self.units));
        for (by, (by_h, by_memory)) in output.chunks_exact(len).zip(states) {
            let (own_h, own_memory) = by[len - self.states_len..].split_at(self.units);
            by_h.copy_from_slice(own_h);
            by_memory[..own_memory.len()].copy_from_slice(own_memory);
        }
    }

    /// Adds the gradient of what has left at a step to that of `h`.
    pub(super) fn take_back(
        &self,
        mask: Option<&[f32]>,
        step: usize,
        output: &[f32],
        by_h: &mut [f32],
    ) {
        let Some(start) = self.left(step) else {
            return;
        };
        let mask = mask.filter(|_| self.gives_zeros);
        let rows = output.chunks_exact(self.output_len());
        for (row, (by, by_h)) in rows.zip(by_h.chunks_exact_mut(self.units)).enumerate() {
            if mask.is_some_and(|mask| mask[row * self.steps + self.read(step)] == 0.0) {
                continue;
            }
            for (by_h, by) in by_h.iter_mut().zip(&by[start..start + self.units]) {
                *by_h += by;
            }
        }
    }
}
