#!/usr/bin/env python3
"""Seconds an epoch of the same networks on every device of firebrick, in PyTorch and in JAX, as a Markdown table.

    python3 benchmarks/gpu.py target/release/firebrick [--only W1,W4] [--seconds 360] [--json FILE]

W1 is a small network of MNIST's rows, W4 a convolutional one; W7 is W1 with more rows, larger batches, wider and
deeper. All train on the same rows with Adam, keep loss and accuracy, and shuffle; firebrick by its command, the others by
the loop that their tutorials show, with the data on the device. Shown is the fastest epoch after the first: on a GPU kernels
are compiled and tried in the first ones, and how long the first one took is printed beside. Every training must bring its
loss down, or its time is not shown.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from data import idx
from turns import Counted
from workloads import CONVOLUTIONAL, SMALL, Workload, dense, model_file

WORKLOADS = [
    Workload("W1", "784-128-64-10, sigmoid, batch 128", SMALL),
    Workload("W4", "conv 16, conv 32, batch 64", CONVOLUTIONAL, "images", batch_size=64),
    Workload("W7 batch 1024", "W1, batch 1024", SMALL, batch_size=1024),
    Workload("W7 rows 60k", "W1, 60,000 rows, batch 1024", SMALL, rows=60_000, batch_size=1024),
    Workload("W7 width 512", "784-512-512-10, relu, batch 1024", dense(512, 512, activation="relu"), batch_size=1024),
    Workload("W7 width 2048", "784-2048-2048-10, relu, batch 1024", dense(2048, 2048, activation="relu"), batch_size=1024),
    Workload("W7 depth 8", "8 layers of 256, relu, batch 128", dense(*[256] * 8, activation="relu")),
    Workload("W7 conv 1024", "W4, batch 1024", CONVOLUTIONAL, "images", batch_size=1024),
]


def write_mnist(folder, rows):
    """A folder in MNIST's format with the first rows, and 100 of them to judge by."""
    for split, count in (("train", rows), ("t10k", 100)):
        images = np.array([2051, count, 28, 28], ">i4").tobytes() + idx("images", count).tobytes()
        labels = np.array([2049, count], ">i4").tobytes() + idx("labels", count).tobytes()
        (folder / f"{split}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(labels)


def firebrick(binary, device):
    def train(workload, epochs):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            write_mnist(folder, workload.rows)
            (folder / "model.toml").write_text(model_file(workload))
            finished = subprocess.run(
                [binary, "train", "--model", folder / "model.toml", "--data", folder, "--device", device,
                 "--epochs", str(epochs), "--ui", "quiet", "--runs-dir", folder / "runs", "--run", "run"],
                capture_output=True, text=True, timeout=150,
            )  # fmt: skip
            if finished.returncode != 0:
                raise RuntimeError(finished.stderr.strip()[-500:])
            with open(folder / "runs" / "run" / "history.csv", newline="") as file:
                history = list(csv.DictReader(file))
        return [float(row["seconds"]) for row in history], [float(row["loss"]) for row in history]

    return train


def loop(module, device):
    """The loop of a peer that takes its turns at once."""

    def train(workload, epochs):
        turns = Counted(epochs)
        module.train(workload, turns, device)
        return turns.seconds, turns.losses

    return train


def trainers(binary):
    """What can train here, by its name."""
    found = {}
    listed = subprocess.run([binary, "devices", "--json"], capture_output=True, text=True, timeout=120)
    for device in json.loads(listed.stdout)["devices"]:
        if device["answers"]:
            found[f"firebrick {device['name']}"] = firebrick(binary, device["name"])
    try:
        import torch

        from peers import pytorch

        if torch.cuda.is_available():
            found["PyTorch cuda"] = loop(pytorch, "cuda")
        found["PyTorch cpu"] = loop(pytorch, "cpu")
    except ImportError:
        print("PyTorch is not installed", file=sys.stderr)
    try:
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
        import jax

        from peers import jax_loop

        device = jax.devices()[0].platform
        found[f"JAX {device}"] = loop(jax_loop, device)
    except ImportError:
        print("JAX with optax is not installed", file=sys.stderr)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary", nargs="?", default="target/release/firebrick")
    parser.add_argument("--only", help="names of workloads, as W1,W4")
    parser.add_argument("--without", default="", help="names of what shall not train, as JAX gpu,firebrick flex")
    parser.add_argument("--seconds", type=float, default=360, help="begin no training after this time")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--json", help="write the numbers to this file, too")
    arguments = parser.parse_args()
    begin = time.monotonic()
    binary = str(Path(arguments.binary).resolve())
    only = arguments.only.split(",") if arguments.only else None
    chosen = [w for w in WORKLOADS if only is None or w.group in only or w.name in only]

    found = trainers(binary)
    found = {name: train for name, train in found.items() if name not in arguments.without.split(",")}
    print(f"{platform.node() or 'machine'}: {os.cpu_count()} processors; {arguments.epochs} epochs of each, seconds (those of the first)", file=sys.stderr)
    print("| | " + " | ".join(found) + " |")
    print("| --- |" + " ---: |" * len(found))
    results = []
    for workload in chosen:
        cells = []
        for name, train in found.items():
            if time.monotonic() - begin > arguments.seconds:
                cells.append("no time")
                continue
            try:
                seconds, losses = train(workload, arguments.epochs)
            except Exception as error:  # what failed is a result, and the others go on
                print(f"{workload.name}, {name}: {error}", file=sys.stderr)
                cells.append("failed")
                continue
            results.append({"workload": workload.name, "trainer": name, "seconds": seconds, "losses": losses})
            learned = losses[-1] < losses[0]
            cells.append(f"{min(seconds[1:]):.3f} ({seconds[0]:.0f})" if learned else f"learned nothing: {losses}")
            print(f"{workload.name}, {name}: first {seconds[0]:.2f} s, then {cells[-1]}; loss {losses[0]:.4f} to {losses[-1]:.4f}",
                  file=sys.stderr, flush=True)  # fmt: skip
            if arguments.json:
                Path(arguments.json).write_text(json.dumps(results))
        print(f"| {workload.name}: {workload.what} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
