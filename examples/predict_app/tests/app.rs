//! The app as a user runs it.

use std::process::Command;

#[test]
fn it_reads_the_ten_drawings_with_the_model_it_ships() {
    let output = Command::new(env!("CARGO_BIN_EXE_predict_app")).output();
    let output = output.expect("the example runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Total params"), "{text}");
    for digit in 0..10 {
        // The drawn digit is what it finds most probable.
        let line = format!("the drawn {digit}: {digit} with ");
        assert!(text.contains(&line), "{line}: {text}");
    }
}
