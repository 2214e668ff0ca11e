//! What a training tells those who watch it, and what it keeps of what they have asked for.

mod actions_state;
mod announcer;
mod changed_epochs;
mod event_log;
mod process_memory;

pub(crate) use actions_state::{actions_from, actions_state};
pub(crate) use announcer::{Announcer, IsResumed, SharedWatcher, spoken};
pub(crate) use changed_epochs::ChangedEpochs;
pub(crate) use process_memory::process_memory;

use firebrick_session::Figures;

use crate::logs::Logs;

/// Figures as they are told.
pub(crate) fn told_figures(logs: &Logs) -> Figures {
    logs.iter().collect()
}
