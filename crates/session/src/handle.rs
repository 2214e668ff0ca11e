//! Asking a training for something from another thread.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::action::Action;
use crate::answer::Answer;

/// An action that somebody asks for.
///
/// ```
/// use firebrick_session::{Action, Answer, SessionHandle};
///
/// let session = SessionHandle::new();
/// session.ask(Action::Resume, "a program");
/// if let Some(request) = session.take() {
///     assert_eq!((request.action, request.by.as_str()), (Action::Resume, "a program"));
///     request.answer(Answer::Refused { reason: "it is not paused".to_owned() });
/// }
/// ```
#[derive(Debug)]
pub struct Request {
    /// What.
    pub action: Action,
    /// Who asks, as the run's events will say it.
    pub by: String,
    /// Where somebody waits for the answer.
    reply: Option<Sender<Answer>>,
}

impl Request {
    /// Says to who asked what has come of it.
    pub fn answer(self, answer: Answer) {
        if let Some(reply) = self.reply {
            // Who asked may have gone.
            let _ = reply.send(answer);
        }
    }
}

/// What a training will say to someone who has asked it for something.
///
/// ```
/// use std::time::Duration;
///
/// use firebrick_session::{Action, Answer, SessionHandle};
///
/// let session = SessionHandle::new();
/// let pending = session.request(Action::Stop, "a program");
/// assert_eq!(pending.wait(Duration::ZERO), None);
/// // The training is over before it came to it.
/// session.end();
/// assert!(matches!(pending.wait(Duration::ZERO), Some(Answer::Refused { .. })));
/// ```
#[derive(Debug)]
pub struct PendingAnswer {
    reply: Receiver<Answer>,
}

impl PendingAnswer {
    /// Waits for the answer at most so long.
    pub fn wait(&self, at_most: Duration) -> Option<Answer> {
        match self.reply.recv_timeout(at_most) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Answer::ended()),
        }
    }
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
/// assert!(session.take().is_none());
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
        self.push(action, by, None);
    }

    /// Asks for something and gives what waits for the answer.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use firebrick_session::{Action, Answer, SessionHandle};
    ///
    /// let session = SessionHandle::new();
    /// let pending = session.request(Action::Best, "a program");
    /// // What the training does between two steps:
    /// if let Some(request) = session.take() {
    ///     request.answer(Answer::Refused { reason: "no epoch is over yet".to_owned() });
    /// }
    /// assert!(matches!(pending.wait(Duration::from_secs(1)), Some(Answer::Refused { .. })));
    /// ```
    pub fn request(&self, action: Action, by: &str) -> PendingAnswer {
        let (sender, reply) = mpsc::channel();
        self.push(action, by, Some(sender));
        PendingAnswer { reply }
    }

    /// Whether somebody asks for anything: one number to look at.
    pub fn is_asked(&self) -> bool {
        self.inner.waiting.load(Ordering::Acquire) > 0
    }

    /// The oldest request, for the training that does them.
    pub fn take(&self) -> Option<Request> {
        if !self.is_asked() {
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

    /// Tells all who have asked that the training has ended; for the training when it has.
    pub fn end(&self) {
        let mut requests = self.requests();
        self.inner.waiting.store(0, Ordering::Release);
        for request in requests.drain(..) {
            request.answer(Answer::ended());
        }
    }

    fn push(&self, action: Action, by: &str, reply: Option<Sender<Answer>>) {
        let mut requests = self.requests();
        requests.push_back(Request {
            action,
            by: by.to_owned(),
            reply,
        });
        self.inner.waiting.store(requests.len(), Ordering::Release);
        self.inner.has_come.notify_all();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_what_nobody_does_any_more_is_told_so() {
        let session = SessionHandle::new();
        let ended = Some(Answer::ended());
        let at_most = Duration::from_mins(1);
        let dropped = session.request(Action::Best, "a test");
        drop(session.take());
        assert_eq!(dropped.wait(at_most), ended);
        let left = session.request(Action::Best, "a test");
        session.end();
        assert_eq!(left.wait(at_most), ended);
        assert!(!session.is_asked());
    }

    #[test]
    fn requests_are_taken_in_their_order() {
        let session = SessionHandle::new();
        session.ask(Action::Pause, "one");
        session.ask(Action::Resume, "two");
        let taken = std::iter::from_fn(|| session.take());
        let by: Vec<String> = taken.map(|request| request.by).collect();
        assert_eq!(by, ["one", "two"]);
        assert!(session.wait(Duration::ZERO).is_none());
    }
}
