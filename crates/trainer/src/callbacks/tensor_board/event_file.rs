use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use firebrick_model::folder_of;
use prost::Message;

use super::event::{Event, Summary, VERSION, Value};
use crate::callbacks::growing_file::reopen;
use crate::error::TrainError;
use crate::state::State;

/// A file of events, framed as TensorFlow's records: length, its checksum, data, their checksum. It is made when it is first
/// written to.
///
/// # Source
/// <https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details>
pub(super) struct EventFile {
    path: PathBuf,
    /// Absent before it is written to.
    file: Option<File>,
    /// Bytes that are in it.
    length: u64,
}

/// Files of this process, so that each has a name of its own; TensorBoard reads them in order.
static FILES: AtomicU32 = AtomicU32::new(0);

impl EventFile {
    /// A new file in this folder, both still to be made.
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            path: directory.join(new_name()),
            file: None,
            length: 0,
        }
    }

    /// Adds these numbers, all of one step.
    pub(super) fn write(
        &mut self,
        step: u64,
        scalars: Vec<(String, f64)>,
    ) -> Result<(), TrainError> {
        let value = scalars.into_iter().map(|(tag, value)| Value {
            tag,
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the precision of the format"
            )]
            simple_value: Some(value as f32),
        });
        self.append(&Event {
            wall_time: since_1970().as_secs_f64(),
            step: i64::try_from(step).unwrap_or(i64::MAX),
            file_version: None,
            summary: Some(Summary {
                value: value.collect(),
            }),
        })
    }

    /// With what another process goes on with the file.
    pub(super) fn state(&self) -> State {
        let name = self.path.file_name().unwrap_or_default();
        State::new()
            .with("name", name.to_string_lossy().into_owned())
            .with("length", self.length)
    }

    /// Goes on with the file of a state, in this folder; what came after it goes. Gives it with what is to be told.
    pub(super) fn restored(
        directory: &Path,
        state: &State,
    ) -> Result<(Self, Option<String>), TrainError> {
        let path = directory.join(state.get::<String>("name")?);
        let length = state.get("length")?;
        if length == 0 {
            let _ = std::fs::remove_file(&path);
            let file = None;
            return Ok((Self { path, file, length }, None));
        }
        let (file, told) = reopen(&path, length)?;
        let file = Some(file);
        Ok((Self { path, file, length }, told))
    }

    fn append(&mut self, event: &Event) -> Result<(), TrainError> {
        let mut records = framed(&event.encode_to_vec());
        let mut file = if let Some(file) = self.file.take() {
            file
        } else {
            let version = Event {
                wall_time: since_1970().as_secs_f64(),
                step: 0,
                file_version: Some(VERSION.to_owned()),
                summary: None,
            };
            records.splice(0..0, framed(&version.encode_to_vec()));
            self.create()?
        };
        let written = file.write_all(&records);
        self.file = Some(file);
        written.map_err(|source| TrainError::File {
            path: self.path.clone(),
            action: "write",
            source,
        })?;
        self.length += records.len() as u64;
        Ok(())
    }

    /// Makes the file, and the folder that it lies in.
    fn create(&mut self) -> Result<File, TrainError> {
        let directory = folder_of(&self.path).to_owned();
        let created = loop {
            if let Err(error) = std::fs::create_dir_all(&directory) {
                break Err(error);
            }
            match OpenOptions::new()
                .append(true)
                .create_new(true)
                .open(&self.path)
            {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.path = directory.join(new_name());
                }
                opened => break opened,
            }
        };
        created.map_err(|source| TrainError::File {
            path: directory,
            action: "create an event file in",
            source,
        })
    }
}

/// A name that no file of this process has.
fn new_name() -> String {
    let second = since_1970().as_secs();
    let process = std::process::id();
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    format!("events.out.tfevents.{second:010}.firebrick.{process}.{number}.v2")
}

fn since_1970() -> std::time::Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// A record with its frame.
fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [
        &length[..],
        &masked_checksum(&length).to_le_bytes(),
        data,
        &masked_checksum(data).to_le_bytes(),
    ]
    .concat()
}

/// CRC-32C, rotated and shifted so that the checksum of a checksum is none.
fn masked_checksum(data: &[u8]) -> u32 {
    crc32c::crc32c(data)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a file whose lengths and checksums are right.
    fn records(mut bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_at(8);
            let (check, rest) = rest.split_at(4);
            assert_eq!(check, masked_checksum(length).to_le_bytes());
            let length = u64::from_le_bytes(length.try_into().unwrap());
            let (data, rest) = rest.split_at(usize::try_from(length).unwrap());
            let (check, rest) = rest.split_at(4);
            assert_eq!(check, masked_checksum(data).to_le_bytes());
            events.push(Event::decode(data).unwrap());
            bytes = rest;
        }
        events
    }

    #[test]
    fn checksums_are_those_of_the_format() {
        // The check value of CRC-32C (RFC 3720, B.4), then masked.
        assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(masked_checksum(b"123456789"), 0xc78a_b0e5);
    }

    #[test]
    fn a_record_is_what_tensorboard_itself_writes() {
        // tensorboard 2.21's `RecordWriter` and `event_pb2.Event(wall_time=1.5, step=3, summary=...)`
        // with `Summary.Value(tag="epoch_loss", simple_value=0.25)`.
        let event = Event {
            wall_time: 1.5,
            step: 3,
            file_version: None,
            summary: Some(Summary {
                value: vec![Value {
                    tag: "epoch_loss".to_owned(),
                    simple_value: Some(0.25),
                }],
            }),
        };
        let bytes: Vec<String> = framed(&event.encode_to_vec())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            bytes.concat(),
            concat!(
                "200000000000000029eda95009000000000000f83f10032a",
                "130a110a0a65706f63685f6c6f7373150000803ef419eac0"
            )
        );
    }

    #[test]
    fn a_file_holds_its_version_and_then_the_numbers() {
        let directory = tempfile::tempdir().unwrap();
        let mut first = EventFile::new(directory.path());
        let second = EventFile::new(directory.path());
        assert_ne!(first.path, second.path);
        first
            .write(7, vec![("a".to_owned(), 0.5), ("b".to_owned(), f64::NAN)])
            .unwrap();
        let events = records(&std::fs::read(&first.path).unwrap());
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].file_version.as_deref(), Some(VERSION));
        assert!(events[0].wall_time > 1.7e9);
        assert_eq!(events[1].step, 7);
        let values = &events[1].summary.as_ref().unwrap().value;
        assert_eq!(
            (values[0].tag.as_str(), values[0].simple_value),
            ("a", Some(0.5))
        );
        assert!(values[1].simple_value.unwrap().is_nan());
    }

    #[test]
    fn a_place_that_cannot_hold_a_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let blocked = directory.path().join("file");
        std::fs::write(&blocked, "x").unwrap();
        let mut file = EventFile::new(&blocked.join("train"));
        let error = file.write(1, Vec::new()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("cannot create an event file in `") && text.contains("file/train"),
            "{text}"
        );
    }
}
