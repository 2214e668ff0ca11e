//! An examination for people.

use std::fmt;

use firebrick_model::readable_bytes;

use super::{BatchLosses, Estimate, Examination, ExaminedInput, ExaminedTarget};
use crate::check::finding::Severity;
use crate::logs::figure_text;

/// The width of what a line is about.
const WIDTH: usize = 8;

impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |about: &str, text: String| writeln!(f, "{about:<WIDTH$} {text}");
        line("samples", self.samples_text())?;
        for input in &self.inputs {
            line("input", input.to_string())?;
        }
        for target in &self.targets {
            line("target", target.to_string())?;
        }
        if let Some(loss) = &self.loss {
            line("batches", loss.batches_text())?;
            line("loss", loss.to_string())?;
        }
        if let Some(estimate) = &self.estimate {
            if let Some(memory) = estimate.memory {
                let memory = readable_bytes(memory);
                line(
                    "memory",
                    format!("at least {memory} for weights, gradients, optimizer and a batch"),
                )?;
            }
            line("time", estimate.to_string())?;
        }
        for finding in &self.findings {
            line(
                &finding.severity.to_string(),
                format!("{}: {}", finding.place, finding.found),
            )?;
            if !finding.advice.is_empty() {
                line("", finding.advice.clone())?;
            }
        }
        line("found", self.found_text())
    }
}

impl Examination {
    /// What is odd in a line, with the losses, e.g. before a training.
    ///
    /// ```
    /// use firebrick::{layers::Dense, prelude::*};
    ///
    /// let data = ArrayDataset::new([[0.0], [1.0], [2.0]], [0.0, 0.5, 1.0])?;
    /// let model = Sequential::new([1]).add(Dense::new(1)).build_with_weights([vec![0.0], vec![0.0]], &Device::flex())?;
    /// let trainer = Compile::by_name("adam", "mse", [])?.model(model);
    /// let line = trainer.examine_briefly(&data, &Fit::new(1)).line();
    /// assert_eq!(line, "loss 0.4167 at the start, 0.1667 by guessing; warning: loss: at the start it is 0.4167, far above the 0.1667 of \
    ///                   guessing by the mean of the targets");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn line(&self) -> String {
        let mut parts = Vec::new();
        if let Some(loss) = &self.loss {
            let guess = loss.guess.map_or_else(String::new, |guess| {
                format!(", {} by guessing", figure_text(guess))
            });
            parts.push(format!(
                "loss {} at the start{guess}",
                figure_text(loss.start)
            ));
        }
        let odd = self
            .findings
            .iter()
            .filter(|finding| finding.severity < Severity::Note);
        let mut odd = odd
            .map(|finding| format!("{}: {}: {}", finding.severity, finding.place, finding.found));
        let of_sample = match self.samples.training {
            Some(training) if !self.samples.are_all_looked_at() => {
                format!(" in {} of {training} rows", self.samples.looked_at)
            }
            _ => String::new(),
        };
        match odd.next() {
            None => parts.push(format!("nothing odd{of_sample}")),
            Some(first) => {
                let more = odd.count();
                let more = match more {
                    0 => String::new(),
                    more => format!(", and {more} more; `firebrick train --check` says all"),
                };
                parts.push(format!("{first}{more}"));
            }
        }
        parts.join("; ")
    }

    fn samples_text(&self) -> String {
        let samples = &self.samples;
        let validation = match samples.validation {
            Some(count) => format!(", {count} to validate"),
            None => String::new(),
        };
        match samples.training {
            Some(training) if samples.are_all_looked_at() => {
                format!("{training} to learn from{validation}; all were looked at")
            }
            Some(training) => format!(
                "{training} to learn from{validation}; {} of them were looked at, evenly spread",
                samples.looked_at
            ),
            None => format!(
                "a stream{validation}; its first batch of {} was looked at",
                samples.looked_at
            ),
        }
    }

    fn found_text(&self) -> String {
        if self.findings.is_empty() {
            return "nothing odd".to_owned();
        }
        let severities = [Severity::Error, Severity::Warning, Severity::Note];
        let counts = severities.map(|severity| (self.count(severity), severity));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, severity)| match count {
            1 => format!("1 {severity}"),
            count => format!("{count} {severity}s"),
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        if self.can_train() {
            counts
        } else {
            format!("{counts}: the training cannot run like this")
        }
    }
}

impl fmt::Display for ExaminedInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "`{}` ", name.escape_debug())?;
        }
        write!(
            f,
            "{:?}, from {} to {}, mean {}, deviation {}",
            self.shape,
            figure_text(self.min),
            figure_text(self.max),
            figure_text(self.mean),
            figure_text(self.deviation)
        )?;
        let columns: usize = self.shape.iter().product();
        match self.constant_columns {
            0 => Ok(()),
            constant => write!(f, "; {} of {columns} columns vary", columns - constant),
        }
    }
}

impl fmt::Display for ExaminedTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "`{}` ", name.escape_debug())?;
        }
        f.write_str(&self.what)?;
        match self.classes {
            Some(classes) if classes.fewest == classes.most => {
                write!(f, ", {} samples of each", classes.most)
            }
            Some(classes) => write!(
                f,
                ", {} to {} samples of each",
                classes.fewest, classes.most
            ),
            None => Ok(()),
        }
    }
}

impl BatchLosses {
    fn batches_text(&self) -> String {
        let text = |loss: Option<f64>| loss.map_or_else(|| "not to be had".to_owned(), figure_text);
        format!(
            "loss of the first {}, of the last {}",
            text(self.first),
            text(self.last)
        )
    }
}

impl fmt::Display for BatchLosses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at the start", figure_text(self.start))?;
        match (self.guess, self.guessed) {
            (Some(guess), Some(guessed)) => {
                write!(f, ", {} by guessing ({guessed})", figure_text(guess))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "about {} a step, {} an epoch of {} steps, {} the training",
            seconds_text(self.step),
            seconds_text(self.epoch),
            self.steps_per_epoch,
            seconds_text(self.training)
        )
    }
}

/// `0.8 ms`, `12 s`, `3 h 20 min`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole minutes of a time that people wait for"
)]
fn seconds_text(seconds: f64) -> String {
    match seconds {
        ..0.01 => format!("{:.2} ms", seconds * 1e3),
        ..1.0 => format!("{:.0} ms", seconds * 1e3),
        ..10.0 => format!("{seconds:.1} s"),
        ..120.0 => format!("{seconds:.0} s"),
        _ => {
            let minutes = (seconds / 60.0).round() as u64;
            match (minutes / 60, minutes % 60) {
                (0, minutes) => format!("{minutes} min"),
                (hours, 0) => format!("{hours} h"),
                (hours, minutes) => format!("{hours} h {minutes} min"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_a_size_that_one_reads() {
        let texts = [0.000_8, 0.25, 3.21, 61.4, 150.0, 7200.0, 12_000.0].map(seconds_text);
        let expected = [
            "0.80 ms",
            "250 ms",
            "3.2 s",
            "61 s",
            "3 min",
            "2 h",
            "3 h 20 min",
        ];
        assert_eq!(texts, expected);
    }
}
