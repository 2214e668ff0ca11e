#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::workplace::Workplace;

/// A training at work, of which something is read as it comes.
pub(crate) struct AtWork {
    process: Child,
    stdout: BufReader<ChildStdout>,
}

impl AtWork {
    /// Runs a line of a shell in which `$F` is the program, which takes the place of the shell.
    pub(crate) fn start(workplace: &Workplace, line: &str) -> Self {
        let mut process = Command::new("bash")
            .current_dir(workplace.path("."))
            .env("F", assert_cmd::cargo::cargo_bin!("firebrick"))
            .env("RESET", RESET)
            .args(["-c", line])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Self { process, stdout }
    }

    /// Trains on the sample for as long as nobody stops it; some epochs are done.
    pub(crate) fn train(workplace: &Workplace, arguments: &str) -> Self {
        let mut training = Self::start(workplace, &format!("exec $RESET $F {LONG} {arguments}"));
        training.read_to("epoch ");
        training
    }

    /// Reads to a line that begins so, and gives it.
    pub(crate) fn read_to(&mut self, beginning: &str) -> String {
        let mut line = String::new();
        while !line.starts_with(beginning) {
            line.clear();
            assert!(
                self.stdout.read_line(&mut line).unwrap() > 0,
                "the training ended early"
            );
        }
        line
    }

    pub(crate) fn signal(&self, name: &str) {
        let number = self.process.id().to_string();
        let sent = Command::new("kill").args([name, &number]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end: how it was, the rest of what was printed, and the errors.
    pub(crate) fn end(mut self) -> (ExitStatus, String, String) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        let output = self.process.wait_with_output().unwrap();
        (
            output.status,
            rest,
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}

/// The tests themselves may run under `nohup`, whose signals a process inherits.
const RESET: &str = if cfg!(target_os = "linux") {
    "env --default-signal=HUP"
} else {
    ""
};

const LONG: &str =
    "train --data mnist-sample --epochs 100000 --ui lines --run x --lr 0.01 --device flex";

#[test]
fn a_signal_ends_a_training_in_order() {
    for (signal, name, code) in [
        ("-INT", "Ctrl-C", 130),
        ("-TERM", "SIGTERM", 143),
        ("-HUP", "SIGHUP", 129),
    ] {
        let workplace = Workplace::new();
        let training = AtWork::train(&workplace, "");
        training.signal(signal);
        let (status, rest, stderr) = training.end();

        assert_eq!(status.code(), Some(code));
        assert_eq!(stderr, "");
        assert!(
            rest.contains(&format!("ended    stopped by {name} in epoch ")),
            "{rest}"
        );
        assert!(rest.contains("; what was learned is saved\n"), "{rest}");
        for name in ["config.toml", "history.csv", "model.bpk", "curves.svg"] {
            assert!(workplace.path("runs/x").join(name).exists(), "{name}");
        }
        assert!(!workplace.path("runs/x/.lock").exists());
        let evaluated = workplace.run("evaluate x").succeeds().stdout;
        let accuracy = |text: &str| {
            text.split("accuracy")
                .nth(1)
                .map(|rest| rest.trim_start()[..6].to_owned())
        };
        let ended = rest.split("test     ").nth(1).unwrap();
        assert_eq!(accuracy(ended), accuracy(&evaluated), "{ended}{evaluated}");
    }
}

#[test]
fn a_signal_ends_a_training_in_order_under_every_display() {
    for (display, signal, code) in [
        ("bar", "-TERM", 143),
        ("bar", "-HUP", 129),
        ("keras-lines", "-TERM", 143),
        ("keras-lines", "-INT", 130),
        ("quiet", "-TERM", 143),
        ("quiet", "-HUP", 129),
    ] {
        let workplace = Workplace::new();
        let line = format!("exec $RESET $F {LONG} --ui {display}").replace("--ui lines ", "");
        let mut training = AtWork::start(&workplace, &line);
        if display == "quiet" {
            let history = workplace.path("runs/x/history.csv");
            while !history.exists() {
                let ended = training.process.try_wait().unwrap();
                assert_eq!(ended, None, "the training ended early");
                std::thread::yield_now();
            }
        } else {
            training.read_to("Epoch 3/");
        }
        training.signal(signal);
        let (status, rest, stderr) = training.end();

        assert_eq!(status.code(), Some(code), "{display}: {stderr}");
        assert_eq!(stderr, "", "{display}");
        let is_told = rest.contains("; what was learned is saved\n");
        assert_eq!(is_told, display != "quiet", "{rest}");
        assert!(workplace.path("runs/x/model.bpk").exists(), "{display}");
        assert!(!workplace.path("runs/x/.lock").exists(), "{display}");
        workplace.run("evaluate x").succeeds();
    }
}

#[test]
fn a_training_that_is_to_outlive_its_terminal_does() {
    let workplace = Workplace::new();
    // As `nohup` starts it.
    let mut training = AtWork::start(&workplace, &format!("trap '' HUP; exec $F {LONG}"));
    training.read_to("epoch ");
    training.signal("-HUP");
    for _ in 0..5 {
        training.read_to("epoch ");
    }
    training.signal("-TERM");
    let (status, rest, _) = training.end();
    assert_eq!(status.code(), Some(143));
    assert!(rest.contains("stopped by SIGTERM"), "{rest}");
}

#[test]
fn a_second_training_in_a_run_is_refused_while_the_first_lives() {
    let workplace = Workplace::new();
    let training = AtWork::train(&workplace, "");
    let number = training.process.id().to_string();
    workplace.train("--run x --overwrite").fails(
        1,
        &[
            &format!("`runs/x` is being written into by process {number}, for "),
            " s by now; ",
            "choose another name",
        ],
    );
    workplace
        .train("--run x")
        .fails(1, &["the run `runs/x` is already there"]);
    // Whoever only looks is not in the way.
    workplace.run("evaluate x").succeeds();
    training.signal("-TERM");
    assert_eq!(training.end().0.code(), Some(143));
    workplace.train("--run x --overwrite").succeeds();
}

#[test]
fn what_a_killed_training_has_locked_is_free() {
    let workplace = Workplace::new();
    let training = AtWork::train(&workplace, "");
    let lock = workplace.path("runs/x/.lock");
    training.signal("-KILL");
    assert_eq!(training.end().0.code(), None);
    // The lock's file has stayed, and says who held it; whoever has that number today is not asked.
    let own = std::process::id();
    for holder in [
        std::fs::read_to_string(&lock).unwrap(),
        format!("process = {own}\nsince = 0\n"),
    ] {
        std::fs::write(&lock, holder).unwrap();
        workplace.write("runs/x/.firebrick-4000000-0", "half of a model");
        workplace.train("--run x --overwrite").succeeds();
        assert!(!lock.exists());
        assert!(!workplace.path("runs/x/.firebrick-4000000-0").exists());
    }
}

#[test]
fn a_run_that_was_to_be_replaced_is_back_after_a_kill() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --checkpoint best")
        .succeeds();
    let before = workplace.files();
    // An epoch takes seconds, the kill comes before it begins.
    let line = format!("exec $F {LONG} --overwrite --hidden 2000,2000 --batch-size 1");
    let mut training = AtWork::start(&workplace, &line);
    training.read_to("run ");
    training.signal("-KILL");
    training.end();
    assert!(!workplace.path("runs/x/model.bpk").exists());

    workplace.run("evaluate x").succeeds();
    assert_eq!(workplace.files(), before);
    // Nor does what the killed one left keep anybody from training there.
    workplace.train("--run x --overwrite").succeeds();
}
