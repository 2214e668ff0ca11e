//! Text as tensors of whole numbers.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::any_tensor::AnyTensor;
use crate::error::TensorError;

impl AnyTensor {
    /// Texts as their UTF-8 bytes, one whole number each: a row a text, with zeros behind it up to the longest one. So text
    /// travels as any other batch does; what reads it, such as a `TextVectorization`, takes the zeros for its end.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::models::AnyTensor;
    ///
    /// let texts = AnyTensor::from_texts(&["grün", "a"], &Device::flex());
    /// assert_eq!(texts.shape(), [2, 5]);
    /// assert_eq!(texts.clone().into_ints()?[5..], [97, 0, 0, 0, 0]);
    /// assert_eq!(texts.into_texts()?, ["grün", "a"]);
    /// # Ok::<(), firebrick::models::TensorError>(())
    /// ```
    ///
    /// # Shapes
    /// - output: `[texts, bytes]`
    pub fn from_texts<S: AsRef<str>>(texts: &[S], device: &Device) -> Self {
        let longest = texts.iter().map(|text| text.as_ref().len()).max();
        // An axis of nothing is more than devices take.
        let width = longest.unwrap_or(0).max(1);
        let mut bytes = Vec::with_capacity(texts.len() * width);
        for (index, text) in texts.iter().enumerate() {
            bytes.extend(text.as_ref().bytes().map(i64::from));
            bytes.resize((index + 1) * width, 0);
        }
        let data = TensorData::new(bytes, [texts.len(), width]);
        Tensor::<2, Int>::from_data(data, device).into()
    }

    /// The texts that lie along the last axis, as [`from_texts`](Self::from_texts) writes them, read back from the device.
    ///
    /// # Errors
    /// [`TensorError::Text`] for numbers that are no text, a device that fails.
    pub fn into_texts(self) -> Result<Vec<String>, TensorError> {
        let shape = self.shape();
        let (width, count) = match shape.split_last() {
            Some((width, others)) => ((*width).max(1), others.iter().product()),
            None => (1, 0),
        };
        let numbers = self.into_ints()?;
        let mut texts = Vec::with_capacity(count);
        for row in numbers.chunks(width) {
            let end = row.iter().rposition(|&number| number != 0);
            let row = &row[..end.map_or(0, |last| last + 1)];
            let refused = |received: String| TensorError::Text {
                text: texts.len(),
                received,
            };
            let bytes: Result<Vec<u8>, _> =
                row.iter().map(|&number| u8::try_from(number)).collect();
            let bytes = bytes.map_err(|_large| refused(format!("{row:?}")))?;
            let text = String::from_utf8(bytes).map_err(|error| refused(error.to_string()))?;
            texts.push(text);
        }
        // Of a width of nothing, there are texts of nothing.
        texts.resize(count, String::new());
        Ok(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_come_back() {
        let texts = ["", "日本", "a b", "\u{b}zero\0inside"];
        let tensor = AnyTensor::from_texts(&texts, &Device::flex());
        assert_eq!(tensor.shape(), [4, 12]);
        let tensor = tensor.reshaped(&[2, 2, 12]);
        assert_eq!(tensor.into_texts().unwrap(), texts);
        let empty = AnyTensor::from_texts(&["", ""], &Device::flex());
        assert_eq!(empty.shape(), [2, 1]);
        assert_eq!(empty.into_texts().unwrap(), ["", ""]);
    }

    #[test]
    fn numbers_that_are_no_text_say_which() {
        let device = Device::flex();
        for (row, received) in [
            ([97, 256], "[97, 256]"),
            ([-1, 0], "[-1]"),
            ([195, 40], "invalid utf-8"),
        ] {
            let rows = [[97, 98], row];
            let error = AnyTensor::from(Tensor::<2, Int>::from_ints(rows, &device)).into_texts();
            let error = error.unwrap_err().to_string();
            assert!(
                error.contains("text 1") && error.contains(received),
                "{error}"
            );
        }
    }
}
