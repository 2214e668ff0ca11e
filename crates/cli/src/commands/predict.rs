//! `firebrick predict`

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::datasets::{DigitImage, read_digit_image};
use firebrick::devices::DeviceName;
use firebrick::models::{Activation, AnyModel, Model};
use serde::Serialize;

use crate::commands::devices::select_device;
use crate::failure::in_one_line;
use crate::output;
use crate::runs::{self, RunsFolder};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick predict mnist-1 seven.png
  firebrick predict mnist-1 digits/*.png --top 1
  firebrick predict mnist-1 photo.jpg --json

Pictures may have any size and colours, dark ink on a light background or the other way round.";

/// Say which digit a picture shows, and how sure the network is.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PredictArguments {
    /// Name or path of the run
    run: PathBuf,

    /// PNG or JPEG files, one digit each
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,

    /// How many answers to give, the most probable first
    #[arg(long, value_name = "N", default_value = "3")]
    top: NonZeroUsize,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    /// Print one JSON object an image, each on its line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

/// One possible answer.
#[derive(Serialize)]
struct Answer {
    label: usize,
    probability: f64,
}

/// The answers for one image, the most probable first.
#[derive(Serialize)]
struct Prediction {
    file: String,
    top: Vec<Answer>,
}

pub(crate) fn run(arguments: &PredictArguments) -> anyhow::Result<ExitCode> {
    let run = arguments.runs.open(&arguments.run)?;
    let device = select_device(arguments.device)?.device;
    let network = runs::load_network(&run, &device)?;
    let shape = network.input_shape();
    let [height, width] = picture_shape(&shape).ok_or_else(|| {
        let takes = match shape[..] {
            [num_features] => format!("{num_features} inputs, which is no square picture"),
            _ => format!("inputs of shape {shape:?}, which is no grey picture"),
        };
        anyhow!(
            "the network of `{}` takes {takes}; predict needs one that was trained on grey pictures, such as 28 × 28 = \
             784",
            run.path().display()
        )
    })?;

    let mut code = ExitCode::SUCCESS;
    for path in &arguments.images {
        let digit = match read_digit_image(path, height, width) {
            Ok(digit) => digit,
            Err(error) => {
                // The others are answered all the same.
                output::note(&format!("error: {}", in_one_line(&error.into())));
                code = ExitCode::FAILURE;
                continue;
            }
        };
        let prediction = predict(&network, path, &digit, &device, arguments.top.get())?;
        let text = if arguments.json {
            format!("{}\n", serde_json::to_string(&prediction)?)
        } else {
            answer_table(&prediction, &digit)
        };
        output::print(&text)?;
    }
    Ok(code)
}

/// Height and width of the grey pictures that a network with this input takes.
fn picture_shape(input_shape: &[usize]) -> Option<[usize; 2]> {
    match *input_shape {
        [height, width] | [height, width, 1] => Some([height, width]),
        [num_features] => {
            let side = num_features.isqrt();
            (side * side == num_features).then_some([side, side])
        }
        _ => None,
    }
}

fn predict(
    network: &AnyModel,
    path: &Path,
    digit: &DigitImage,
    device: &Device,
    top: usize,
) -> anyhow::Result<Prediction> {
    let answer = network.answer(digit.to_tensor(device).into())?;
    let shape = answer.shape();
    let values = answer
        .reshape(&[1, shape.iter().product()])?
        .into_rank::<2>()?
        .try_into_data_as::<f32>()
        .context("reading back from the device failed")?;
    let values: Vec<f64> = values.iter::<f32>().map(f64::from).collect();
    let probabilities = probabilities(&values, network.output_activation()).with_context(|| {
        format!(
            "the network answers with numbers of shape {:?}, expected one for each class; predict needs a \
             classifier",
            &shape[1..]
        )
    })?;
    let mut answers: Vec<Answer> = probabilities
        .into_iter()
        .enumerate()
        .map(|(label, probability)| Answer { label, probability })
        .collect();
    answers.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    answers.truncate(top);
    Ok(Prediction {
        file: path.display().to_string(),
        top: answers,
    })
}

/// How probable each class is; `None` for answers that are not about classes.
///
/// A single probability is that of the second of two classes. Numbers that are no probabilities are taken for
/// logits, as those of a network that leaves the softmax to its loss.
fn probabilities(values: &[f64], activation: Activation) -> Option<Vec<f64>> {
    const TOLERANCE: f64 = 1e-3;
    match (values, activation) {
        ([probability], Activation::Sigmoid) => Some(vec![1.0 - probability, *probability]),
        ([_] | [], _) => None,
        (_, Activation::Sigmoid) => Some(values.to_vec()),
        _ => {
            let sum: f64 = values.iter().sum();
            if (sum - 1.0).abs() < TOLERANCE && values.iter().all(|value| *value >= 0.0) {
                return Some(values.to_vec());
            }
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = values.iter().map(|value| (value - largest).exp()).collect();
            let sum: f64 = powers.iter().sum();
            Some(powers.into_iter().map(|power| power / sum).collect())
        }
    }
}

fn answer_table(prediction: &Prediction, digit: &DigitImage) -> String {
    const BAR: f64 = 30.0;
    let mut done = Vec::new();
    if digit.inverted {
        done.push("light background, inverted");
    }
    if digit.recentred {
        done.push("cut out, scaled and centred");
    }
    let done = if done.is_empty() {
        String::new()
    } else {
        format!(" ({})", done.join("; "))
    };
    let mut text = format!("{}{done}\n", prediction.file);
    for answer in &prediction.top {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of the bar's length"
        )]
        let length = (answer.probability * BAR).round() as usize;
        let line = format!(
            "{:>5}  {:>6.2} %  {}",
            answer.label,
            100.0 * answer.probability,
            "█".repeat(length)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_become_probabilities() {
        let given = probabilities(&[0.25, 0.75], Activation::Softmax);
        assert_eq!(given, Some(vec![0.25, 0.75]));
        let single = probabilities(&[0.25], Activation::Sigmoid);
        assert_eq!(single, Some(vec![0.75, 0.25]));
        let logits = probabilities(&[2.0, 2.0], Activation::Linear);
        assert_eq!(logits, Some(vec![0.5, 0.5]));
        assert_eq!(probabilities(&[2.0], Activation::Linear), None);
    }

    #[test]
    fn pictures_have_two_axes_or_one_channel_or_a_square_number_of_features() {
        for (input, picture) in [
            (&[28, 20][..], Some([28, 20])),
            (&[28, 20, 1], Some([28, 20])),
            (&[784], Some([28, 28])),
            (&[783], None),
            (&[28, 28, 3], None),
        ] {
            assert_eq!(picture_shape(input), picture);
        }
    }
}
