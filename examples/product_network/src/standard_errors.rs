//! How far what is learned from a sample is from the truth by the chance of the draw.

use crate::network::{Polynomial, Product, monomials};

/// Of the coefficients that are likeliest for labels drawn by `truth` at `points`: the roots of the diagonal of `I⁻¹`
/// with Fisher's information `I = Σ p (1 - p) m mᵀ`, where `m` are the monomials at a point and `p` the probability
/// there.
///
/// With fewer than six points in general position there is no such thing, and the numbers are not finite.
pub(crate) fn standard_errors(truth: Product, points: &[[f32; 2]]) -> Polynomial {
    let mut information = [[0.0; 6]; 6];
    for point in points {
        let probability = f64::from(truth.probability(*point));
        let m = monomials(*point).map(f64::from);
        for (row, left) in information.iter_mut().zip(m) {
            for (sum, right) in row.iter_mut().zip(m) {
                *sum += probability * (1.0 - probability) * left * right;
            }
        }
    }
    let inverse = inverse(information);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "weights are of single precision, and so is what is set beside them"
    )]
    let root = |index: usize| inverse[index][index].sqrt() as f32;
    Polynomial(std::array::from_fn(root))
}

/// By Gauss' and Jordan's elimination; without a choice of pivots, which a positive definite matrix does not need.
fn inverse<const N: usize>(mut matrix: [[f64; N]; N]) -> [[f64; N]; N] {
    let mut inverse: [[f64; N]; N] =
        std::array::from_fn(|row| std::array::from_fn(|column| f64::from(u8::from(row == column))));
    for pivot in 0..N {
        let share = matrix[pivot][pivot];
        for number in matrix[pivot].iter_mut().chain(&mut inverse[pivot]) {
            *number /= share;
        }
        let (done, done_inverse) = (matrix[pivot], inverse[pivot]);
        for row in (0..N).filter(|row| *row != pivot) {
            let share = matrix[row][pivot];
            for column in 0..N {
                matrix[row][column] -= share * done[column];
                inverse[row][column] -= share * done_inverse[column];
            }
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::uniform;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let matrix = [[4.0, 1.0, -2.0], [1.0, 3.0, 0.5], [-2.0, 0.5, 5.0]];
        let inverse = inverse(matrix);
        for (row, numbers) in matrix.iter().enumerate() {
            for column in 0..3 {
                let sum: f64 = (0..3).map(|k| numbers[k] * inverse[k][column]).sum();
                let expected = f64::from(u8::from(row == column));
                assert!((sum - expected).abs() < 1e-12, "{inverse:?}");
            }
        }
    }

    #[test]
    fn four_times_the_points_halve_the_errors() {
        let truth = Product {
            beta_0: 0.3,
            beta_1: -1.0,
        };
        let points = uniform(500, 2.0, 9);
        let Polynomial(once) = standard_errors(truth, &points);
        let Polynomial(four_times) = standard_errors(truth, &points.repeat(4));
        for (once, four_times) in once.iter().zip(four_times) {
            assert!(
                (once / four_times - 2.0).abs() < 1e-4,
                "{once} {four_times}"
            );
        }
    }

    #[test]
    fn the_errors_of_orthogonal_monomials_are_those_of_the_formula() {
        // With p = 1/2 everywhere, I is a quarter of the sum of m mᵀ.
        let truth = Product {
            beta_0: 0.0,
            beta_1: 0.0,
        };
        let points: Vec<[f32; 2]> = [-1.0, 0.0, 1.0]
            .into_iter()
            .flat_map(|x1| [-1.0, 0.0, 1.0].map(|x2| [x1, x2]))
            .collect();
        let Polynomial(errors) = standard_errors(truth, &points);
        // Six of the nine points have x₁ = ±1, four x₁ x₂ = ±1; both monomials are orthogonal to all others.
        for (index, sum) in [(1, 6.0_f32), (2, 6.0), (4, 4.0)] {
            assert!(
                (errors[index] - 2.0 / sum.sqrt()).abs() < 1e-6,
                "{errors:?}"
            );
        }
    }
}
