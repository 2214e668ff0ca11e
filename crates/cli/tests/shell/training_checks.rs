//! What is found in data and settings before a training begins.

use crate::workplace::Workplace;

/// A network of one layer, or of these.
fn model(layers: &str, rest: &str) -> String {
    format!("input_shape = [2]\nlayers = [{layers}]\n{rest}\n")
}

fn softmax(rest: &str) -> String {
    model(
        r#"{ class_name = "Dense", units = 3, activation = "softmax" }"#,
        rest,
    )
}

const COLOURS: &str = "a,b,colour\n0.6,0.7,red\n2.0,-1.4,green\n3.5,-2.0,blue\n-0.5,-0.7,red\n2.1,-0.9,green\n4.3,-2.5,blue\n";

/// With a table of colours and a file of settings, trained.
fn trained(settings: &str) -> crate::workplace::Outcome {
    let workplace = Workplace::new();
    workplace.write("colours.csv", COLOURS);
    workplace.write("net.toml", softmax(settings));
    workplace.run("train --model net.toml --data colours.csv --target colour --classes --ui lines --device flex")
}

#[test]
fn an_index_beyond_an_embedding_is_found_before_the_training_as_by_predict() {
    let workplace = Workplace::new();
    let embedding = r#"{ class_name = "Embedding", input_dim = 5, output_dim = 2 }, { class_name = "Flatten" },
        { class_name = "Dense", units = 3, activation = "softmax" }"#;
    workplace.write(
        "net.toml",
        model(embedding, "compile = { optimizer = \"adam\" }").replace("\n  ", " "),
    );
    let table = |sixth: &str| {
        format!("u,v,y\n0,0,0\n1,1,1\n2,2,2\n3,3,0\n4,0,1\n{sixth},1,2\n0,2,0\n1,3,1\n")
    };
    workplace.write("bad.csv", table("5"));
    workplace.write("good.csv", table("4"));
    let told = [
        "layer `embedding` (Embedding, index 0) has rows for the indices from 0 to 4, received 5 at place 0 of sample 5 (both \
         counted from 0)",
    ];
    let train = |data: &str| {
        workplace.run(&format!(
            "train --model net.toml --data {data} --target y --classes --run x --ui lines --device flex"
        ))
    };
    let failed = train("bad.csv").fails(1, &told);
    assert!(!failed.stderr.contains("rate"), "{}", failed.stderr);
    assert!(!workplace.path("runs/x").exists());
    train("good.csv").succeeds();
    workplace.run("predict x bad.csv").fails(1, &told);
}

#[test]
fn labels_that_are_not_0_and_1_are_refused_by_their_row_in_the_table() {
    let workplace = Workplace::new();
    let dense = r#"{ class_name = "Dense", units = 1, activation = "sigmoid" }"#;
    let rest = "compile = { optimizer = \"adam\", loss = \"binary_crossentropy\", metrics = [\"accuracy\"] }\n\
                fit = { epochs = 2, validation_split = 0.2 }";
    workplace.write("bin.toml", model(dense, rest));
    let rows: String = (0..20)
        .map(|row| format!("{row}.5,1.0,{}\n", if row == 13 { -1 } else { 1 }))
        .collect();
    workplace.write("pm.csv", format!("a,b,y\n{rows}"));
    let failed = workplace
        .run("train --model bin.toml --data pm.csv --target y --ui lines --device flex")
        .fails(
            1,
            &[
                "the target of sample 13 ",
                " is -1, the loss binary_crossentropy takes numbers from 0 (no) to 1 (yes); write no as 0 and yes as 1",
            ],
        );
    assert!(
        failed.stderr.contains("(counted from 0, before the split)"),
        "{}",
        failed.stderr
    );
}

#[test]
fn class_weights_go_by_the_names_of_the_classes() {
    let compile = "compile = { optimizer = \"adam\", loss = \"categorical_crossentropy\" }\n";
    let fit =
        |weights: &str| format!("{compile}fit = {{ epochs = 2, class_weight = {{ {weights} }} }}");
    let by_name = trained(&fit("red = 2.0")).succeeds();
    let by_index = trained(&fit("2 = 2.0")).succeeds();
    let none = trained(&fit("")).succeeds();
    let losses = |outcome: &crate::workplace::Outcome| -> Vec<String> {
        let lines = outcome.stdout.lines();
        let epochs = lines.filter(|line| line.trim_start().starts_with("epoch"));
        epochs
            .filter_map(|line| line.split("loss ").nth(1))
            .filter_map(|rest| rest.split_whitespace().next())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(losses(&by_name).len(), 2, "{}", by_name.stdout);
    // Sorted, the classes are blue, green and red.
    assert_eq!(losses(&by_name), losses(&by_index));
    assert_ne!(losses(&by_name), losses(&none));
    trained(&fit("rde = 2.0")).fails(
        2,
        &["class_weight `rde`: no class is called so, did you mean `red`?; the classes are blue, green, red"],
    );
    trained(&fit("blue = 0.0, green = 0.0, red = 0.0"))
        .fails(2, &["all samples of the data weigh 0 by `class_weight`"]);
}

#[test]
fn a_class_weight_that_could_mean_two_classes_is_refused() {
    let workplace = Workplace::new();
    let grades = COLOURS
        .replace("red", "3")
        .replace("green", "2")
        .replace("blue", "1");
    workplace.write("grades.csv", grades);
    let train = |key: &str| {
        let fit = format!("fit = {{ class_weight = {{ \"{key}\" = 2.0 }} }}");
        workplace.write("net.toml", softmax(&fit));
        workplace.run("train --model net.toml --data grades.csv --target colour --classes --ui quiet --device flex")
    };
    train("1").fails(
        2,
        &["class_weight `1`: it is the index of the class `2` and the name of class 0 (counted from 0); write `name:1`"],
    );
    train("name:1").succeeds();
}

#[test]
fn a_metric_cannot_have_a_name_that_the_history_has() {
    for name in [
        "loss",
        "val_loss",
        "epoch",
        "seconds",
        "learning_rate",
        "",
        "a\\nb",
    ] {
        let compile = format!(
            "compile = {{ optimizer = \"adam\", metrics = [{{ metric = \"accuracy\", name = \"{name}\" }}] }}"
        );
        let told = format!("`net.toml`, line 3: a metric cannot be called `{name}`: ");
        trained(&compile).fails(2, &[&told]);
    }
}

#[test]
fn gradients_that_would_wait_for_ever_are_refused() {
    let settings = "fit = { epochs = 3, batch_size = 2 }";
    let workplace = Workplace::new();
    workplace.write("colours.csv", COLOURS);
    workplace.write("net.toml", softmax(settings));
    workplace
        .run(
            "train --model net.toml --data colours.csv --target colour --classes --gradient-accumulation-steps 10 --ui lines \
             --device flex",
        )
        .fails(2, &["gradient_accumulation_steps is 10, the fit has 9 batches, so that no weight would be moved"]);
}
