use serde_json::Value;

use crate::predict::{grey_png, sample_digit};
use crate::repeat::figures;
use crate::workplace::Workplace;

const CNN: &str = r#"# A small network.
input_shape = [28, 28, 1]

[[layers]]
class_name = "Conv2D"
filters = 4
kernel_size = 5
strides = 3
activation = "relu"

[[layers]]
class_name = "Flatten"

[[layers]]
class_name = "Dense"
units = 10
activation = "softmax"

[compile]
optimizer = { name = "adam", clipnorm = 5.0 }
learning_rate = 0.01
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy", { metric = "sparse_top_k_categorical_accuracy", k = 2, name = "top_2" }]

[fit]
epochs = 2
batch_size = 20
seed = 7
validation_split = 0.2
validation_freq = 2
class_weight = { 1 = 2.0 }
"#;

const TRAIN: &str = "train --model cnn.toml --data mnist-sample --device flex --ui lines";

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("cnn.toml", CNN);
    workplace
}

#[test]
fn a_network_from_a_file_trains_and_leaves_a_whole_run() {
    let workplace = workplace();
    let trained = workplace.run(TRAIN).succeeds().stdout;
    for text in [
        "data     800 training, 200 validation, 500 test images; the built-in sample of MNIST",
        "network  [28, 28, 1] → [10] in 3 layers; 2674 parameters\n",
        "learning sparse_categorical_crossentropy, adam, constant:0.01, 2 epochs, batches of 20, seed 7\n",
        "\nepoch 2/2  ",
        "  val_top_2 ",
        "\ntest     loss ",
        "files    runs/mnist-sample-1: config.toml, events.jsonl, history.csv, curves.svg, curves.png, model.bpk, log.txt, report.html, checkpoints\n",
    ] {
        assert!(trained.contains(text), "{text}: {trained}");
    }
    let history = workplace.read("runs/mnist-sample-1/history.csv");
    let rows: Vec<&str> = history.lines().collect();
    assert_eq!(
        rows[0],
        "epoch,learning_rate,loss,accuracy,top_2,val_loss,val_accuracy,val_top_2,seconds"
    );
    assert!(rows[1].contains(",,,"), "validated every second epoch");
    assert_eq!(
        workplace.read("runs/mnist-sample-1/config.toml"),
        format!(
            "# Settings of a training; repeat it with `firebrick train --config FILE`.\n\
             model = '''\n{CNN}'''\n\
             data = \"mnist-sample\"\nstratified = false\nseed = 7\ndevice = \"flex\"\n"
        )
    );
}

#[test]
fn its_run_is_evaluated_shown_and_asked() {
    let workplace = workplace();
    let trained = workplace.run(&format!("{TRAIN} --run x")).succeeds().stdout;
    let json = workplace.run("evaluate x --json").succeeds().stdout;
    let evaluation: Value = serde_json::from_str(&json).unwrap();
    let [loss, accuracy, top_2] =
        ["loss", "accuracy", "top_2"].map(|name| evaluation[name].as_f64().unwrap());
    assert!(accuracy > 0.5 && top_2 > accuracy, "{json}");
    let same = format!(
        "test     loss {loss:.4}, accuracy {accuracy:.4}, top_2 {top_2:.4} on 500 images\n"
    );
    assert!(trained.contains(&same), "{same}{trained}");

    let table = workplace
        .run("evaluate x --predictions classes.csv")
        .succeeds()
        .stdout;
    for text in [
        format!("\nloss      {loss:.4} (sparse_categorical_crossentropy)\n"),
        format!("\naccuracy  {accuracy:.4}\ntop_2     {top_2:.4}\n"),
        "\nclass  precision  recall  images\n".to_owned(),
        "\nconfusion matrix, ".to_owned(),
    ] {
        assert!(table.contains(&text), "{text}: {table}");
    }
    let classes = workplace.read("classes.csv");
    let rows = classes.lines().skip(1).map(|row| {
        let fields: Vec<&str> = row.split(',').collect();
        fields[1] == fields[2]
    });
    let right = rows.filter(|is_right| *is_right).count();
    assert!((right as f64 / 500.0 - accuracy).abs() < 1e-12);

    let summary = workplace.run("summary x").succeeds().stdout;
    assert!(summary.contains("conv2d (Conv2D)"), "{summary}");
    assert_eq!(
        summary,
        workplace.run("summary --model cnn.toml").succeeds().stdout
    );

    grey_png(&workplace.path("digit.png"), &sample_digit(3), 28);
    let answer = workplace
        .run("predict x digit.png --json --top 10")
        .succeeds()
        .stdout;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let top = answer["top"].as_array().unwrap();
    let predicted = classes.lines().nth(4).unwrap().rsplit(',').next().unwrap();
    assert_eq!(top[0]["label"].to_string(), predicted);
    let sum: f64 = top
        .iter()
        .map(|answer| answer["probability"].as_f64().unwrap())
        .sum();
    assert!((sum - 1.0).abs() < 1e-5, "{answer}");
}

