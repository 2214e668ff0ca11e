use crate::workplace::Workplace;

#[test]
fn wrong_flags_say_what_is_expected_and_leave_nothing() {
    let workplace = Workplace::new();
    for (arguments, words) in [
        (
            "--activation sigmiod",
            &[
                "unknown activation `sigmiod`, did you mean `sigmoid`?",
                "leaky_relu",
            ][..],
        ),
        ("--loss mes", &["unknown loss `mes`", "did you mean `mse`?"]),
        ("--optimizer sdg", &["unknown optimizer `sdg`", "sgd, adam"]),
        (
            "--optimizer adam --momentum 0.9",
            &["momentum is 0.9", "choose sgd or rmsprop"],
        ),
        ("--momentum 1", &["momentum is 1, expected a number from 0"]),
        ("--momentum -0.5", &["momentum is -0.5"]),
        ("--schedule time-based:0", &["at least 1", "time-based:"]),
        (
            "--schedule cosine:3",
            &["unknown schedule `cosine`", "constant:"],
        ),
        ("--learning-rate -1", &["above 0, received -1"]),
        ("--lr nan", &["above 0, received NaN"]),
        ("--lr fast", &["--learning-rate"]),
        (
            "--lr 0.1 --schedule time-based:3",
            &["--schedule", "cannot be used with"],
        ),
        ("--epochs -3", &["invalid value '-3' for '--epochs"]),
        ("--batch-size 0", &["batch_size is 0, expected at least 1"]),
        (
            "--hidden 128,0,64",
            &["layer `dense_1` has 0 units", "expected at least 1"],
        ),
        ("--hidden 0", &["layer `dense` has 0 units"]),
        (
            "--hidden 128;64",
            &["such as 128,64, or `none`; received `128;64`"],
        ),
        ("--hidden -5", &["received `-5`"]),
        (
            "--hidden 18446744073709551615",
            &["to more than 1073741824 weights"],
        ),
        ("--validation-split 0.999999", &["leaves none for training"]),
        (
            "--validation-split 0.000001 --stratified",
            &["leaves none for validation"],
        ),
        (
            "--validation-split 1",
            &["between 0 and 1, both excluded, received 1"],
        ),
        ("--validation-split -1", &["both excluded, received -1"]),
        ("--validation-split nan", &["both excluded, received NaN"]),
        ("--train-limit 0", &["a number from 1 to 1000"]),
        ("--train-limit 1001", &["cannot take the first 1001 rows"]),
        ("--seed -1", &["invalid value '-1' for '--seed"]),
        (
            "--device gpu",
            &["unknown device `gpu`", "known devices: auto, flex"],
        ),
        ("--device cuda:x", &["unknown device `cuda:x`"]),
        ("--ui tui", &["the dashboard cannot be shown: "]),
        ("--ui dashboard", &["the dashboard cannot be shown: "]),
        ("--ui fancy", &["unknown display `fancy`", "quiet"]),
        ("--run ../x", &["'../x' for '--run", "--runs-dir"]),
        ("--run .", &["expected a plain name"]),
        ("--run a/b", &["expected a plain name"]),
        ("--overwrite", &["--run <NAME>"]),
        (
            "--epoch 3",
            &["unexpected argument '--epoch'", "'--epochs'"],
        ),
        ("extra", &["unexpected argument 'extra'"]),
    ] {
        workplace
            .run(&format!("train --data mnist-sample {arguments}"))
            .fails(2, words);
        assert!(workplace.files().is_empty(), "{arguments}");
    }
    workplace
        .run("train --data mnist-sample --epochs 0")
        .fails(2, &["epochs is 0, expected at least 1"]);
    assert!(workplace.files().is_empty());
}

#[test]
fn wrong_settings_of_optimizers_say_what_is_expected() {
    let workplace = Workplace::new();
    for (arguments, words) in [
        (
            "--optimizer rmsporp",
            &[
                "did you mean `rmsprop`?",
                "adagrad, adadelta, adamax, nadam, lion",
            ][..],
        ),
        (
            "--weight-decay -0.1",
            &["weight_decay is -0.1, expected 0 or a number above it"],
        ),
        (
            "--clipnorm 0",
            &["clipnorm is 0, expected a number above 0"],
        ),
        ("--clipvalue nan", &["clipvalue is NaN"]),
        (
            "--gradient-accumulation-steps 1",
            &["gradient_accumulation_steps is 1, expected at least 2"],
        ),
        (
            "--ema=1.5",
            &["ema_momentum is 1.5, expected a number from 0 to 1"],
        ),
        (
            "--global-clipnorm -1",
            &["global_clipnorm is -1, expected a number above 0"],
        ),
        (
            "--clipnorm 1 --clipvalue 1",
            &[
                "'--clipnorm <X>'",
                "cannot be used with",
                "'--clipvalue <X>'",
            ],
        ),
    ] {
        workplace
            .run(&format!("train --data mnist-sample {arguments}"))
            .fails(2, words);
        assert!(workplace.files().is_empty(), "{arguments}");
    }
}

