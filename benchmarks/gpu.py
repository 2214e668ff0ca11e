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
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
MNIST = ROOT / "assets" / "mnist"
LEARNING_RATE = 0.001


@dataclass(frozen=True)
class Workload:
    name: str
    what: str
    layers: tuple
    rows: int = 10_000
    batch_size: int = 128
    is_image: bool = False


def dense(*widths, activation="sigmoid"):
    hidden = tuple(("dense", width, activation) for width in widths)
    return (*hidden, ("dense", 10, "linear"))


CONVOLUTIONAL = (
    ("conv", 16), ("pool",), ("conv", 32), ("pool",), ("flatten",), ("dropout", 0.3), ("dense", 10, "linear"),
)  # fmt: skip

WORKLOADS = [
    Workload("W1", "784-128-64-10, sigmoid, batch 128", dense(128, 64)),
    Workload("W4", "conv 16, conv 32, batch 64", CONVOLUTIONAL, 10_000, 64, True),
    Workload("W7 batch 1024", "W1, batch 1024", dense(128, 64), 10_000, 1024),
    Workload("W7 rows 60k", "W1, 60,000 rows, batch 1024", dense(128, 64), 60_000, 1024),
    Workload("W7 width 512", "784-512-512-10, relu, batch 1024", dense(512, 512, activation="relu"), 10_000, 1024),
    Workload("W7 width 2048", "784-2048-2048-10, relu, batch 1024", dense(2048, 2048, activation="relu"), 10_000, 1024),
    Workload("W7 depth 8", "8 layers of 256, relu, batch 128", dense(*[256] * 8, activation="relu")),
    Workload("W7 conv 1024", "W4, batch 1024", CONVOLUTIONAL, 10_000, 1024, True),
]


def idx(kind, rows):
    """The first rows of MNIST's images or labels."""
    if kind == "images":
        with gzip.open(MNIST / "train-images-idx3-ubyte.gz") as file:
            return np.frombuffer(file.read(16 + rows * 784), np.uint8, offset=16).reshape(rows, 784)
    with gzip.open(MNIST / "train-labels-idx1-ubyte.gz") as file:
        return np.frombuffer(file.read(8 + rows), np.uint8, offset=8)


