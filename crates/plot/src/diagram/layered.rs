//! Boxes in ranks, with a place in every rank that an arrow passes.

use std::collections::HashMap;

use super::Arrow;

/// A box, or what an arrow leaves free of boxes on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) block: Option<usize>,
    /// Across the arrows.
    pub(super) width: f64,
    /// Along them.
    pub(super) depth: f64,
}

/// Ranks of cells, linked from rank to rank.
#[derive(Debug, Default)]
pub(super) struct Layered {
    pub(super) cells: Vec<Cell>,
    /// The cells of each rank in their order.
    pub(super) ranks: Vec<Vec<usize>>,
    /// The cells of the rank before that lead to each.
    pub(super) before: Vec<Vec<usize>>,
    /// The cells of the rank after that each leads to.
    pub(super) after: Vec<Vec<usize>>,
    /// The cells of each arrow, box to box.
    pub(super) routes: Vec<Vec<usize>>,
    /// What arrows of one box share on their way, cells in a line.
    pub(super) trunks: Vec<Vec<usize>>,
}

/// How wide a way of an arrow is.
const WAY: f64 = 4.0;

impl Layered {
    /// These boxes by rank, the ranks counted from the first of them, with the arrows between them.
    pub(super) fn new(ranks: &[Vec<usize>], sizes: &[(f64, f64)], arrows: &[Arrow]) -> Self {
        let mut layered = Self::default();
        let mut places: HashMap<usize, (usize, usize)> = HashMap::new();
        for (rank, blocks) in ranks.iter().enumerate() {
            layered.ranks.push(Vec::new());
            for &block in blocks {
                let (width, depth) = sizes[block];
                let block_cell = Cell {
                    block: Some(block),
                    width,
                    depth,
                };
                let cell = layered.add(rank, block_cell);
                places.insert(block, (rank, cell));
            }
        }
        // Arrows that begin at one box share their ways.
        let mut trunks: HashMap<usize, Vec<usize>> = HashMap::new();
        for arrow in arrows {
            let ((from_rank, from), (to_rank, to)) = (places[&arrow.from], places[&arrow.to]);
            let mut route = vec![from];
            let trunk = trunks.entry(from).or_default();
            for rank in from_rank + 1..to_rank {
                let passed = rank - from_rank - 1;
                if passed == trunk.len() {
                    let way = Cell {
                        block: None,
                        width: WAY,
                        depth: 0.0,
                    };
                    let cell = layered.add(rank, way);
                    layered.link(trunk.last().copied().unwrap_or(from), cell);
                    trunk.push(cell);
                }
                route.push(trunk[passed]);
            }
            layered.link(route[route.len() - 1], to);
            route.push(to);
            layered.routes.push(route);
        }
        let mut trunks: Vec<Vec<usize>> = trunks.into_values().collect();
        trunks.retain(|trunk| !trunk.is_empty());
        trunks.sort_unstable();
        layered.trunks = trunks;
        layered
    }

    fn add(&mut self, rank: usize, cell: Cell) -> usize {
        let index = self.cells.len();
        self.cells.push(cell);
        self.ranks[rank].push(index);
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        index
    }

    fn link(&mut self, from: usize, to: usize) {
        self.after[from].push(to);
        self.before[to].push(from);
    }
}
