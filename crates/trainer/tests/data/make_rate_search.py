"""Writes rate_search.json: Keras' losses while the learning rate rises from batch to batch, and what is made of them.

pip install keras==3.15.1 jax; KERAS_BACKEND=jax python make_rate_search.py
A Dense(1) with a kernel of ones learns the rows below in their order, in batches of 4 of which the last has 2, over and
over. The smoothed loss, the end, `steepest` and `minimum` are fastai 2.8's formulas, `LRFinder` and `lr_find` of
fastai/callback/schedule.py and `AvgSmoothLoss` of fastai/learner.py, written out in NumPy. `steepest_line` is ours: the
middle of the tenth of the steps that `numpy.polyfit` finds to fall most. There is nothing random in it, hence no seed.
"""

import json
import pathlib

import keras
import numpy as np

ROWS = 22
BATCH = 4
START, END, STEPS = 1e-4, 10.0, 60
BETA = 0.98

numbers = np.arange(ROWS, dtype="float64")
inputs = np.stack([np.sin(numbers), np.cos(0.5 * numbers)], axis=1).astype("float32")
targets = (2.0 * inputs[:, :1] - 3.0 * inputs[:, 1:] + 0.5).astype("float32")


def network(optimizer):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    return model


def rates():
    return [START * (END / START) ** (step / (STEPS - 1)) for step in range(STEPS)]


def searched(optimizer):
    model = network(optimizer)
    losses, smoothed = [], []
    value, best = 0.0, np.inf
    begins = range(0, ROWS, BATCH)
    for step, rate in enumerate(rates()):
        begin = begins[step % len(begins)]
        model.optimizer.learning_rate = rate
        model.reset_metrics()
        loss = model.train_on_batch(inputs[begin : begin + BATCH], targets[begin : begin + BATCH])
        losses.append(float(loss))
        value = float(loss) + BETA * (value - float(loss))
        smoothed.append(value / (1 - BETA ** (step + 1)))
        best = min(best, smoothed[-1])
        if smoothed[-1] > 4 * best:
            break
    return losses, smoothed


def suggestions(smoothed):
    skipped = STEPS // 10
    lrs = np.array(rates()[: len(smoothed)])[skipped:-5]
    values = np.array(smoothed)[skipped:-5]
    slopes = (values[1:] - values[:-1]) / (np.log(lrs[1:]) - np.log(lrs[:-1]))
    width = STEPS // 10
    begins = range(len(values) - width + 1)
    lines = [np.polyfit(np.log(lrs[at : at + width]), values[at : at + width], 1)[0] for at in begins]
    return {
        "steepest": float(lrs[slopes.argmin()]),
        "steepest_line": float(lrs[np.argmin(lines) + (width - 1) // 2]),
        "minimum": float(lrs[values.argmin()]),
    }


def case(name):
    losses, smoothed = searched(name)
    return {"optimizer": name, "losses": losses, "smoothed": smoothed, **suggestions(smoothed)}


def main():
    written = {
        "inputs": inputs.tolist(),
        "targets": targets[:, 0].tolist(),
        "start": START,
        "end": END,
        "steps": STEPS,
        "cases": [case("sgd"), case("adam")],
    }
    path = pathlib.Path(__file__).with_name("rate_search.json")
    path.write_text(json.dumps(written) + "\n")


main()
