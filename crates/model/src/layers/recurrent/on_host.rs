use firebrick_host::kernels::Recurrent;

use super::flow::Flow;
use super::output_shapes;
use crate::layer::{Cell, HostForm};
use crate::shape::Shape;

/// A recurrent layer that is to run over plain memory: its cell, whose weights are within `part`, and what enters.
pub(crate) struct OnHost<'a> {
    pub(crate) cell: &'a dyn Cell,
    pub(crate) part: &'a str,
    pub(crate) flow: &'a Flow,
    pub(crate) inputs: &'a [Shape],
}

impl OnHost<'_> {
    /// The steps and features that enter; nothing where they are not known, or where states are kept from batch to batch.
    pub(crate) fn input(&self) -> Option<[usize; 2]> {
        let &[steps, features] = &self.inputs.first()?.known().ok()?[..] else {
            return None;
        };
        let is_something = steps > 0 && features > 0;
        (!self.flow.stateful && is_something).then_some([steps, features])
    }

    /// The form of a kernel of these steps and features, with two weights or with three.
    pub(crate) fn form(&self, kernel: Recurrent, has_bias: bool) -> Option<HostForm> {
        let mut kernel = kernel;
        if self.flow.return_sequences {
            kernel = kernel.with_every_step();
        }
        if self.flow.go_backwards {
            kernel = kernel.backwards();
        }
        if self.flow.zero_output_for_mask {
            kernel = kernel.with_zero_output_for_mask();
        }
        if self.inputs.len() > 1 {
            kernel = kernel.with_given_states();
        }
        if self.flow.return_state {
            kernel = kernel.with_last_states();
        }
        let names =
            ["kernel", "recurrent_kernel", "bias"].map(|name| format!("{}/{name}", self.part));
        let names = if has_bias { &names[..] } else { &names[..2] };
        let form = HostForm::of(kernel, names.iter().map(String::as_str)).reading_mask();
        if !self.flow.return_state {
            return Some(form);
        }
        let outputs = output_shapes(self.cell, self.flow, self.inputs).ok()?;
        let lens = outputs.iter();
        let lens = lens.map(|output| u32::try_from(output.num_elements()?).ok());
        Some(form.cut_into(lens.collect::<Option<Vec<u32>>>()?))
    }
}
