//! The shade behind a curve, from its lowest to its highest values.

use crate::axis::is_visible;
use crate::palette::Color;
use crate::panel::Curve;
use crate::shape::{Point, Shape};

/// Half the width in pixels of a band of one point, which would have none.
const HALF_BAR: f64 = 3.0;

/// A place on the horizontal axis, with the lowest and the highest value there.
type Bounds = (f64, (f64, f64));

/// The parts of the band of `curve` that have no gap.
pub(crate) fn stretches(curve: &Curve) -> Vec<Vec<Bounds>> {
    let bounds: Vec<Bounds> = curve
        .epochs
        .iter()
        .copied()
        .zip(curve.band.iter().copied())
        .collect();
    bounds
        .split(|(epoch, (low, high))| ![epoch, low, high].into_iter().all(|v| is_visible(*v)))
        .filter(|stretch| !stretch.is_empty())
        .map(<[Bounds]>::to_vec)
        .collect()
}

/// The shapes of the band of `curve`, where `place` says where in the picture a point lies.
pub(crate) fn shapes(curve: &Curve, color: Color, place: impl Fn(Point) -> Point) -> Vec<Shape> {
    let shape = |stretch: Vec<Bounds>| {
        let edge = |pick: fn((f64, f64)) -> f64| -> Vec<Point> {
            let points = stretch
                .iter()
                .map(|(epoch, bounds)| place((*epoch, pick(*bounds))));
            points.collect()
        };
        let (lower, upper) = (edge(|bounds| bounds.0), edge(|bounds| bounds.1));
        Shape::Band {
            lower: widened(lower),
            upper: widened(upper),
            color,
        }
    };
    stretches(curve).into_iter().map(shape).collect()
}

/// A line instead of a lonely point.
fn widened(edge: Vec<Point>) -> Vec<Point> {
    match edge[..] {
        [(x, y)] => vec![(x - HALF_BAR, y), (x + HALF_BAR, y)],
        _ => edge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(band: &[(f64, f64)]) -> Curve {
        Curve {
            epochs: (0..band.len()).map(|epoch| epoch as f64).collect(),
            values: vec![0.0; band.len()],
            band: band.to_vec(),
            ..Curve::default()
        }
    }

    #[test]
    fn a_bound_that_is_not_finite_is_a_gap() {
        let nan = f64::NAN;
        let gaps = curve(&[
            (nan, 1.0),
            (0.1, 0.2),
            (0.3, 0.4),
            (0.0, f64::INFINITY),
            (0.5, 0.6),
            (nan, nan),
        ]);
        assert_eq!(
            stretches(&gaps),
            [
                vec![(1.0, (0.1, 0.2)), (2.0, (0.3, 0.4))],
                vec![(4.0, (0.5, 0.6))],
            ]
        );
        assert!(stretches(&curve(&[])).is_empty());
    }

    #[test]
    fn a_band_of_one_point_is_a_bar() {
        let shapes = shapes(&curve(&[(1.0, 2.0)]), (0, 0, 0), |(x, y)| {
            (x + 50.0, y * 10.0)
        });
        let expected = Shape::Band {
            lower: vec![(47.0, 10.0), (53.0, 10.0)],
            upper: vec![(47.0, 20.0), (53.0, 20.0)],
            color: (0, 0, 0),
        };
        assert_eq!(shapes, [expected]);
    }
}
