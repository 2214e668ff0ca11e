use std::ffi::CString;
use std::path::Path;

use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::{Add, Layer, Subtract};
use firebrick_model::{Graph, MlpConfig, ModelCard, ModelError, input, save_card, save_model};

use super::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A network that is freed at the end of its test.
#[derive(Debug)]
struct Loaded(*mut FirebrickModel);

impl Loaded {
    fn from_path(path: &Path) -> Result<Self, FirebrickStatus> {
        let path = CString::new(path.to_str().unwrap()).unwrap();
        let mut model = ptr::null_mut();
        // SAFETY: a text and a place of our own.
        match unsafe { firebrick_load(path.as_ptr(), &raw mut model) } {
            FirebrickStatus::Ok => Ok(Self(model)),
            status => {
                assert!(model.is_null());
                Err(status)
            }
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, FirebrickStatus> {
        let mut model = ptr::null_mut();
        // SAFETY: bytes and a place of our own.
        match unsafe { firebrick_load_bytes(bytes.as_ptr(), bytes.len(), &raw mut model) } {
            FirebrickStatus::Ok => Ok(Self(model)),
            status => {
                assert!(model.is_null());
                Err(status)
            }
        }
    }

    fn predict(&self, rows: &[f32], answers: &mut [f32]) -> FirebrickStatus {
        // SAFETY: a network and memory of our own.
        unsafe {
            firebrick_predict(
                self.0,
                rows.as_ptr(),
                rows.len(),
                answers.as_mut_ptr(),
                answers.len(),
            )
        }
    }

    fn predict_all(&self, inputs: &[FirebrickRows], outputs: &[FirebrickRoom]) -> FirebrickStatus {
        // SAFETY: a network of our own; what is in the lists is memory of the test.
        unsafe {
            firebrick_predict_all(
                self.0,
                inputs.as_ptr(),
                inputs.len(),
                outputs.as_ptr(),
                outputs.len(),
            )
        }
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: made in `from_path` or `from_bytes`, and this is the last of it.
        unsafe { firebrick_free(self.0) }
    }
}

fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: if not null, it comes from the library and what it belongs to is there.
    let text = (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) });
    text.map(|text| text.to_str().unwrap().to_owned())
}

fn last_error() -> String {
    text(firebrick_last_error()).unwrap()
}

fn failure(status: FirebrickStatus) -> String {
    format!("{status:?}: {}", last_error())
}

fn rows(values: &[f32]) -> FirebrickRows {
    FirebrickRows {
        values: values.as_ptr(),
        len: values.len(),
    }
}

fn room(values: &mut [f32]) -> FirebrickRoom {
    FirebrickRoom {
        values: values.as_mut_ptr(),
        len: values.len(),
    }
}

/// A classifier of four features and three classes, of which the file names two.
fn save_classifier(path: &Path) -> Result<(), ModelError> {
    save_model(
        &MlpConfig::new(4, 3)
            .with_hidden([8])
            .init(1, &Device::flex())?,
        path,
    )?;
    let card = ModelCard {
        labels: vec!["wanted".to_owned(), "sp\0am".to_owned()],
        ..ModelCard::default()
    };
    save_card(&card, path)
}

fn with_classifier(test: impl FnOnce(&Path, Loaded) -> Outcome) -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.bpk");
    save_classifier(&path)?;
    let loaded = Loaded::from_path(&path).map_err(failure)?;
    test(&path, loaded)
}

#[test]
fn a_network_says_through_c_what_it_says_in_rust() -> Outcome {
    with_classifier(|path, from_path| {
        let from_bytes = Loaded::from_bytes(&std::fs::read(path)?).map_err(failure)?;
        let predictor = firebrick_model::load(path)?;
        let samples = [5.1, 3.5, 1.4, 0.2, 6.2, 2.9, 4.3, 1.3];
        let expected = predictor.predict(&samples)?;
        for model in [from_path, from_bytes] {
            let mut answers = [0.0; 6];
            assert_eq!(model.predict(&samples, &mut answers), FirebrickStatus::Ok);
            assert_eq!(answers.as_slice(), expected);
        }
        Ok(())
    })
}

