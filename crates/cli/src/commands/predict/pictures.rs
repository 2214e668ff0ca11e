//! Which digits pictures show.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::datasets::{DigitImage, read_digit_image};
use firebrick::models::{AnyModel, Model};
use firebrick::training::RunDirectory;
use serde::Serialize;

use super::PredictArguments;
use super::probabilities::probabilities;
use crate::commands::devices::select_device;
use crate::failure::in_one_line;
use crate::output;
use crate::runs;

/// How many answers are given where nothing is said.
const TOP: usize = 3;

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

/// Answers for every picture.
pub(super) fn run(arguments: &PredictArguments, run: &RunDirectory) -> anyhow::Result<ExitCode> {
    let device = select_device(arguments.device)?.device;
    let network = runs::load_network(run, &device)?;
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

    let top = arguments.top.map_or(TOP, NonZeroUsize::get);
    let mut code = ExitCode::SUCCESS;
    for path in &arguments.files {
        let digit = match read_digit_image(path, height, width) {
            Ok(digit) => digit,
            Err(error) => {
                // The others are answered all the same.
                output::note(&format!("error: {}", in_one_line(&error.into())));
                code = ExitCode::FAILURE;
                continue;
            }
        };
        let prediction = predict(&network, path, &digit, &device, top)?;
        if arguments.json {
            output::print_data(&format!("{}\n", serde_json::to_string(&prediction)?))?;
        } else {
            output::print(&answer_table(&prediction, &digit))?;
        }
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
    let answer = network.predict(digit.to_tensor(device))?;
    let shape = answer.shape();
    let values: Vec<f64> = answer.into_vec()?.into_iter().map(f64::from).collect();
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
