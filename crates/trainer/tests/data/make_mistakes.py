"""What Keras does about mistakes that users make: trains, warns or fails.

    pip install keras jax
    KERAS_BACKEND=jax python make_mistakes.py

writes mistakes.json beside this file (Keras 3.15.1, JAX 0.10.2; no random numbers enter but the
initial weights, of which nothing is kept).
"""

import json
import os
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers

X = np.ones((6, 4), "float32")


def model(units=3, activation=None, loss="mse", **compile_arguments):
    network = keras.Sequential([keras.Input((4,)), layers.Dense(units, activation=activation)])
    network.compile(compile_arguments.pop("optimizer", "sgd"), loss, **compile_arguments)
    return network


def sparse(labels, activation="softmax", x=X):
    network = model(3, activation, "sparse_categorical_crossentropy")
    return network.fit(x, np.array(labels), verbose=0)


def frozen_after_fit():
    network = model()
    network.fit(X, np.ones((6, 3)), verbose=0)
    network.layers[0].trainable = False
    network.fit(X, np.ones((6, 3)), verbose=0)


def plateau_under_a_schedule():
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.9)
    plateau = keras.callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=1e9)
    network = model(optimizer=keras.optimizers.SGD(rate))
    network.fit(X, np.ones((6, 3)), epochs=3, verbose=0, callbacks=[plateau])


def stopping_on(monitor):
    stopping = keras.callbacks.EarlyStopping(monitor)
    return model().fit(X, np.ones((6, 3)), epochs=3, verbose=0, callbacks=[stopping])


def one(loss, targets, activation="sigmoid", **compile_arguments):
    return model(1, activation, loss, **compile_arguments).fit(
        X, np.array(targets, "float32"), verbose=0
    )


def rows(loss, row, activation="softmax"):
    return model(3, activation, loss).fit(X, np.array([row] * 6, "float32"), verbose=0)


def looked_up(index):
    network = keras.Sequential(
        [keras.Input((4,)), layers.Embedding(5, 2), layers.Flatten(), layers.Dense(3)]
    )
    network.compile("sgd", "mse")
    return network.fit(X * index, np.ones((6, 3)), verbose=0)


def accumulated():
    optimizer = keras.optimizers.SGD(gradient_accumulation_steps=50)
    return model(optimizer=optimizer).fit(X, np.ones((6, 3)), verbose=0)


def validated_by_nothing():
    nothing = (X, np.ones((6, 3)), np.zeros(6))
    return model().fit(X, np.ones((6, 3)), validation_data=nothing, verbose=0)


def metric_named(name):
    metric = keras.metrics.MeanAbsoluteError(name=name)
    return model(metrics=[metric]).fit(X, np.ones((6, 3)), verbose=0)


