"""Summaries by Keras, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_summaries.py

Writes summaries.json beside this script.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["COLUMNS"] = "100"

import keras
from keras import layers


def mlp():
    return keras.Sequential([
        keras.Input((784,)),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip


def cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Conv2D(16, (3, 5), strides=2, padding="same", use_bias=False),
        layers.LayerNormalization(),
        layers.ReLU(),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, name="digits"),
    ], name="my_cnn")  # fmt: skip


def cnn_frozen():
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10),
    ], name="my_cnn")  # fmt: skip
    model.layers[0].trainable = False
    return model


summaries = {}
for build in [mlp, cnn, cnn_frozen]:
    keras.utils.clear_session()
    lines = []
    build().summary(print_fn=lambda text, **_: lines.append(text))
    summaries[build.__name__] = "\n".join(lines)

path = pathlib.Path(__file__).with_name("summaries.json")
golden = {"keras": keras.__version__, "summaries": summaries}
path.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
