"""Keras' metrics over small batches, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_metrics.py

Writes metrics.json beside this script: the result after each batch of the sums so far. Seed 3 for the
samples of the areas. Mean and Sum take values alone, listed with their weights under "values".
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

M = keras.metrics


def shortest(value):
    """The shortest decimal that gives the same float32."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if 1e-4 <= abs(value) < 1e7 or value == 0:
        return float(np.format_float_positional(value, unique=True, trim="0"))
    return float(np.format_float_scientific(value, unique=True))


def numbers(value):
    """Nested lists of integers or of float32."""
    if isinstance(value, (list, tuple)):
        return [numbers(row) for row in value]
    array = keras.ops.convert_to_numpy(value)
    if array.dtype.kind in "iub":
        return array.tolist()
    array = array.astype("float32")
    if array.ndim == 0:
        return shortest(array[()])
    return [numbers(row) if array.ndim > 1 else shortest(row) for row in array]


def A(*rows):
    return np.array(rows, dtype="float32")


cases = []


def add(cls, config, batches, name=None, note=None):
    """Batches are targets, outputs and, where there are some, weights."""
    metric = getattr(M, cls)(**config)
    results = []
    for batch in batches:
        metric.update_state(*batch)
        results.append(numbers(metric.result()))
    keys = ["y_true", "y_pred", "sample_weight"]
    case = {
        "name": name or cls,
        "metric": cls,
        "config": config,
        "default_name": metric.name,
        "direction": getattr(metric, "_direction", None),
        "batches": [dict(zip(keys, map(numbers, batch))) for batch in batches],
        "result_after_each_batch": results,
    }
    if note:
        case["note"] = note
    cases.append(case)


yc = A([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0])
pc = A([0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.9, 0.05, 0.05])
yc2 = A([1, 0, 0], [0, 0, 1])
pc2 = A([0.2, 0.5, 0.3], [0.1, 0.1, 0.8])
ys = np.array([0, 1, 2, 1], "int32")
ys2 = np.array([0, 2], "int32")
yb = A([0], [1], [1], [0], [1])
pb = A([0.1], [0.5], [0.51], [0.9], [0.7])
yb2 = A([1], [0], [0])
pb2 = A([0.3], [0.2], [0.6])
sw = A(1, 2, 0, 1, 0.5)
sw2 = A(1, 1, 3)
tie = A([0.4, 0.4, 0.2], [0.4, 0.4, 0.2])
binary = [(yb, pb), (yb2, pb2)]
classes = [(yc, pc), (yc2, pc2)]
sparse = [(ys, pc), (ys2, pc2)]

add("Accuracy", {}, [(A(1, 2, 3, 4), A(0, 2, 3, 4))])
add("BinaryAccuracy", {}, binary, note="pred = (p > 0.5) strictly: p==0.5 -> class 0")
add("BinaryAccuracy", {}, [(yb, pb, sw), (yb2, pb2, sw2)], name="BinaryAccuracy_sw")
add("BinaryAccuracy", {"threshold": 0.65}, [(yb, pb)], name="BinaryAccuracy_thr")
add("BinaryAccuracy", {}, [(yb[:, 0], pb)], name="BinaryAccuracy_rank_squeeze")
add("CategoricalAccuracy", {}, classes)
add(
    "CategoricalAccuracy",
    {},
    [(A([1, 0, 0], [0, 1, 0]), tie)],
    name="CategoricalAccuracy_ties",
    note="argmax takes first maximum",
)
add("SparseCategoricalAccuracy", {}, sparse)
add("SparseCategoricalAccuracy", {}, [(ys[:, None], pc)], name="SparseCategoricalAccuracy_(N,1)")
add("TopKCategoricalAccuracy", {"k": 2}, classes)
add("SparseTopKCategoricalAccuracy", {"k": 2}, sparse)
add(
    "SparseTopKCategoricalAccuracy",
    {"k": 1},
    [(np.array([1, 0], "int32"), tie)],
    name="SparseTopK_ties_k1",
    note="in_top_k tie handling (backend defined)",
)
for c in ["Precision", "Recall"]:
    add(c, {}, binary)
    add(c, {}, [(yb, pb, sw), (yb2, pb2, sw2)], name=c + "_sw")
    add(c, {"thresholds": [0.2, 0.6]}, binary, name=c + "_multi_threshold")
    add(c, {"class_id": 1}, [(yc, pc)], name=c + "_class_id1")
    add(c, {"top_k": 1}, classes, name=c + "_top_k1")
    add(c, {}, [(A([0], [0]), A([0.1], [0.2]))], name=c + "_undefined", note="0/0 -> 0.0")
for c in ["TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"]:
    add(c, {}, binary)
    add(c, {"thresholds": [0.2, 0.6]}, [(yb, pb, sw)], name=c + "_thr_sw")
for average in [None, "micro", "macro", "weighted"]:
    add("F1Score", {"average": average}, classes, name=f"F1Score_{average}")
add("F1Score", {"average": "micro", "threshold": 0.5}, [(yc, pc)], name="F1Score_thr0.5")
add("FBetaScore", {"average": "macro", "beta": 2.0}, classes)

