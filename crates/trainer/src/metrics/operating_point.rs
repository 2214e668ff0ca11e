/// The largest of these figures where those that are bound reach the least that is asked for; 0 where
/// none does.
pub(super) fn best_where(bound: &[f64], least: f64, figures: &[f64]) -> f64 {
    bound
        .iter()
        .zip(figures)
        .filter(|(bound, _)| **bound >= least)
        .map(|(_, figure)| *figure)
        .fold(0.0, f64::max)
}
