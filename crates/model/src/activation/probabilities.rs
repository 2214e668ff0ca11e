use super::Activation;

impl Activation {
    /// How probable each class is, of what a network with this last activation says of a sample; `None` for answers that are not
    /// about classes.
    ///
    /// A single probability is that of the second of two classes. Numbers that are no probabilities are taken for logits, as those
    /// of a network that leaves the softmax to its loss.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model as models; }
    /// use firebrick::models::Activation;
    ///
    /// assert_eq!(Activation::Softmax.probabilities(&[0.25, 0.75]), Some(vec![0.25, 0.75]));
    /// assert_eq!(Activation::Sigmoid.probabilities(&[0.25]), Some(vec![0.75, 0.25]));
    /// assert_eq!(Activation::Linear.probabilities(&[2.0, 2.0]), Some(vec![0.5, 0.5]));
    /// assert_eq!(Activation::Linear.probabilities(&[2.0]), None);
    /// ```
    pub fn probabilities(self, values: &[f64]) -> Option<Vec<f64>> {
        const TOLERANCE: f64 = 1e-3;
        match (values, self) {
            ([probability], Self::Sigmoid) => Some(vec![1.0 - probability, *probability]),
            ([_] | [], _) => None,
            (_, Self::Sigmoid) => Some(values.to_vec()),
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
}
