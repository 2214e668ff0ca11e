//! How the layers do over time.

use firebrick_session::LayerNumbers;

use super::points::Points;

/// A layer over time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    pub(crate) now: LayerNumbers,
    /// Of the update and the weights, over steps.
    pub(crate) ratios: Points,
    pub(crate) weights: Points,
    pub(crate) updates: Points,
    pub(crate) gradients: Points,
    pub(crate) dead: Points,
}

/// All layers in the order of the network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layers {
    pub(crate) layers: Vec<Layer>,
}

/// What seems wrong with a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ailment {
    /// Some of its numbers are none.
    NotFinite,
    Exploding,
    Vanishing,
    Dead,
    TooFast,
    TooSlow,
}

impl Ailment {
    /// A word and what to do about it.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::NotFinite => "not finite: go back to the best weights (b), lower the rate",
            Self::Exploding => "exploding: lower the rate, clip the gradients",
            Self::Vanishing => "vanishing: another activation or initializer, normalize",
            Self::Dead => "dead units: lower the rate, leaky activations",
            Self::TooFast => "moves far: lower the rate",
            Self::TooSlow => "hardly moves: raise the rate",
        }
    }
}

impl Layer {
    /// The update as a share of the weights; about a thousandth is usual.
    pub(crate) fn ratio(&self) -> Option<f64> {
        ratio(&self.now)
    }
}

fn ratio(numbers: &LayerNumbers) -> Option<f64> {
    (numbers.weights > 0.0).then(|| numbers.update / numbers.weights)
}

impl Layers {
    /// Takes the numbers of a step.
    pub(crate) fn tell(&mut self, step: f64, numbers: &[LayerNumbers]) {
        let paths = self.layers.iter().map(|layer| &layer.now.path);
        if !paths.eq(numbers.iter().map(|numbers| &numbers.path)) {
            self.layers = numbers.iter().map(|_| Layer::default()).collect();
        }
        for (layer, numbers) in self.layers.iter_mut().zip(numbers) {
            layer.now = numbers.clone();
            layer.weights.push(step, numbers.weights);
            layer.updates.push(step, numbers.update);
            for (points, value) in [
                (&mut layer.ratios, ratio(numbers)),
                (&mut layer.gradients, numbers.gradients),
                (&mut layer.dead, numbers.dead),
            ] {
                if let Some(value) = value {
                    points.push(step, value);
                }
            }
        }
    }

    /// Drops what lies beyond a step; the numbers of now stay until others come.
    pub(crate) fn truncate(&mut self, step: f64) {
        for layer in &mut self.layers {
            for points in [
                &mut layer.ratios,
                &mut layer.weights,
                &mut layer.updates,
                &mut layer.gradients,
                &mut layer.dead,
            ] {
                points.truncate(step);
            }
        }
    }

    /// What seems wrong with a layer, the worst first.
    pub(crate) fn ailment(&self, layer: &Layer) -> Option<Ailment> {
        /// A gradient beyond this moves any weights too far.
        const EXPLODING: f64 = 1e3;
        /// Of the largest gradient of a layer.
        const VANISHING: f64 = 1e-5;
        const DEAD: f64 = 0.5;
        const TOO_FAST: f64 = 0.1;
        const TOO_SLOW: f64 = 1e-6;

        let now = &layer.now;
        let gradients = now.gradients;
        let numbers = [Some(now.weights), Some(now.update), gradients];
        if numbers
            .into_iter()
            .flatten()
            .any(|number| !number.is_finite())
        {
            return Some(Ailment::NotFinite);
        }
        let all = self.layers.iter().filter_map(|layer| layer.now.gradients);
        let largest = all.fold(0.0, f64::max);
        let ratio = layer.ratio();
        let found = [
            (
                gradients.is_some_and(|own| own > EXPLODING),
                Ailment::Exploding,
            ),
            (
                gradients.is_some_and(|own| own < VANISHING * largest),
                Ailment::Vanishing,
            ),
            (now.dead.is_some_and(|dead| dead > DEAD), Ailment::Dead),
            (
                ratio.is_some_and(|ratio| ratio > TOO_FAST),
                Ailment::TooFast,
            ),
            (
                ratio.is_some_and(|ratio| ratio > 0.0 && ratio < TOO_SLOW),
                Ailment::TooSlow,
            ),
        ];
        found
            .into_iter()
            .find_map(|(is_so, ailment)| is_so.then_some(ailment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(path: &str, update: f64, gradients: f64, dead: f64) -> LayerNumbers {
        LayerNumbers {
            path: path.to_owned(),
            weights: 10.0,
            update,
            gradients: Some(gradients),
            dead: Some(dead),
        }
    }

    #[test]
    fn layers_that_do_badly_are_named() {
        for (update, gradients, dead, expected) in [
            (0.01, 1.0, 0.0, None),
            (f64::NAN, 1.0, 0.0, Some(Ailment::NotFinite)),
            (0.01, 5000.0, 0.9, Some(Ailment::Exploding)),
            (0.01, 1e-7, 0.9, Some(Ailment::Vanishing)),
            (0.01, 1.0, 0.6, Some(Ailment::Dead)),
            (2.0, 1.0, 0.0, Some(Ailment::TooFast)),
            (1e-6, 1.0, 0.0, Some(Ailment::TooSlow)),
            (0.0, 1.0, 0.0, None),
        ] {
            let mut layers = Layers::default();
            let usual = numbers("last", 0.01, 1.0, 0.0);
            layers.tell(1.0, &[numbers("first", update, gradients, dead), usual]);
            let first = &layers.layers[0];
            assert_eq!(
                layers.ailment(first),
                expected,
                "{update} {gradients} {dead}"
            );
        }
    }

    #[test]
    fn other_layers_begin_anew() {
        let mut layers = Layers::default();
        layers.tell(1.0, &[numbers("a", 0.1, 1.0, 0.0)]);
        layers.tell(2.0, &[numbers("a", 0.1, 1.0, 0.0)]);
        assert_eq!(layers.layers[0].ratios.iter().count(), 2);
        layers.tell(3.0, &[numbers("b", 0.1, 1.0, 0.0)]);
        assert_eq!(layers.layers[0].ratios.iter().count(), 1);
    }
}
