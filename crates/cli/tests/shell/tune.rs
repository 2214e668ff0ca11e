use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

#[cfg(unix)]
use crate::interrupt::AtWork;
use crate::workplace::Workplace;

/// A short search on the iris.
const IRIS: &str =
    "tune --data iris.csv --target species --classes --epochs 9 --device flex --hidden 8";
const SPACE: &str = "--search learning_rate=log:1e-3..1e-1,units=4|8";

const MODEL: &str = "input_shape = [4]\ndata = { csv = \"iris.csv\", target = \"species\", classes = true }\n\
    [[layers]]\nclass_name = \"Dense\" # hidden\nunits = 8\nactivation = \"relu\"\n\
    [[layers]]\nclass_name = \"Dropout\"\nrate = 0.5\n\
    [[layers]]\nclass_name = \"Dense\"\nunits = 3\nactivation = \"softmax\"\n\
    [compile]\noptimizer = \"adam\"\nloss = \"sparse_categorical_crossentropy\"\nmetrics = [\"accuracy\"]\n\
    [fit]\nepochs = 4\nvalidation_split = 0.2\n\
    [search]\nunits = [4, 16]\ndropout = \"0..0.5\"\n";

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    let iris = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/iris/iris.csv");
    workplace.write("iris.csv", std::fs::read(iris).unwrap());
    workplace.write("model.toml", MODEL);
    workplace
}

/// What is known of each trial without its time: the values, and the figures by epoch.
fn trials(workplace: &Workplace, search: &str) -> BTreeMap<u64, (Value, Value)> {
    let mut trials: BTreeMap<u64, (Value, Value)> = BTreeMap::new();
    for line in workplace
        .read(&format!("runs/{search}/trials.jsonl"))
        .lines()
    {
        let event: Value = serde_json::from_str(line).unwrap();
        let trial = trials.entry(event["trial"].as_u64().unwrap()).or_default();
        match event["event"].as_str().unwrap() {
            "begun" => trial.0 = event["values"].clone(),
            "trained" => trial.1 = event["figures"].clone(),
            other => panic!("{other}: {line}"),
        }
    }
    trials
}

