//! What a training has told, as it is shown.

mod curves;
mod layers;
mod pace;
mod points;
mod rates;
mod words;

use firebrick_session::{
    Action, Begin, Confusion, EpochEnd, Event, Progress, Sample, Watcher, What,
};

pub(crate) use curves::{Curves, Figure, Parts};
pub(crate) use layers::{Layer, Layers};
pub(crate) use points::{Points, smoothed};
pub(crate) use rates::Rates;
pub(crate) use words::{Source, Word, Words};

use pace::Pace;

/// What a training has told so far, as it is shown: every [`Event`] is folded into it, in bounded memory.
///
/// ```
/// use firebrick_dashboard::View;
/// use firebrick_session::{Begin, Event, Watcher, What};
///
/// let mut view = View::new();
/// let begin = Begin { label: "mnist-1".to_owned(), epochs: 10, ..Begin::default() };
/// view.tell(&Event { step: 0, epoch: 0, seconds: 0.0, what: What::Begin(Box::new(begin)) });
/// assert_eq!(view.label(), "mnist-1");
/// ```
#[derive(Clone, Debug, Default)]
pub struct View {
    pub(crate) begin: Begin,
    pub(crate) step: u64,
    pub(crate) epoch: usize,
    pub(crate) seconds: f64,
    /// The last epoch to be done, as actions have it.
    pub(crate) epochs: usize,
    pub(crate) batch: usize,
    pub(crate) batches: Option<usize>,
    pub(crate) curves: Curves,
    pub(crate) rates: Rates,
    pub(crate) layers: Layers,
    pub(crate) samples: Vec<Sample>,
    pub(crate) confusion: Option<Confusion>,
    pub(crate) words: Words,
    pub(crate) marks: Vec<Mark>,
    pub(crate) pace: Pace,
    pub(crate) end: Option<End>,
}

/// An action in the curves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) step: u64,
    /// Its place in epochs: 1.5 is in the middle of the second.
    pub(crate) epochs: f64,
    pub(crate) action: Action,
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) reason: String,
    pub(crate) is_complete: bool,
}

impl View {
    /// So many marks are kept.
    const MARKS: usize = 500;

    /// Of a training that has said nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name of the run, or what else the training calls itself.
    pub fn label(&self) -> &str {
        &self.begin.label
    }

    /// Whether the training has said that it is over.
    pub fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Steps an epoch, as soon as they are known.
    pub(crate) fn steps_per_epoch(&self) -> Option<usize> {
        self.batches.filter(|&batches| batches > 0)
    }

    /// The share of the epoch that is done.
    pub(crate) fn epoch_share(&self) -> Option<f64> {
        let batches = self.steps_per_epoch()?;
        Some((self.batch as f64 / batches as f64).clamp(0.0, 1.0))
    }

    /// The share of the training that is done.
    pub(crate) fn share(&self) -> Option<f64> {
        let all = self.epochs.max(1) as f64;
        Some((self.place()? / all).clamp(0.0, 1.0))
    }

    /// Seconds until the epoch is over, and until the training is.
    pub(crate) fn seconds_left(&self) -> (Option<f64>, Option<f64>) {
        let Some(batches) = self.steps_per_epoch() else {
            return (None, None);
        };
        let epoch_end = self.step + batches.saturating_sub(self.batch) as u64;
        let more = self.epochs.saturating_sub(self.epoch) * batches;
        let left = |end| self.pace.left(self.seconds, self.step, end);
        (left(epoch_end), left(epoch_end + more as u64))
    }

    /// Steps a second, by the samples.
    pub(crate) fn steps_per_second(&self) -> Option<f64> {
        let size = self.begin.batch_size;
        let speed = self.pace.samples_per_second;
        (size > 0 && speed.is_finite() && speed > 0.0).then(|| speed / size as f64)
    }

    /// Where the training is, in epochs.
    fn place(&self) -> Option<f64> {
        let before = self.epoch.checked_sub(1)?;
        Some(before as f64 + self.epoch_share().unwrap_or(0.0))
    }

