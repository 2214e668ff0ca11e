//! Up to which epochs trials are trained before it is decided which of them go on.

/// The epochs of the rungs: `epochs`, a third of them and so on, as long as that is not fewer than `min_epochs`.
pub(crate) fn rungs(min_epochs: usize, epochs: usize, factor: usize) -> Vec<usize> {
    let mut rungs = vec![epochs];
    let mut lower = epochs / factor;
    while lower >= min_epochs.max(1) {
        rungs.push(lower);
        lower /= factor;
    }
    rungs.reverse();
    rungs
}

/// The brackets of Hyperband, each with its number of trials and its rungs: `n = ⌈(s_max + 1) ηˢ / (s + 1)⌉` of them for
/// `s + 1` rungs, from the most rungs to a single one; begun anew as often as `trials` lasts.
pub(crate) fn hyperband(rungs: &[usize], factor: usize, trials: usize) -> Vec<(usize, Vec<usize>)> {
    let mut left = trials;
    let mut brackets = Vec::new();
    for s in (0..rungs.len()).rev().cycle() {
        if left == 0 {
            break;
        }
        let own = trials_of(s, rungs.len(), factor).min(left);
        left -= own;
        brackets.push((own, rungs[rungs.len() - 1 - s..].to_vec()));
    }
    brackets
}

/// The trials of all of Hyperband's brackets once.
pub(crate) fn hyperband_trials(min_epochs: usize, epochs: usize, factor: usize) -> usize {
    let len = rungs(min_epochs, epochs, factor).len();
    (0..len)
        .map(|s| trials_of(s, len, factor))
        .fold(0, usize::saturating_add)
}

fn trials_of(s: usize, num_rungs: usize, factor: usize) -> usize {
    let power = u32::try_from(s).ok().and_then(|s| factor.checked_pow(s));
    let all = power.and_then(|power| power.checked_mul(num_rungs));
    all.map_or(usize::MAX, |all| all.div_ceil(s + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_end_with_all_epochs() {
        for (min_epochs, epochs, factor, expected) in [
            (1, 9, 3, vec![1, 3, 9]),
            (1, 81, 3, vec![1, 3, 9, 27, 81]),
            (1, 30, 3, vec![1, 3, 10, 30]),
            (2, 30, 3, vec![3, 10, 30]),
            (1, 16, 4, vec![1, 4, 16]),
            (1, 1, 3, vec![1]),
            (5, 5, 3, vec![5]),
        ] {
            assert_eq!(rungs(min_epochs, epochs, factor), expected);
        }
    }

    /// The table of the paper for R = 81 and η = 3.
    #[test]
    fn hyperband_has_the_brackets_of_its_paper() {
        let rungs = rungs(1, 81, 3);
        let expected = vec![
            (81, vec![1, 3, 9, 27, 81]),
            (34, vec![3, 9, 27, 81]),
            (15, vec![9, 27, 81]),
            (8, vec![27, 81]),
            (5, vec![81]),
        ];
        assert_eq!(hyperband_trials(1, 81, 3), 143);
        assert_eq!(hyperband(&rungs, 3, 143), expected);
        let cut = hyperband(&rungs, 3, 90);
        assert_eq!(cut[1], (9, vec![3, 9, 27, 81]));
        assert_eq!(hyperband(&rungs, 3, 144)[5].0, 1);
    }
}
