"""Keras' losses: values, reductions and gradients, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_losses.py

Writes losses.json and, with further arguments, loss_arguments.json beside this script: per_sample is the loss with reduction None, mean and sum are the reductions
without weights, those that end in _sw with sample_weight; grad_mean_wrt_y_pred is the gradient of mean. Nothing is
drawn at random.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import losses


def number(value):
    """The shortest decimal that gives the same float32."""
    if 1e-4 <= abs(value) < 1e7 or value == 0:
        return float(np.format_float_positional(value, unique=True, trim="0"))
    return float(np.format_float_scientific(value, unique=True))


def numbers(array):
    """Nested lists of numbers; indices of classes stay integers."""
    array = np.asarray(array)
    if array.dtype.kind == "i":
        return array.tolist()
    array = array.astype("float32")
    if array.ndim == 0:
        return number(array[()])
    return [numbers(row) for row in array]


cases = []


def case(loss, config, y_true, y_pred, name=None, sample_weight=None, note=None):
    def with_reduction(reduction):
        return getattr(losses, loss)(reduction=reduction, **config)

    mean = getattr(losses, loss)(**config)
    total = with_reduction("sum")
    weighted_mean = with_reduction("mean_with_sample_weight")
    per_sample = np.asarray(with_reduction(None)(y_true, y_pred))
    gradient = jax.grad(lambda p: jnp.sum(mean(y_true, p)))(jnp.asarray(y_pred, jnp.float32))
    entry = {
        "name": name or loss,
        "loss": loss,
        "config": config,
        "y_true": numbers(y_true),
        "y_pred": numbers(y_pred),
        "per_sample": numbers(per_sample),
        "mean": numbers(mean(y_true, y_pred)),
        "sum": numbers(total(y_true, y_pred)),
        "grad_mean_wrt_y_pred": numbers(gradient),
    }
    if per_sample.ndim >= 1 or sample_weight is not None:
        if sample_weight is None:
            sample_weight = np.linspace(0.5, 2.0, per_sample.shape[0]).astype("float32")
        entry["sample_weight"] = numbers(sample_weight)
        entry["mean_sw"] = numbers(mean(y_true, y_pred, sample_weight))
        entry["sum_sw"] = numbers(total(y_true, y_pred, sample_weight))
        entry["mean_with_sample_weight_sw"] = numbers(weighted_mean(y_true, y_pred, sample_weight))
    if note:
        entry["note"] = note
    cases.append(entry)


def rows(*values):
    return np.array(values, dtype="float32")


TIE = (
    "last row y_true==y_pred: the gradient of |x| at 0 is +-1 on jax, 0 on tensorflow/torch; "
    "do not test those 3 elements"
)
y = rows([0.0, 1.0, 2.0], [-1.0, 0.5, 3.0], [4.0, -2.0, 0.0], [1.5, 1.5, 1.5])
o = rows([0.1, 1.4, 1.0], [-1.0, 0.7, -1.0], [2.5, -2.2, 0.3], [1.5, 1.5, 1.5])
for loss in ["MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "CosineSimilarity"]:
    case(loss, {}, y, o, note=TIE if loss == "MeanAbsoluteError" else None)
case("Huber", {"delta": 0.5}, y, o, name="Huber_delta0.5")
for loss in ["MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"]:
    case(loss, {}, np.abs(y) + 0.1, np.abs(o) + 0.2)
case(
    "MeanAbsolutePercentageError", {}, rows([0.0, 1.0], [2.0, 0.0]), rows([0.5, 1.0], [1.0, 0.0]),
    name="MAPE_zero_target",
    note="|y_true| floored at epsilon 1e-7; gradient at y_true==y_pred is backend dependent (0 on tensorflow/torch), "
    "do not test",
)
case(
    "MeanSquaredError", {}, rows(1.0, 2.0, 3.0), rows([1.5], [2.5], [2.0]), name="MSE_rank_squeeze_(3,)_vs_(3,1)",
    note="y_true (N,) vs y_pred (N,1): (N,) is expanded, not broadcast to (N,N)",
)

yes = rows([0, 1], [1, 1], [0, 0], [1, 0])
p = rows([0.1, 0.8], [0.6, 0.99], [0.3, 0.5], [1.0, 0.0])
logits = rows([-2.0, 1.5], [0.4, 4.0], [-0.8, 0.0], [50.0, -50.0])
case("BinaryCrossentropy", {}, yes, p, note="probabilities clipped to [1e-7,1-1e-7]")
case("BinaryCrossentropy", {"from_logits": True}, yes, logits, name="BCE_from_logits")
case("BinaryCrossentropy", {"label_smoothing": 0.1}, yes, p, name="BCE_label_smoothing", note="y*(1-s)+0.5*s")
case(
    "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, yes, logits, name="BCE_logits_smoothing"
)
case(
    "BinaryCrossentropy", {}, rows([0], [1], [1]), rows([1.0], [0.0], [1.0]), name="BCE_extreme_probs",
    note="clip at 1e-7 then 1-1e-7 in f32 => asymmetric 15.9424 / 16.1181",
)
case("BinaryCrossentropy", {}, rows(0, 1, 1), rows([0.2], [0.7], [0.9]), name="BCE_rank_squeeze")
case("BinaryFocalCrossentropy", {}, yes, p)
case(
    "BinaryFocalCrossentropy", {"apply_class_balancing": True, "gamma": 1.5, "alpha": 0.3}, yes, p,
    name="BinaryFocal_balanced",
)

one_hot = rows([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0])
p3 = rows([0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.9, 0.05, 0.05])
logits3 = rows([2.0, 0.5, -1.0], [0.0, 1.0, 0.0], [1.0, 2.0, 3.0], [5.0, -1.0, 0.2])
case("CategoricalCrossentropy", {}, one_hot, p3)
case(
    "CategoricalCrossentropy", {}, one_hot, p3 * 2.0, name="CCE_unnormalised_probs",
    note="y_pred is divided by its row sum before log",
)
case("CategoricalCrossentropy", {"from_logits": True}, one_hot, logits3, name="CCE_from_logits")
case("CategoricalCrossentropy", {"label_smoothing": 0.1}, one_hot, p3, name="CCE_label_smoothing", note="y*(1-s)+s/C")
case(
    "CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, one_hot, logits3,
    name="CCE_logits_smoothing",
)
case(
    "CategoricalCrossentropy", {}, rows([1, 0, 0]), rows([0.0, 1.0, 0.0]), name="CCE_zero_prob",
    note="clip at 1e-7 -> 16.118",
)
case("CategoricalFocalCrossentropy", {}, one_hot, p3)

classes = np.array([0, 1, 2, 1], dtype="int32")
SPARSE = "SparseCategoricalCrossentropy"
case(SPARSE, {}, classes, p3)
case(SPARSE, {"from_logits": True}, classes, logits3, name="SCCE_from_logits")
case(SPARSE, {}, classes[:, None], p3, name="SCCE_labels_(N,1)")
case(
    SPARSE, {"ignore_class": 1}, classes, p3, name="SCCE_ignore_class",
    note="mean divides by number of valid samples (mask), per_sample is 0 at ignored",
)
case(
    SPARSE, {}, np.array([[0, 1], [2, 2]], dtype="int32"), np.stack([p3[:2], p3[2:]]), name="SCCE_sequence",
    sample_weight=rows(1.0, 3.0)[:, None] * rows([1.0, 1.0]),
)
case(
    "KLDivergence", {}, rows([0.2, 0.3, 0.5], [1.0, 0.0, 0.0]), rows([0.3, 0.3, 0.4], [0.6, 0.3, 0.1]),
    note="both clipped to [1e-7,1], sum over last axis",
)

scores = rows([-0.6, 0.4], [0.2, -2.0], [0.9, 1.3])
for loss in ["Hinge", "SquaredHinge"]:
    case(
        loss, {}, rows([0, 1], [1, 0], [1, 1]), scores, note="y_true in {0,1} is auto converted to {-1,1}"
    )
    case(loss, {}, rows([-1, 1], [1, -1], [1, 1]), scores, name=loss + "_pm1")
case("CategoricalHinge", {}, one_hot, p3)
case("Dice", {}, yes, p, name="Dice")
case("Dice", {"axis": [1]}, yes, p, name="Dice_axis1")
case("Tversky", {"alpha": 0.3, "beta": 0.7}, yes, p)

meta = {
    "desc": "Keras loss classes. per_sample = reduction None; mean = sum_over_batch_size (default: sum / number of "
    "per-sample elements, even with sample_weight); mean_sw etc use sample_weight. grad = d mean / d y_pred.",
    "keras": keras.__version__,
    "backend": keras.backend.backend(),
    "floatx": keras.backend.floatx(),
    "epsilon": keras.backend.epsilon(),
    "image_data_format": keras.backend.image_data_format(),
    "suggested_tol": {"rtol": 1e-4, "atol": 1e-5},
}


def write(name):
    """A case a line."""
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
    head = json.dumps(meta, separators=(",", ":"))
    path = pathlib.Path(__file__).parent / name
    path.write_text(f'{{"meta":{head},"cases":[\n{lines}\n]}}\n')
    print(f"{name}: {len(cases)} cases")
    cases.clear()


write("losses.json")

binary_focal = {"from_logits": True, "label_smoothing": 0.2, "gamma": 1.0}
case("BinaryFocalCrossentropy", binary_focal, yes, logits, name="binary_focal_logits_smoothing")
case("BinaryFocalCrossentropy", {"gamma": 0.0, "from_logits": True}, yes[:3], logits[:3], name="binary_focal_gamma_0")
case("BinaryFocalCrossentropy", {"gamma": 0.5}, yes[:3], p[:3], name="binary_focal_gamma_half")
categorical_focal = {"alpha": [0.2, 0.5, 0.3], "gamma": 1.5, "from_logits": True, "label_smoothing": 0.1}
case("CategoricalFocalCrossentropy", categorical_focal, one_hot, logits3 * 6, name="categorical_focal_logits")
case("CategoricalFocalCrossentropy", {"alpha": 0.6, "gamma": 0.0}, one_hot, p3 * 3, name="categorical_focal_gamma_0")
for ignored in [-1, 255]:
    some = np.array([0, ignored, 2, ignored], dtype="int32")
    name = f"ignore_class_{ignored}"
    case(SPARSE, {"ignore_class": ignored}, some, p3, name=name)
    case(SPARSE, {"ignore_class": ignored, "from_logits": True}, some, logits3, name=f"{name}_logits")
case(SPARSE, {"ignore_class": 7}, np.array([7, 7, 7, 7], dtype="int32"), p3, name="ignore_class_everywhere")
case("Huber", {"delta": 2.5}, y * 3, o, name="huber_delta_2.5")
case("LogCosh", {}, y * 30, o * 10, name="log_cosh_far")
case("CosineSimilarity", {}, y, o * rows([1e-3], [1], [1e3], [1e6]), name="cosine_any_length")
case("MeanSquaredLogarithmicError", {}, y, o - 0.05, name="msle_negative")
case("Poisson", {}, np.abs(y), np.abs(o) * 4, name="poisson_counts")
case("KLDivergence", {}, p3, rows([1.5, 0.0, 0.1], [1e-9, 0.2, 0.3], [0.3, 0.3, 0.4], [0.5, 0.6, 0.7]), name="kl_clipped")
for loss in ["Hinge", "SquaredHinge"]:
    # Not binary as a whole, so that its zeros and ones stay what they are.
    case(loss, {}, rows([0, 1], [1, -1], [1, 1]), scores, name=f"{loss}_mixed")
case("CategoricalHinge", {}, one_hot, logits3 * 0.9, name="categorical_hinge_scores")
for axis in [0, 1, [-1], [0, 1]]:
    case("Dice", {"axis": axis}, yes, p, name=f"dice_axis_{axis}", sample_weight=rows(1.0))
    case("Tversky", {"axis": axis, "alpha": 2.0}, yes, p, name=f"tversky_axis_{axis}", sample_weight=rows(1.0))
for loss in ["Dice", "Tversky"]:
    case(loss, {}, yes, p, name=f"{loss}_weighted", sample_weight=rows(0.5, 1.0, 1.5, 2.0))
GENERALIZED = "CategoricalGeneralizedCrossEntropy"
case(GENERALIZED, {}, classes, p3, name="generalized")
case(GENERALIZED, {"q": 0.1}, classes, p3, name="generalized_near_crossentropy")
case(GENERALIZED, {"q": 0.9}, classes, p3 * 0.5, name="generalized_unnormalised")

embeddings = rows([3, 1, 0], [2, 1, 1], [-1, 2, 0], [0, 2, -1], [1, 0, 3], [2, 2, 2])
embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
groups = np.array([7, 7, 4, 4, 7, 12], dtype="int32")
case("Circle", {}, groups, embeddings, name="circle")
case("Circle", {"gamma": 4.0, "margin": 0.2}, groups[:, None], embeddings, name="circle_arguments")
case("Circle", {"gamma": 10.0, "remove_diagonal": False}, groups, embeddings, name="circle_diagonal")
case("Circle", {}, np.array([1, 1, 1], dtype="int32"), embeddings[:3], name="circle_one_label")

steps = rows(
    [[2.0, 0.5, -1.0, 0.3], [0.1, 1.5, 0.2, -0.7], [0.4, 0.9, 1.1, 0.0], [1.3, -0.2, 0.8, 0.6], [-0.5, 0.3, 0.2, 1.9]],
    [[0.3, 0.2, 0.9, -0.4], [1.2, 0.0, 1.4, 0.5], [0.7, 0.1, 0.3, 2.2], [0.0, 1.6, -0.3, 0.4], [0.9, 0.8, 0.1, -1.0]],
    [[0.1, 1.0, 0.2, 0.3], [0.5, 0.6, 0.4, -0.1], [1.5, -1.2, 0.3, 0.9], [0.2, 0.7, 1.8, 0.1], [0.6, 0.4, 0.3, 0.5]],
)
said = np.array([[1, 2, 3], [2, 2, 0], [3, 0, 0]], dtype="int32")
case("CTC", {}, said, steps, name="ctc")
case("CTC", {}, said, steps * 20, name="ctc_sure")
case("CTC", {}, np.array([[1, 1, 1], [0, 0, 0], [2, 3, 1]], dtype="int32"), steps, name="ctc_full_and_empty")
write("loss_arguments.json")
