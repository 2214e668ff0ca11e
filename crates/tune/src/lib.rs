//! Searching for settings by training.
//!
//! It stands apart because a training needs none of it: a search is many trainings, of which it asks one number an epoch, and
//! of the `firebrick` crate what any other program would.
//!
//! A [`SearchSpace`] says which settings are searched, a [`Strategy`] which trials are trained and for how long, a [`Tuner`] trains
//! them, several at once, and an [`Outcome`] has what came of it. What has happened is kept in a [`TuneDirectory`], line by
//! line, so that a search that was killed goes on where it was.
//!
//! ```
//! use firebrick_tune::{Strategy, TuneError, Tuner};
//!
//! let tuner = Tuner::new("x=-2..2, y=int:1..3".parse()?).with_trials(50).with_strategy(Strategy::Asha);
//! let outcome = tuner.run(|trial| {
//!     let (x, y) = (trial.values().number("x")?, trial.values().number("y")?);
//!     // Whatever gives a figure an epoch.
//!     Ok::<_, TuneError>((1..=trial.epochs()).map(|epoch| x * x + y + 1.0 / epoch as f64).collect::<Vec<f64>>())
//! })?;
//! let best = outcome.best().unwrap();
//! assert_eq!(best.values.whole("y")?, 1);
//! assert!(best.values.number("x")?.abs() < 0.5);
//! # Ok::<(), TuneError>(())
//! ```

// The guide's example is compiled and run as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/tune.md")]
struct Guide;

mod applied;
mod cell;
mod dimension;
mod directory;
mod error;
mod journal;
mod model_text;
mod outcome;
mod page;
mod range;
mod record;
mod rungs;
mod scheduler;
mod search;
mod settings;
mod space;
mod strategy;
mod target;
mod trial;
mod trial_event;
mod tuner;
mod values;

pub use directory::TuneDirectory;
pub use error::TuneError;
pub use outcome::Outcome;
pub use record::{Trained, TrialRecord, TrialState};
pub use settings::TuneSettings;
pub use space::SearchSpace;
pub use strategy::Strategy;
pub use trial::Trial;
pub use tuner::{Moment, Tuner};
pub use values::Values;
