mod told;

use std::time::{Duration, Instant};

use self::told::ToldDashboard;
use crate::burn_loop::{DashboardFigures, LoopDashboard};
use crate::display::Display;
use crate::displays::{KeptLines, Moment, Reporter, reporter};
use crate::error::TrainError;
use crate::history::EpochRecord;
use crate::interrupt::ctrl_c_on;
use crate::interrupt::{CtrlC, StopHandle};
use crate::logs::Logs;

/// The displays of a [`fit`](crate::Trainer::fit) for a training loop of one's own: the dashboard, a bar, lines or
/// nothing.
///
/// The clock of an epoch runs from the end of the one before, that of the first from [`open`](Self::open).
///
/// ```
/// use firebrick::training::{Display, EpochRecord, LoopDisplay, LoopProgress, StopHandle};
///
/// let (epochs, batches, batch_size) = (2, 10, 32);
/// let stop = StopHandle::new();
/// let mut display = LoopDisplay::open(Display::Lines, "by hand", epochs, &["loss"], &stop)?;
/// for epoch in 1..=epochs {
///     let mut loss = 1.0;
///     for batch in 1..=batches {
///         // Learn the batch.
///         loss *= 0.9;
///         display.progress(&LoopProgress {
///             epoch,
///             batches_done: batch,
///             batches,
///             samples_done: batch * batch_size,
///             samples: batches * batch_size,
///             learning_rate: 0.1,
///             figures: [("loss", loss)].into_iter().collect(),
///         })?;
///         if stop.is_stopped() {
///             display.close();
///             return Ok(());
///         }
///     }
///     let record = EpochRecord {
///         epoch,
///         learning_rate: 0.1,
///         figures: [("loss", loss), ("val_loss", loss * 1.1)].into_iter().collect(),
///         seconds: 0.5,
///     };
///     display.epoch_end(&record, batches)?;
/// }
/// display.close();
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub struct LoopDisplay {
    shown: Shown,
    /// When the epoch began.
    begin: Instant,
    /// When its first batch was done, since it began.
    first_step: Option<Duration>,
}

/// Where a loop is.
///
/// ```
/// use firebrick::training::LoopProgress;
///
/// let progress = LoopProgress {
///     epoch: 1,
///     batches_done: 3,
///     batches: 10,
///     samples_done: 96,
///     samples: 320,
///     learning_rate: 0.1,
///     figures: [("loss", 0.5)].into_iter().collect(),
/// };
/// assert_eq!(progress.figures.get("loss"), Some(0.5));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoopProgress {
    /// Counted from 1.
    pub epoch: usize,
    /// Batches of this epoch that are done.
    pub batches_done: usize,
    /// Batches an epoch.
    pub batches: usize,
    /// Samples of this epoch that are done.
    pub samples_done: usize,
    /// Samples an epoch.
    pub samples: usize,
    /// The rate of the last step.
    pub learning_rate: f64,
    /// The loss and the metrics of the epoch's samples so far.
    pub figures: Logs,
}

enum Shown {
    Dashboard(Box<ToldDashboard>),
    Tui(Box<OnDashboard>),
    Text(Box<dyn Reporter>),
}

/// A loop on Burn's dashboard.
struct OnDashboard {
    dashboard: LoopDashboard,
    /// Whether something of the epoch has been shown.
    has_begun: bool,
    /// Without it, Ctrl-C would leave the terminal to the dashboard.
    _ctrl_c: Option<CtrlC>,
    lines: Box<dyn Reporter>,
    /// Behind the dashboard, so that it is dropped, and printed, when that is gone.
    _kept: KeptLines,
}

