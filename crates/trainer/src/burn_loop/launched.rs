use burn::module::{Module, Param, ParamId};
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, ExecutionError, Tensor};
use burn::train::metric::Adaptor;
use burn::train::{InferenceStep, ItemLazy, Learner, TrainOutput, TrainStep};
use firebrick_data::Batch;

use super::dashboard_metrics::DashboardFigures;

/// What Burn's `Learner` is launched with, and through it the dashboard, the events and the strategy with our loop.
///
/// It learns nothing: the weights of a training, its optimizer and whatever else it is made of lie in the loop's own
/// step, which may hold several models. What travels to Burn's event processor are figures, so that no tensor waits in
/// its queue.
#[derive(Module, Debug)]
pub(super) struct Launched {
    /// One number that nobody reads: Burn asks a model where it lies.
    place: Param<Tensor<1>>,
}

impl Launched {
    /// A learner that lies on this device.
    pub(super) fn learner(device: &Device) -> Learner<Self> {
        let place = Param::initialized(ParamId::new(), Tensor::zeros([1], device));
        Learner::new(Self { place }, SgdConfig::new().init(), 0.0)
    }
}

impl TrainStep for Launched {
    type Input = Batch;
    type Output = DashboardFigures;

    fn step(&self, _: Batch) -> TrainOutput<DashboardFigures> {
        TrainOutput {
            grads: GradientsParams::new(),
            item: DashboardFigures::default(),
        }
    }
}

impl InferenceStep for Launched {
    type Input = Batch;
    type Output = DashboardFigures;

    fn step(&self, _: Batch) -> DashboardFigures {
        DashboardFigures::default()
    }
}

impl ItemLazy for DashboardFigures {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(self)
    }
}

impl Adaptor<Self> for DashboardFigures {
    fn adapt(&self) -> Self {
        self.clone()
    }
}
