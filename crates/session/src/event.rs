//! What happens in a training, a line of JSON each.

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::environment::Environment;
use crate::figures::Figures;
use crate::placed_action::PlacedAction;
use crate::samples::{Confusion, Sample};

/// Something that happened in a training.
///
/// ```
/// use firebrick_session::{Event, Speaker, What};
///
/// let what = What::Words { from: Speaker::Hint, text: "the loss rises".to_owned() };
/// let event = Event { step: 70, epoch: 1, seconds: 0.5, what };
/// let line = serde_json::to_string(&event)?;
/// assert_eq!(line, r#"{"step":70,"epoch":1,"seconds":0.5,"event":"words","from":"hint","text":"the loss rises"}"#);
/// assert_eq!(serde_json::from_str::<Event>(&line)?, event);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Steps that were done.
    pub step: u64,
    /// Counted from 1; 0 before the first.
    pub epoch: usize,
    /// Since the process began to train, pauses included.
    pub seconds: f64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen.
///
/// ```
/// use firebrick_session::What;
///
/// // The name of a variant is the `event` of its line.
/// let text = serde_json::to_string(&What::Saved { file: "model.bpk".to_owned() })?;
/// assert_eq!(text, r#"{"event":"saved","file":"model.bpk"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// A process begins to train, or goes on.
    Begin(Box<Begin>),
    /// An epoch begins.
    EpochBegin,
    /// Where the training part of an epoch is.
    Progress(Progress),
    /// An epoch is over, its validation too.
    EpochEnd(EpochEnd),
    /// Somebody asked for a validation, and these are its figures, without `val_`.
    Validated {
        /// The figures.
        figures: Figures,
    },
    /// How the layers do.
    Layers {
        /// In the order of the network.
        layers: Vec<LayerNumbers>,
    },
    /// The samples of the validation that the network is most wrong about, the worst first.
    Samples {
        /// Each with what there is to show of it.
        worst: Vec<Sample>,
    },
    /// Which classes of the validation are taken for which.
    Confusion(Confusion),
    /// Somebody has something to say.
    Words {
        /// Who.
        from: Speaker,
        /// A line.
        text: String,
    },
    /// An action was done, before the step that comes next.
    Action {
        /// What.
        action: Action,
        /// Who asked for it, e.g. `dashboard` or `control`.
        by: String,
        /// The rate that the next step has.
        learning_rate: f64,
    },
    /// A state was saved, or a model.
    Saved {
        /// Its file, from the run directory on.
        file: String,
    },
    /// The process ends its training.
    End {
        /// Why, e.g. `all epochs done`.
        reason: String,
        /// Whether there is nothing left to do.
        is_complete: bool,
    },
}

/// What a training is, for those who watch it.
///
/// ```
/// use firebrick_session::Begin;
///
/// // Whatever a line of another version leaves out is as good as not said.
/// let begin: Begin = serde_json::from_str(r#"{"label":"digits","epochs":3}"#)?;
/// assert_eq!((begin.label.as_str(), begin.epochs, begin.steps_per_epoch), ("digits", 3, None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Begin {
    /// The name of the run, or another title.
    pub label: String,
    /// The last epoch to be done, counted from 1.
    pub epochs: usize,
    /// Steps an epoch, if they are known.
    pub steps_per_epoch: Option<usize>,
    /// Samples a step.
    pub batch_size: usize,
    /// Figures of the training, without those of the validation.
    pub figures: Vec<String>,
    /// The figures of which more is better.
    pub rising: Vec<String>,
    /// Whether there is a validation.
    pub has_validation: bool,
    /// Rates as the schedule will have them, at steps counted from 0.
    pub schedule: Vec<(u64, f64)>,
    /// Names of classes, where they have some.
    pub class_names: Vec<String>,
    /// Where it is computed, as far as it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Its process.
    pub process: u32,
    /// Seconds since 1970.
    pub time: u64,
    /// Whether it goes on where another one was broken off, whose later events did not happen.
    pub is_resumed: bool,
    /// The actions that have happened before, in order: those that the state it goes on from knows of.
    pub actions: Vec<PlacedAction>,
}

/// Where the training part of an epoch is.
///
/// ```
/// use firebrick_session::Progress;
///
/// let progress = Progress { batch: 30, batches: Some(120), ..Progress::default() };
/// let share = progress.batches.map(|batches| progress.batch as f64 / batches as f64);
/// assert_eq!(share, Some(0.25));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Batches of the epoch that are done.
    pub batch: usize,
    /// Batches of the epoch, if they are known.
    pub batches: Option<usize>,
    /// Of the epoch's samples so far.
    pub figures: Figures,
    /// Of the last step.
    pub learning_rate: f64,
    /// Without what the validation takes.
    pub samples_per_second: f64,
    /// Memory of the process in bytes, where it is known.
    pub memory: Option<u64>,
}

/// An epoch that is over.
///
/// ```
/// use firebrick_session::EpochEnd;
///
/// let figures = [("loss", 0.5), ("val_loss", 0.625)].into_iter().collect();
/// let end = EpochEnd { figures, learning_rate: 0.01, took: 1.5 };
/// assert_eq!(end.figures.get("val_loss"), Some(0.625));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EpochEnd {
    /// Those of the training, then those of the validation with `val_` before the name.
    pub figures: Figures,
    /// Of the last step.
    pub learning_rate: f64,
    /// Its wall time, validation included.
    pub took: f64,
}

/// How one layer does.
///
/// ```
/// use firebrick_session::LayerNumbers;
///
/// let layer = LayerNumbers { path: "dense".to_owned(), weights: 4.0, update: 0.004, ..LayerNumbers::default() };
/// // A step that moves weights by a thousandth is a usual one.
/// assert_eq!(layer.update / layer.weights, 0.001);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerNumbers {
    /// The path of the layer.
    pub path: String,
    /// The root of the sum of the squares of its weights.
    pub weights: f64,
    /// The same of what the last step moved them by.
    pub update: f64,
    /// The same of the last gradients, where they are known.
    pub gradients: Option<f64>,
    /// The share of its units that were never above 0, where that means anything.
    pub dead: Option<f64>,
}

/// Who says something.
///
/// ```
/// use firebrick_session::Speaker;
///
/// assert_eq!(serde_json::to_string(&Speaker::Refused)?, r#""refused""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Speaker {
    /// A callback.
    Callback,
    /// Something may be wrong.
    Warning,
    /// What one could do.
    Hint,
    /// An action that could not be done.
    Refused,
}