MISTAKES = {
    "mse, targets [n, 1], outputs [n, 3]": lambda: model().fit(X, np.ones((6, 1)), verbose=0),
    "mse, targets [3], outputs [3, 3]": lambda: model().fit(X[:3], np.ones(3), verbose=0),
    "mse, targets [n, 2], outputs [n, 3]": lambda: model().fit(X, np.ones((6, 2)), verbose=0),
    "another number of features": lambda: model().fit(np.ones((6, 5)), np.ones((6, 3)), verbose=0),
    "fewer targets than inputs": lambda: model().fit(X, np.ones((5, 3)), verbose=0),
    "label too large": lambda: sparse([0, 1, 2, 7, 7, 7]),
    "label negative": lambda: sparse([0, 1, 2, -1, -1, -1]),
    "logits for probabilities": lambda: sparse([0, 1, 2] * 2, None, X * np.arange(6)[:, None]),
    "probabilities for logits": lambda: model(
        3, "softmax", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ).fit(X, np.array([0, 1, 2] * 2), verbose=0),
    "softmax of one unit": lambda: model(1, "softmax", "categorical_crossentropy").fit(
        X, np.ones((6, 1)), verbose=0
    ),
    "class indices for one-hot": lambda: model(3, "softmax", "categorical_crossentropy").fit(
        X, np.array([0, 1, 2] * 2), verbose=0
    ),
    "one-hot for class indices": lambda: sparse(np.eye(3)[[0, 1, 2] * 2]),
    "NaN in the inputs": lambda: model().fit(np.full((6, 4), np.nan), np.ones((6, 3)), verbose=0),
    "no data": lambda: model().fit(X[:0], np.ones((0, 3)), verbose=0),
    "fit before compile": lambda: keras.Sequential([layers.Dense(1)]).fit(X, X, verbose=0),
    "validation split too small": lambda: model().fit(
        X[:1], np.ones((1, 3)), validation_split=0.5, verbose=0
    ),
    "class_weight and sample_weight": lambda: model().fit(
        X, np.ones((6, 3)), class_weight={0: 1.0}, sample_weight=np.ones(6), verbose=0
    ),
    "negative class weight": lambda: model(3, "softmax", "sparse_categorical_crossentropy").fit(
        X, np.array([0, 1, 2] * 2), class_weight={0: -1.0}, verbose=0
    ),
    "unknown loss": lambda: model(loss="msee").fit(X, np.ones((6, 3)), verbose=0),
    "unknown optimizer": lambda: model(optimizer="adamm"),
    "unknown metric": lambda: model(metrics=["acuracy"]).fit(X, np.ones((6, 3)), verbose=0),
    "unknown activation": lambda: layers.Dense(2, activation="rellu"),
    "negative units": lambda: layers.Dense(-1),
    "whole learning rate": lambda: keras.optimizers.SGD(1),
    "rate of 1 with adam": lambda: model(optimizer=keras.optimizers.Adam(1.0)).fit(
        X, np.ones((6, 3)), verbose=0
    ),
    "no epochs": lambda: model().fit(X, np.ones((6, 3)), epochs=0, verbose=0),
    "batch size 0": lambda: model().fit(X, np.ones((6, 3)), batch_size=0, verbose=0),
    "weights of another shape": lambda: model().set_weights([np.ones((4, 2)), np.ones(2)]),
    "unknown layer": lambda: model().get_layer("x"),
    "two layers of one name": lambda: keras.Sequential(
        [layers.Dense(1, name="a"), layers.Dense(1, name="a")]
    ),
    "frozen after fit": frozen_after_fit,
    "plateau under a schedule": plateau_under_a_schedule,
    "unknown monitor": lambda: stopping_on("val_loss"),
    "labels -1 and 1 for binary cross-entropy": lambda: one("binary_crossentropy", [1, -1] * 3),
    "labels 1 and 2 for binary cross-entropy": lambda: one("binary_crossentropy", [1, 2] * 3),
    "counts below 0 for poisson": lambda: one("poisson", [3, -2] * 3, "softplus"),
    "labels 1 and 2 for hinge": lambda: one("hinge", [1, 2] * 3, "tanh"),
    "several classes in a row": lambda: rows("categorical_crossentropy", [1, 0, 1]),
    "negative probabilities": lambda: rows("kl_divergence", [1.5, -0.5, 0]),
    "linear outputs for poisson": lambda: model(1, None, "poisson").fit(
        np.concatenate([X, -X]), np.ones(12), verbose=0
    ),
    "index beyond an embedding": lambda: looked_up(7),
    "accumulation beyond all batches": accumulated,
    "class weights of 0": lambda: model(3, "softmax", "sparse_categorical_crossentropy").fit(
        X, np.array([0, 1, 2] * 2), class_weight={0: 0.0, 1: 0.0, 2: 0.0}, verbose=0
    ),
    "validation weights of 0": validated_by_nothing,
    "metric named loss": lambda: metric_named("loss"),
    "metric named val_loss": lambda: metric_named("val_loss"),
    "NaN in the targets": lambda: model().fit(X, np.full((6, 3), np.nan), verbose=0),
}


def outcome(mistake):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = mistake()
        except BaseException as error:  # StopIteration and the like count too
            return {"error": type(error).__name__, "message": str(error)[:300]}
    own = [str(w.message)[:200] for w in caught if issubclass(w.category, UserWarning)]
    losses = getattr(result, "history", {}).get("loss", [])
    return {"trains": bool(losses), "is_nan": any(np.isnan(losses)), "warnings": own}


cases = [{"name": name, **outcome(mistake)} for name, mistake in MISTAKES.items()]
head = {"keras": keras.__version__, "backend": keras.backend.backend()}
body = ",\n".join(json.dumps(case, default=bool) for case in cases)
Path(__file__).with_name("mistakes.json").write_text(
    json.dumps(head)[:-1] + ', "cases": [\n' + body + "\n]}\n"
)
