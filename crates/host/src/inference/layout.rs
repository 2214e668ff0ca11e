use crate::program::{Place, Program};

/// Where rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Those of an input.
    Input(usize),
    /// Those in a place in memory.
    Slot(usize),
}

/// Which kernels run, and where each leaves its rows: in memory that nobody reads any more.
pub(super) struct Layout {
    /// The node, what it reads, where it writes.
    pub(super) steps: Vec<(usize, Vec<Source>, usize)>,
    /// Floats of a row of each place in memory.
    pub(super) slots: Vec<usize>,
    /// Where each output lies at last.
    pub(super) outputs: Vec<Source>,
}

impl Layout {
    pub(super) fn new(program: &Program) -> Self {
        let nodes = program.nodes();
        // Of each node the one whose rows it hands on, if it only does that.
        let mut origins: Vec<Place> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let source = node
                .sources
                .first()
                .filter(|_| node.kernel.passes_through());
            let origin = source.map_or(Place::Node(index), |source| origin(&origins, *source));
            origins.push(origin);
        }
        // How often each node is still to be read; what leaves is read in the end.
        let mut reads = vec![0_usize; nodes.len()];
        let count = |reads: &mut Vec<usize>, place: Place| {
            if let Place::Node(node) = origin(&origins, place) {
                reads[node] += 1;
            }
        };
        for place in program.outputs() {
            count(&mut reads, *place);
        }
        for (index, node) in nodes.iter().enumerate().rev() {
            if reads[index] > 0 {
                node.sources
                    .iter()
                    .for_each(|place| count(&mut reads, *place));
            }
        }
        let mut layout = Self {
            steps: Vec::new(),
            slots: Vec::new(),
            outputs: Vec::new(),
        };
        let mut free: Vec<usize> = Vec::new();
        let mut slots = vec![0; nodes.len()];
        let source = |slots: &[usize], place: Place| match origin(&origins, place) {
            Place::Input(input) => Source::Input(input),
            Place::Node(node) => Source::Slot(slots[node]),
        };
        for (index, node) in nodes.iter().enumerate() {
            if reads[index] == 0 {
                continue;
            }
            let slot = free.pop().unwrap_or_else(|| {
                layout.slots.push(0);
                layout.slots.len() - 1
            });
            slots[index] = slot;
            layout.slots[slot] = layout.slots[slot].max(node.kernel.output_len());
            let sources = node.sources.iter().map(|place| source(&slots, *place));
            layout.steps.push((index, sources.collect(), slot));
            for place in &node.sources {
                if let Place::Node(read) = origin(&origins, *place) {
                    reads[read] -= 1;
                    if reads[read] == 0 {
                        free.push(slots[read]);
                    }
                }
            }
        }
        let outputs = program.outputs().iter();
        layout.outputs = outputs.map(|place| source(&slots, *place)).collect();
        layout
    }
}

/// Where rows come from that may have been handed on.
fn origin(origins: &[Place], place: Place) -> Place {
    match place {
        Place::Input(_) => place,
        Place::Node(node) => origins[node],
    }
}
