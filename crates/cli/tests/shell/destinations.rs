//! Where a command writes what a person named.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::process::Command;
use std::thread;

use crate::workplace::{Outcome, Workplace};

/// A run that was trained on `t.csv`, whose targets are numbers, and the predictions for that table.
fn trained() -> (Workplace, String) {
    let workplace = Workplace::new();
    let rows = (0..20).map(|row| format!("{row},{}\n", 2 * row));
    let table = format!("x,y\n{}", rows.collect::<String>());
    workplace.write("t.csv", table);
    workplace
        .run("train --data t.csv --target y --epochs 1 --ui quiet --run x --device flex")
        .succeeds();
    let predicted = workplace.run("predict x t.csv").succeeds().stdout;
    assert_eq!(predicted.lines().count(), 21);
    (workplace, predicted)
}

/// Runs a line of a shell, in which `$F` is the program.
fn shell(workplace: &Workplace, line: &str) -> Outcome {
    let output = Command::new("bash")
        .current_dir(workplace.path("."))
        .env("F", assert_cmd::cargo::cargo_bin!("firebrick"))
        .args(["-c", line])
        .output()
        .unwrap();
    output.into()
}

#[test]
fn what_is_read_is_not_written_over_under_any_name() {
    let (workplace, _) = trained();
    symlink("t.csv", workplace.path("soft.csv")).unwrap();
    fs::hard_link(workplace.path("t.csv"), workplace.path("hard.csv")).unwrap();
    symlink("runs/x/history.csv", workplace.path("h.svg")).unwrap();
    let before = workplace.files();
    for (arguments, input) in [
        ("predict x t.csv -o t.csv", "t.csv"),
        ("predict x t.csv -o ./t.csv", "t.csv"),
        ("predict x t.csv -o soft.csv", "t.csv"),
        ("predict x t.csv -o hard.csv", "t.csv"),
        ("predict x soft.csv -o t.csv", "soft.csv"),
        ("predict x t.csv -o runs/x/model.bpk", "runs/x/model.bpk"),
        (
            "predict x t.csv -o runs/x/config.toml",
            "runs/x/config.toml",
        ),
        ("evaluate x --data t.csv --predictions hard.csv", "t.csv"),
        ("plot x -o h.svg", "runs/x/history.csv"),
    ] {
        workplace.run(arguments).fails(
            2,
            &[&format!("`{input}`, which is read"), "name another file"],
        );
    }
    assert_eq!(workplace.files(), before);
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode_and_its_links() {
    let (workplace, predicted) = trained();
    let kept = workplace.write("data/kept.csv", "old");
    fs::set_permissions(&kept, PermissionsExt::from_mode(0o664)).unwrap();
    symlink("data/kept.csv", workplace.path("link.csv")).unwrap();
    let told = workplace.run("predict x t.csv -o link.csv").succeeds();
    assert_eq!(told.stdout, "20 predictions in link.csv\n");
    assert_eq!(workplace.read("data/kept.csv"), predicted);
    assert_eq!(fs::metadata(&kept).unwrap().mode() & 0o777, 0o664);
    assert!(
        fs::symlink_metadata(workplace.path("link.csv"))
            .unwrap()
            .is_symlink()
    );
}

#[test]
fn pipes_and_devices_take_what_is_written() {
    let (workplace, predicted) = trained();
    let pipe = workplace.path("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    workplace.run("predict x t.csv -o pipe").succeeds();
    assert_eq!(reader.join().unwrap(), predicted);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());

    workplace.run("predict x t.csv -o /dev/null").succeeds();
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );

    let outcome = shell(
        &workplace,
        "set -e; $F predict x t.csv -o >(head -1 > first.txt) > told.txt; wait $!",
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(workplace.read("first.txt"), "y\n");
}

#[test]
fn standard_output_has_what_was_asked_for_and_nothing_else() {
    let (workplace, predicted) = trained();
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        if name.starts_with("/proc") && cfg!(not(target_os = "linux")) {
            continue;
        }
        let outcome = workplace.run(&format!("predict x t.csv -o {name}"));
        assert_eq!(outcome.succeeds().stdout, predicted, "{name}");
        // Behind what the shell has in the file already.
        let line = format!("echo before > log; $F predict x t.csv -o {name} >> log");
        shell(&workplace, &line).succeeds();
        assert_eq!(workplace.read("log"), format!("before\n{predicted}"));
    }
    assert!(!workplace.path("-").exists());

    let picture = workplace.run("plot x -o -").succeeds().stdout;
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    let picture = workplace
        .run("schedule time-based:3 --steps 5 -o -")
        .succeeds()
        .stdout;
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
}

#[test]
fn predictions_on_standard_output_leave_the_judgement_to_standard_error() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let outcome = workplace.run("evaluate x --predictions -");
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stdout.starts_with("image,label,predicted\n0,"));
    assert_eq!(outcome.stdout.lines().count(), 501);
    assert!(outcome.stderr.contains("accuracy"), "{}", outcome.stderr);
}

#[test]
fn errors_name_what_was_to_be_written() {
    let (workplace, _) = trained();
    workplace.write("folder/x", "");
    for (name, word) in [
        ("no/such.csv", "there is no folder `no`"),
        ("folder", "directory"),
    ] {
        let outcome = workplace.run(&format!("predict x t.csv -o {name}")).fails(
            1,
            &[&format!("cannot write the predictions to `{name}`"), word],
        );
        assert!(!outcome.stderr.contains(".firebrick"), "{}", outcome.stderr);
    }
}

#[test]
fn what_a_killed_command_left_beside_its_file_is_removed_by_the_next() {
    let (workplace, _) = trained();
    workplace.write(".firebrick-4000000-0", "half of it");
    workplace.run("predict x t.csv -o new.csv").succeeds();
    assert!(!workplace.path(".firebrick-4000000-0").exists());
}
