//! The commands, one a file.

#[cfg(feature = "board")]
pub(crate) mod board;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod control;
pub(crate) mod data;
pub(crate) mod devices;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod man;
pub(crate) mod model;
pub(crate) mod plot;
pub(crate) mod predict;
pub(crate) mod report;
pub(crate) mod runs;
pub(crate) mod schedule;
#[cfg(feature = "serve")]
pub(crate) mod serve;
pub(crate) mod study;
pub(crate) mod summary;
pub(crate) mod train;
pub(crate) mod tune;
pub(crate) mod watch;
