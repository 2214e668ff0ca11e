use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use firebrick_session::{ControlSocket, Event, SessionHandle, Speaker, Watcher, What};
use firebrick_tensor::catch_panic;

use super::event_log::EventLog;
use crate::run_directory::RunDirectory;

/// A watcher that the training and its owner both hold.
pub(crate) type SharedWatcher = Arc<Mutex<dyn Watcher>>;

/// All who are told what happens in a training: the file of its run, those at its socket, and whoever else watches.
///
/// Nobody of them ends the training: one that fails is told once and left out.
pub(crate) struct Announcer {
    begun: Instant,
    watchers: Vec<SharedWatcher>,
    log: Option<EventLog>,
    socket: Option<ControlSocket>,
    /// What went wrong before anybody could be told.
    warnings: Vec<String>,
}

impl Default for Announcer {
    /// Nobody watches.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Announcer {
    /// For a training that begins now.
    pub(crate) fn new(watchers: Vec<SharedWatcher>) -> Self {
        Self {
            begun: Instant::now(),
            watchers,
            log: None,
            socket: None,
            warnings: Vec::new(),
        }
    }

    /// Writes what happens into the run's file, a new one or that of a run that goes on, and listens at its socket.
    pub(crate) fn in_run(
        mut self,
        run: &RunDirectory,
        session: &SessionHandle,
        is_resumed: IsResumed,
    ) -> Self {
        let path = run.file(RunDirectory::EVENTS);
        let (log, told) = match is_resumed {
            IsResumed::Yes => EventLog::append(&path),
            IsResumed::No => EventLog::create(&path),
        };
        self.log = Some(log);
        self.warnings.extend(told);
        if cfg!(unix) {
            match ControlSocket::open(run.path(), session) {
                Ok(socket) => self.socket = Some(socket),
                Err(error) => self.warnings.push(format!(
                    "warning: the training cannot be controlled from outside, {error}"
                )),
            }
        }
        self
    }

    /// Whether anybody watches, so that there is a reason to compute what is told.
    pub(crate) fn is_heard(&self) -> bool {
        !self.watchers.is_empty() || self.log.is_some() || self.socket.is_some()
    }

    /// Tells all what has happened after so many steps in this epoch; gives the event.
    pub(crate) fn tell(&mut self, (step, epoch): (u64, usize), what: What) -> Event {
        let event = Event {
            step,
            epoch,
            seconds: self.begun.elapsed().as_secs_f64(),
            what,
        };
        self.pass_on(&event);
        event
    }

    /// What went wrong with those who are told, once.
    pub(crate) fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    fn pass_on(&mut self, event: &Event) {
        let told = self.log.as_mut().and_then(|log| log.write(event));
        self.warnings.extend(told);
        if let Some(socket) = &mut self.socket {
            socket.tell(event);
        }
        let warnings = &mut self.warnings;
        self.watchers.retain(|watcher| {
            let mut watcher = watcher.lock().unwrap_or_else(PoisonError::into_inner);
            let told = catch_panic(|| watcher.tell(event));
            if let Err(message) = &told {
                warnings.push(format!(
                    "warning: one who watches the training panicked and is told nothing any more: {message}"
                ));
            }
            told.is_ok()
        });
    }
}

/// Whether a training goes on where another was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsResumed {
    Yes,
    No,
}

/// Who says something, by how it begins, and the rest of it.
pub(crate) fn spoken(text: &str) -> What {
    let (from, text) = match text.split_once(": ") {
        Some(("hint", text)) => (Speaker::Hint, text),
        Some(("warning", text)) => (Speaker::Warning, text),
        _ => (Speaker::Warning, text),
    };
    let text = text.to_owned();
    What::Words { from, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that panics at its second event.
    #[derive(Default)]
    struct Weak {
        told: usize,
    }

    impl Watcher for Weak {
        fn tell(&mut self, _: &Event) {
            self.told += 1;
            assert!(self.told < 2, "too much");
        }
    }

    #[derive(Default)]
    struct Strong {
        steps: Vec<u64>,
    }

    impl Watcher for Strong {
        fn tell(&mut self, event: &Event) {
            self.steps.push(event.step);
        }
    }

    #[test]
    fn one_that_fails_is_left_out_and_the_others_are_told() {
        let (weak, strong) = (
            Arc::new(Mutex::new(Weak::default())),
            Arc::new(Mutex::new(Strong::default())),
        );
        let mut announcer = Announcer::new(vec![weak.clone(), strong.clone()]);
        for step in 0..4 {
            announcer.tell((step, 1), What::EpochBegin);
        }
        assert_eq!(strong.lock().unwrap().steps, [0, 1, 2, 3]);
        let warnings = announcer.take_warnings();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].ends_with(": too much"), "{warnings:?}");
        assert_eq!(announcer.take_warnings(), [""; 0]);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDirectory::create(&folder.path().join("run")).unwrap();
        std::fs::create_dir(run.file(RunDirectory::EVENTS)).unwrap();
        let session = SessionHandle::new();
        let mut announcer = Announcer::default().in_run(&run, &session, IsResumed::No);
        announcer.tell((0, 1), What::EpochBegin);
        announcer.tell((1, 1), What::EpochBegin);
        let warnings = announcer.take_warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(
            warnings[0].contains("events.jsonl` is no file of events"),
            "{warnings:?}"
        );
    }

    #[test]
    fn words_say_who_speaks() {
        for (text, from, rest) in [
            (
                "hint: try ten times as much",
                Speaker::Hint,
                "try ten times as much",
            ),
            ("warning: a full disk", Speaker::Warning, "a full disk"),
            (
                "the run is saved again",
                Speaker::Warning,
                "the run is saved again",
            ),
        ] {
            let text_of = rest.to_owned();
            assert_eq!(
                spoken(text),
                What::Words {
                    from,
                    text: text_of
                }
            );
        }
    }
}
