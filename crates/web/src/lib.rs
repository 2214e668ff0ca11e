//! What all pages and the servers that give them have in common.
//!
//! It stands apart because pages are made of runs, which are trained, and answers are given by networks, which are not: neither
//! should need the other to look alike. With the feature `server` it has what protects a server on a person's own machine.

#[cfg(feature = "server")]
mod ending;
#[cfg(feature = "server")]
mod headers;
#[cfg(feature = "server")]
mod host_check;
mod style;

#[cfg(feature = "server")]
pub use ending::asked_to_end;
#[cfg(feature = "server")]
pub use headers::set_headers;
#[cfg(feature = "server")]
pub use host_check::is_for_this_machine;
pub use style::STYLE;
