//! What is given where a run is expected.

use crate::workplace::Workplace;

#[test]
fn of_many_runs_the_nearest_are_listed_and_how_many_there_are() {
    let workplace = Workplace::new();
    for number in 0..40 {
        workplace.write(&format!("runs/digits-{number}/history.csv"), "");
    }
    workplace.write("runs/flowers/history.csv", "");
    workplace.run("evaluate flwers").fails(
        1,
        &[", did you mean `flowers`?; there are 41 runs in `runs`; called most like it: flowers\n"],
    );
    let outcome = workplace.run("evaluate digits-77");
    let listed = outcome
        .stderr
        .split("called most like it: ")
        .nth(1)
        .unwrap();
    assert_eq!(listed.matches("digits-").count(), 5, "{}", outcome.stderr);
    workplace.run("evaluate banana").fails(
        1,
        &["there are 41 runs in `runs`; none is called much like it, the newest are "],
    );
}

#[test]
fn a_file_that_is_no_run_is_called_what_it_is() {
    let workplace = Workplace::new();
    for (name, contents, words) in [
        (
            "net.keras",
            &b"PK\x03\x04"[..],
            ["a model of Keras", "firebrick import FILE --run NAME"],
        ),
        (
            "net.h5",
            b"\x89HDF\r\n\x1a\n",
            [
                "an HDF5 file, as Keras keeps",
                "firebrick import FILE.weights.h5",
            ],
        ),
        (
            "renamed",
            b"\x89HDF\r\n\x1a\n",
            [
                "an HDF5 file, as Keras keeps",
                "firebrick import FILE.weights.h5",
            ],
        ),
        (
            "net.pt",
            b"PK\x03\x04",
            ["a file of PyTorch", "firebrick import FILE --model"],
        ),
        (
            "old",
            b"\x80\x02}q\x00",
            ["a Python pickle, as PyTorch", "firebrick import FILE.pt"],
        ),
        (
            "net.safetensors",
            b"\x10\0\0\0\0\0\0\0{}",
            ["a file of safetensors", "firebrick import FILE --model"],
        ),
        (
            "net.onnx",
            b"\x08\x07",
            ["an ONNX model", "firebrick import FILE --run NAME"],
        ),
        (
            "seven.png",
            b"\x89PNG\r\n\x1a\n",
            ["a picture", "predict RUN PICTURE"],
        ),
        ("rows.CSV", b"a,b\n1,2\n", ["a table", "predict RUN TABLE"]),
        (
            "net.toml",
            b"input_shape = [3]\n",
            ["a file of settings", "--model FILE"],
        ),
        (
            "notes",
            b"",
            ["no run but a file", "name the folder of a run"],
        ),
    ] {
        workplace.write(name, contents);
        for command in ["evaluate", "plot"] {
            let place = format!("`{name}` is no run but ");
            workplace
                .run(&format!("{command} {name}"))
                .fails(1, &[&place, words[0], words[1]]);
        }
    }
}

#[test]
fn a_file_that_is_no_settings_is_called_what_it_is() {
    let workplace = Workplace::new();
    workplace.write("net.keras", b"PK\x03\x04\xff");
    workplace.write("net.bpk", b"NRUB\xff");
    for flag in ["train --model", "train --config", "summary --model"] {
        workplace.run(&format!("{flag} net.keras")).fails(
            2,
            &[
                "`net.keras` is no TOML but a model of Keras",
                "firebrick import FILE --run NAME",
            ],
        );
        workplace.run(&format!("{flag} net.bpk")).fails(
            2,
            &["`net.bpk` is no TOML but a saved model", "name a TOML file"],
        );
    }
}

#[test]
fn the_path_of_a_model_is_its_run() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --checkpoint every")
        .succeeds();
    let by_name = workplace.run("summary x").succeeds().stdout;
    for path in ["runs/x/model.bpk", "x/model.bpk"] {
        assert_eq!(
            workplace.run(&format!("summary {path}")).succeeds().stdout,
            by_name
        );
    }
    let checkpoints = workplace.path("runs/x/checkpoints");
    let name = std::fs::read_dir(checkpoints)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.starts_with("epoch-"))
        .unwrap();
    workplace
        .run(&format!("evaluate runs/x/checkpoints/{name}"))
        .fails(
            1,
            &[
                "is no run but a saved model without the folder of its run",
                "SavedModel::read",
            ],
        );
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_utf_8_is_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let workplace = Workplace::new();
    let word = OsStr::from_bytes(b"ad\xffm");
    let mut command = workplace.command();
    let output = command
        .args(["train", "--optimizer"])
        .arg(word)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("error: `ad\u{fffd}m` is no UTF-8"),
        "{message}"
    );
}
