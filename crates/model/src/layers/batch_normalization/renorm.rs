use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::statistics::Statistics;
use super::{BatchNormalization, along_channels, nearer};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::layers::checks::check_number;

/// How far batch renormalization may go: limits of the factor `r` and of the shift `d`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::RenormClipping;
///
/// let clipping = RenormClipping::new().with_rmin(0.3).with_rmax(3.0).with_dmax(5.0);
/// assert_ne!(clipping, RenormClipping::new());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RenormClipping {
    rmin: Option<f64>,
    rmax: Option<f64>,
    dmax: Option<f64>,
}

impl RenormClipping {
    /// No limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the smallest factor.
    #[must_use = "returns the changed limits"]
    pub fn with_rmin(mut self, rmin: f64) -> Self {
        self.rmin = Some(rmin);
        self
    }

    /// Sets the largest factor.
    #[must_use = "returns the changed limits"]
    pub fn with_rmax(mut self, rmax: f64) -> Self {
        self.rmax = Some(rmax);
        self
    }

    /// Sets the largest shift, in both directions.
    #[must_use = "returns the changed limits"]
    pub fn with_dmax(mut self, dmax: f64) -> Self {
        self.dmax = Some(dmax);
        self
    }
}

impl BatchNormalization {
    pub(super) fn check_renorm(&self) -> Result<(), LayerProblem> {
        if self.renorm && self.start_of_deviation().is_none() {
            let expected = "a number from 0 on with `renorm`, which starts from its root";
            let received = self.weights.spec("moving_variance", Vec::new()).initial;
            return Err(LayerProblem::argument(
                "moving_variance_initializer",
                expected,
                &received,
            ));
        }
        let RenormClipping { rmin, rmax, dmax } = self.renorm_clipping.unwrap_or_default();
        let limits = [rmin, rmax, dmax].into_iter().flatten();
        for limit in limits {
            let expected = "numbers from 0 on";
            check_number("renorm_clipping", limit, expected, |limit| limit >= 0.0)?;
        }
        match (rmin, rmax) {
            (Some(rmin), Some(rmax)) if rmin > rmax => {
                let expected = format!("an `rmin` up to `rmax`, which is {rmax}");
                Err(LayerProblem::argument("renorm_clipping", expected, &rmin))
            }
            _ => Ok(()),
        }
    }

    /// What the standard deviations start from: the root of the variance, if that is a number.
    fn start_of_deviation(&self) -> Option<Initializer> {
        match self.weights.spec("moving_variance", Vec::new()).initial {
            same @ (Initializer::Ones | Initializer::Zeros) => Some(same),
            Initializer::Constant { value } if value >= 0.0 => Some(Initializer::Constant {
                value: value.sqrt(),
            }),
            _ => None,
        }
    }

    /// The weights that the renormalization has.
    pub(super) fn renorm_weights(
        &self,
        channels: usize,
    ) -> impl Iterator<Item = WeightSpec> + use<> {
        let mean = self.weights.spec("moving_mean", Vec::new()).initial;
        let deviation = self.start_of_deviation().unwrap_or(Initializer::Ones);
        let weights = [
            ("moving_stddev", deviation),
            ("renorm_mean", mean),
            ("renorm_stddev", deviation),
        ];
        let weights =
            weights.map(|(name, initial)| WeightSpec::new(name, [channels], initial).moving());
        self.renorm.then_some(weights).into_iter().flatten()
    }

    /// A normalized batch, corrected by how far its statistics are from the moving ones, which follow.
    pub(super) fn renormalized<const D: usize>(
        &self,
        normalized: Tensor<D>,
        batch: &Statistics,
        call: &Call,
    ) -> Tensor<D> {
        let device = normalized.device();
        let moving = |name| call.weight::<1>(name).to_device(&device);
        let mean = batch.mean.clone().detach();
        let deviation = (batch.variance.clone().detach() + self.epsilon).sqrt();
        // Not 0 at first.
        let renorm_deviation = moving("renorm_stddev").clamp_min(self.epsilon.sqrt());
        let mut r = deviation.clone() / renorm_deviation.clone();
        let mut d = (mean.clone() - moving("renorm_mean")) / renorm_deviation;
        let RenormClipping { rmin, rmax, dmax } = self.renorm_clipping.unwrap_or_default();
        if let Some(rmin) = rmin {
            r = r.clamp_min(rmin);
        }
        if let Some(rmax) = rmax {
            r = r.clamp_max(rmax);
        }
        if let Some(dmax) = dmax {
            d = d.clamp(-dmax, dmax);
        }
        let follow = |name, batch: &Tensor<1>, momentum| {
            let followed = nearer(moving(name), batch.clone(), momentum);
            call.update(name, followed.clone());
            followed
        };
        follow("renorm_mean", &mean, self.renorm_momentum);
        follow("renorm_stddev", &deviation, self.renorm_momentum);
        follow("moving_mean", &mean, self.momentum);
        let deviation = follow("moving_stddev", &deviation, self.momentum);
        let variance = (deviation.square() - self.epsilon).clamp_min(0.0);
        call.update("moving_variance", variance);
        normalized * along_channels(r) + along_channels(d)
    }
}