#[test]
fn a_search_leaves_runs_a_table_and_a_page() {
    let workplace = workplace();
    let said = workplace
        .run(&format!(
            "{IRIS} {SPACE} --max-trials 4 --jobs 2 --ui lines"
        ))
        .succeeds()
        .stdout;
    for text in [
        "search   learning_rate=log:0.001..0.1, units=4|8\n",
        "strategy random, up to 9 epochs, judged by val_loss, seed 42\n",
        "device   flex, 2 at once\n",
        "; learning_rate=",
        "\nrank  trial  learning_rate  units  val_loss  epochs   time  state\n",
        "\nbest     trial ",
        "\njudge it      firebrick evaluate runs/tune-1/trial-",
        "\nfiles    runs/tune-1: search.toml, base.toml, trials.jsonl, tune.html, and a run for each trial\n",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(
        workplace
            .read("runs/tune-1/tune.html")
            .contains("<title>Search tune-1</title>")
    );
    // Each is a run like any other.
    workplace.run("evaluate tune-1/trial-0").succeeds();
    let history = workplace.read("runs/tune-1/trial-3/history.csv");
    assert_eq!(history.lines().count(), 10);
    let figures = &trials(&workplace, "tune-1")[&3].1;
    let last = history.lines().last().unwrap();
    assert!(
        last.contains(&figures[8].as_f64().unwrap().to_string()),
        "{last}: {figures}"
    );
    // Nothing is left to do, and nothing is done.
    let before = workplace.read("runs/tune-1/trials.jsonl");
    workplace.run("tune --resume tune-1 --ui quiet").succeeds();
    assert_eq!(workplace.read("runs/tune-1/trials.jsonl"), before);
}

#[test]
fn what_comes_of_a_trial_is_the_same_however_many_are_trained_at_once() {
    let workplace = workplace();
    for jobs in [1, 3] {
        workplace
            .run(&format!(
                "{IRIS} {SPACE} --strategy halving --max-trials 4 --jobs {jobs} --run jobs-{jobs} --ui quiet"
            ))
            .succeeds();
    }
    let [serial, parallel] = [1, 3].map(|jobs| trials(&workplace, &format!("jobs-{jobs}")));
    assert_eq!(serial, parallel);
}

#[test]
fn a_trial_that_goes_on_has_the_numbers_of_one_that_was_trained_at_once() {
    let workplace = workplace();
    let asha =
        format!("{IRIS} {SPACE} --strategy asha --max-trials 3 --jobs 1 --run asha --ui quiet");
    workplace.run(&asha).succeeds();
    let trained = trials(&workplace, "asha");
    let (best, (values, figures)) = trained
        .iter()
        .max_by_key(|(_, (_, figures))| figures.as_array().unwrap().len())
        .unwrap();
    assert_eq!(figures.as_array().unwrap().len(), 9);
    workplace
        .run(&format!(
            "train --data iris.csv --target species --classes --epochs 9 --device flex --hidden {} --lr {} --run once --ui quiet",
            values["units"], values["learning_rate"]
        ))
        .succeeds();
    let [history, once] = [format!("runs/asha/trial-{best}"), "runs/once".to_owned()].map(|run| {
        let table = workplace.read(&format!("{run}/history.csv"));
        let rows = table
            .lines()
            .map(|line| line.rsplit_once(',').unwrap().0.to_owned());
        rows.collect::<Vec<_>>()
    });
    assert_eq!(history, once);
}

#[cfg(unix)]
#[test]
fn a_search_that_was_killed_goes_on_and_comes_to_the_same() {
    let workplace = workplace();
    let rest = "--strategy asha --max-trials 5 --jobs 1 --ui lines";
    workplace
        .run(&format!("{IRIS} {SPACE} {rest} --run whole"))
        .succeeds();
    // For a shell.
    let search = format!("{IRIS} {} {rest}", SPACE.replace('|', "\\|"));
    for ended in ["trial 0", "trial 3"] {
        let run = ended.replace(' ', "-");
        let mut at_work = AtWork::start(&workplace, &format!("exec $F {search} --run {run}"));
        at_work.read_to(ended);
        at_work.signal("-KILL");
        at_work.end();
        let before = workplace.read(&format!("runs/{run}/trials.jsonl"));
        let said = workplace
            .run(&format!("tune --resume {run} --ui lines"))
            .succeeds()
            .stdout;
        assert!(said.contains("trials have begun before"), "{said}");
        assert_eq!(trials(&workplace, &run), trials(&workplace, "whole"));
        // What had ended stays as it was: a kept line is not written again.
        let after = workplace.read(&format!("runs/{run}/trials.jsonl"));
        assert!(after.starts_with(&before[..before.rfind('\n').unwrap_or(0)]));
        let count = |text: &str| text.matches("\"trained\"").count();
        assert_eq!(
            count(&after),
            count(&workplace.read("runs/whole/trials.jsonl"))
        );
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_search_in_order() {
    let workplace = workplace();
    let space = SPACE.replace('|', "\\|");
    let search = format!("{IRIS} {space} --epochs 100000 --jobs 2 --ui lines");
    let mut at_work = AtWork::start(&workplace, &format!("exec $F {search}"));
    at_work.read_to("search in ");
    at_work.signal("-INT");
    let (status, said, _) = at_work.end();
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(
        said.contains("not finished; go on with it: firebrick tune --resume runs/tune-1"),
        "{said}"
    );
}

#[test]
fn a_model_file_says_what_is_searched_in_its_layers() {
    let workplace = workplace();
    workplace
        .run("train --model model.toml --epochs 1 --ui quiet --device flex")
        .succeeds();
    workplace
        .run("tune --model model.toml --max-trials 3 --search batch_size=8|16 --ui quiet --device flex")
        .succeeds();
    for (number, (values, figures)) in trials(&workplace, "tune-1") {
        let config = workplace.read(&format!("runs/tune-1/trial-{number}/config.toml"));
        assert!(config.contains(&format!(
            "class_name = \"Dense\" # hidden\nunits = {}\n",
            values["units"]
        )));
        assert!(
            config.contains(&format!("rate = {}\n", values["dropout"])),
            "{config}"
        );
        assert!(
            config.contains(&format!("batch_size = {}\n", values["batch_size"])),
            "{config}"
        );
        assert_eq!(figures.as_array().unwrap().len(), 4);
    }
    workplace
        .run("evaluate tune-1/trial-0 --data iris.csv")
        .succeeds();
}

#[test]
fn a_training_that_diverges_is_a_row_and_the_search_goes_on() {
    let workplace = workplace();
    workplace
        .run(&format!("{IRIS} {SPACE} --ui quiet --json"))
        .fails(2, &["cannot be used with"]);
    let json = workplace
        .run(&format!(
            "{IRIS} --optimizer sgd --search learning_rate=1e30|0.01 --strategy grid --jobs 1 --json"
        ))
        .succeeds()
        .stdout;
    let outcome: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(outcome["best"]["trial"], 1);
    assert_eq!(outcome["finished"], true);
    let failed = outcome["trials"][1]["state"]["failed"]["reason"]
        .as_str()
        .unwrap();
    assert!(failed.contains("loss"), "{failed}");
    // Where nothing came of any, that is a failure.
    workplace
        .run(&format!(
            "{IRIS} --optimizer sgd --search learning_rate=1e30 --ui quiet"
        ))
        .fails(
            1,
            &["no trial has a figure `val_loss`: `runs/tune-2/trials.jsonl`"],
        );
}

#[test]
fn what_cannot_be_searched_is_refused_before_anything_is_made() {
    let workplace = workplace();
    for (flags, words) in [
        ("", &["nothing is searched", "--search"][..]),
        (
            "--search learnign_rate=1",
            &["`learnign_rate` to search, did you mean `learning_rate`?"],
        ),
        (
            "--search learning_rate=log:0..1",
            &["`learning_rate`: the range 0..1 is by ratios"],
        ),
        ("--search learning_rate=-1..1", &["learning_rate"]),
        ("--search units=4|x", &["`units`: expected a whole number"]),
        (
            "--search hidden=4|x",
            &["`hidden`: x: expected whole numbers"],
        ),
        (
            "--search optimizer=adam|sdg",
            &["`optimizer`: sdg", "did you mean `sgd`?"],
        ),
        ("--search epochs=1|2", &["`epochs`: the search decides"]),
        ("--search dropout=0.5", &["unknown setting `dropout`"]),
        (
            "--search lr=0..1 --strategy grid",
            &["`lr`: a grid has no end on the range 0..1"],
        ),
        (
            "--search units=4 --search units=8",
            &["`units` is searched twice"],
        ),
        (
            "--search units=4 --strategy gird",
            &["did you mean `grid`?"],
        ),
        ("--search units=4 --jobs 0", &["`--jobs 0`"]),
        ("--search units=4 --max-trials 0", &["`trials` is 0"]),
        (
            "--search units=4 --time 5",
            &["expected a time above 0 with its unit"],
        ),
        (
            "--search units=4 --monitor val_acuracy",
            &["did you mean `val_accuracy`?"],
        ),
        (
            "--search units=4 --min-epochs 10",
            &["`min_epochs` is 10, expected at most the 9 epochs"],
        ),
        (
            "--search units=4 --ui tui",
            &["`--ui tui` shows one training"],
        ),
        (
            "--search units=4 --one-cycle 0.1 --strategy asha",
            &["a cycle of rates goes by all epochs"],
        ),
        ("--search units=4 --resume tune-1", &["cannot be used with"]),
    ] {
        workplace.run(&format!("{IRIS} {flags}")).fails(2, words);
    }
    workplace
        .run("tune --resume nothing")
        .fails(1, &["no search in `nothing`"]);
    assert!(!workplace.path("runs").exists());
}

#[test]
fn a_search_goes_on_as_it_began() {
    let workplace = workplace();
    let search = format!("{IRIS} {SPACE} --max-trials 2 --epochs 2 --ui quiet --run s");
    workplace.run(&search).succeeds();
    workplace
        .run(&search)
        .fails(1, &["`runs/s` is already there", "firebrick tune --resume"]);
    workplace
        .run("tune --resume s --epochs 3")
        .fails(2, &["`--epochs` contradicts `--resume`"]);
    workplace
        .run("tune --resume s --max-trials 3 --ui quiet")
        .succeeds();
    assert_eq!(trials(&workplace, "s").len(), 3);
    let halving = search.replace("--run s", "--run h --strategy halving");
    workplace.run(&halving).succeeds();
    workplace
        .run("tune --resume h --max-trials 9")
        .fails(2, &["`--max-trials 9` contradicts `--resume`"]);
}
