"""What one waits for before anything runs: a clean build, and another after a change of a small program."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from registry import CARGO, ROOT

MANIFEST = """[package]
name = "small"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
firebrick = {{ path = "{root}/crates/firebrick" }}

[profile.dev]
opt-level = 2
"""
PROGRAM = """use firebrick::{layers::{Dense, Dropout}, prelude::*};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = mnist_sample()?;
    let network = Sequential::new([784])
        .add(Dense::new(128).with_activation(Activation::Relu))
        .add(Dropout::new(0.2))
        .add(Dense::new(10).with_activation(Activation::Softmax));
    let model = network.build(42, &DeviceName::Auto.select()?.device)?;
    let mut trainer = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?.model(model);
    trainer.fit(&data.train, &Fit::new(10).with_validation_split(0.1))?;
    println!("on the test data: {}", trainer.evaluate(&data.test)?.figures);
    Ok(())
}
"""


def timed(folder, *arguments):
    begin = time.perf_counter()
    environment = {**os.environ, "CARGO_TERM_QUIET": "true"}
    subprocess.run([CARGO, *map(str, arguments)], cwd=folder, env=environment, check=True)
    return time.perf_counter() - begin


def builds():
    """Seconds, and megabytes of the program that comes out."""
    found = {}
    with tempfile.TemporaryDirectory() as target:
        found["clean release build of the command, s"] = timed(ROOT, "build", "--release", "--target-dir", target)
        binary = Path(target) / "release" / "firebrick"
        found["the command, MB"] = binary.stat().st_size / 1e6
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "src" / "main.rs"
        program.parent.mkdir()
        (Path(folder) / "Cargo.toml").write_text(MANIFEST.format(root=ROOT))
        program.write_text(PROGRAM)
        shutil.copy(ROOT / "Cargo.lock", folder)
        found["first build of a program of 15 lines, s"] = timed(folder, "build")
        rebuilds = []
        for units in (64, 32, 16):
            program.write_text(PROGRAM.replace("128", str(units)))
            rebuilds.append(timed(folder, "build"))
        found["build after a change of it, s"] = sorted(rebuilds)[1]
    return found
