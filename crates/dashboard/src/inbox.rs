//! What waits to be drawn.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use firebrick_session::{Event, What};

/// Events between a training and the thread that draws: neither ever waits for the other, and memory is bounded.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    events: Mutex<VecDeque<Event>>,
}

impl Inbox {
    /// From so many on, those that say where a training is are dropped: the next one says it anew.
    const LIMIT: usize = 2048;

    pub(crate) fn push(&self, event: Event) {
        let mut events = self.events();
        if events.len() >= Self::LIMIT {
            let is_passing = |what: &What| {
                matches!(
                    what,
                    What::Progress(_)
                        | What::Layers { .. }
                        | What::Samples { .. }
                        | What::Confusion(_)
                )
            };
            events.retain(|event| !is_passing(&event.what));
            if events.len() >= Self::LIMIT {
                events.pop_front();
            }
        }
        events.push_back(event);
    }

    /// All that have come.
    pub(crate) fn take(&self) -> VecDeque<Event> {
        std::mem::take(&mut *self.events())
    }

    fn events(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use firebrick_session::Progress;

    use super::*;

    #[test]
    fn what_nobody_draws_takes_no_more_memory() {
        let inbox = Inbox::default();
        let event = |step, what| Event {
            step,
            epoch: 1,
            seconds: 0.0,
            what,
        };
        inbox.push(event(0, What::EpochBegin));
        for step in 1..10_000 {
            inbox.push(event(step, What::Progress(Progress::default())));
        }
        let events = inbox.take();
        assert!(events.len() <= Inbox::LIMIT);
        assert_eq!(events.front().map(|event| event.step), Some(0));
        assert_eq!(events.back().map(|event| event.step), Some(9_999));
        for step in 0..5_000 {
            inbox.push(event(step, What::EpochBegin));
        }
        assert_eq!(inbox.take().len(), Inbox::LIMIT);
    }
}
