//! What there is to see of a sample: a picture, or numbers by their columns.

use std::sync::Arc;

use burn::tensor::Device;
use firebrick_data::{Batch, BatchSource, DataDescription, InputField};
use firebrick_session::{SampleValue, SampleView};

use crate::error::TrainError;
use crate::logs::figure_text;

/// The longest side of a picture, in pixels.
const LONGEST: usize = 64;

/// Numbers of a sample that are shown.
const MOST_VALUES: usize = 64;

/// Shows samples of a source.
pub(crate) struct Views {
    data: Arc<dyn BatchSource>,
    device: Device,
    form: Form,
}

/// What samples look like.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Height, width and channels.
    Picture([usize; 3]),
    /// The names of the numbers.
    Row(Vec<String>),
}

impl Views {
    /// Of samples that can be read again.
    pub(crate) fn new(data: Arc<dyn BatchSource>, device: &Device) -> Self {
        Self {
            form: Form::of(&data.all_inputs(), data.description().as_ref()),
            data,
            device: device.clone(),
        }
    }

    /// What there is to see of these samples, counted from 0.
    ///
    /// # Errors
    /// Samples that cannot be read.
    pub(crate) fn of(&self, rows: &[usize]) -> Result<Vec<SampleView>, TrainError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let samples = numbers(&self.gather(rows)?)?;
        match &self.form {
            Form::Picture(size) => {
                let scale = Brightness::of(samples.iter().flatten().copied());
                let picture = |values: Vec<f32>| picture(&values, *size, scale);
                Ok(samples.into_iter().map(picture).collect())
            }
            Form::Row(names) => {
                let row = |values: Vec<f32>| SampleView::Row {
                    values: named(names, &values),
                };
                Ok(samples.into_iter().map(row).collect())
            }
        }
    }

    /// The first samples, at most so many.
    ///
    /// # Errors
    /// Samples that cannot be read.
    pub(crate) fn first_batch(&self, batch_size: usize) -> Result<Batch, TrainError> {
        let rows: Vec<usize> = (0..self.data.num_samples().min(batch_size)).collect();
        self.gather(&rows)
    }

    fn gather(&self, rows: &[usize]) -> Result<Batch, TrainError> {
        let batch = self.data.gather(rows, &self.device);
        batch.map_err(TrainError::samples)
    }

    /// Where a sample stood in the file or array that it comes from.
    pub(crate) fn origin_row(&self, row: usize) -> usize {
        self.data.origin_row(row)
    }
}

impl Form {
    fn of(inputs: &[InputField], description: Option<&DataDescription>) -> Self {
        let of_images = description.is_some_and(|data| data.images().is_some());
        if let [input] = inputs {
            match input.shape[..] {
                [height, width, channels @ (1 | 3)] if height > 1 && width > 1 => {
                    return Self::Picture([height, width, channels]);
                }
                [height, width] if of_images => return Self::Picture([height, width, 1]),
                [pixels] if of_images && pixels.isqrt().pow(2) == pixels => {
                    return Self::Picture([pixels.isqrt(), pixels.isqrt(), 1]);
                }
                _ => {}
            }
        }
        Self::Row(column_names(inputs, description))
    }
}

/// What the numbers of a sample are called: the columns of a table where they are known, else their places.
pub(crate) fn column_names(
    inputs: &[InputField],
    description: Option<&DataDescription>,
) -> Vec<String> {
    let count: usize = inputs.iter().map(InputField::num_columns).sum();
    if let (Some(table), [_]) = (description.and_then(DataDescription::table), inputs) {
        let columns = table.input_columns().into_iter();
        let names: Vec<String> = columns.map(|column| column.name).collect();
        if names.len() == count {
            return names;
        }
    }
    let of_input = |(place, input): (usize, &InputField)| -> Vec<String> {
        let name = match &input.name {
            Some(name) => name.clone(),
            None if inputs.len() > 1 => format!("input {place}"),
            None => String::new(),
        };
        let columns = 0..input.num_columns();
        columns
            .map(|column| match (name.as_str(), input.num_columns()) {
                ("", _) => column.to_string(),
                (name, 1) => name.to_owned(),
                (name, _) => format!("{name} {column}"),
            })
            .collect()
    };
    inputs.iter().enumerate().flat_map(of_input).collect()
}

/// The numbers of each sample, of all inputs one after the other.
fn numbers(batch: &Batch) -> Result<Vec<Vec<f32>>, TrainError> {
    let mut samples = vec![Vec::new(); batch.num_samples()];
    for input in batch.all_inputs() {
        let values = input.clone().into_floats().into_vec()?;
        let width = values.len() / samples.len().max(1);
        for (sample, own) in samples.iter_mut().zip(values.chunks(width.max(1))) {
            sample.extend_from_slice(own);
        }
    }
    Ok(samples)
}

fn named(names: &[String], values: &[f32]) -> Vec<SampleValue> {
    let values = values.iter().take(MOST_VALUES).enumerate();
    values
        .map(|(place, &value)| SampleValue {
            column: names
                .get(place)
                .cloned()
                .unwrap_or_else(|| place.to_string()),
            value: figure_text(f64::from(value)),
        })
        .collect()
}

/// How numbers become bytes: those from 0 to 1 and bytes as what they are, others from the least to the largest.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Brightness {
    black: f32,
    white: f32,
}

