use crate::workplace::Workplace;

#[test]
fn runs_are_listed_chosen_and_put_in_order() {
    let workplace = Workplace::new();
    workplace.run("runs").succeeds();
    assert_eq!(
        workplace.run("runs").stdout,
        "no runs in `runs`; `firebrick train` makes one\n"
    );
    assert_eq!(workplace.run("runs --json").stdout, "[]\n");
    workplace
        .train("--ui quiet --run one --hidden 8")
        .succeeds();
    workplace
        .train("--ui quiet --run two --hidden none --optimizer adam")
        .succeeds();
    let listed = workplace.run("runs --sort name").succeeds().stdout;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    assert!(
        lines[1].starts_with("one  finished  2/2     mnist-sample  Dense 8  val_loss "),
        "{listed}"
    );
    assert!(lines[2].contains("linear"), "{listed}");

    let chosen = workplace
        .run("runs --filter optimizer=adam")
        .succeeds()
        .stdout;
    assert!(
        chosen.contains("two") && !chosen.contains("one "),
        "{chosen}"
    );
    let none = workplace
        .run("runs --filter val_accuracy>2")
        .succeeds()
        .stdout;
    assert_eq!(none, "none of the 2 runs in `runs` is one of those\n");
    let json = workplace
        .run("runs --json --sort val_loss")
        .succeeds()
        .stdout;
    let runs: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(runs[0]["state"], "finished");
    assert_eq!(runs[0]["settings"]["epochs"], "2");
    workplace
        .run("runs --sort val_los")
        .fails(2, &["no run has `val_los`", "did you mean `val_loss`?"]);
    workplace
        .run("runs --filter epochs<x")
        .fails(2, &["no condition on runs"]);
}

#[test]
fn runs_are_removed_and_renamed() {
    let workplace = Workplace::new();
    for name in ["one", "two"] {
        workplace
            .train(&format!("--ui quiet --run {name}"))
            .succeeds();
    }
    workplace
        .run("runs rm one")
        .fails(2, &["`--yes` removes without asking"]);
    workplace.write("runs/one/thoughts.md", "x");
    let removed = workplace.run("runs rm --yes one").succeeds().stdout;
    assert_eq!(
        removed,
        "removed the run in runs/one; `thoughts.md` stays, which a training does not write\n"
    );
    assert!(workplace.path("runs/one/thoughts.md").exists());
    assert!(!workplace.path("runs/one/model.bpk").exists());

    let renamed = workplace.run("runs rename two three").succeeds().stdout;
    assert_eq!(renamed, "two is runs/three now\n");
    workplace.run("evaluate three").succeeds();
    workplace
        .run("runs rename three one")
        .fails(2, &["is already there"]);
    workplace
        .run("runs rm --yes two")
        .fails(1, &["no run `two`"]);
    let removed = workplace.run("runs rm --yes three").succeeds().stdout;
    assert_eq!(removed, "removed runs/three\n");
    assert!(!workplace.path("runs/three").exists());
}

#[test]
fn what_is_no_run_is_not_removed() {
    let workplace = Workplace::new();
    workplace.write("runs/project/config.toml", "[tool]\nname = \"mine\"\n");
    workplace.write("config.toml", "[tool]\nname = \"mine\"\n");
    let before = workplace.files();
    for run in ["project", "runs/project", "..", "."] {
        let outcome = workplace.run(&format!("runs rm --yes {run}"));
        assert_ne!(outcome.code, Some(0), "{run}: {}", outcome.stdout);
        assert_eq!(workplace.files(), before, "{run}");
    }
    workplace.train("--ui quiet --run real").succeeds();
    workplace
        .run("runs rm --yes real/model.bpk")
        .fails(2, &["name the run itself"]);
    assert!(workplace.path("runs/real/model.bpk").exists());
}
