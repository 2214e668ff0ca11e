"""Numbers of Keras' LoRA for tests/lora.rs: outputs, and weights after steps of SGD, from given weights.

    KERAS_BACKEND=jax python make_lora.py > lora.json
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

SEED = 20
STEPS = 3
RATE = 0.1


def dense():
    inputs = keras.Input([3])
    layer = keras.layers.Dense(4, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.1))
    return keras.Model(inputs, layer(inputs)), [layer], "x"


def einsum():
    inputs = keras.Input([2, 3])
    layer = keras.layers.EinsumDense("btf,fhd->bthd", [None, 2, 4], bias_axes="hd")
    return keras.Model(inputs, layer(inputs)), [layer], "x"


def embedding():
    inputs = keras.Input([2])
    layer = keras.layers.Embedding(5, 4)
    return keras.Model(inputs, layer(inputs)), [layer], "index"


def attention():
    inputs = keras.Input([3, 4])
    layer = keras.layers.MultiHeadAttention(2, 3)
    model = keras.Model(inputs, layer(inputs, inputs))
    parts = [layer._query_dense, layer._key_dense, layer._value_dense, layer._output_dense]
    return model, parts, "x"


def case(name, make, rng):
    model, layers, kind = make()
    for layer in layers:
        layer.enable_lora(2, lora_alpha=3.0)
    shape = (4, *model.input_shape[1:])
    x = rng.integers(0, 5, shape).astype("float32") if kind == "index" else rng.normal(size=shape).astype("float32")
    start = {}
    for layer in layers:
        for weight in layer.weights:
            value = rng.normal(size=weight.shape).astype("float32") * 0.5
            weight.assign(value)
            start[f"{layer.name}/{weight.name}"] = value
    before = np.asarray(model(x))
    target = rng.normal(size=before.shape).astype("float32")
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse")
    for _ in range(STEPS):
        model.train_on_batch(x, target)
    after = {}
    for layer in layers:
        for weight in layer.weights:
            after[f"{layer.name}/{weight.name}"] = np.asarray(weight.value)
    merged = {}
    for layer in layers:
        value = layer.embeddings if hasattr(layer, "embeddings") else layer.kernel
        merged[layer.name] = np.asarray(value)
    flat = lambda values: {key: np.asarray(value).ravel().tolist() for key, value in values.items()}
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return {
        "name": name,
        "inputs": x.ravel().tolist(),
        "targets": target.ravel().tolist(),
        "start": flat(start),
        "outputs_before": before.ravel().tolist(),
        "after": flat(after),
        "merged": flat(merged),
        "outputs_after": np.asarray(model(x)).ravel().tolist(),
        "params": model.count_params(),
        "trainable": trainable,
    }


keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)
cases = [case(make.__name__, make, rng) for make in [dense, einsum, embedding, attention]]
print(
    json.dumps(
        {
            "keras": keras.__version__,
            "seed": SEED,
            "steps": STEPS,
            "learning_rate": RATE,
            "rank": 2,
            "alpha": 3.0,
            "cases": cases,
        }
    )
)
