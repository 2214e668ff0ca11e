//! The commands, one a file.

pub(crate) mod completions;
pub(crate) mod control;
pub(crate) mod data;
pub(crate) mod devices;
pub(crate) mod evaluate;
pub(crate) mod plot;
pub(crate) mod predict;
pub(crate) mod schedule;
pub(crate) mod study;
pub(crate) mod summary;
pub(crate) mod train;
pub(crate) mod tune;
