//! Which digits pictures show.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::datasets::{DigitImage, read_digit_image, read_digit_images};
use firebrick::models::{AnyModel, Model, Shape, catch_panic, visible};
use rayon::prelude::*;
use serde::Serialize;

use super::PredictArguments;
use super::network_input::{self, Shades};
use crate::asked_model::AskedModel;
use crate::commands::devices::select_device;
use crate::failure::in_one_line;
use crate::output;

/// How many answers are given where nothing is said.
const TOP: usize = 3;

/// One possible answer.
#[derive(Serialize)]
struct Answer {
    /// The index of the class.
    label: usize,
    /// What the class is called, where that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    probability: f64,
}

/// The answers for one digit, the most probable first.
#[derive(Serialize)]
struct Prediction {
    file: String,
    #[serde(flatten)]
    place: Option<Place>,
    top: Vec<Answer>,
}

/// Which digit of a picture it is, where they are read one by one.
#[derive(Serialize)]
struct Place {
    /// Counted from 1.
    digit: usize,
    /// How many the picture shows.
    digits: usize,
    #[serde(rename = "box")]
    bounds: PlaceBox,
}

/// In pixels of the picture, from its upper left corner.
#[derive(Serialize)]
struct PlaceBox {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// What looks at the pictures.
struct Reader<'a> {
    arguments: &'a PredictArguments,
    network: AnyModel,
    /// Names of classes, where they have any.
    labels: Vec<String>,
    device: Device,
    height: usize,
    width: usize,
}

/// Answers for every picture.
pub(super) fn run(arguments: &PredictArguments, asked: AskedModel) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &arguments.save_input {
        network_input::prepare(folder, &arguments.files)?;
    }
    let device = select_device(arguments.device)?.device;
    let (path, labels) = (asked.path.clone(), asked.labels.clone());
    let network = asked.into_network(&device)?;
    let shape = network.input_shape();
    let [height, width] = picture_shape(&shape).ok_or_else(|| {
        let takes = match *shape.axes() {
            [Some(num_features)] => format!("{num_features} inputs, which is no square picture"),
            _ => format!("inputs of shape {shape}, which is no grey picture"),
        };
        anyhow!(
            "the network of `{}` takes {takes}; predict needs one that was trained on grey pictures, such as 28 × 28 = \
             784",
            path.display()
        )
    })?;
    let reader = Reader {
        arguments,
        network,
        labels,
        device,
        height,
        width,
    };
    let mut code = ExitCode::SUCCESS;
    // The first answers come at once, also where there are thousands of pictures.
    for paths in arguments.files.chunks(16 * rayon::current_num_threads()) {
        let read: Vec<_> = match paths {
            [path] => vec![reader.digits_of(path)],
            paths => paths
                .par_iter()
                .map(|path| reader.digits_of(path))
                .collect(),
        };
        for (path, digits) in paths.iter().zip(read) {
            match digits {
                Ok(digits) => reader.answer(path, &digits)?,
                Err(error) => {
                    // The others are answered all the same.
                    output::note(&format!("error: {}", in_one_line(&error)));
                    code = ExitCode::FAILURE;
                }
            }
        }
    }
    Ok(code)
}

/// Whether a picture is one of those that are read one at a time, because each takes much memory.
fn is_large(path: &Path) -> bool {
    const LARGE: u64 = 1 << 20;
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGE)
}

impl Reader<'_> {
    fn digits_of(&self, path: &Path) -> anyhow::Result<Vec<DigitImage>> {
        static LARGE: Mutex<()> = Mutex::new(());
        let lock = || LARGE.lock().unwrap_or_else(PoisonError::into_inner);
        let _one_at_a_time = is_large(path).then(lock);
        // A decoder that panics is caught where it is called; here it is kept from printing.
        let read = catch_panic(|| {
            if self.arguments.split {
                read_digit_images(path, self.height, self.width)
            } else {
                read_digit_image(path, self.height, self.width).map(|digit| vec![digit])
            }
        });
        let read = read.map_err(|message| {
            anyhow!(
                "`{}` could not be read ({message}); save it anew, as PNG or JPEG",
                path.display()
            )
        })?;
        Ok(read?)
    }

    fn answer(&self, path: &Path, digits: &[DigitImage]) -> anyhow::Result<()> {
        for (index, digit) in digits.iter().enumerate() {
            let place = self.arguments.split.then(|| Place {
                digit: index + 1,
                digits: digits.len(),
                bounds: PlaceBox {
                    left: digit.bounds.left,
                    top: digit.bounds.top,
                    width: digit.bounds.width,
                    height: digit.bounds.height,
                },
            });
            if let Some(folder) = &self.arguments.save_input {
                let number = (digits.len() > 1).then_some(index + 1);
                network_input::save(folder, path, number, digit, &self.arguments.files)?;
            }
            let prediction = Prediction {
                file: path.display().to_string(),
                place,
                top: self.predict(digit)?,
            };
            if self.arguments.json {
                output::print_data(&format!("{}\n", serde_json::to_string(&prediction)?))?;
            } else {
                output::print(&answer_table(&prediction, digit))?;
            }
            if self.arguments.show {
                let pixels = network_input::half_blocks(digit, Shades::of_stdout());
                output::print_data(&pixels)?;
            }
        }
        Ok(())
    }

    fn predict(&self, digit: &DigitImage) -> anyhow::Result<Vec<Answer>> {
        let answer = self.network.predict(digit.to_tensor(&self.device))?;
        let shape = answer.shape();
        let values: Vec<f64> = answer.into_vec()?.into_iter().map(f64::from).collect();
        let activation = self.network.output_activation();
        let probabilities = activation.probabilities(&values).with_context(|| {
            format!(
                "the network answers with numbers of shape {:?}, expected one for each class; predict needs a \
                 classifier",
                &shape[1..]
            )
        })?;
        let mut answers: Vec<Answer> = probabilities
            .into_iter()
            .enumerate()
            .map(|(label, probability)| Answer {
                label,
                name: self.name_of(label),
                probability,
            })
            .collect();
        answers.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        answers.truncate(self.arguments.top.map_or(TOP, NonZeroUsize::get));
        Ok(answers)
    }

    /// What a class is called, unless by its index.
    fn name_of(&self, label: usize) -> Option<String> {
        let name = self.labels.get(label)?;
        (*name != label.to_string()).then(|| name.clone())
    }
}

/// Height and width of the grey pictures that a network with this input takes.
fn picture_shape(input_shape: &Shape) -> Option<[usize; 2]> {
    match input_shape.known().ok()?[..] {
        [height, width] | [height, width, 1] => Some([height, width]),
        [num_features] => {
            let side = num_features.isqrt();
            (side * side == num_features).then_some([side, side])
        }
        _ => None,
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
    let place = prediction.place.as_ref().map_or_else(String::new, |place| {
        format!(", digit {} of {}", place.digit, place.digits)
    });
    let mut text = format!("{}{place}{done}\n", prediction.file);
    let names = prediction.top.iter().map(|answer| match &answer.name {
        Some(name) => visible(name).into_owned(),
        None => answer.label.to_string(),
    });
    let names: Vec<String> = names.collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default().max(5);
    for (name, answer) in names.iter().zip(&prediction.top) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of the bar's length"
        )]
        let length = (answer.probability * BAR).round() as usize;
        let line = format!(
            "{name:>width$}  {:>6.2} %  {}",
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
            assert_eq!(picture_shape(&input.into()), picture);
        }
    }
}
