//! Learning rates that are looked for, and those of one cycle.

use std::fs;

use crate::repeat::figures;
use crate::workplace::Workplace;

#[test]
fn rates_are_looked_for_and_nothing_else_comes_of_it() {
    let workplace = Workplace::new();
    let search = "train --data mnist-sample --hidden 16 --optimizer adam --device flex --find-rate";
    let found = workplace.run(search).succeeds().stdout;
    for text in [
        "rate       loss          smoothed\n1.0e-7",
        "\nsteepest ",
        "\nminimum ",
    ] {
        assert!(found.contains(text), "{text}: {found}");
    }
    assert!(workplace.files().is_empty());
    let drawn = workplace.run(&format!("{search}=rates.svg")).succeeds();
    assert!(drawn.stdout.starts_with(&found), "the same numbers");
    assert!(drawn.stdout.ends_with("drew the loss to rates.svg\n"));
    let picture = workplace.read("rates.svg");
    assert!(picture.starts_with("<svg") && picture.contains("minimum / 10: "));
    let piped = workplace.run(&format!("{search}=-")).succeeds().stdout;
    assert!(piped.starts_with("<svg"), "{piped}");
    workplace
        .run(&format!("{search} --run x"))
        .fails(2, &["cannot be used with"]);
    workplace
        .run(&format!("{search}=rates.jpg"))
        .fails(2, &["rates.jpg"]);
}

#[test]
fn one_cycle_is_a_flag_and_a_key_of_a_file() {
    let workplace = Workplace::new();
    let told = workplace
        .train("--run a --optimizer adam --one-cycle 0.02 --epochs 3")
        .succeeds()
        .stdout;
    assert!(told.contains(", one cycle up to 0.02, 3 epochs"), "{told}");
    let rates = |run: &str| -> Vec<f64> {
        let history = workplace.read(&format!("runs/{run}/history.csv"));
        let rows = history.lines().skip(1);
        rows.map(|row| row.split(',').nth(1).unwrap().parse().unwrap())
            .collect()
    };
    let own = rates("a");
    assert!(own[0] > 0.019 && own[1] < 0.02 && own[2] < 1e-6, "{own:?}");
    let config = workplace.read("runs/a/config.toml");
    assert!(config.contains("\none_cycle = 0.02\n"), "{config}");
    workplace
        .run("train --config runs/a/config.toml --run b --ui quiet")
        .succeeds();
    assert_eq!(figures(&workplace, "a"), figures(&workplace, "b"));
    // Another flag about the rate wins over the file, also over that of a model.
    workplace
        .run("train --config runs/a/config.toml --run c --lr 0.001 --ui quiet")
        .succeeds();
    assert_eq!(rates("c"), [0.001; 3]);
    let model = "input_shape = [784]\nlayers = [{ class_name = \"Dense\", units = 10, activation = \"softmax\" }]\n\
                 fit = { epochs = 2, one_cycle = 0.1 }\n";
    workplace.write("m.toml", model);
    let train = "train --model m.toml --data mnist-sample --ui quiet";
    workplace.run(&format!("{train} --run d")).succeeds();
    assert!(rates("d")[1] < 1e-5);
    workplace
        .run(&format!("{train} --run e --lr 0.001"))
        .succeeds();
    assert_eq!(rates("e"), [0.001; 2]);
    workplace
        .run("train --resume a --epochs 4")
        .fails(1, &["a cycle of rates ends with its epochs"]);
    workplace
        .train("--one-cycle 0.1 --lr 0.1")
        .fails(2, &["cannot be used with"]);
    workplace
        .train("--one-cycle 0")
        .fails(2, &["one_cycle is 0, expected a number above 0"]);
    assert!(fs::read_dir(workplace.path("runs")).unwrap().count() == 5);
}
