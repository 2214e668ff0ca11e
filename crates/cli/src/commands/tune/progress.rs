//! How far a search is: a bar on a terminal, else a line for every training.

use std::collections::BTreeSet;
use std::fmt;
use std::io::IsTerminal;

use firebrick::training::{Display, figure_text};
use firebrick_tune::{Moment, TrialRecord, TrialState, TuneSettings};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

pub(super) struct Progress {
    form: Form,
    settings: TuneSettings,
    trials: usize,
    running: usize,
    ended: BTreeSet<usize>,
    /// The number of the best trial, its score and its figure.
    best: Option<(usize, f64, f64)>,
}

enum Form {
    Bar(ProgressBar),
    Lines,
    Quiet,
}

/// A display that many trainings at once do not have.
#[derive(Debug)]
pub(super) struct NoSuchDisplay(Display);

impl fmt::Display for NoSuchDisplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`--ui {}` shows one training, and a search has many at once; expected auto, bar, lines or quiet",
            self.0
        )
    }
}

impl std::error::Error for NoSuchDisplay {}

impl Progress {
    /// # Errors
    /// A display of one training.
    pub(super) fn new(display: Display) -> Result<Self, NoSuchDisplay> {
        let form = match display {
            Display::Auto if std::io::stderr().is_terminal() => Form::Bar(ProgressBar::no_length()),
            Display::Bar => Form::Bar(ProgressBar::no_length()),
            Display::Auto | Display::Lines => Form::Lines,
            Display::Quiet => Form::Quiet,
            other => return Err(NoSuchDisplay(other)),
        };
        Ok(Self {
            form,
            settings: TuneSettings::default(),
            trials: 0,
            running: 0,
            ended: BTreeSet::new(),
            best: None,
        })
    }

    pub(super) fn begin(&mut self, settings: &TuneSettings) {
        self.settings = settings.clone();
        if let Form::Bar(bar) = &self.form {
            let style =
                ProgressStyle::with_template("{bar:30} {pos}/{len} trials  {msg}  {elapsed}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(std::time::Duration::from_millis(250));
        }
    }

    pub(super) fn tell(&mut self, moment: Moment<'_>) {
        match moment {
            Moment::Found { trials, of } => {
                self.trials = of;
                if let Form::Bar(bar) = &self.form {
                    bar.set_length(of as u64);
                }
                if trials > 0 {
                    self.line(&format!(
                        "goes on  {trials} of {of} trials have begun before"
                    ));
                }
            }
            Moment::Begun(_) => self.running += 1,
            Moment::Stopped(trial) => {
                self.running -= 1;
                self.line(&format!(
                    "trial {}  stopped before epoch {} was done",
                    trial.number(),
                    trial.epochs()
                ));
            }
            Moment::Ended(record) => {
                self.running -= 1;
                self.ended.insert(record.number);
                self.note(record);
                self.line(&self.line_of(record));
            }
        }
        self.show();
    }

    pub(super) fn end(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish_and_clear();
        }
    }

    fn note(&mut self, record: &TrialRecord) {
        let (Some(score), Some(figure)) = (record.score(&self.settings), record.figure()) else {
            return;
        };
        if self.best.is_none_or(|(_, best, _)| score < best) {
            self.best = Some((record.number, score, figure));
        }
    }

    fn line_of(&self, record: &TrialRecord) -> String {
        let width = self.trials.saturating_sub(1).to_string().len();
        let came = match (&record.state, record.figure()) {
            (TrialState::Failed { reason }, _) => format!("failed: {reason}"),
            (_, Some(figure)) => format!(
                "{} {} after epoch {}",
                self.settings.monitor,
                figure_text(figure),
                record.epochs()
            ),
            (_, None) => format!("{} is no number", self.settings.monitor),
        };
        format!(
            "trial {:>width$}  {came}; {}; {:.1} s",
            record.number, record.values, record.seconds
        )
    }

    fn show(&self) {
        let Form::Bar(bar) = &self.form else {
            return;
        };
        bar.set_position(self.ended.len() as u64);
        let best = self.best.map_or_else(String::new, |(number, _, figure)| {
            format!(
                ", best {} {} (trial {number})",
                self.settings.monitor,
                figure_text(figure)
            )
        });
        bar.set_message(format!("{} at work{best}", self.running));
    }

    fn line(&self, text: &str) {
        if matches!(self.form, Form::Lines) {
            // A reader that has gone shall not end the search.
            let _ = output::print(&format!("{text}\n"));
        }
    }
}
