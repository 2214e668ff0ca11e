use crate::workplace::Workplace;

#[test]
fn a_described_network_is_shown_layer_by_layer() {
    let workplace = Workplace::new();
    let default = workplace.run("summary").succeeds().stdout;
    for text in [
        "dense (Dense, sigmoid)",
        "dense_2 (Dense, softmax)",
        "Total params: 109,386",
    ] {
        assert!(default.contains(text), "{text}: {default}");
    }
    let small = workplace
        .run("summary --hidden 5 --activation relu --inputs 4 --classes 3")
        .succeeds()
        .stdout;
    assert!(
        small.contains("dense (Dense, relu)") && small.contains("Total params: 43 "),
        "{small}"
    );
    let linear = workplace
        .run("summary --hidden none --data mnist-sample")
        .succeeds()
        .stdout;
    assert!(linear.contains("Total params: 7,850 "), "{linear}");
}

#[test]
fn a_run_is_shown_by_name_or_path() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --hidden 30 --activation gelu")
        .succeeds();
    let by_name = workplace.run("summary x").succeeds().stdout;
    assert!(by_name.contains("dense (Dense, gelu)"), "{by_name}");
    assert_eq!(by_name, workplace.run("summary runs/x").succeeds().stdout);
    assert_eq!(
        by_name,
        workplace
            .run("summary --hidden 30 --activation gelu")
            .succeeds()
            .stdout
    );
}

const GRAPH: &str = r#"
[inputs]
x = [4]

[[layers]]
class_name = "Dense"
name = "hidden"
units = 4
activation = "relu"
trainable = false

[[layers]]
class_name = "Add"
inputs = ["x", "hidden"]

[[layers]]
class_name = "Dense"
name = "answers"
units = 2
"#;

#[test]
fn a_network_is_drawn_beside_its_table() {
    let workplace = Workplace::new();
    workplace.write("graph.toml", GRAPH);
    let outcome = workplace
        .run("summary --model graph.toml --show-trainable --picture graph.svg")
        .succeeds();
    for text in [
        "Connected to",
        "┃ Trainable ┃",
        "│     N     │",
        "drew the network to graph.svg\n",
    ] {
        assert!(outcome.stdout.contains(text), "{text}: {}", outcome.stdout);
    }
    let picture = workplace.read("graph.svg");
    for text in [
        "\nhidden\n",
        "\nDense, relu\n",
        "\n(None, 4), (None, 4)\n",
        "\ntrainable\n",
    ] {
        assert!(picture.contains(text), "{text}: {picture}");
    }
    // To the right it is wider than high, and replaces what we drew before.
    workplace
        .run("summary --model graph.toml --picture graph.png --rankdir LR")
        .succeeds();
    let down = image::open(workplace.path("graph.png")).unwrap();
    assert!(down.width() > down.height());
    workplace
        .run("summary --model graph.toml --picture graph.png")
        .succeeds();
    let down = image::open(workplace.path("graph.png")).unwrap();
    assert!(down.height() > down.width());
    // Standard output has the picture alone.
    let outcome = workplace
        .run("summary --model graph.toml --picture -")
        .succeeds();
    assert!(outcome.stdout.starts_with("<svg") && outcome.stdout.ends_with("</svg>\n"));
}

#[test]
fn a_run_and_flags_are_drawn_too() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x --hidden 30").succeeds();
    workplace.run("summary x --picture run.svg").succeeds();
    workplace
        .run("summary --hidden 30 --picture flags.svg")
        .succeeds();
    let picture = workplace.read("run.svg");
    assert!(picture.contains("\nDense, softmax\n"), "{picture}");
    assert_eq!(picture, workplace.read("flags.svg"));
}

#[test]
fn a_picture_that_cannot_be_is_told() {
    let workplace = Workplace::new();
    workplace.write("graph.toml", GRAPH);
    let before = workplace.files();
    for (arguments, code, words) in [
        (
            "--picture graph.gif",
            2,
            "expects the extension .svg or .png",
        ),
        (
            "--picture graph.toml",
            2,
            "is to take the picture and is `graph.toml`, which is read for them",
        ),
        (
            "--picture missing/graph.png",
            1,
            "cannot write the picture to `missing/graph.png`: there is no folder `missing`",
        ),
        (
            "--picture graph.svg --rankdir up",
            2,
            "the direction of a diagram is TB (from top to bottom) or LR (from left to right), received `up`",
        ),
        ("--rankdir LR", 2, "--picture"),
    ] {
        workplace
            .run(&format!("summary --model graph.toml {arguments}"))
            .fails(code, &[words]);
    }
    assert_eq!(before, workplace.files());
}
