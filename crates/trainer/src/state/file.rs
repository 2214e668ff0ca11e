//! The form of a state in a file: one burnpack with a checksum of all its bytes.
//!
//! A name of a part stands before the names in it, `callbacks/0/wait`. Numbers are the pack's scalars, texts its
//! metadata, lists of numbers tensors of 64-bit floats, which no weights of ours are.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use burn::tensor::Bytes;
use burn_pack::{DType, Reader, Writer};
use firebrick_model::{Seal, check_seal, seal};

use super::{State, Value, renamed};
use crate::checkpoint_error::CheckpointError;

/// The format that is written; what it says is that an earlier version could not read it.
const FORMAT: u64 = 1;

/// This version of the crate.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The metadata that is not of the state.
const FORMAT_KEY: &str = "firebrick.state";
const VERSION_KEY: &str = "version";
const STEP_KEY: &str = "firebrick.step";
const VALUE_KEY: &str = "firebrick.value";

/// What texts of the state have before their names.
const TEXT: &str = "state:";

/// What stands between the name of a part and those in it, and what stands for it and for itself in a name.
const SEPARATOR: char = '/';
const ESCAPES: [(&str, &str); 2] = [("%", "%25"), ("/", "%2F")];

/// What can be known of a file without reading all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Header {
    /// Steps taken before it.
    pub(crate) step: u64,
    /// The figure that says which one is the best.
    pub(crate) value: Option<f64>,
}

/// The bytes of a file with this state; what is still on a device is read.
///
/// # Errors
/// A device that failed, what a part of the state failed with.
pub(crate) fn encoded(state: &State, header: Header) -> io::Result<Vec<u8>> {
    let mut pack = Pack::default();
    pack.add("", state)
        .map_err(|error| io::Error::other(error.to_string()))?;
    let mut writer = Writer::new(pack.tensors)
        .with_metadata("producer", "firebrick")
        .with_metadata(VERSION_KEY, VERSION)
        .with_metadata(FORMAT_KEY, &FORMAT.to_string())
        .with_metadata(STEP_KEY, &header.step.to_string());
    if let Some(value) = header.value {
        writer = writer.with_metadata(VALUE_KEY, &value.to_string());
    }
    for (name, scalar) in &pack.scalars {
        writer = writer.with_scalar(name, *scalar);
    }
    for (name, text) in &pack.texts {
        writer = writer.with_metadata(&format!("{TEXT}{name}"), text);
    }
    seal(writer)
}

/// Reads the state that a file holds.
///
/// # Errors
/// A file that cannot be read, is damaged or cut off, or of a later format.
pub(crate) fn read(path: &Path) -> Result<State, CheckpointError> {
    let broken = |reason: String| CheckpointError::Broken {
        path: path.to_owned(),
        reason,
    };
    let bytes = std::fs::read(path).map_err(|source| CheckpointError::File {
        path: path.to_owned(),
        action: "read",
        source,
    })?;
    if check_seal(&bytes) != Seal::Intact {
        return Err(broken(
            "its bytes are not those that were written, it was damaged or cut off since".to_owned(),
        ));
    }
    let reader = Reader::from_bytes(Bytes::from_bytes_vec(bytes));
    let reader = reader.map_err(|error| broken(error.to_string()))?;
    check_format(path, &reader)?;
    let mut state = State::new();
    for (name, scalar) in reader.scalars() {
        place(&mut state, name, Value::Scalar(*scalar));
    }
    for (name, text) in reader.metadata() {
        if let Some(name) = name.strip_prefix(TEXT) {
            place(&mut state, name, Value::Text(text.clone()));
        }
    }
    let tensors = reader.into_tensors();
    for tensor in tensors.map_err(|error| broken(error.to_string()))? {
        let name = tensor.name.clone();
        let value = if tensor.dtype == DType::F64 && tensor.param_id.is_none() {
            let bytes = tensor.to_bytes();
            let bytes = bytes.map_err(|error| broken(error.to_string()))?;
            let number = |bytes: &[u8]| bytes.try_into().map_or(f64::NAN, f64::from_le_bytes);
            Value::Numbers(bytes.chunks_exact(8).map(number).collect())
        } else {
            Value::Tensor(tensor)
        };
        place(&mut state, &name, value);
    }
    Ok(state)
}

