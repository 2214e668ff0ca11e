//! What a page can call.

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::DigitPad;

#[wasm_bindgen]
impl DigitPad {
    /// [`load`](Self::load) for a page.
    ///
    /// # Errors
    /// As those of it.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsError> {
        Ok(Self::load()?)
    }

    /// [`probabilities`](Self::probabilities) for a page.
    ///
    /// # Errors
    /// As those of it.
    pub fn predict(&self, pixels: &[u8], height: usize, width: usize) -> Result<Vec<f32>, JsError> {
        Ok(self.probabilities(pixels, height, width)?)
    }
}
