//! What the events of a run come to.

use std::path::Path;

use firebrick::training::{EpochRecord, History};
use firebrick_session::{
    Action, Begin, Confusion, EpochEnd, Event, EventReader, Figures, LayerNumbers, Progress,
    Sample, SessionError, Speaker, What,
};

/// What the events of a run come to: its latest state, and all that is told once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chronicle {
    /// What the process that trained last said of itself.
    pub(crate) begin: Option<Begin>,
    /// When the first one began, in seconds since 1970.
    pub(crate) began: Option<u64>,
    /// The last epoch to be done.
    pub(crate) epochs: Option<usize>,
    /// Where the epoch at work is.
    pub(crate) progress: Option<(usize, Progress)>,
    /// Why the last process ended, and whether nothing was left to do.
    pub(crate) end: Option<(String, bool)>,
    /// How the layers did last.
    pub(crate) layers: Vec<LayerNumbers>,
    /// What the network was most wrong about last.
    pub(crate) worst: Vec<Sample>,
    pub(crate) confusion: Option<Confusion>,
    /// What was said and done, in order.
    pub(crate) happenings: Vec<Happening>,
    /// The epochs that are over, each with the step at its end.
    ends: Vec<(u64, usize, EpochEnd)>,
}

/// Something that was said or done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Happening {
    pub(crate) step: u64,
    pub(crate) epoch: usize,
    /// Since the process began to train.
    pub(crate) seconds: f64,
    /// Who says it, or whose doing it was.
    pub(crate) who: String,
    pub(crate) text: String,
}

impl Chronicle {
    /// Reads the events of a file; one without a file has none.
    pub(crate) fn read(path: &Path) -> Result<Self, SessionError> {
        let mut own = Self::default();
        if !path.exists() {
            return Ok(own);
        }
        EventReader::open(path)?.read_to_end(|event| own.take(event))?;
        Ok(own)
    }

    /// The epochs that are over, as a history has them.
    pub(crate) fn history(&self) -> History {
        let mut history = History::default();
        for (_, epoch, end) in &self.ends {
            history.push(EpochRecord {
                epoch: *epoch,
                learning_rate: end.learning_rate,
                figures: end.figures.iter().collect(),
                seconds: end.took,
            });
        }
        history
    }

    pub(crate) fn take(&mut self, event: Event) {
        let Event {
            step,
            epoch,
            seconds,
            what,
        } = event;
        let happening = |who: &str, text: String| Happening {
            step,
            epoch,
            seconds,
            who: who.to_owned(),
            text,
        };
        match what {
            What::Begin(begin) => self.begin(step, *begin),
            What::Progress(progress) => self.progress = Some((epoch, progress)),
            What::EpochEnd(end) => {
                self.ends.retain(|(_, own, _)| *own < epoch);
                self.ends.push((step, epoch, end));
                self.progress = None;
            }
            What::Validated { figures } => {
                self.happenings
                    .push(happening("validation", figures_line(&figures)));
            }
            What::Layers { layers } => self.layers = layers,
            What::Samples { worst } => self.worst = worst,
            What::Confusion(confusion) => self.confusion = Some(confusion),
            What::Words { from, text } => {
                self.happenings.push(happening(speaker(from), text));
            }
            What::Action { action, by, .. } => {
                self.change_epochs(action, epoch);
                self.happenings.push(happening(&by, action.to_string()));
            }
            What::End {
                reason,
                is_complete,
            } => {
                self.progress = None;
                self.end = Some((reason, is_complete));
            }
            _ => {}
        }
    }

    /// A process begins; where it goes on with a training that was broken off, what came after that did not happen.
    fn begin(&mut self, step: u64, begin: Begin) {
        if begin.is_resumed {
            self.ends.retain(|(own, ..)| *own <= step);
            self.happenings.retain(|own| own.step <= step);
        } else {
            *self = Self::default();
        }
        self.began = self.began.or(Some(begin.time).filter(|time| *time > 0));
        self.epochs = Some(begin.epochs).filter(|epochs| *epochs > 0);
        self.progress = None;
        self.end = None;
        self.begin = Some(begin);
    }