/// What a file says of itself, without looking whether it is intact.
pub(crate) fn peek(path: &Path) -> Option<Header> {
    let reader = Reader::from_file_exact(path).ok()?;
    let metadata = reader.metadata();
    metadata.get(FORMAT_KEY)?;
    Some(Header {
        step: metadata.get(STEP_KEY)?.parse().ok()?,
        value: metadata.get(VALUE_KEY).and_then(|text| text.parse().ok()),
    })
}

/// Makes sure that this version knows the format.
fn check_format(path: &Path, reader: &Reader) -> Result<(), CheckpointError> {
    let metadata = reader.metadata();
    let format = metadata.get(FORMAT_KEY).and_then(|text| text.parse().ok());
    match format {
        None => Err(CheckpointError::Broken {
            path: path.to_owned(),
            reason: "it is not the state of a training, but perhaps a model".to_owned(),
        }),
        Some(found) if found > FORMAT => Err(CheckpointError::Newer {
            path: path.to_owned(),
            found,
            known: FORMAT,
            version: metadata.get(VERSION_KEY).cloned().unwrap_or_default(),
            own: VERSION,
        }),
        Some(_) => Ok(()),
    }
}

/// A state without depth.
#[derive(Default)]
struct Pack {
    scalars: BTreeMap<String, burn_pack::Scalar>,
    texts: BTreeMap<String, String>,
    tensors: Vec<burn_pack::Tensor>,
}

impl Pack {
    fn add(&mut self, prefix: &str, state: &State) -> Result<(), CheckpointError> {
        for (name, value) in state.iter() {
            let name = format!("{prefix}{}", escaped(name));
            match value {
                Value::Scalar(scalar) => {
                    self.scalars.insert(name, *scalar);
                }
                Value::Text(text) => {
                    self.texts.insert(name, text.clone());
                }
                Value::Numbers(numbers) => {
                    let bytes: Vec<u8> = numbers
                        .iter()
                        .flat_map(|value| value.to_le_bytes())
                        .collect();
                    self.tensors.push(burn_pack::Tensor::new(
                        name,
                        DType::F64,
                        vec![numbers.len()],
                        None,
                        Bytes::from_bytes_vec(bytes),
                    ));
                }
                Value::Tensor(tensor) => self.tensors.push(renamed(tensor, name)),
                Value::State(part) => self.add(&format!("{name}{SEPARATOR}"), part)?,
                Value::Deferred(part) => self.add(&format!("{name}{SEPARATOR}"), &part()?)?,
            }
        }
        Ok(())
    }
}

/// Puts a value where its whole name says.
fn place(state: &mut State, name: &str, value: Value) {
    match name.split_once(SEPARATOR) {
        None => state.insert(unescaped(name), value),
        Some((part, rest)) => {
            let part = state.entries.entry(unescaped(part));
            let part = part.or_insert_with(|| Value::State(State::new()));
            if let Value::State(part) = part {
                place(part, rest, value);
            }
        }
    }
}

fn escaped(name: &str) -> String {
    let replace = |name: String, (plain, code): &(&str, &str)| name.replace(plain, code);
    ESCAPES.iter().fold(name.to_owned(), replace)
}

