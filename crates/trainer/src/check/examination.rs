mod text;

use serde::Serialize;

use super::finding::{Finding, Severity};

/// What there is to say of a training before it begins: its data, its loss at the start, what it takes, and what is odd.
///
/// Printed it is a table; the loss of a network that has learned nothing is about that of guessing.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
/// use firebrick::training::Severity;
///
/// // The second column says nothing.
/// let data = ArrayDataset::new([[0.0, 7.0], [1.0, 7.0], [2.0, 7.0], [3.0, 7.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let model = Sequential::new([2]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// let examination = trainer.examine(&data, &Fit::new(3));
/// assert!(examination.can_train());
/// let finding = &examination.findings[0];
/// assert_eq!((finding.severity, finding.place.as_str()), (Severity::Warning, "column `1`"));
/// // By the variance of the targets.
/// assert_eq!(examination.loss.and_then(|loss| loss.guess), Some(5.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Examination {
    /// How many there are.
    pub samples: ExaminedSamples,
    /// In the order of a batch.
    pub inputs: Vec<ExaminedInput>,
    /// In the order of a batch.
    pub targets: Vec<ExaminedTarget>,
    /// What the loss is before anything is learned; absent where it cannot be computed.
    pub loss: Option<BatchLosses>,
    /// What the training takes; absent where it cannot run, or nobody asked.
    pub estimate: Option<Estimate>,
    /// What is odd, what matters most first.
    pub findings: Vec<Finding>,
}

/// How many samples there are.
///
/// ```
/// use firebrick::training::ExaminedSamples;
///
/// let samples = ExaminedSamples { training: Some(100), looked_at: 100, ..ExaminedSamples::default() };
/// assert!(samples.are_all_looked_at());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExaminedSamples {
    /// To learn from; `None` of a stream.
    pub training: Option<usize>,
    /// To be judged by after an epoch; `None` where there are none, or nobody knows how many.
    pub validation: Option<usize>,
    /// Of those to learn from.
    pub looked_at: usize,
}

impl ExaminedSamples {
    /// Whether all samples to learn from were looked at.
    pub fn are_all_looked_at(&self) -> bool {
        self.training == Some(self.looked_at)
    }
}

/// The numbers of an input.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
///
/// let data = ArrayDataset::new([[0.0, 7.0], [1.0, 7.0]], [1.0, 3.0])?;
/// let model = Sequential::new([2]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let examination = Compile::by_name("adam", "mse", [])?.model(model).examine(&data, &Fit::new(1));
/// let input = &examination.inputs[0];
/// assert_eq!((input.min, input.max, input.constant_columns), (0.0, 7.0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExaminedInput {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Of a sample.
    pub shape: Vec<usize>,
    /// The smallest number.
    pub min: f64,
    /// The largest number.
    pub max: f64,
    /// The mean of all numbers.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// Columns whose numbers are all the same.
    pub constant_columns: usize,
}

/// What is asked of an output.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0]], [0, 1, 1])?;
/// let model = Sequential::new([1]).add(Dense::new(2)).build(1, &Device::flex())?;
/// let compile = Compile::by_name("adam", "sparse_categorical_crossentropy", [])?;
/// let examination = compile.model(model).examine(&data, &Fit::new(1));
/// let classes = examination.targets[0].classes.ok_or("classes")?;
/// assert_eq!((classes.count, classes.fewest, classes.most), (2, 1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExaminedTarget {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it is, in words.
    pub what: String,
    /// Where every sample has a class and it is known of all.
    pub classes: Option<ClassRange>,
}

/// How the samples are divided among classes.
///
/// ```
/// use firebrick::training::ClassRange;
///
/// let range = ClassRange { count: 3, fewest: 40, most: 50 };
/// assert!(range.fewest <= range.most);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClassRange {
    /// How many classes there are.
    pub count: usize,
    /// Samples of the rarest.
    pub fewest: usize,
    /// Samples of the most frequent.
    pub most: usize,
}

/// The loss before anything is learned.
///
/// ```
/// use firebrick::training::BatchLosses;
///
/// let losses = BatchLosses { start: 2.31, first: Some(2.4), last: Some(2.2), guess: Some(2.3026), guessed: Some("by the shares of the classes") };
/// assert!(losses.is_like_guessing());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BatchLosses {
    /// Of samples from all over the data.
    pub start: f64,
    /// Of the first batch in the order of the data.
    pub first: Option<f64>,
    /// Of the last batch.
    pub last: Option<f64>,
    /// The least that the same answer to every sample comes to, where it is known.
    pub guess: Option<f64>,
    /// What that answer goes by.
    pub guessed: Option<&'static str>,
}

impl BatchLosses {
    /// A start so many times worse than guessing is odd.
    const WORSE: f64 = 2.0;

    /// Whether the start is not much worse than guessing, as far as that is known.
    pub fn is_like_guessing(&self) -> bool {
        self.guess.is_none_or(|guess| {
            let is_near = self.start - guess < 0.1;
            is_near || self.start <= Self::WORSE * guess
        })
    }
}

/// What a training takes, about.
///
/// ```
/// use firebrick::training::Estimate;
///
/// let estimate = Estimate { memory: Some(1 << 20), steps_per_epoch: 100, step: 0.002, epoch: 0.25, training: 2.5 };
/// assert!(estimate.epoch > 100.0 * estimate.step);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Bytes for weights, gradients, optimizer and a batch at the least, where it is known.
    pub memory: Option<u64>,
    /// Steps of an epoch.
    pub steps_per_epoch: usize,
    /// Seconds of a step.
    pub step: f64,
    /// Seconds of an epoch, its validation included.
    pub epoch: f64,
    /// Seconds of all epochs.
    pub training: f64,
}

impl Examination {
    /// Whether nothing was found that keeps the training from running.
    pub fn can_train(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// How many findings matter so much.
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Adds findings, and brings what matters most to the front.
    #[must_use = "returns the changed examination"]
    pub fn with_findings(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self.findings.sort_by_key(|finding| finding.severity);
        self
    }
}
