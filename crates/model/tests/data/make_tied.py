"""Calls of one layer with arguments of their own by Keras, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_tied.py

Writes tied.json beside this script.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import keras
import numpy as np
from keras import layers

SEED = 17


def numbers(values):
    return {"shape": list(np.shape(values)), "values": [float(x) for x in np.ravel(values)]}


def randomized(model, generator):
    model.set_weights([generator.normal(size=weight.shape).astype("float32") for weight in model.get_weights()])


def tied(generator):
    """A language model whose head is its embedding in reverse."""
    tokens = keras.Input((6,), name="tokens")
    embedding = layers.ReversibleEmbedding(11, 4, name="embedding")
    x = embedding(tokens)
    x = layers.Dense(4, activation="tanh", name="hidden")(x)
    model = keras.Model(tokens, embedding(x, reverse=True))
    return model, generator.integers(0, 11, size=(3, 6)).astype("int32")


class InInference(layers.Layer):
    """What `training=False` of a call means; given to a call of a functional model, the whole's `training` would win."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, x):
        return self.layer(x, training=False)


def fixed(generator):
    """A part that is used as after training, whatever happens around it."""
    x = keras.Input((4,), name="x")
    part = InInference(layers.BatchNormalization(name="part"))
    y = layers.Add()([part(x), layers.BatchNormalization(name="other")(x)])
    return keras.Model(x, layers.Dense(2, name="answers")(y)), generator.normal(size=(5, 4)).astype("float32")


def attention(generator):
    """One attention, called with and without a causal mask."""
    x = keras.Input((5, 3), name="x")
    attend = layers.MultiHeadAttention(2, 3, name="attend")
    everywhere = attend(x, x)
    back = attend(everywhere, x, use_causal_mask=True)
    return keras.Model(x, back), generator.normal(size=(2, 5, 3)).astype("float32")


def case(build):
    generator = np.random.default_rng(SEED)
    model, inputs = build(generator)
    randomized(model, generator)
    for index, weight in enumerate(model.weights):
        if "variance" in weight.path:
            weight.assign(np.abs(weight.numpy()) + 0.5)
    weights = model.get_weights()
    trainable = [weight.value for weight in model.trainable_variables]
    fixed_weights = [weight.value for weight in model.non_trainable_variables]

    def loss(trainable):
        outputs, _ = model.stateless_call(trainable, fixed_weights, inputs, training=True)
        return sum((output**2).sum() for output in jax.tree_util.tree_leaves(outputs))

    outputs = jax.tree_util.tree_leaves(model(inputs, training=False))
    learning, _ = model.stateless_call(trainable, fixed_weights, inputs, training=True)
    return {
        "inputs": numbers(inputs),
        "weights": [{"path": weight.path, **numbers(values)} for weight, values in zip(model.weights, weights)],
        "outputs": [numbers(output) for output in outputs],
        "training_outputs": [numbers(output) for output in jax.tree_util.tree_leaves(learning)],
        "trainable": [weight.path for weight in model.trainable_variables],
        "gradients": [numbers(gradient) for gradient in jax.grad(loss)(trainable)],
    }


cases = {build.__name__: case(build) for build in [tied, fixed, attention]}
path = pathlib.Path(__file__).with_name("tied.json")
path.write_text(json.dumps({"keras": keras.__version__, "seed": SEED, "cases": cases}, indent=1) + "\n")
