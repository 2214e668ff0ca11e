use crate::workplace::Workplace;

#[test]
fn one_run_is_drawn_into_its_directory() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let picture = workplace.path("runs/x/curves.svg");
    std::fs::remove_file(&picture).unwrap();
    let outcome = workplace.run("plot x").succeeds();
    assert_eq!(outcome.stdout, "drew x to runs/x/curves.svg\n");
    let text = workplace.read("runs/x/curves.svg");
    assert!(
        text.contains("\nvalidation\n"),
        "one run needs no name in its legend"
    );
}

#[test]
fn several_runs_are_told_apart_by_name_or_path() {
    let workplace = Workplace::new();
    for (folder, run) in [("runs", "first"), ("runs", "second"), ("others", "first")] {
        workplace
            .train(&format!("--ui quiet --runs-dir {folder} --run {run}"))
            .succeeds();
    }
    let outcome = workplace.run("plot first second").succeeds();
    assert_eq!(outcome.stdout, "drew 2 runs to curves.svg\n");
    let text = workplace.read("curves.svg");
    assert!(text.contains("\nfirst\n") && text.contains("\nsecond\n"));

    workplace
        .run("plot first others/first -o both.svg")
        .succeeds();
    let text = workplace.read("both.svg");
    assert!(text.contains("\nruns/first\n") && text.contains("\nothers/first\n"));
}

#[test]
fn size_and_format_are_the_users() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    workplace
        .run("plot x -o picture.png --size 900x600")
        .succeeds();
    let picture = image::open(workplace.path("picture.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (900, 600));

    let before = workplace.files();
    for (arguments, code, word) in [
        ("-o picture.gif", 2, "expects the extension .svg or .png"),
        ("--size 10x10", 2, "choose a size in between"),
        (
            "-o missing/picture.png",
            1,
            "cannot write the picture to `missing/picture.png`: there is no folder `missing`",
        ),
    ] {
        workplace
            .run(&format!("plot x {arguments}"))
            .fails(code, &[word]);
    }
    assert_eq!(workplace.files(), before);
}

#[test]
fn a_history_that_is_none_names_the_file() {
    let workplace = Workplace::new();
    workplace.write("runs/x/history.csv", "a,b\n1,2\n");
    workplace.run("plot x").fails(
        1,
        &[
            "`runs/x/history.csv` is not a history",
            "expected the columns epoch",
        ],
    );
    workplace.write(
        "runs/x/history.csv",
        "epoch,learning_rate,loss,accuracy,val_loss,val_accuracy,seconds\n",
    );
    workplace.run("plot x").fails(1, &["train for 1 epoch"]);
}
