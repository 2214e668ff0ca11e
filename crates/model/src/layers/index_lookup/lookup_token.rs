use std::fmt::{Debug, Display};
use std::hash::Hash;

use burn::tensor::Device;
use firebrick_tensor::AnyTensor;
use firebrick_vocabulary::Token;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// What a lookup has a vocabulary of, and how it lies in a tensor.
pub(in crate::layers) trait LookupToken:
    Token + Clone + Debug + Display + Ord + Hash + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Whether it is a number.
    const IS_NUMBER: bool;

    /// Keras' `oov_token`.
    fn unknown() -> Self;

    /// The shape of the tokens in samples of this shape.
    fn shape_of(input: &Shape) -> Result<Shape, LayerProblem>;

    /// The tokens of a batch, and the shape that they lie in.
    fn read(values: AnyTensor) -> Result<(Vec<Self>, Vec<usize>), LayerProblem>;

    /// The shape of samples of tokens that lie in this shape.
    fn written_shape(tokens: &Shape) -> Shape;

    /// The tokens as a batch.
    fn write(tokens: &[Self], shape: &[usize], device: &Device) -> Result<AnyTensor, LayerProblem>;
}

/// A text lies along the last axis, its bytes and zeros behind them.
impl LookupToken for String {
    const IS_NUMBER: bool = false;

    fn unknown() -> Self {
        "[UNK]".to_owned()
    }

    fn shape_of(input: &Shape) -> Result<Shape, LayerProblem> {
        token_shape(input)
    }

    fn read(values: AnyTensor) -> Result<(Vec<Self>, Vec<usize>), LayerProblem> {
        read_texts(values)
    }

    fn written_shape(tokens: &Shape) -> Shape {
        let mut axes = tokens.axes().to_vec();
        axes.push(None);
        axes.into()
    }

    fn write(tokens: &[Self], shape: &[usize], device: &Device) -> Result<AnyTensor, LayerProblem> {
        let texts = AnyTensor::from_texts(tokens, device);
        let mut whole = shape.to_vec();
        whole.extend(texts.shape().last());
        Ok(texts.reshaped(&whole))
    }
}

impl LookupToken for i64 {
    const IS_NUMBER: bool = true;

    fn unknown() -> Self {
        -1
    }

    fn shape_of(input: &Shape) -> Result<Shape, LayerProblem> {
        Ok(input.clone())
    }

    fn read(values: AnyTensor) -> Result<(Vec<Self>, Vec<usize>), LayerProblem> {
        let shape = values.shape();
        let numbers = values.into_ints().map_err(LayerProblem::device)?;
        Ok((numbers, shape))
    }

    fn written_shape(tokens: &Shape) -> Shape {
        tokens.clone()
    }

    fn write(tokens: &[Self], shape: &[usize], device: &Device) -> Result<AnyTensor, LayerProblem> {
        let written = AnyTensor::from_whole_numbers(tokens.to_vec(), shape, device);
        written.map_err(LayerProblem::device)
    }
}

/// The shape of the texts in samples of this shape: all axes but for that of the bytes; a single text is an axis of one.
pub(in crate::layers) fn token_shape(input: &Shape) -> Result<Shape, LayerProblem> {
    match input.axes() {
        [] => Err(LayerProblem::input(
            "text, its bytes along the last axis",
            "give the network an input of text, `text_input`",
        )),
        [_] => Ok([1].into()),
        [texts @ .., _] => Ok(texts.to_vec().into()),
    }
}

/// The texts of a batch, and the shape that they lie in, the batch axis included.
pub(in crate::layers) fn read_texts(
    values: AnyTensor,
) -> Result<(Vec<String>, Vec<usize>), LayerProblem> {
    let mut shape = values.shape();
    shape.pop();
    if shape.len() == 1 {
        shape.push(1);
    }
    let texts = values.into_texts().map_err(LayerProblem::text)?;
    Ok((texts, shape))
}
