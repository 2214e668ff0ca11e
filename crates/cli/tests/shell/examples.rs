use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use firebrick::datasets::{MnistDataset, mnist_sample};

use crate::data::{idx_images, idx_labels};
use crate::workplace::Workplace;

/// What is not a matter of words but takes long, or needs somebody at a terminal: as few epochs, seeds and trials as there can be.
const SHORT: [(&str, &str); 10] = [
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
    ("tune --resume", ""),
    ("tune", "--max-trials 2"),
    ("watch", "--once"),
    ("runs rm", "--yes"),
];

/// What is not everywhere as on the machine of an example.
const ELSEWHERE: [(&str, &str); 3] = [
    ("/data/runs", "runs"),
    ("--listen 9000", "--listen 0"),
    ("--listen 0.0.0.0:8080", "--listen 0.0.0.0:0"),
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
    for name in [
        "assets/diabetes",
        "assets/heart",
        "assets/iris",
        "assets/digits",
        "examples",
    ] {
        symlink(repository().join(name), workplace.path(name)).unwrap();
    }
    fs::create_dir_all(workplace.path("docs/figures")).unwrap();
    workplace.write("token", "of-sixteen-letters-or-more");
    let mine = repository().join("examples/models/cnn.toml");
    fs::copy(mine, workplace.path("mine.toml")).unwrap();
    // Any file of PyTorch, in the place of one that would have to be fetched.
    let of_torch = repository().join("crates/formats/tests/data/torch_mlp.pt");
    fs::copy(of_torch, workplace.path("resnet18.pth")).unwrap();
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
    let parts: Vec<&str> = text.split("\\\n").map(str::trim_start).collect();
    let joined = parts.join(" ");
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

/// The commands of a paper, not the sentences that begin with one.
fn of_paper(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.strip_prefix("sh\n"))
        .flat_map(examples)
        .collect()
}

/// The papers in `docs`, in the order of their names.
fn docs() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("docs")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut papers: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    papers.sort();
    papers
}

/// The examples of the README, those that `--help` of each command gives, and those of `docs`.
fn all_examples(workplace: &Workplace) -> Vec<String> {
    let mut found = of_paper(&repository().join("README.md"));
    assert!(found.len() > 10, "{found:?}");
    for command in [
        "train",
        "evaluate",
        "predict",
        "plot",
        "schedule",
        "export",
        "summary",
        "study networks",
        "study curve",
        "study",
        "data",
        "devices",
        "completions",
        "watch",
        "tune",
        "report",
        "compare",
        "board",
        "serve",
        "model",
        "man",
        "",
        // It removes some.
        "runs",
    ] {
        if command == "runs" {
            let papers: Vec<String> = docs().iter().flat_map(|path| of_paper(path)).collect();
            assert!(
                papers
                    .iter()
                    .any(|example| example.starts_with("firebrick runs "))
            );
            found.extend(papers);
        }
        let help = workplace
            .run(&format!("{command} --help"))
            .succeeds()
            .stdout;
        let own = examples(help.split_once("EXAMPLES:").unwrap().1);
        assert!(!own.is_empty(), "{command}: {help}");
        found.extend(own);
    }
    // Nothing is fetched, nobody trains who could be asked, and keys are not made a second time.
    let mut has_key = false;
    found.retain(|example| {
        let makes_key = example.starts_with("firebrick model key ");
        let is_again = makes_key && std::mem::replace(&mut has_key, true);
        example != "firebrick data fetch" && !example.starts_with("firebrick control ") && !is_again
    });
    found
}

/// What goes on until somebody ends it says where it is, and ends in order.
fn serves(workplace: &Workplace, arguments: &str) {
    let mut server = Command::new(assert_cmd::cargo::cargo_bin!("firebrick"))
        .args(arguments.split_whitespace())
        .current_dir(workplace.path("."))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(server.stdout.take().unwrap());
    let mut addresses = told.lines().filter_map(|line| {
        let line = line.unwrap();
        let (_, address) = line.split_once("http://")?;
        Some(address.split('/').next().unwrap().to_owned())
    });
    let address = addresses.next().unwrap_or_else(|| panic!("{arguments}"));
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{arguments}: {page}");
    let process = server.id().to_string();
    Command::new("kill")
        .args(["-INT", &process])
        .status()
        .unwrap();
    let ended = server.wait().unwrap();
    assert!(ended.success(), "{arguments}: {ended}");
}

/// In the order in which one meets them, as each may need what earlier ones left.
#[test]
fn every_example_in_the_readme_and_the_help_works_as_written() {
    let workplace = repository_in_small();
    let program = assert_cmd::cargo::cargo_bin!("firebrick");
    let mut failed = Vec::new();
    for example in all_examples(&workplace) {
        let mut arguments = example.strip_prefix("firebrick ").unwrap().to_owned();
        for (there, here) in ELSEWHERE {
            arguments = arguments.replace(there, here);
        }
        if arguments.starts_with("serve") && !arguments.contains("--listen") {
            arguments.push_str(" --listen 0");
        }
        if arguments.starts_with("board") || arguments.starts_with("serve") {
            serves(&workplace, &arguments);
            continue;
        }
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
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            failed.push(format!("{example}: {told}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    for file in [
        "species.csv",
        "both.png",
        "compared.html",
        "seven.html",
        "rate.svg",
        "runs/iris-1/model.bpk",
    ] {
        assert!(workplace.path(file).exists(), "{file}");
    }
}
