use crate::workplace::Workplace;

const FILES: [&str; 8] = [
    "config.toml",
    "events.jsonl",
    "history.csv",
    "curves.svg",
    "curves.png",
    "model.bpk",
    "log.txt",
    "report.html",
];

#[test]
fn a_training_leaves_its_files_and_says_what_happened() {
    let workplace = Workplace::new();
    let outcome = workplace.train("").succeeds();
    for name in FILES {
        let file = workplace.path("runs/mnist-sample-1").join(name);
        assert!(std::fs::metadata(&file).unwrap().len() > 0, "{name}");
    }
    for text in [
        "data     900 training, 100 validation, 500 test images; the built-in sample of MNIST",
        "device   flex (",
        "asked for by name",
        "network  784 → 128 → 64 → 10, sigmoid, softmax; 109386 parameters\n",
        "step     host: all layers can\n",
        "learning sparse_categorical_crossentropy, sgd, time-based:3, 2 epochs, batches of 128, seed 42\n",
        "run      runs/mnist-sample-1\ncheck    loss 2.",
        "\nepoch 1/2  ",
        "\nepoch 2/2  ",
        "ended    all epochs done\n",
        "test     loss ",
        "files    runs/mnist-sample-1: config.toml, events.jsonl, history.csv, curves.svg, curves.png, model.bpk, log.txt, report.html, checkpoints\n",
    ] {
        assert!(outcome.stdout.contains(text), "{text}: {}", outcome.stdout);
    }
    assert_eq!(outcome.stdout.lines().count(), 12);
    assert!(!outcome.stdout.contains('\u{1b}'), "no colours in a pipe");
    assert_eq!(
        workplace
            .read("runs/mnist-sample-1/history.csv")
            .lines()
            .count(),
        3
    );
    assert!(
        workplace
            .read("runs/mnist-sample-1/log.txt")
            .contains("epoch 2/2")
    );
}

#[test]
fn the_config_holds_every_setting() {
    let workplace = Workplace::new();
    workplace
        .train("--run x --train-limit 200 --stratified")
        .succeeds();
    assert_eq!(
        workplace.read("runs/x/config.toml"),
        "# Settings of a training; repeat it with `firebrick train --config FILE`.\n\
         data = \"mnist-sample\"\n\
         train_limit = 200\n\
         validation_split = 0.1\n\
         stratified = true\n\
         hidden = [128, 64]\n\
         activation = \"sigmoid\"\n\
         loss = \"sparse_categorical_crossentropy\"\n\
         optimizer = \"sgd\"\n\
         momentum = 0.0\n\
         schedule = \"time-based:3\"\n\
         epochs = 2\n\
         batch_size = 128\n\
         seed = 42\n\
         device = \"flex\"\n"
    );
}

#[test]
fn the_device_is_kept_by_the_name_it_resolved_to() {
    let workplace = Workplace::new();
    workplace.train("--run x --device auto").succeeds();
    assert!(!workplace.read("runs/x/config.toml").contains("auto"));
}

#[test]
fn runs_are_numbered_and_can_be_elsewhere() {
    let workplace = Workplace::new();
    for _ in 0..2 {
        workplace.train("--ui quiet --runs-dir a/b").succeeds();
    }
    for run in ["a/b/mnist-sample-1", "a/b/mnist-sample-2"] {
        assert!(workplace.path(run).join("model.bpk").exists(), "{run}");
    }
}

#[test]
fn quiet_prints_nothing() {
    let workplace = Workplace::new();
    assert_eq!(workplace.train("--ui quiet").succeeds().stdout, "");
}

#[test]
fn without_a_split_there_is_no_validation() {
    let workplace = Workplace::new();
    let outcome = workplace.train("--run x --validation-split 0").succeeds();
    assert!(outcome.stdout.contains("1000 training, 0 validation"));
    assert!(!outcome.stdout.contains("val_loss"));
    let history = workplace.read("runs/x/history.csv");
    let header = "epoch,learning_rate,loss,accuracy,seconds";
    assert_eq!(history.lines().next(), Some(header));
}