#[test]
fn a_run_is_repeated_from_its_config_without_the_file() {
    let workplace = workplace();
    let flags = "--run a --momentum 0 --clipvalue 0.1 --stratified --train-limit 600";
    workplace.run(&format!("{TRAIN} {flags}")).succeeds();
    std::fs::remove_file(workplace.path("cnn.toml")).unwrap();
    workplace
        .run("train --config runs/a/config.toml --run b --ui quiet")
        .succeeds();
    assert_eq!(figures(&workplace, "a"), figures(&workplace, "b"));
    let [first, second] = ["a", "b"].map(|run| workplace.read(&format!("runs/{run}/config.toml")));
    assert_eq!(first, second);
    workplace
        .run("train --config runs/a/config.toml --run c --ui quiet --seed 8")
        .succeeds();
    assert_ne!(figures(&workplace, "a"), figures(&workplace, "c"));
}

#[test]
fn flags_win_over_the_file() {
    let workplace = workplace();
    let flags = "--run x --epochs 1 --batch-size 50 --seed 3 --validation-split 0 --loss mse \
                 --optimizer sgd --momentum 0.5 --lr 0.25";
    let trained = workplace.run(&format!("{TRAIN} {flags}")).succeeds().stdout;
    for text in [
        "1000 training, 0 validation",
        "learning mean_squared_error, sgd, constant:0.25, 1 epochs, batches of 50, seed 3\n",
    ] {
        assert!(trained.contains(text), "{text}: {trained}");
    }
    let config = workplace.read("runs/x/config.toml");
    for line in [
        "epochs = 1",
        "loss = \"mean_squared_error\"",
        "momentum = 0.5",
    ] {
        assert!(config.lines().any(|own| own == line), "{line}: {config}");
    }
    let table = workplace.run("evaluate x").succeeds().stdout;
    assert!(table.contains("(mean_squared_error)"), "{table}");

    // The settings of a run that had hidden layers give way to the file's network.
    workplace
        .train("--run mlp --hidden 5 --optimizer adam --ui quiet")
        .succeeds();
    let both = "train --config runs/mlp/config.toml --model cnn.toml --ui quiet --run both";
    workplace.run(both).succeeds();
    let summary = workplace.run("summary both").succeeds().stdout;
    assert!(summary.contains("conv2d (Conv2D)"), "{summary}");
}

#[test]
fn what_a_file_leaves_open_is_as_in_keras() {
    let workplace = workplace();
    let network = CNN.split("[compile]").next().unwrap();
    workplace.write("cnn.toml", network);
    let trained = workplace.run(TRAIN).succeeds().stdout;
    for text in [
        "1000 training, 0 validation",
        "rmsprop, constant:0.001, 1 epochs, batches of 32, seed 42\n",
        "\nepoch 1/1  learning_rate 0.001  loss ",
    ] {
        assert!(trained.contains(text), "{text}: {trained}");
    }
    assert!(!trained.contains("accuracy"), "{trained}");
}

#[test]
fn mistakes_in_the_file_are_told_with_their_line_and_leave_no_run() {
    let workplace = workplace();
    for (what, instead, message) in [
        (
            "\"Flatten\"",
            "\"Flaten\"",
            "`cnn.toml`, line 12: layer of index 1: unknown layer `Flaten`, did you mean `Flatten`?",
        ),
        (
            "filters",
            "filter",
            "`cnn.toml`, line 6: layer of index 0 (Conv2D) has no argument `filter`, did you mean `filters`?",
        ),
        (
            "class_name = \"Flatten\"",
            "class_name = \"MaxPooling2D\"\npool_size = 9",
            "`cnn.toml`, line 11: layer `max_pooling2d` (MaxPooling2D, index 1) ",
        ),
        (
            "\"sparse_categorical_crossentropy\"",
            "\"sparse_categorical_crosentropy\"",
            "`cnn.toml`, line 22: `loss`: unknown loss `sparse_categorical_crosentropy`, did you mean \
             `sparse_categorical_crossentropy`?",
        ),
        (
            "\"accuracy\"",
            "\"acuracy\"",
            "unknown metric `acuracy`, did you mean `accuracy`?",
        ),
        (
            "name = \"adam\"",
            "name = \"adm\"",
            "`cnn.toml`, line 20: `optimizer`: unknown optimizer `adm`, did you mean `adam`?",
        ),
        (
            "epochs = 2",
            "epoch = 2",
            "`cnn.toml`, line 26: unknown key `epoch` in [fit], did you mean `epochs`?",
        ),
        (
            "[fit]",
            "[fit",
            "`cnn.toml`, line 25: this is no TOML: unclosed table",
        ),
        (
            "[28, 28, 1]",
            "[28, 28, 3]",
            "the network takes samples of shape [28, 28, 3], the data has samples of shape [784]; change \
             `input_shape`",
        ),
    ] {
        assert!(CNN.contains(what), "{what}");
        workplace.write("cnn.toml", CNN.replacen(what, instead, 1));
        workplace.run(TRAIN).fails(2, &[message]);
        assert_eq!(workplace.files().len(), 1, "{instead}");
    }
    let misfit = CNN.replacen("units = 10", "units = 0", 1);
    workplace.write("cnn.toml", misfit);
    workplace.run("summary --model cnn.toml").fails(
        2,
        &["`cnn.toml`, line 14: layer `dense` (Dense, index 2) needs `units` to be at least 1"],
    );
    // As many outputs as classes are asked for by the data, not by the file.
    workplace.write("cnn.toml", CNN.replacen("units = 10", "units = 9", 1));
    workplace
        .run(TRAIN)
        .fails(2, &["the network has 9 outputs, the data has 10 classes"]);
    for command in ["train --model", "summary --model"] {
        workplace
            .run(&format!("{command} missing.toml"))
            .fails(1, &["cannot read `missing.toml`: "]);
    }
}

