use crate::workplace::Workplace;

#[test]
fn one_run_is_drawn_into_its_directory() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let picture = workplace.path("runs/x/curves.svg");
    std::fs::remove_file(&picture).unwrap();
    let outcome = workplace.run("plot x").succeeds();
    assert!(
        outcome.stdout.ends_with("drew x to runs/x/curves.svg\n"),
        "{}",
        outcome.stdout
    );
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
    for text in [
        "\na first, validation\nb second, validation\n",
        "drew 2 runs to curves.svg\n",
    ] {
        assert!(outcome.stdout.contains(text), "{text}: {}", outcome.stdout);
    }
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

const HISTORY: &str = "\
epoch,learning_rate,loss,auc,mean_io_u,r2_score,val_loss,val_auc,val_mean_io_u,val_r2_score,seconds
1,0.1,8,0.5,0.5,NaN,9,0.5,0.25,-3,1
2,0.1,4,0.75,0.5,NaN,6,0.75,0.25,-2,1
3,0.1,2,1,0.5,NaN,5,0.75,0.25,-1,1
";

#[test]
fn every_figure_is_drawn_also_in_the_terminal() {
    let workplace = Workplace::new();
    workplace.write("runs/x/history.csv", HISTORY);
    let mut command = workplace.command();
    let output = command
        .env("COLUMNS", "30")
        .args(["plot", "x"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let loss = "
Loss
    9 |**
      |  **
      |.   **
7.091 | ..   **
      |   ..   **
      |     ..   *******
      |       ..        ******
4.545 |         ..
      |           ..
      |             ....
      |                 ....
    2 |                     ..
      +-----------------------
       1                     3
                epoch
. training   * validation

drew x to runs/x/curves.svg
";
    assert!(text.ends_with(loss), "{text}");
    let titles: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with(char::is_alphabetic))
        .collect();
    assert_eq!(
        titles,
        [
            "AUC",
            "Mean IoU",
            "R² score",
            "Loss",
            "drew x to runs/x/curves.svg"
        ]
    );
    let picture = workplace.read("runs/x/curves.svg");
    for title in ["AUC", "Mean IoU", "R² score", "Loss"] {
        assert!(picture.contains(&format!("\n{title}\n")), "{title}");
    }
}

#[test]
fn many_figures_have_a_larger_picture() {
    let workplace = Workplace::new();
    let names: Vec<String> = (0..20).map(|number| format!("metric_{number}")).collect();
    let values = vec!["0.5"; 20];
    let header = format!("epoch,learning_rate,loss,{},seconds", names.join(","));
    let row = format!("1,0.1,0.25,{},1", values.join(","));
    workplace.write("runs/x/history.csv", format!("{header}\n{row}\n"));
    workplace.run("plot x -o all.png").succeeds();
    let picture = image::open(workplace.path("all.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (1755, 1085));
}
