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


def functional():
    a = keras.Input((8,), name="a")
    b = keras.Input((4,), name="b")
    x = layers.Dense(4)(a)
    y = layers.Dense(4)(layers.Concatenate()([x, b]))
    total = layers.Add()([x, y])
    outputs = [layers.Dense(1, name="o1")(total), layers.Dense(2, name="o2")(total)]
    return keras.Model([a, b], outputs)


def nested():
    inner = keras.Sequential([
        keras.Input((4,)),
        layers.Dense(3),
        layers.Dense(2),
    ], name="inner")  # fmt: skip
    return keras.Sequential([keras.Input((4,)), inner, layers.Dense(1)])


def functional_trainable():
    model = functional()
    model.get_layer("dense").trainable = False
    return model


def tied():
    """A head that is the embedding in reverse: one layer with calls of two shapes."""
    tokens = keras.Input((6,), name="tokens")
    embedding = layers.ReversibleEmbedding(11, 4, name="head")
    x = layers.Dense(4)(embedding(tokens))
    return keras.Model(tokens, embedding(x, reverse=True))


summaries = {}
arguments = {
    "nested": {"expand_nested": True},
    "functional_trainable": {"show_trainable": True},
    "cnn_frozen_trainable": {"show_trainable": True},
}
builds = {build.__name__: build for build in [mlp, cnn, cnn_frozen, functional, nested, functional_trainable, tied]}
builds["cnn_frozen_trainable"] = cnn_frozen
for name, build in builds.items():
    keras.utils.clear_session()
    lines = []
    build().summary(print_fn=lambda text, **_: lines.append(text), **arguments.get(name, {}))
    summaries[name] = "\n".join(lines)

path = pathlib.Path(__file__).with_name("summaries.json")
golden = {"keras": keras.__version__, "summaries": summaries}
path.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
