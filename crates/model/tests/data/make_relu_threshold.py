"""Output and slope of Keras' ReLU layer at its bends and beside them.

    pip install keras jax
    KERAS_BACKEND=jax python make_relu_threshold.py

writes relu_threshold.json beside this file (Keras 3.15.1, JAX 0.10.2; no random numbers).
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax
import jax.numpy as jnp
import keras

POINTS = [-1.0, 0.0, 0.5, 1.0, 1.5]
ARGUMENTS = [
    {},
    {"negative_slope": 0.25},
    {"threshold": 1.0},
    {"max_value": 2.0},
    {"max_value": 2.0, "threshold": 1.0},
    {"negative_slope": 0.25, "threshold": 1.0},
    {"negative_slope": 0.25, "max_value": 2.0},
    {"negative_slope": 0.25, "threshold": 1.0, "max_value": 2.0},
]


def case(arguments):
    layer = keras.layers.ReLU(**arguments)
    x = jnp.array([POINTS])
    slope = jax.grad(lambda x: layer(x).sum())(x)
    return {
        "arguments": arguments,
        "output": [float(y) for y in layer(x)[0]],
        "slope": [float(y) for y in slope[0]],
    }


golden = {
    "keras": keras.__version__,
    "jax": jax.__version__,
    "points": POINTS,
    "cases": [case(arguments) for arguments in ARGUMENTS],
}
path = Path(__file__).with_name("relu_threshold.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
