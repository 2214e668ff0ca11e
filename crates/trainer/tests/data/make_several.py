"""A fit by Keras of a network with two inputs and two outputs, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_several.py

Writes several.json beside this script: data, weights before and after, history and answers. Never shuffled, seed 23.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers, optimizers


def numbers(x):
    """Nested lists of floats, as single precision has them."""
    if isinstance(x, dict):
        return {key: numbers(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [numbers(item) for item in x]
    return np.asarray(x).tolist()


rng = np.random.default_rng(23)


def data(count):
    x = {
        "user": rng.integers(0, 5, size=(count, 2)).astype("int32"),
        "film": rng.normal(size=(count, 4)).astype("float32").round(3),
    }
    y = {
        "class": rng.integers(0, 3, size=count).astype("int32"),
        "box": rng.normal(size=(count, 2)).astype("float32").round(3),
    }
    weights = {
        "class": rng.uniform(0.2, 2.0, size=count).astype("float32").round(2),
        "box": rng.uniform(0.2, 2.0, size=count).astype("float32").round(2),
    }
    return x, y, weights


user = keras.Input((2,), dtype="int32", name="user")
film = keras.Input((4,), name="film")
vectors = layers.Flatten()(layers.Embedding(5, 3, name="vectors")(user))
joined = layers.Concatenate()([vectors, film])
hidden = layers.Dense(6, activation="tanh", name="hidden")(joined)
classes = layers.Dense(3, activation="softmax", name="class")(hidden)
box = layers.Dense(2, name="box")(hidden)
model = keras.Model({"user": user, "film": film}, {"class": classes, "box": box})
initial = [(rng.normal(size=w.shape) * 0.5).astype("float32").round(3) for w in model.get_weights()]
model.set_weights(initial)
model.compile(
    optimizer=optimizers.Adam(0.01),
    loss={"class": "sparse_categorical_crossentropy", "box": "mse"},
    loss_weights={"class": 0.7, "box": 2.0},
    metrics={"class": ["accuracy"]},
    weighted_metrics={"box": ["mae"], "class": ["sparse_categorical_crossentropy"]},
)
training, validation = data(14), data(5)
x, y, weights = training
history = model.fit(
    x, y, sample_weight=weights, validation_data=validation, batch_size=4, epochs=5, shuffle=False, verbose=0
)
answers = model.predict(validation[0], verbose=0)


def batch(part, first, last):
    return [{name: values[first:last] for name, values in group.items()} for group in part]


# The same losses batch by batch; every call has metrics of its own.
final = [w.flatten() for w in model.get_weights()]
model.set_weights(initial)
model.compile(
    optimizer=optimizers.SGD(0.1),
    loss={"class": "sparse_categorical_crossentropy", "box": "mse"},
    loss_weights={"class": 0.7, "box": 2.0},
    metrics={"class": ["accuracy"]},
    weighted_metrics={"box": ["mae"], "class": ["sparse_categorical_crossentropy"]},
)
on_batch = []
for first, last in [(0, 4), (4, 10)]:
    x_part, y_part, weights_part = batch(training, first, last)
    on_batch.append(model.train_on_batch(x_part, y_part, sample_weight=weights_part, return_dict=True))
x_part, y_part, weights_part = batch(validation, 0, 5)
on_batch.append(model.test_on_batch(x_part, y_part, sample_weight=weights_part, return_dict=True))
on_batch = [{name: float(value) for name, value in logs.items()} for logs in on_batch]
answers_on_batch = model.predict_on_batch(x_part)
result = {
    "keras": keras.__version__,
    "layers": [weight.path for weight in model.weights],
    "initial": [w.flatten() for w in initial],
    "training": dict(zip(["x", "y", "weights"], training)),
    "validation": dict(zip(["x", "y", "weights"], validation)),
    "history": history.history,
    "answers": answers,
    "final": final,
    "on_batch": on_batch,
    "answers_on_batch": answers_on_batch,
}
path = pathlib.Path(__file__).with_name("several.json")
path.write_text(json.dumps(numbers(result), indent=1) + "\n")
