use crate::workplace::Workplace;

#[test]
fn every_training_leaves_a_page_unless_it_is_told_not_to() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run with").succeeds();
    let page = workplace.read("runs/with/report.html");
    for text in [
        "<h1>with ",
        "all epochs done",
        "109,386",
        "<th scope=\"row\">device</th><td>flex (",
        "</html>",
    ] {
        assert!(page.contains(text), "{text}");
    }
    workplace
        .train("--ui quiet --run without --no-report")
        .succeeds();
    assert!(!workplace.path("runs/without/report.html").exists());
}

#[test]
fn a_report_judges_the_network_on_what_was_kept_for_validation() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let told = workplace.run("report x").succeeds().stdout;
    assert_eq!(told, "wrote the page to runs/x/report.html\n");
    let page = workplace.read("runs/x/report.html");
    for text in [
        "Judged on 100 images for validation; the built-in sample of MNIST",
        "Expected calibration error",
        "<th scope=\"row\">device</th><td>flex (CPU, ",
        "<th scope=\"row\">threads</th>",
        "class=\"matrix\"",
        "data:image/png;base64,",
    ] {
        assert!(page.contains(text), "{text}");
    }
    for forbidden in ["<script", "http://127", "https://"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let printed = workplace
        .run("report x -o - --no-evaluation")
        .succeeds()
        .stdout;
    assert!(printed.ends_with("</html>") && !printed.contains("Judged on 100"));
}

#[test]
fn a_report_of_numbers_shows_them_against_the_truth() {
    let workplace = Workplace::new();
    let rows: String = (0..60)
        .map(|row| format!("{row},{},{}\n", row % 7, 3 * row))
        .collect();
    workplace.write("line.csv", format!("a,b,y\n{rows}"));
    workplace
        .run("train --data line.csv --target y --epochs 2 --ui quiet --run x --device flex")
        .succeeds();
    workplace.run("report x").succeeds();
    let page = workplace.read("runs/x/report.html");
    for text in [
        "\npredicted\n",
        "Most wrong",
        "<th scope=\"row\" title=\"a\">a</th>",
        "mean_absolute_error",
    ] {
        assert!(page.contains(text), "{text}");
    }
    std::fs::remove_file(workplace.path("line.csv")).unwrap();
    let outcome = workplace.run("report x");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("could not be judged anew"),
        "{}",
        outcome.stderr
    );
    assert!(
        workplace
            .read("runs/x/report.html")
            .contains("could not be judged anew")
    );
}

#[test]
fn runs_are_compared_in_the_terminal_and_as_a_page() {
    let workplace = Workplace::new();
    for (name, more) in [("one", ""), ("two", "--optimizer adam")] {
        workplace
            .train(&format!("--ui quiet --run {name} {more}"))
            .succeeds();
    }
    let text = workplace.run("compare one two").succeeds().stdout;
    for part in [
        "state      ",
        "val_accuracy",
        "settings that differ",
        "optimizer",
        "a one, validation",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = workplace
        .run("compare one two --no-curves")
        .succeeds()
        .stdout;
    assert!(!text.contains("a one, validation"), "{text}");
    workplace.run("compare one two --page both.html").succeeds();
    assert!(workplace.read("both.html").contains("2 runs side by side"));
    workplace.run("compare one").fails(2, &[]);
    workplace
        .run("compare one three")
        .fails(1, &["no run `three`"]);
}
