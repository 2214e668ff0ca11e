"""Writes saved_models.json and the files beside it: small models as Keras saves them, and what they predict.

    KERAS_BACKEND=jax python3 make_saved_models.py     # keras 3.15.1, jax 0.10.2

Weights and inputs are drawn by NumPy's generator with the seed 21, three decimals each.
"""

import json
import pathlib

import keras
import numpy as np
from keras import layers

HERE = pathlib.Path(__file__).resolve().parent
random = np.random.default_rng(21)
cases = []


def drawn(*shape):
    return random.normal(size=shape).astype("float32").round(3)


def numbers(value):
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return np.asarray(value).tolist()


def keep(name, model, inputs, targets=None, has_weights_file=True):
    for weight in model.weights:
        if "seed" not in weight.path and "moving" not in weight.path:
            weight.assign((random.normal(size=weight.shape) * 0.5).astype("float32").round(3))
    if targets is not None:
        model.fit(inputs, targets, epochs=2, batch_size=4, shuffle=False, verbose=0)
    model.save(HERE / f"{name}.keras")
    if has_weights_file:
        model.save_weights(HERE / f"{name}.weights.h5")
    cases.append(
        {
            "name": name,
            "weights": [
                {"path": weight.path, "shape": list(weight.shape), "value": numbers(weight.value)}
                for weight in model.weights
                if "seed" not in weight.path
            ],
            "input": numbers(inputs),
            "predict": numbers(model.predict(inputs, verbose=0)),
        }
    )


x, y = drawn(8, 4), random.integers(0, 3, 8)
mlp = keras.Sequential(
    [
        keras.Input((4,)),
        layers.Dense(5, activation="sigmoid"),
        layers.Dropout(0.1, seed=3),
        layers.Dense(3, activation="softmax"),
    ],
    name="mlp",
)
mlp.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
keep("mlp_compiled_adam", mlp, x, y)

cnn = keras.Sequential(
    [
        keras.Input((6, 6, 1)),
        layers.Conv2D(2, 3, activation="relu", padding="same"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(2),
    ],
    name="cnn",
)
keep("cnn", cnn, drawn(2, 6, 6, 1))

a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
both = layers.Concatenate(name="cat")([layers.Dense(3, activation="relu", name="da")(a), b])
output = layers.Dense(1, name="o")(layers.LayerNormalization(name="ln")(both))
keep("functional", keras.Model([a, b], output, name="func"), [drawn(2, 3), drawn(2, 2)], has_weights_file=False)

text = keras.Sequential(
    [
        keras.Input((5,), dtype="int32"),
        layers.Embedding(8, 3),
        layers.LSTM(2, return_sequences=True),
        layers.GRU(2),
        layers.Dense(1, activation="sigmoid"),
    ],
    name="text",
)
keep("text_lstm_gru", text, random.integers(0, 8, (3, 5)).astype("int32"))

body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
(HERE / "saved_models.json").write_text(f'{{"keras":"{keras.__version__}","cases":[\n{body}\n]}}\n')
