use std::io::{IsTerminal, Write};
use std::time::Instant;

use firebrick::training::Display;
use indicatif::{ProgressBar, ProgressStyle};

use super::CurveAxis;
use super::job::Job;
use super::result::JobResult;
use crate::error::StudyError;

/// How far a curve is: a bar on a terminal, else a line for every finished training.
pub(super) struct Progress {
    form: Form,
    done: usize,
    all: usize,
    /// Of what was open at the beginning.
    cost_done: u64,
    cost: u64,
    begin: Instant,
}

enum Form {
    Bar(ProgressBar),
    Lines,
    Quiet,
}

impl Progress {
    /// # Errors
    /// A display that many trainings at once do not have.
    pub(super) fn new(display: Display) -> Result<Self, StudyError> {
        let form = match display {
            Display::Auto if std::io::stderr().is_terminal() => Form::Bar(ProgressBar::no_length()),
            Display::Bar => Form::Bar(ProgressBar::no_length()),
            Display::Auto | Display::Lines => Form::Lines,
            Display::Quiet => Form::Quiet,
            Display::Dashboard | Display::Tui | Display::KerasLines => {
                let expected = "auto, bar, lines or quiet: many networks are trained at once";
                return Err(StudyError::setting("ui", display, expected));
            }
        };
        Ok(Self {
            form,
            done: 0,
            all: 0,
            cost_done: 0,
            cost: 0,
            begin: Instant::now(),
        })
    }

    pub(super) fn is_quiet(&self) -> bool {
        matches!(self.form, Form::Quiet)
    }

    /// So many trainings are done of so many; the others cost this much.
    pub(super) fn begin(&mut self, done: usize, all: usize, cost: u64) {
        (self.done, self.all, self.cost) = (done, all, cost.max(1));
        self.begin = Instant::now();
        if let Form::Bar(bar) = &self.form {
            let style = ProgressStyle::with_template(
                "{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} to go",
            );
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_length(self.cost);
            bar.set_message(format!("{done} of {all} trainings"));
            bar.reset();
        } else if done > 0 {
            self.line(&format!("{done} of {all} trainings are already done"));
        }
    }

    /// An epoch of this cost is done.
    pub(super) fn advance(&mut self, cost: u64) {
        self.cost_done = self.cost_done.saturating_add(cost);
        if let Form::Bar(bar) = &self.form {
            bar.inc(cost);
        }
    }

    pub(super) fn finished(&mut self, by: CurveAxis, job: &Job, result: &JobResult) {
        self.done += 1;
        let (done, all) = (self.done, self.all);
        match &self.form {
            Form::Bar(bar) => bar.set_message(format!("{done} of {all} trainings")),
            Form::Lines => {
                let point = match by {
                    CurveAxis::Epochs => format!("seed {}", job.seed),
                    _ => format!("{by} {job}"),
                };
                let width = all.to_string().len();
                self.line(&format!(
                    "{done:>width$}/{all}  {point}: error {:.2} % training, {:.2} % validation; {:.1} s{}",
                    result.end.train.error * 100.0,
                    result.end.validation.error * 100.0,
                    result.seconds,
                    self.to_go()
                ));
            }
            Form::Quiet => {}
        }
    }

    pub(super) fn end(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish_and_clear();
        }
    }

    /// `, about 2 min to go`.
    fn to_go(&self) -> String {
        if self.cost_done == 0 || self.cost_done >= self.cost {
            return String::new();
        }
        let share = self.cost_done as f64 / self.cost as f64;
        let seconds = self.begin.elapsed().as_secs_f64() * (1.0 / share - 1.0);
        if seconds < 90.0 {
            format!(", about {seconds:.0} s to go")
        } else {
            format!(", about {:.0} min to go", seconds / 60.0)
        }
    }

    fn line(&self, text: &str) {
        if matches!(self.form, Form::Lines) {
            let mut out = std::io::stdout().lock();
            // A reader that closed the pipe shall not end the study.
            let _ = writeln!(out, "{text}");
            let _ = out.flush();
        }
    }
}