#[test]
fn flags_that_describe_another_network_are_refused() {
    let workplace = workplace();
    for (arguments, words) in [
        (
            format!("{TRAIN} --hidden 3"),
            &["'--model <FILE>' cannot be used with '--hidden <UNITS,…>'"][..],
        ),
        (
            format!("{TRAIN} --activation relu"),
            &["'--model <FILE>' cannot be used with '--activation <NAME>'"],
        ),
        (
            "summary --model cnn.toml --classes 3".to_owned(),
            &["cannot be used with"],
        ),
        (
            "summary x --model cnn.toml".to_owned(),
            &["cannot be used with"],
        ),
        (
            format!("{TRAIN} --clipnorm 0"),
            &["clipnorm is 0, expected a number above 0"],
        ),
    ] {
        workplace.run(&arguments).fails(2, words);
    }
    workplace.write(
        "settings.toml",
        format!("hidden = [3]\nmodel = '''\n{CNN}'''\n"),
    );
    workplace.run("train --config settings.toml").fails(
        2,
        &["`hidden` and `activation` cannot be used with a model file"],
    );
    let wrong = CNN.replacen("units", "unit", 1);
    workplace.write(
        "settings.toml",
        format!("epochs = 1\nmodel = '''\n{wrong}'''\n"),
    );
    workplace.run("train --config settings.toml").fails(
        2,
        &["`settings.toml`, line 2: `model`, line 16: layer of index 2 (Dense) has no argument `unit`"],
    );
    assert_eq!(workplace.files().len(), 2);
}

#[test]
fn pictures_are_refused_by_a_network_of_colours() {
    let workplace = workplace();
    workplace.write("cnn.toml", CNN.replacen("[28, 28, 1]", "[14, 14, 4]", 1));
    workplace.run(&format!("{TRAIN} --run x")).succeeds();
    grey_png(&workplace.path("digit.png"), &sample_digit(3), 28);
    workplace.run("predict x digit.png").fails(
        1,
        &["takes inputs of shape [14, 14, 4], which is no grey picture"],
    );
}

#[test]
fn the_examples_describe_networks() {
    let workplace = Workplace::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/models");
    for (name, num_params) in [
        ("mlp", "109,386"),
        ("cnn", "27,562"),
        ("regression", "385"),
        ("callbacks", "50,890"),
    ] {
        let command = format!("summary --model {folder}/{name}.toml");
        let summary = workplace.run(&command).succeeds().stdout;
        assert!(
            summary.contains(&format!("Total params: {num_params} ")),
            "{summary}"
        );
    }
}

#[test]
fn callbacks_of_the_file_watch_the_training_unless_a_flag_says_otherwise() {
    let workplace = workplace();
    let callbacks = "[[callbacks]]\nname = \"early_stopping\"\nmonitor = \"loss\"\nmin_delta = 1e9\npatience = 1\n\n\
                     [[callbacks]]\nname = \"model_checkpoint\"\n";
    let file =
        CNN.replacen("epochs = 2", "epochs = 5", 1)
            .replacen("validation_split = 0.2\n", "", 1);
    workplace.write("cnn.toml", format!("{file}\n{callbacks}"));
    let stopped = workplace.run(&format!("{TRAIN} --run x")).succeeds().stdout;
    assert!(
        stopped.contains("ended    stopped by EarlyStopping in epoch 2\n"),
        "{stopped}"
    );
    assert!(
        workplace
            .path("runs/x/checkpoints/epoch-0002.bpk")
            .is_file()
    );
    let flags = "--run y --epochs 3 --early-stopping none --checkpoint none --ui lines";
    let whole = workplace
        .run(&format!("train --config runs/x/config.toml {flags}"))
        .succeeds()
        .stdout;
    assert!(whole.contains("ended    all epochs done\n"), "{whole}");
    for epoch in 1..=3 {
        let model = format!("runs/y/checkpoints/epoch-000{epoch}.bpk");
        assert!(!workplace.path(&model).exists(), "{model}");
    }
    workplace.write(
        "cnn.toml",
        format!("{file}\n{callbacks}").replacen("patience", "patiense", 1),
    );
    workplace.run(TRAIN).fails(
        2,
        &["the callback `early_stopping` has no argument `patiense`, did you mean `patience`?"],
    );
}
