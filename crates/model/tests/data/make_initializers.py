"""Bounds, moments and default initial values by Keras, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_initializers.py

Writes initializers.json beside this script, one case a line. Keras' own random numbers are seeded
with 1 (scaled initializers, orthogonal) and 2 (the others); only their moments are written down.
"""

import json
import math
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras.src.initializers.random_initializers import compute_fans

# Standard deviation of a normal distribution that is cut off at ±2.
TRUNCATED_STDDEV = 0.87962566103423978


def numbers(values):
    return np.asarray(keras.ops.convert_to_numpy(values), "float32")


def rounded(value):
    return float(np.round(value, 4))


cases = []

SCALED = [
    ("GlorotUniform", 1.0, "fan_avg"), ("GlorotNormal", 1.0, "fan_avg"),
    ("HeUniform", 2.0, "fan_in"), ("HeNormal", 2.0, "fan_in"),
    ("LecunUniform", 1.0, "fan_in"), ("LecunNormal", 1.0, "fan_in"),
]  # fmt: skip
for name, scale, mode in SCALED:
    for shape in [(64, 32), (3, 3, 16, 32), (5, 8, 16), (100,)]:
        fan_in, fan_out = compute_fans(shape)
        n = fan_in if mode == "fan_in" else (fan_in + fan_out) / 2
        stddev = math.sqrt(scale / max(1.0, n))
        case = {
            "name": f"{name}{shape}", "class": name, "shape": shape,
            "fan_in": fan_in, "fan_out": fan_out, "scale": scale, "mode": mode, "std": stddev,
        }  # fmt: skip
        if "Uniform" in name:
            case["limit"] = bound = math.sqrt(3) * stddev
        else:
            case["stddev_before_truncation"] = stddev / TRUNCATED_STDDEV
            case["truncate_at"] = bound = 2 * stddev / TRUNCATED_STDDEV
        values = numbers(getattr(keras.initializers, name)(seed=1)(shape))
        assert abs(values).max() <= bound + 1e-6
        case["sample_std_measured"] = rounded(values.std())
        cases.append(case)

for name in ["RandomNormal", "RandomUniform", "TruncatedNormal"]:
    values = numbers(getattr(keras.initializers, name)(seed=2)((200, 200)))
    measured = {key: rounded(getattr(values, key)()) for key in ["mean", "std", "min", "max"]}
    cases.append({"name": name, "measured": measured})

matrix = numbers(keras.initializers.Orthogonal(seed=1)((4, 6)))
cases.append({"name": "Orthogonal(4,6)", "WWt": (matrix @ matrix.T).round(4).tolist()})
identity = numbers(keras.initializers.Identity(gain=2.0)((2, 3)))
cases.append({"name": "Identity", "value": identity.tolist()})


def weight(variable):
    values = numbers(variable.value)
    constant = np.unique(values)
    name = variable.path.split("/")[-1]
    return {
        "path": name,
        "shape": values.shape,
        "const": float(constant[0]) if constant.size == 1 else None,
        "values_if_small": values.tolist() if values.size <= 12 and name == "bias" else None,
        "trainable": variable.trainable,
    }


layers = keras.layers
for suffix, layer, shape in [
    ("Dense", layers.Dense(3), (None, 4)),
    ("Conv2D", layers.Conv2D(2, 3), (None, 8, 8, 3)),
    ("Conv2DTranspose", layers.Conv2DTranspose(2, 3), (None, 8, 8, 3)),
    ("DepthwiseConv2D", layers.DepthwiseConv2D(3), (None, 8, 8, 3)),
    ("SeparableConv2D", layers.SeparableConv2D(2, 3), (None, 8, 8, 3)),
    ("BatchNormalization", layers.BatchNormalization(), (None, 3)),
    ("LayerNormalization", layers.LayerNormalization(), (None, 3)),
    ("Embedding", layers.Embedding(10, 4), (None, 5)),
    ("LSTM", layers.LSTM(2), (None, 5, 3)),
    ("GRU", layers.GRU(2), (None, 5, 3)),
    ("GRU_reset_before", layers.GRU(2, reset_after=False), (None, 5, 3)),
    ("SimpleRNN", layers.SimpleRNN(2), (None, 5, 3)),
    ("PReLU", layers.PReLU(), (None, 3)),
]:
    layer.build(shape)
    cases.append({
        "name": f"default_weights_{suffix}",
        "input_shape": shape,
        "count_params": layer.count_params(),
        "weights": [weight(variable) for variable in layer.weights],
    })

meta = {"keras": keras.__version__, "backend": keras.backend.backend()}
lines = ",\n".join(json.dumps(case) for case in cases)
path = pathlib.Path(__file__).with_name("initializers.json")
path.write_text(f'{{"meta": {json.dumps(meta)}, "cases": [\n{lines}\n]}}\n')
