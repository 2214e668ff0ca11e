//! Newton's method from a grid of starting points, and what the second derivatives say of the points it finds.

use std::fmt;
use std::ops::Range;

use anyhow::ensure;

use crate::derivatives::{Derivatives, Function, Hessian, Point};

/// Starting points along each axis.
const STARTS: usize = 11;
/// Newton's method doubles the digits with each step; towards a degenerate point a step takes only a share of the distance,
/// a third at the minimum of x⁴.
const MAX_STEPS: usize = 100;
/// The distance of the differences as a share of the side of the region: near the cube root of the precision of a number,
/// where rounding (precision / distance) and what a difference leaves out (distance²) are of one size.
const DIFFERENCE: f64 = 1e-6;
/// A smaller Newton step, as a share of the side, is the last one: its error is the square of it, which is below rounding.
const TOLERANCE: f64 = 1e-8;
/// Within this share of the side, points are one point, and an eigenvalue that changes as much as it is decides nothing.
const RESOLUTION: f64 = 1e-4;
/// What is smaller than this share of the other eigenvalue, or of the gradient, is the rounding of the differences.
const ROUNDING: f64 = 1e-8;

/// A point where the gradient is zero.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CriticalPoint {
    pub(crate) point: Point,
    pub(crate) value: f64,
    /// Of the Hessian, the smaller first.
    pub(crate) eigenvalues: [f64; 2],
    pub(crate) kind: Kind,
}

/// What the eigenvalues of the Hessian say of a critical point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Both are positive.
    Minimum,
    /// Both are negative.
    Maximum,
    /// One is negative, one is positive.
    Saddle,
    /// One is zero as far as can be told: the second derivatives do not decide.
    Degenerate,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Degenerate => "degenerate",
        })
    }
}

/// The critical points of `function` with both coordinates in `region`, from left to right and from below.
///
/// It finds those to which Newton's method leads from one of the 121 points of a grid; of those nearer to each other than
/// a 10,000th of the region's side it gives one.
///
/// # Errors
/// A region that is none; a function that does not give one value a point.
pub(crate) fn critical_points(
    function: &Function,
    region: Range<f64>,
) -> anyhow::Result<Vec<CriticalPoint>> {
    let side = region.end - region.start;
    ensure!(
        side > 0.0 && side.is_finite(),
        "the region expects a start below its end, both finite, received {region:?}; give for example -1.0..1.0"
    );
    let derivatives = Derivatives::new(function);
    let mut found: Vec<Point> = Vec::new();
    for point in converged(&derivatives, grid(&region, STARTS), side)? {
        let is_inside = point.iter().all(|coordinate| {
            (region.start - TOLERANCE * side..=region.end + TOLERANCE * side).contains(coordinate)
        });
        let is_known = found
            .iter()
            .any(|known| (known[0] - point[0]).hypot(known[1] - point[1]) < RESOLUTION * side);
        if is_inside && !is_known {
            found.push(point);
        }
    }
    let cell = |coordinate: f64| (coordinate / (RESOLUTION * side)).round();
    found.sort_by(|a, b| {
        let [a, b] = [a, b].map(|point| point.map(cell));
        a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
    });
    let values = derivatives.values(&found)?;
    let classified = classify(&derivatives, &found, side)?;
    let points = found.into_iter().zip(values).zip(classified);
    Ok(points
        .map(|((point, value), (eigenvalues, kind))| CriticalPoint {
            point,
            value,
            eigenvalues,
            kind,
        })
        .collect())
}

/// `num × num` points, row by row.
pub(crate) fn grid(region: &Range<f64>, num: usize) -> Vec<Point> {
    let coordinate = |index: usize| {
        let share = index as f64 / (num - 1) as f64;
        region.start + (region.end - region.start) * share
    };
    (0..num)
        .flat_map(|row| (0..num).map(move |column| [coordinate(column), coordinate(row)]))
        .collect()
}