rng = np.random.default_rng(3)
yt = (rng.random((40, 1)) < 0.5).astype("float32")
p = np.clip(0.25 * yt + rng.random((40, 1)) * 0.75, 0, 1).astype("float32").round(3)
halves = [(yt[:20], p[:20]), (yt[20:], p[20:])]
add("AUC", {}, halves, note="200 thresholds, bucketed (approximate; not exact rank AUC)")
add("AUC", {"num_thresholds": 5}, [(yt, p)], name="AUC_5")
add("AUC", {"curve": "PR"}, [(yt, p)], name="AUC_PR")
add("AUC", {"thresholds": [0.1, 0.5, 0.9]}, [(yt, p)], name="AUC_custom_thr")
add("AUC", {"summation_method": "minoring"}, [(yt, p)], name="AUC_minoring")
add("AUC", {"summation_method": "majoring"}, [(yt, p)], name="AUC_majoring")
add("AUC", {"multi_label": True, "num_labels": 3}, [(yc, pc)], name="AUC_multilabel")
one_class = [(A([1], [1]), A([0.3], [0.6]))]
add("AUC", {}, one_class, name="AUC_single_class", note="only positives -> 0.0")
weights = np.linspace(0.1, 2, 40).astype("float32")
add("AUC", {}, [(yt, p, weights)], name="AUC_sw")
add("PrecisionAtRecall", {"recall": 0.6}, [(yt, p)])
add("RecallAtPrecision", {"precision": 0.6}, [(yt, p)])
add("SensitivityAtSpecificity", {"specificity": 0.6}, [(yt, p)])
add("SpecificityAtSensitivity", {"sensitivity": 0.6}, [(yt, p)])

y = A([0.0, 1.0, 2.0], [-1.0, 0.5, 3.0], [4.0, -2.0, 0.0])
q = A([0.1, 1.4, 1.0], [-1.0, 0.7, -1.0], [2.5, -2.2, 0.3])
s3 = A(1, 0.5, 2)
regression = [(y[:2], q[:2]), (y[2:], q[2:])]
for c in [
    "MeanSquaredError",
    "RootMeanSquaredError",
    "MeanAbsoluteError",
    "CosineSimilarity",
    "LogCoshError",
]:
    add(c, {}, regression)
    add(c, {}, [(y, q, s3)], name=c + "_sw")
for c in ["MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"]:
    add(c, {}, [(np.abs(y) + 0.1, np.abs(q) + 0.2)])
for a in [None, "uniform_average", "variance_weighted_average"]:
    add("R2Score", {"class_aggregation": a}, regression, name=f"R2Score_{a}")
six = [(np.vstack([y, y + 1]), np.vstack([q, q + 0.5]))]
add("R2Score", {"num_regressors": 1}, six, name="R2Score_adjusted")
add("R2Score", {}, [(y, q, s3)], name="R2Score_sw")
add(
    "R2Score",
    {},
    [(A([1], [1]), A([1], [2]))],
    name="R2_constant_target",
    note="inf/-inf raw score -> 0",
)
add("BinaryCrossentropy", {}, binary)
add("CategoricalCrossentropy", {}, classes)
add("SparseCategoricalCrossentropy", {}, sparse)
add("KLDivergence", {}, [(A([0.2, 0.3, 0.5]), A([0.3, 0.3, 0.4]))])
add("Hinge", {}, [(yb, pb)])
add("SquaredHinge", {}, [(yb, pb)])
add("CategoricalHinge", {}, [(yc, pc)])
pair = [(np.array([0, 1, 2, 2, 1]), np.array([0, 2, 2, 2, 1]))]
add("MeanIoU", {"num_classes": 3}, pair)
add("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, pair)
add("BinaryIoU", {}, [(yb, pb)])
add("PearsonCorrelation", {}, regression)
add("ConcordanceCorrelation", {}, regression)
for c, updates in [
    ("Mean", [(A(1, 2, 3),), (A(4.0),)]),
    ("Sum", [(A(1, 2, 3),), (A(4.0),)]),
    ("Mean", [(A(1, 2, 3), A(1, 0, 2))]),
]:
    metric = getattr(M, c)()
    results = []
    for update in updates:
        metric.update_state(*update)
        results.append(numbers(metric.result()))
    cases.append(
        {
            "name": c + ("_sw" if len(updates[0]) > 1 else ""),
            "metric": c,
            "config": {},
            "values": [numbers(update) for update in updates],
            "result_after_each_batch": results,
        }
    )

meta = {
    "desc": "Streaming metrics: update_state per batch, result after each.",
    "keras": keras.__version__,
    "backend": keras.backend.backend(),
    "floatx": keras.backend.floatx(),
    "epsilon": keras.backend.epsilon(),
    "image_data_format": keras.backend.image_data_format(),
    "suggested_tol": {"rtol": 1e-4, "atol": 1e-5},
}
compact = {"separators": (",", ":")}
lines = ",\n".join(json.dumps(case, **compact) for case in cases)
text = f'{{"meta":{json.dumps(meta, **compact)},"cases":[\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("metrics.json").write_text(text)
