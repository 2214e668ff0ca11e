//! How much an update changes each layer.

use burn::module::{ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use firebrick_model::Model;
use firebrick_session::LayerNumbers;

use crate::detached::detached;
use crate::error::TrainError;
use crate::read_back::read_back;

/// A look at the layers in the course of an update.
#[derive(Default)]
pub(crate) enum Look<M> {
    /// Nobody asked.
    #[default]
    None,
    /// The next update is to be looked at.
    Wanted,
    /// One has begun.
    Begun(LayerLook<M>),
}

/// The layers before an update.
pub(crate) struct LayerLook<M> {
    /// Shared, so that the update leaves it as it is.
    before: M,
    /// Of each trained weight the sum of the squares of its gradients, `[1]`, if there are any.
    gradients: Vec<Option<Tensor<1>>>,
}

impl<M: Model> Look<M> {
    /// Keeps what there is before an update by these gradients, where somebody asked.
    pub(crate) fn begin(&mut self, model: &M, gradients: &GradientsParams) {
        if matches!(self, Self::Wanted) {
            *self = Self::Begun(LayerLook::before(model, gradients));
        }
    }

    /// What the update has changed that was looked at, once.
    ///
    /// # Errors
    /// A device that fails.
    pub(crate) fn take(&mut self, model: &M) -> Result<Option<Vec<LayerNumbers>>, TrainError> {
        match std::mem::take(self) {
            Self::Begun(look) => look.after(model).map(Some),
            waiting => {
                *self = waiting;
                Ok(None)
            }
        }
    }
}

impl<M: Model> LayerLook<M> {
    /// The layers of a model before an update by these gradients.
    pub(crate) fn before(model: &M, gradients: &GradientsParams) -> Self {
        let mut squares = GradientSquares {
            gradients,
            sums: Vec::new(),
        };
        model.visit(&mut squares);
        Self {
            before: model.clone(),
            gradients: squares.sums,
        }
    }

    /// How the layers do whose weights are trained, by the same model after the update; waits for the device once.
    ///
    /// # Errors
    /// A device that fails.
    pub(crate) fn after(self, model: &M) -> Result<Vec<LayerNumbers>, TrainError> {
        let mut before = Trained(Vec::new());
        self.before.visit(&mut before);
        let mut moves = Moves {
            before: before.0.into_iter(),
            sums: Vec::new(),
            is_trained: Vec::new(),
        };
        model.visit(&mut moves);
        let Moves {
            sums, is_trained, ..
        } = moves;
        if sums.is_empty() {
            return Ok(Vec::new());
        }
        let has_gradients: Vec<bool> = self.gradients.iter().map(Option::is_some).collect();
        let all = sums.into_iter().chain(self.gradients.into_iter().flatten());
        let numbers = read_back(Tensor::cat(all.collect(), 0))?;
        let (of_weights, gradients) = numbers.split_at(2 * has_gradients.len());
        let mut gradients = gradients.iter().copied();
        let weights = of_weights.chunks_exact(2).zip(&has_gradients);
        let weights = weights.map(|(own, has)| Squares {
            weights: f64::from(own[0]),
            update: f64::from(own[1]),
            gradients: has.then(|| gradients.next().map_or(f64::NAN, f64::from)),
        });
        let paths = model.weight_paths().into_iter();
        let trained = paths.zip(is_trained).filter(|(_, is_trained)| *is_trained);
        let paths = trained.map(|(weight, _)| weight.path);
        Ok(by_layer(paths.zip(weights)))
    }
}

/// Sums of squares of a weight, or of all of a layer.
#[derive(Clone, Copy, Debug, Default)]
struct Squares {
    weights: f64,
    update: f64,
    gradients: Option<f64>,
}

/// The weights of each layer together, in the order in which the layers come.
fn by_layer(weights: impl Iterator<Item = (String, Squares)>) -> Vec<LayerNumbers> {
    let mut layers: Vec<(String, Squares)> = Vec::new();
    for (path, own) in weights {
        let layer = path
            .rsplit_once('/')
            .map_or(path.as_str(), |(layer, _)| layer);
        let place = layers.iter().position(|(path, _)| path == layer);
        let place = place.unwrap_or_else(|| {
            layers.push((layer.to_owned(), Squares::default()));
            layers.len() - 1
        });
        let sum = &mut layers[place].1;
        sum.weights += own.weights;
        sum.update += own.update;
        if let Some(gradients) = own.gradients {
            *sum.gradients.get_or_insert(0.0) += gradients;
        }
    }
    let layers = layers.into_iter().map(|(path, sums)| LayerNumbers {
        path,
        weights: sums.weights.sqrt(),
        update: sums.update.sqrt(),
        gradients: sums.gradients.map(f64::sqrt),
        dead: None,
    });
    // What is no number cannot be written into a line of JSON, and ends the training anyhow.
    let is_finite = |layer: &LayerNumbers| {
        let numbers = [layer.weights, layer.update, layer.gradients.unwrap_or(0.0)];
        numbers.into_iter().all(f64::is_finite)
    };
    layers.filter(is_finite).collect()
}

/// A weight without a way back to gradients.
fn plain<const D: usize>(param: &Param<Tensor<D>>) -> Tensor<1> {
    detached(param.val()).flatten(0, D - 1)
}

/// The weights that training moves.
struct Trained(Vec<Tensor<1>>);

impl ModuleVisitor for Trained {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad() {
            self.0.push(plain(param));
        }
    }
}

