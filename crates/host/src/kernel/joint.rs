use std::fmt;

use super::{Backward, Fill};

/// What a kernel does whose gradients have most of their work in common: all of them at once.
///
/// Its inputs differ from each other, and so do its weights.
pub trait JointBackward: fmt::Debug + Send + Sync {
    /// Computes the gradients that are wanted.
    fn gradients(&self, call: &Backward<'_>, wanted: Gradients<'_>);
}

/// The gradients that somebody wants; those that are missing nobody does.
///
/// ```
/// use firebrick_host::{Fill, Gradient, Gradients};
///
/// let mut values = [0.0; 3];
/// let wanted = Gradients::default().with_weight(1, Gradient { values: &mut values, fill: Fill::Set });
/// assert!(wanted.inputs.is_empty() && wanted.weights[0].is_none() && wanted.weights[1].is_some());
/// ```
#[derive(Debug, Default)]
pub struct Gradients<'a> {
    /// Of each input.
    pub inputs: Vec<Option<Gradient<'a>>>,
    /// Of each weight.
    pub weights: Vec<Option<Gradient<'a>>>,
}

/// Where a gradient goes.
#[derive(Debug)]
pub struct Gradient<'a> {
    /// The place.
    pub values: &'a mut [f32],
    /// What happens to what is there.
    pub fill: Fill,
}

impl<'a> Gradients<'a> {
    /// That of the input with this index too.
    #[must_use = "returns the changed gradients"]
    pub fn with_input(mut self, input: usize, gradient: Gradient<'a>) -> Self {
        put(&mut self.inputs, input, gradient);
        self
    }

    /// That of the weight with this index too.
    #[must_use = "returns the changed gradients"]
    pub fn with_weight(mut self, weight: usize, gradient: Gradient<'a>) -> Self {
        put(&mut self.weights, weight, gradient);
        self
    }

    /// Takes that of an input, if it is wanted.
    pub(crate) fn take_input(&mut self, input: usize) -> Option<Gradient<'a>> {
        self.inputs.get_mut(input).and_then(Option::take)
    }

    /// Takes that of a weight, if it is wanted.
    pub(crate) fn take_weight(&mut self, weight: usize) -> Option<Gradient<'a>> {
        self.weights.get_mut(weight).and_then(Option::take)
    }
}

fn put<'a>(places: &mut Vec<Option<Gradient<'a>>>, index: usize, gradient: Gradient<'a>) {
    if places.len() <= index {
        places.resize_with(index + 1, || None);
    }
    places[index] = Some(gradient);
}

impl<'a> Gradient<'a> {
    /// The place, with zeros where what was there does not count, so that everything is added to it.
    pub(crate) fn cleared(self) -> &'a mut [f32] {
        if self.fill == Fill::Set {
            self.values.fill(0.0);
        }
        self.values
    }
}
