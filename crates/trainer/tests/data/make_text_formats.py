"""What Keras prints while it trains, evaluates and predicts, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_text_formats.py

Writes text_formats.json beside this script. The clock goes on by a fixed time whenever Keras looks at it. Seed 0.
"""

import contextlib
import io
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers
from keras.src.utils import progbar


class Clock:
    """Goes on by `step` seconds at every look."""

    now = 1000.0
    step = 0.25

    @classmethod
    def time(cls):
        cls.now += cls.step
        return cls.now


class InOrder(keras.callbacks.Callback):
    """Its hooks keep Keras from calling those of a batch in other threads."""

    def on_train_batch_end(self, batch, logs=None):
        pass

    def on_test_batch_end(self, batch, logs=None):
        pass

    def on_predict_batch_end(self, batch, logs=None):
        pass


progbar.time = Clock
keras.config.enable_interactive_logging()
cases = []


def printed(work):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        work()
    return out.getvalue()


keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
X = np.random.default_rng(0).normal(size=(96, 4)).astype("float32")
y = np.zeros(96, "int32")
for verbose in (1, 2):
    printing = {"verbose": verbose, "callbacks": [InOrder()]}
    works = {
        "fit_verbose{}_2epochs_val": lambda: model.fit(
            X, y, epochs=2, validation_split=0.25, shuffle=False, **printing
        ),
        "fit_verbose{}_1epoch": lambda: model.fit(X, y, shuffle=False, **printing),
        "evaluate_verbose{}": lambda: model.evaluate(X, y, **printing),
        "predict_verbose{}": lambda: model.predict(X, **printing),
    }
    for name, work in works.items():
        text = printed(work)
        cases.append({"name": name.format(verbose), "seconds_between_looks": 0.25, "text": text})


def bar(name, target, updates, verbose=1, seconds=0.1):
    Clock.step = 0
    bar = progbar.Progbar(target, verbose=verbose, stateless_metrics=set())
    bar._dynamic_display = True
    Clock.step = seconds
    chunks = [
        printed(lambda: bar.update(done, values, finalize=is_last))
        for done, values, is_last in updates
    ]
    finite = lambda value: value if value == value else "NaN"
    written = [
        [done, [[key, finite(value)] for key, value in values], is_last]
        for done, values, is_last in updates
    ]
    described = {
        "target": target,
        "verbose": verbose,
        "seconds_between_updates": seconds,
        "updates": written,
    }
    cases.append({"name": name, "progbar": described, "chunks": chunks})


end = [("accuracy", 0.8), ("loss", 0.0005), ("val_loss", -0.25)]
bar(
    "progbar_v1",
    4,
    [
        (1, [("accuracy", 0.5), ("loss", 1.23456)], False),
        (2, [("accuracy", 0.75), ("loss", 0.9)], False),
        (4, [("accuracy", 0.8), ("loss", 0.0005)], False),
        (4, end, True),
    ],
)
bar("progbar_v1_slow", 3000, [(n, [("loss", 1.0)], False) for n in (1, 20)], seconds=7.0)
# More often than every 50 ms nothing is drawn but the end.
bar(
    "progbar_v1_fast_us",
    10,
    [(n, [("loss", 1.0)], n == 10) for n in range(1, 11)],
    seconds=0.0005,
)
bar("progbar_v1_nan", 2, [(1, [("loss", float("nan"))], False)])
bar("progbar_v1_one", 1, [(1, [("loss", 0.001)], False), (1, [("loss", 0.001)], True)])
bar("progbar_v2", 4, [(4, end, True)], verbose=2)
bar("progbar_v2_slow", 4, [(4, end, True)], verbose=2, seconds=4000.0)

golden = {"meta": {"keras": keras.__version__, "backend": keras.backend.backend(), "seed": 0}}
head = json.dumps(golden, separators=(",", ":"))[:-1]
body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
path = pathlib.Path(__file__).with_name("text_formats.json")
path.write_text(f'{head},"cases":[\n{body}\n]}}\n')
