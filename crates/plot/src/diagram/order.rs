//! The order of the cells of a rank, so that few arrows cross.
//!
//! # Source
//! Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981: sweeps by the mean
//! place of neighbours.

use super::layered::Layered;

/// How often the ranks are gone through, down and up.
const SWEEPS: usize = 12;

/// Brings the cells of every rank into the best order that is found.
pub(super) fn order(layered: &mut Layered) {
    let mut best = (crossings(layered), layered.ranks.clone());
    for _ in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        for is_down in [true, false] {
            sweep(layered, is_down);
            let count = crossings(layered);
            if count < best.0 {
                best = (count, layered.ranks.clone());
            }
        }
    }
    layered.ranks = best.1;
}

/// The place of each cell within its rank.
fn places(layered: &Layered) -> Vec<usize> {
    let mut places = vec![0; layered.cells.len()];
    for rank in &layered.ranks {
        for (place, &cell) in rank.iter().enumerate() {
            places[cell] = place;
        }
    }
    places
}

fn sweep(layered: &mut Layered, is_down: bool) {
    let mut places = places(layered);
    let count = layered.ranks.len();
    for step in 1..count {
        let rank = if is_down { step } else { count - 1 - step };
        let neighbours = if is_down {
            &layered.before
        } else {
            &layered.after
        };
        let key = |cell: usize| {
            let found = &neighbours[cell];
            if found.is_empty() {
                return places[cell] as f64;
            }
            let sum: usize = found.iter().map(|&other| places[other]).sum();
            sum as f64 / found.len() as f64
        };
        let mut keyed: Vec<(f64, usize)> = layered.ranks[rank]
            .iter()
            .map(|&cell| (key(cell), cell))
            .collect();
        keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
        for (place, &(_, cell)) in keyed.iter().enumerate() {
            places[cell] = place;
        }
        layered.ranks[rank] = keyed.into_iter().map(|(_, cell)| cell).collect();
    }
}

/// How many pairs of links cross.
fn crossings(layered: &Layered) -> usize {
    let places = places(layered);
    let mut count = 0;
    for rank in &layered.ranks {
        // The ends of the links so far, sorted.
        let mut ends: Vec<usize> = Vec::new();
        for &cell in rank {
            let mut own: Vec<usize> = layered.after[cell].iter().map(|&to| places[to]).collect();
            own.sort_unstable();
            for &end in &own {
                count += ends.len() - ends.partition_point(|&other| other <= end);
            }
            ends.extend(own);
            ends.sort_unstable();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::Arrow;
    use super::*;

    #[test]
    fn towers_that_need_not_cross_do_not() {
        let arrows = [(0, 3), (1, 2), (2, 4), (3, 5)].map(|(from, to)| Arrow { from, to });
        let ranks = [vec![0, 1], vec![2, 3], vec![4, 5]];
        let mut layered = Layered::new(&ranks, &[(10.0, 10.0); 6], &arrows);
        assert_eq!(crossings(&layered), 1);
        order(&mut layered);
        assert_eq!(crossings(&layered), 0);
    }

    #[test]
    fn a_way_past_others_stands_outside() {
        // 0 → 1 → 2 → 3 → 4, with 0 → 4 around 1 → 3.
        let arrows = [(0, 1), (1, 2), (2, 3), (3, 4), (1, 3), (0, 4)];
        let arrows = arrows.map(|(from, to)| Arrow { from, to });
        let ranks = [vec![0], vec![1], vec![2], vec![3], vec![4]];
        let mut layered = Layered::new(&ranks, &[(10.0, 10.0); 5], &arrows);
        order(&mut layered);
        assert_eq!(crossings(&layered), 0);
    }
}