/// Of each weight that training moves the squares of its numbers, and of what they have changed by.
struct Moves {
    before: std::vec::IntoIter<Tensor<1>>,
    sums: Vec<Tensor<1>>,
    /// Of all weights.
    is_trained: Vec<bool>,
}

impl ModuleVisitor for Moves {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let before = if param.is_require_grad() {
            self.before.next()
        } else {
            None
        };
        self.is_trained.push(before.is_some());
        if let Some(before) = before {
            let now = plain(param);
            self.sums.push(now.clone().square().sum());
            self.sums.push((now - before).square().sum());
        }
    }
}

struct GradientSquares<'a> {
    gradients: &'a GradientsParams,
    sums: Vec<Option<Tensor<1>>>,
}

impl ModuleVisitor for GradientSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad() {
            let own = self.gradients.get::<D>(param.id);
            self.sums.push(own.map(|own| own.square().sum()));
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::optim::{ModuleOptimizer, SgdConfig};
    use burn::tensor::Device;
    use firebrick_model::layers::{Dense, Layer};
    use firebrick_model::{Mode, Network, Sequential};

    use super::*;

    fn model() -> Network {
        let network = Sequential::new([2])
            .add(Dense::new(1).without_bias().named("first"))
            .add(Dense::new(1).named("second"));
        let model = network
            .build_with_weights([vec![3.0, 4.0], vec![2.0], vec![0.0]], &Device::flex())
            .unwrap();
        model.train().fork(&Device::flex().autodiff())
    }

    fn gradients(model: &Network) -> GradientsParams {
        let device = Device::flex().autodiff();
        let x = Tensor::<2>::from_floats([[1.0, 2.0]], &device);
        let y: Tensor<2> = model.forward(x, Mode::Inference).into_rank().unwrap();
        GradientsParams::from_grads(y.sum().backward(), model)
    }

    #[test]
    fn norms_are_those_of_weights_gradients_and_updates_of_each_layer() {
        let model = model();
        let look = LayerLook::before(&model, &gradients(&model));
        let mut sgd: ModuleOptimizer = SgdConfig::new().init();
        let moved = sgd.step(0.1, model.clone(), gradients(&model));
        let [first, second] = &look.after(&moved).unwrap()[..] else {
            panic!("two layers");
        };
        // y = 2 (x · [3, 4]) + b: by the first kernel it rises by 2 [1, 2], by the second by 11, by the bias by 1.
        let is_near = |one: f64, other: f64| (one - other).abs() < 1e-5;
        assert_eq!(
            (first.path.as_str(), second.path.as_str()),
            ("first", "second")
        );
        assert!(
            is_near(first.gradients.unwrap(), 20.0_f64.sqrt()),
            "{first:?}"
        );
        assert!(is_near(first.update, 0.1 * 20.0_f64.sqrt()), "{first:?}");
        assert!(is_near(
            first.weights,
            (2.8_f64.powi(2) + 3.6_f64.powi(2)).sqrt()
        ));
        assert!(
            is_near(second.gradients.unwrap(), 122.0_f64.sqrt()),
            "{second:?}"
        );
        assert!(is_near(second.update, 0.1 * 122.0_f64.sqrt()), "{second:?}");
        assert_eq!(second.dead, None);
    }

    #[test]
    fn weights_that_are_not_trained_have_no_part() {
        let model = model().freeze_layers("first").unwrap();
        let look = LayerLook::before(&model, &GradientsParams::new());
        let layers = look.after(&model).unwrap();
        let [second] = &layers[..] else {
            panic!("{layers:?}");
        };
        assert_eq!(second.path, "second");
        assert_eq!((second.update, second.gradients), (0.0, None));
    }

    #[test]
    fn a_look_waits_for_the_update_that_is_asked_for() {
        let model = model();
        let none = GradientsParams::new();
        let mut look = Look::None;
        look.begin(&model, &none);
        assert!(look.take(&model).unwrap().is_none());
        look = Look::Wanted;
        assert!(look.take(&model).unwrap().is_none(), "no update yet");
        look.begin(&model, &none);
        assert_eq!(
            look.take(&model).unwrap().map(|layers| layers.len()),
            Some(2)
        );
        assert!(look.take(&model).unwrap().is_none(), "once");
    }

    #[test]
    fn numbers_that_are_none_are_left_out() {
        let spoiled = Squares {
            update: f64::NAN,
            ..Squares::default()
        };
        let weights = [
            ("a/kernel".to_owned(), Squares::default()),
            ("a/bias".to_owned(), spoiled),
            ("scale".to_owned(), Squares::default()),
        ];
        let layers = by_layer(weights.into_iter());
        let paths: Vec<&str> = layers.iter().map(|layer| layer.path.as_str()).collect();
        assert_eq!(paths, ["scale"]);
    }
}
