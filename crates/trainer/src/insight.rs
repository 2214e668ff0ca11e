//! What a training says of itself beside its figures: how its layers do, which samples it is most wrong about, which classes it
//! takes for which.
//!
//! It is gathered where somebody watches or a run is kept, and nothing of it changes what is learned.

mod clock;
mod confusion;
mod hints;
mod layers;
mod rows;
mod samples;
mod view;

pub(crate) use clock::LookClock;
pub(crate) use hints::LayerHints;
pub(crate) use layers::Look;
pub(crate) use rows::{RowForm, sample_rows};
pub(crate) use samples::SampleWatch;
pub(crate) use view::{Views, column_names};
