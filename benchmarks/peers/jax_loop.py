"""JAX, by a step that is compiled whole, with optax, as its tutorials show; the data on the device."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import data
from turns import answer


def uniform(key, shape, fan_in, fan_out):
    limit = (6 / (fan_in + fan_out)) ** 0.5
    return jax.random.uniform(key, shape, jnp.float32, -limit, limit)


def initial(workload, key):
    weights, shape = [], workload.input_shape
    for kind, *arguments in workload.layers:
        key, draw, other = jax.random.split(key, 3)
        if kind == "dense":
            fan_in, units = int(np.prod(shape)), arguments[0]
            weights.append((uniform(draw, (fan_in, units), fan_in, units), jnp.zeros(units)))
            shape = (units,)
        elif kind == "conv":
            filters = arguments[0]
            weights.append((uniform(draw, (3, 3, shape[2], filters), 9 * shape[2], 9 * filters), jnp.zeros(filters)))
            shape = (shape[0] - 2, shape[1] - 2, filters)
        elif kind == "pool":
            shape = (shape[0] // 2, shape[1] // 2, shape[2])
        elif kind == "lstm":
            features, units = shape[1], arguments[0]
            kernel = uniform(draw, (features, 4 * units), features, 4 * units)
            recurrent = jax.nn.initializers.orthogonal()(other, (units, 4 * units), jnp.float32)
            # 1 for the gate that forgets.
            weights.append((kernel, recurrent, jnp.zeros(4 * units).at[units : 2 * units].set(1)))
            shape = (units,)
    return weights


def lstm(x, kernel, recurrent, bias):
    """The last output."""

    def step(carry, row):
        hidden, cell = carry
        i, f, g, o = jnp.split(row + hidden @ recurrent, 4, axis=1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(cell), cell), None

    zeros = jnp.zeros((len(x), recurrent.shape[0]))
    return jax.lax.scan(step, (zeros, zeros), (x @ kernel + bias).swapaxes(0, 1))[0][0]


ACTIVATIONS = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu, "linear": lambda x: x}


def forward(workload, weights, x, key=None):
    """With a key as in training."""
    weights = iter(weights)
    for kind, *arguments in workload.layers:
        if kind == "dense":
            kernel, bias = next(weights)
            x = ACTIVATIONS[arguments[1]](x.reshape(len(x), -1) @ kernel + bias)
        elif kind == "conv":
            kernel, bias = next(weights)
            axes = ("NHWC", "HWIO", "NHWC")
            x = jax.nn.relu(jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=axes) + bias)
        elif kind == "pool":
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        elif kind == "dropout" and key is not None:
            keep = jax.random.bernoulli(key, 1 - arguments[0], x.shape)
            x = jnp.where(keep, x / (1 - arguments[0]), 0)
        elif kind == "lstm":
            x = lstm(x, *next(weights))
    return x


def optimizer_of(workload):
    if not workload.rates:
        return optax.adam(workload.rate(0), eps=1e-7)
    rates = jnp.asarray(workload.rates)
    return optax.sgd(lambda step: rates[jnp.minimum(step, len(rates) - 1)])


def train(workload, turns, device="cpu"):
    with jax.default_device(jax.devices(device)[0]):
        inputs, targets, held_inputs, held_targets = map(jnp.asarray, data.load(workload))
        weights = initial(workload, jax.random.key(42))
        optimizer = optimizer_of(workload)

        def loss_of(weights, x, y, key):
            output = forward(workload, weights, x, key)
            if not workload.is_classes:
                return jnp.mean((output - y) ** 2), output
            return optax.softmax_cross_entropy_with_integer_labels(output, y).mean(), output

        @jax.jit
        def step(weights, state, total, inputs, targets, batch, number):
            x, y, key = inputs[batch], targets[batch], jax.random.key(number)
            (loss, output), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights, x, y, key)
            updates, state = optimizer.update(gradients, state)
            correct = (output.argmax(1) == y).sum().astype(jnp.float32) if workload.is_classes else jnp.zeros(())
            figures = jnp.stack([loss * len(x), correct])
            return optax.apply_updates(weights, updates), state, total + figures

        @jax.jit
        def count_correct(weights, x, y):
            return (forward(workload, weights, x).argmax(1) == y).sum()

        state, steps = optimizer.init(weights), 0
        order = np.random.default_rng(1)
        turns.ready()
        while turns.begin():
            total = jnp.zeros(2)
            rows = order.permutation(len(inputs))
            for first in range(0, len(rows), workload.batch_size):
                batch = rows[first : first + workload.batch_size]
                weights, state, total = step(weights, state, total, inputs, targets, batch, steps)
                steps += 1
                if not getattr(turns, "has_stepped", True):
                    jax.block_until_ready(weights)
                    turns.stepped()
            figures = {"loss": float(total[0]) / len(rows)}
            if len(held_inputs):
                correct = sum(count_correct(weights, held_inputs[first : first + 1000], held_targets[first : first + 1000])
                              for first in range(0, len(held_inputs), 1000))  # fmt: skip
                figures["val_accuracy"] = int(correct) / len(held_inputs)
            turns.end(**figures)


def predict(workload, turns, rows):
    weights = [tuple(map(jnp.asarray, layer)) for layer in data.load_weights()]
    inputs = data.load(workload)[0][:rows]

    @jax.jit
    def answers(weights, x):
        return jax.nn.softmax(forward(workload, weights, x))

    turns.ready()
    answer(turns, lambda: np.asarray(answers(weights, inputs)), lambda: np.asarray(answers(weights, inputs))[0])
