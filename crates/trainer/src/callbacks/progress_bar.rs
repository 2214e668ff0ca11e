use std::time::{Duration, Instant};

use crate::callback::{Callback, Flow, HookResult, Training};
use crate::display::Display;
use crate::displays::{Bar, Moment, PassLines, Reporter};
use crate::error::TrainError;
use crate::history::EpochRecord;
use crate::logs::Logs;

/// Keras' progress line as a callback: for an evaluation or a prediction, or for a training that shows
/// nothing by itself, [`Display::Quiet`](crate::Display::Quiet).
///
/// The line is redrawn a few times a second, each time waiting for the device. What other callbacks say
/// is not on it.
///
/// ```
/// use firebrick::callbacks::ProgressBar;
/// use firebrick::training::{Display, Fit};
///
/// let fit = Fit::new(100).with_display(Display::Quiet).with_callback(ProgressBar::new());
/// ```
///
/// # Source
/// <https://keras.io/api/callbacks/progbar_logger/>
pub struct ProgressBar {
    bar: Bar,
    begin: Instant,
    drawn: Option<Instant>,
    /// How long the first batch took.
    first_step: Option<Duration>,
    /// The line of a pass that learns nothing.
    pass: Option<PassLines>,
    is_training: bool,
}

/// How often the line is redrawn.
const INTERVAL: Duration = Duration::from_millis(200);

impl ProgressBar {
    /// A line on the standard output.
    pub fn new() -> Self {
        Self {
            bar: Bar::new(0),
            begin: Instant::now(),
            drawn: None,
            first_step: None,
            pass: None,
            is_training: false,
        }
    }

    fn restart(&mut self) {
        self.begin = Instant::now();
        self.drawn = None;
        self.first_step = None;
    }

    fn draw(&mut self, training: &mut Training<'_>) -> Result<(), TrainError> {
        self.first_step.get_or_insert_with(|| self.begin.elapsed());
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < INTERVAL) {
            return Ok(());
        }
        self.drawn = Some(Instant::now());
        let moment = Moment {
            epoch: training.epoch(),
            batches_done: training.batch(),
            batches: training.params().steps,
            elapsed: self.begin.elapsed(),
            first_step: self.first_step,
            figures: training.logs()?,
        };
        self.bar.progress(&moment);
        Ok(())
    }

    /// Begins the line of a pass that learns nothing.
    fn begin_pass(&mut self, training: &Training<'_>) {
        self.pass = Some(PassLines::new(Display::Bar, training.params().steps));
        self.restart();
    }

    fn draw_pass(&mut self, training: &mut Training<'_>) -> Result<(), TrainError> {
        let Some(pass) = &mut self.pass else {
            return Ok(());
        };
        pass.batch_done();
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= INTERVAL) {
            self.drawn = Some(Instant::now());
            pass.show(&training.logs()?);
        }
        Ok(())
    }

    /// Ends the line of a pass that learns nothing.
    fn finish(&mut self, logs: &Logs) {
        if let Some(mut pass) = self.pass.take() {
            pass.end(logs);
        }
    }
}

impl Default for ProgressBar {
    fn default() -> Self {
        Self::new()
    }
}

impl Callback for ProgressBar {
    fn name(&self) -> &'static str {
        "ProgressBar"
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        self.bar = Bar::new(training.params().epochs);
        self.is_training = true;
        Ok(Flow::Continue)
    }

    fn on_epoch_begin(&mut self, _: &mut Training<'_>) -> HookResult {
        self.restart();
        Ok(Flow::Continue)
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.draw(training)?;
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        let record = EpochRecord {
            epoch: training.epoch(),
            learning_rate: training.learning_rate(),
            figures: logs.clone(),
            seconds: self.begin.elapsed().as_secs_f64(),
        };
        let batches = training.params().steps.unwrap_or(0);
        self.bar.epoch_end(&record, batches);
        Ok(Flow::Continue)
    }

    fn on_train_end(&mut self, _: &mut Training<'_>, _: &Logs) -> HookResult {
        self.bar.train_end();
        self.is_training = false;
        Ok(Flow::Continue)
    }

    fn on_test_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        if !self.is_training {
            self.begin_pass(training);
        }
        Ok(Flow::Continue)
    }

    fn on_test_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.draw_pass(training)?;
        Ok(Flow::Continue)
    }

    fn on_test_end(&mut self, _: &mut Training<'_>, logs: &Logs) -> HookResult {
        self.finish(logs);
        Ok(Flow::Continue)
    }

    fn on_predict_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        self.begin_pass(training);
        Ok(Flow::Continue)
    }

    fn on_predict_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.draw_pass(training)?;
        Ok(Flow::Continue)
    }

    fn on_predict_end(&mut self, _: &mut Training<'_>) -> HookResult {
        self.finish(&Logs::new());
        Ok(Flow::Continue)
    }
}
