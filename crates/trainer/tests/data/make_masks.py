"""Keras' losses and metrics of outputs with a mask, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_masks.py

Writes masks.json beside this script. Losses have the form of make_losses.py with a mask and, where there are some,
weights in every reduction. Metrics that are means take the mask of the outputs; the others do not look at it in Keras,
so they are given it as weights here. Nothing is drawn at random.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras.src import backend


def numbers(array):
    array = np.asarray(array)
    if array.dtype.kind in "ib":
        return array.astype(int).tolist()
    return np.vectorize(lambda x: float(np.format_float_positional(np.float32(x), unique=True, trim="0")))(array).tolist()


def masked(outputs, mask):
    outputs = jnp.asarray(outputs, "float32")
    backend.set_keras_mask(outputs, jnp.asarray(mask, bool))
    return outputs


losses, metrics = [], []


def loss_case(name, loss, config, targets, outputs, mask, weights=None):
    entry = {"name": name, "loss": loss, "config": config}
    entry |= {"y_true": numbers(targets), "y_pred": numbers(outputs), "mask": numbers(mask)}
    if weights is not None:
        entry["sample_weight"] = numbers(weights)
    for reduction in ["sum_over_batch_size", "sum", "mean_with_sample_weight"]:
        function = getattr(keras.losses, loss)(reduction=reduction, **config)
        entry[reduction] = numbers(function(targets, masked(outputs, mask), weights))
    function = getattr(keras.losses, loss)(**config)

    def of(outputs):
        backend.set_keras_mask(outputs, jnp.asarray(mask, bool))
        return function(targets, outputs, weights)

    entry["gradient"] = numbers(jax.grad(of)(jnp.asarray(outputs, "float32")))
    losses.append(entry)


def metric_case(name, metric, config, batches):
    """Batches are targets, outputs, mask and, where there are some, weights."""
    function = getattr(keras.metrics, metric)(**config)
    is_mean = isinstance(function, keras.metrics.MeanMetricWrapper)
    results = []
    for targets, outputs, mask, *weights in batches:
        weights = weights[0] if weights else None
        if is_mean:
            function.update_state(targets, masked(outputs, mask), weights)
        else:
            given = mask.astype("float32") if weights is None else mask * weights
            columns = outputs.shape[-1]
            flat = np.reshape(targets, (-1, columns)), np.reshape(outputs, (-1, columns))
            function.update_state(*flat, np.reshape(given, (-1,)))
        results.append(numbers(function.result()))
    keys = ["y_true", "y_pred", "mask", "sample_weight"]
    metrics.append(
        {
            "name": name,
            "metric": metric,
            "config": config,
            "batches": [dict(zip(keys, map(numbers, batch))) for batch in batches],
            "result_after_each_batch": results,
        }
    )


f32 = np.float32
p = f32([[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]], [[0.9, 0.05, 0.05], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]])
classes = np.array([[0, 1, 2], [1, 1, 0]], "int32")
one_hot = np.eye(3, dtype="float32")[classes]
y = f32([[[0.0, 1.0], [2.0, -1.0], [0.5, 3.0]], [[4.0, -2.0], [0.0, 1.5], [1.0, 1.0]]])
o = f32([[[0.1, 1.4], [1.0, -1.0], [0.7, -1.0]], [[2.5, -2.2], [0.3, 1.5], [4.0, 2.0]]])
yes = f32([[[1.0], [0.0], [1.0]], [[0.0], [1.0], [1.0]]])
q = f32([[[0.8], [0.3], [0.4]], [[0.6], [0.9], [0.2]]])
mask = np.array([[1, 1, 0], [1, 0, 0]])
other = np.array([[0, 1, 1], [1, 1, 1]])
none = np.zeros((2, 3), int)
weights = f32([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])
of_samples = f32([[0.5], [2.0]])
for name, loss, config, targets, outputs in [
    ("mse", "MeanSquaredError", {}, y, o),
    ("huber", "Huber", {"delta": 0.5}, y, o),
    ("bce", "BinaryCrossentropy", {}, yes, q),
    ("cce", "CategoricalCrossentropy", {"label_smoothing": 0.1}, one_hot, p),
    ("scce", "SparseCategoricalCrossentropy", {}, classes, p),
    ("scce_ignore", "SparseCategoricalCrossentropy", {"ignore_class": 1}, classes, p),
]:
    loss_case(name, loss, config, targets, outputs, mask)
    loss_case(f"{name}_weights", loss, config, targets, outputs, other, weights)
loss_case("mse_of_samples", "MeanSquaredError", {}, y, o, mask, of_samples)
loss_case("mse_nothing", "MeanSquaredError", {}, y, o, none)
for metric, config, targets, outputs in [
    ("MeanSquaredError", {}, y, o),
    ("MeanAbsoluteError", {}, y, o),
    ("BinaryAccuracy", {}, yes, q),
    ("BinaryCrossentropy", {}, yes, q),
    ("CategoricalAccuracy", {}, one_hot, p),
    ("SparseCategoricalAccuracy", {}, classes, p),
    ("SparseCategoricalCrossentropy", {}, classes, p),
    ("Precision", {}, yes, q),
    ("Recall", {"thresholds": 0.3}, yes, q),
    ("AUC", {}, yes, q),
    ("F1Score", {"average": "micro", "threshold": 0.5}, one_hot, p),
]:
    metric_case(metric, metric, config, [(targets, outputs, mask), (targets[::-1], outputs[::-1], other)])
    metric_case(f"{metric}_weights", metric, config, [(targets, outputs, mask, weights), (targets, outputs, none, weights)])

meta = {"keras": keras.__version__, "backend": keras.backend.backend()}
compact = {"separators": (",", ":")}
lists = (",\n".join(json.dumps(entry, **compact) for entry in entries) for entries in (losses, metrics))
text = '{{"meta":{},"losses":[\n{}\n],"metrics":[\n{}\n]}}\n'.format(json.dumps(meta, **compact), *lists)
pathlib.Path(__file__).with_name("masks.json").write_text(text)
print(f"masks.json: {len(losses)} losses, {len(metrics)} metrics")
