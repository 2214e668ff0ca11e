//! What is found of data, network and settings before a training begins: a report with what is odd and what to do about it.

mod classes;
mod column_scan;
mod columns;
mod examination;
mod finding;
mod guess;

pub(crate) use classes::{ClassCounts, ClassLook};
pub(crate) use column_scan::{ColumnScan, InputScan};
pub(crate) use columns::{Columns, of_inputs};
pub use examination::{
    BatchLosses, ClassRange, Estimate, Examination, ExaminedInput, ExaminedSamples, ExaminedTarget,
};
pub use finding::{Finding, Severity};
pub(crate) use guess::loss_of_guessing;
