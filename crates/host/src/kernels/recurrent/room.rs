use std::cell::RefCell;

use crate::tiles::Panels;

/// Memory of a thread, that stays from one call to the next.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The recurrent kernel.
    pub(super) recurrent: [Panels; 2],
    /// The kernel turned.
    pub(super) kernel: Panels,
    /// What enters, step by step.
    pub(super) inputs: Vec<f32>,
    /// Products with the state.
    pub(super) inner: Vec<f32>,
    /// States before and after a step.
    pub(super) states: Vec<f32>,
    /// The sums of a step, or the gradients of the sums of several.
    pub(super) sums: Vec<f32>,
    /// Gradients of the state's part of these.
    pub(super) inner_sums: Vec<f32>,
    /// Gradients of what enters at several steps.
    pub(super) by_inputs: Vec<f32>,
}

thread_local! {
    pub(super) static ROOM: RefCell<Room> = RefCell::default();
}

/// The first numbers of memory that is made longer where it has to be.
pub(super) fn first(memory: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if memory.len() < len {
        memory.resize(len, 0.0);
    }
    &mut memory[..len]
}
