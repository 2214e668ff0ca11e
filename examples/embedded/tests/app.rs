//! The program as a user runs it, in a folder without any file.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_embedded");
    let mut program = Command::new(program);
    let output = program.current_dir(&folder).args(arguments).output();
    output.expect("the example runs")
}

#[test]
fn it_tells_the_species_of_an_iris() {
    // One of each from the table, and what it is.
    for (measures, species) in [
        (["5.1", "3.5", "1.4", "0.2"], "setosa"),
        (["5.7", "2.8", "4.1", "1.3"], "versicolor"),
        (["6.3", "3.3", "6.0", "2.5"], "virginica"),
    ] {
        let output = run(&measures);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
        let shares = text.lines().map(|line| {
            let mut words = line.split_whitespace();
            let species = words.next().expect("a species");
            let share: f64 = words
                .next()
                .and_then(|share| share.parse().ok())
                .expect("a share");
            (species, share)
        });
        let best = shares
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .expect("three species");
        assert_eq!(best.0, species, "{text}");
    }
}

#[test]
fn what_is_no_measure_is_told() {
    for (arguments, told) in [
        (&["5.1", "wide", "1.4", "0.2"][..], "received `wide`"),
        (&["5.1", "nan", "1.4", "0.2"], "received `nan`"),
        (&["5.1"], "expected 4 numbers, received 1"),
    ] {
        let output = run(arguments);
        assert!(!output.status.success());
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            text.contains(told) && text.contains("usage: embedded"),
            "{text}"
        );
    }
}
