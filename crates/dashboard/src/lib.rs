//! A training drawn in a terminal.
//!
//! A [`View`] folds the events of a training into what is shown of it, a [`Screen`] is what somebody looks at, and [`draw`] makes a
//! picture of both. It stands apart because it sees events and actions only: it draws a training of this process, of another
//! one, or one that ended long ago.

mod areas;
mod dashboard;
mod draw;
mod error;
#[cfg(unix)]
mod graphics;
mod inbox;
mod keys;
#[cfg(not(unix))]
mod no_graphics;
mod numbers;
mod pane;
mod panes;
mod panics;
mod run;
mod screen;
mod terminal;
mod text;
mod theme;
mod view;

pub use dashboard::{Dashboard, DashboardSettings};
pub use draw::draw;
pub use error::DashboardError;
pub use pane::Pane;
pub use run::RunEvents;
pub use screen::{Role, Screen};
pub use text::text;
pub use theme::{Background, Depth, Theme};
pub use view::View;
