#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::workplace::Workplace;

#[test]
fn ctrl_c_ends_a_training_in_order() {
    let workplace = Workplace::new();
    let mut training = Command::new(assert_cmd::cargo::cargo_bin!("firebrick"))
        .current_dir(workplace.path("."))
        .args(
            "train --data mnist-sample --epochs 100000 --ui lines --run x --lr 0.01 --device flex"
                .split(' '),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(training.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("epoch ") {
        line.clear();
        assert!(
            stdout.read_line(&mut line).unwrap() > 0,
            "the training ended early"
        );
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &training.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let output = training.wait_with_output().unwrap();

    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(
        rest.contains("ended    stopped by Ctrl-C in epoch "),
        "{rest}"
    );
    assert!(rest.contains("; what was learned is saved\n"), "{rest}");
    for name in ["config.toml", "history.csv", "model.bpk", "curves.svg"] {
        assert!(workplace.path("runs/x").join(name).exists(), "{name}");
    }
    let evaluated = workplace.run("evaluate x").succeeds().stdout;
    let accuracy = |text: &str| {
        text.split("accuracy")
            .nth(1)
            .map(|rest| rest.trim_start()[..6].to_owned())
    };
    let ended = rest.split("test     ").nth(1).unwrap();
    assert_eq!(accuracy(ended), accuracy(&evaluated), "{ended}{evaluated}");
}
