//! A model file without its run: it tells itself what it was trained on.

use std::fs;
use std::path::Path;

use firebrick::models::{ModelCard, save_card};
use serde_json::{Value, json};

use crate::workplace::Workplace;

const BOXES: &str = "id,height,side,color,volume\na,1,2,red,4\nb,3,1,blue,3\nc,2,2,red,8\nd,1,1,blue,1\n\
                     e,4,1,red,4\nf,2,3,blue,18\ng,1,3,red,9\nh,3,2,blue,12\n";
const MAIL: &str =
    "length,width,kind\n1,2,a\n2,1,b\n1.5,3,a\n3,1.5,b\n1,2.5,a\n2.5,1,b\n1.2,2.2,a\n2.9,1.1,b\n";

/// Runs one training on a table and takes its model away.
fn learned(workplace: &Workplace, arguments: &str, model: &str) {
    workplace
        .run(&format!(
            "train {arguments} --test-split 0 --epochs 2 --ui quiet --device flex --run learned"
        ))
        .succeeds();
    fs::copy(
        workplace.path("runs/learned/model.bpk"),
        workplace.path(model),
    )
    .unwrap();
}

#[test]
fn it_reads_pictures_and_tables_as_its_run_does() {
    let workplace = Workplace::new();
    workplace.write("boxes.csv", BOXES);
    learned(
        &workplace,
        "--data boxes.csv --target volume --ignore id --encode color=one-hot",
        "alone.bpk",
    );
    let told = workplace.run("predict learned boxes.csv").succeeds().stdout;
    assert!(told.starts_with("id,volume\na,"), "{told}");
    let alone = || workplace.run("predict alone.bpk boxes.csv").succeeds();
    assert_eq!(alone().stdout, told);
    // A run without its settings is as little.
    fs::remove_file(workplace.path("runs/learned/config.toml")).unwrap();
    let without_settings = workplace.run("predict learned boxes.csv").succeeds();
    assert_eq!(without_settings.stdout, told);
    fs::remove_dir_all(workplace.path("runs")).unwrap();
    assert_eq!(alone().stdout, told);
    workplace.run("predict alone.bpk boxes.csv --top 1").fails(
        2,
        &["`--top` is for pictures, the network of `alone.bpk` was trained on a table"],
    );
    workplace
        .run("predict alone.bpk boxes.csv --output alone.bpk")
        .fails(2, &["alone.bpk"]);

    workplace.train("--hidden 8 --run digits").succeeds();
    workplace.write(
        "seven.png",
        include_bytes!("../../../../assets/digits/seven.png"),
    );
    let told = workplace
        .run("predict digits seven.png --json --top 10")
        .succeeds();
    fs::rename(
        workplace.path("runs/digits/model.bpk"),
        workplace.path("net.bpk"),
    )
    .unwrap();
    let alone = workplace
        .run("predict net.bpk seven.png --json --top 10")
        .succeeds();
    assert_eq!(alone.stdout, told.stdout);
}

#[test]
fn classes_are_called_what_the_file_calls_them() {
    let workplace = Workplace::new();
    workplace.write("mail.csv", MAIL);
    learned(
        &workplace,
        "--data mail.csv --target kind --classes",
        "alone.bpk",
    );
    workplace
        .run("model set alone.bpk --labels wanted,spam")
        .succeeds();
    let told = workplace.run("predict learned mail.csv").succeeds().stdout;
    let renamed = told.replace("\na,", "\nwanted,").replace("\nb,", "\nspam,");
    assert_ne!(renamed, told);
    let alone = workplace.run("predict alone.bpk mail.csv").succeeds();
    assert_eq!(alone.stdout, renamed);

    workplace.train("--hidden 8 --run digits").succeeds();
    workplace.write(
        "seven.png",
        include_bytes!("../../../../assets/digits/seven.png"),
    );
    let names = "zero,one,two,three,four,five,six,seven,eight,nine";
    workplace
        .run(&format!("model set digits --labels {names}"))
        .succeeds();
    let told = workplace.run("predict digits seven.png --json").succeeds();
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    let best = &told["top"][0];
    let index = usize::try_from(best["label"].as_u64().unwrap()).unwrap();
    let name = names.split(',').nth(index).unwrap();
    assert_eq!(best["name"], name);
    let text = workplace.run("predict digits seven.png").succeeds().stdout;
    assert!(
        text.lines().nth(1).unwrap().trim_start().starts_with(name),
        "{text}"
    );
}

#[test]
fn what_it_does_not_tell_is_said() {
    let workplace = Workplace::new();
    workplace.write("mail.csv", MAIL);
    learned(
        &workplace,
        "--data mail.csv --target kind --classes",
        "alone.bpk",
    );
    let change = |card: &ModelCard| save_card(card, Path::new(&workplace.path("alone.bpk")));
    change(&ModelCard::default()).unwrap();
    workplace.run("predict alone.bpk mail.csv").fails(
        1,
        &["the model file `alone.bpk` was made by a program and does not say which columns"],
    );
    change(&ModelCard {
        data: Some(json!({"csv": "mail.csv", "target": "kind", "hologram": true})),
        ..ModelCard::default()
    })
    .unwrap();
    workplace.run("predict alone.bpk mail.csv").fails(
        1,
        &[
            "the model file `alone.bpk` tells what it was trained on in a form that is not known",
            "a newer version",
            "hologram",
        ],
    );
    workplace.write("cut.bpk", b"NRUB\x01");
    workplace
        .run("predict cut.bpk mail.csv")
        .fails(1, &["`cut.bpk`"]);
}
