//! Which trials of a rung are the best.

use std::cmp::Ordering;

/// A trial of a rung, and what came of it once it has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) trial: usize,
    pub(super) ended: Option<Ended>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ended {
    /// The lower the better.
    Score(f64),
    Failed,
}

impl Ended {
    pub(super) fn of(score: Option<f64>) -> Self {
        match score {
            Some(score) if !score.is_nan() => Self::Score(score),
            _ => Self::Failed,
        }
    }
}

/// The best `count` trials that have ended, the best first; of equal ones those that came first. One that failed is never
/// among them.
pub(super) fn best(members: &[Member], count: usize) -> Vec<usize> {
    let mut scored: Vec<(f64, usize)> = members
        .iter()
        .filter_map(|member| match member.ended {
            Some(Ended::Score(score)) => Some((score, member.trial)),
            _ => None,
        })
        .collect();
    scored.sort_by(|(one, first), (other, second)| {
        let by_score = one.partial_cmp(other).unwrap_or(Ordering::Equal);
        by_score.then(first.cmp(second))
    });
    scored
        .into_iter()
        .take(count)
        .map(|(_, trial)| trial)
        .collect()
}

/// Takes down that a trial of a rung has ended.
pub(super) fn end(members: &mut [Member], trial: usize, score: Option<f64>) {
    if let Some(member) = members.iter_mut().find(|member| member.trial == trial) {
        member.ended = Some(Ended::of(score));
    }
}
