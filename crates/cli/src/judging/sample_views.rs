//! What there is to see of a sample.

use firebrick::burn::tensor::Device;
use firebrick::datasets::{BatchSource, DataDescription};
use firebrick::models::AnyTensor;
use firebrick::training::figure_text;
use firebrick_session::{SampleValue, SampleView};

/// The most columns of a row that are shown.
const MOST_COLUMNS: usize = 12;

/// What there is to see of the samples of a source.
pub(super) struct SampleViews<'a> {
    samples: &'a dyn BatchSource,
    device: Device,
    /// Width, height and channels, where they are pictures.
    picture: Option<(usize, usize, usize)>,
    /// Of a row.
    columns: Vec<String>,
}

impl<'a> SampleViews<'a> {
    pub(super) fn new(
        samples: &'a dyn BatchSource,
        data: &DataDescription,
        device: Device,
    ) -> Self {
        let shape = samples.input_shape();
        let picture = match shape.as_slice() {
            [pixels] if data.images().is_some() => {
                let side = pixels.isqrt();
                (side * side == *pixels).then_some((side, side, 1))
            }
            [height, width, channels @ (1 | 3)] if !data.is_table() => {
                Some((*width, *height, *channels))
            }
            _ => None,
        };
        let columns = data.table().and_then(|source| source.features());
        Self {
            samples,
            device,
            picture,
            columns: columns.unwrap_or_default().to_vec(),
        }
    }

    /// Where a sample stood in the data.
    pub(super) fn origin_row(&self, row: usize) -> usize {
        self.samples.origin_row(row)
    }

    /// # Errors
    /// A sample that cannot be gathered.
    pub(super) fn view(&self, row: usize) -> anyhow::Result<SampleView> {
        let batch = self.samples.gather(&[row], &self.device)?;
        let inputs = batch
            .all_inputs()
            .iter()
            .cloned()
            .map(AnyTensor::into_floats);
        let inputs = inputs
            .map(AnyTensor::into_vec)
            .collect::<Result<Vec<_>, _>>()?;
        let values = inputs.concat();
        Ok(match self.picture {
            Some((width, height, channels)) if values.len() == width * height * channels => {
                SampleView::Picture {
                    width,
                    height,
                    channels,
                    pixels: pixels(&values),
                }
            }
            _ => SampleView::Row {
                values: self.columns(&values),
            },
        })
    }

    fn columns(&self, values: &[f32]) -> Vec<SampleValue> {
        let is_named = self.columns.len() == values.len();
        let name = |place: usize| {
            let own = self.columns.get(place).filter(|_| is_named).cloned();
            own.unwrap_or_else(|| format!("input {}", place + 1))
        };
        let shown = values.iter().enumerate().take(MOST_COLUMNS);
        shown
            .map(|(place, value)| SampleValue {
                column: name(place),
                value: figure_text(f64::from(*value)),
            })
            .collect()
    }
}

/// Shares of white, or bytes, as bytes.
fn pixels(values: &[f32]) -> Vec<u8> {
    let largest = values.iter().copied().fold(0.0_f32, f32::max);
    let scale = if largest > 1.0 { 1.0 } else { 255.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is from 0 to 255, and a cast of NaN is 0"
    )]
    let byte = |value: &f32| (value * scale).round().clamp(0.0, 255.0) as u8;
    values.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_bytes_are_both_pixels() {
        assert_eq!(pixels(&[0.0, 0.5, 1.0]), [0, 128, 255]);
        assert_eq!(pixels(&[0.0, 128.0, 255.0]), [0, 128, 255]);
        assert_eq!(pixels(&[f32::NAN, -3.0, 0.2]), [0, 0, 51]);
    }
}
