//! Runs and their pages, served to a browser on the same machine.
//!
//! It stands apart because nothing else of the framework needs a server. It only reads: whoever steers a training does so at its
//! terminal. A [`Board`] is bound first, so that its address can be told, and then serves until the process is asked to end.

mod answer;
mod board;
mod error;
mod routes;

pub use board::{Board, Port};
pub use error::BoardError;
pub use routes::router;
