use std::collections::BTreeMap;

use super::CtcPath;

/// Logarithms of the probability that the steps so far say these labels: ending in a blank, and ending in the last label.
#[derive(Clone, Copy)]
struct Scores {
    blank: f64,
    label: f64,
}

impl Default for Scores {
    /// Never.
    fn default() -> Self {
        Self {
            blank: f64::NEG_INFINITY,
            label: f64::NEG_INFINITY,
        }
    }
}

impl Scores {
    fn total(self) -> f64 {
        log_add(self.blank, self.label)
    }
}

/// The paths that are left at the end, best first.
pub(super) fn paths(rows: &[&[f32]], blank: usize, beam_width: usize) -> Vec<CtcPath> {
    let start = Scores {
        blank: 0.0,
        ..Scores::default()
    };
    let mut beam: Vec<(Vec<usize>, Scores)> = vec![(Vec::new(), start)];
    for row in rows {
        let log_p = log_softmax(row);
        let mut next: BTreeMap<Vec<usize>, Scores> = BTreeMap::new();
        for (labels, scores) in beam {
            for (class, log_p) in log_p.iter().enumerate() {
                if class == blank {
                    let own = next.entry(labels.clone()).or_default();
                    own.blank = log_add(own.blank, scores.total() + log_p);
                    continue;
                }
                let follows_its_like = labels.last() == Some(&class);
                if follows_its_like {
                    let own = next.entry(labels.clone()).or_default();
                    own.label = log_add(own.label, scores.label + log_p);
                }
                let before = if follows_its_like {
                    scores.blank
                } else {
                    scores.total()
                };
                let longer = labels.iter().copied().chain([class]).collect();
                let own = next.entry(longer).or_default();
                own.label = log_add(own.label, before + log_p);
            }
        }
        beam = next.into_iter().collect();
        beam.sort_by(|a, b| b.1.total().total_cmp(&a.1.total()));
        beam.truncate(beam_width);
    }
    beam.into_iter()
        .map(|(labels, scores)| CtcPath {
            labels,
            score: scores.total(),
        })
        .filter(|path| path.score > f64::NEG_INFINITY)
        .collect()
}

/// `ln(eᵃ + eᵇ)`
fn log_add(a: f64, b: f64) -> f64 {
    let (large, small) = if a > b { (a, b) } else { (b, a) };
    if small == f64::NEG_INFINITY {
        return large;
    }
    large + (small - large).exp().ln_1p()
}

fn log_softmax(row: &[f32]) -> Vec<f64> {
    let total = row.iter().fold(f64::NEG_INFINITY, |sum, &logit| {
        log_add(sum, f64::from(logit))
    });
    row.iter().map(|&logit| f64::from(logit) - total).collect()
}