#[test]
fn the_limit_applies_before_the_split() {
    let workplace = Workplace::new();
    let outcome = workplace.train("--train-limit 500").succeeds();
    assert!(
        outcome.stdout.contains("450 training, 50 validation"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_linear_classifier_has_no_hidden_layers() {
    let workplace = Workplace::new();
    for (run, hidden) in [("a", "--hidden=none"), ("b", "--hidden=")] {
        let outcome = workplace
            .train(&format!("{hidden} --run {run} --lr 0.1"))
            .succeeds();
        assert!(
            outcome
                .stdout
                .contains("network  784 → 10, softmax; 7850 parameters")
        );
        assert!(outcome.stdout.contains("constant:0.1"));
        assert!(
            workplace
                .read(&format!("runs/{run}/config.toml"))
                .contains("hidden = []\n")
        );
    }
}

#[test]
fn every_optimizer_trains_and_keeps_its_settings() {
    let workplace = Workplace::new();
    for name in [
        "sgd", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lion",
    ] {
        let settings = "--train-limit 200 --weight-decay 0.01 --global-clipnorm 1";
        workplace
            .train(&format!("--optimizer {name} --run {name} {settings}"))
            .succeeds();
        let config = workplace.read(&format!("runs/{name}/config.toml"));
        for line in [
            format!("optimizer = \"{}\"\n", name.to_lowercase()),
            "weight_decay = 0.01\nglobal_clipnorm = 1.0\n".to_owned(),
        ] {
            assert!(config.contains(&line), "{config}");
        }
    }
    let settings = "--train-limit 200 --gradient-accumulation-steps 2 --ema";
    workplace
        .train(&format!("--run averaged {settings}"))
        .succeeds();
    let config = workplace.read("runs/averaged/config.toml");
    let lines = "gradient_accumulation_steps = 2\nema = 0.99\n";
    assert!(config.contains(lines), "{config}");
    let config = workplace.write(
        "two.toml",
        "optimizer = \"lion\"\nclipnorm = 1.0\nclipvalue = 1.0\n",
    );
    workplace
        .train(&format!("--run two --config {}", config.display()))
        .fails(2, &["only one of clipnorm, clipvalue and global_clipnorm"]);
}

#[test]
fn a_rate_that_is_hardly_meant_is_warned_of_on_screen_and_in_the_log() {
    let workplace = Workplace::new();
    let outcome = workplace.train("--run x --train-limit 200 --optimizer lion --lr 1");
    let words = "a learning rate of 1 is much for lion";
    assert!(
        outcome.stderr.starts_with(&format!("warning: {words}")),
        "{}",
        outcome.stderr
    );
    let log = workplace.read("runs/x/log.txt");
    assert!(log.contains(words), "{log}");
    // The rate of the paper.
    workplace
        .train("--run y --train-limit 200 --optimizer adadelta --lr 1")
        .succeeds();
}

#[test]
fn adam_starts_at_its_own_rate() {
    let workplace = Workplace::new();
    workplace.train("--optimizer adam --run adam").succeeds();
    assert!(
        workplace
            .read("runs/adam/config.toml")
            .contains("schedule = \"constant:0.001\"\n")
    );
    workplace
        .train("--optimizer adam --schedule time-based:1:scale=0.01 --run falling")
        .succeeds();
    let config = workplace.read("runs/falling/config.toml");
    assert!(
        config.contains("schedule = \"time-based:1:scale=0.01\"\n"),
        "{config}"
    );
}

#[test]
fn an_existing_run_stays_untouched() {
    let workplace = Workplace::new();
    workplace.train("--run x").succeeds();
    let before = workplace.files();
    workplace
        .train("--run x --seed 7")
        .fails(1, &["the run `runs/x` is already there", "--overwrite"]);
    assert_eq!(workplace.files(), before);
}

#[test]
fn overwriting_replaces_the_run_and_nothing_else() {
    let workplace = Workplace::new();
    workplace.train("--run x").succeeds();
    workplace.write("runs/x/notes.txt", "mine");
    workplace.train("--run x --seed 7 --overwrite").succeeds();
    assert!(workplace.read("runs/x/config.toml").contains("seed = 7\n"));
    assert_eq!(workplace.read("runs/x/notes.txt"), "mine");
}

#[test]
fn a_loss_that_is_no_number_keeps_what_was_learned_before() {
    let workplace = Workplace::new();
    // Learns for some epochs, swings ever wider and ends in numbers that are none.
    let settings = "--hidden 64,64,64 --activation linear --momentum 0.9 --learning-rate 0.3 \
                    --batch-size 900";
    let outcome = workplace
        .train(&format!("{settings} --run x --epochs 40"))
        .fails(
            1,
            &["the weights from before are kept", "smaller learning rate"],
        );
    assert!(outcome.stdout.contains("files    runs/x: config.toml"));
    let epochs = workplace.read("runs/x/history.csv").lines().count() - 1;
    assert!(epochs > 0);

    // The kept weights are those of a training that ended there.
    let clean = format!("{settings} --run clean --epochs {epochs}");
    workplace.train(&clean).succeeds();
    let evaluated = |run: &str| {
        let command = format!("evaluate {run} --json");
        workplace.run(&command).succeeds().stdout
    };
    assert_eq!(evaluated("x"), evaluated("clean"));
}

#[test]
fn a_training_that_learned_nothing_leaves_no_run() {
    let workplace = Workplace::new();
    workplace
        .train("--run x --learning-rate 1e30 --activation relu")
        .fails(
            1,
            &[
                "the loss became NaN in epoch 1, batch ",
                "smaller learning rate",
            ],
        );
    assert!(!workplace.path("runs/x").exists());
}

#[test]
fn a_loss_that_does_not_move_is_told() {
    let workplace = Workplace::new();
    let outcome = workplace.train("--run x --lr 1e-30").succeeds();
    let hint = "hint: the loss has not moved since the epoch before; the learning rate is";
    assert!(outcome.stdout.contains(hint), "{}", outcome.stdout);
    assert!(workplace.read("runs/x/log.txt").contains(hint));
}

#[test]
fn keras_lines_and_its_bar_are_plain_text_in_a_pipe() {
    let workplace = Workplace::new();
    for (display, between) in [
        ("bar", " ━━━━━━━━━━━━━━━━━━━━ 0s "),
        ("keras-lines", " - 0s - "),
    ] {
        let settings = "--train-limit 200 --epochs 2 --batch-size 90";
        let outcome = workplace.train(&format!("--ui {display} --run {display} {settings}"));
        let stdout = outcome.succeeds().stdout;
        for epoch in 1..=2 {
            let heading = format!("Epoch {epoch}/2\n2/2{between}");
            assert!(stdout.contains(&heading), "{stdout}");
        }
        for word in ["s/step - accuracy: 0.", " - val_loss: "] {
            assert_eq!(stdout.matches(word).count(), 2, "{stdout}");
        }
        assert!(!stdout.contains(['\x1b', '\r', '\x08']), "{stdout}");
    }
}
