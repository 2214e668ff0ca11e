//! Several trainings at once, each on a thread of its own.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use firebrick::models::catch_panic;
use firebrick::training::StopHandle;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::Moment;
use crate::directory::TuneDirectory;
use crate::error::TuneError;
use crate::journal::Journal;
use crate::record::Trained;
use crate::scheduler::{Assignment, Choice};
use crate::search::{Search, begun, failed, trained};
use crate::trial::Trial;
use crate::trial_event::TrialEvent;

/// What trains a trial.
pub(super) type Train<'a> = &'a (dyn Fn(&Trial) -> Result<Trained, String> + Sync);

/// How a search is carried out.
pub(super) struct Jobs<'a> {
    pub(super) search: Search,
    pub(super) journal: Option<Journal>,
    pub(super) directory: Option<TuneDirectory>,
    pub(super) workers: usize,
    pub(super) limit: Option<Duration>,
    pub(super) stop: &'a StopHandle,
}

/// A training that has ended.
struct Ended {
    assignment: Assignment,
    trial: Trial,
    trained: Result<Trained, String>,
    seconds: f64,
}

impl Jobs<'_> {
    /// Trains until nothing is left to do, somebody says stop, or the time is over; gives where the search stands then.
    pub(super) fn run(
        mut self,
        train: Train<'_>,
        watcher: &mut dyn FnMut(Moment<'_>),
    ) -> Result<Search, TuneError> {
        let deadline = self
            .limit
            .and_then(|limit| Instant::now().checked_add(limit));
        let (sender, receiver) = channel();
        let mut running = 0_usize;
        let mut failure = None;
        watcher(Moment::Found {
            trials: self.search.num_begun(),
            of: self.search.num_trials(),
        });
        thread::scope(|scope| {
            loop {
                while failure.is_none() && running < self.workers && !self.is_over(deadline) {
                    let Choice::Train(assignment) = self.search.choose() else {
                        break;
                    };
                    match self.begin(assignment, watcher) {
                        Ok((trial, threads)) => {
                            spawn(scope, (assignment, trial), train, threads, sender.clone());
                            running += 1;
                        }
                        Err(error) => failure = Some(error),
                    }
                }
                if running == 0 {
                    break;
                }
                let Some(ended) = self.next(&receiver, deadline) else {
                    continue;
                };
                running -= 1;
                if let Err(error) = self.end(ended, watcher) {
                    self.stop.stop("an error");
                    failure.get_or_insert(error);
                }
            }
        });
        match failure {
            Some(error) => Err(error),
            None => Ok(self.search),
        }
    }

    fn is_over(&self, deadline: Option<Instant>) -> bool {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.stop.stop("the time limit");
        }
        self.stop.is_stopped()
    }

    /// The next training that ends; none where the time is over before, of which it is told once.
    fn next(&self, receiver: &Receiver<Ended>, deadline: Option<Instant>) -> Option<Ended> {
        let left = deadline
            .filter(|_| !self.stop.is_stopped())
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match left {
            None => receiver.recv().ok(),
            Some(left) => match receiver.recv_timeout(left) {
                Ok(ended) => Some(ended),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    self.stop.stop("the time limit");
                    None
                }
            },
        }
    }

    fn begin(
        &mut self,
        assignment: Assignment,
        watcher: &mut dyn FnMut(Moment<'_>),
    ) -> Result<(Trial, Option<ThreadPool>), TuneError> {
        let threads = self.threads()?;
        let values = self.search.values(assignment.trial);
        let directory = self.directory.as_ref();
        let trial = Trial {
            number: assignment.trial,
            epochs: assignment.epochs,
            rung: assignment.rung,
            directory: directory.map(|directory| directory.trial(assignment.trial)),
            stop: self.stop.clone(),
            values: values.clone(),
        };
        self.happened(&begun(assignment, values))?;
        watcher(Moment::Begun(&trial));
        Ok((trial, threads))
    }

    /// Where a training beside others finds one thread to compute on.
    fn threads(&self) -> Result<Option<ThreadPool>, TuneError> {
        if self.workers == 1 {
            return Ok(None);
        }
        let pool = ThreadPoolBuilder::new().num_threads(1).build();
        pool.map(Some).map_err(|error| TuneError::Workers {
            reason: error.to_string(),
        })
    }

    fn end(&mut self, ended: Ended, watcher: &mut dyn FnMut(Moment<'_>)) -> Result<(), TuneError> {
        let Ended {
            assignment,
            trial,
            trained: result,
            seconds,
        } = ended;
        let is_stopped = self.stop.is_stopped();
        let event = match result {
            // Where the search is to end, less than was asked for is not the end of a training, nor is an error that comes of it.
            Ok(Trained::Figures(figures)) if is_stopped && figures.len() < assignment.epochs => {
                watcher(Moment::Stopped(&trial));
                return Ok(());
            }
            Err(_) if is_stopped => {
                watcher(Moment::Stopped(&trial));
                return Ok(());
            }
            Ok(Trained::Figures(figures)) => trained(assignment, &figures, seconds),
            Ok(Trained::Stopped) => {
                watcher(Moment::Stopped(&trial));
                return Ok(());
            }
            Err(reason) => failed(assignment, reason, seconds),
        };
        self.happened(&event)?;
        if let Some(record) = self.search.record(trial.number) {
            watcher(Moment::Ended(record));
        }
        Ok(())
    }

    fn happened(&mut self, event: &TrialEvent) -> Result<(), TuneError> {
        if let Some(journal) = &mut self.journal {
            journal.add(event)?;
        }
        self.search.happened(event);
        Ok(())
    }
}

/// Trains a trial on a thread of its own; beside others it computes on that of its pool alone.
fn spawn<'scope, 'a: 'scope>(
    scope: &'scope Scope<'scope, 'a>,
    (assignment, trial): (Assignment, Trial),
    train: Train<'a>,
    threads: Option<ThreadPool>,
    sender: Sender<Ended>,
) {
    scope.spawn(move || {
        let begin = Instant::now();
        let caught = || {
            let trained = catch_panic(|| train(&trial));
            trained.unwrap_or_else(|message| Err(format!("it panicked: {message}")))
        };
        let trained = match threads {
            Some(threads) => threads.install(caught),
            None => caught(),
        };
        // Whoever has gone needs no telling.
        let _ = sender.send(Ended {
            assignment,
            trial,
            trained,
            seconds: begin.elapsed().as_secs_f64(),
        });
    });
}