/// Where Newton's method ends, of the points for which it ends.
fn converged(
    derivatives: &Derivatives<'_>,
    mut points: Vec<Point>,
    side: f64,
) -> anyhow::Result<Vec<Point>> {
    let mut ends = Vec::new();
    for _ in 0..MAX_STEPS {
        let gradients = derivatives.gradients(&points)?;
        let hessians = derivatives.hessians(&points, DIFFERENCE * side)?;
        let mut moving = Vec::new();
        for ((point, gradient), hessian) in points.into_iter().zip(gradients).zip(hessians) {
            let step = newton_step(gradient, &hessian);
            let next = [point[0] + step[0], point[1] + step[1]];
            if step[0].hypot(step[1]) <= TOLERANCE * side {
                ends.push(next);
            } else if next.iter().all(|coordinate| coordinate.is_finite()) {
                moving.push(next);
            }
        }
        if moving.is_empty() {
            break;
        }
        points = moving;
    }
    Ok(ends)
}

/// `-H⁻¹ g`, along the eigenvectors of `H`.
///
/// Along one with neither curvature nor slope it stays, so that it ends on a line of critical points as well; with slope
/// alone it goes off to infinity.
fn newton_step(gradient: [f64; 2], hessian: &Hessian) -> [f64; 2] {
    let eigenvalues = hessian.eigenvalues();
    let flat = ROUNDING * eigenvalues[0].abs().max(eigenvalues[1].abs());
    let level = ROUNDING * gradient[0].hypot(gradient[1]);
    let mut step = [0.0; 2];
    for (eigenvalue, [x, y]) in eigenvalues.iter().zip(hessian.eigenvectors()) {
        let slope = gradient[0] * x + gradient[1] * y;
        if eigenvalue.abs() <= flat && slope.abs() <= level {
            continue;
        }
        step[0] -= slope / eigenvalue * x;
        step[1] -= slope / eigenvalue * y;
    }
    step
}

