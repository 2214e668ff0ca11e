"""Writes compiled_models.json and the files compiled_*.keras: models that Keras has compiled and trained, and what comes next.

    KERAS_BACKEND=jax python3 make_compiled_models.py     # keras 3.15.1, jax 0.10.2

Weights and samples are drawn by NumPy's generator with the seed 29, three decimals each. The archives are compressed, which Keras
reads, too.
"""

import json
import pathlib
import zipfile

import keras
import numpy as np
from keras import layers, optimizers
from keras.optimizers import schedules

HERE = pathlib.Path(__file__).resolve().parent
random = np.random.default_rng(29)
cases = []


def drawn(*shape):
    return random.normal(size=shape).astype("float32").round(3)


def numbers(value):
    return np.asarray(value, "float32").flatten().tolist()


def named(variables):
    return [{"name": v.name, "shape": list(v.shape), "values": numbers(v.value)} for v in variables]


def fit(model, x, y):
    # On JAX the weights and their moving averages would be the same memory after a fit.
    for weight in model.weights:
        weight.assign(np.array(weight.value))
    return model.fit(x, y, epochs=1, batch_size=4, shuffle=False, verbose=0).history


def keep(name, model, x, y, epochs=2):
    for _ in range(epochs):
        fit(model, x, y)
    path = HERE / f"compiled_{name}.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED, 9)
    variables = named(model.optimizer.variables)
    iterations = int(model.optimizer._iterations.numpy())
    history = fit(model, x, y)
    cases.append(
        {
            "name": name,
            "iterations": iterations,
            "variables": variables,
            "loss": history["loss"][0],
            "weights": named(w for w in model.weights if "seed" not in w.path),
        }
    )


def network():
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
    for weight in model.weights:
        weight.assign((random.normal(size=weight.shape) * 0.5).astype("float32").round(3))
    return model


x, y = drawn(8, 4), drawn(8, 1)
for name, optimizer in {
    "sgd": optimizers.SGD(0.05),
    "sgd_momentum": optimizers.SGD(0.05, momentum=0.9),
    "sgd_nesterov": optimizers.SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": optimizers.Adam(0.01),
    "adam_amsgrad": optimizers.Adam(0.01, beta_1=0.8, amsgrad=True),
    "adam_schedule": optimizers.Adam(schedules.CosineDecay(0.02, 12, alpha=0.1)),
    "adam_gathered": optimizers.Adam(0.01, global_clipnorm=0.5, use_ema=True, gradient_accumulation_steps=3),
    "adamw": optimizers.AdamW(0.01),
    "rmsprop": optimizers.RMSprop(0.01),
    "rmsprop_momentum": optimizers.RMSprop(0.01, momentum=0.5),
    "rmsprop_centered": optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": optimizers.Adagrad(0.1),
    "adadelta": optimizers.Adadelta(1.0),
    "adamax": optimizers.Adamax(0.01),
    "nadam": optimizers.Nadam(0.01),
    "lion": optimizers.Lion(0.01),
    "ftrl": optimizers.Ftrl(0.1),
    "lamb": optimizers.Lamb(0.01),
    "adafactor": optimizers.Adafactor(0.05),
    "muon": optimizers.Muon(0.01),
    "schedule_free_adamw": optimizers.ScheduleFreeAdamW(0.01, warmup_steps=3),
}.items():
    model = network()
    model.compile(optimizer, "mse", metrics=["mae"])
    keep(name, model, x, y)

# Several outputs, a frozen layer, an embedding, whose weights are no business of Muon's.
keras.utils.clear_session()
words = keras.Input((3,), dtype="int32", name="words")
frozen = layers.Dense(4, name="frozen", trainable=False)(layers.Embedding(6, 2, name="embedding")(words))
pooled = layers.GlobalAveragePooling1D()(layers.LayerNormalization(name="ln")(frozen))
first = layers.Dense(2, activation="softmax", name="first")(layers.Dense(3, activation="tanh", name="left")(pooled))
second = layers.Dense(1, name="second")(layers.Dense(5, activation="tanh", name="right")(pooled))
model = keras.Model(words, [first, second], name="two")
for weight in model.weights:
    weight.assign((random.normal(size=weight.shape) * 0.5).astype("float32").round(3))
model.compile(
    optimizers.Muon(0.01),
    loss={"first": "sparse_categorical_crossentropy", "second": keras.losses.Huber(delta=0.5)},
    loss_weights={"first": 1.0, "second": 0.25},
    metrics={"first": ["accuracy"], "second": [keras.metrics.MeanAbsoluteError(name="distance")]},
)
tokens = random.integers(0, 6, (8, 3)).astype("int32")
targets = {"first": random.integers(0, 2, 8), "second": drawn(8, 1)}
keep("two_outputs", model, tokens, [targets["first"], targets["second"]])

# What only the program knows.
keras.utils.clear_session()


def own_loss(targets, outputs):
    return keras.ops.mean(keras.ops.square(targets - outputs))


model = network()
model.compile(optimizers.Adam(0.01), own_loss, metrics=["mae", own_loss])
keep("own_loss", model, x, y)

body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
head = {"keras": keras.__version__, "x": numbers(x), "y": numbers(y), "tokens": tokens.flatten().tolist()}
head["first"], head["second"] = targets["first"].tolist(), numbers(targets["second"])
(HERE / "compiled_models.json").write_text(json.dumps(head)[:-1] + f', "cases":[\n{body}\n]}}\n')
