//! The program itself: its flags, its files of settings, and what it prints.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use assert_cmd::Command;
use tempfile::TempDir;

use crate::campaign::{Campaign, Outcome};
use crate::corpus;

/// Starting a program costs as much as many readings of a file.
const COST: u64 = 10;
const TABLE: &str =
    "a,b,kind,y\n1,2,x,0.5\n2,1,z,0.25\n3,5,x,0.125\n4,4,z,1\n5,9,x,2\n6,1,z,3\n7,2,x,4\n8,3,z,5\n";

#[test]
fn mutated_settings_of_a_run_are_taken_or_refused() {
    let folder = workplace();
    let campaign = Campaign {
        reader: "configs",
        extension: ".toml",
        inputs: corpus::configs(),
        words: &[
            "hidden",
            "epochs = ",
            "[data]",
            "csv",
            "metrics",
            "loss = \"huber\"",
            "optimizer",
            "data = \"mnist\"",
        ],
        cost: COST,
    };
    // The data that a mutated file names is not looked for, so that nothing is trained.
    campaign.run(|path, _| {
        let config = path.as_os_str().to_owned();
        let arguments =
            ["train", "--ui", "quiet", "--data", "nowhere", "--config"].map(OsString::from);
        outcome(&folder, arguments.into_iter().chain([config]))
    });
}

#[test]
fn mutated_arguments_are_taken_or_refused() {
    let folder = workplace();
    let lines = [
        "train --data nowhere --epochs 3 --batch-size 32 --hidden 12,8 --activation relu --optimizer adam --lr 0.01",
        "train --data nowhere --schedule one-cycle:0.1:total_steps=50 --early-stopping val_loss:3:restore --checkpoint best",
        "train --data t.csv --target nothing --classes --ignore b --features a --delimiter , --test-split 0.2",
        "schedule cosine-decay:0.1:decay_steps=100 --steps 500",
        "summary --model nowhere.toml",
        "evaluate nowhere --data t.csv --json",
        "predict nowhere picture.png rows.csv --json",
        "plot nowhere elsewhere -o both.png --size 300x200",
        "data info --data t.csv --delimiter tab",
        "data info --data mnist-sample",
        "study continue nowhere --jobs 2",
        "devices",
        "completions bash",
    ];
    let campaign = Campaign {
        reader: "arguments",
        extension: ".txt",
        inputs: lines.iter().map(|line| line.as_bytes().to_vec()).collect(),
        words: &[
            " --help",
            " --version",
            " -o /dev/null",
            " --seed ",
            " --runs-dir r",
            " --overwrite --run x",
            " -",
        ],
        cost: COST,
    };
    campaign.run(|_, bytes| {
        let words = bytes
            .split(|byte| *byte == b' ')
            .filter(|word| !word.is_empty() && !word.contains(&0));
        let arguments: Vec<OsString> = words
            .map(|word| OsString::from_vec(word.to_vec()))
            .collect();
        outcome(&folder, arguments)
    });
}

#[test]
fn mutated_tables_in_messages_reach_no_terminal_raw() {
    let folder = workplace();
    let campaign = Campaign {
        reader: "shown-tables",
        extension: ".csv",
        inputs: corpus::tables(),
        words: &["\u{1b}[31m", "\u{7}", "\u{8}", "kind", "\"open"],
        cost: COST,
    };
    campaign.run(|path, _| {
        let table = path.as_os_str().to_owned();
        let arguments = ["data".into(), "info".into(), "--data".into(), table];
        outcome(&folder, arguments)
    });
}

fn workplace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), TABLE).unwrap();
    folder
}

/// Runs the program; it has to end in order and say what a terminal can print.
fn outcome(folder: &TempDir, arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let output = Command::new(assert_cmd::cargo::cargo_bin!("firebrick"))
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env_remove("FIREBRICK_DATA_DIR")
        .env_remove("RUST_BACKTRACE")
        .args(arguments)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = format!("{messages}{}", String::from_utf8_lossy(&output.stdout));
    let is_raw = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
    if messages.contains("panicked") {
        return Outcome::Wrong(messages);
    }
    if let Some(raw) = said.chars().find(is_raw) {
        return Outcome::Wrong(format!("{raw:?} is printed: {said:?}"));
    }
    match output.status.code() {
        Some(0) => Outcome::Read,
        Some(1 | 2) => Outcome::Refused(messages),
        code => Outcome::Wrong(format!("it ends with {code:?}: {messages}")),
    }
}