#[test]
fn a_network_tells_its_sizes_and_names() -> Outcome {
    with_classifier(|_, loaded| {
        let model = loaded.0;
        // SAFETY: a network that is there to the end of the test.
        unsafe {
            assert_eq!(
                (firebrick_num_inputs(model), firebrick_num_outputs(model)),
                (1, 1)
            );
            assert_eq!(
                (
                    firebrick_input_len(model, 0),
                    firebrick_output_len(model, 0)
                ),
                (4, 3)
            );
            assert!(!text(firebrick_input_name(model, 0)).unwrap().is_empty());
            assert!(!text(firebrick_output_name(model, 0)).unwrap().is_empty());
            assert_eq!(firebrick_num_classes(model), 2);
            assert_eq!(
                text(firebrick_class_name(model, 0)).as_deref(),
                Some("wanted")
            );
            assert_eq!(
                text(firebrick_class_name(model, 1)).as_deref(),
                Some("sp\u{fffd}am")
            );
            assert_eq!(text(firebrick_class_name(model, 2)), None);
            assert_eq!(
                last_error(),
                "the network has 2 names of classes, asked for is the one with index 2 (counted from 0); take another one"
            );
            assert_eq!(
                (
                    firebrick_input_len(model, 1),
                    firebrick_output_len(model, 1)
                ),
                (0, 0)
            );
            assert!(firebrick_output_name(model, usize::MAX).is_null());
        }
        Ok(())
    })
}

#[test]
fn null_pointers_are_errors() -> Outcome {
    let null = FirebrickStatus::NullPointer;
    let mut model = ptr::null_mut();
    // SAFETY: null is what these take.
    unsafe {
        assert_eq!(firebrick_load(ptr::null(), &raw mut model), null);
        assert_eq!(
            last_error(),
            "`path` is null, expected a pointer; check what gave it"
        );
        assert_eq!(firebrick_load(c"model.bpk".as_ptr(), ptr::null_mut()), null);
        assert!(last_error().contains("`model`"));
        assert_eq!(firebrick_load_bytes(ptr::null(), 1, &raw mut model), null);
        assert!(last_error().contains("`bytes`"));
        assert_eq!(firebrick_num_inputs(ptr::null()), 0);
        assert_eq!(firebrick_output_len(ptr::null(), 0), 0);
        assert!(firebrick_class_name(ptr::null(), 0).is_null());
        assert_eq!(
            firebrick_predict(ptr::null(), ptr::null(), 0, ptr::null_mut(), 0),
            null
        );
        firebrick_free(ptr::null_mut());
    }
    with_classifier(|_, model| {
        let mut answers = [0.0; 3];
        // SAFETY: a network and memory of our own; null is looked for.
        unsafe {
            assert_eq!(
                firebrick_predict(model.0, ptr::null(), 4, answers.as_mut_ptr(), 3),
                null
            );
            assert_eq!(
                firebrick_predict(model.0, [0.0; 4].as_ptr(), 4, ptr::null_mut(), 3),
                null
            );
            assert_eq!(
                firebrick_predict_all(model.0, ptr::null(), 1, ptr::null(), 1),
                null
            );
        }
        let nowhere = FirebrickRows {
            values: ptr::null(),
            len: 4,
        };
        assert_eq!(model.predict_all(&[nowhere], &[room(&mut answers)]), null);
        assert!(last_error().contains("`inputs[].values`"));
        Ok(())
    })
}

#[test]
fn other_lengths_are_errors() -> Outcome {
    with_classifier(|_, model| {
        for (num_values, num_answers) in [(3, 3), (5, 3), (4, 2), (4, 6), (8, 3), (0, 3), (4, 0)] {
            let (values, mut answers) = (vec![0.0; num_values], vec![0.0; num_answers]);
            let status = model.predict(&values, &mut answers);
            assert_eq!(
                status,
                FirebrickStatus::WrongLength,
                "{num_values} {num_answers}"
            );
            assert!(
                last_error().contains("numbers, expected"),
                "{}",
                last_error()
            );
        }
        assert_eq!(model.predict(&[], &mut []), FirebrickStatus::Ok);
        let (values, mut answers) = ([0.0; 4], [0.0; 3]);
        let status = model.predict_all(&[rows(&values); 2], &[room(&mut answers)]);
        assert_eq!(status, FirebrickStatus::WrongLength);
        assert_eq!(
            model.predict_all(&[rows(&values)], &[]),
            FirebrickStatus::WrongLength
        );
        // SAFETY: the length is looked at before anything is read.
        let status = unsafe {
            firebrick_predict(
                model.0,
                values.as_ptr(),
                usize::MAX,
                answers.as_mut_ptr(),
                3,
            )
        };
        assert_eq!(status, FirebrickStatus::InvalidArgument);
        Ok(())
    })
}

