//! Numbers with a shape, whose first axis is the sample.

mod conversions;

use burn::tensor::{Device, Tensor, TensorData};

use crate::array_error::{ArrayError, ArrayPart};
use crate::error::DataError;
use crate::pixels::ByteScale;

/// Numbers with a shape, whose first axis is the sample: inputs or targets of an
/// [`ArrayDataset`](crate::ArrayDataset), of whatever a program keeps its numbers in.
///
/// It is made, by `try_from` or in passing, of
/// - a `Vec` or array of numbers, one a sample, or of equally long `Vec`s or arrays of numbers,
/// - a `Vec` of numbers with a shape, `(values, [60_000, 28, 28, 1])`, in row-major order,
/// - an `ndarray` array or view of any dimension and memory layout,
/// - a Burn tensor, `Tensor<D>` or `Tensor<D, Int>`,
/// - a `Vec` or array of texts, `&str` or `String`, one a sample, for a network that reads text; a batch has their bytes,
/// - what a layer such as a `TextVectorization` gives alone, an [`Encoded`](firebrick_vocabulary::Encoded).
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::ArrayData;
///
/// let table = ArrayData::try_from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])?;
/// assert_eq!(table.shape(), [2, 3]);
/// let images = ArrayData::try_from((vec![0_u8; 2 * 28 * 28], [2, 28, 28, 1]))?.divided_by(255.0)?;
/// assert_eq!(images.shape(), [2, 28, 28, 1]);
/// # Ok::<(), firebrick::datasets::ArrayError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayData {
    elements: Elements,
    shape: Vec<usize>,
    /// Of bytes; other numbers are divided at once.
    divisor: f32,
}

/// Numbers with the name of the input or output of a network that they are for, see [`ArrayData::named`].
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::ArrayData;
///
/// let users = ArrayData::named("user", [3, 1, 2])?;
/// assert_eq!((users.name(), users.data().shape()), ("user", &[3][..]));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArray {
    name: String,
    data: ArrayData,
}

impl NamedArray {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The numbers.
    pub fn data(&self) -> &ArrayData {
        &self.data
    }

    /// Both.
    pub(crate) fn into_parts(self) -> (String, ArrayData) {
        (self.name, self.data)
    }
}

/// How numbers are kept: floats in single precision, whole numbers as they are.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{Elements, Number};
///
/// // Bytes stay bytes, a quarter of the memory; integers may be classes.
/// assert_eq!(u8::elements(vec![0, 255]), Elements::Bytes(vec![0, 255]));
/// assert_eq!(i32::elements(vec![0, 7]), Elements::Integers(vec![0, 7]));
/// assert_eq!(f64::elements(vec![0.5]), Elements::Floats(vec![0.5]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Elements {
    /// Small numbers, e.g. pixels, that stay bytes until a batch is made.
    Bytes(Vec<u8>),
    /// Whole numbers, e.g. class indices or tokens.
    Integers(Vec<i64>),
    /// All others.
    Floats(Vec<f32>),
    /// Texts, whose bytes are the numbers, with zeros behind them up to the longest one.
    Texts(Vec<String>),
}

impl Elements {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Integers(integers) => integers.len(),
            Self::Floats(floats) => floats.len(),
            Self::Texts(texts) => texts.len() * longest(texts),
        }
    }

    /// As floats, bytes as they are.
    #[allow(
        clippy::cast_precision_loss,
        reason = "networks compute in single precision"
    )]
    pub(crate) fn into_floats(self) -> Vec<f32> {
        match self {
            Self::Bytes(bytes) => bytes.into_iter().map(f32::from).collect(),
            Self::Integers(integers) => {
                integers.into_iter().map(|integer| integer as f32).collect()
            }
            Self::Floats(floats) => floats,
            Self::Texts(texts) => {
                let width = longest(&texts);
                let bytes = texts.iter().flat_map(|text| padded_bytes(text, width));
                bytes.map(f32::from).collect()
            }
        }
    }
}

