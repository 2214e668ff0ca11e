mod backward;
mod cell;
mod flow;
mod forward;
mod frozen;
mod gru;
mod gru_reset_before;
mod kind;
mod lstm;
mod room;
mod simple;

use self::cell::Before;
use self::flow::Flow;
use self::frozen::FrozenRecurrent;
use self::kind::Kind;
use crate::kernel::{Backward, Fill, Forward, Frozen, Gradient, Gradients, JointBackward, Kernel};

pub use self::simple::StateFunction;

/// The steps of a recurrent layer, one after the other, from states of zeros on: from the input's part of the sums,
/// `s = x · kernel + bias` of all steps at once, and the state `h` before a step becomes the one after it.
///
/// A further input, if there is one, says which steps count: where it is 0, the states stay as they are.
///
/// # Shapes
/// - inputs: `[rows, steps, features]`, the states before the first step where they are given, `[rows, units]` each, and the mask,
///   `[rows, steps]`
/// - kernel: `[features, gates · units]`, recurrent kernel: `[units, gates · units]`, bias: `[gates · units]` where there is a
///   third weight
/// - output: `[rows, units]`, the last `h`, or `[rows, steps, units]`, that of every step; in the same row the last states, where
///   they are asked for
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::Recurrent;
///
/// assert_eq!(Recurrent::lstm([5, 2], 3).output_len(), 3);
/// assert_eq!(Recurrent::gru([5, 2], 3).with_every_step().output_len(), 5 * 3);
/// ```
#[derive(Clone, Debug)]
pub struct Recurrent {
    kind: Kind,
    flow: Flow,
    features: usize,
    units: usize,
    are_states_given: bool,
}

impl Recurrent {
    /// Long short-term memory, of inputs of so many steps and features: with `z = s + h · recurrent`, cut into `i`, `f`, `g` and `o`,
    /// `c' = σ(f) · c + σ(i) · tanh(g)` and `h' = σ(o) · tanh(c')`.
    pub fn lstm(input: [usize; 2], units: usize) -> Self {
        Self::new(Kind::Lstm, input, units)
    }

    /// Gated recurrent units: with `[sz, sr, sg] = s` and `[hz, hr, hg] = h · recurrent`, to which a second row of the bias is added,
    /// `[2, 3 · units]`: `z = σ(sz + hz)`, `r = σ(sr + hr)`, `g = tanh(sg + r · hg)` and `h' = z · h + (1 - z) · g`.
    pub fn gru(input: [usize; 2], units: usize) -> Self {
        Self::new(Kind::Gru, input, units)
    }

    /// The same where `hg` is `(r · h) · recurrent`, with one row of bias.
    pub fn gru_with_reset_before(input: [usize; 2], units: usize) -> Self {
        Self::new(Kind::GruResetBefore, input, units)
    }

    /// `h' = function(s + h · recurrent)`
    pub fn simple(input: [usize; 2], units: usize, function: StateFunction) -> Self {
        Self::new(Kind::Simple(function), input, units)
    }

    fn new(kind: Kind, [steps, features]: [usize; 2], units: usize) -> Self {
        Self {
            kind,
            flow: Flow::new(steps, units),
            features,
            units,
            are_states_given: false,
        }
    }

    /// Has every step leave.
    #[must_use = "returns the changed kernel"]
    pub fn with_every_step(mut self) -> Self {
        self.flow.gives_every_step = true;
        self
    }

    /// Takes the last step first; those that leave come in that order too.
    #[must_use = "returns the changed kernel"]
    pub fn backwards(mut self) -> Self {
        self.flow.is_backwards = true;
        self
    }

    /// Has the last states leave too, behind the other numbers of a row: `h`, then `c` of a long short-term memory.
    #[must_use = "returns the changed kernel"]
    pub fn with_last_states(mut self) -> Self {
        self.flow.states_len = self.num_states() * self.units;
        self
    }

    /// Takes the states before the first step from as many inputs after the first one.
    #[must_use = "returns the changed kernel"]
    pub fn with_given_states(mut self) -> Self {
        self.are_states_given = true;
        self
    }

    /// How many states there are.
    fn num_states(&self) -> usize {
        1 + usize::from(self.kind.cell().has_memory())
    }

    /// The states before the first step, where they are given, and which steps count.
    fn given<'a>(&self, inputs: &[&'a [f32]]) -> (Option<Before<'a>>, Option<&'a [f32]>) {
        if !self.are_states_given {
            return (None, inputs.get(1).copied());
        }
        let states = Before {
            h: inputs[1],
            extra: inputs[self.num_states()],
        };
        (Some(states), inputs.get(1 + self.num_states()).copied())
    }

    /// Gives zeros where a step does not count, instead of the output before it.
    #[must_use = "returns the changed kernel"]
    pub fn with_zero_output_for_mask(mut self) -> Self {
        self.flow.gives_zeros = true;
        self
    }

    /// Columns of the kernels.
    fn width(&self) -> usize {
        self.kind.cell().gates() * self.units
    }

    /// What is added to the input's part of the sums, and to the state's.
    fn biases<'a>(&self, weights: &[&'a [f32]]) -> [Option<&'a [f32]>; 2] {
        let bias = weights.get(2).map(|bias| bias.split_at(self.width()));
        [
            bias.map(|(bias, _)| bias),
            bias.map(|(_, inner)| inner)
                .filter(|inner| !inner.is_empty()),
        ]
    }

    /// What is kept of so many rows: the gates, `h` and what the cell has further, each step by step.
    fn kept_lens(&self, rows: usize) -> [usize; 3] {
        let numbers = rows * self.flow.steps * self.units;
        let cell = self.kind.cell();
        [cell.gates() * numbers, numbers, cell.extra() * numbers]
    }
}

impl Kernel for Recurrent {
    fn output_len(&self) -> usize {
        self.flow.output_len()
    }

    fn kept_len(&self) -> usize {
        self.kept_lens(1).iter().sum()
    }

    fn forward(&self, call: Forward<'_>) {
        self.run(call);
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, values: &mut [f32], fill: Fill) {
        let gradient = Gradient { values, fill };
        self.gradients(call, Gradients::default().with_input(input, gradient));
    }

    fn weight_gradient(&self, call: &Backward<'_>, weight: usize, values: &mut [f32], fill: Fill) {
        let gradient = Gradient { values, fill };
        self.gradients(call, Gradients::default().with_weight(weight, gradient));
    }

    fn joint_backward(&self) -> Option<&dyn JointBackward> {
        Some(self)
    }

    fn work(&self) -> usize {
        self.flow.steps * self.width() * (self.features + self.units + 8)
    }

    fn frozen(&self, weights: &[&[f32]]) -> Option<Box<dyn Frozen>> {
        Some(Box::new(FrozenRecurrent::new(self.clone(), weights)))
    }
}

impl JointBackward for Recurrent {
    fn gradients(&self, call: &Backward<'_>, wanted: Gradients<'_>) {
        self.run_back(call, wanted);
    }
}
