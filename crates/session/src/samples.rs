//! Samples as those who watch see them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A sample of the validation.
///
/// ```
/// use firebrick_session::{Sample, SampleView};
///
/// let view = SampleView::Picture { width: 2, height: 1, channels: 1, pixels: vec![0, 255] };
/// let (truth, answer) = ("7".to_owned(), "1".to_owned());
/// let sample = Sample { row: 12, loss: 3.5, truth, answer, certainty: Some(0.75), view };
/// let text = serde_json::to_string(&sample)?;
/// assert_eq!(serde_json::from_str::<Sample>(&text)?, sample);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Its row, counted from 0.
    pub row: usize,
    /// Its own loss, or its error.
    pub loss: f64,
    /// What it is: the name of its class, or a number.
    pub truth: String,
    /// What the network takes it for.
    pub answer: String,
    /// How sure the network is of its answer, from 0 to 1, where that means anything.
    pub certainty: Option<f64>,
    /// What there is to see.
    pub view: SampleView,
}

/// What there is to see of a sample.
///
/// ```
/// use firebrick_session::SampleView;
///
/// let view = SampleView::Picture { width: 1, height: 1, channels: 1, pixels: vec![255] };
/// let text = serde_json::to_string(&view)?;
/// assert_eq!(text, r#"{"kind":"picture","width":1,"height":1,"channels":1,"pixels":"/w=="}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SampleView {
    /// A picture, row by row from the top, the channels of a pixel one after the other: grey, or red, green and blue.
    Picture {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
        /// 1 or 3.
        channels: usize,
        /// Bytes, `width · height · channels`.
        #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
        pixels: Vec<u8>,
    },
    /// A row of a table, or the first numbers of something else.
    Row {
        /// By column.
        values: Vec<SampleValue>,
    },
}

/// A value of a row.
///
/// ```
/// use firebrick_session::{SampleValue, SampleView};
///
/// let (column, value) = ("age".to_owned(), "41".to_owned());
/// let row = SampleView::Row { values: vec![SampleValue { column, value }] };
/// assert!(serde_json::to_string(&row)?.starts_with(r#"{"kind":"row""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleValue {
    /// The name of its column.
    pub column: String,
    /// As it is shown.
    pub value: String,
}

/// Which classes are taken for which.
///
/// ```
/// use firebrick_session::Confusion;
///
/// // Of nine of the first class one was taken for the second.
/// let confusion = Confusion { counts: vec![vec![8, 1], vec![0, 5]] };
/// assert_eq!(confusion.counts[0][1], 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// Samples by their class, then by the class they were taken for.
    pub counts: Vec<Vec<u64>>,
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}