impl Brightness {
    fn of(values: impl Iterator<Item = f32>) -> Self {
        let (mut black, mut white) = (0.0_f32, 0.0_f32);
        for value in values.filter(|value| value.is_finite()) {
            black = black.min(value);
            white = white.max(value);
        }
        if black < 0.0 {
            return Self { black, white };
        }
        let white = match white {
            ..=1.0 => 1.0,
            ..=255.0 => 255.0,
            more => more,
        };
        Self { black, white }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "brought into the range of a byte"
    )]
    fn byte(self, value: f32) -> u8 {
        let share = (value - self.black) / (self.white - self.black);
        (share.clamp(0.0, 1.0) * 255.0).round() as u8
    }
}

/// A picture of at most [`LONGEST`] pixels a side: each pixel the mean of those that it stands for.
fn picture(
    values: &[f32],
    [height, width, channels]: [usize; 3],
    brightness: Brightness,
) -> SampleView {
    let longest = height.max(width);
    let shrunk = |side: usize| match longest {
        ..=LONGEST => side,
        _ => (side * LONGEST / longest).max(1),
    };
    let (rows, columns) = (shrunk(height), shrunk(width));
    let part = |place: usize, of: usize, side: usize| {
        let begin = place * side / of;
        begin..((place + 1) * side / of).max(begin + 1)
    };
    let mut pixels = Vec::with_capacity(rows * columns * channels);
    for row in 0..rows {
        for column in 0..columns {
            for channel in 0..channels {
                let (mut sum, mut count) = (0.0_f32, 0.0_f32);
                for y in part(row, rows, height) {
                    for x in part(column, columns, width) {
                        let place = (y * width + x) * channels + channel;
                        sum += values.get(place).copied().unwrap_or(0.0);
                        count += 1.0;
                    }
                }
                pixels.push(brightness.byte(sum / count));
            }
        }
    }
    SampleView::Picture {
        width: columns,
        height: rows,
        channels,
        pixels,
    }
}

#[cfg(test)]
mod tests {
    use firebrick_data::ArrayDataset;

    use super::*;

    fn views(data: ArrayDataset) -> Views {
        Views::new(Arc::new(data), &Device::flex())
    }

    #[test]
    fn pictures_keep_their_pixels_where_they_are_small() {
        let image = [0.0, 1.0, 0.5, 0.25, 0.0, 1.0];
        let images = ([image, image].concat(), [2, 2, 3, 1]);
        let shown = views(ArrayDataset::new(images, [0, 1]).unwrap())
            .of(&[1])
            .unwrap();
        let expected = SampleView::Picture {
            width: 3,
            height: 2,
            channels: 1,
            pixels: vec![0, 255, 128, 64, 0, 255],
        };
        assert_eq!(shown, [expected]);
    }

    #[test]
    fn large_pictures_are_means_of_their_pixels() {
        let values: Vec<f32> = (0..128 * 96)
            .map(|place| if place % 2 == 0 { 255.0 } else { 0.0 })
            .collect();
        let size = [96, 128, 1];
        let view = picture(&values, size, Brightness::of(values.iter().copied()));
        let SampleView::Picture {
            width,
            height,
            pixels,
            ..
        } = view
        else {
            panic!("a picture");
        };
        assert_eq!((width, height), (64, 48));
        assert!(pixels.iter().all(|&byte| byte == 128), "{pixels:?}");
    }

    #[test]
    fn brightness_is_that_of_shares_bytes_or_what_there_is() {
        let of = |values: &[f32]| Brightness::of(values.iter().copied());
        assert_eq!(
            of(&[0.0, 0.4]),
            Brightness {
                black: 0.0,
                white: 1.0
            }
        );
        assert_eq!(
            of(&[0.0, 7.0]),
            Brightness {
                black: 0.0,
                white: 255.0
            }
        );
        assert_eq!(
            of(&[-1.0, 3.0]),
            Brightness {
                black: -1.0,
                white: 3.0
            }
        );
        assert_eq!(
            of(&[f32::NAN]),
            Brightness {
                black: 0.0,
                white: 1.0
            }
        );
    }

    #[test]
    fn digits_are_pictures_although_they_are_rows() {
        let digits = firebrick_data::mnist_sample().unwrap();
        let views = Views::new(Arc::new(digits.train), &Device::flex());
        let SampleView::Picture { width, height, .. } = views.of(&[0]).unwrap()[0] else {
            panic!("a picture");
        };
        assert_eq!((width, height), (28, 28));
    }

    #[test]
    fn numbers_go_by_their_places_where_nobody_names_them() {
        let data = ArrayDataset::new([[1.0, 250.0], [3.0, 4.0]], [0.0, 1.0]).unwrap();
        let shown = views(data).of(&[1]).unwrap();
        let value = |column: &str, value: &str| SampleValue {
            column: column.to_owned(),
            value: value.to_owned(),
        };
        let values = vec![value("0", "3.0000"), value("1", "4.0000")];
        assert_eq!(shown, [SampleView::Row { values }]);
    }

    #[test]
    fn inputs_with_names_name_their_numbers() {
        let inputs = [InputField::new([1]).named("user"), InputField::new([2])];
        let names = column_names(&inputs, None);
        assert_eq!(names, ["user", "input 1 0", "input 1 1"]);
    }
}
