use std::path::Path;

use crate::data::write_folder;
use crate::predict::{grey_png, sample_digit};
use crate::workplace::Workplace;

/// The history without the last column, the seconds.
pub(crate) fn figures(workplace: &Workplace, run: &str) -> Vec<String> {
    let history = workplace.read(&format!("runs/{run}/history.csv"));
    let without_seconds = |line: &str| line.rsplit_once(',').unwrap().0.to_owned();
    history.lines().map(without_seconds).collect()
}

#[test]
fn the_same_settings_give_the_same_numbers() {
    let workplace = Workplace::new();
    grey_png(&workplace.path("digit.png"), &sample_digit(3), 28);
    let settings = "--stratified --optimizer adam --momentum 0 --hidden 20";
    for (run, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        workplace
            .train(&format!("{settings} --run {run} --seed {seed}"))
            .succeeds();
    }
    assert_eq!(figures(&workplace, "a"), figures(&workplace, "b"));
    assert_ne!(figures(&workplace, "a"), figures(&workplace, "c"));
    let predict = |run| {
        workplace
            .run(&format!("predict {run} digit.png --json --top 10"))
            .succeeds()
    };
    assert_eq!(predict("a").stdout, predict("b").stdout);
    assert_ne!(predict("a").stdout, predict("c").stdout);
}

#[test]
fn a_run_is_repeated_from_its_config() {
    let workplace = Workplace::new();
    workplace
        .train("--run a --hidden 16 --activation tanh --loss mse --momentum 0.5 --lr 0.3 --seed 9 --batch-size 50")
        .succeeds();
    workplace
        .run("train --config runs/a/config.toml --run b --ui quiet")
        .succeeds();
    assert_eq!(figures(&workplace, "a"), figures(&workplace, "b"));
    let [first, second] = ["a", "b"].map(|run| workplace.read(&format!("runs/{run}/config.toml")));
    assert_eq!(first, second);
}

#[test]
fn flags_win_over_the_file_and_the_file_over_the_defaults() {
    let workplace = Workplace::new();
    workplace.write(
        "settings.toml",
        "data = \"mnist-sample\"\nepochs = 1\nhidden = [9]\nstratified = true\nschedule = \"time-based:5\"\n",
    );
    workplace
        .run("train --config settings.toml --hidden 7,8 --stratified=false --lr 0.5 --ui quiet --run x")
        .succeeds();
    let config = workplace.read("runs/x/config.toml");
    for line in [
        "epochs = 1",
        "hidden = [7, 8]",
        "stratified = false",
        "schedule = \"constant:0.5\"",
        "batch_size = 128",
    ] {
        assert!(
            config.lines().any(|found| found == line),
            "{line}: {config}"
        );
    }
}

#[test]
fn mistakes_in_the_file_name_the_line() {
    let workplace = Workplace::new();
    let wrong = [
        (
            "epochs = 1\nbatchsize = 5\n",
            ", line 2: unknown key `batchsize`, did you mean `batch_size`?",
        ),
        ("run = \"x\"\n", ", line 1: unknown key `run`"),
        (
            "\nepochs = \"many\"\n",
            ", line 2: invalid type: string \"many\"",
        ),
        (
            "epochs = 1\n\nloss = \"mes\"\n",
            ", line 3: unknown loss `mes`, did you mean `mse`?",
        ),
        ("epochs 1\n", ", line 1: "),
        ("epochs = 1\nepochs = 2\n", ", line 2: duplicate key"),
        (
            "schedule = \"time-based:3\"\nlearning_rate = 1.0\n",
            ": `schedule` and `learning_rate` exclude one another",
        ),
        ("epochs = 0\n", "epochs is 0, expected at least 1"),
        ("learning_rate = -1.0\n", "above 0, received -1"),
    ];
    for (text, message) in wrong {
        let file = workplace.write("settings.toml", text);
        let message = message.strip_prefix(',').map_or_else(
            || message.to_owned(),
            |message| format!("`settings.toml`,{message}"),
        );
        workplace
            .run("train --config settings.toml --data mnist-sample --ui lines")
            .fails(2, &[&message]);
        std::fs::remove_file(file).unwrap();
        assert!(workplace.files().is_empty(), "{text}");
    }
    workplace
        .run("train --config missing.toml")
        .fails(1, &["cannot read the settings `missing.toml`: "]);
}

#[test]
fn a_folder_of_data_is_found_again_from_elsewhere() {
    let workplace = Workplace::new();
    write_folder(&workplace, "sets/stripes");
    workplace
        .run("train --data sets/stripes --validation-split 0.25 --epochs 1 --ui quiet")
        .succeeds();
    let run = workplace.path("runs/stripes-1");
    let outcome = workplace
        .command()
        .current_dir(Path::new("/"))
        .args(["evaluate", run.to_str().unwrap(), "--json"])
        .output()
        .unwrap();
    assert!(outcome.status.success(), "{outcome:?}");
}
