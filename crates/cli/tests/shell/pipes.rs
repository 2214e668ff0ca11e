use std::io;
use std::process::{Command, Output, Stdio};

use crate::workplace::Workplace;

/// Runs the program with this standard output.
fn run_into(workplace: &Workplace, stdout: impl Into<Stdio>, arguments: &str) -> Output {
    Command::new(assert_cmd::cargo::cargo_bin!("firebrick"))
        .current_dir(workplace.path("."))
        .args(arguments.split_whitespace())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap()
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    for arguments in [
        "data info --data mnist-sample",
        "evaluate x",
        "summary x",
        "plot x",
        "devices --check",
        "completions bash",
        "train --data mnist-sample --epochs 1 --run y --ui lines",
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = run_into(&workplace, writer, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), stderr.as_str()),
            (Some(0), ""),
            "{arguments}"
        );
    }
    assert!(
        workplace.path("runs/y/model.bpk").exists(),
        "the training went on"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_a_failure() {
    let workplace = Workplace::new();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = run_into(&workplace, full, "data info --data mnist-sample");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr.starts_with("error: cannot write to standard output: "),
        "{stderr}"
    );
}
