//! Learning rates as functions of the step.
//!
//! A schedule stands apart from models, data and training because it is nothing but a pure function: it can be
//! read off at any step, tested as a table of numbers, and resumed from the step alone. [`ScheduleAdapter`]
//! makes any [`Schedule`] one of Burn's learning rate schedulers.
//!
//! A [`ScheduleSpec`] is the description of a schedule, as it stands on a command line or in a configuration
//! file; it is checked when it is parsed and becomes a schedule once the length of an epoch is known:
//!
//! ```
//! use firebrick_scheduler::{Schedule, ScheduleError, ScheduleSpec};
//!
//! let spec: ScheduleSpec = "time-based:3:scale=0.01:unit=epoch".parse()?;
//! let schedule = spec.build(100)?;
//! assert_eq!(schedule.learning_rate(0), 0.03);
//! assert_eq!(schedule.learning_rate(99), 0.03);
//! assert_eq!(schedule.learning_rate(100), 0.02);
//! assert_eq!(schedule.learning_rate(5000), 0.01);
//! # Ok::<(), ScheduleError>(())
//! ```

mod adapter;
mod constant;
mod error;
mod per_epoch;
mod schedule;
mod spec;
mod text;
mod time_based;

pub use adapter::ScheduleAdapter;
pub use constant::Constant;
pub use error::{ScheduleError, TextProblem};
pub use schedule::Schedule;
pub use spec::{ScheduleSpec, ScheduleUnit};
pub use time_based::TimeBased;
