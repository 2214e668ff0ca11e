//! Files of PyTorch that want to be run, want too much, or are not what they say.

use std::io::{Cursor, Write};

use firebrick_formats::{Format, Mapping, pytorch};
use firebrick_model::Sequential;
use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::{Dense, Layer};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::saved_models::data;

/// An archive as `torch.save` writes it.
fn archive(description: &[u8], storages: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    let mut add = |name: &str, bytes: &[u8]| {
        zip.start_file(format!("archive/{name}"), options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    add("data.pkl", description);
    add("byteorder", b"little");
    for (name, bytes) in storages {
        add(&format!("data/{name}"), bytes);
    }
    zip.finish().unwrap().into_inner()
}

fn stored(description: &[u8]) -> Vec<u8> {
    archive(description, &[("0", &[0; 48])], CompressionMethod::Stored)
}

/// What is said of a file that should give a network its weights.
fn message(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.pt");
    std::fs::write(&path, bytes).unwrap();
    let network = Sequential::new([4]).add(Dense::new(3).named("fc"));
    let mut network = network.build(1, &Device::flex()).unwrap();
    let before = network.get_weights().unwrap();
    let error = pytorch::load_weights(&mut network, &path, &Mapping::by_name()).unwrap_err();
    assert_eq!(network.get_weights().unwrap(), before);
    let _ = Format::PyTorch.tensors(&path);
    error.to_string()
}

fn text(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    [b"X", &length[..], text.as_bytes()].concat()
}

fn number(number: i32) -> Vec<u8> {
    [b"J", &number.to_le_bytes()[..]].concat()
}

fn numbers(sizes: &[i32]) -> Vec<u8> {
    let sizes: Vec<u8> = sizes.iter().flat_map(|size| number(*size)).collect();
    [b"(", &sizes[..], b"t"].concat()
}

/// `{"fc.weight": …}`, a tensor of floats of this shape in a storage that should have so many.
fn tensor(elements: i32, offset: i32, shape: &[i32], strides: &[i32]) -> Vec<u8> {
    let storage = [
        b"(".to_vec(),
        text("storage"),
        b"ctorch\nFloatStorage\n".to_vec(),
        text("0"),
        text("cpu"),
        number(elements),
        b"tQ".to_vec(),
    ];
    [
        b"\x80\x02}".to_vec(),
        text("fc.weight"),
        b"ctorch._utils\n_rebuild_tensor_v2\n(".to_vec(),
        storage.concat(),
        number(offset),
        numbers(shape),
        numbers(strides),
        b"\x89ccollections\nOrderedDict\n)RtRs.".to_vec(),
    ]
    .concat()
}

#[test]
fn a_tensor_that_is_what_it_says_gets_as_far_as_its_bias() {
    let message = message(&stored(&tensor(12, 0, &[3, 4], &[4, 1])));
    assert!(message.contains("weight `fc/bias` is missing"), "{message}");
}

#[test]
fn no_call_is_ever_made() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let command = format!("touch {}", made.display());
    for call in ["cposix\nsystem\n", "cos\nsystem\n", "cbuiltins\nexec\n"] {
        let pickle = [
            b"\x80\x02".to_vec(),
            call.as_bytes().to_vec(),
            text(&command),
            b"\x85R.".to_vec(),
        ]
        .concat();
        let said = message(&stored(&pickle));
        assert!(said.contains("is no file of PyTorch"), "{said}");
        // Beside weights, too.
        let mut beside = tensor(12, 0, &[3, 4], &[4, 1]);
        beside.pop();
        beside.extend(text("run"));
        beside.extend(&pickle[2..pickle.len() - 1]);
        beside.extend(b"s.");
        let said = message(&stored(&beside));
        assert!(said.contains("weight `fc/bias` is missing"), "{said}");
        assert!(!made.exists());
    }
}

#[test]
fn lying_shapes_strides_and_offsets_are_refused() {
    let cases = [
        tensor(12, 0, &[1 << 30, 1 << 30], &[1, 1]),
        tensor(12, 0, &[3, 4], &[400, 100]),
        tensor(12, 9, &[3, 4], &[4, 1]),
        tensor(12, 0, &[-3, 4], &[4, 1]),
        tensor(12, 0, &[3, 4], &[-4, 1]),
        tensor(12, 0, &[3, 4], &[4]),
        tensor(-1, 0, &[3, 4], &[4, 1]),
        tensor(
            12,
            0,
            &[i32::MAX, i32::MAX, i32::MAX, i32::MAX],
            &[0, 0, 0, 0],
        ),
    ];
    for (case, pickle) in cases.iter().enumerate() {
        let said = message(&stored(pickle));
        assert!(said.contains("is no file of PyTorch"), "{case}: {said}");
    }
    // One that fits what the description says of the storage, but is larger than the storage is.
    let elements = 1 << 28;
    let said = message(&stored(&tensor(elements, elements - 12, &[3, 4], &[4, 1])));
    assert!(
        said.contains("weight `fc/bias` is missing") || said.contains("cannot be read"),
        "{said}"
    );
    // A row that stands for all of a huge tensor: refused by its shape, before anything is made of it.
    let said = message(&stored(&tensor(12, 0, &[1 << 28, 4], &[0, 1])));
    assert!(said.contains("should have the shape [3, 4]"), "{said}");
}

#[test]
fn a_storage_that_is_too_short_is_told_when_it_is_read() {
    let network = Sequential::new([4]).add(Dense::new(3).without_bias().named("fc"));
    let mut network = network.build(1, &Device::flex()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.pt");
    std::fs::write(
        &path,
        stored(&tensor(1 << 28, (1 << 28) - 12, &[3, 4], &[4, 1])),
    )
    .unwrap();
    let error = pytorch::load_weights(&mut network, &path, &Mapping::by_name()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the values at `fc.weight` cannot be read"),
        "{error}"
    );
}

#[test]
fn archives_that_are_compressed_are_refused_before_they_are_unpacked() {
    let bomb = vec![b'N'; 80 << 20];
    let bytes = archive(&bomb, &[], CompressionMethod::Deflated);
    assert!(bytes.len() < 200_000);
    let said = message(&bytes);
    assert!(said.contains("is compressed or encrypted"), "{said}");
}

#[test]
fn descriptions_that_would_grow_are_refused() {
    let grow = "describes more values than a file of its size has tensors";
    // Each tuple holds the one before twice.
    let doubling = [&b"\x80\x02N"[..], &b"2\x86".repeat(60), b"."].concat();
    // A class with a long name, which is copied again and again.
    let name = "x".repeat(4000);
    let classes = [
        &b"\x80\x02cmodule\n"[..],
        name.as_bytes(),
        b"\nq\0",
        &b"h\0".repeat(100_000),
        b".",
    ]
    .concat();
    // Nothing, a million times.
    let nothing = [&b"\x80\x02"[..], &b"N".repeat(1_000_000), b"."].concat();
    for pickle in [doubling, classes, nothing] {
        let said = message(&stored(&pickle));
        assert!(
            said.contains(grow) || said.contains("deep within each other"),
            "{said}"
        );
    }
}

#[test]
fn descriptions_that_lie_deep_are_refused() {
    let lists = [
        &b"\x80\x02"[..],
        &b"]".repeat(50_000),
        &b"a".repeat(49_999),
        b".",
    ]
    .concat();
    let tuples = [&b"\x80\x02N"[..], &b"\x85".repeat(50_000), b"."].concat();
    // A list within itself.
    let ring = b"\x80\x02]q\0h\0a.".to_vec();
    for pickle in [lists, tuples] {
        let said = message(&stored(&pickle));
        assert!(
            said.contains("more than 200 deep within each other"),
            "{said}"
        );
    }
    let said = message(&stored(&ring));
    assert!(said.contains("is no file of PyTorch"), "{said}");
}

#[test]
fn damaged_descriptions_are_refused() {
    for pickle in [
        &b""[..],
        b"\x80\x02",
        b"\x80\x02X\xff\xff\xff\xffhi.",
        b"\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\x7fhi.",
        b"\x80\x02cno\n",
        b"\x80\x02(\x85.",
        b"\x80\x02t.",
        b"\x80\x02h\x07.",
        b"\x80\x02R.",
        b"\x80\x02\x98.",
        b"\x80\x02pabc\n.",
        b"\x80\x02}.",
    ] {
        let said = message(&stored(pickle));
        assert!(said.contains("hostile.pt"), "{said}");
    }
}

#[test]
fn files_that_are_cut_off_are_refused() {
    for file in ["torch_mlp.pt", "torch_legacy.pt", "torch_checkpoint.ckpt"] {
        let bytes = std::fs::read(data(file)).unwrap();
        for length in (0..bytes.len()).step_by(97) {
            let said = message(&bytes[..length]);
            assert!(said.contains("hostile.pt"), "{file}, {length}: {said}");
        }
    }
}

#[test]
fn other_files_are_told_what_to_do() {
    let said = message(b"\x80\x02}.");
    assert!(
        said.contains("does not begin as `torch.save` begins one"),
        "{said}"
    );
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    let said = message(&tar);
    assert!(
        said.contains("load it in PyTorch and save it again"),
        "{said}"
    );
    let said = message(&std::fs::read(data("torch_mlp.safetensors")).unwrap());
    assert!(
        said.contains("does not begin as `torch.save` begins one"),
        "{said}"
    );
    let said = message(&std::fs::read(data("cnn.keras")).unwrap());
    assert!(
        said.contains("parts `data.pkl`") || said.contains("compressed"),
        "{said}"
    );
}
