use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use firebrick::datasets::{MnistDataset, mnist_sample};

use crate::data::{idx_images, idx_labels};
use crate::workplace::Workplace;

/// What is not a matter of words but takes long: as few epochs and seeds as there can be.
const SHORT: [(&str, &str); 6] = [
    // The others are at their end after an epoch.
    ("train --resume", "--epochs 2"),
    ("train", "--epochs 1"),
    ("study networks", "--epochs 1"),
    (
        "study curve --by epochs",
        "--epochs 2 --seeds 1 --validation-size 50 --train-size 100",
    ),
    (
        "study curve --by train-size",
        "--epochs 1 --seeds 1 --validation-size 50 --values 20,40",
    ),
    (
        "study curve",
        "--epochs 1 --seeds 1 --validation-size 50 --train-size 100 --values 1,3",
    ),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder like the repository's, with the sample in the place of MNIST.
fn repository_in_small() -> Workplace {
    let workplace = Workplace::new();
    let sample = mnist_sample().unwrap();
    for (part, data) in [("train", &sample.train), ("t10k", &sample.test)] {
        write_set(&workplace, part, data);
    }
    for name in ["assets/heart", "assets/iris", "assets/digits", "examples"] {
        symlink(repository().join(name), workplace.path(name)).unwrap();
    }
    workplace
}

fn write_set(workplace: &Workplace, part: &str, data: &MnistDataset) {
    let pixels: Vec<u8> = (0..data.len())
        .flat_map(|row| data.image(row).to_vec())
        .collect();
    let count = u32::try_from(data.len()).unwrap();
    workplace.write(
        &format!("assets/mnist/{part}-images-idx3-ubyte"),
        idx_images(count, 28, &pixels),
    );
    let labels: Vec<u8> = (0..data.len()).map(|row| data.label(row)).collect();
    workplace.write(
        &format!("assets/mnist/{part}-labels-idx1-ubyte"),
        idx_labels(&labels),
    );
}

/// The lines that begin with the program's name, without what is said behind them.
fn examples(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n    ", " ");
    let lines = joined.lines().map(str::trim_start);
    lines
        .filter(|line| line.starts_with("firebrick "))
        .map(|line| {
            let end = [" #", "   ", " |", " >"]
                .iter()
                .filter_map(|end| line.find(end))
                .min();
            line[..end.unwrap_or(line.len())].trim_end().to_owned()
        })
        .collect()
}

/// The examples of the README, then those that `--help` of each command gives.
fn all_examples(workplace: &Workplace) -> Vec<String> {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    // Of the README the commands, not the sentences that begin with one.
    let blocks = readme.split("```").skip(1).step_by(2);
    let mut found: Vec<String> = blocks
        .filter_map(|block| block.strip_prefix("sh\n"))
        .flat_map(examples)
        .collect();
    assert!(found.len() > 10, "{found:?}");
    for command in [
        "train",
        "evaluate",
        "predict",
        "plot",
        "schedule",
        "summary",
        "study networks",
        "study curve",
        "study",
        "data",
        "devices",
        "completions",
        "",
    ] {
        let help = workplace
            .run(&format!("{command} --help"))
            .succeeds()
            .stdout;
        let own = examples(help.split_once("EXAMPLES:").unwrap().1);
        assert!(!own.is_empty(), "{command}: {help}");
        found.extend(own);
    }
    // Nothing is fetched, and nobody trains who could be asked.
    found.retain(|example| {
        example != "firebrick data fetch" && !example.starts_with("firebrick control ")
    });
    found
}

/// In the order in which one meets them, as each may need what earlier ones left.
#[test]
fn every_example_in_the_readme_and_the_help_works_as_written() {
    let workplace = repository_in_small();
    let program = assert_cmd::cargo::cargo_bin!("firebrick");
    for example in all_examples(&workplace) {
        let arguments = example.strip_prefix("firebrick ").unwrap();
        let short = SHORT
            .iter()
            .find(|(command, _)| arguments.starts_with(command));
        let short = short.map_or("", |(_, short)| short);
        let output = Command::new("sh")
            .args(["-c", &format!("\"$0\" {arguments} {short}")])
            .arg(program)
            .current_dir(workplace.path("."))
            .env("HOME", workplace.path("."))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{example}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    for file in [
        "species.csv",
        "both.png",
        "rate.svg",
        "runs/iris-1/model.bpk",
    ] {
        assert!(workplace.path(file).exists(), "{file}");
    }
}
