mod activation;
mod drawn;
mod mask;
mod places;

use firebrick_host::Kernel;
use firebrick_host::kernels::{ByDrawn, EachStep, Gather, PlusDrawn, ScaleAndShift};

use crate::activation::Activation;

pub(crate) use activation::activation_kernel;
pub(crate) use drawn::{HostDrawn, Numbers, Spread};
pub(crate) use mask::HostMask;
pub(crate) use places::{stretched, whole};

/// How a layer runs over plain memory: kernels one after the other, the first of which reads what enters the layer.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, HostForm, Layer};
/// use firebrick::models::Activation;
///
/// let dense = Dense::new(3).with_activation(Activation::Relu);
/// let form: Option<HostForm> = dense.host_form(&[[4].into()]);
/// assert!(form.is_some());
/// ```
#[derive(Debug)]
pub struct HostForm {
    /// What happens to each input by itself at first; empty where nothing does.
    pub(crate) inputs: Vec<Self>,
    /// What happens to all inputs instead in each of several ways, what leaves which the first kernel reads; empty where there
    /// is one way.
    pub(crate) branches: Vec<Self>,
    pub(crate) steps: Vec<HostStep>,
    /// What comes last, which a loss may compute instead.
    pub(crate) activation: Activation,
    /// What becomes of what leaves the kernels for each output; empty where there is one output.
    pub(crate) outputs: Vec<Self>,
    /// What happens to a mask that arrives.
    pub(crate) mask: HostMask,
}

/// A kernel, and what it needs beside what arrives.
#[derive(Debug)]
pub(crate) struct HostStep {
    pub(crate) kernel: Box<dyn Kernel>,
    /// Names of weights, in the kernel's order.
    pub(crate) weights: Vec<String>,
    pub(crate) drawn: Option<HostDrawn>,
    /// What follows the batches that the kernel takes statistics from, in training.
    pub(crate) followed: Option<HostFollowed>,
}

/// Weights that follow what each batch says of them: `moving = momentum · moving + (1 - momentum) · batch`.
#[derive(Clone, Debug)]
pub(crate) struct HostFollowed {
    /// Their names, in the kernel's order.
    pub(crate) weights: Vec<String>,
    pub(crate) momentum: f64,
}

impl HostForm {
    /// What enters leaves, in another shape perhaps.
    pub fn unchanged() -> Self {
        Self {
            inputs: Vec::new(),
            branches: Vec::new(),
            steps: Vec::new(),
            activation: Activation::Linear,
            outputs: Vec::new(),
            mask: HostMask::Refused,
        }
    }

