//! Where the cells of a rank stand, across the arrows.

use super::layered::Layered;

/// Between two boxes.
const BOX_GAP: f64 = 28.0;
/// Between ways, and between a way and a box.
const WAY_GAP: f64 = 14.0;
/// How often the ranks are gone through, down and up.
const SWEEPS: usize = 10;
/// How much straighter boxes want to stand below each other than ways beside them.
const STRAIGHTNESS: f64 = 1000.0;
/// How much less a box gives way than an arrow does.
const WEIGHT: f64 = 50.0;

/// The middle of each cell; the leftmost edge is at 0.
pub(super) fn places(layered: &Layered) -> Vec<f64> {
    let mut middles = vec![0.0; layered.cells.len()];
    for rank in &layered.ranks {
        settle(layered, rank, &mut middles);
    }
    for sweep in 0..SWEEPS {
        let is_last = sweep + 2 >= SWEEPS;
        let both = [&layered.before, &layered.after];
        let (down, up) = if is_last {
            (&both[..], &both[..])
        } else {
            (&both[..1], &both[1..])
        };
        for rank in &layered.ranks {
            pull(layered, rank, down, &mut middles);
        }
        for rank in layered.ranks.iter().rev() {
            pull(layered, rank, up, &mut middles);
        }
    }
    straighten(layered, &mut middles);
    let left = |cell: usize| middles[cell] - layered.cells[cell].width / 2.0;
    let leftmost = (0..middles.len()).map(left).fold(f64::INFINITY, f64::min);
    for middle in &mut middles {
        *middle -= leftmost;
    }
    middles
}

/// Brings the cells of a rank near their neighbours.
fn pull(layered: &Layered, rank: &[usize], neighbours: &[&Vec<Vec<usize>>], middles: &mut [f64]) {
    for &cell in rank {
        let is_box = |cell: usize| layered.cells[cell].block.is_some();
        let (mut sum, mut weights) = (0.0, 0.0);
        for &other in neighbours.iter().flat_map(|links| &links[cell]) {
            let weight = if is_box(cell) == is_box(other) {
                STRAIGHTNESS
            } else {
                1.0
            };
            sum += weight * middles[other];
            weights += weight;
        }
        if weights > 0.0 {
            middles[cell] = sum / weights;
        }
    }
    settle(layered, rank, middles);
}

/// How far apart the middles of two neighbours in a rank are at least.
fn distance(layered: &Layered, left: usize, right: usize) -> f64 {
    let (left, right) = (layered.cells[left], layered.cells[right]);
    let gap = if left.block.is_some() && right.block.is_some() {
        BOX_GAP
    } else {
        WAY_GAP
    };
    f64::midpoint(left.width, right.width) + gap
}

/// Moves the cells of a rank apart, as little as possible: the least squares under these distances, by pooling those that
/// touch.
fn settle(layered: &Layered, rank: &[usize], middles: &mut [f64]) {
    /// Cells that touch each other, by the place of the first.
    struct Pool {
        begins: usize,
        sum: f64,
        weight: f64,
    }
    let mean = |pool: &Pool| pool.sum / pool.weight;
    let mut offsets = Vec::with_capacity(rank.len());
    let mut pools: Vec<Pool> = Vec::with_capacity(rank.len());
    let mut offset = 0.0;
    for (place, &cell) in rank.iter().enumerate() {
        if place > 0 {
            offset += distance(layered, rank[place - 1], cell);
        }
        offsets.push(offset);
        let weight = match layered.cells[cell].block {
            Some(_) => WEIGHT,
            None => 1.0,
        };
        let mut pool = Pool {
            begins: place,
            sum: weight * (middles[cell] - offset),
            weight,
        };
        while let Some(before) = pools.pop_if(|before| mean(before) > mean(&pool)) {
            pool = Pool {
                begins: before.begins,
                sum: before.sum + pool.sum,
                weight: before.weight + pool.weight,
            };
        }
        pools.push(pool);
    }
    let mut ends = rank.len();
    for pool in pools.iter().rev() {
        for place in pool.begins..ends {
            middles[rank[place]] = mean(pool) + offsets[place];
        }
        ends = pool.begins;
    }
}

