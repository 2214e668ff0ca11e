//! `firebrick predict`

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use firebrick::burn::tensor::Device;
use firebrick::datasets::{DigitImage, read_digit_image};
use firebrick::devices::DeviceName;
use firebrick::models::Mlp;
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
    let num_features = network.config().num_features;
    let side = num_features.isqrt();
    ensure!(
        side * side == num_features,
        "the network of `{}` takes {num_features} inputs, which is no square picture; predict needs one that was \
         trained on square pictures, such as 28 × 28 = 784",
        run.path().display()
    );

    let mut code = ExitCode::SUCCESS;
    for path in &arguments.images {
        let digit = match read_digit_image(path, side, side) {
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

fn predict(
    network: &Mlp,
    path: &Path,
    digit: &DigitImage,
    device: &Device,
    top: usize,
) -> anyhow::Result<Prediction> {
    let probabilities = network.predict(digit.to_tensor(device));
    let probabilities = probabilities
        .try_into_data_as::<f32>()
        .context("reading back from the device failed")?;
    let mut answers: Vec<Answer> = probabilities
        .iter::<f32>()
        .enumerate()
        .map(|(label, probability)| Answer {
            label,
            probability: f64::from(probability),
        })
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
