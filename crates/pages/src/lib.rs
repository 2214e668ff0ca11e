//! Runs as pages and tables one can read.
//!
//! It stands apart because whoever reads of a run, in a terminal or a browser, trains nothing: what is shown is what the files of a
//! run directory say, and what a caller adds who has evaluated its network.
//!
//! [`RunRecord`] is a run that was read, [`RunSummary`] a line of it, [`RunReport`] its page, [`Comparison`] several side by side.
//! A page is one text with everything in it: no script but a server's, nothing from elsewhere.

mod calibration;
mod chronicle;
mod clock;
mod comparison;
mod condition;
mod confusion_view;
mod drawing;
mod environment;
mod error;
mod figures;
mod judgement;
mod learning_rate;
mod live;
mod numbers;
mod report;
mod run_key;
mod run_list;
mod run_record;
mod run_settings;
mod run_state;
mod run_summary;
mod run_table;
mod runs_page;
mod sample_card;
mod style;

pub use calibration::{Calibration, CalibrationBin};
pub use clock::now;
pub use comparison::{ComparedCell, ComparedRow, Comparison};
pub use condition::Condition;
pub use confusion_view::{ClassLine, Confused, ConfusionView, MatrixCell, MatrixRow};
pub use error::PagesError;
pub use figures::BestFigure;
pub use judgement::Judgement;
pub use live::Live;
pub use numbers::{duration, percent};
pub use report::RunReport;
pub use run_list::{choose_runs, find_runs, read_runs, sort_runs};
pub use run_record::RunRecord;
pub use run_settings::RunSettings;
pub use run_state::RunState;
pub use run_summary::RunSummary;
pub use run_table::run_table;
pub use runs_page::{address_part, runs_page};
pub use style::{STYLE, VERSION};
