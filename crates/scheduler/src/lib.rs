//! Learning rates as functions of the step.
//!
//! A schedule stands apart from models, data and training because it is nothing but a pure function: it can be
//! read off at any step, tested as a table of numbers, and resumed from the step alone. [`ScheduleAdapter`]
//! makes any [`Schedule`] one of Burn's learning rate schedulers.
//!
//! Names, defaults and formulas of the schedules are those of Keras 3.15 where Keras has the schedule. Keras computes
//! in 32-bit floats; rates here are computed in 64-bit ones, hence differ from Keras' in the seventh digit or so. Every
//! constructor checks its arguments, so that a rate is finite and not negative at any step.
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
mod checks;
mod constant;
mod cosine_decay;
mod cosine_decay_restarts;
mod described;
mod error;
mod exponential_decay;
mod inverse_time_decay;
mod one_cycle;
mod per_epoch;
mod piecewise_constant_decay;
mod polynomial_decay;
mod rate_control;
mod schedule;
mod spec;
mod staircase;

mod time_based;

/// Burn itself, in the version this crate is built on.
pub use burn;

pub use adapter::ScheduleAdapter;
pub use constant::Constant;
pub use cosine_decay::CosineDecay;
pub use cosine_decay_restarts::CosineDecayRestarts;
pub use error::ScheduleError;
pub use exponential_decay::ExponentialDecay;
pub use inverse_time_decay::InverseTimeDecay;
pub use one_cycle::OneCycle;
pub use piecewise_constant_decay::PiecewiseConstantDecay;
pub use polynomial_decay::PolynomialDecay;
pub use rate_control::{RateControl, RateState};
pub use schedule::Schedule;
pub use spec::{ScheduleSpec, ScheduleUnit, Warmup};
pub use time_based::TimeBased;
