//! Everything that touches Burn's training traits: its `Learner` is driven here, its dashboard and
//! events are fed here, and here is our epoch loop.

mod access;
mod acting;
mod best_epoch;
mod dashboard;
mod dashboard_metrics;
#[cfg(feature = "tui")]
mod dashboard_renderer;
mod drawn;
mod emitting;
mod epoch_loop;
mod epochs;
mod insight;
mod keeping;
mod launched;
mod learner_dashboard;
mod loop_dashboard;
mod outcome;
mod proof;
mod run;
mod silent;
mod steering;
mod telling;
#[cfg(feature = "tui")]
mod time_left;
mod training_pass;
mod unmoved_hint;
mod validation_pass;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use burn::data::dataloader::DataLoader;
use burn::train::renderer::MetricsRenderer;
use burn::train::{SupervisedTraining, TrainingStrategy};
use firebrick_data::Batch;
use firebrick_tensor::{catch_panic, panic_message};

pub(crate) use dashboard_metrics::DashboardFigures;
pub use learner_dashboard::LearnerDashboard;
pub(crate) use loop_dashboard::LoopDashboard;
pub(crate) use outcome::{EpochHook, LoopOutcome, LoopSettings, SaveModel};

use crate::display::Display;
use crate::error::TrainError;
use crate::interrupt::StopHandle;
use crate::step::Step;
use dashboard_metrics::DashboardMetric;
use epoch_loop::EpochLoop;
use launched::Launched;
use silent::{NoMetricFiles, Silent};

/// What the dashboard's "kill" panics with.
const KILLED: &str = "Killing training from user input";

/// Trains with Burn's `SupervisedTraining` around our epoch loop.
///
/// The outcome is there in every case: after an error or a panic it holds what was learned before.
pub(crate) fn train<S: Step>(
    step: S,
    training: Arc<dyn DataLoader<Batch>>,
    validation: Option<Arc<dyn DataLoader<Batch>>>,
    settings: LoopSettings,
    handle: &StopHandle,
) -> LoopOutcome<S> {
    let display = settings.display;
    let epochs = settings.params.epochs;
    let metrics: Vec<DashboardMetric> = settings
        .figures
        .iter()
        .map(|name| DashboardMetric::figure(name, settings.measures.direction(name)))
        .collect();
    let label = settings.label.clone();
    let device = settings.device.clone();
    let outcome = Rc::new(RefCell::new(LoopOutcome::before(step)));
    // Burn wants validation data; without any, the loop doesn't look at it.
    let has_validation = validation.is_some();
    let validation = validation.unwrap_or_else(|| Arc::clone(&training));
    let strategy = EpochLoop::new(settings, has_validation, Rc::clone(&outcome));

    let _quiet = (display == Display::Tui).then(dashboard::LoggedPanics::install);
    let launched = catch_unwind(AssertUnwindSafe(|| {
        let renderer = renderer(display, handle)?;
        let training = SupervisedTraining::new(".", training, validation);
        let training = metrics.into_iter().fold(training, |training, metric| {
            training
                .metric_train_numeric(metric.clone())
                .metric_valid_numeric(metric)
        });
        training
            .metrics((DashboardMetric::learning_rate(), DashboardMetric::speed()))
            .num_epochs(epochs)
            .label(&label)
            .renderer(renderer)
            .with_metric_logger(NoMetricFiles)
            .with_application_logger(None)
            .with_interrupter(handle.interrupter())
            .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)))
            .launch(Launched::learner(&device));
        Ok(())
    }));
    let failure = match launched {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        Err(payload) => Some(panicked(payload)),
    };
    dashboard::closed();
    let mut outcome = outcome.take();
    if let Some(error) = failure {
        outcome.fail(error);
    }
    outcome
}

fn renderer(display: Display, stop: &StopHandle) -> Result<Box<dyn MetricsRenderer>, TrainError> {
    if display == Display::Tui {
        dashboard::open(stop, dashboard::log_panic)
    } else {
        Ok(Box::new(Silent))
    }
}

/// Runs what may end with an error in the form of a panic, as a step does, and prints nothing.
pub(crate) fn catch_step<T>(run: impl FnOnce() -> T) -> Result<T, TrainError> {
    let tried = catch_panic(|| catch_unwind(AssertUnwindSafe(run)));
    match tried {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(payload)) => Err(panicked(payload)),
        Err(message) => Err(TrainError::Panicked { message }),
    }
}

/// The error that a panic in the training is, or that a step of it ended with.
fn panicked(payload: Box<dyn std::any::Any + Send>) -> TrainError {
    let payload = match payload.downcast::<TrainError>() {
        Ok(error) => return *error,
        Err(payload) => payload,
    };
    let message = panic_message(payload.as_ref());
    if message.contains(KILLED) {
        TrainError::Killed
    } else {
        TrainError::Panicked { message }
    }
}
