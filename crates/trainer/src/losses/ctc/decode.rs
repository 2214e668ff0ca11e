//! What the steps of a sequence say.

mod beam_search;

use burn::tensor::Tensor;

use super::BLANK;
use crate::error::TrainError;
use crate::read_back::read_back;

/// How [`ctc_decode`] finds the labels.
///
/// ```
/// use firebrick::losses::CtcDecoding;
///
/// let best_three = CtcDecoding::beam_search(20)?.with_top_paths(3)?;
/// let quick = CtcDecoding::greedy().with_mask_index(28);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CtcDecoding {
    strategy: Strategy,
    mask_index: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    Greedy { merge_repeated: bool },
    BeamSearch { beam_width: usize, top_paths: usize },
}

/// Labels that a sequence may say.
///
/// ```
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::losses::{CtcDecoding, CtcPath, ctc_decode};
///
/// let logits = Tensor::<3>::from_floats([[[0.0, 3.0], [2.0, 0.0]]], &Device::flex());
/// let said = ctc_decode(logits, &[2], CtcDecoding::greedy())?;
/// assert_eq!(said, [[CtcPath { labels: vec![1], score: -5.0 }]]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CtcPath {
    /// The labels, without blanks.
    pub labels: Vec<usize>,
    /// By beam search the logarithm of their probability; greedily, as in Keras, minus the sum of the largest logits.
    pub score: f64,
}

impl CtcDecoding {
    /// The most probable class of every step, those that follow their like once, without blanks.
    pub const fn greedy() -> Self {
        Self {
            strategy: Strategy::Greedy {
                merge_repeated: true,
            },
            mask_index: BLANK,
        }
    }

    /// The labels that are most probable over all ways to say them, looked for among as many beginnings at every step; 100
    /// in Keras.
    ///
    /// # Errors
    /// No beginning at all.
    pub fn beam_search(beam_width: usize) -> Result<Self, TrainError> {
        Ok(Self {
            strategy: Strategy::BeamSearch {
                beam_width: above_zero("beam_width", beam_width)?,
                top_paths: 1,
            },
            mask_index: BLANK,
        })
    }

    /// Gives as many paths of the beam search, best first; of a greedy one there is one.
    ///
    /// # Errors
    /// None at all.
    pub fn with_top_paths(mut self, paths: usize) -> Result<Self, TrainError> {
        let paths = above_zero("top_paths", paths)?;
        if let Strategy::BeamSearch { top_paths, .. } = &mut self.strategy {
            *top_paths = paths;
        }
        Ok(self)
    }

    /// Keeps classes that follow their like in a greedy search, `merge_repeated=False` in Keras.
    #[must_use = "returns the changed decoding"]
    pub fn without_merging(mut self) -> Self {
        if let Strategy::Greedy { merge_repeated } = &mut self.strategy {
            *merge_repeated = false;
        }
        self
    }

    /// Sets which class is the blank, 0 by default.
    #[must_use = "returns the changed decoding"]
    pub fn with_mask_index(mut self, mask_index: usize) -> Self {
        self.mask_index = mask_index;
        self
    }
}

/// The labels that a network trained by [`CTC`](super::CTC) says: for every sample its paths, best first.
///
/// ```
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::losses::{CtcDecoding, ctc_decode};
///
/// // The steps say 2, 2, blank, 1.
/// let logits = [[[0.0, 0.0, 9.0], [0.0, 0.0, 9.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]]];
/// let logits = Tensor::<3>::from_floats(logits, &Device::flex());
/// let said = ctc_decode(logits.clone(), &[4], CtcDecoding::greedy())?;
/// assert_eq!(said[0][0].labels, [2, 1]);
/// // The first two steps alone.
/// let said = ctc_decode(logits, &[2], CtcDecoding::beam_search(10)?)?;
/// assert_eq!(said[0][0].labels, [2]);
/// assert!(said[0][0].score.exp() > 0.99);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Shapes
/// - inputs: `[samples, steps, classes]`, logits
/// - `sequence_lengths`: `[samples]`, steps of each that count
///
/// # Errors
/// Another number of lengths than of samples, one beyond the steps, a blank that is no class, numbers that are none, a
/// device that fails.
///
/// # Source
/// <https://keras.io/api/ops/nn/#ctc_decode-function>
pub fn ctc_decode(
    inputs: Tensor<3>,
    sequence_lengths: &[usize],
    decoding: CtcDecoding,
) -> Result<Vec<Vec<CtcPath>>, TrainError> {
    let [samples, steps, classes] = inputs.dims();
    let setting = |setting, expected, received: String| TrainError::Setting {
        setting,
        expected,
        received,
    };
    if sequence_lengths.len() != samples || sequence_lengths.iter().any(|&length| length > steps) {
        let received = format!("{sequence_lengths:?} for {samples} samples of {steps} steps");
        let expected = "a number of steps for every sample, at most those of the inputs";
        return Err(setting("sequence_lengths", expected, received));
    }
    if decoding.mask_index >= classes {
        let received = format!("{} for {classes} classes", decoding.mask_index);
        return Err(setting(
            "mask_index",
            "a class of the inputs, counted from 0",
            received,
        ));
    }
    let logits = read_back(inputs)?;
    if logits.iter().any(|logit| logit.is_nan()) {
        return Err(setting("inputs", "numbers", f32::NAN.to_string()));
    }
    let row = |place: usize| &logits[place * classes..(place + 1) * classes];
    Ok((0..samples)
        .zip(sequence_lengths)
        .map(|(sample, &length)| {
            let first = sample * steps;
            let rows: Vec<&[f32]> = (first..first + length).map(row).collect();
            match decoding.strategy {
                Strategy::Greedy { merge_repeated } => {
                    vec![greedy(&rows, decoding.mask_index, merge_repeated)]
                }
                Strategy::BeamSearch {
                    beam_width,
                    top_paths,
                } => {
                    let mut paths = beam_search::paths(&rows, decoding.mask_index, beam_width);
                    paths.truncate(top_paths);
                    paths
                }
            }
        })
        .collect())
}

fn greedy(rows: &[&[f32]], blank: usize, merge_repeated: bool) -> CtcPath {
    let largest: Vec<(usize, f32)> = rows.iter().map(|row| first_largest(row)).collect();
    let score = -largest
        .iter()
        .map(|&(_, logit)| f64::from(logit))
        .sum::<f64>();
    let mut classes: Vec<usize> = largest.into_iter().map(|(class, _)| class).collect();
    if merge_repeated {
        classes.dedup();
    }
    classes.retain(|&class| class != blank);
    CtcPath {
        labels: classes,
        score,
    }
}

fn first_largest(row: &[f32]) -> (usize, f32) {
    let mut largest = (0, f32::NEG_INFINITY);
    for (class, &logit) in row.iter().enumerate() {
        if logit > largest.1 {
            largest = (class, logit);
        }
    }
    largest
}

fn above_zero(setting: &'static str, count: usize) -> Result<usize, TrainError> {
    if count > 0 {
        return Ok(count);
    }
    Err(TrainError::Setting {
        setting,
        expected: "a whole number above 0",
        received: count.to_string(),
    })
}
