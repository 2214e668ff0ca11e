use firebrick::models::Activation;

/// How probable each class is; `None` for answers that are not about classes.
///
/// A single probability is that of the second of two classes. Numbers that are no probabilities are taken for
/// logits, as those of a network that leaves the softmax to its loss.
pub(super) fn probabilities(values: &[f64], activation: Activation) -> Option<Vec<f64>> {
    const TOLERANCE: f64 = 1e-3;
    match (values, activation) {
        ([probability], Activation::Sigmoid) => Some(vec![1.0 - probability, *probability]),
        ([_] | [], _) => None,
        (_, Activation::Sigmoid) => Some(values.to_vec()),
        _ => {
            let sum: f64 = values.iter().sum();
            if (sum - 1.0).abs() < TOLERANCE && values.iter().all(|value| *value >= 0.0) {
                return Some(values.to_vec());
            }
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = values.iter().map(|value| (value - largest).exp()).collect();
            let sum: f64 = powers.iter().sum();
            Some(powers.into_iter().map(|power| power / sum).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_become_probabilities() {
        let given = probabilities(&[0.25, 0.75], Activation::Softmax);
        assert_eq!(given, Some(vec![0.25, 0.75]));
        let single = probabilities(&[0.25], Activation::Sigmoid);
        assert_eq!(single, Some(vec![0.75, 0.25]));
        let logits = probabilities(&[2.0, 2.0], Activation::Linear);
        assert_eq!(logits, Some(vec![0.5, 0.5]));
        assert_eq!(probabilities(&[2.0], Activation::Linear), None);
    }
}
