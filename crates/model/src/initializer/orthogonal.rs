use crate::deviates::Deviates;

/// A matrix, row by row, with orthonormal rows or columns, whichever are fewer; uniform among all
/// of them.
///
/// The orthonormal factor of a normal matrix by Gram and Schmidt. The diagonal of its triangular
/// factor is positive, which makes it the `Q · sign(diag R)` of a factorization by reflections.
pub(super) fn orthogonal(rows: usize, columns: usize, draws: &mut Deviates) -> Vec<f64> {
    let (length, count) = (rows.max(columns), rows.min(columns));
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut vector: Vec<f64> = (0..length).map(|_| draws.normal()).collect();
        // The second pass takes away what rounding left of the first.
        for _ in 0..2 {
            for other in &vectors {
                let share = dot(&vector, other);
                for (value, other) in vector.iter_mut().zip(other) {
                    *value -= share * other;
                }
            }
            let norm = dot(&vector, &vector).sqrt();
            for value in &mut vector {
                *value /= norm;
            }
        }
        vectors.push(vector);
    }
    if rows < columns {
        vectors.concat()
    } else {
        (0..rows)
            .flat_map(|row| vectors.iter().map(move |vector| vector[row]))
            .collect()
    }
}

/// The scalar product in eight sums, an order that is always the same and fast.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (a_lanes, a_rest) = a.as_chunks::<LANES>();
    let (b_lanes, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}
