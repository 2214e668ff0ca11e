#!/usr/bin/env python3
"""Seconds an epoch of firebrick, of a raw Burn loop and of PyTorch's plain loop, as a Markdown table.

All three train the same network on the same 10,000 samples of MNIST (see
crates/trainer/benches/epoch.rs) and keep loss and accuracy. They run in turn: a process of Rust,
which takes an epoch of each of its two in turn, a process of Python, and again.

    python3 scripts/bench_epoch.py [--epochs 10] [--rounds 3] [--threads N]

Needs a Rust toolchain, PyTorch (made with 2.15) and numpy. Takes a minute, and the build of the
release profile before. The first epoch of every process warms up and is not counted.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MNIST = ROOT / "assets" / "mnist"
SAMPLES, BATCH_SIZE, LEARNING_RATE = 10_000, 128, 0.001
BENCH = ["cargo", "bench", "-q", "--workspace", "--bench", "epoch"]
PYTORCH = "PyTorch"


def torch_epochs(epochs, threads):
    """Trains with PyTorch as its tutorials do; seconds of each epoch after the first."""
    import numpy as np
    import torch
    from torch import nn

    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(42)
    with gzip.open(MNIST / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + SAMPLES * 784), np.uint8, offset=16)
    with gzip.open(MNIST / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + SAMPLES), np.uint8, offset=8)
    inputs = torch.tensor(images.reshape(SAMPLES, 784), dtype=torch.float32) / 255
    targets = torch.tensor(labels, dtype=torch.int64)

    model = nn.Sequential(
        nn.Linear(784, 128), nn.Sigmoid(), nn.Linear(128, 64), nn.Sigmoid(), nn.Linear(64, 10)
    )
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, eps=1e-7)
    loss_function = nn.CrossEntropyLoss()

    seconds = []
    for _ in range(epochs + 1):
        begin = time.perf_counter()
        total_loss, total_correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for rows in torch.randperm(SAMPLES).split(BATCH_SIZE):
            x, y = inputs[rows], targets[rows]
            optimizer.zero_grad()
            logits = model(x)
            loss = loss_function(logits, y)
            loss.backward()
            optimizer.step()
            total_loss += loss.detach() * len(rows)
            total_correct += (logits.argmax(1) == y).sum()
        loss, accuracy = total_loss.item() / SAMPLES, total_correct.item() / SAMPLES
        seconds.append(time.perf_counter() - begin)
        print(f"PyTorch: loss {loss:.4f}, accuracy {accuracy:.4f}", file=sys.stderr)
    return seconds[1:]


def measured(command, environment):
    """The lines of JSON that a command prints, as names with seconds."""
    output = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    records = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {record["name"]: record["seconds"] for record in records}


def versions():
    """What was measured, on what."""
    import torch

    rustc = subprocess.run(
        ["rustc", "--version"], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE
    ).stdout.split()[1]
    burn = next(
        line.split('"')[1].lstrip("=")
        for line in (ROOT / "Cargo.toml").read_text().splitlines()
        if line.startswith("burn = ")
    )
    return (
        f"Burn {burn}, rustc {rustc}, PyTorch {torch.__version__}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10, help="epochs a process and round")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each side")
    parser.add_argument("--threads", type=int, help="threads of each; their own default if absent")
    parser.add_argument("--only-torch", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only_torch:
        seconds = torch_epochs(arguments.epochs, arguments.threads)
        print(json.dumps({"name": PYTORCH, "seconds": seconds}))
        return

    environment = dict(os.environ)
    torch_command = [sys.executable, __file__, "--only-torch", f"--epochs={arguments.epochs}"]
    if arguments.threads:
        environment["RAYON_NUM_THREADS"] = str(arguments.threads)
        torch_command.append(f"--threads={arguments.threads}")
    subprocess.run([*BENCH, "--no-run"], cwd=ROOT, check=True)

    seconds = {}
    for _ in range(arguments.rounds):
        for command in ([*BENCH, "--", str(arguments.epochs)], torch_command):
            for name, values in measured(command, environment).items():
                seconds.setdefault(name, []).extend(values)

    reference = statistics.median(seconds[PYTORCH])
    threads = f"{arguments.threads} threads" if arguments.threads else "default threads"
    print(f"{versions()}, {threads}, {len(seconds[PYTORCH])} epochs each\n")
    print("| | median s/epoch | min | max | ratio to PyTorch |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, values in seconds.items():
        median = statistics.median(values)
        print(
            f"| {name} | {median:.3f} | {min(values):.3f} | {max(values):.3f} "
            f"| {median / reference:.2f} |"
        )


if __name__ == "__main__":
    main()