impl LoopDisplay {
    /// Opens the display for a loop of `epochs` epochs under the title `label`, which only the dashboard shows.
    ///
    /// `figures` are the names of what is measured in training, e.g. `loss` and `accuracy`; those of the validation have
    /// `val_` before them. On a dashboard, `q` and Ctrl-C set `stop`; with the other displays Ctrl-C does so if asked
    /// to, by [`StopHandle::on_ctrl_c`]. While somebody has it pause, [`progress`](Self::progress) waits.
    ///
    /// # Errors
    /// The dashboard without a terminal, or in a build without it.
    pub fn open(
        display: Display,
        label: &str,
        epochs: usize,
        figures: &[&str],
        stop: &StopHandle,
    ) -> Result<Self, TrainError> {
        let shown = match display.resolve()? {
            Display::Dashboard => {
                let dashboard = ToldDashboard::open(label, epochs, figures, stop)?;
                Shown::Dashboard(Box::new(dashboard))
            }
            Display::Tui => {
                let kept = KeptLines::default();
                Shown::Tui(Box::new(OnDashboard {
                    _ctrl_c: ctrl_c_on(Display::Tui, stop),
                    dashboard: LoopDashboard::open(label, epochs, figures, stop)?,
                    has_begun: false,
                    lines: kept.reporter(epochs),
                    _kept: kept,
                }))
            }
            display => Shown::Text(reporter(display, epochs)),
        };
        Ok(Self::new(shown))
    }

    fn new(shown: Shown) -> Self {
        Self {
            shown,
            begin: Instant::now(),
            first_step: None,
        }
    }

    /// Shows where the loop is. A few times a second are enough: what the dashboard is told faster than it draws, it
    /// draws late.
    ///
    /// # Errors
    /// The dashboard's "kill".
    pub fn progress(&mut self, progress: &LoopProgress) -> Result<(), TrainError> {
        let elapsed = self.begin.elapsed();
        if progress.batches_done == 1 {
            self.first_step.get_or_insert(elapsed);
        }
        match &mut self.shown {
            Shown::Dashboard(shown) => {
                shown.progress(progress, elapsed);
                Ok(())
            }
            Shown::Tui(shown) => shown.progress(progress, elapsed),
            Shown::Text(reporter) => {
                reporter.progress(&Moment {
                    epoch: progress.epoch,
                    batches_done: progress.batches_done,
                    batches: Some(progress.batches),
                    elapsed,
                    first_step: self.first_step,
                    figures: progress.figures.clone(),
                });
                Ok(())
            }
        }
    }

    /// Shows the figures of a whole epoch of so many batches, its validation included.
    ///
    /// # Errors
    /// The dashboard's "kill".
    pub fn epoch_end(&mut self, record: &EpochRecord, batches: usize) -> Result<(), TrainError> {
        self.begin = Instant::now();
        self.first_step = None;
        match &mut self.shown {
            Shown::Dashboard(shown) => {
                shown.epoch_end(record, batches);
                Ok(())
            }
            Shown::Tui(shown) => shown.epoch_end(record, batches),
            Shown::Text(reporter) => {
                reporter.epoch_end(record, batches);
                Ok(())
            }
        }
    }

    /// Closes the display and gives the terminal back, as dropping it does.
    pub fn close(self) {}
}

impl Drop for LoopDisplay {
    fn drop(&mut self) {
        if let Shown::Text(reporter) = &mut self.shown {
            reporter.train_end();
        }
    }
}

impl std::fmt::Debug for LoopDisplay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_dashboard = !matches!(self.shown, Shown::Text(_));
        f.debug_struct("LoopDisplay")
            .field("is_dashboard", &is_dashboard)
            .finish_non_exhaustive()
    }
}

impl OnDashboard {
    fn progress(&mut self, progress: &LoopProgress, elapsed: Duration) -> Result<(), TrainError> {
        if !self.has_begun {
            self.dashboard.begin(progress.samples)?;
            self.has_begun = true;
        }
        let figures = DashboardFigures {
            figures: progress.figures.clone(),
            learning_rate: progress.learning_rate,
            samples_per_second: progress.samples_done as f64 / elapsed.as_secs_f64(),
            is_early: DashboardFigures::are_early(
                progress.epoch,
                progress.samples_done,
                progress.samples,
            ),
        };
        self.dashboard.show(progress.samples_done, &figures)
    }

