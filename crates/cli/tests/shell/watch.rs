//! `firebrick watch`, as far as it goes without a terminal.

use crate::workplace::Workplace;

const HISTORY: &str =
    "epoch,learning_rate,loss,val_loss,seconds\n1,0.1,0.9,0.95,1\n2,0.1,0.5,0.75,1\n";

#[test]
fn a_run_that_is_over_is_one_screen_of_text() {
    let workplace = Workplace::new();
    workplace.write("runs/old/history.csv", HISTORY);
    let outcome = workplace.run("watch old --once").succeeds();
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines.len(), 24, "{}", outcome.stdout);
    for word in ["old  epoch 2/2", "train 0.5000", "val 0.7500", "(epoch 2)"] {
        assert!(outcome.stdout.contains(word), "{word}: {}", outcome.stdout);
    }
    let words = workplace.run("watch old --once --pane words").succeeds();
    assert!(words.stdout.contains("old begins"), "{}", words.stdout);
}

#[test]
fn a_training_leaves_what_is_watched() {
    let workplace = Workplace::new();
    let training = "--data mnist-sample --epochs 2 --hidden 8 --run new";
    workplace.train(training).succeeds();
    workplace.write("runs/old/history.csv", HISTORY);
    let outcome = workplace.run("watch new --once --compare old").succeeds();
    for word in ["new  epoch 2/2", "accuracy 1/2", "old"] {
        assert!(outcome.stdout.contains(word), "{word}: {}", outcome.stdout);
    }
}

#[test]
fn what_cannot_be_watched_says_why() {
    let workplace = Workplace::new();
    workplace.write("runs/old/history.csv", HISTORY);
    workplace.write("runs/empty/config.toml", "");
    for (arguments, code, words) in [
        (
            "watch old",
            2,
            &["the output is not a terminal", "--once"][..],
        ),
        ("watch odl --once", 1, &["did you mean `old`?"]),
        ("watch empty --once", 1, &["is no run", "events.jsonl"]),
        (
            "watch old --once --pane curve",
            2,
            &["unknown pane `curve`, did you mean `curves`?"],
        ),
        (
            "train --data mnist-sample --compare old --ui lines",
            2,
            &["--compare draws on the dashboard"],
        ),
    ] {
        workplace.run(arguments).fails(code, words);
    }
}
