"""Rows to learn from: MNIST of the repository, and made-up tables and sequences that every peer reads from the same files."""

import array
import gzip
import math
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MNIST = ROOT / "assets" / "mnist"
MADE = ROOT / "target" / "benchmarks"


def made_files(kind):
    """The files of inputs and targets, single precision, row after row; made if they are not there yet."""
    files = MADE / f"{kind}-inputs.f32", MADE / f"{kind}-targets.f32"
    if not all(file.exists() for file in files):
        MADE.mkdir(parents=True, exist_ok=True)
        for file, numbers in zip(files, {"table": table, "sequences": sequences, "weights": weights}[kind]()):
            whole = file.with_suffix(".part")
            with open(whole, "wb") as out:
                numbers.tofile(out)
            whole.rename(file)
    return files


def table(rows=100_000, columns=20):
    """Numbers, and a smooth function of some of them with noise."""
    draw = random.Random(8)
    inputs, targets = array.array("f"), array.array("f")
    for _ in range(rows):
        row = [draw.gauss(0, 1) for _ in range(columns)]
        inputs.extend(row)
        targets.append(row[0] * row[1] + math.sin(2 * row[2]) + 0.5 * row[3] ** 2 - row[4] + 0.3 * draw.gauss(0, 1))
    return inputs, targets


def sequences(rows=1_000, steps=50, columns=8, classes=4):
    """Noise about one of four levels, and about which: all learn it at the same speed, without a plateau."""
    draw = random.Random(9)
    inputs, targets = array.array("f"), array.array("f")
    for _ in range(rows):
        target = draw.randrange(classes)
        level = 0.2 * (target - (classes - 1) / 2)
        inputs.extend(draw.gauss(level, 1) for _ in range(steps * columns))
        targets.append(target)
    return inputs, targets


def weights(widths=(784, 128, 64, 10)):
    """Kernel and bias of each layer of W1, and an empty file: what every peer answers with."""
    draw = random.Random(5)
    values = array.array("f")
    for fan_in, fan_out in zip(widths, widths[1:]):
        limit = math.sqrt(6 / (fan_in + fan_out))
        values.extend(draw.uniform(-limit, limit) for _ in range(fan_in * fan_out))
        values.extend(draw.uniform(-0.1, 0.1) for _ in range(fan_out))
    return values, array.array("f")


def idx(kind, rows):
    """The first rows of MNIST's images or labels."""
    import numpy as np

    if kind == "images":
        with gzip.open(MNIST / "train-images-idx3-ubyte.gz") as file:
            return np.frombuffer(file.read(16 + rows * 784), np.uint8, offset=16).reshape(rows, 784)
    with gzip.open(MNIST / "train-labels-idx1-ubyte.gz") as file:
        return np.frombuffer(file.read(8 + rows), np.uint8, offset=8)


def load(workload):
    """Inputs and targets to learn, then those to judge by: single precision, and whole numbers for classes."""
    import numpy as np

    rows = workload.rows
    if workload.data in ("mnist", "images"):
        inputs = idx("images", rows).astype(np.float32) / 255
        targets = idx("labels", rows)
    else:
        inputs, targets = (np.fromfile(file, np.float32) for file in made_files(workload.data))
        inputs = inputs[: rows * math.prod(workload.input_shape)]
        targets = targets[:rows]
    inputs = inputs.reshape(rows, *workload.input_shape)
    targets = targets.astype(np.int64) if workload.is_classes else targets.reshape(rows, 1)
    count = workload.num_training
    return inputs[:count], targets[:count], inputs[count:], targets[count:]


def load_weights():
    """Kernel and bias of each layer that answers."""
    import numpy as np

    values = np.fromfile(made_files("weights")[0], np.float32)
    layers, widths = [], (784, 128, 64, 10)
    for fan_in, fan_out in zip(widths, widths[1:]):
        kernel, bias, values = np.split(values, [fan_in * fan_out, fan_in * fan_out + fan_out])
        layers.append((kernel.reshape(fan_in, fan_out), bias))
    return layers
