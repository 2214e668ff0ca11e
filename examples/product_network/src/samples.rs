//! Samples drawn from a seed.

use firebrick::datasets::{ArrayDataset, DataError};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::network::Product;

/// Uniform in (0, 1).
fn unit(rng: &mut ChaCha8Rng) -> f32 {
    ((rng.next_u32() >> 9) as f32 + 0.5) / (1_u32 << 23) as f32
}

/// Points of the square `(-size, size)²`.
pub(crate) fn uniform(num: usize, size: f32, seed: u64) -> Vec<[f32; 2]> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut coordinate = || (2.0 * unit(&mut rng) - 1.0) * size;
    (0..num).map(|_| [coordinate(), coordinate()]).collect()
}

/// `4 · num` points with the label 1 where `x₁ x₂ > 0`, else 0: the exclusive or of the signs.
///
/// With every point come its mirror images at both axes and at the origin, so that the points are as symmetric as the
/// distribution they are drawn from, and no half of the plane has more labels of one kind by chance.
pub(crate) fn signs(num: usize, seed: u64) -> Result<ArrayDataset, DataError> {
    let points: Vec<[f32; 2]> = uniform(num, 1.0, seed)
        .into_iter()
        .flat_map(|[x1, x2]| [[x1, x2], [-x1, x2], [x1, -x2], [-x1, -x2]])
        .collect();
    let labels: Vec<f32> = points
        .iter()
        .map(|[x1, x2]| f32::from(x1 * x2 > 0.0))
        .collect();
    ArrayDataset::new(points, labels)
}

/// The points with labels drawn from the logistic model.
pub(crate) fn logistic(
    product: Product,
    points: Vec<[f32; 2]>,
    seed: u64,
) -> Result<ArrayDataset, DataError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Not the numbers that the points were drawn with.
    rng.set_stream(1);
    let labels: Vec<f32> = points
        .iter()
        .map(|x| f32::from(unit(&mut rng) < product.probability(*x)))
        .collect();
    ArrayDataset::new(points, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_points_and_another_gives_others() {
        assert_eq!(uniform(10, 1.0, 7), uniform(10, 1.0, 7));
        assert_ne!(uniform(10, 1.0, 7), uniform(10, 1.0, 8));
        let inside = |[x1, x2]: &[f32; 2]| x1.abs() < 3.0 && x2.abs() < 3.0;
        assert!(uniform(1000, 3.0, 7).iter().all(inside));
    }
}
