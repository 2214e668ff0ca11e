//! A sample of the validation, as a page shows it.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use firebrick::training::figure_text;
use firebrick_session::{Sample, SampleValue, SampleView};
use image::{GrayImage, ImageFormat, RgbImage};

use crate::error::PagesError;

/// The longest side of a picture in pixels; larger ones are made smaller.
const MOST_PIXELS: u32 = 112;

/// A sample of the validation, as a page shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleCard {
    pub(crate) row: usize,
    pub(crate) loss: String,
    pub(crate) truth: String,
    pub(crate) answer: String,
    /// Empty where that means nothing.
    pub(crate) certainty: String,
    /// An address that holds all of it; empty where there is none.
    pub(crate) picture: String,
    pub(crate) values: Vec<SampleValue>,
}

impl SampleCard {
    pub(crate) fn new(sample: &Sample) -> Result<Self, PagesError> {
        let certainty = sample.certainty;
        let (picture, values) = match &sample.view {
            SampleView::Picture {
                width,
                height,
                channels,
                pixels,
            } => (
                picture(sample.row, (*width, *height, *channels), pixels)?,
                Vec::new(),
            ),
            SampleView::Row { values } => (String::new(), values.clone()),
            _ => (String::new(), Vec::new()),
        };
        Ok(Self {
            row: sample.row,
            loss: figure_text(sample.loss),
            truth: sample.truth.clone(),
            answer: sample.answer.clone(),
            certainty: certainty
                .map_or_else(String::new, |share| format!("{:.1} %", share * 100.0)),
            picture,
            values,
        })
    }
}

/// An image as an address that holds all of it; empty where the pixels are not as many as they should be.
fn picture(
    row: usize,
    (width, height, channels): (usize, usize, usize),
    pixels: &[u8],
) -> Result<String, PagesError> {
    let [wide, high] = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let image = match channels {
        1 => GrayImage::from_raw(wide, high, pixels.to_vec()).map(image::DynamicImage::from),
        3 => RgbImage::from_raw(wide, high, pixels.to_vec()).map(image::DynamicImage::from),
        _ => None,
    };
    let Some(image) = image.filter(|image| image.width() > 0 && image.height() > 0) else {
        return Ok(String::new());
    };
    let image = if wide.max(high) > MOST_PIXELS {
        image.thumbnail(MOST_PIXELS, MOST_PIXELS)
    } else {
        image
    };
    let mut png = Cursor::new(Vec::new());
    image
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|source| PagesError::Picture { row, source })?;
    Ok(format!(
        "data:image/png;base64,{}",
        STANDARD.encode(png.into_inner())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(view: SampleView) -> Sample {
        Sample {
            row: 7,
            loss: 2.5,
            truth: "3".to_owned(),
            answer: "5".to_owned(),
            certainty: Some(0.991),
            view,
        }
    }

    #[test]
    fn a_picture_holds_its_pixels_and_a_large_one_is_made_smaller() {
        for (width, channels, shown) in [(2_usize, 1_usize, 2), (2, 3, 2), (300, 1, 112)] {
            let view = SampleView::Picture {
                width,
                height: width,
                channels,
                pixels: vec![100; width * width * channels],
            };
            let card = SampleCard::new(&sample(view)).unwrap();
            let encoded = card.picture.strip_prefix("data:image/png;base64,").unwrap();
            let image = image::load_from_memory(&STANDARD.decode(encoded).unwrap()).unwrap();
            assert_eq!((image.width(), image.height()), (shown, shown));
            assert_eq!(image.into_luma8().get_pixel(0, 0).0, [100]);
            assert_eq!(card.certainty, "99.1 %");
        }
    }

    #[test]
    fn pixels_of_another_number_make_no_picture() {
        let view = SampleView::Picture {
            width: 3,
            height: 3,
            channels: 1,
            pixels: vec![0; 5],
        };
        assert_eq!(SampleCard::new(&sample(view)).unwrap().picture, "");
    }
}