/// The eigenvalues at each point with the kind.
///
/// An eigenvalue decides if it is larger than its change within the resolution, whatever the function's units: the zero of
/// a quartic's second derivative, say, is known only as far as its place is.
fn classify(
    derivatives: &Derivatives<'_>,
    points: &[Point],
    side: f64,
) -> anyhow::Result<Vec<([f64; 2], Kind)>> {
    let eigenvalues = |shift: [f64; 2]| -> anyhow::Result<Vec<[f64; 2]>> {
        let moved: Vec<Point> = points
            .iter()
            .map(|[x, y]| {
                [
                    x + shift[0] * RESOLUTION * side,
                    y + shift[1] * RESOLUTION * side,
                ]
            })
            .collect();
        let hessians = derivatives.hessians(&moved, DIFFERENCE * side)?;
        Ok(hessians.iter().map(Hessian::eigenvalues).collect())
    };
    let at_points = eigenvalues([0.0, 0.0])?;
    let mut uncertain: Vec<[f64; 2]> = at_points
        .iter()
        .map(|[smaller, larger]| [ROUNDING * smaller.abs().max(larger.abs()); 2])
        .collect();
    for shift in [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]] {
        for (index, nearby) in eigenvalues(shift)?.iter().enumerate() {
            for order in 0..2 {
                let change = (nearby[order] - at_points[index][order]).abs();
                uncertain[index][order] = uncertain[index][order].max(change);
            }
        }
    }
    let kinds = at_points.iter().zip(uncertain).map(|(at, uncertain)| {
        let decides = |order: usize| at[order].abs() > uncertain[order];
        match (decides(0) && decides(1), at[0] > 0.0, at[1] > 0.0) {
            (false, ..) => Kind::Degenerate,
            (true, true, true) => Kind::Minimum,
            (true, false, false) => Kind::Maximum,
            (true, ..) => Kind::Saddle,
        }
    });
    Ok(at_points.iter().copied().zip(kinds).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use firebrick::burn::tensor::Tensor;

    fn kinds(function: &Function) -> Vec<Kind> {
        let found = critical_points(function, -2.0..2.0).unwrap();
        found.iter().map(|found| found.kind).collect()
    }

    /// The one critical point in `[-2, 2]²`, which is at `expected`.
    fn kind_at(expected: Point, function: &Function) -> Kind {
        let found = critical_points(function, -2.0..2.0).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        let [x, y] = found[0].point;
        let distance = (x - expected[0]).hypot(y - expected[1]);
        assert!(distance < 1e-4, "{found:?}");
        found[0].kind
    }

    #[test]
    fn minima_maxima_and_saddles_are_told_apart() {
        let bowl = |x: Tensor<1>, y: Tensor<1>| (x - 1.0).square() + (y + 0.3).square() * 2.0;
        assert_eq!(kind_at([1.0, -0.3], &bowl), Kind::Minimum);
        let hill = |x: Tensor<1>, y: Tensor<1>| -(x.square() + y.square()).exp();
        assert_eq!(kind_at([0.0, 0.0], &hill), Kind::Maximum);
        let pass = |x: Tensor<1>, y: Tensor<1>| x * y;
        assert_eq!(kind_at([0.0, 0.0], &pass), Kind::Saddle);
    }

    #[test]
    fn units_do_not_matter() {
        for unit in [1e-12, 1.0, 1e12] {
            let pass = move |x: Tensor<1>, y: Tensor<1>| (x.square() - y.square()) * unit;
            assert_eq!(kind_at([0.0, 0.0], &pass), Kind::Saddle, "{unit}");
        }
    }

    #[test]
    fn the_origin_of_these_is_degenerate() {
        let quartic = |x: Tensor<1>, y: Tensor<1>| x.powi_scalar(4) + y.powi_scalar(4);
        assert_eq!(kind_at([0.0, 0.0], &quartic), Kind::Degenerate);
        let monkey_saddle =
            |x: Tensor<1>, y: Tensor<1>| x.clone().powi_scalar(3) - x * y.square() * 3.0;
        assert_eq!(kind_at([0.0, 0.0], &monkey_saddle), Kind::Degenerate);
        let curved_one_way = |x: Tensor<1>, y: Tensor<1>| x.square() - y.powi_scalar(4);
        assert_eq!(kind_at([0.0, 0.0], &curved_one_way), Kind::Degenerate);
        let shifted = |x: Tensor<1>, y: Tensor<1>| {
            (x - 0.7).powi_scalar(4) * 1e-6 + (y + 1.1).powi_scalar(4) * 1e6
        };
        assert_eq!(kind_at([0.7, -1.1], &shifted), Kind::Degenerate);
    }

    #[test]
    fn every_point_of_a_trough_is_degenerate() {
        let straight = |x: Tensor<1>, _: Tensor<1>| x.square();
        let slanted = |x: Tensor<1>, y: Tensor<1>| (x * 0.3 + y * 1.7).square();
        let constant = |x: Tensor<1>, _: Tensor<1>| x.zeros_like();
        for trough in [&straight as &Function, &slanted, &constant] {
            let kinds = kinds(trough);
            assert!(kinds.len() > 10, "{kinds:?}");
            assert!(kinds.iter().all(|kind| *kind == Kind::Degenerate));
        }
    }

    #[test]
    fn a_function_without_critical_points_has_none() {
        let slope = |x: Tensor<1>, y: Tensor<1>| x * 2.0 + y.square();
        let cubic = |x: Tensor<1>, y: Tensor<1>| x.clone().powi_scalar(3) + x + y.square();
        // Its slope vanishes at infinity alone.
        let exponential = |x: Tensor<1>, y: Tensor<1>| x.exp() + y.square();
        let logarithm = |x: Tensor<1>, y: Tensor<1>| x.log() + y.square();
        for function in [&slope as &Function, &cubic, &exponential, &logarithm] {
            assert_eq!(kinds(function), []);
        }
    }

    #[test]
    fn points_outside_the_region_are_left_out() {
        let bowl = |x: Tensor<1>, y: Tensor<1>| (x - 20.0).square() + y.square();
        assert_eq!(kinds(&bowl), []);
        let inside = critical_points(&bowl, -25.0..25.0).unwrap();
        assert_eq!(inside.len(), 1, "{inside:?}");
    }

    #[test]
    fn a_periodic_function_has_them_all() {
        let waves = |x: Tensor<1>, y: Tensor<1>| x.sin() + y.cos();
        let found = critical_points(&waves, 0.5..6.5).unwrap();
        let kinds: Vec<_> = found.iter().map(|found| found.kind).collect();
        assert_eq!(
            kinds,
            [Kind::Saddle, Kind::Maximum, Kind::Minimum, Kind::Saddle],
            "{found:?}"
        );
    }

    #[test]
    fn a_region_that_is_none_is_an_error() {
        for (start, end) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (0.0, f64::INFINITY),
            (f64::NAN, 1.0),
        ] {
            let error = critical_points(&|x, _| x, start..end).unwrap_err();
            assert!(error.to_string().contains("-1.0..1.0"), "{error}");
        }
    }
}
