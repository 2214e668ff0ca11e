//! The network of the digit pad for a page without a server.
//!
//! A crate of its own because it is compiled for WebAssembly, by `scripts/build_digit_pad.sh`. What it does is what the server does:
//! the drawing is cut out, scaled and centred by `firebrick-ink`, and the network of `model.bpk` asked.

#[cfg(target_arch = "wasm32")]
mod page;

use burn::tensor::Device;
use firebrick_ink::{Ink, InkError};
use firebrick_model::layers::{Conv2D, Dense, Dropout, Flatten, MaxPooling2D, register};
use firebrick_model::{ModelError, Predictor, SavedModel};

const MODEL: &[u8] = include_bytes!("../../model.bpk");
/// Pixels along a side of what the network sees.
const SIDE: usize = 28;

/// The network, ready to be asked.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub struct DigitPad {
    predictor: Predictor,
}

/// Why there are no probabilities.
#[derive(Debug, thiserror::Error)]
pub enum PadError {
    /// Of the drawing.
    #[error(transparent)]
    Ink(#[from] InkError),
    /// Of the network.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl DigitPad {
    /// The network that is compiled in.
    ///
    /// # Errors
    /// A file that is no network.
    pub fn load() -> Result<Self, PadError> {
        register::<Conv2D>()?;
        register::<MaxPooling2D>()?;
        register::<Flatten>()?;
        register::<Dense>()?;
        register::<Dropout>()?;
        let saved = SavedModel::from_bytes(MODEL, "the built-in model")?;
        let predictor = saved.into_predictor(&Device::flex())?;
        Ok(Self { predictor })
    }

    /// How probable each digit is, of a drawing by light ink on a dark background.
    ///
    /// # Errors
    /// Another number of pixels than the sides say, or no ink.
    pub fn probabilities(
        &self,
        pixels: &[u8],
        height: usize,
        width: usize,
    ) -> Result<Vec<f32>, PadError> {
        let digit = Ink::of_drawing(pixels, height, width)?.normalized(SIDE, SIDE);
        let row: Vec<f32> = digit
            .into_iter()
            .map(|pixel| f32::from(pixel) / 255.0)
            .collect();
        Ok(self.predictor.predict(&row)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seven: a bar and a slanted stroke, in a corner.
    fn seven() -> Vec<u8> {
        let mut pixels = vec![0; 140 * 140];
        let mut dot = |row: usize, column: usize| {
            for row in row..row + 9 {
                pixels[row * 140 + column..row * 140 + column + 9].fill(255);
            }
        };
        (20..65).for_each(|column| dot(12, column));
        (0..70).for_each(|step| dot(12 + step, 65 - step / 3));
        pixels
    }

    #[test]
    fn a_drawn_seven_is_one() {
        let pad = DigitPad::load().unwrap();
        let shares = pad.probabilities(&seven(), 140, 140).unwrap();
        assert_eq!(shares.len(), 10);
        assert!(shares[7] > 0.5, "{shares:?}");
    }

    #[test]
    fn what_is_no_drawing_says_why() {
        let pad = DigitPad::load().unwrap();
        let error = pad
            .probabilities(&vec![0; 140 * 140], 140, 140)
            .unwrap_err();
        assert!(error.to_string().contains("no ink"), "{error}");
        assert!(pad.probabilities(&[255; 7], 140, 140).is_err());
    }
}
