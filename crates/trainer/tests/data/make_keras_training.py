"""Whole fits and optimizer steps by Keras, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_keras_training.py

Writes keras_training.json beside this script. Seed 11 for the fits, 3 for the gradients.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers, optimizers


def numbers(array):
    """Nested lists of the shortest decimals that give the same float32."""
    array = np.asarray(array, dtype="float32")
    if array.ndim == 0:
        return float(np.format_float_positional(array, unique=True))
    return [numbers(row) for row in array]


rng = np.random.default_rng(11)
X = rng.normal(size=(12, 4)).astype("float32").round(3)
y = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 1, 0], "int32")
one_hot = np.eye(3, dtype="float32")[y]
initial = [
    (rng.normal(size=shape) * 0.6).astype("float32").round(3)
    for shape in [(4, 5), (5,), (5, 3), (3,)]
]


def fit(name, loss, optimizer, epochs, batch_size, validation=0):
    """A 4-5-3 network, sigmoid and softmax, fitted without shuffling.

    The last `validation` samples are validation data.
    """
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="sigmoid"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.set_weights(initial)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    targets = one_hot if loss == "mean_squared_error" else y
    history = model.fit(
        X,
        targets,
        batch_size=batch_size,
        epochs=epochs,
        validation_split=validation / 12,
        shuffle=False,
        verbose=0,
    ).history
    return {
        "name": name,
        "epochs": epochs,
        "batch_size": batch_size,
        "validation": validation,
        "history": {key: numbers(values) for key, values in history.items()},
        "predictions": numbers(model.predict(X, verbose=0)),
    }


fits = [
    fit("mse_sgd", "mean_squared_error", optimizers.SGD(0.1), 20, 12),
    fit("crossentropy_sgd", "sparse_categorical_crossentropy", optimizers.SGD(0.1), 20, 12),
    fit("crossentropy_sgd_batch5", "sparse_categorical_crossentropy", optimizers.SGD(0.1), 5, 5),
    fit("crossentropy_adam_batch5", "sparse_categorical_crossentropy", optimizers.Adam(0.01), 5, 5),
    fit(
        "crossentropy_momentum",
        "sparse_categorical_crossentropy",
        optimizers.SGD(0.1, momentum=0.9),
        10,
        12,
    ),
    fit(
        "crossentropy_nesterov",
        "sparse_categorical_crossentropy",
        optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        10,
        12,
    ),
    fit(
        "crossentropy_validation",
        "sparse_categorical_crossentropy",
        optimizers.SGD(0.1),
        5,
        4,
        validation=3,
    ),
]

gradient_rng = np.random.default_rng(3)
start = np.array([[1.0, -2.0], [0.5, 0.0]], "float32")
gradients = gradient_rng.normal(size=(10, 2, 2)).astype("float32").round(3)
gradients[3] = 0.0


def steps(name, optimizer):
    """The variable after each of ten steps with the given gradients."""
    variable = keras.Variable(start)
    optimizer.build([variable])
    trajectory = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        trajectory.append(numbers(variable))
    return {"name": name, "trajectory": trajectory}


trajectories = [
    steps("sgd", optimizers.SGD(0.1)),
    steps("momentum", optimizers.SGD(0.1, momentum=0.9)),
    steps("nesterov", optimizers.SGD(0.1, momentum=0.9, nesterov=True)),
    steps("adam", optimizers.Adam(0.1)),
    steps("adam_epsilon", optimizers.Adam(0.1, epsilon=1e-3)),
]

path = pathlib.Path(__file__).with_name("keras_training.json")
golden = {
    "keras": keras.__version__,
    "backend": keras.backend.backend(),
    "inputs": numbers(X),
    "targets": y.tolist(),
    "initial_weights": [numbers(weight) for weight in initial],
    "fits": fits,
    "start": numbers(start),
    "gradients": numbers(gradients),
    "trajectories": trajectories,
}
path.write_text(json.dumps(golden, indent=1) + "\n")
