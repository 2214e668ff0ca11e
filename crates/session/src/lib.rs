//! A training as it is told and steered from outside.
//!
//! What happens in a training is an [`Event`], a line of `events.jsonl`; what somebody wants of it is an [`Action`], done between two
//! steps. The crate stands apart because those who watch and those who train share nothing else: it knows neither tensors nor
//! networks nor terminals.

mod action;
mod error;
mod event;
mod event_file;
mod figures;
mod handle;
mod samples;
mod watcher;

pub use action::Action;
pub use error::SessionError;
pub use event::{Begin, EpochEnd, Event, LayerNumbers, Progress, Speaker, What};
pub use event_file::{EventFile, EventReader};
pub use figures::Figures;
pub use handle::{Request, SessionHandle};
pub use samples::{Confusion, Sample, SampleValue, SampleView};
pub use watcher::Watcher;
