//! The ways of arrows, between boxes and never through one.

use super::layered::Layered;
use crate::palette::FRAME;
use crate::shape::{Point, Shape};

/// Length and half the width of an arrow's head.
const HEAD: (f64, f64) = (8.0, 4.0);
/// Width of its line.
const LINE: f64 = 1.2;
/// Free between the heads at one box.
const HEAD_GAP: f64 = 16.0;
/// How many pieces a bend has.
const PIECES: usize = 12;
/// Radius of a corner.
const CORNER: f64 = 10.0;

/// The points of every arrow. `bands` are the beginnings and ends of the ranks, between which arrows change sides.
pub(super) fn routes(layered: &Layered, middles: &[f64], bands: &[(f64, f64)]) -> Vec<Vec<Point>> {
    let mut rank_of = vec![0; layered.cells.len()];
    for (rank, cells) in layered.ranks.iter().enumerate() {
        for &cell in cells {
            rank_of[cell] = rank;
        }
    }
    let heads = heads(layered, middles);
    let edge = |cell: usize| {
        let (begins, ends) = bands[rank_of[cell]];
        let half = layered.cells[cell].depth / 2.0;
        let middle = f64::midpoint(begins, ends);
        (middle - half, middle + half)
    };
    let routes = layered.routes.iter().zip(heads);
    let points = routes.map(|(route, head)| {
        let mut points = Vec::new();
        for (step, &cell) in route.iter().enumerate() {
            let (begins, ends) = bands[rank_of[cell]];
            let is_last = step + 1 == route.len();
            let across = if is_last { head } else { middles[cell] };
            if step > 0 {
                bend(&mut points, (across, begins));
            }
            points.push((across, if is_last { edge(cell).0 } else { ends }));
            if step == 0 {
                points[0] = (across, edge(cell).1);
                points.push((across, ends));
            }
        }
        points
    });
    points.collect()
}

/// Where across the heads of the arrows are: beside each other at one box, in the order in which they come.
fn heads(layered: &Layered, middles: &[f64]) -> Vec<f64> {
    let mut arriving = vec![Vec::new(); layered.cells.len()];
    for (arrow, route) in layered.routes.iter().enumerate() {
        let [.., from, to] = route[..] else {
            unreachable!("an arrow has two ends");
        };
        arriving[to].push((middles[from], arrow));
    }
    let mut heads = vec![0.0; layered.routes.len()];
    for (cell, mut arriving) in arriving.into_iter().enumerate() {
        arriving.sort_by(|one, other| one.0.total_cmp(&other.0));
        let room = (layered.cells[cell].width - 2.0 * HEAD_GAP).max(0.0);
        let gaps = arriving.len().saturating_sub(1) as f64;
        let gap = if gaps > 0.0 {
            HEAD_GAP.min(room / gaps)
        } else {
            0.0
        };
        for (place, (_, arrow)) in arriving.into_iter().enumerate() {
            heads[arrow] = middles[cell] + (place as f64 - gaps / 2.0) * gap;
        }
    }
    heads
}

/// Leads on to a point farther along, beginning and ending along.
fn bend(points: &mut Vec<Point>, to: Point) {
    let Some(&from) = points.last() else {
        return;
    };
    if (from.0 - to.0).abs() > 0.5 {
        let middle = f64::midpoint(from.1, to.1);
        let controls = [from, (from.0, middle), (to.0, middle), to];
        points.extend((1..PIECES).map(|piece| on_curve(controls, piece as f64 / PIECES as f64)));
    }
    points.push(to);
}

/// A point of a cubic Bézier curve.
fn on_curve(controls: [Point; 4], t: f64) -> Point {
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    let along = |part: fn(Point) -> f64| {
        let parts = controls.iter().zip(weights);
        parts.map(|(&point, weight)| part(point) * weight).sum()
    };
    (along(|point| point.0), along(|point| point.1))
}

/// From the end of one column around to the beginning of the next: down to `bottom`, over to the free way at `across`, up
/// to the edge above the columns and down again.
pub(super) fn folded(from: Point, to: Point, (across, bottom): Point) -> Vec<Point> {
    let top = 0.0;
    let corners = [
        from,
        (from.0, bottom),
        (across, bottom),
        (across, top),
        (to.0, top),
        to,
    ];
    rounded(&corners)
}

/// A line with its corners rounded.
fn rounded(corners: &[Point]) -> Vec<Point> {
    let mut points = vec![corners[0]];
    for three in corners.windows(3) {
        let [before, corner, after] = [three[0], three[1], three[2]];
        let toward = |to: Point| {
            let (x, y) = (to.0 - corner.0, to.1 - corner.1);
            let length = x.hypot(y).max(f64::EPSILON);
            let share = CORNER.min(length / 2.0) / length;
            (corner.0 + x * share, corner.1 + y * share)
        };
        let controls = [toward(before), corner, corner, toward(after)];
        points.extend((0..=PIECES).map(|piece| on_curve(controls, piece as f64 / PIECES as f64)));
    }
    points.extend(corners.last());
    points
}

/// A line with a head at its end.
pub(super) fn shapes(mut points: Vec<Point>) -> Vec<Shape> {
    let is_same = |one: &mut Point, other: &mut Point| {
        (one.0 - other.0).abs() < 0.01 && (one.1 - other.1).abs() < 0.01
    };
    points.dedup_by(is_same);
    let [.., before, tip] = points[..] else {
        return Vec::new();
    };
    let (x, y) = (tip.0 - before.0, tip.1 - before.1);
    let length = x.hypot(y).max(f64::EPSILON);
    let (x, y) = (x / length, y / length);
    let base = (tip.0 - x * HEAD.0, tip.1 - y * HEAD.0);
    let side = |by: f64| (base.0 - y * by, base.1 + x * by);
    let head = vec![tip, side(HEAD.1), side(-HEAD.1)];
    if let Some(last) = points.last_mut() {
        // The line ends within the head.
        *last = (tip.0 - x * HEAD.0 / 2.0, tip.1 - y * HEAD.0 / 2.0);
    }
    vec![
        Shape::Line {
            points,
            width: LINE,
            color: FRAME,
        },
        Shape::Polygon {
            points: head,
            color: FRAME,
        },
    ]
}
