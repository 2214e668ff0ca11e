use crate::workplace::Workplace;

const WIDTH: &str = "study curve --by width --values 1,4 --seeds 2 --data mnist-sample --train-size 60 \
                     --validation-size 200 --epochs 3 --device flex --ui lines";

#[test]
fn three_networks_are_trained_shown_and_kept() {
    let workplace = Workplace::new();
    let arguments =
        "study networks --data mnist-sample --hidden 16 --epochs 2 --device flex --ui lines";
    let said = workplace.run(arguments).succeeds().stdout;
    for text in [
        "data     900 training, 100 validation, 500 test images; the built-in sample of MNIST",
        "network  784 → 16 → 10, sigmoid inside, softmax at the end\n",
        "\nfrom scratch: mean squared error, gradient descent at 10\nepoch 1/2  learning_rate 10  loss 0.",
        "\nBurn module: cross-entropy, sgd at 0.5\nepoch 1/2  learning_rate 0.5  loss ",
        "\nKeras style: cross-entropy, sgd at time-based:3\nepoch 1/2  learning_rate 1  loss ",
        "\ntest accuracy 0.",
        "\nfiles    runs/networks-1: study.toml, networks.csv, networks.svg, networks.png, report.html\n",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert_eq!(
        workplace
            .read("runs/networks-1/networks.csv")
            .lines()
            .count(),
        7
    );
    let again = workplace
        .run("study continue networks-1 --ui lines")
        .succeeds()
        .stdout;
    assert!(again.contains("\nKeras style: already done\n"), "{again}");
    assert!(!again.contains("epoch 1/2"), "{again}");
}

#[test]
fn a_curve_tells_every_training_and_what_they_say_together() {
    let workplace = Workplace::new();
    let said = workplace.run(WIDTH).succeeds().stdout;
    for text in [
        "learning adam at 0.003, 3 epochs, batches of 32\n",
        "\n4/4  width ",
        "\n     width     params    training error  validation error ",
        "\nThe validation error is lowest, ",
        "\nfiles    runs/width-1: study.toml, curve.csv, curve.svg, curve.png, report.html\n",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    let quiet = workplace
        .run(&format!("{WIDTH} --ui quiet"))
        .succeeds()
        .stdout;
    assert_eq!(quiet, "");
    let [first, second] = ["width-1", "width-2"].map(|run| {
        let table = workplace.read(&format!("runs/{run}/curve.csv"));
        let numbers = table
            .lines()
            .map(|line| line.rsplit_once(',').unwrap().0.to_owned());
        numbers.collect::<Vec<_>>()
    });
    assert_eq!(first, second);
}

#[test]
fn a_study_is_not_overwritten_without_being_told_to() {
    let workplace = Workplace::new();
    let named = format!("{WIDTH} --run w");
    workplace.run(&named).succeeds();
    workplace.run(&named).fails(
        1,
        &["`runs/w` is already there", "firebrick study continue"],
    );
    workplace
        .run(&format!("{named} --overwrite --values 2,3"))
        .succeeds();
    let table = workplace.read("runs/w/curve.csv");
    assert!(
        table.contains("\n2,1,") && !table.contains("\n1,1,"),
        "{table}"
    );
}

#[test]
fn wrong_flags_leave_nothing_behind() {
    let workplace = Workplace::new();
    for (arguments, words) in [
        (
            "study curve --by widht".to_owned(),
            &["unknown axis `widht`, did you mean `width`?"][..],
        ),
        (
            format!("{WIDTH} --seeds 0"),
            &["seeds is 0, expected at least 1"],
        ),
        (
            "study curve --by depth --data mnist-sample --values 1,99999999999".to_owned(),
            &["values is 99999999999, expected at most 1000 hidden layers"],
        ),
        (
            format!("{WIDTH} --seeds 99999999999"),
            &["seeds is 99999999999, expected at most 100000"],
        ),
        (format!("{WIDTH} --values 7"), &["one point is no curve"]),
        (
            format!("{WIDTH} --train-size 900"),
            &["train_size is 900, expected at most 800"],
        ),
        (
            format!("{WIDTH} --jobs 0"),
            &["jobs is 0, expected at least 1"],
        ),
        (
            format!("{WIDTH} --ui tui"),
            &["ui is tui, expected auto, bar, lines or quiet"],
        ),
        (
            "study networks --data mnist-sample --train-limit 2000".to_owned(),
            &["train_limit is 2000, expected from 1 to the 1000 training images"],
        ),
        (
            "study networks --data mnist-sample --validation-split 2".to_owned(),
            &["validation_split is 2, expected a share above 0 and below 1"],
        ),
        (
            "study networks --data mnist-sample --time-based 0".to_owned(),
            &["time_based is 0, expected a whole number of at least 1"],
        ),
        (
            "study networks --data mnist-smaple".to_owned(),
            &["did you mean `mnist-sample`?"],
        ),
        ("study networks --run a/b".to_owned(), &["a plain name"]),
    ] {
        let outcome = workplace.run(&arguments);
        assert_eq!(
            outcome.code,
            Some(2),
            "{arguments}: {}{}",
            outcome.stdout,
            outcome.stderr
        );
        for word in words {
            assert!(outcome.stderr.contains(word), "{word}: {}", outcome.stderr);
        }
    }
    workplace
        .run("study continue nothing")
        .fails(1, &["no study in `nothing`", "study.toml"]);
    assert!(workplace.files().is_empty());
}

#[cfg(unix)]
#[test]
fn a_curve_stopped_by_ctrl_c_is_continued() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    let workplace = Workplace::new();
    let arguments = "study curve --by epochs --seeds 3 --data mnist-sample --train-size 40 --validation-size 100 \
                     --epochs 400 --jobs 1 --device flex --ui lines --run e";
    let mut study = Command::new(assert_cmd::cargo::cargo_bin!("firebrick"))
        .current_dir(workplace.path("."))
        .args(arguments.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(study.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("1/3") {
        line.clear();
        assert!(
            stdout.read_line(&mut line).unwrap() > 0,
            "the study ended early"
        );
    }
    let killed = Command::new("kill")
        .args(["-INT", &study.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let output = study.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{rest}");
    assert!(rest.contains("firebrick study continue runs/e\n"), "{rest}");
    assert!(
        workplace
            .read("runs/e/report.html")
            .contains("The study was stopped.")
    );

    // What a killed one would have left.
    workplace.write("runs/e/results/.firebrick-4000000-0", "half of it");
    let rest = workplace
        .run("study continue e --ui lines")
        .succeeds()
        .stdout;
    assert!(
        !workplace
            .path("runs/e/results/.firebrick-4000000-0")
            .exists()
    );
    assert!(rest.contains("of 3 trainings are already done"), "{rest}");
    assert!(!rest.contains("\n1/3"), "{rest}");
    assert!(
        !workplace
            .read("runs/e/report.html")
            .contains("The study was stopped.")
    );
    assert_eq!(
        workplace.read("runs/e/curve.csv").lines().count(),
        1 + 3 * 400
    );
}