/// Makes lines of boxes and the ways of arrows straight where there is room.
fn straighten(layered: &Layered, middles: &mut [f64]) {
    let mut neighbours = vec![(None, None); layered.cells.len()];
    for rank in &layered.ranks {
        for pair in rank.windows(2) {
            neighbours[pair[0]].1 = Some(pair[1]);
            neighbours[pair[1]].0 = Some(pair[0]);
        }
    }
    let lines = lines(layered);
    for line in &lines {
        align(layered, line, &neighbours, middles);
    }
    // The outermost ways first, so that others can follow them.
    let mut trunks: Vec<&Vec<usize>> = layered.trunks.iter().collect();
    trunks.sort_by(|one, other| mean_of(other, middles).total_cmp(&mean_of(one, middles)));
    for pass in 0..4 {
        for trunk in &trunks {
            align(layered, trunk, &neighbours, middles);
        }
        if pass == 1 {
            trunks.reverse();
        }
    }
    for line in &lines {
        align(layered, line, &neighbours, middles);
    }
}

/// Boxes of which each leads to the next alone, and the next takes from it alone; ways beside them do not count.
fn lines(layered: &Layered) -> Vec<Vec<usize>> {
    let is_box = |cell: &usize| layered.cells[*cell].block.is_some();
    let only = |cells: &[usize]| {
        let mut boxes = cells.iter().copied().filter(is_box);
        boxes.next().filter(|_| boxes.next().is_none())
    };
    let next = |cell: usize| {
        let next = only(&layered.after[cell])?;
        (only(&layered.before[next]) == Some(cell)).then_some(next)
    };
    let mut lines: Vec<Vec<usize>> = Vec::new();
    let mut is_within = vec![false; layered.cells.len()];
    for &cell in layered.ranks.iter().flatten().filter(|cell| is_box(cell)) {
        if is_within[cell] {
            continue;
        }
        let line: Vec<usize> = std::iter::successors(Some(cell), |&cell| next(cell)).collect();
        for &cell in &line {
            is_within[cell] = true;
        }
        lines.push(line);
    }
    lines.retain(|line| line.len() > 1);
    lines
}

/// Puts these cells, one of each rank, below each other if their neighbours leave room.
fn align(
    layered: &Layered,
    cells: &[usize],
    neighbours: &[(Option<usize>, Option<usize>)],
    middles: &mut [f64],
) {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for &cell in cells {
        if let Some(left) = neighbours[cell].0 {
            low = low.max(middles[left] + distance(layered, left, cell));
        }
        if let Some(right) = neighbours[cell].1 {
            high = high.min(middles[right] - distance(layered, cell, right));
        }
    }
    if low <= high {
        let middle = mean_of(cells, middles).clamp(low, high);
        for &cell in cells {
            middles[cell] = middle;
        }
    }
}

fn mean_of(cells: &[usize], middles: &[f64]) -> f64 {
    cells.iter().map(|&cell| middles[cell]).sum::<f64>() / cells.len() as f64
}

#[cfg(test)]
mod tests {
    use super::super::Arrow;
    use super::*;

    #[test]
    fn boxes_of_a_line_stand_below_each_other_and_what_passes_them_beside() {
        let arrows = [(0, 1), (1, 2), (2, 3), (0, 3)].map(|(from, to)| Arrow { from, to });
        let ranks = [vec![0], vec![1], vec![2], vec![3]];
        let sizes = [(100.0, 40.0), (160.0, 40.0), (80.0, 40.0), (100.0, 40.0)];
        let layered = Layered::new(&ranks, &sizes, &arrows);
        let middles = places(&layered);
        for cell in 1..4 {
            assert!((middles[cell] - middles[0]).abs() < 2.0, "{middles:?}");
        }
        // The way stays clear of the widest box, and straight.
        let [first, second] = layered.trunks[0][..] else {
            unreachable!("it passes two ranks");
        };
        assert!((middles[first] - middles[second]).abs() < 1e-9);
        assert!(middles[first] >= middles[1] + 80.0 + WAY_GAP, "{middles:?}");
    }

    #[test]
    fn boxes_of_a_rank_never_overlap() {
        let arrows: Vec<Arrow> = (1..6).map(|to| Arrow { from: 0, to }).collect();
        let ranks = [vec![0], vec![1, 2, 3, 4, 5]];
        let layered = Layered::new(&ranks, &[(90.0, 30.0); 6], &arrows);
        let middles = places(&layered);
        for place in 1..5 {
            assert!(middles[place + 1] - middles[place] >= 90.0 + BOX_GAP - 1e-9);
        }
        assert!((middles[0] - middles[3]).abs() < 1e-6, "{middles:?}");
    }
}
