//! Asking a training for something from another thread.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::action::Action;

/// An action that somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What.
    pub action: Action,
    /// Who asks, as the run's events will say it.
    pub by: String,
}

/// Asks a running training for actions, from whatever thread; clones ask the same training, which does them between two steps,
/// in the order in which they came.
///
/// ```
/// use firebrick_session::{Action, SessionHandle};
///
/// let session = SessionHandle::new();
/// let elsewhere = session.clone();
/// std::thread::spawn(move || elsewhere.ask(Action::Pause, "a second thread")).join().unwrap();
/// assert_eq!(session.take().map(|request| request.action), Some(Action::Pause));
/// assert_eq!(session.take(), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SessionHandle {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// How many wait, so that a training that nobody asks for anything looks at one number a step.
    waiting: AtomicUsize,
    requests: Mutex<VecDeque<Request>>,
    has_come: Condvar,
}

impl SessionHandle {
    /// For one training.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for something; `by` is who asks.
    pub fn ask(&self, action: Action, by: &str) {
        let mut requests = self.requests();
        requests.push_back(Request {
            action,
            by: by.to_owned(),
        });
        self.inner.waiting.store(requests.len(), Ordering::Release);
        self.inner.has_come.notify_all();
    }

    /// The oldest request, for the training that does them.
    pub fn take(&self) -> Option<Request> {
        if self.inner.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.taken(&mut self.requests())
    }

    /// Waits for a request at most so long: in a pause.
    pub fn wait(&self, at_most: Duration) -> Option<Request> {
        let requests = self.requests();
        let waited = self
            .inner
            .has_come
            .wait_timeout_while(requests, at_most, |requests| requests.is_empty());
        let (mut requests, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.taken(&mut requests)
    }

    fn taken(&self, requests: &mut VecDeque<Request>) -> Option<Request> {
        let request = requests.pop_front();
        self.inner.waiting.store(requests.len(), Ordering::Release);
        request
    }

    fn requests(&self) -> MutexGuard<'_, VecDeque<Request>> {
        let requests = &self.inner.requests;
        requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
