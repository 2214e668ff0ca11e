"""Ten steps of Keras' optimizers, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_optimizers.py

Writes optimizers.json beside this script: trajectory[i] holds the variables a and b after step i + 1.
Seed 42 for the gradients.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import optimizers


def numbers(array):
    """Nested lists of the shortest decimals that give the same float32."""
    array = np.asarray(array, dtype="float32")
    if array.ndim == 0:
        return float(np.format_float_positional(array[()], unique=True))
    return [numbers(row) for row in array]


A = np.array([1.0, -2.0, 0.5, 0.0], "float32")
B = np.array([[0.3, -0.7], [1.2, 0.05]], "float32")
rng = np.random.default_rng(42)
gradients_a = rng.normal(size=(10, 4)).astype("float32").round(3)
gradients_b = (rng.normal(size=(10, 2, 2)) * 2).astype("float32").round(3)
# A step without a gradient, and a weight that gets none at first.
gradients_a[3] = 0.0
gradients_a[:, 3] = [0, 0, 0, 0, 1, -1, 1, -1, 1, 0]


def steps(name, optimizer, **config):
    a = keras.Variable(A, name="a")
    b = keras.Variable(B, name="b")
    work = getattr(optimizers, optimizer)(**config)
    work.build([a, b])
    trajectory = []
    for gradient_a, gradient_b in zip(gradients_a, gradients_b):
        tensors = [keras.ops.convert_to_tensor(g) for g in (gradient_a, gradient_b)]
        work.apply(tensors, [a, b])
        trajectory.append({"a": numbers(a.value), "b": numbers(b.value)})
    case = {"name": name, "optimizer": optimizer, "config": config, "trajectory": trajectory}
    if config.get("use_ema"):
        # What happens at the end of a fit.
        work.finalize_variable_values([a, b])
        case["after_finalize"] = {"a": numbers(a.value), "b": numbers(b.value)}
    return case


cases = [
    steps("sgd", "SGD"),
    steps("sgd_lr0.1", "SGD", learning_rate=0.1),
    steps("sgd_momentum", "SGD", learning_rate=0.1, momentum=0.9),
    steps("sgd_nesterov", "SGD", learning_rate=0.1, momentum=0.9, nesterov=True),
    steps("sgd_weight_decay", "SGD", learning_rate=0.1, weight_decay=0.01),
    steps("sgd_clipnorm", "SGD", learning_rate=0.1, clipnorm=1.0),
    steps("sgd_clipvalue", "SGD", learning_rate=0.1, clipvalue=0.5),
    steps("sgd_global_clipnorm", "SGD", learning_rate=0.1, global_clipnorm=1.0),
    steps("adam", "Adam"),
    steps("adam_lr0.1", "Adam", learning_rate=0.1),
    steps("adam_amsgrad", "Adam", learning_rate=0.1, amsgrad=True),
    steps("adam_eps1e-3", "Adam", learning_rate=0.1, epsilon=1e-3),
    steps("adamw", "AdamW"),
    steps("adamw_lr0.1_wd0.05", "AdamW", learning_rate=0.1, weight_decay=0.05),
    steps("rmsprop", "RMSprop"),
    steps("rmsprop_lr0.1", "RMSprop", learning_rate=0.1),
    steps("rmsprop_momentum", "RMSprop", learning_rate=0.1, momentum=0.9),
    steps("rmsprop_centered", "RMSprop", learning_rate=0.1, centered=True),
    steps("adagrad", "Adagrad"),
    steps("adagrad_lr0.1", "Adagrad", learning_rate=0.1),
    steps("adadelta", "Adadelta"),
    steps("adadelta_lr1", "Adadelta", learning_rate=1.0),
    steps("adamax", "Adamax", learning_rate=0.1),
    steps("nadam", "Nadam", learning_rate=0.1),
    steps("lion", "Lion"),
    steps("lion_lr0.1_wd", "Lion", learning_rate=0.1, weight_decay=0.01),
    steps("sgd_ema", "SGD", learning_rate=0.1, use_ema=True, ema_momentum=0.5),
    steps(
        "sgd_ema_overwrite3",
        "SGD",
        learning_rate=0.1,
        use_ema=True,
        ema_momentum=0.5,
        ema_overwrite_frequency=3,
    ),
    steps("sgd_accumulation2", "SGD", learning_rate=0.1, gradient_accumulation_steps=2),
    steps("adam_accumulation5", "Adam", learning_rate=0.1, gradient_accumulation_steps=5),
    # Clipped after the mean; the average goes on where the weights stay.
    steps(
        "adamw_accumulation3_ema_overwrite2_clipnorm",
        "AdamW",
        learning_rate=0.1,
        gradient_accumulation_steps=3,
        use_ema=True,
        ema_momentum=0.5,
        ema_overwrite_frequency=2,
        clipnorm=0.5,
    ),
]
golden = {
    "meta": {"keras": keras.__version__, "backend": keras.backend.backend(), "seed": 42},
    "initial": {"a": numbers(A), "b": numbers(B)},
    "gradients": [
        {"a": numbers(a), "b": numbers(b)} for a, b in zip(gradients_a, gradients_b)
    ],
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("optimizers.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
