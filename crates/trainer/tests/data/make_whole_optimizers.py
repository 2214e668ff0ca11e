"""Ten steps of optimizers that look at whole weights, and of Adan, for the tests of this crate.

    pip install keras==3.15.1 jax optax==0.2.8
    KERAS_BACKEND=jax python make_whole_optimizers.py

Writes whole_optimizers.json beside this script: trajectory[i] holds the variables a, b and c after step i + 1.
Seed 7 for the gradients. Adan is not in Keras: one case is optax's, with beta_2 0.5, for which its `1 - beta_2` and the
`beta_2` of the authors' program are the same; the others are Algorithm 1 of the paper, written out here with the bias
corrections and the decays (0.98, 0.92, 0.99 of what is kept) of the authors' program, https://github.com/sail-sg/Adan.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax.numpy as jnp
import keras
import numpy as np
import optax
from keras import optimizers

NAMES = "abc"
START = [
    np.array([1.0, -2.0, 0.5, 0.0], "float32"),
    np.array([[0.3, -0.7], [1.2, 0.05], [-0.4, 0.9]], "float32"),
    np.array([[[0.1, 0.2], [-0.3, 0.4]], [[0.5, -0.6], [0.7, 0.8]]], "float32"),
]
rng = np.random.default_rng(7)
gradients = [[rng.normal(size=one.shape).astype("float32").round(3) for one in START] for _ in range(10)]
# A step without a gradient.
gradients[3] = [np.zeros_like(one) for one in START]


def numbers(array):
    """Nested lists of the shortest decimals that give the same float32."""
    array = np.asarray(array, dtype="float32")
    if array.ndim == 0:
        return float(np.format_float_positional(array[()], unique=True))
    return [numbers(row) for row in array]


def named(arrays):
    return {name: numbers(array) for name, array in zip(NAMES, arrays)}


def case(optimizer, config, trajectory):
    return {"optimizer": optimizer, "config": config, "trajectory": trajectory}


def by_keras(optimizer, **config):
    weights = [keras.Variable(one, name=name) for name, one in zip(NAMES, START)]
    work = getattr(optimizers, optimizer)(**config)
    work.build(weights)
    trajectory = []
    for step in gradients:
        work.apply([keras.ops.convert_to_tensor(one) for one in step], weights)
        trajectory.append(named(weight.value for weight in weights))
    return case(optimizer, config, trajectory)


def by_optax(optimizer, config, work):
    weights = [jnp.asarray(one) for one in START]
    state = work.init(weights)
    trajectory = []
    for step in gradients:
        updates, state = work.update([jnp.asarray(one) for one in step], state, weights)
        weights = optax.apply_updates(weights, updates)
        trajectory.append(named(weights))
    return case(optimizer, config, trajectory)


def adan(learning_rate=0.001, beta_1=0.98, beta_2=0.92, beta_3=0.99, epsilon=1e-8, weight_decay=0.0, **_):
    weights = [one.astype("float64") for one in START]
    m, v, n = ([np.zeros_like(one) for one in weights] for _ in range(3))
    trajectory = []
    before = gradients[0]
    for time, step in enumerate(gradients, 1):
        for i, g in enumerate(step):
            g, old = g.astype("float64"), before[i].astype("float64")
            m[i] = beta_1 * m[i] + (1 - beta_1) * g
            v[i] = beta_2 * v[i] + (1 - beta_2) * (g - old)
            n[i] = beta_3 * n[i] + (1 - beta_3) * (g + beta_2 * (g - old)) ** 2
            ahead = m[i] / (1 - beta_1**time) + beta_2 * v[i] / (1 - beta_2**time)
            root = np.sqrt(n[i] / (1 - beta_3**time)) + epsilon
            weights[i] = weights[i] * (1 - learning_rate * weight_decay) - learning_rate * ahead / root
        before = step
        trajectory.append(named(weights))
    return trajectory


def by_paper(**config):
    return case("Adan", config, adan(**config))


cases = [
    by_keras("Lamb"),
    by_keras("Lamb", learning_rate=0.1, beta_1=0.8, beta_2=0.99, epsilon=1e-4),
    by_keras("Lamb", learning_rate=0.1, weight_decay=0.05),
    by_keras("Adafactor"),
    by_keras("Adafactor", learning_rate=0.5, beta_2_decay=-0.5, clip_threshold=0.5, epsilon_2=0.5),
    by_keras("Adafactor", learning_rate=0.1, relative_step=False, weight_decay=0.01, epsilon_1=1e-3),
    by_keras("Ftrl"),
    by_keras("Ftrl", learning_rate=0.1),
    by_keras(
        "Ftrl",
        learning_rate=0.5,
        learning_rate_power=-0.8,
        initial_accumulator_value=0.5,
        l1_regularization_strength=0.3,
        l2_regularization_strength=0.1,
        l2_shrinkage_regularization_strength=0.05,
        beta=0.2,
    ),
    by_keras("ScheduleFreeAdamW"),
    by_keras("ScheduleFreeAdamW", learning_rate=0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-4, warmup_steps=4),
    by_keras("ScheduleFreeAdamW", learning_rate=0.1, weight_decay=0.1),
    by_keras("Muon"),
    by_keras("Muon", learning_rate=0.1, momentum=0.5, nesterov=False, ns_steps=3, weight_decay=0.1),
    by_keras("Muon", learning_rate=0.1, rms_rate=None, muon_a=3.0, muon_b=-4.0, muon_c=2.0),
    by_keras(
        "Muon",
        learning_rate=0.1,
        adam_lr_ratio=0.1,
        adam_beta_1=0.8,
        adam_beta_2=0.9,
        adam_weight_decay=0.2,
        epsilon=1e-3,
    ),
    by_optax(
        "Adan",
        {"learning_rate": 0.1, "beta_2": 0.5, "weight_decay": 0.1},
        optax.adan(0.1, b2=0.5, eps_root=0.0, weight_decay=0.1),
    ),
    by_paper(),
    by_paper(learning_rate=0.1, beta_1=0.9, beta_2=0.8, beta_3=0.95, epsilon=1e-4, weight_decay=0.02),
]
path = pathlib.Path(__file__).with_name("whole_optimizers.json")
meta = {"keras": keras.__version__, "optax": optax.__version__, "backend": "jax", "seed": 7}
golden = {
    "meta": meta,
    "initial": named(START),
    "gradients": [named(step) for step in gradients],
    "cases": cases,
}
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
