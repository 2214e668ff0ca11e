use ndarray::{Array2, ArrayRef2, Zip};

use crate::element::Element;

/// `p_i = exp(z_i) / Σ_j exp(z_j)` of every row, in place.
///
/// The largest `z` of a row is subtracted first. It cancels in the quotient and keeps `exp` from overflowing.
pub(crate) fn forward<T: Element>(z: &mut Array2<T>) {
    for mut row in z.rows_mut() {
        let largest = row.fold(T::neg_infinity(), |largest, &z| largest.max(z));
        row.mapv_inplace(|z| (z - largest).exp());
        row /= row.sum();
    }
}

/// Turns `∂loss/∂p` into `∂loss/∂z` of every row, in place.
///
/// By the whole Jacobian `∂p_j/∂z_i = p_j ([i = j] - p_i)`, without building it:
/// `∂loss/∂z_i = Σ_j ∂loss/∂p_j · p_j ([i = j] - p_i) = p_i (∂loss/∂p_i - Σ_j ∂loss/∂p_j · p_j)`.
pub(crate) fn backward<T: Element>(p: &ArrayRef2<T>, delta: &mut Array2<T>) {
    Zip::from(p.rows())
        .and(delta.rows_mut())
        .for_each(|p, mut delta| {
            let mean = delta.dot(&p);
            delta.zip_mut_with(&p, |delta, &p| *delta = p * (*delta - mean));
        });
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;

    fn softmax<T: Element>(mut z: Array2<T>) -> Array2<T> {
        forward(&mut z);
        z
    }

    fn logits() -> impl Strategy<Value = Array2<f64>> {
        let row = prop::collection::vec(-30.0..30.0_f64, 1..12);
        row.prop_map(|row| Array2::from_shape_vec((1, row.len()), row).unwrap())
    }

    fn distance(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
        (left - right).fold(0.0, |largest, difference| difference.abs().max(largest))
    }

    proptest! {
        #[test]
        fn rows_are_probabilities(z in logits()) {
            let p = softmax(z);
            prop_assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
            prop_assert!((p.sum() - 1.0).abs() < 1e-14);
        }

        #[test]
        fn a_shift_of_all_logits_changes_nothing(z in logits(), shift in -1e3..1e3_f64) {
            prop_assert!(distance(&softmax(&z + shift), &softmax(z)) < 1e-12);
        }

        #[test]
        fn the_way_back_is_the_product_with_the_jacobian(z in logits(), seed in -1.0..1.0_f64) {
            let p = softmax(z);
            let along = Array2::from_shape_fn(p.dim(), |(_, j)| (seed + j as f64).sin());
            let jacobian = Array2::from_shape_fn((p.len(), p.len()), |(j, i)| {
                p[[0, j]] * (f64::from(u8::from(i == j)) - p[[0, i]])
            });
            let mut delta = along.clone();
            backward(&p, &mut delta);
            prop_assert!(distance(&delta, &along.dot(&jacobian)) < 1e-14);
        }
    }

    #[test]
    fn logits_have_their_known_probabilities() {
        let p = softmax(array![[0.0, 2_f64.ln(), 5_f64.ln()], [7.0, 7.0, 7.0]]);
        let third = 1.0 / 3.0;
        assert!(distance(&p, &array![[0.125, 0.25, 0.625], [third, third, third]]) < 1e-15);
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let p = softmax(array![
            [1e4_f32, -1e4, 0.0],
            [-1e4, -1e4, -1e4],
            [1e4, 1e4, -1e4]
        ]);
        let third = 1.0 / 3.0;
        assert_eq!(
            p,
            array![[1.0, 0.0, 0.0], [third, third, third], [0.5, 0.5, 0.0]]
        );
        let mut delta = array![[1.0, -1.0, 1.0], [1.0, -1.0, 1.0], [1.0, -1.0, 1.0]];
        backward(&p, &mut delta);
        assert!(delta.iter().all(|delta| delta.is_finite()), "{delta}");
    }
}
