"""Keras' metrics with arguments that make_metrics.py leaves alone, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_metric_arguments.py

Writes metric_arguments.json beside this script, in the form of metrics.json.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

y = [0, 1, 1, 0, 1]
p = [0.1, 0.5, 0.51, 0.9, 0.7]
w = [1, 2, 0.5, 1, 0.25]
logits = [-2.0, 0.1, 0.3, 1.5, 2.0]
one_hot = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
classes = [0, 1, 2, 1]
rows = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.4, 0.3, 0.3]]
row_weights = [1, 2, 0.5, 3]
whole_weights = [1, 2, 3, 4]
tie = [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]]
pairs = [[0.6, 0.4], [0.4, 0.6]]

CASES = [
    ("AUC", {"curve": "PRGAIN"}, y, p, None),
    ("AUC", {"curve": "PRGAIN"}, y, p, w),
    ("AUC", {"curve": "PR", "summation_method": "majoring"}, y, p, None),
    ("AUC", {"curve": "PR", "summation_method": "minoring"}, y, p, None),
    ("AUC", {"from_logits": True, "num_thresholds": 11}, y, logits, None),
    ("AUC", {"num_thresholds": 2}, y, p, w),
    ("AUC", {"label_weights": [1.0, 2.0, 3.0]}, one_hot, rows, None),
    ("AUC", {"label_weights": [1.0, 2.0, 3.0]}, one_hot, rows, row_weights),
    ("AUC", {"multi_label": True, "label_weights": [1.0, 2.0, 3.0]}, one_hot, rows, None),
    ("AUC", {"multi_label": True, "curve": "PR", "num_thresholds": 7}, one_hot, rows, row_weights),
    ("AUC", {"multi_label": True, "thresholds": [0.3, 0.35]}, one_hot, rows, None),
    ("AUC", {"thresholds": [0.75, 0.25, 0.5]}, y, p, None),
    ("AUC", {"thresholds": [0.8, 0.3]}, y, p, w),
    ("Precision", {"thresholds": [0.6, 0.2]}, y, p, None),
    ("Precision", {"thresholds": [0.0, 0.5, 1.0]}, y, p, None),
    ("Precision", {"thresholds": 0.3, "top_k": 2}, one_hot, rows, row_weights),
    ("Precision", {"top_k": 1}, [[0, 1, 0], [1, 0, 0]], tie, None),
    ("Recall", {"top_k": 2, "class_id": 1}, one_hot, rows, None),
    ("TruePositives", {}, one_hot, rows, row_weights),
    ("PrecisionAtRecall", {"recall": 0.5, "num_thresholds": 1}, y, p, None),
    ("RecallAtPrecision", {"precision": 0.7, "num_thresholds": 2}, y, p, None),
    (
        "SensitivityAtSpecificity",
        {"specificity": 0.5, "num_thresholds": 3, "class_id": 1},
        one_hot,
        rows,
        row_weights,
    ),
    ("F1Score", {"average": "weighted"}, one_hot, rows, row_weights),
    ("FBetaScore", {"beta": 0.5, "threshold": 0.35}, one_hot, rows, row_weights),
    ("BinaryAccuracy", {}, [[0, 1], [1, 1]], [[0.6, 0.6], [0.7, 0.9]], [1, 3]),
    ("TopKCategoricalAccuracy", {}, one_hot, rows, None),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, [0, 1, 2, 7], rows, None),
    (
        "SparseTopKCategoricalAccuracy",
        {"k": 2, "from_sorted_ids": True},
        classes,
        [[0, 1, 2], [2, 0, 1], [0, 2, 1], [2, 1, 0]],
        None,
    ),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, [y], [logits], None),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, [y, y], [p, p[::-1]], [1, 3]),
    ("CategoricalCrossentropy", {"label_smoothing": 0.3}, one_hot, rows, row_weights),
    ("CategoricalCrossentropy", {"from_logits": True}, one_hot, rows, None),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, classes, rows, None),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1}, [0, -1, 2, 1], rows, row_weights),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, classes, rows, row_weights),
    ("IoU", {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": False}, classes, rows, None),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 1, "sparse_y_pred": False}, classes, rows, None),
    ("MeanIoU", {"num_classes": 3}, [0, -1, 5, 2], [0, 1, 1, 1], whole_weights),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}, one_hot, rows, None),
    ("OneHotMeanIoU", {"num_classes": 3}, one_hot, rows, whole_weights),
    ("OneHotMeanIoU", {"num_classes": 3, "sparse_y_pred": True}, one_hot, [0, 1, 1, 2], None),
    ("BinaryIoU", {"threshold": 0.51, "target_class_ids": [1]}, y, p, None),
    ("Hinge", {}, [[-1, 1], [1, 1]], pairs, [1, 2]),
    ("Hinge", {}, [[0, 1], [0, 1]], pairs, [1, 2]),
    ("CosineSimilarity", {}, [[0.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [0.5, 0.1]], None),
    ("KLDivergence", {}, [[0.0, 1.0], [0.5, 0.5]], [[0.6, 0.4], [0.0, 1.0]], [1, 3]),
    ("LogCoshError", {}, [[0.0], [0.0]], [[50.0], [-60.0]], None),
    ("R2Score", {"num_regressors": 7}, [[1.0], [2.0], [4.0]], [[1.0], [2.5], [3.0]], None),
    (
        "R2Score",
        {"num_regressors": 2, "class_aggregation": None},
        [[1.0, 3.0], [2.0, 2.0], [4.0, 5.0]],
        [[1.0, 2.0], [2.5, 2.0], [3.0, 5.0]],
        [1, 2, 1],
    ),
    ("Sum", {}, None, [[1.0, 2.0], [3.0, 4.0]], [1, 2]),
    ("Mean", {}, None, [[1.0, 2.0], [3.0, 4.0]], [1, 2]),
]


def numbers(array):
    """Nested lists of the shortest decimals that give the same float32."""
    array = np.asarray(array, dtype="float32")
    if array.ndim == 0:
        return float(np.format_float_positional(array[()], unique=True, trim="0"))
    return [numbers(row) for row in array]


def array(values):
    """Whole numbers stay such, as class indices have to."""
    values = np.array(values)
    return values.astype("int32" if values.dtype.kind == "i" else "float32")


cases = []
for name, config, targets, outputs, weights in CASES:
    metric = getattr(keras.metrics, name)(**config)
    case = {"name": f"{name} {config}", "metric": name, "config": config}
    given = [] if weights is None else [array(weights)]
    if targets is None:
        metric.update_state(array(outputs), *given)
        case["values"] = [[outputs] + ([] if weights is None else [weights])]
    else:
        metric.update_state(array(targets), np.array(outputs, "float32"), *given)
        batch = {"y_true": targets, "y_pred": outputs}
        if weights is not None:
            batch["sample_weight"] = weights
        case["batches"] = [batch]
    case["direction"] = getattr(metric, "_direction", None)
    case["result_after_each_batch"] = [numbers(metric.result())]
    cases.append(case)

compact = {"separators": (",", ":")}
lines = ",\n".join(json.dumps(case, **compact) for case in cases)
text = f'{{"keras":"{keras.__version__}","cases":[\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("metric_arguments.json").write_text(text)
