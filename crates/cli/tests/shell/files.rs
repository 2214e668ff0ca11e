use crate::workplace::Workplace;

/// A run, and what it says of the test images.
fn trained() -> (Workplace, String) {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let judged = workplace.run("evaluate x").succeeds().stdout;
    (workplace, judged)
}

/// What the imported run says, which does not know what it was compiled with.
fn judged_again(workplace: &Workplace) -> String {
    let judged =
        workplace.run("evaluate back --data mnist-sample --loss sparse_categorical_crossentropy");
    assert_eq!(judged.code, Some(0), "{}", judged.stderr);
    judged.stdout
}

/// The loss as it is printed.
fn loss(judged: &str) -> &str {
    let mut lines = judged.lines();
    let line = lines.find(|line| line.starts_with("loss ")).unwrap();
    line.split_whitespace().nth(1).unwrap()
}

#[test]
fn a_model_goes_to_keras_and_comes_back() {
    let (workplace, judged) = trained();
    let told = workplace.run("export x --to x.keras");
    assert_eq!(told.code, Some(0));
    assert!(told.stdout.contains("wrote a model of Keras to x.keras"));
    let note = "note: `schedule` is left out: Keras does not have `time-based:3`, its rate stays at 1 there; ";
    assert!(told.stderr.starts_with(note), "{}", told.stderr);
    assert_eq!(told.stderr.lines().count(), 1, "{}", told.stderr);
    workplace.run("import x.keras --run back").succeeds();
    assert_eq!(loss(&judged_again(&workplace)), loss(&judged));
    let summary = workplace.run("summary x.keras").succeeds().stdout;
    assert!(summary.contains("109,386"), "{summary}");
}

#[test]
fn a_cycle_of_rates_is_told_and_its_largest_goes_to_keras() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --optimizer adam --one-cycle 0.25")
        .succeeds();
    let told = workplace.run("export x --to x.keras");
    assert_eq!(told.code, Some(0));
    let note =
        "note: `one_cycle` is left out: Keras does not have it, its rate stays at 0.25 there; ";
    assert!(told.stderr.starts_with(note), "{}", told.stderr);
    let summary = workplace.run("summary x.keras").succeeds().stdout;
    assert!(summary.contains("learning rate  0.25\n"), "{summary}");
}

#[test]
fn a_model_of_onnx_comes_back() {
    let (workplace, judged) = trained();
    workplace.run("export x --to x.onnx").succeeds();
    workplace.run("import x.onnx --run back").succeeds();
    assert_eq!(loss(&judged_again(&workplace)), loss(&judged));
    let summary = workplace.run("summary x.onnx").succeeds().stdout;
    assert!(summary.contains("109,386"), "{summary}");
    workplace.write("cut.onnx", "\u{8}\u{9}:\u{7f}");
    workplace
        .run("import cut.onnx --run cut")
        .fails(1, &["cut.onnx", "is no model of ONNX that can be read"]);
    assert!(!workplace.path("runs/cut").exists());
}

/// The step of the newest checkpoint of a run.
fn newest_step(workplace: &Workplace, run: &str) -> u64 {
    let folder = workplace.path(&format!("runs/{run}/checkpoints"));
    let names = std::fs::read_dir(folder).unwrap();
    let steps = names.map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.trim_start_matches("state-")
            .trim_end_matches(".bpk")
            .parse()
            .unwrap()
    });
    steps.max().unwrap()
}

#[test]
fn a_training_goes_to_keras_and_goes_on_here() {
    let workplace = Workplace::new();
    workplace
        .train("--ui quiet --run x --optimizer adam --epochs 1")
        .succeeds();
    workplace.run("export x --to x.keras").succeeds();
    let summary = workplace.run("summary x.keras").succeeds().stdout;
    for line in [
        "optimizer      adam",
        "learning rate  0.001",
        "metrics        accuracy",
    ] {
        assert!(summary.contains(line), "{summary}");
    }
    let told = workplace.run("import x.keras --run back").succeeds().stdout;
    assert!(told.contains("--optimizer-state --data"), "{told}");
    let steps = newest_step(&workplace, "x");
    assert_eq!(newest_step(&workplace, "back"), steps);

    let train = "train --data mnist-sample --epochs 1 --device flex --ui quiet --config runs/back/config.toml";
    let go_on = format!("{train} --weights back --optimizer-state");
    workplace.run(&format!("{go_on} --run on")).succeeds();
    assert!(newest_step(&workplace, "on") > steps);
    workplace
        .run(&format!(
            "{go_on} --run other --optimizer sgd --learning-rate 0.1"
        ))
        .fails(1, &["the optimizer was adam, now it is sgd"]);
    workplace
        .run(&format!("{train} --optimizer-state --run other"))
        .fails(
            2,
            &["`--optimizer-state` is about the weights of `--weights"],
        );

    // Without it nothing is told, and nothing is known.
    workplace
        .run("import x.keras --run bare --without-compile")
        .succeeds();
    assert!(!workplace.path("runs/bare/checkpoints").exists());
    workplace
        .run("train --data mnist-sample --config runs/bare/config.toml --run other")
        .fails(2, &["--loss"]);
}

