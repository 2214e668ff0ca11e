//! What the loss is without a network: by saying the same of every sample.

/// What is guessed, for people.
const ENTROPY: &str = "by the shares of the classes";
const MEAN: &str = "by the mean of the targets";
const MEDIAN: &str = "by the median of the targets";

/// The least loss that the same answer to every sample can have, and what that answer goes by; `None` of losses for which nobody
/// knows it. Targets are numbers of rows with so many columns, or classes where `num_classes` says so.
pub(crate) fn loss_of_guessing(
    loss: &str,
    targets: &[f32],
    columns: usize,
    num_classes: Option<usize>,
) -> Option<(f64, &'static str)> {
    if targets.is_empty() || columns == 0 {
        return None;
    }
    let shares = || match num_classes {
        Some(num_classes) => class_shares(targets, num_classes),
        None => means(targets, columns),
    };
    match loss {
        "sparse_categorical_crossentropy" | "categorical_crossentropy" => {
            Some((entropy(shares().into_iter()), ENTROPY))
        }
        "binary_crossentropy" => {
            // Two classes in one column are a no and a yes.
            let shares = match num_classes {
                Some(2) => vec![shares()[1]],
                _ => shares(),
            };
            let of_each = shares
                .iter()
                .map(|share| entropy([*share, 1.0 - share].into_iter()));
            let sum: f64 = of_each.sum();
            Some((sum / shares.len() as f64, ENTROPY))
        }
        "mean_squared_error" if num_classes.is_none() => {
            let means = means(targets, columns);
            let squares = distances(targets, &means).map(|distance| distance * distance);
            Some((squares.sum::<f64>() / targets.len() as f64, MEAN))
        }
        "mean_absolute_error" if num_classes.is_none() => {
            let medians = medians(targets, columns);
            let sum: f64 = distances(targets, &medians).map(f64::abs).sum();
            Some((sum / targets.len() as f64, MEDIAN))
        }
        _ => None,
    }
}

/// The share of each class; targets that are none are left out.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "classes are whole numbers from 0 on"
)]
fn class_shares(targets: &[f32], num_classes: usize) -> Vec<f64> {
    let mut shares = vec![0.0; num_classes];
    for &target in targets {
        if target >= 0.0
            && let Some(share) = shares.get_mut(target as usize)
        {
            *share += 1.0 / targets.len() as f64;
        }
    }
    shares
}

fn means(targets: &[f32], columns: usize) -> Vec<f64> {
    let rows = (targets.len() / columns) as f64;
    let mut means = vec![0.0; columns];
    for row in targets.chunks_exact(columns) {
        for (mean, &target) in means.iter_mut().zip(row) {
            *mean += f64::from(target) / rows;
        }
    }
    means
}

fn medians(targets: &[f32], columns: usize) -> Vec<f64> {
    let median = |column: usize| {
        let mut own: Vec<f32> = targets
            .iter()
            .skip(column)
            .step_by(columns)
            .copied()
            .collect();
        own.sort_by(f32::total_cmp);
        let middle = own.len() / 2;
        match own.len() % 2 {
            0 => f64::midpoint(f64::from(own[middle - 1]), f64::from(own[middle])),
            _ => f64::from(own[middle]),
        }
    };
    (0..columns).map(median).collect()
}

/// How far each target is from the answer to its column.
fn distances<'a>(targets: &'a [f32], answers: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let answers = answers.iter().cycle();
    targets
        .iter()
        .zip(answers)
        .map(|(&target, answer)| f64::from(target) - answer)
}

/// `-Σ p ln p`
fn entropy(shares: impl Iterator<Item = f64>) -> f64 {
    let terms = shares.filter(|&share| share > 0.0);
    -terms.map(|share| share * share.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(loss: &str, targets: &[f32], columns: usize, classes: Option<usize>) -> f64 {
        loss_of_guessing(loss, targets, columns, classes).unwrap().0
    }

    #[test]
    fn guesses_are_entropies_variances_and_distances_from_the_median() {
        let ln = f64::ln;
        for (guessed, expected) in [
            (
                guess(
                    "sparse_categorical_crossentropy",
                    &[0.0, 1.0, 2.0, 3.0],
                    1,
                    Some(4),
                ),
                ln(4.0),
            ),
            // Half of one class, a quarter of two others; a class without samples adds nothing.
            (
                guess(
                    "categorical_crossentropy",
                    &[0.0, 0.0, 1.0, 3.0],
                    1,
                    Some(4),
                ),
                1.5 * ln(2.0),
            ),
            (
                guess("categorical_crossentropy", &[1.0, 0.0, 0.0, 1.0], 2, None),
                ln(2.0),
            ),
            (
                guess("binary_crossentropy", &[0.0, 1.0, 0.0, 1.0], 1, Some(2)),
                ln(2.0),
            ),
            (
                guess("binary_crossentropy", &[0.0, 1.0, 0.0, 1.0], 2, None),
                0.0,
            ),
            (
                guess("mean_squared_error", &[1.0, 3.0, 5.0], 1, None),
                8.0 / 3.0,
            ),
            (
                guess("mean_squared_error", &[1.0, 10.0, 3.0, 10.0], 2, None),
                0.5,
            ),
            (
                guess("mean_absolute_error", &[0.0, 1.0, 8.0], 1, None),
                8.0 / 3.0,
            ),
            (
                guess("mean_absolute_error", &[0.0, 2.0, 4.0, 10.0], 1, None),
                3.0,
            ),
        ] {
            assert!((guessed - expected).abs() < 1e-9, "{guessed} {expected}");
        }
    }

    #[test]
    fn of_other_losses_nobody_knows_it() {
        assert_eq!(loss_of_guessing("hinge", &[1.0, -1.0], 1, None), None);
        assert_eq!(loss_of_guessing("mean_squared_error", &[], 1, None), None);
        assert_eq!(
            loss_of_guessing("mean_squared_error", &[1.0, 0.0], 1, Some(2)),
            None
        );
    }
}
