//! Experiments that train several networks and show what is to be learned from them.
//!
//! It stands apart because comparing networks is no part of training one: a study asks everything of the
//! `firebrick` crate, as any other program would, and of `firebrick-scratch` for the network without a framework.
//!
//! A study is described by [`NetworksSettings`] or [`CurveSettings`], checked by [`StudySettings::prepare`], and leaves
//! its settings, a table, a figure and a page in a [`StudyDirectory`]. What is finished is kept there, so that the
//! settings read back continue it.

mod curve;
mod data;
mod directory;
mod ending;
mod error;
mod file_names;
mod networks;
mod opening;
mod report;
mod settings;
mod study;

pub use curve::{CurveAxis, CurveSettings, CurveStudy};
pub use directory::StudyDirectory;
pub use ending::Ending;
pub use error::StudyError;
pub use networks::{NetworksSettings, NetworksStudy};
pub use settings::StudySettings;
pub use study::Study;