/// How many bytes a text has in a row of all; at least one, as an axis of nothing is more than devices take.
fn longest(texts: &[String]) -> usize {
    texts.iter().map(String::len).max().unwrap_or(0).max(1)
}

/// The bytes of a text with zeros behind them.
pub(crate) fn padded_bytes(text: &str, width: usize) -> impl Iterator<Item = u8> + '_ {
    let bytes = text.bytes().chain(std::iter::repeat(0));
    bytes.take(width)
}

/// A number that arrays may hold: `bool`, the integers and the floats.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{Elements, Number};
///
/// assert_eq!(bool::elements(vec![false, true]), Elements::Bytes(vec![0, 1]));
/// ```
pub trait Number: Copy {
    /// Many of them in the way they are kept. What is too large for it becomes the largest number there is.
    fn elements(numbers: Vec<Self>) -> Elements;
}

impl Number for u8 {
    fn elements(numbers: Vec<Self>) -> Elements {
        Elements::Bytes(numbers)
    }
}

impl Number for bool {
    fn elements(numbers: Vec<Self>) -> Elements {
        Elements::Bytes(numbers.into_iter().map(u8::from).collect())
    }
}

impl Number for f32 {
    fn elements(numbers: Vec<Self>) -> Elements {
        Elements::Floats(numbers)
    }
}

impl Number for f64 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "networks compute in single precision"
    )]
    fn elements(numbers: Vec<Self>) -> Elements {
        Elements::Floats(numbers.into_iter().map(|number| number as f32).collect())
    }
}

