use crate::workplace::Workplace;

#[test]
fn a_described_network_is_shown_layer_by_layer() {
    let workplace = Workplace::new();
    let default = workplace.run("summary").succeeds().stdout;
    for text in [
        "dense (Dense, sigmoid)",
        "dense_2 (Dense, softmax)",
        "Total params: 109,386",
    ] {
        assert!(default.contains(text), "{text}: {default}");
    }
    let small = workplace
        .run("summary --hidden 5 --activation relu --inputs 4 --classes 3")
        .succeeds()
        .stdout;
    assert!(
        small.contains("dense (Dense, relu)") && small.contains("Total params: 43 "),
        "{small}"
    );
    let linear = workplace
        .run("summary --hidden none --data mnist-sample")
        .succeeds()
        .stdout;
    assert!(linear.contains("Total params: 7,850 "), "{linear}");
}

#[test]
fn a_run_is_shown_by_name_or_path() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --hidden 30 --activation gelu")
        .succeeds();
    let by_name = workplace.run("summary x").succeeds().stdout;
    assert!(by_name.contains("dense (Dense, gelu)"), "{by_name}");
    assert_eq!(by_name, workplace.run("summary runs/x").succeeds().stdout);
    assert_eq!(
        by_name,
        workplace
            .run("summary --hidden 30 --activation gelu")
            .succeeds()
            .stdout
    );
}