    /// A kernel with the weights of these names.
    pub fn of<'a>(
        kernel: impl Into<Box<dyn Kernel>>,
        weights: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::unchanged().then(kernel, weights)
    }

    /// A kernel that reads what becomes of each input by itself.
    pub(crate) fn joining(inputs: Vec<Self>, kernel: impl Into<Box<dyn Kernel>>) -> Self {
        Self {
            inputs,
            ..Self::of(kernel, [])
        }
    }

    /// A kernel that reads what becomes of all inputs in each of several ways.
    pub(crate) fn branching(branches: Vec<Self>, kernel: impl Into<Box<dyn Kernel>>) -> Self {
        Self {
            branches,
            ..Self::of(kernel, [])
        }
    }

    /// A scale and a shift for each of so many channels, the last axis, by weights of these names as far as they are there.
    pub(crate) fn scaled_and_shifted(
        self,
        (len, channels): (usize, usize),
        scale: Option<&str>,
        shift: Option<&str>,
    ) -> Self {
        let kernel = ScaleAndShift::new(len, channels);
        let kernel = match (scale, shift) {
            (Some(_), Some(_)) => kernel,
            (Some(_), None) => kernel.without_shift(),
            (None, Some(_)) => kernel.without_scale(),
            (None, None) => return self,
        };
        self.then(kernel, scale.into_iter().chain(shift))
    }

    /// Each value times what is drawn for it in training.
    pub(crate) fn times_drawn(len: usize, drawn: HostDrawn) -> Self {
        Self::unchanged().drawing(ByDrawn::new(len), drawn)
    }

    /// Each value plus what is drawn for it in training.
    pub(crate) fn plus_drawn(len: usize, drawn: HostDrawn) -> Self {
        Self::unchanged().drawing(PlusDrawn::new(len), drawn)
    }

    fn drawing(mut self, kernel: impl Into<Box<dyn Kernel>>, drawn: HostDrawn) -> Self {
        self.steps.push(HostStep {
            kernel: kernel.into(),
            weights: Vec::new(),
            drawn: Some(drawn),
            followed: None,
        });
        self
    }

    /// Has weights of these names follow the batches that the last kernel takes statistics from.
    pub(crate) fn with_moving<const N: usize>(mut self, weights: [&str; N], momentum: f64) -> Self {
        if let Some(step) = self.steps.last_mut() {
            let weights = weights.map(str::to_owned).to_vec();
            step.followed = Some(HostFollowed { weights, momentum });
        }
        self
    }

    /// Whether any weights follow the batches.
    pub(crate) fn follows(&self) -> bool {
        self.steps.iter().any(|step| step.followed.is_some())
    }

    /// Values of a sample in other places: of each axis that leaves, which axis it is of and which index each of its indices has
    /// there, if any.
    pub(crate) fn moving(sizes: &[usize], axes: &[(usize, Vec<Option<usize>>)]) -> Option<Self> {
        Some(Self::of(Gather::new(places::places(sizes, axes)?), []))
    }

    /// The axes of a sample of these sizes in another order.
    pub(crate) fn turning(sizes: &[usize], order: &[usize]) -> Option<Self> {
        if order.iter().copied().eq(0..sizes.len()) {
            return Some(Self::unchanged());
        }
        let axes = order.iter().map(|&axis| (axis, whole(sizes[axis])));
        Self::moving(sizes, &axes.collect::<Vec<_>>())
    }

    /// A kernel more.
    #[must_use = "returns the changed form"]
    pub fn then<'a>(
        mut self,
        kernel: impl Into<Box<dyn Kernel>>,
        weights: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.steps.push(HostStep {
            kernel: kernel.into(),
            weights: weights.into_iter().map(str::to_owned).collect(),
            drawn: None,
            followed: None,
        });
        self
    }

    /// The same for each of so many steps, of a part of a layer; nothing where numbers are drawn or batches followed.
    pub(crate) fn at_each_step(mut self, steps: usize, part: &str) -> Option<Self> {
        let is_one_way = [&self.inputs, &self.branches, &self.outputs]
            .iter()
            .all(|forms| forms.is_empty());
        let draws = self.steps.iter().any(|step| step.drawn.is_some());
        if !is_one_way || draws || self.follows() {
            return None;
        }
        self = self.within(part).passing_mask();
        let each = |step: HostStep| HostStep {
            kernel: EachStep::new(step.kernel, steps).into(),
            ..step
        };
        self.steps = self.steps.into_iter().map(each).collect();
        Some(self)
    }

    /// The same with the weights of a part of a layer.
    pub(crate) fn within(mut self, part: &str) -> Self {
        for step in &mut self.steps {
            for name in &mut step.weights {
                *name = format!("{part}/{name}");
            }
        }
        self
    }

    /// Several outputs, each of so many of the numbers that leave, one after the other.
    pub(crate) fn cut_into(mut self, lens: impl IntoIterator<Item = u32>) -> Self {
        let mut start = 0;
        for len in lens {
            let places: Vec<Option<u32>> = (start..start + len).map(Some).collect();
            self.outputs.push(Self::of(Gather::new(places), []));
            start += len;
        }
        self
    }

    /// Another form's kernels after these, and its activation.
    pub(crate) fn followed_by(mut self, next: Self) -> Self {
        self.steps.extend(next.steps);
        self.activation = next.activation;
        self
    }

    /// Sets the activation that comes last.
    #[must_use = "returns the changed form"]
    pub fn ending_with(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }
}
