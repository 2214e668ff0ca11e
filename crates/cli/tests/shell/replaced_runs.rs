//! What becomes of a run that another one is to replace, and of files that cannot be written.

use crate::workplace::Workplace;

#[test]
fn a_run_is_as_it_was_where_the_new_one_comes_to_nothing() {
    let workplace = Workplace::new();
    workplace
        .train("--run x --checkpoint every --tensorboard")
        .succeeds();
    let before = workplace.files();
    let outcome = workplace.train("--run x --overwrite --lr 1e38 --optimizer adam");
    assert!(
        outcome
            .stdout
            .contains("files    runs/x: as they were, the new run has come to nothing\n"),
        "{}",
        outcome.stdout
    );
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("error: the loss became NaN"));
    assert_eq!(workplace.files(), before);

    workplace.train("--run x --overwrite --seed 7").succeeds();
    assert_ne!(
        std::fs::read(workplace.path("runs/x/model.bpk")).unwrap(),
        before[&workplace.path("runs/x/model.bpk")]
    );
    let checkpoints = std::fs::read_dir(workplace.path("runs/x/checkpoints")).unwrap();
    for entry in checkpoints {
        let name = entry.unwrap().file_name();
        assert!(name.to_str().unwrap().starts_with("state-"), "{name:?}");
    }
    assert!(!workplace.path("runs/x/.previous").exists());
}

#[test]
fn a_run_that_holds_the_data_is_not_replaced() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let before = workplace.files();
    workplace
        .run("train --data runs/x/history.csv --target loss --run x --overwrite --ui lines")
        .fails(
            2,
            &[
                "`runs/x/history.csv` is to be learned from",
                "another `--run`",
            ],
        );
    assert_eq!(workplace.files(), before);
}

#[test]
#[cfg(unix)]
fn what_is_on_a_disk_that_takes_no_more_is_said() {
    let workplace = Workplace::new();
    let rows = (0..20).map(|row| format!("{row},{}\n", 2 * row));
    workplace.write("t.csv", format!("x,y\n{}", rows.collect::<String>()));
    // No file of more than 8 kB, of which the model needs less and the picture more.
    let output = std::process::Command::new("bash")
        .current_dir(workplace.path("."))
        .env("F", assert_cmd::cargo::cargo_bin!("firebrick"))
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 8; exec $F train --data t.csv --target y --hidden 3 --epochs 2 --run x --ui quiet",
        ])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for text in [
        "runs/x/curves.svg`",
        "File too large",
        "; `model.bpk` holds all that was learned\n",
    ] {
        assert!(stderr.contains(text), "{text}: {stderr}");
    }
    workplace.run("predict x t.csv").succeeds();
    let names: Vec<_> = std::fs::read_dir(workplace.path("runs/x"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_str().unwrap().starts_with('.')),
        "{names:?}"
    );
}

#[test]
#[cfg(unix)]
fn a_disk_that_takes_nothing_leaves_everything_as_it_was() {
    let workplace = Workplace::new();
    workplace.train("--run x --ui quiet").succeeds();
    let before = workplace.files();
    for run in [
        "--run new",
        "--run x --overwrite",
        "",
        "--resume x --epochs 9",
    ] {
        let command = format!(
            "trap '' XFSZ; ulimit -f 0; exec $F train --data mnist-sample --ui quiet {run}"
        );
        let output = std::process::Command::new("bash")
            .current_dir(workplace.path("."))
            .env("F", assert_cmd::cargo::cargo_bin!("firebrick"))
            .args(["-c", &command])
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{run}: {stderr}");
        assert!(stderr.contains("cannot write into `runs/"), "{stderr}");
        assert_eq!(workplace.files(), before, "{run}");
    }
}

#[test]
#[cfg(unix)]
fn settings_name_their_data_from_the_root_without_a_way_back() {
    let workplace = Workplace::new();
    let rows = (0..20).map(|row| format!("{row},{}\n", 2 * row));
    workplace.write("far/t.csv", format!("x,y\n{}", rows.collect::<String>()));
    workplace.write("far/away/x", "");
    std::os::unix::fs::symlink("far/away", workplace.path("link")).unwrap();
    workplace
        .run("train --data link/../t.csv --target y --epochs 1 --run x --ui quiet")
        .succeeds();
    let config = workplace.read("runs/x/config.toml");
    assert!(!config.contains(".."), "{config}");
    assert!(config.contains("/far/t.csv\""), "{config}");
    workplace.run("evaluate x").succeeds();
}
