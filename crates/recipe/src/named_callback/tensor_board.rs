use std::fmt;
use std::path::PathBuf;

use firebrick_trainer::callbacks::{TensorBoard, UpdateFreq};
use firebrick_trainer::{RunDirectory, TrainError, settings};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::changes::when;
use super::run_path::RunPath;

settings! {
    /// The arguments of a [`TensorBoard`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::callbacks::UpdateFreq;
    /// use firebrick::recipes::{GivenTensorBoard, WriteFreq};
    ///
    /// let every_100 = WriteFreq(UpdateFreq::Batches(100));
    /// let given = GivenTensorBoard { update_freq: Some(every_100), ..GivenTensorBoard::default() };
    /// assert!(given.callback(None).is_ok());
    /// ```
    pub struct GivenTensorBoard {
        /// A folder in the run's folder `tensorboard`, that one itself if it is left out.
        log_dir: String;
        /// How often it writes: `epoch`, `batch`, or a number of batches.
        update_freq: WriteFreq;
        /// Whether the steps of a second are written.
        write_steps_per_second: bool;
    }
}

/// How often a [`TensorBoard`] writes, in a file `epoch`, `batch`, or a number of batches.
///
/// ```
/// use firebrick::callbacks::UpdateFreq;
/// use firebrick::recipes::WriteFreq;
///
/// let table: std::collections::BTreeMap<String, WriteFreq> = toml::from_str("update_freq = 'batch'")?;
/// assert_eq!(table["update_freq"], WriteFreq(UpdateFreq::Batches(1)));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteFreq(pub UpdateFreq);

impl WriteFreq {
    const EPOCH: &str = "epoch";
    const BATCH: &str = "batch";
}

impl GivenTensorBoard {
    const FOLDER: RunPath = RunPath {
        setting: "the log_dir of tensor_board",
        folder: RunDirectory::TENSORBOARD,
        expected: "the name of a folder in the folder `tensorboard` of the run",
    };

    /// The callback, whose files lie in `run`.
    ///
    /// # Errors
    /// A folder outside of the run's `tensorboard`, every 0 batches.
    pub fn callback(&self, run: Option<&RunDirectory>) -> Result<TensorBoard, TrainError> {
        let callback = TensorBoard::new(self.path(run)?);
        let callback = match self.update_freq {
            Some(WriteFreq(freq)) => callback.with_update_freq(freq)?,
            None => callback,
        };
        Ok(when(
            callback,
            self.write_steps_per_second,
            TensorBoard::with_write_steps_per_second,
        ))
    }

    pub(super) fn path(&self, run: Option<&RunDirectory>) -> Result<PathBuf, TrainError> {
        Self::FOLDER.of(run, self.log_dir.as_deref().unwrap_or(""))
    }
}

impl Serialize for WriteFreq {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            UpdateFreq::Epoch => serializer.serialize_str(Self::EPOCH),
            UpdateFreq::Batches(batches) => batches.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for WriteFreq {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = WriteFreq;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`epoch`, `batch` or a number of batches")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<WriteFreq, E> {
                match text {
                    WriteFreq::EPOCH => Ok(WriteFreq(UpdateFreq::Epoch)),
                    WriteFreq::BATCH => Ok(WriteFreq(UpdateFreq::Batches(1))),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<WriteFreq, E> {
                let batches = usize::try_from(number).ok();
                let batches = batches.ok_or_else(|| {
                    E::invalid_value(serde::de::Unexpected::Signed(number), &self)
                })?;
                Ok(WriteFreq(UpdateFreq::Batches(batches)))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
