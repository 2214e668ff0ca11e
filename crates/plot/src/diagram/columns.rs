//! Where boxes and arrows are, across and along: in one column, or in several beside each other if that were too long.

use super::arrows::{folded, routes};
use super::layered::Layered;
use super::order::order;
use super::places::places;
use super::ranks::ranks;
use super::{Arrow, Diagram};
use crate::shape::Point;

/// Boxes and arrows in their places.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The upper left corner of each box.
    pub(super) corners: Vec<Point>,
    /// The corners and bends of each arrow.
    pub(super) paths: Vec<Vec<Point>>,
    pub(super) size: (f64, f64),
}

/// A column that is longer is folded, if it can be.
const LONGEST: f64 = 1500.0;
/// How wide folded columns are together, in their height.
const ASPECT: f64 = 1.3;
/// Free between two columns, with the arrow that leads from one to the next.
const GUTTER: f64 = 44.0;
/// Free between ranks, where arrows change sides.
const RANK_GAP: f64 = 30.0;

/// Lays a diagram out, boxes by their sizes across and along the arrows.
pub(super) fn layout(diagram: &Diagram, sizes: &[(f64, f64)]) -> Layout {
    let rank_of = ranks(diagram);
    let count = rank_of.iter().max().map_or(0, |last| last + 1);
    let mut ranks = vec![Vec::new(); count];
    for (block, &rank) in rank_of.iter().enumerate() {
        ranks[rank].push(block);
    }
    let cuts = cuts(diagram, &rank_of, &ranks, sizes);
    let column_of = |block: usize| cuts.partition_point(|&cut| cut <= rank_of[block]);
    let mut layout = Layout {
        corners: vec![(0.0, 0.0); sizes.len()],
        paths: vec![Vec::new(); diagram.arrows.len()],
        size: (0.0, 0.0),
    };
    // Arrows from column to column bend above them.
    let top = if cuts.is_empty() { 0.0 } else { GUTTER / 2.0 };
    let mut entries = Vec::new();
    let begins = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([count]);
    for (index, (begins, ends)) in begins.zip(ends).enumerate() {
        let arrows = diagram.arrows.iter().enumerate();
        let arrows = arrows.filter(|(_, arrow)| column_of(arrow.to) == index);
        let column = Column {
            ranks: &ranks[begins..ends],
            arrows: arrows.map(|(arrow, _)| arrow).collect(),
            is_entry: &|block| column_of(block) != index,
            left: if index == 0 {
                0.0
            } else {
                layout.size.0 + GUTTER
            },
            top,
        };
        let entry = column.place(diagram, sizes, &mut layout);
        entries.push((column.left - GUTTER / 2.0, entry));
    }
    if cuts.is_empty() {
        return layout;
    }
    let bottom = layout.size.1 + GUTTER / 2.0;
    for (index, arrow) in diagram.arrows.iter().enumerate() {
        let to = column_of(arrow.to);
        if column_of(arrow.from) != to {
            let (corner, size) = (layout.corners[arrow.from], sizes[arrow.from]);
            let begins = (corner.0 + size.0 / 2.0, corner.1 + size.1);
            let (across, entry) = entries[to];
            let mut path = folded(begins, (entry, top), (across, bottom));
            path.append(&mut layout.paths[index]);
            layout.paths[index] = path;
        }
    }
    layout.size.1 = bottom;
    layout
}

/// The ranks that begin a column of their own: where all arrows that lead across come from one box right before.
fn cuts(
    diagram: &Diagram,
    rank_of: &[usize],
    ranks: &[Vec<usize>],
    sizes: &[(f64, f64)],
) -> Vec<usize> {
    let extents: Vec<(f64, f64)> = ranks
        .iter()
        .map(|blocks| {
            let depth = blocks.iter().map(|&block| sizes[block].1);
            let width: f64 = blocks.iter().map(|&block| sizes[block].0).sum();
            (width, depth.fold(0.0, f64::max) + RANK_GAP)
        })
        .collect();
    let length: f64 = extents.iter().map(|extent| extent.1).sum();
    if length <= LONGEST {
        return Vec::new();
    }
    let width = extents.iter().map(|extent| extent.0).fold(0.0, f64::max) + GUTTER;
    // So many columns that their width is that share of their height.
    let height = (length * width / ASPECT).sqrt().max(LONGEST / 2.0);
    let mut from = vec![Vec::new(); ranks.len()];
    for arrow in &diagram.arrows {
        for across in &mut from[rank_of[arrow.from] + 1..=rank_of[arrow.to]] {
            across.push(arrow.from);
        }
    }
    let may_cut = |rank: usize| match from[rank].split_first() {
        Some((&first, others)) => {
            rank_of[first] + 1 == rank && others.iter().all(|&other| other == first)
        }
        None => false,
    };
    let mut cuts = Vec::new();
    let (mut reached, mut longest) = (0.0, 0.0_f64);
    for (rank, extent) in extents.iter().enumerate() {
        if reached + extent.1 / 2.0 > height && may_cut(rank) {
            cuts.push(rank);
            reached = 0.0;
        }
        reached += extent.1;
        longest = longest.max(reached);
    }
    // Where that gains little, one column is easier to follow.
    if longest > length * 0.7 {
        cuts.clear();
    }
    cuts
}