    fn epoch_end(&mut self, record: &EpochRecord, batches: usize) -> Result<(), TrainError> {
        self.has_begun = false;
        self.lines.epoch_end(record, batches);
        let (training, validation) = parts(&record.figures);
        let of_part = |figures, learning_rate| DashboardFigures {
            figures,
            learning_rate,
            samples_per_second: f64::NAN,
            is_early: false,
        };
        let training = of_part(training, record.learning_rate);
        let validation = of_part(validation, f64::NAN);
        self.dashboard
            .epoch_end(record.epoch, &training, &validation)
    }
}

/// The figures of the training and, without their `val_`, those of the validation.
fn parts(figures: &Logs) -> (Logs, Logs) {
    let (mut training, mut validation) = (Logs::new(), Logs::new());
    for (name, value) in figures.iter() {
        match name.strip_prefix("val_") {
            Some(name) => validation.insert(name, value),
            None => training.insert(name, value),
        }
    }
    (training, validation)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// Writes down what it is told.
    struct Recorder(Rc<RefCell<Vec<String>>>);

    impl Reporter for Recorder {
        fn progress(&mut self, moment: &Moment) {
            let Moment {
                epoch,
                batches_done,
                batches,
                figures,
                ..
            } = moment;
            let is_timed = moment.first_step.is_some();
            let batches = batches.unwrap_or(0);
            let text = format!("{epoch}: {batches_done}/{batches} {figures} {is_timed}");
            self.0.borrow_mut().push(text);
        }

        fn epoch_end(&mut self, record: &EpochRecord, batches: usize) {
            let text = format!("{} ended: {batches} {}", record.epoch, record.figures);
            self.0.borrow_mut().push(text);
        }

        fn train_end(&mut self) {
            self.0.borrow_mut().push("ended".to_owned());
        }
    }

    #[test]
    fn a_loop_is_shown_as_a_fit_is_and_ends_when_it_is_closed() {
        let told = Rc::new(RefCell::new(Vec::new()));
        let mut display = LoopDisplay::new(Shown::Text(Box::new(Recorder(Rc::clone(&told)))));
        for epoch in 1..=2 {
            for batches_done in [1, 3] {
                let progress = LoopProgress {
                    epoch,
                    // The first batch of the second epoch goes by unseen.
                    batches_done: batches_done.max(epoch),
                    batches: 3,
                    figures: [("loss", 0.5)].into_iter().collect(),
                    ..LoopProgress::default()
                };
                display.progress(&progress).unwrap();
            }
            let record = EpochRecord {
                epoch,
                learning_rate: 0.1,
                figures: [("loss", 0.25), ("val_loss", 0.75)].into_iter().collect(),
                seconds: 1.0,
            };
            display.epoch_end(&record, 3).unwrap();
        }
        display.close();
        assert_eq!(
            *told.borrow(),
            [
                "1: 1/3 loss 0.5000 true",
                "1: 3/3 loss 0.5000 true",
                "1 ended: 3 loss 0.2500  val_loss 0.7500",
                "2: 2/3 loss 0.5000 false",
                "2: 3/3 loss 0.5000 false",
                "2 ended: 3 loss 0.2500  val_loss 0.7500",
                "ended",
            ]
        );
    }

    #[test]
    fn figures_of_the_validation_lose_their_prefix() {
        let figures = [("loss", 1.0), ("accuracy", 0.5), ("val_loss", 2.0)];
        let (training, validation) = parts(&figures.into_iter().collect());
        assert_eq!(training.to_string(), "loss 1.0000  accuracy 0.5000");
        assert_eq!(validation.to_string(), "loss 2.0000");
    }
}
