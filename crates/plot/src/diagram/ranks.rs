//! How far along each box stands.

use super::Diagram;

/// The boxes, each after those that lead to it, or those of a circle.
pub(super) fn sorted(diagram: &Diagram) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits_for = vec![0_usize; diagram.blocks.len()];
    let mut leads_to = vec![Vec::new(); diagram.blocks.len()];
    for arrow in &diagram.arrows {
        waits_for[arrow.to] += 1;
        leads_to[arrow.from].push(arrow.to);
    }
    let mut order: Vec<usize> = (0..waits_for.len())
        .filter(|&block| waits_for[block] == 0)
        .collect();
    let mut next = 0;
    while let Some(&block) = order.get(next) {
        next += 1;
        for &to in &leads_to[block] {
            waits_for[to] -= 1;
            if waits_for[to] == 0 {
                order.push(to);
            }
        }
    }
    if order.len() == waits_for.len() {
        Ok(order)
    } else {
        Err((0..waits_for.len())
            .filter(|&block| waits_for[block] > 0)
            .collect())
    }
}

/// The rank of each box: below all that lead to it, and no farther from what it leads to than it must be.
pub(super) fn ranks(diagram: &Diagram) -> Vec<usize> {
    let Ok(order) = sorted(diagram) else {
        unreachable!("circles were refused before");
    };
    let count = diagram.blocks.len();
    let mut before = vec![Vec::new(); count];
    let mut after = vec![Vec::new(); count];
    for arrow in &diagram.arrows {
        before[arrow.to].push(arrow.from);
        after[arrow.from].push(arrow.to);
    }
    let mut ranks = vec![0; count];
    for &block in &order {
        let lowest = before[block].iter().map(|&from| ranks[from] + 1).max();
        ranks[block] = lowest.unwrap_or_default();
    }
    for &block in order.iter().rev() {
        let nearest = after[block].iter().map(|&to| ranks[to] - 1).min();
        if let Some(nearest) = nearest.filter(|_| after[block].len() > before[block].len()) {
            ranks[block] = nearest;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::super::{Arrow, Block};
    use super::*;

    fn diagram(count: usize, arrows: &[(usize, usize)]) -> Diagram {
        Diagram {
            blocks: vec![Block::default(); count],
            arrows: arrows
                .iter()
                .map(|&(from, to)| Arrow { from, to })
                .collect(),
            ..Diagram::default()
        }
    }

    #[test]
    fn a_box_stands_below_all_that_lead_to_it() {
        let residual = diagram(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        assert_eq!(ranks(&residual), [0, 1, 2, 3]);
    }

    #[test]
    fn a_late_input_stands_where_it_is_needed() {
        let late = diagram(4, &[(0, 1), (1, 2), (3, 2)]);
        assert_eq!(ranks(&late), [0, 1, 2, 1]);
    }

    #[test]
    fn a_circle_is_found() {
        assert_eq!(
            sorted(&diagram(4, &[(0, 1), (1, 2), (2, 1), (2, 3)])),
            Err(vec![1, 2, 3])
        );
    }
}
