"""Activations by Keras, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_activations.py

Writes activations.json beside this script.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

NAMES = [
    "linear", "sigmoid", "relu", "tanh", "gelu", "silu", "swish", "elu", "selu",
    "leaky_relu", "softplus", "softsign", "mish", "softmax", "log_softmax", "exponential",
    "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "relu6", "celu", "log_sigmoid",
    "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink",
    "gelu_approximate", "glu", "sparsemax", "threshold(0.5, -1)",
]  # fmt: skip
ARGUMENTS = {
    "gelu_approximate": ("gelu", {"approximate": True}),
    "threshold(0.5, -1)": ("threshold", {"threshold": 0.5, "default_value": -1.0}),
}
inputs = [-30.0, -3.0, -1.5, -1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 2.5, 7.0, 30.0]

values = {}
for name in NAMES:
    # One row, because softmax wants two axes.
    function, arguments = ARGUMENTS.get(name, (name, {}))
    row = keras.ops.convert_to_tensor([inputs], "float32")
    outputs = keras.activations.get(function)(row, **arguments)
    values[name] = [float(str(value)) for value in np.asarray(outputs, "float32")[0]]

path = pathlib.Path(__file__).with_name("activations.json")
golden = {"keras": keras.__version__, "inputs": inputs, "values": values}
path.write_text(json.dumps(golden, indent=1) + "\n")