#[test]
fn memory_that_is_given_twice_is_an_error() -> Outcome {
    with_classifier(|_, model| {
        let mut values = [0.5_f32; 7];
        let first = values.as_mut_ptr();
        // SAFETY: a network and memory of our own, where both lie.
        let status = |answers| unsafe { firebrick_predict(model.0, first, 4, answers, 3) };
        assert_eq!(status(first), FirebrickStatus::InvalidArgument);
        assert_eq!(
            last_error(),
            "`answers` has memory in common with `rows`, expected memory of its own for each output; give it another place"
        );
        assert_eq!(
            status(first.wrapping_add(3)),
            FirebrickStatus::InvalidArgument
        );
        assert_eq!(status(first.wrapping_add(4)), FirebrickStatus::Ok);
        Ok(())
    })
}

#[test]
fn several_inputs_and_outputs_go_by_their_order() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.bpk");
    let (a, b) = (input([1]), input([1]));
    let outputs = [Add::new().on([&a, &b]), Subtract::new().on([&a, &b])];
    save_model(
        &Graph::new([a, b], outputs).build(1, &Device::flex())?,
        &path,
    )?;
    let model = Loaded::from_path(&path).map_err(failure)?;

    let (a, b, mut sums, mut differences) = ([5.0, 1.0], [3.0, 2.0], [9.0; 2], [9.0; 2]);
    let inputs = [rows(&a), rows(&b)];
    let status = model.predict_all(&inputs, &[room(&mut sums), room(&mut differences)]);
    assert_eq!(status, FirebrickStatus::Ok);
    assert_eq!((sums, differences), ([8.0, 3.0], [2.0, -1.0]));

    let twice = room(&mut sums);
    assert_eq!(
        model.predict_all(&inputs, &[twice, twice]),
        FirebrickStatus::InvalidArgument
    );
    assert_eq!(model.predict(&a, &mut sums), FirebrickStatus::WrongLength);
    Ok(())
}

#[test]
fn what_is_no_model_is_an_error() -> Outcome {
    let missing = Loaded::from_path(Path::new("no/such/model.bpk"));
    assert_eq!(missing.err(), Some(FirebrickStatus::CannotRead));
    assert!(last_error().starts_with("cannot read the model file `no/such/model.bpk`: "));

    assert_eq!(
        Loaded::from_bytes(&[]).err(),
        Some(FirebrickStatus::InvalidModel)
    );
    assert!(last_error().starts_with("`the model in memory` is not a model"));
    with_classifier(|path, _| {
        let mut bytes = std::fs::read(path)?;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        assert_eq!(
            Loaded::from_bytes(&bytes).err(),
            Some(FirebrickStatus::InvalidModel)
        );
        assert!(last_error().contains("checksum"), "{}", last_error());
        Ok(())
    })
}

#[test]
fn a_path_that_is_no_utf_8_is_an_error() {
    let mut model = ptr::dangling_mut();
    // SAFETY: a text and a place of our own.
    let status = unsafe { firebrick_load(c"mod\xffel.bpk".as_ptr(), &raw mut model) };
    assert_eq!(status, FirebrickStatus::InvalidArgument);
    assert!(
        last_error().starts_with("`path` is no UTF-8 from byte 3 on"),
        "{}",
        last_error()
    );
    assert!(model.is_null());
}

#[test]
fn the_last_error_stays_until_another_call_fails() -> Outcome {
    with_classifier(|_, model| {
        let mut answers = [0.0; 3];
        assert_eq!(
            model.predict(&[0.0], &mut answers),
            FirebrickStatus::WrongLength
        );
        let first = firebrick_last_error();
        let message = last_error();
        assert_eq!(model.predict(&[0.0; 4], &mut answers), FirebrickStatus::Ok);
        assert_eq!(text(first), Some(message));
        Ok(())
    })
}
