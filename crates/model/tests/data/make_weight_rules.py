"""Regularizers, constraints, frozen layers and normalization by Keras, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_weight_rules.py

Writes weight_rules.json beside this script: float32, channels last, weights drawn from a fixed seed.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

rng = np.random.default_rng(11)


def draw(*shape):
    return rng.normal(size=shape).astype("float32").round(3)


def numbers(value):
    """Nested lists with every float32 in its shortest form."""
    array = np.asarray(keras.ops.convert_to_numpy(value), "float32")
    if array.ndim:
        return [numbers(row) for row in array]
    return float(str(np.float32(array[()])))


def rule(class_name, **config):
    return {"class_name": class_name, "config": config}


cases = []
R, C = keras.regularizers, keras.constraints
weight = np.array([[1, -2], [0.5, 3]], "float32")
for name, function in [
    ("L1(0.01)", R.L1()),
    ("L2(0.01)", R.L2()),
    ("L1L2(0.1,0.2)", R.L1L2(0.1, 0.2)),
    ("OrthogonalRegularizer", R.OrthogonalRegularizer()),
    ("OrthogonalRegularizer(0.5,columns)", R.OrthogonalRegularizer(0.5, "columns")),
    ("get('l1l2')", R.get("l1l2")),
    ("get('l2')", R.get("l2")),
]:
    out = function(keras.ops.convert_to_tensor(weight))
    cases.append({"name": "regularizer " + name, "in": numbers(weight), "out": numbers(out)})
for name, function in [
    ("MaxNorm(2)", C.MaxNorm()),
    ("NonNeg", C.NonNeg()),
    ("UnitNorm", C.UnitNorm()),
    ("MinMaxNorm(0.5,1,rate=.5)", C.MinMaxNorm(0.5, 1.0, 0.5)),
]:
    out = function(keras.ops.convert_to_tensor(weight * 2))
    cases.append({"name": "constraint " + name, "in": numbers(weight * 2), "out": numbers(out)})


# Whole networks: the sum of the penalties, and the weights after one projection.
def build(input_shape, layers):
    keras.utils.clear_session()
    built = [keras.Input(input_shape)]
    for layer in layers:
        built.append(getattr(keras.layers, layer["class_name"])(**layer["config"]))
    return keras.Sequential(built)


networks = []


def network(name, input_shape, layers, frozen=()):
    model = build(input_shape, layers)
    for layer in frozen:
        model.get_layer(layer).trainable = False
    for variable in model.variables:
        if "seed" not in variable.path:
            variable.assign(draw(*variable.shape))
    before = [numbers(weight) for weight in model.get_weights()]
    penalty = sum(model.losses) if model.losses else None
    for variable in model.trainable_variables:
        if variable.constraint is not None:
            variable.assign(variable.constraint(variable))
    networks.append({
        "name": name,
        "input_shape": input_shape,
        "layers": layers,
        "frozen": list(frozen),
        "weights": before,
        "penalty": None if penalty is None else numbers(penalty),
        "constrained": [numbers(weight) for weight in model.get_weights()],
    })  # fmt: skip


def layer(class_name, **config):
    return {"class_name": class_name, "config": config}


DENSE = layer(
    "Dense",
    units=3,
    kernel_regularizer="l2",
    bias_regularizer=rule("L1", l1=0.3),
    kernel_constraint=rule("MaxNorm", max_value=0.7, axis=0),
    bias_constraint="non_neg",
)
network("none", [4], [layer("Dense", units=2)])
network("dense", [4], [DENSE])
network("dense_axis_1", [4], [layer("Dense", units=3, kernel_constraint=rule("UnitNorm", axis=1))])
network("two_dense_one_frozen", [4], [DENSE, DENSE], frozen=["dense"])
CONV2D = layer(
    "Conv2D",
    filters=3,
    kernel_size=[2, 3],
    kernel_regularizer=rule("L1L2", l1=0.1, l2=0.2),
    kernel_constraint=rule("MaxNorm", max_value=0.9, axis=[0, 1, 2]),
)
network("conv2d", [4, 5, 2], [CONV2D])
for axis in [0, 1, 2, 3, -1, [0, 2]]:
    unit = rule("UnitNorm", axis=axis)
    conv = layer("Conv2D", filters=3, kernel_size=[2, 3], kernel_constraint=unit)
    network(f"conv2d_axis_{axis}", [4, 5, 2], [conv])
for axis in [0, 1, 2]:
    unit = rule("UnitNorm", axis=axis)
    conv = layer("Conv1D", filters=3, kernel_size=2, kernel_constraint=unit)
    network(f"conv1d_axis_{axis}", [4, 5], [conv])
for axis in [0, 1, [0, 1]]:
    alpha = rule("MinMaxNorm", min_value=0.5, max_value=1.0, rate=0.5, axis=axis)
    network(f"prelu_axis_{axis}", [2, 3], [layer("PReLU", alpha_regularizer="l1", alpha_constraint=alpha)])
NORM = {
    "gamma_regularizer": rule("L2", l2=0.5),
    "beta_regularizer": "l1",
    "gamma_constraint": "non_neg",
    "beta_constraint": "max_norm",
}
network("batch_normalization", [3], [layer("BatchNormalization", **NORM)])
network("layer_normalization", [2, 3], [layer("LayerNormalization", axis=[1, 2], **NORM)])
embeddings = rule("UnitNorm", axis=1)
network(
    "embedding",
    [2],
    [
        layer(
            "Embedding",
            input_dim=5,
            output_dim=3,
            embeddings_regularizer="l2",
            embeddings_constraint=embeddings,
        )
    ],
)

# Frozen layers in training.
model = build([3], [layer("Dense", units=2), layer("BatchNormalization")])
for name in ["dense", "batch_normalization"]:
    model.get_layer(name).trainable = False
weights = [draw(*weight.shape) for weight in model.get_weights()]
weights[-1] = np.abs(weights[-1])
model.set_weights(weights)
x = draw(4, 3)
y = model(x, training=True)
frozen = {
    "weights": [numbers(weight) for weight in weights],
    "input": numbers(x),
    "output_in_training": numbers(y),
    "weights_after": [numbers(weight) for weight in model.get_weights()],
}

# Normalization, adapted and given.
normalizations = []
samples = draw(5, 2, 3) * 3 + 1
for config in [
    {},
    {"axis": 1},
    {"axis": [1, 2]},
    {"axis": [2, 1]},
    {"axis": None},
    {"invert": True},
    {"mean": 3.0, "variance": 2.0},
    {"axis": -1, "mean": [1.0, 2.0, 3.0], "variance": [0.0, 0.5, 4.0]},
    {"axis": [1, 2], "mean": [[1.0, 2.0, 3.0]] * 2, "variance": [[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]]},
]:
    norm = keras.layers.Normalization(**config)
    if "mean" not in config:
        norm.adapt(samples)
    normalizations.append({"config": config, "output": numbers(norm(samples[:2]))})

golden = {
    "keras": keras.__version__,
    "networks": networks,
    "frozen": frozen,
    "normalizations": {"samples": numbers(samples), "cases": normalizations},
}
# One case a line.
head = json.dumps(golden, separators=(",", ":"))[:-1]
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
path = pathlib.Path(__file__).with_name("weight_rules.json")
path.write_text(f'{head},"cases":[\n{lines}\n]}}\n')