    fn change_epochs(&mut self, action: Action, epoch: usize) {
        self.epochs = match action {
            // Said whole, also where nobody has said how many there were to be.
            Action::Epochs(epochs) => Some(action.last_epoch(epochs, epoch)),
            _ => self.epochs.map(|own| action.last_epoch(own, epoch)),
        };
    }
}

fn speaker(from: Speaker) -> &'static str {
    match from {
        Speaker::Callback => "callback",
        Speaker::Warning => "warning",
        Speaker::Hint => "hint",
        Speaker::Refused => "refused",
        _ => "note",
    }
}

fn figures_line(figures: &Figures) -> String {
    let figures: Vec<String> = figures
        .iter()
        .map(|(name, value)| format!("{name} {}", firebrick::training::figure_text(value)))
        .collect();
    figures.join(", ")
}

#[cfg(test)]
mod tests {
    use firebrick_session::EventFile;

    use super::*;

    fn event(step: u64, epoch: usize, what: What) -> Event {
        Event {
            step,
            epoch,
            seconds: 1.5,
            what,
        }
    }

    fn begin(epochs: usize, is_resumed: bool) -> What {
        What::Begin(Box::new(Begin {
            epochs,
            time: 1000,
            is_resumed,
            ..Begin::default()
        }))
    }

    fn end_of_epoch(loss: f64) -> What {
        What::EpochEnd(EpochEnd {
            figures: [("loss", loss)].into_iter().collect(),
            learning_rate: 0.1,
            took: 2.0,
        })
    }

    fn words(text: &str) -> What {
        What::Words {
            from: Speaker::Hint,
            text: text.to_owned(),
        }
    }

    fn told(events: impl IntoIterator<Item = Event>) -> Chronicle {
        let mut own = Chronicle::default();
        events.into_iter().for_each(|event| own.take(event));
        own
    }

    #[test]
    fn what_came_after_the_checkpoint_that_a_run_goes_on_from_did_not_happen() {
        let own = told([
            event(0, 0, begin(5, false)),
            event(10, 1, end_of_epoch(0.5)),
            event(12, 2, words("before")),
            event(20, 2, end_of_epoch(0.9)),
            event(21, 3, words("after")),
            event(15, 2, begin(5, true)),
            event(20, 2, end_of_epoch(0.4)),
        ]);
        let history = own.history();
        assert_eq!(history["loss"], [0.5, 0.4]);
        assert_eq!(own.happenings.len(), 1);
        assert_eq!(own.happenings[0].text, "before");
        assert_eq!(own.began, Some(1000));
    }

    #[test]
    fn a_run_that_takes_the_place_of_another_begins_anew() {
        let own = told([
            event(0, 0, begin(5, false)),
            event(10, 1, end_of_epoch(0.5)),
            event(0, 0, begin(3, false)),
        ]);
        assert_eq!((own.epochs, own.history().epochs().len()), (Some(3), 0));
    }

    #[test]
    fn actions_change_how_many_epochs_there_are() {
        let action = |action| What::Action {
            action,
            by: "control".to_owned(),
            learning_rate: 0.1,
        };
        let mut own = told([event(0, 0, begin(5, false))]);
        for (asked, epochs) in [
            (Action::MoreEpochs(3), 8),
            (Action::Epochs(20), 20),
            (Action::MoreEpochs(-100), 2),
            (Action::Pause, 2),
        ] {
            own.take(event(15, 2, action(asked)));
            assert_eq!(own.epochs, Some(epochs), "{asked}");
        }
        assert_eq!(own.happenings[1].text, "epochs 20");
        assert_eq!(own.happenings[1].who, "control");
    }

    #[test]
    fn a_run_without_events_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EventFile::NAME);
        assert_eq!(Chronicle::read(&path).unwrap(), Chronicle::default());
        let mut file = EventFile::create(&path).unwrap();
        file.write(&event(0, 0, begin(5, false))).unwrap();
        assert_eq!(Chronicle::read(&path).unwrap().epochs, Some(5));
    }
}