#[test]
fn weights_go_out_and_into_a_network_that_is_described() {
    let (workplace, judged) = trained();
    let network = "[[layers]]\nclass_name = \"Dense\"\nunits = 128\nactivation = \"sigmoid\"\n\
                   [[layers]]\nclass_name = \"Dense\"\nunits = 64\nactivation = \"sigmoid\"\n\
                   [[layers]]\nclass_name = \"Dense\"\nunits = 10\nactivation = \"softmax\"\n";
    workplace.write("net.toml", format!("input_shape = [784]\n{network}"));
    for file in ["x.weights.h5", "x.safetensors"] {
        workplace.run(&format!("export x --to {file}")).succeeds();
        let tensors = workplace.run(&format!("summary {file}")).succeeds().stdout;
        assert!(tensors.contains("[784, 128]"), "{tensors}");
        workplace
            .run(&format!("import {file} --run back --overwrite"))
            .fails(2, &["does not say of which network", "--model FILE"]);
        workplace
            .run(&format!(
                "import {file} --model net.toml --run back --overwrite"
            ))
            .succeeds();
        assert_eq!(loss(&judged_again(&workplace)), loss(&judged), "{file}");
    }
    let torch = "export x --to torch.safetensors --names pytorch";
    workplace.run(torch).succeeds();
    let tensors = workplace.run("summary torch.safetensors").succeeds().stdout;
    assert!(
        tensors.contains("dense.weight") && tensors.contains("[128, 784]"),
        "{tensors}"
    );
}

#[test]
fn weights_of_pytorch_come_into_a_network_that_is_described() {
    let workplace = Workplace::new();
    workplace.write(
        "net.pt",
        include_bytes!("../../../formats/tests/data/torch_mlp.pt"),
    );
    let network = |first: &str| {
        format!(
            "input_shape = [4]\n[[layers]]\nclass_name = \"Dense\"\nname = \"{first}\"\nunits = 5\n\
             [[layers]]\nclass_name = \"Dense\"\nname = \"fc2\"\nunits = 3\n"
        )
    };
    workplace.write("net.toml", network("fc1"));
    workplace.write("other.toml", network("stem"));
    workplace.write("names.toml", "fc1 = \"stem\"\n");
    let listed = workplace.run("summary net.pt").succeeds().stdout;
    assert!(
        listed.starts_with("fc1.weight  [5, 4]  F32\nfc1.bias    [5]     F32\n"),
        "{listed}"
    );
    for flags in [
        "net.toml",
        "net.toml --names pytorch",
        "other.toml --map in-order",
        "other.toml --map names.toml",
    ] {
        let told = workplace.run(&format!(
            "import net.pt --run x --overwrite --model {flags}"
        ));
        let told = told.succeeds().stdout;
        assert!(
            told.contains("of weights of PyTorch, `net.pt`: 2 layers, 43 parameters"),
            "{told}"
        );
    }
    let fails = |flags: &str, words: &[&str]| {
        let command = format!("import net.pt --run x --overwrite {flags}");
        let code = if words.contains(&"missing") { 1 } else { 2 };
        workplace.run(&command).fails(code, words);
    };
    fails("--model other.toml", &["`stem/kernel`", "missing"]);
    fails("", &["does not say of which network"]);
    fails(
        "--model net.toml --map upwards",
        &["expected `by-name`, `in-order` or a TOML file"],
    );
    fails(
        "--model net.toml --map net.pt",
        &["`net.pt`", "table of names"],
    );
    workplace
        .run("import net.pt --run y --names own")
        .fails(2, &["--model"]);
}

#[test]
fn what_cannot_be_written_or_read_is_told_and_nothing_is_left() {
    let (workplace, _) = trained();
    let before = workplace.files();
    workplace
        .run("export x --to x.pickle")
        .fails(2, &["`x.pickle`", "should end in one of .keras"]);
    workplace
        .run("export x --to x.keras --names pytorch")
        .fails(2, &["--names", "safetensors"]);
    workplace
        .run("export x --to x.pt")
        .fails(2, &["`x.pt`", "are read only", ".safetensors"]);
    workplace.run("import none.keras").fails(1, &["none.keras"]);
    assert!(workplace.files() == before);
    workplace.write("no.keras", "no zip");
    let before = workplace.files();
    workplace
        .run("import no.keras --run y")
        .fails(1, &["`no.keras`", ".keras file"]);
    assert!(workplace.files() == before);
}
