use crate::workplace::Workplace;

#[test]
fn every_backend_is_listed_and_auto_says_why() {
    let workplace = Workplace::new();
    let stdout = workplace.run("devices").succeeds().stdout;
    for name in ["cuda ", "vulkan ", "wgpu ", "flex ", "ndarray ", "auto "] {
        assert!(
            stdout.lines().any(|line| line.starts_with(name)),
            "{name}: {stdout}"
        );
    }
    assert!(
        stdout.contains("auto     takes ") && stdout.contains(": the best that "),
        "{stdout}"
    );
}

#[test]
fn a_check_proves_that_the_cpu_computes() {
    let workplace = Workplace::new();
    let stdout = workplace.run("devices --check").succeeds().stdout;
    let checked = stdout
        .lines()
        .find(|line| line.starts_with("check    flex (CPU"));
    assert!(
        checked.is_some_and(|line| line.contains("correct, ")),
        "{stdout}"
    );
}

#[test]
fn the_json_form_says_what_answers_and_what_was_found() {
    let workplace = Workplace::new();
    let stdout = workplace.run("devices --check --json").succeeds().stdout;
    let devices: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let devices = devices["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 5);
    for device in devices {
        let answers = device["answers"].as_array().unwrap();
        assert_eq!(
            answers.is_empty(),
            device["problem"].is_string(),
            "{device}"
        );
        assert!(device["is_compiled"].as_bool().unwrap() || answers.is_empty());
    }
    let flex = devices
        .iter()
        .find(|device| device["name"] == "flex")
        .unwrap();
    assert_eq!(flex["answers"][0]["is_correct"], true);
}
