use std::ops::Range;

use crate::kernel::{Backward, Fill, Forward, JointBackward, Kernel};
use crate::pieces;

/// Kernels in the order in which they run, and what each of them reads.
///
/// ```
/// use firebrick_host::kernels::{Dense, Elementwise};
/// use firebrick_host::{Batch, Pass, Place, Program};
///
/// // y = relu(x · w), a row of two inputs and one output.
/// let mut program = Program::new([2], [2]);
/// let sum = program.add(Dense::new(2, 1), [Place::Input(0)], [0]);
/// let y = program.add(Elementwise::relu(1), [sum], []);
/// let mut pass = Pass::new(program.with_outputs([y], [true]));
///
/// let weights: [&[f32]; 1] = [&[1.0, -1.0]];
/// let batch = Batch { rows: 2, inputs: &[&[3.0, 1.0, 1.0, 3.0]], weights: &weights, drawn: &[], by_batch: &[] };
/// assert_eq!(pass.forward(&batch), [[2.0, 0.0]]);
/// assert_eq!(pass.backward(&batch, &[&[1.0, 1.0]]), [[3.0, 1.0]]);
/// ```
#[derive(Debug)]
pub struct Program {
    nodes: Vec<Node>,
    /// Floats of a row of each input.
    inputs: Vec<usize>,
    /// Floats of each weight.
    weights: Vec<usize>,
    outputs: Vec<Place>,
    /// Whether each weight has a gradient.
    is_trained: Vec<bool>,
    /// How many floats of each weight have their gradient computed together, and whether from the whole batch.
    spans: Vec<(usize, bool)>,
}

/// Where rows come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The input with this index.
    Input(usize),
    /// The node with this index.
    Node(usize),
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kernel: Box<dyn Kernel>,
    pub(crate) sources: Vec<Place>,
    pub(crate) weights: Vec<usize>,
    /// Whether a gradient that arrives here gets to a weight.
    pub(crate) leads_to_weights: bool,
    /// Whether one arrives.
    is_reached: bool,
}

impl Node {
    /// How its kernel computes all gradients at once, if it can and no gradient would have two of them added to it.
    pub(crate) fn joint_backward(&self) -> Option<&dyn JointBackward> {
        let are_apart = all_differ(&self.sources) && all_differ(&self.weights);
        self.kernel.joint_backward().filter(|_| are_apart)
    }
}

/// Whether there are no two that are the same.
fn all_differ<T: PartialEq>(places: &[T]) -> bool {
    let mut later = places;
    while let Some((first, rest)) = later.split_first() {
        if rest.contains(first) {
            return false;
        }
        later = rest;
    }
    true
}

/// Where a kernel was whose work the one behind it does.
#[derive(Debug)]
struct Idle;

impl Kernel for Idle {
    fn output_len(&self) -> usize {
        0
    }

