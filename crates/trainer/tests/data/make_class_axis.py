"""Keras' cross-entropies along another axis than the last one, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_class_axis.py

Writes class_axis.json beside this script: losses with their arguments, targets, outputs, weights of samples, and what Keras makes
of them; seed 29.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import losses

rng = np.random.default_rng(29)


def shares(x, axis):
    return x / x.sum(axis=axis, keepdims=True)


def case(loss, axis, shape, **arguments):
    own = getattr(losses, loss)(axis=axis, **arguments)
    logits = arguments.get("from_logits", False)
    outputs = rng.normal(size=shape) if logits else rng.uniform(0.05, 0.95, size=shape)
    outputs = outputs.astype("float32").round(3)
    if loss.startswith("Binary"):
        targets = rng.integers(0, 2, size=shape).astype("float32")
    elif loss.startswith("Sparse"):
        targets = rng.integers(0, shape[axis], size=np.delete(shape, axis)).astype("float32")
    else:
        classes = rng.integers(0, shape[axis], size=np.delete(shape, axis))
        targets = np.moveaxis(np.eye(shape[axis])[classes], -1, axis).astype("float32")
    weights = rng.uniform(0.2, 2.0, size=shape[0]).astype("float32").round(2)
    value = float(own(targets, outputs))
    weighted = float(own(targets, outputs, sample_weight=weights.reshape([-1] + [1] * (len(shape) - 2))))
    config = losses.serialize(own)
    if loss.startswith("Sparse"):
        # Keras forgets to write it.
        config["config"]["axis"] = axis
    return {
        "config": config,
        "targets": targets.tolist(),
        "outputs": outputs.tolist(),
        "weights": weights.tolist(),
        "value": value,
        "weighted": weighted,
    }


cases = []
for axis in [1, -2]:
    for shape in [(2, 3, 4), (3, 2, 3, 2)]:
        for arguments in [{}, {"from_logits": True}, {"reduction": "sum"}]:
            cases.append(case("CategoricalCrossentropy", axis, shape, **arguments))
            cases.append(case("CategoricalFocalCrossentropy", axis, shape, gamma=1.5, **arguments))
            cases.append(case("BinaryCrossentropy", axis, shape, label_smoothing=0.1, **arguments))
            cases.append(case("BinaryFocalCrossentropy", axis, shape, apply_class_balancing=True, **arguments))
    # Its backend wants classes that are as many as what stands behind them.
    cases.append(case("SparseCategoricalCrossentropy", axis, (2, 3, 3)))
    cases.append(case("SparseCategoricalCrossentropy", axis, (2, 3, 3), from_logits=True))
path = pathlib.Path(__file__).with_name("class_axis.json")
path.write_text(json.dumps({"keras": keras.__version__, "seed": 29, "cases": cases}) + "\n")
