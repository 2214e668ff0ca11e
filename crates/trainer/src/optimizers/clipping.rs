use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

/// How gradients are kept small before they reach the weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Clipping {
    /// Every number into `[-value, value]`.
    Value(f64),
    /// The gradient of every parameter to a length of at most this.
    Norm(f64),
    /// All gradients together to a length of at most this.
    GlobalClipnorm(f64),
}

impl Clipping {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Value(_) => "clipvalue",
            Self::Norm(_) => "clipnorm",
            Self::GlobalClipnorm(_) => "global_clipnorm",
        }
    }

    pub(crate) fn limit(self) -> f64 {
        match self {
            Self::Value(limit) | Self::Norm(limit) | Self::GlobalClipnorm(limit) => limit,
        }
    }

    /// Clips the gradients of a module.
    pub(crate) fn clip<M: Module>(self, module: &M, gradients: GradientsParams) -> GradientsParams {
        let global_scale = match self {
            Self::GlobalClipnorm(limit) => {
                let mut squares = Squares {
                    gradients: &gradients,
                    sum: None,
                };
                module.visit(&mut squares);
                squares.sum.map(|sum| scale(sum, limit))
            }
            Self::Value(_) | Self::Norm(_) => None,
        };
        let mut clipper = Clipper {
            clipping: self,
            global_scale,
            gradients,
        };
        module.visit(&mut clipper);
        clipper.gradients
    }
}

/// What a gradient of this sum of squares is multiplied with. It stays on the device; from a norm that is not finite it
/// is not a number, so that the loss shows it.
fn scale(sum: Tensor<1>, limit: f64) -> Tensor<1> {
    sum.sqrt().clamp_min(limit).recip().mul_scalar(limit)
}

/// Adds up the squares of all gradients.
struct Squares<'a> {
    gradients: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for Squares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let square = gradient.square().sum();
            self.sum = Some(match self.sum.take() {
                Some(sum) => sum + square,
                None => square,
            });
        }
    }
}

struct Clipper {
    clipping: Clipping,
    global_scale: Option<Tensor<1>>,
    gradients: GradientsParams,
}

impl ModuleVisitor for Clipper {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(gradient) = self.gradients.remove::<D>(param.id) else {
            return;
        };
        let scale = match self.clipping {
            Clipping::Value(limit) => {
                let clipped = gradient.clamp(-limit, limit);
                self.gradients.register(param.id, clipped);
                return;
            }
            Clipping::Norm(limit) => Some(scale(gradient.clone().square().sum(), limit)),
            Clipping::GlobalClipnorm(_) => self.global_scale.clone(),
        };
        let clipped = match scale {
            Some(scale) => gradient * scale.reshape([1; D]),
            None => gradient,
        };
        self.gradients.register(param.id, clipped);
    }
}