#[test]
fn a_loss_that_the_data_does_not_fit_is_a_wrong_flag() {
    let workplace = crate::table::workplace();
    workplace
        .run("train --data boxes.csv --target volume --loss sparse_categorical_crossentropy --ui quiet")
        .fails(2, &["cannot compare outputs of shape [1]", "take mean_squared_error"]);
    assert!(!workplace.path("runs").exists());
}

#[test]
fn numbers_below_zero_are_told_of_by_their_flag() {
    let workplace = Workplace::new();
    for (arguments, flag) in [
        ("schedule time-based:3 --steps -1", "--steps <N>"),
        (
            "schedule time-based:3 --steps 5 --steps-per-epoch -1",
            "--steps-per-epoch <M>",
        ),
        (
            "schedule time-based:3 --steps 5 --steps-per-epoch 0",
            "--steps-per-epoch <M>",
        ),
        ("predict x a.png --top -1", "--top <N>"),
        ("summary --inputs -1", "--inputs <N>"),
        ("summary --classes -1", "--classes <N>"),
        ("study curve --by width --seeds -1", "--seeds <N>"),
        ("study networks --train-limit -1", "--train-limit <N>"),
    ] {
        workplace.run(arguments).fails(2, &["invalid value", flag]);
    }
}

#[test]
#[cfg(not(feature = "cuda"))]
fn a_device_that_is_not_compiled_in_names_its_feature() {
    let workplace = Workplace::new();
    workplace
        .run("train --data mnist-sample --device cuda")
        .fails(
            2,
            &[
                "device `cuda` is not compiled into this build",
                "--features cuda",
            ],
        );
    assert!(workplace.files().is_empty());
}

#[test]
fn other_commands_check_their_flags_too() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    for (arguments, words) in [
        ("summary --hidden 3,0", &["layer `dense_1` has 0 units"][..]),
        ("summary --inputs 0", &["0 inputs"]),
        ("summary x --hidden 3", &["cannot be used with"]),
        ("predict x", &["<FILE>"]),
        ("predict x a.png --top 0", &["'0' for '--top"]),
        ("plot x --size 800", &["such as 800x500"]),
        ("evaluate x --device gpu", &["unknown device `gpu`"]),
        ("evaluate", &["<RUN>"]),
        ("completions tcsh", &["bash"]),
        ("tarin", &["unrecognized subcommand 'tarin'", "'train'"]),
    ] {
        workplace.run(arguments).fails(2, words);
    }
}

#[test]
fn help_fits_a_narrow_terminal_and_has_examples() {
    let workplace = Workplace::new();
    for command in [
        "",
        "train",
        "control",
        "watch",
        "evaluate",
        "predict",
        "summary",
        "plot",
        "schedule",
        "devices",
        "data",
        "completions",
    ] {
        let output = workplace
            .command()
            .env("COLUMNS", "60")
            .args(command.split_whitespace())
            .arg("--help")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && text.contains("\nEXAMPLES:\n  firebrick "),
            "{text}"
        );
        for line in text.lines() {
            assert!(line.chars().count() <= 60, "{command}: {line}");
        }
    }
    let help = workplace.run("train --help").succeeds().stdout;
    let place = |flag: &str| help.find(flag).unwrap();
    assert!(place("\nData:\n") < place("--target"), "{help}");
    assert!(place("--config") < place("\nData:\n"), "{help}");
    assert_eq!(
        workplace.run("--version").succeeds().stdout,
        concat!("firebrick ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn an_argument_that_a_terminal_would_obey_is_not_obeyed() {
    let workplace = Workplace::new();
    for arguments in ["tr\u{1b}[31main", "tr\u{7}ain", "train --no-such\u{8}flag"] {
        let refused = workplace.run(arguments).fails(2, &[]);
        let is_raw = |c: char| c.is_control() && c != '\n';
        assert!(!refused.stderr.contains(is_raw), "{:?}", refused.stderr);
    }
    let output = workplace.command().arg("tr\u{c}ain").output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("unrecognized subcommand 'tr\\u{c}ain'"),
        "{message}"
    );
}