    fn begin(&mut self, begin: &Begin, event: &Event) {
        if begin.is_resumed {
            let step = event.step as f64;
            self.curves.truncate(step);
            self.rates.past.truncate(step);
            self.layers.truncate(step);
            self.words.truncate(event.step);
            self.marks.retain(|mark| mark.step <= event.step);
        } else {
            *self = Self::default();
        }
        self.end = None;
        self.begin = begin.clone();
        self.epochs = begin.epochs;
        self.batches = begin.steps_per_epoch;
        self.batch = match begin.steps_per_epoch {
            Some(steps) if steps > 0 && event.epoch > 0 => {
                let before = (event.epoch - 1) as u64 * steps as u64;
                usize::try_from(event.step.saturating_sub(before)).unwrap_or(steps)
            }
            _ => 0,
        };
        self.curves.begin(begin);
        let schedule = begin.schedule.iter();
        self.rates.schedule = schedule.map(|&(step, rate)| (step as f64, rate)).collect();
        self.pace = Pace::new(event.step, event.seconds);
        let verb = if begin.is_resumed {
            "goes on"
        } else {
            "begins"
        };
        self.say(event, Source::Training, format!("{} {verb}", begin.label));
    }

    fn progress(&mut self, progress: &Progress, step: f64) {
        self.batch = progress.batch;
        self.batches = progress.batches.or(self.batches);
        self.pace.samples_per_second = progress.samples_per_second;
        self.pace.memory = progress.memory.or(self.pace.memory);
        self.curves.progress(step, &progress.figures);
        self.rates.past.push(step, progress.learning_rate);
    }

    fn epoch_end(&mut self, end: &EpochEnd, event: &Event) {
        let step = event.step as f64;
        // Where nobody has said how many batches there are, they are known now.
        if self.batches.is_none() && self.batch > 0 {
            self.batches = Some(self.batch);
        }
        self.batch = self.batches.unwrap_or(self.batch);
        self.curves
            .epoch_end(step, event.epoch as f64, &end.figures);
        if end.learning_rate.is_finite() {
            self.rates.past.push(step, end.learning_rate);
        }
    }

    fn action(&mut self, action: Action, by: &str, rate: f64, event: &Event) {
        match action {
            Action::Pause => self.pace.pause(event.seconds),
            Action::Resume => self.pace.resume(event.seconds),
            Action::EndEpoch => self.epochs = self.epochs.min(self.epoch),
            _ => self.epochs = action.last_epoch(self.epochs, self.epoch),
        }
        let is_rate = matches!(action, Action::ScaleRate(_) | Action::SetRate(_));
        if is_rate && rate.is_finite() {
            self.rates.past.push(event.step as f64, rate);
        }
        let now = if is_rate {
            format!(": rate {}", crate::numbers::figure(rate))
        } else {
            String::new()
        };
        self.say(event, Source::Action, format!("{action} ({by}){now}"));
        if self.marks.len() == Self::MARKS {
            self.marks.remove(0);
        }
        self.marks.push(Mark {
            step: event.step,
            epochs: self.place().unwrap_or(0.0),
            action,
        });
    }

    fn say(&mut self, event: &Event, from: Source, text: String) {
        self.words.push(Word {
            step: event.step,
            epoch: event.epoch,
            from,
            text,
        });
    }
}