def write_mnist(folder, rows):
    """A folder in MNIST's format with the first rows, and 100 of them to judge by."""
    for split, count in (("train", rows), ("t10k", 100)):
        images = np.array([2051, count, 28, 28], ">i4").tobytes() + idx("images", count).tobytes()
        labels = np.array([2049, count], ">i4").tobytes() + idx("labels", count).tobytes()
        (folder / f"{split}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(labels)


def model_file(workload, epochs):
    """The network as firebrick's model file."""
    tables = {
        "conv": lambda filters: f'class_name = "Conv2D"\nfilters = {filters}\nkernel_size = 3\nactivation = "relu"',
        "pool": lambda: 'class_name = "MaxPooling2D"',
        "flatten": lambda: 'class_name = "Flatten"',
        "dropout": lambda rate: f'class_name = "Dropout"\nrate = {rate}',
        "dense": lambda units, activation: f'class_name = "Dense"\nunits = {units}\nactivation = "{activation}"',
    }
    layers = [tables[kind](*arguments) for kind, *arguments in workload.layers[:-1]]
    layers.append(tables["dense"](10, "softmax"))
    shape = "[28, 28, 1]" if workload.is_image else "[784]"
    return "\n\n[[layers]]\n".join([f"input_shape = {shape}", *layers]) + (
        f'\n\n[compile]\noptimizer = "adam"\nlearning_rate = {LEARNING_RATE}\n'
        'loss = "sparse_categorical_crossentropy"\nmetrics = ["accuracy"]\n'
        f"\n[fit]\nepochs = {epochs}\nbatch_size = {workload.batch_size}\n"
    )


def firebrick(binary, device):
    def train(workload, epochs):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            write_mnist(folder, workload.rows)
            (folder / "model.toml").write_text(model_file(workload, epochs))
            finished = subprocess.run(
                [binary, "train", "--model", folder / "model.toml", "--data", folder, "--device", device,
                 "--ui", "quiet", "--runs-dir", folder / "runs", "--run", "run"],
                capture_output=True, text=True, timeout=150,
            )  # fmt: skip
            if finished.returncode != 0:
                raise RuntimeError(finished.stderr.strip()[-500:])
            with open(folder / "runs" / "run" / "history.csv", newline="") as file:
                history = list(csv.DictReader(file))
        return [float(row["seconds"]) for row in history], [float(row["loss"]) for row in history]

    return train


def pytorch(device, compiled=False):
    import torch
    from torch import nn

    def module(workload):
        layers, shape = [], (1, 28, 28) if workload.is_image else (784,)
        for kind, *arguments in workload.layers:
            if kind == "dense":
                layers.append(nn.Linear(int(np.prod(shape)), arguments[0]))
                shape = (arguments[0],)
                layers += {"sigmoid": [nn.Sigmoid()], "relu": [nn.ReLU()], "linear": []}[arguments[1]]
                nn.init.xavier_uniform_([layer for layer in layers if isinstance(layer, nn.Linear)][-1].weight)
            elif kind == "conv":
                layers += [nn.Conv2d(shape[0], arguments[0], 3), nn.ReLU()]
                shape = (arguments[0], shape[1] - 2, shape[2] - 2)
            elif kind == "pool":
                layers.append(nn.MaxPool2d(2))
                shape = (shape[0], shape[1] // 2, shape[2] // 2)
            elif kind == "flatten":
                layers.append(nn.Flatten())
            else:
                layers.append(nn.Dropout(arguments[0]))
        return nn.Sequential(*layers)

    def train(workload, epochs):
        torch.manual_seed(42)
        inputs = torch.tensor(idx("images", workload.rows), dtype=torch.float32, device=device) / 255
        if workload.is_image:
            inputs = inputs.reshape(-1, 1, 28, 28)
        targets = torch.tensor(idx("labels", workload.rows).astype(np.int64), device=device)
        model = module(workload).to(device)
        forward = torch.compile(model) if compiled else model
        optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, eps=1e-7)
        loss_function = nn.CrossEntropyLoss()
        seconds, losses = [], []
        for _ in range(epochs):
            begin = time.perf_counter()
            total = torch.zeros((), device=device)
            correct = torch.zeros((), device=device)
            for batch in torch.randperm(workload.rows, device=device).split(workload.batch_size):
                optimizer.zero_grad()
                output = forward(inputs[batch])
                loss = loss_function(output, targets[batch])
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(batch)
                correct += (output.argmax(1) == targets[batch]).sum()
            losses.append(total.item() / workload.rows)
            correct.item()
            seconds.append(time.perf_counter() - begin)
        return seconds, losses

    return train


def jax_loop(device):
    import jax
    import jax.numpy as jnp
    import optax

    def initial(workload, key):
        weights, shape = [], (28, 28, 1) if workload.is_image else (784,)
        for kind, *arguments in workload.layers:
            key, draw = jax.random.split(key)
            if kind == "dense":
                fan_in = int(np.prod(shape))
                limit = (6 / (fan_in + arguments[0])) ** 0.5
                weights.append((jax.random.uniform(draw, (fan_in, arguments[0]), jnp.float32, -limit, limit), jnp.zeros(arguments[0])))
                shape = (arguments[0],)
            elif kind == "conv":
                limit = (6 / (9 * (shape[2] + arguments[0]))) ** 0.5
                weights.append((jax.random.uniform(draw, (3, 3, shape[2], arguments[0]), jnp.float32, -limit, limit), jnp.zeros(arguments[0])))
                shape = (shape[0] - 2, shape[1] - 2, arguments[0])
            elif kind == "pool":
                shape = (shape[0] // 2, shape[1] // 2, shape[2])
        return weights

    def forward(workload, weights, x, key):
        weights = iter(weights)
        for kind, *arguments in workload.layers:
            if kind == "dense":
                kernel, bias = next(weights)
                x = x.reshape(len(x), -1) @ kernel + bias
                x = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu, "linear": lambda y: y}[arguments[1]](x)
            elif kind == "conv":
                kernel, bias = next(weights)
                x = jax.nn.relu(jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias)
            elif kind == "pool":
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            elif kind == "dropout":
                keep = jax.random.bernoulli(key, 1 - arguments[0], x.shape)
                x = jnp.where(keep, x / (1 - arguments[0]), 0)
        return x

    def train(workload, epochs):
        with jax.default_device(jax.devices(device)[0]):
            inputs = jnp.asarray(idx("images", workload.rows), jnp.float32) / 255
            if workload.is_image:
                inputs = inputs.reshape(-1, 28, 28, 1)
            targets = jnp.asarray(idx("labels", workload.rows), jnp.int32)
            weights = initial(workload, jax.random.key(42))
            optimizer = optax.adam(LEARNING_RATE, eps=1e-7)

            @jax.jit
            def step(weights, state, total, x, y, key):
                def loss_of(weights):
                    output = forward(workload, weights, x, key)
                    return optax.softmax_cross_entropy_with_integer_labels(output, y).mean(), output

                (loss, output), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights)
                updates, state = optimizer.update(gradients, state)
                figures = jnp.stack([loss * len(x), (output.argmax(1) == y).sum().astype(jnp.float32)])
                return optax.apply_updates(weights, updates), state, total + figures

            state, key = optimizer.init(weights), jax.random.key(1)
            seconds, losses = [], []
            for epoch in range(epochs):
                begin = time.perf_counter()
                total = jnp.zeros(2)
                order = np.random.default_rng(epoch).permutation(workload.rows)
                for first in range(0, workload.rows, workload.batch_size):
                    batch = jnp.asarray(order[first:first + workload.batch_size])
                    key, draw = jax.random.split(key)
                    weights, state, total = step(weights, state, total, inputs[batch], targets[batch], draw)
                losses.append(float(total[0]) / workload.rows)
                seconds.append(time.perf_counter() - begin)
            return seconds, losses

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
        if torch.cuda.is_available():
            found["PyTorch cuda"] = pytorch("cuda")
        found["PyTorch cpu"] = pytorch("cpu")
    except ImportError:
        print("PyTorch is not installed", file=sys.stderr)
    try:
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
        import jax
        import optax  # noqa: F401
        device = jax.devices()[0].platform
        found[f"JAX {device}"] = jax_loop(device)
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
    chosen = [w for w in WORKLOADS if only is None or w.name.split()[0] in only or w.name in only]

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
