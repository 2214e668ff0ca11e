"""What is trained and asked: networks, data and batches, described once for every peer."""

import json
from dataclasses import asdict, dataclass, field, replace

LEARNING_RATE = 0.001
# The rates of the command's own training: 3, 2, and 1 from then on.
FALLING = (3.0, 2.0, 1.0)


@dataclass(frozen=True)
class Workload:
    """A network, the rows that it learns and how.

    `layers` are tuples: ("dense", units, activation), ("conv", filters) of 3x3 with relu, ("pool",) of 2x2, ("flatten",),
    ("dropout", rate), ("lstm", units). The last one is linear; behind it the loss has its softmax.
    """

    name: str
    what: str
    layers: tuple
    # mnist: rows of 784; images: the same as 28 x 28 x 1; table: rows of 20 numbers; sequences: 50 steps of 8 numbers.
    data: str = "mnist"
    rows: int = 10_000
    batch_size: int = 128
    # adam at LEARNING_RATE, or sgd at these rates, one a step, the last one for the rest.
    rates: tuple = ()
    # This share of the rows, the last ones, is not learned but judged by after each epoch.
    validation_split: float = 0.0
    # Epochs that a peer takes in a turn, and turns that it gets.
    epochs: int = 1
    rounds: int = 7
    # By how much the losses of two peers may differ, of the loss.
    tolerance: float = 0.06
    peers: tuple = field(default=(), compare=False)

    @property
    def group(self):
        return self.name.split()[0]

    @property
    def is_image(self):
        return self.data == "images"

    @property
    def is_classes(self):
        return self.data != "table"

    @property
    def input_shape(self):
        return {"mnist": (784,), "images": (28, 28, 1), "table": (20,), "sequences": (50, 8)}[self.data]

    @property
    def outputs(self):
        return self.layers[-1][1]

    @property
    def num_training(self):
        """Rows that are learned."""
        return self.rows - int(self.rows * self.validation_split)

    def rate(self, step):
        return self.rates[min(step, len(self.rates) - 1)] if self.rates else LEARNING_RATE

    def to_json(self, **more):
        return json.dumps({**asdict(self), "model_file": model_file(self), **more})

    @classmethod
    def from_json(cls, text):
        values = json.loads(text)
        values = {name: values[name] for name in cls.__dataclass_fields__}
        layers = tuple(tuple(layer) for layer in values.pop("layers"))
        return cls(layers=layers, rates=tuple(values.pop("rates")), peers=tuple(values.pop("peers")), **values)


def dense(*widths, activation="sigmoid", outputs=10):
    hidden = tuple(("dense", width, activation) for width in widths)
    return (*hidden, ("dense", outputs, "linear"))


def model_file(workload):
    """The network and its training as firebrick's model file."""
    tables = {
        "conv": lambda filters: f'class_name = "Conv2D"\nfilters = {filters}\nkernel_size = 3\nactivation = "relu"',
        "pool": lambda: 'class_name = "MaxPooling2D"',
        "flatten": lambda: 'class_name = "Flatten"',
        "dropout": lambda rate: f'class_name = "Dropout"\nrate = {rate}',
        "lstm": lambda units: f'class_name = "LSTM"\nunits = {units}',
        "dense": lambda units, activation: f'class_name = "Dense"\nunits = {units}\nactivation = "{activation}"',
    }
    layers = [tables[kind](*arguments) for kind, *arguments in workload.layers[:-1]]
    layers.append(tables["dense"](workload.outputs, "softmax" if workload.is_classes else "linear"))
    loss = 'loss = "sparse_categorical_crossentropy"\nmetrics = ["accuracy"]' if workload.is_classes else 'loss = "mse"'
    rate = 'optimizer = "sgd"\nschedule = "time-based:3"' if workload.rates else f'optimizer = "adam"\nlearning_rate = {LEARNING_RATE}'
    split = f"validation_split = {workload.validation_split}\n" if workload.validation_split else ""
    # Any seed would do; the default one draws a last layer for W8 that begins far off.
    return "\n\n[[layers]]\n".join([f"input_shape = {list(workload.input_shape)}", *layers]) + (
        f"\n\n[compile]\n{rate}\n{loss}\n\n[fit]\nseed = 1\nepochs = {workload.epochs}\nbatch_size = {workload.batch_size}\n{split}"
    )


CONVOLUTIONAL = (
    ("conv", 16), ("pool",), ("conv", 32), ("pool",), ("flatten",), ("dropout", 0.3), ("dense", 10, "linear"),
)  # fmt: skip
SMALL = dense(128, 64)
FEW = ("firebrick", "torch", "keras-jax", "jax")


def growth(kind, size, what, layers, **more):
    return Workload(f"W7 {kind} {size}", what, layers, peers=FEW, rounds=4, tolerance=0.15, **more)


TRAININGS = [
    Workload("W1", "784-128-64-10, sigmoid, Adam, batches of 128, 10,000 images", SMALL, epochs=5),
    Workload("W2 batch 32", "W1 in batches of 32", SMALL, batch_size=32, epochs=2, rounds=5),
    Workload("W2 batch 1024", "W1 in batches of 1024", SMALL, batch_size=1024, epochs=5, rounds=5),
    Workload("W4", "conv 16, pool, conv 32, pool, dropout, dense 10, Adam, batches of 64, 10,000 images",
             CONVOLUTIONAL, "images", batch_size=64, epochs=1, rounds=5),
    *(growth("rows", rows, f"W1 with {rows:,} images", SMALL, rows=rows, epochs=max(1, 10_000 // rows))
      for rows in (1_000, 60_000)),
    *(growth("width", width, f"784-{width}-{width}-10, relu, batches of 128", dense(width, width, activation="relu"),
             epochs=3 if width < 1000 else 1)
      for width in (32, 512, 2048)),
    *(growth("depth", depth, f"{depth} layers of 128, relu, batches of 128", dense(*[128] * depth, activation="relu"))
      for depth in (1, 8, 32)),
    Workload("W8", "regression, 20-64-32-1, relu, Adam, batches of 256, 100,000 rows",
             dense(64, 32, activation="relu", outputs=1), "table", 100_000, 256, rounds=5, tolerance=0.3),
    Workload("W9", "LSTM 64, dense 4, Adam, batches of 32, 1,000 sequences of 50 steps of 8",
             (("lstm", 64), ("dense", 4, "linear")), "sequences", 1_000, 32, rounds=5, tolerance=0.3),
]  # fmt: skip

# What `firebrick train` does when nothing else is said.
MAIN_JOB = Workload(
    "main job", "784-128-64-10, sigmoid, SGD, batches of 128, 54,000 images, judged by 6,000 others after each epoch",
    SMALL, rows=60_000, rates=FALLING, validation_split=0.1,
)  # fmt: skip
GOAL = 0.97


def small(workload):
    """The same on a few rows, to see whether everything runs; its times mean nothing."""
    return replace(workload, rows=min(workload.rows, 2_000), epochs=1, rounds=2, tolerance=0.5)