/// Ranks below each other.
struct Column<'a> {
    ranks: &'a [Vec<usize>],
    /// The arrows that end here.
    arrows: Vec<usize>,
    /// Whether a box stands in another column, so that its arrows enter from above.
    is_entry: &'a dyn Fn(usize) -> bool,
    left: f64,
    top: f64,
}

impl Column<'_> {
    /// Puts boxes and arrows into their places, and says where across arrows enter from above.
    fn place(&self, diagram: &Diagram, sizes: &[(f64, f64)], layout: &mut Layout) -> f64 {
        let arrows = self.arrows.iter().map(|&arrow| diagram.arrows[arrow]);
        let mut arrows: Vec<Arrow> = arrows.collect();
        let mut ranks = self.ranks.to_vec();
        let mut sizes = sizes.to_vec();
        // What enters from above comes from a box of no size.
        let entry = sizes.len();
        sizes.push((0.0, 0.0));
        let mut has_entry = false;
        for arrow in arrows
            .iter_mut()
            .filter(|arrow| (self.is_entry)(arrow.from))
        {
            arrow.from = entry;
            has_entry = true;
        }
        if has_entry {
            ranks.insert(0, vec![entry]);
        }
        let mut layered = Layered::new(&ranks, &sizes, &arrows);
        order(&mut layered);
        let mut middles = places(&layered);
        for middle in &mut middles {
            *middle += self.left;
        }
        let mut bands = Vec::with_capacity(ranks.len());
        let mut reached = self.top;
        for (rank, cells) in layered.ranks.iter().enumerate() {
            if rank > 0 {
                reached += gap_before(&layered, cells, &middles);
            }
            let depth = cells.iter().map(|&cell| layered.cells[cell].depth);
            let depth = depth.fold(0.0, f64::max);
            bands.push((reached, reached + depth));
            reached += depth;
        }
        let mut right = self.left;
        let mut enters = self.left;
        for (rank, cells) in layered.ranks.iter().enumerate() {
            for &index in cells {
                let cell = layered.cells[index];
                right = right.max(middles[index] + cell.width / 2.0);
                let (begins, ends) = bands[rank];
                let along = f64::midpoint(begins, ends) - cell.depth / 2.0;
                match cell.block {
                    Some(block) if block == entry => enters = middles[index],
                    Some(block) => {
                        layout.corners[block] = (middles[index] - cell.width / 2.0, along);
                    }
                    None => {}
                }
            }
        }
        for (arrow, path) in self.arrows.iter().zip(routes(&layered, &middles, &bands)) {
            layout.paths[*arrow] = path;
        }
        layout.size = (layout.size.0.max(right), layout.size.1.max(reached));
        enters
    }
}

