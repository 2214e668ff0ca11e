use crate::kernel::{Backward, Fill, Forward, Kernel};

/// Each value times what was drawn for it; where nothing was, as it is.
#[derive(Clone, Debug)]
pub struct ByDrawn {
    len: usize,
}

impl ByDrawn {
    /// Rows of so many values.
    pub fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Kernel for ByDrawn {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        match call.drawn {
            Some(drawn) => {
                let values = call.inputs[0].iter().zip(drawn);
                Fill::Set.put(call.output, values.map(|(x, factor)| x * factor));
            }
            None => call.output.copy_from_slice(call.inputs[0]),
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        match call.drawn {
            Some(drawn) => {
                let values = call.output_gradient.iter().zip(drawn);
                fill.put(gradient, values.map(|(by, factor)| by * factor));
            }
            None => fill.put(gradient, call.output_gradient.iter().copied()),
        }
    }

    fn passes_through(&self) -> bool {
        true
    }
}

/// Each value plus what was drawn for it; where nothing was, as it is.
#[derive(Clone, Debug)]
pub struct PlusDrawn {
    len: usize,
}

impl PlusDrawn {
    /// Rows of so many values.
    pub fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Kernel for PlusDrawn {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        call.output.copy_from_slice(call.inputs[0]);
        if let Some(drawn) = call.drawn {
            Fill::Add.put(call.output, drawn.iter().copied());
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        fill.put(gradient, call.output_gradient.iter().copied());
    }

    fn passes_through(&self) -> bool {
        true
    }
}