/// Implements [`Number`] for integers.
macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Number for $integer {
            fn elements(numbers: Vec<Self>) -> Elements {
                let wide = |number| i64::try_from(number).unwrap_or(i64::MAX);
                Elements::Integers(numbers.into_iter().map(wide).collect())
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u16, u32, u64, usize);

impl ArrayData {
    /// Numbers in row-major order.
    fn new(elements: Elements, shape: Vec<usize>) -> Result<Self, ArrayError> {
        let expected = shape
            .iter()
            .try_fold(1_usize, |product, &length| product.checked_mul(length));
        if shape.is_empty() || expected != Some(elements.len()) {
            let received = elements.len();
            return Err(ArrayError::Shape { shape, received });
        }
        Ok(Self {
            elements,
            shape,
            divisor: 1.0,
        })
    }

    /// Texts, one a sample.
    fn of_texts(texts: Vec<String>) -> Result<Self, ArrayError> {
        let shape = vec![texts.len(), longest(&texts)];
        Self::new(Elements::Texts(texts), shape)
    }

    /// Whether it is texts.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.elements, Elements::Texts(_))
    }

    /// Numbers for the input or output of this name, of whatever a program keeps them in: see
    /// [`ArrayDataset::of_named`](crate::ArrayDataset::of_named).
    ///
    /// # Errors
    /// Numbers without a shape, such as rows of different lengths.
    pub fn named<X>(name: impl Into<String>, numbers: X) -> Result<NamedArray, DataError>
    where
        X: TryInto<Self, Error: Into<DataError>>,
    {
        let name = name.into();
        let data = numbers.try_into().map_err(Into::into)?;
        Ok(NamedArray { name, data })
    }

    /// The shape, samples first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Divides every number, e.g. by 255 what is a byte a pixel; bytes stay bytes until a batch is made of them.
    ///
    /// # Errors
    /// [`ArrayError::Divisor`] for 0, what is close to it, and what is not finite.
    pub fn divided_by(mut self, divisor: f32) -> Result<Self, ArrayError> {
        let is_divisor = |divisor: f32| divisor.is_finite() && (255.0 / divisor).is_finite();
        if !is_divisor(divisor) || !is_divisor(self.divisor * divisor) {
            return Err(ArrayError::Divisor { received: divisor });
        }
        if matches!(self.elements, Elements::Bytes(_)) {
            self.divisor *= divisor;
            return Ok(self);
        }
        let mut floats = self.floats();
        for float in &mut floats {
            *float /= divisor;
        }
        self.elements = Elements::Floats(floats);
        Ok(self)
    }

    /// The numbers as a tensor.
    ///
    /// # Errors
    /// [`ArrayError::Rank`] unless `D` is the number of axes.
    pub fn into_tensor<const D: usize>(self, device: &Device) -> Result<Tensor<D>, ArrayError> {
        if self.shape.len() != D {
            return Err(ArrayError::Rank {
                shape: self.shape,
                asked: D,
            });
        }
        let shape = self.shape.clone();
        let data = TensorData::new(self.into_floats(), shape);
        Ok(Tensor::from_data(data, device))
    }

    /// The shape of one sample.
    pub(crate) fn sample_shape(&self) -> &[usize] {
        &self.shape[1..]
    }

    /// Makes sure that there are samples, of finite numbers.
    pub(crate) fn check(&self, part: ArrayPart) -> Result<(), ArrayError> {
        if self.shape.contains(&0) {
            return Err(ArrayError::Empty {
                part,
                shape: self.shape.clone(),
            });
        }
        let Elements::Floats(floats) = &self.elements else {
            return Ok(());
        };
        let Some(position) = floats.iter().position(|float| !float.is_finite()) else {
            return Ok(());
        };
        let sample_size: usize = self.sample_shape().iter().product();
        let mut rest = position % sample_size;
        let mut index = vec![0; self.shape.len() - 1];
        for (place, length) in index.iter_mut().zip(self.sample_shape()).rev() {
            *place = rest % length;
            rest /= length;
        }
        Err(ArrayError::NotFinite {
            part,
            row: position / sample_size,
            index,
            received: floats[position],
        })
    }

    /// One integer a sample, if that is what they are.
    pub(crate) fn labels(&self) -> Option<Vec<i64>> {
        if self.shape.len() != 1 {
            return None;
        }
        match &self.elements {
            Elements::Bytes(bytes) if self.is_undivided() => {
                Some(bytes.iter().map(|&byte| i64::from(byte)).collect())
            }
            Elements::Integers(integers) => Some(integers.clone()),
            _ => None,
        }
    }

    fn is_undivided(&self) -> bool {
        self.divisor.to_bits() == 1.0_f32.to_bits()
    }

    /// Bytes with what they stand for.
    pub(crate) fn into_bytes(self) -> Result<(Vec<u8>, ByteScale), Self> {
        match self.elements {
            Elements::Bytes(bytes) => Ok((bytes, ByteScale::new(self.divisor))),
            elements => Err(Self { elements, ..self }),
        }
    }

    /// The numbers as they are kept, bytes as what they stand for.
    pub(crate) fn into_elements(mut self) -> Elements {
        match self.elements {
            Elements::Bytes(_) => Elements::Floats(self.floats()),
            elements => elements,
        }
    }

    /// All numbers as floats, in row-major order.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::ArrayData;
    ///
    /// let pixels = ArrayData::try_from([[0_u8, 255]])?.divided_by(255.0)?;
    /// assert_eq!(pixels.into_floats(), [0.0, 1.0]);
    /// # Ok::<(), firebrick::datasets::ArrayError>(())
    /// ```
    pub fn into_floats(mut self) -> Vec<f32> {
        self.floats()
    }

    fn floats(&mut self) -> Vec<f32> {
        match std::mem::replace(&mut self.elements, Elements::Floats(Vec::new())) {
            Elements::Bytes(bytes) => {
                let mut values = Vec::with_capacity(bytes.len());
                ByteScale::new(self.divisor).extend(&mut values, &bytes);
                values
            }
            elements => elements.into_floats(),
        }
    }
}
