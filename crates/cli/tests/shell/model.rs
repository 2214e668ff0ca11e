use serde_json::Value;

use crate::workplace::Workplace;

#[test]
fn a_trained_model_tells_what_it_is() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let shown = workplace.run("model show x").succeeds().stdout;
    for text in [
        "file        runs/x/model.bpk\n",
        "network     3 layers, 109,386 parameters\n",
        "labels      0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n",
        "data        \"mnist-sample\"\n",
        "checksum    intact\n",
        "signature   none\n",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }

    workplace
        .run_all(&[
            "model",
            "set",
            "x",
            "--license",
            "MIT",
            "--note",
            "two epochs",
        ])
        .succeeds();
    let shown = workplace
        .run("model show runs/x/model.bpk --json")
        .succeeds();
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    let card = &shown["card"];
    assert_eq!(
        (&card["license"], &card["note"]),
        (&"MIT".into(), &"two epochs".into())
    );
    // The figures are those of the last line of the history.
    let history = workplace.read("runs/x/history.csv");
    let last = history.lines().last().unwrap();
    let loss: f64 = last.split(',').nth(2).unwrap().parse().unwrap();
    assert!((card["figures"]["loss"].as_f64().unwrap() - loss).abs() < 1e-6);
    workplace.run("evaluate x").succeeds();
}

#[test]
fn what_there_is_not_to_set_is_told() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let before = workplace.files();
    workplace
        .run("model set x")
        .fails(2, &["nothing to set", "--license"]);
    workplace
        .run("model set x --labels a,b")
        .fails(2, &["--labels has 2 names, expected 10"]);
    workplace
        .run("model set x --labels a,b,a")
        .fails(2, &["--labels has `a` twice"]);
    assert!(workplace.files() == before);
    workplace.run("model show y").fails(1, &["no run `y`"]);
    workplace.write("broken.bpk", "no model");
    workplace
        .run("model show broken.bpk")
        .fails(1, &["`broken.bpk` is not a model"]);
}

#[test]
fn a_signed_model_is_known_again_and_a_changed_one_is_not() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    workplace.run("model key team.pem").succeeds();
    workplace
        .run("model verify x --key team.pub.pem")
        .fails(1, &["runs/x/model.bpk.sig", "firebrick model sign"]);
    workplace.run("model sign x --key team.pem").succeeds();
    workplace
        .run("model verify x --key team.pub.pem")
        .succeeds();

    workplace.run("model key other.pem").succeeds();
    workplace
        .run("model verify x --key other.pub.pem")
        .fails(1, &["is not what was signed by `other.pub.pem`"]);
    let told = workplace.run("model set x --license MIT");
    assert!(told.stderr.contains("sign it again"), "{}", told.stderr);
    workplace
        .run("model verify x --key team.pub.pem")
        .fails(1, &["is not what was signed", "do not use it"]);
    workplace.write("runs/x/model.bpk.sig", "short");
    workplace
        .run("model verify x --key team.pub.pem")
        .fails(1, &["has 5 bytes, expected 64"]);
}

#[test]
fn keys_are_neither_lost_nor_mixed_up() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    workplace.run("model key team.pem").succeeds();
    let before = workplace.read("team.pem");
    workplace
        .run("model key team.pem")
        .fails(2, &["`team.pem` is there already"]);
    assert_eq!(workplace.read("team.pem"), before);
    workplace
        .run("model sign x --key team.pub.pem")
        .fails(2, &["`team.pub.pem` is no secret ed25519 key"]);
    workplace
        .run("model sign x --key none.pem")
        .fails(2, &["cannot read the key `none.pem`"]);
}

/// Only its owner reads a secret key.
#[cfg(unix)]
#[test]
fn a_secret_key_is_secret() {
    use std::os::unix::fs::PermissionsExt;

    let workplace = Workplace::new();
    workplace.run("model key team.pem").succeeds();
    let metadata = std::fs::metadata(workplace.path("team.pem")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}
