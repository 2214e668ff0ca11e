//! What one could do about layers that do badly.

use std::collections::HashMap;

use firebrick_session::LayerNumbers;

use crate::logs::figure_text;

/// Updates are healthy around a thousandth of the weights; far below it a layer hardly learns, far above it it forgets.
///
/// # Source
/// A rule of thumb: Karpathy, `CS231n`, "Neural Networks Part 3: Learning and Evaluation", ratio of weights and updates.
const HEALTHY: std::ops::RangeInclusive<f64> = 1e-5..=1e-1;

/// So many looks one after the other are no chance.
const LOOKS: usize = 3;

/// A rate below this share of the highest one so far is meant to learn little: of a schedule that warms up, or ends.
const FULL_RATE: f64 = 0.1;

/// From this share of dead units on something is said, where it is so for two validations.
const DEAD: f64 = 0.5;
const VALIDATIONS: usize = 2;

/// Notices layers that do badly for a while; says it once of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerHints {
    layers: HashMap<String, Course>,
    highest_rate: f64,
}

/// How a layer has done lately.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    small: Streak,
    large: Streak,
    dead: Streak,
}

/// How often in a row.
#[derive(Clone, Copy, Debug, Default)]
struct Streak {
    length: usize,
    is_told: bool,
}

impl Streak {
    /// Whether it has become so long just now, for the first time.
    fn grows_to(&mut self, length: usize, goes_on: bool) -> bool {
        self.length = if goes_on { self.length + 1 } else { 0 };
        let is_new = !self.is_told && self.length >= length;
        self.is_told |= is_new;
        is_new
    }
}

impl LayerHints {
    /// What there is to say after a look at updates with this rate.
    pub(crate) fn of_updates(&mut self, layers: &[LayerNumbers], rate: f64) -> Vec<String> {
        self.highest_rate = self.highest_rate.max(rate);
        let is_full = rate >= FULL_RATE * self.highest_rate;
        let mut hints = Vec::new();
        for layer in layers.iter().filter(|layer| layer.weights > 0.0) {
            let ratio = layer.update / layer.weights;
            let course = self.layers.entry(layer.path.clone()).or_default();
            if course
                .small
                .grows_to(LOOKS, is_full && ratio < *HEALTHY.start())
            {
                hints.push(small(layer, ratio));
            }
            if course.large.grows_to(LOOKS, ratio > *HEALTHY.end()) {
                hints.push(large(layer, ratio));
            }
        }
        hints
    }

    /// What there is to say of the shares of dead units that a validation has found, by layer.
    pub(crate) fn of_dead(&mut self, shares: &[(String, f64)]) -> Vec<String> {
        let mut hints = Vec::new();
        for (path, share) in shares {
            let course = self.layers.entry(path.clone()).or_default();
            if course.dead.grows_to(VALIDATIONS, *share >= DEAD) {
                hints.push(format!(
                    "{:.0} % of the units of layer `{path}` were above 0 for no sample of the validation: dead units learn nothing; try a \
                     smaller learning rate, `leaky_relu` or `gelu` in the place of `relu`, or fewer units",
                    100.0 * share
                ));
            }
        }
        hints
    }
}

fn small(layer: &LayerNumbers, ratio: f64) -> String {
    let vanish = match layer.gradients {
        Some(gradients) if gradients < 1e-6 * layer.weights => format!(
            "; its gradients vanish (norm {}): try `relu` in the place of `sigmoid` or `tanh`, a normalization, or a residual path",
            figure_text(gradients)
        ),
        _ => "; try a larger learning rate, or look whether anything reaches it".to_owned(),
    };
    format!(
        "layer `{}` hardly learns: a step moves its weights by {} of their size, about 1e-3 is usual{vanish}",
        layer.path,
        figure_text(ratio)
    )
}

fn large(layer: &LayerNumbers, ratio: f64) -> String {
    format!(
        "layer `{}` is thrown about: a step moves its weights by {} of their size, about 1e-3 is usual; try a smaller learning rate, \
         a warmup, or `clipnorm`",
        layer.path,
        figure_text(ratio)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(update: f64, gradients: f64) -> Vec<LayerNumbers> {
        vec![LayerNumbers {
            path: "dense".to_owned(),
            weights: 1.0,
            update,
            gradients: Some(gradients),
            dead: None,
        }]
    }

    /// What is said after each of some looks.
    fn told(looks: &[(f64, f64, f64)]) -> Vec<(usize, String)> {
        let mut hints = LayerHints::default();
        let looks = looks.iter().enumerate();
        looks
            .flat_map(|(look, &(update, gradients, rate))| {
                let own = hints.of_updates(&layer(update, gradients), rate);
                own.into_iter().map(move |hint| (look, hint))
            })
            .collect()
    }

    #[test]
    fn three_looks_in_a_row_are_told_once() {
        let small = (1e-6, 1e-3, 0.1);
        let healthy = (1e-3, 1e-3, 0.1);
        let all = told(&[small, small, healthy, small, small, small, small, small]);
        let [(5, text)] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!(
            text,
            "layer `dense` hardly learns: a step moves its weights by 1.0000e-6 of their size, about 1e-3 is usual; try a larger \
             learning rate, or look whether anything reaches it"
        );
        assert!(told(&[healthy; 9]).is_empty());
    }

    #[test]
    fn vanishing_gradients_and_large_steps_have_words_of_their_own() {
        let vanished = told(&[(1e-7, 1e-9, 0.1); 3]);
        assert!(
            vanished[0]
                .1
                .contains("its gradients vanish (norm 1.0000e-9)")
        );
        let large = told(&[(0.5, 9.0, 0.1); 3]);
        assert!(
            large[0]
                .1
                .contains("is thrown about: a step moves its weights by 0.5000")
        );
    }

    #[test]
    fn a_schedule_that_ends_is_no_illness() {
        let begin = (1e-3, 1e-3, 0.1);
        let end = (1e-6, 1e-3, 1e-4);
        assert!(told(&[begin, end, end, end, end]).is_empty());
    }

    #[test]
    fn a_layer_without_weights_of_any_size_has_no_ratio() {
        let mut hints = LayerHints::default();
        let zero = LayerNumbers::default();
        for _ in 0..5 {
            assert!(
                hints
                    .of_updates(std::slice::from_ref(&zero), 0.1)
                    .is_empty()
            );
        }
    }

    #[test]
    fn dead_units_are_told_after_two_validations() {
        let mut hints = LayerHints::default();
        let shares = |share: f64| vec![("conv2d".to_owned(), share)];
        assert!(hints.of_dead(&shares(0.75)).is_empty());
        let told = hints.of_dead(&shares(0.75));
        assert!(
            told[0].starts_with("75 % of the units of layer `conv2d` were above 0 for no sample")
        );
        assert!(hints.of_dead(&shares(0.75)).is_empty(), "once");
        assert!(hints.of_dead(&[("other".to_owned(), 0.4)]).is_empty());
    }
}
