//! A training as it is told and steered from outside.
//!
//! What happens in a training is an [`Event`], a line of `events.jsonl`; what somebody wants of it is an [`Action`], done between two
//! steps. The crate stands apart because those who watch and those who train share nothing else: it knows neither tensors nor
//! networks nor terminals.

mod action;
mod answer;
#[cfg(unix)]
mod connection;
#[cfg(unix)]
mod control_socket;
mod environment;
mod error;
mod event;
mod event_file;
mod figures;
mod handle;
#[cfg(not(unix))]
mod no_sockets;
mod placed_action;
#[cfg(unix)]
mod protocol;
mod replay;
mod samples;
#[cfg(unix)]
mod short_path;
mod watcher;

pub use action::Action;
pub use answer::Answer;
#[cfg(unix)]
pub use connection::{Connection, WatchedEvents};
#[cfg(unix)]
pub use control_socket::ControlSocket;
pub use environment::Environment;
pub use error::SessionError;
pub use event::{Begin, EpochEnd, Event, LayerNumbers, Progress, Speaker, What};
pub use event_file::{EventFile, EventReader};
pub use figures::Figures;
pub use handle::{PendingAnswer, Request, SessionHandle};
#[cfg(not(unix))]
pub use no_sockets::{Connection, ControlSocket, WatchedEvents};
pub use placed_action::PlacedAction;
pub use replay::read_actions;
pub use samples::{Confusion, Sample, SampleValue, SampleView};
pub use watcher::Watcher;
