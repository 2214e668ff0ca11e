//! What the pages of all studies have in common.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use firebrick::datasets::MnistDataset;
use image::{GrayImage, ImageFormat};

use crate::directory::StudyDirectory;
use crate::error::StudyError;

/// Names and values, in order.
pub(crate) type Rows = Vec<(&'static str, String)>;

/// The drawing of the figure, to stand in a page.
pub(crate) fn drawing(directory: &StudyDirectory, name: &str) -> Result<String, StudyError> {
    let path = directory.file(name);
    std::fs::read_to_string(&path).map_err(|error| StudyError::file("read", &path, error))
}

/// An image as an address that holds all of it, dark on light as on paper.
pub(crate) fn picture(data: &MnistDataset, row: usize) -> Result<String, StudyError> {
    let pixels: Vec<u8> = data.image(row).iter().map(|ink| 255 - ink).collect();
    let [width, height] =
        [data.width(), data.height()].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let mut png = Cursor::new(Vec::new());
    // Pixels of another number than width times height make no image; a data set has none such.
    let image = GrayImage::from_raw(width, height, pixels).unwrap_or_default();
    image
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|source| StudyError::Picture { row, source })?;
    Ok(format!(
        "data:image/png;base64,{}",
        STANDARD.encode(png.into_inner())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_dark_on_light() {
        let images = firebrick::datasets::IdxImages::new(vec![0, 255], 1, 2).unwrap();
        let labels = firebrick::datasets::IdxLabels::new(vec![3]).unwrap();
        let data = MnistDataset::new(images, labels).unwrap();
        let address = picture(&data, 0).unwrap();
        let encoded = address.strip_prefix("data:image/png;base64,").unwrap();
        let png = STANDARD.decode(encoded).unwrap();
        let image = image::load_from_memory(&png).unwrap().into_luma8();
        assert_eq!(image.into_raw(), [255, 0]);
    }
}
