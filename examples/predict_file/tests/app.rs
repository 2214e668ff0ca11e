//! The app as a user runs it.

use std::process::Command;

#[test]
fn it_says_which_digit_a_picture_shows() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let app = || Command::new(env!("CARGO_BIN_EXE_predict_file"));
    let arguments = ["examples/predict_app/model.bpk", "assets/digits/seven.png"];
    let output = app().current_dir(root).args(arguments).output();
    let output = output.expect("the example runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let share = |digit: usize| {
        let line = text.lines().nth(digit).expect("a line for each digit");
        let share = line.split_whitespace().nth(1).expect("a share");
        share.parse::<f64>().expect("a number")
    };
    assert!(
        (0..10).all(|digit| digit == 7 || share(digit) < share(7)),
        "{text}"
    );

    let output = app().output().expect("the example runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("usage: predict_file MODEL PICTURE"));
}
