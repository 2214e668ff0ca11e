//! How well a network does on samples that it did not learn from.

use firebrick::curves::Panel;
use firebrick_session::{Confusion, Sample};

use crate::calibration::Calibration;
use crate::run_record::RunRecord;

/// How well a network does on samples that it did not learn from; whatever is empty is not shown.
///
/// ```
/// use firebrick_pages::Judgement;
///
/// let judgement = Judgement {
///     on: "100 images for validation".to_owned(),
///     figures: vec![("accuracy".to_owned(), 0.9)],
///     ..Judgement::default()
/// };
/// assert!(judgement.counts.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The samples in a few words, e.g. `100 images for validation`.
    pub on: String,
    /// Loss and metrics by name.
    pub figures: Vec<(String, f64)>,
    /// The names of the classes, in the order of their indices.
    pub class_names: Vec<String>,
    /// Samples by their class, then by the class that they were taken for.
    pub counts: Vec<Vec<u64>>,
    /// Whether the network is as sure as it is right.
    pub calibration: Option<Calibration>,
    /// The samples that it is most wrong about, the worst first.
    pub worst: Vec<Sample>,
    /// What is predicted against what is true, of numbers.
    pub predicted: Vec<Panel>,
}

impl Judgement {
    /// What a run has told of its validation in the course of the training; nothing where it has told nothing.
    pub fn told_by(run: &RunRecord) -> Option<Self> {
        let chronicle = &run.chronicle;
        let counts = match &chronicle.confusion {
            Some(Confusion { counts }) => counts.clone(),
            None => Vec::new(),
        };
        if counts.is_empty() && chronicle.worst.is_empty() {
            return None;
        }
        Some(Self {
            on: "the samples for validation, in the last epoch that looked at them".to_owned(),
            class_names: run.class_names().to_vec(),
            counts,
            worst: chronicle.worst.clone(),
            ..Self::default()
        })
    }
}