    fn forward(&self, _: Forward<'_>) {}

    fn input_gradient(&self, _: &Backward<'_>, _: usize, _: &mut [f32], _: Fill) {}
}

impl Program {
    /// Nothing yet, with the floats of a row of each input, and those of each weight.
    pub fn new(inputs: impl Into<Vec<usize>>, weights: impl Into<Vec<usize>>) -> Self {
        Self {
            nodes: Vec::new(),
            inputs: inputs.into(),
            weights: weights.into(),
            outputs: Vec::new(),
            is_trained: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// Adds a kernel that reads from these places and uses the weights with these indices.
    ///
    /// # Panics
    /// When a place or a weight is not there yet.
    pub fn add(
        &mut self,
        kernel: impl Into<Box<dyn Kernel>>,
        sources: impl Into<Vec<Place>>,
        weights: impl Into<Vec<usize>>,
    ) -> Place {
        let (sources, weights) = (sources.into(), weights.into());
        assert!(
            sources.iter().all(|source| self.has(*source))
                && weights.iter().all(|weight| *weight < self.weights.len()),
            "a kernel reads what is there before it"
        );
        self.nodes.push(Node {
            kernel: kernel.into(),
            sources,
            weights,
            leads_to_weights: false,
            is_reached: false,
        });
        Place::Node(self.nodes.len() - 1)
    }

    /// The program with what leaves it, and whether each weight is to have a gradient.
    ///
    /// # Panics
    /// When a place is not there, or the number of weights is another.
    #[must_use = "returns the program"]
    pub fn with_outputs(
        mut self,
        outputs: impl Into<Vec<Place>>,
        is_trained: impl Into<Vec<bool>>,
    ) -> Self {
        self.outputs = outputs.into();
        self.is_trained = is_trained.into();
        assert!(
            self.outputs.iter().all(|place| self.has(*place))
                && self.is_trained.len() == self.weights.len(),
            "what leaves was computed before, every weight is trained or not"
        );
        self.join();
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            let leads = node.weights.iter().any(|weight| self.is_trained[*weight])
                || node
                    .sources
                    .iter()
                    .any(|source| self.leads_to_weights(*source));
            self.nodes[index].leads_to_weights = leads;
        }
        self.reach();
        self.spans = (0..self.weights.len())
            .map(|weight| self.span(weight))
            .collect();
        self
    }

    /// Lets a kernel do what the one before it would do, where nobody else reads that.
    fn join(&mut self) {
        let mut reads = vec![0_usize; self.nodes.len()];
        let sources = self.nodes.iter().flat_map(|node| &node.sources);
        for place in sources.chain(&self.outputs) {
            if let Place::Node(node) = *place {
                reads[node] += 1;
            }
        }
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            let ([Place::Node(before)], []) = (&node.sources[..], &node.weights[..]) else {
                continue;
            };
            let before = *before;
            if reads[before] == 1
                && let Some(kernel) = self.nodes[before].kernel.followed_by(&*node.kernel)
            {
                let idle = &mut self.nodes[before];
                idle.kernel = Idle.into();
                let (sources, weights) = (
                    std::mem::take(&mut idle.sources),
                    std::mem::take(&mut idle.weights),
                );
                let node = &mut self.nodes[index];
                (node.kernel, node.sources, node.weights) = (kernel, sources, weights);
            }
        }
    }

    /// Finds out which nodes gradients arrive at.
    fn reach(&mut self) {
        let reached = |node: usize, nodes: &mut [Node]| {
            nodes[node].is_reached = nodes[node].leads_to_weights;
        };
        for place in self.outputs.clone() {
            if let Place::Node(node) = place {
                reached(node, &mut self.nodes);
            }
        }
        for index in (0..self.nodes.len()).rev() {
            if !self.nodes[index].is_reached {
                continue;
            }
            for source in self.nodes[index].sources.clone() {
                if let Place::Node(node) = source {
                    reached(node, &mut self.nodes);
                }
            }
        }
    }

    /// How the gradient of a weight is cut.
    fn span(&self, weight: usize) -> (usize, bool) {
        const MOST: usize = 8;
        const FEWEST_FLOATS: usize = 8192;
        let len = self.weights[weight];
        let aim = len.div_ceil(MOST).max(FEWEST_FLOATS);
        let unit = |node: &Node| {
            let places = node.weights.iter().enumerate();
            let mut places = places.filter(|(_, own)| **own == weight);
            places.try_fold(1, |unit, (place, _)| {
                Some(unit.max(node.kernel.gradient_unit(place)?))
            })
        };
        let units: Option<Vec<usize>> = self.nodes.iter().map(unit).collect();
        let units = units.unwrap_or_default();
        match units.iter().max() {
            Some(&unit)
                if units.iter().all(|other| unit.is_multiple_of(*other))
                    && len.is_multiple_of(unit) =>
            {
                (aim.div_ceil(unit) * unit, true)
            }
            _ => (aim, false),
        }
    }

    fn has(&self, place: Place) -> bool {
        match place {
            Place::Input(input) => input < self.inputs.len(),
            Place::Node(node) => node < self.nodes.len(),
        }
    }

    /// Floats of a row of a place.
    pub(crate) fn row_len(&self, place: Place) -> usize {
        match place {
            Place::Input(input) => self.inputs[input],
            Place::Node(node) => self.nodes[node].kernel.output_len(),
        }
    }

    pub(crate) fn leads_to_weights(&self, place: Place) -> bool {
        match place {
            Place::Input(_) => false,
            Place::Node(node) => self.nodes[node].leads_to_weights,
        }
    }

    /// Whether gradients arrive at a node.
    pub(crate) fn is_reached(&self, node: usize) -> bool {
        self.nodes[node].is_reached
    }

    /// Whether the gradient of a weight is computed from the whole batch, a span at a time.
    pub(crate) fn has_spans(&self, weight: usize) -> bool {
        self.spans[weight].1
    }

    /// How many floats of a weight have their gradient computed together.
    pub(crate) fn span_len(&self, weight: usize) -> usize {
        self.spans[weight].0
    }

    pub(crate) fn output_lens(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().map(|node| node.kernel.output_len())
    }

    pub(crate) fn kept_lens(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().map(|node| node.kernel.kept_len())
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn inputs(&self) -> &[usize] {
        &self.inputs
    }

    pub(crate) fn weights(&self) -> &[usize] {
        &self.weights
    }

    /// What leaves.
    pub fn outputs(&self) -> &[Place] {
        &self.outputs
    }

    pub(crate) fn is_trained(&self, weight: usize) -> bool {
        self.is_trained[weight]
    }

    /// The pieces of a batch, a function of its size and of what a row takes: not too many for what each of them costs, and
    /// some for each core where the rows are few and take long.
    pub(crate) fn pieces(&self, rows: usize) -> impl Iterator<Item = Range<usize>> {
        const FEWEST: usize = 32;
        const MOST: usize = 16;
        /// About what is worth waking another core for.
        const WORTH: usize = 1 << 22;
        const WANTED: usize = 4;
        let work = self
            .nodes
            .iter()
            .map(|node| node.kernel.work())
            .sum::<usize>();
        // In halves, as cores are.
        let worth = (rows.saturating_mul(work) / WORTH)
            .next_power_of_two()
            .min(WANTED);
        let count = (rows / FEWEST).max(worth).clamp(1, MOST);
        let size = rows.div_ceil(count).max(1);
        pieces::ranges(rows, size)
    }
}