impl Watcher for View {
    fn tell(&mut self, event: &Event) {
        if let What::Begin(begin) = &event.what {
            self.begin(begin, event);
        }
        if event.epoch != self.epoch && !matches!(event.what, What::Begin(_)) {
            self.batch = 0;
        }
        (self.step, self.epoch, self.seconds) = (event.step, event.epoch, event.seconds);
        let step = event.step as f64;
        match &event.what {
            What::EpochBegin => self.batch = 0,
            What::Progress(progress) => self.progress(progress, step),
            What::EpochEnd(end) => self.epoch_end(end, event),
            What::Validated { figures } => self.curves.validated(step, figures),
            What::Layers { layers } => self.layers.tell(step, layers),
            What::Samples { worst } => worst.clone_into(&mut self.samples),
            What::Confusion(confusion) => self.confusion = Some(confusion.clone()),
            What::Words { from, text } => self.say(event, Source::of(*from), text.clone()),
            What::Action {
                action,
                by,
                learning_rate,
            } => self.action(*action, by, *learning_rate, event),
            What::Saved { file } => self.say(event, Source::Saved, file.clone()),
            What::End {
                reason,
                is_complete,
            } => {
                self.say(event, Source::Training, format!("ended: {reason}"));
                self.pace.resume(event.seconds);
                self.end = Some(End {
                    reason: reason.clone(),
                    is_complete: *is_complete,
                });
            }
            // Begin is folded above; what a later version tells is not shown.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(step: u64, epoch: usize, what: What) -> Event {
        Event {
            step,
            epoch,
            seconds: step as f64,
            what,
        }
    }

    fn begin(step: u64, epoch: usize, is_resumed: bool) -> Event {
        let begin = Begin {
            label: "run".to_owned(),
            epochs: 4,
            steps_per_epoch: Some(10),
            batch_size: 2,
            figures: vec!["loss".to_owned()],
            is_resumed,
            ..Begin::default()
        };
        event(step, epoch, What::Begin(Box::new(begin)))
    }

    fn progress(step: u64, epoch: usize, batch: usize) -> Event {
        let progress = Progress {
            batch,
            batches: Some(10),
            figures: [("loss", 1.0)].into_iter().collect(),
            learning_rate: 0.1,
            samples_per_second: 8.0,
            memory: None,
        };
        event(step, epoch, What::Progress(progress))
    }

    fn epoch_end(epoch: usize) -> Event {
        let end = EpochEnd {
            figures: [("loss", 1.0), ("val_loss", 2.0)].into_iter().collect(),
            learning_rate: 0.1,
            took: 1.0,
        };
        event(epoch as u64 * 10, epoch, What::EpochEnd(end))
    }

    fn told(events: &[Event]) -> View {
        let mut view = View::new();
        for event in events {
            view.tell(event);
        }
        view
    }

    #[test]
    fn time_and_shares_are_those_of_the_steps() {
        let view = told(&[begin(0, 0, false), progress(5, 1, 5)]);
        assert_eq!(view.epoch_share(), Some(0.5));
        assert_eq!(view.share(), Some(0.125));
        assert_eq!(view.seconds_left(), (Some(5.0), Some(35.0)));
        assert_eq!(view.steps_per_second(), Some(4.0));
    }

    #[test]
    fn what_a_resumed_training_has_not_done_is_dropped() {
        let said = What::Saved {
            file: "model.bpk".to_owned(),
        };
        let view = told(&[
            begin(0, 0, false),
            epoch_end(1),
            progress(13, 2, 3),
            event(13, 2, said),
            epoch_end(2),
            begin(12, 2, true),
        ]);
        let loss = view.curves.find("loss").unwrap();
        assert_eq!(loss.steps.training.newest(), Some((10.0, 1.0)));
        assert_eq!(loss.epochs.validation.newest(), Some((1.0, 2.0)));
        let words: Vec<_> = view.words.iter().map(|word| &word.text).collect();
        assert_eq!(words, ["run begins", "run goes on"]);
        assert_eq!(view.batch, 2);
    }

    #[test]
    fn another_training_begins_anew() {
        let view = told(&[begin(0, 0, false), epoch_end(1), begin(0, 0, false)]);
        assert_eq!(
            view.curves.find("loss").unwrap().steps.training.newest(),
            None
        );
    }

    #[test]
    fn actions_are_marked_where_they_were_done_and_change_what_is_left() {
        let act = |step, action| {
            let what = What::Action {
                action,
                by: "dashboard".to_owned(),
                learning_rate: 0.05,
            };
            event(step, 2, what)
        };
        let mut view = told(&[begin(0, 0, false), epoch_end(1), progress(15, 2, 5)]);
        view.tell(&act(15, Action::ScaleRate(0.5)));
        view.tell(&act(15, Action::MoreEpochs(-100)));
        assert_eq!(view.epochs, 2);
        view.tell(&act(15, Action::Pause));
        assert!(view.pace.is_paused());
        assert_eq!((view.marks[0].step, view.marks[0].epochs), (15, 1.5));
        assert_eq!(view.rates.past.newest(), Some((15.0, 0.05)));
        let first = view.words.iter().nth(1).unwrap();
        assert_eq!(first.text, "rate x0.5 (dashboard): rate 0.0500");
    }

    #[test]
    fn batches_that_nobody_knows_are_known_after_an_epoch() {
        let unknown = |step, batch| {
            let progress = Progress {
                batch,
                ..Progress::default()
            };
            event(step, 1, What::Progress(progress))
        };
        let mut view = told(&[unknown(3, 3)]);
        assert_eq!(
            (view.epoch_share(), view.seconds_left()),
            (None, (None, None))
        );
        view.tell(&unknown(10, 10));
        view.tell(&epoch_end(1));
        assert_eq!(view.epoch_share(), Some(1.0));
    }
}