fn unescaped(name: &str) -> String {
    let replace = |name: String, (plain, code): &(&str, &str)| name.replace(code, plain);
    ESCAPES.iter().rev().fold(name.to_owned(), replace)
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::tensor::Device;
    use firebrick_model::{Mlp, MlpConfig};

    use super::super::module::load_module;
    use super::super::module_state;
    use super::*;

    /// Numbers of which a text form would easily lose a bit.
    const NUMBERS: [f64; 6] = [
        0.1,
        -0.0,
        f64::MIN_POSITIVE,
        1e308,
        f64::INFINITY,
        1.0 / 3.0,
    ];

    fn network(seed: u64) -> Mlp {
        MlpConfig::new(3, 2).init(seed, &Device::flex()).unwrap()
    }

    fn example() -> State {
        State::new()
            .with("seed", u64::MAX)
            .with("rate", 0.1 + 0.2)
            .with("nan", f64::NAN)
            .with("is_told", true)
            .with("none", Vec::new())
            .with("numbers", NUMBERS.to_vec())
            .with("a/b%2F", "text / of: any %form".to_owned())
            .with(
                "parts",
                State::new()
                    .with("0", State::new().with("wait", 3_usize))
                    .with("1", module_state(&network(1))),
            )
            .with_deferred("later", || Ok(State::new().with("count", 5_usize)))
    }

    /// A file with this state.
    fn written(state: &State) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.bpk");
        let header = Header {
            step: 12,
            value: Some(0.1),
        };
        std::fs::write(&path, encoded(state, header).unwrap()).unwrap();
        (folder, path)
    }

    #[test]
    fn a_state_comes_back_bit_by_bit() {
        let (_folder, path) = written(&example());
        let state = read(&path).unwrap();
        assert_eq!(state.get::<u64>("seed").unwrap(), u64::MAX);
        let bits = |number: f64| number.to_bits();
        assert_eq!(bits(state.get("rate").unwrap()), bits(0.1 + 0.2));
        assert!(state.get::<f64>("nan").unwrap().is_nan());
        assert!(state.get::<bool>("is_told").unwrap());
        assert!(state.get::<Vec<f64>>("none").unwrap().is_empty());
        let numbers = state.get::<Vec<f64>>("numbers").unwrap();
        assert_eq!(
            numbers.into_iter().map(bits).collect::<Vec<_>>(),
            NUMBERS.map(bits)
        );
        assert_eq!(
            state.get::<String>("a/b%2F").unwrap(),
            "text / of: any %form"
        );
        let parts = state.get::<State>("parts").unwrap();
        assert_eq!(
            parts
                .get::<State>("0")
                .unwrap()
                .get::<usize>("wait")
                .unwrap(),
            3
        );
        assert_eq!(
            state
                .get::<State>("later")
                .unwrap()
                .get::<usize>("count")
                .unwrap(),
            5
        );
        assert_eq!(
            peek(&path),
            Some(Header {
                step: 12,
                value: Some(0.1)
            })
        );
    }

    #[test]
    fn weights_come_back_with_the_ids_of_their_parameters() {
        let (_folder, path) = written(&example());
        let parts = read(&path).unwrap().get::<State>("parts").unwrap();
        let state = parts.get::<State>("1").unwrap();
        let loaded = load_module(network(2), &state).unwrap();
        let record = |network: Mlp| network.into_record().into_bytes().unwrap();
        let text = format!("{:?}", module_state(&network(1)));
        assert_eq!(format!("{:?}", module_state(&loaded)), text);
        // The bytes of a record have the ids in them.
        let again = load_module(network(3), &module_state(&loaded)).unwrap();
        assert_eq!(record(again).to_vec(), record(loaded).to_vec());
        let other = MlpConfig::new(4, 2).init(1, &Device::flex()).unwrap();
        let error = load_module(other, &state).unwrap_err().to_string();
        assert!(error.contains("weight"), "{error}");
    }

    #[test]
    fn a_bit_that_flipped_anywhere_is_found() {
        let (_folder, path) = written(&example());
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            std::fs::write(&path, bytes).unwrap();
            let error = read(&path).unwrap_err();
            assert!(
                matches!(error, CheckpointError::Broken { .. }),
                "byte {at}: {error}"
            );
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_found() {
        let (_folder, path) = written(&example());
        let whole = std::fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(7) {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(
                matches!(read(&path), Err(CheckpointError::Broken { .. })),
                "{length}"
            );
        }
    }

    #[test]
    fn what_a_later_version_wrote_is_refused_with_both_versions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.bpk");
        let later = Writer::new(Vec::new())
            .with_metadata(FORMAT_KEY, "2")
            .with_metadata(VERSION_KEY, "9.1.0");
        std::fs::write(&path, seal(later).unwrap()).unwrap();
        let error = read(&path).unwrap_err().to_string();
        let expected = format!(
            "has the format 2 of Firebrick 9.1.0, this is Firebrick {VERSION}, which reads formats up to 1; go on with \
             Firebrick 9.1.0 or a later one"
        );
        assert!(error.ends_with(&expected), "{error}");
    }

    #[test]
    fn a_model_is_no_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bpk");
        firebrick_model::save_model(&network(1), &path).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(
            error.contains("it is not the state of a training"),
            "{error}"
        );
        assert_eq!(peek(&path), None);
    }
}