/// What is free before a rank: more where arrows have far to go to the side.
fn gap_before(layered: &Layered, cells: &[usize], middles: &[f64]) -> f64 {
    let sides = cells.iter().flat_map(|&cell| {
        let before = layered.before[cell].iter();
        before.map(move |&from| (middles[cell] - middles[from]).abs())
    });
    let farthest = sides.fold(0.0, f64::max);
    RANK_GAP + (farthest / 10.0).min(40.0)
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Direction};
    use super::*;

    /// A graph of so many boxes; each but the first takes from one to three before it, by a fixed sequence of numbers.
    fn graph(count: usize, seed: u64) -> (Diagram, Vec<(f64, f64)>) {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        let mut draw = |limit: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or_default() % limit
        };
        let mut arrows = Vec::new();
        for to in 1..count {
            // Mostly from right before, so that ranks are many.
            for _ in 0..=draw(3) {
                let back = if draw(4) == 0 {
                    draw(to)
                } else {
                    draw(to.min(3))
                };
                arrows.push(Arrow {
                    from: to - 1 - back,
                    to,
                });
            }
        }
        let sizes = (0..count).map(|_| (60.0 + draw(120) as f64, 20.0 + draw(60) as f64));
        let diagram = Diagram {
            blocks: vec![Block::default(); count],
            arrows,
            direction: Direction::Down,
        };
        (diagram, sizes.collect())
    }

    fn line(count: usize) -> (Diagram, Vec<(f64, f64)>) {
        let arrows = (1..count).map(|to| Arrow { from: to - 1, to });
        let diagram = Diagram {
            blocks: vec![Block::default(); count],
            arrows: arrows.collect(),
            direction: Direction::Down,
        };
        (diagram, vec![(100.0, 50.0); count])
    }

    /// Residual blocks of two layers each.
    fn residual(blocks: usize) -> (Diagram, Vec<(f64, f64)>) {
        let (mut diagram, sizes) = line(1 + 3 * blocks);
        let skips = (0..blocks).map(|block| Arrow {
            from: 3 * block,
            to: 3 * block + 3,
        });
        diagram.arrows.extend(skips);
        (diagram, sizes)
    }

    fn assert_clear((diagram, sizes): (Diagram, Vec<(f64, f64)>)) -> Layout {
        let layout = layout(&diagram, &sizes);
        let boxes: Vec<(Point, Point)> = layout
            .corners
            .iter()
            .zip(&sizes)
            .map(|(corner, size)| (*corner, (corner.0 + size.0, corner.1 + size.1)))
            .collect();
        for (index, (corner, end)) in boxes.iter().enumerate() {
            let is_inside = corner.0 >= -0.01
                && corner.1 >= -0.01
                && end.0 <= layout.size.0 + 0.01
                && end.1 <= layout.size.1 + 0.01;
            assert!(is_inside, "box {index} leaves the picture");
            for (other, (begins, ends)) in boxes.iter().enumerate().skip(index + 1) {
                let overlap = corner.0 < ends.0 && begins.0 < end.0;
                let overlap = overlap && corner.1 < ends.1 && begins.1 < end.1;
                assert!(!overlap, "boxes {index} and {other} overlap");
            }
        }
        for (path, arrow) in layout.paths.iter().zip(&diagram.arrows) {
            let (from, to) = (boxes[arrow.from], boxes[arrow.to]);
            let (Some(begins), Some(ends)) = (path.first(), path.last()) else {
                unreachable!("an arrow has a way");
            };
            assert!(
                (begins.1 - from.1.1).abs() < 0.01,
                "{arrow:?} begins at its box"
            );
            assert!((ends.1 - to.0.1).abs() < 0.01, "{arrow:?} ends at its box");
            assert!(
                (to.0.0..=to.1.0).contains(&ends.0),
                "{arrow:?} hits its box"
            );
            for pair in path.windows(2) {
                for step in 0..=20 {
                    let t = f64::from(step) / 20.0;
                    let x = pair[0].0 + (pair[1].0 - pair[0].0) * t;
                    let y = pair[0].1 + (pair[1].1 - pair[0].1) * t;
                    let through = boxes.iter().position(|(corner, end)| {
                        x > corner.0 + 0.01
                            && x < end.0 - 0.01
                            && y > corner.1 + 0.01
                            && y < end.1 - 0.01
                    });
                    assert_eq!(through, None, "{arrow:?} goes through a box at ({x}, {y})");
                }
            }
        }
        layout
    }

    #[test]
    fn boxes_never_overlap_and_arrows_never_go_through_one() {
        for seed in 0..40 {
            let count = 2 + usize::try_from(seed).unwrap_or_default();
            assert_clear(graph(count, seed));
        }
    }

    #[test]
    fn a_long_line_is_folded_into_columns_of_one_height() {
        let short = assert_clear(line(10));
        assert!(short.size.1 > short.size.0);
        let long = assert_clear(line(200));
        let ratio = long.size.0 / long.size.1;
        assert!((0.7..2.0).contains(&ratio), "{:?}", long.size);
        let blocks = assert_clear(residual(40));
        let ratio = blocks.size.0 / blocks.size.1;
        assert!((0.7..2.0).contains(&ratio), "{:?}", blocks.size);
    }
}
