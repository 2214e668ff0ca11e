"""Writes lr_schedules.json: Keras' learning rate schedules, and the time-based one, at steps 0 to 20.

pip install keras==3.15.1 jax; KERAS_BACKEND=jax python lr_schedules.py
There is nothing random in the rates, hence no seed. Values are the 32-bit floats that Keras computes, in the fewest
digits that tell them apart.
"""

import json
import pathlib

import keras
import numpy as np

schedules = keras.optimizers.schedules


class TimeBased(schedules.LearningRateSchedule):
    def __init__(self, initial_learning_rate):
        self.initial_learning_rate = initial_learning_rate

    def __call__(self, step):
        return keras.ops.maximum(self.initial_learning_rate - keras.ops.cast(step, "float32"), 1.0)


def shortest(value):
    return float(str(np.float32(value)))


def rates(schedule):
    steps = (keras.ops.convert_to_tensor(step, dtype="int32") for step in range(21))
    return [shortest(schedule(step)) for step in steps]


def by_callback():
    """A rate that falls once an epoch, as the callback `LearningRateScheduler` leaves it in the history."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(10.0), "mse")
    fall = keras.callbacks.LearningRateScheduler(
        lambda epoch, rate: max(rate - 1.0, 1.0) if epoch > 0 else float(rate)
    )
    history = model.fit(np.zeros((4, 2)), np.zeros((4, 1)), epochs=12, verbose=0, callbacks=[fall])
    return [shortest(rate) for rate in history.history["learning_rate"]]


start = {"initial_learning_rate": 0.1}
end = {"decay_steps": 10, "end_learning_rate": 0.01}
restarts = {**start, "first_decay_steps": 5}
keras_cases = [
    ("exp", "ExponentialDecay", {**start, "decay_steps": 5, "decay_rate": 0.5}),
    ("exp_staircase", "ExponentialDecay", {**start, "decay_steps": 5, "decay_rate": 0.5, "staircase": True}),
    ("poly_linear", "PolynomialDecay", {**start, **end}),
    ("poly_pow2", "PolynomialDecay", {**start, **end, "power": 2.0}),
    ("poly_sqrt_default_end", "PolynomialDecay", {**start, "decay_steps": 10, "power": 0.5}),
    ("poly_cycle", "PolynomialDecay", {**start, **end, "decay_steps": 7, "cycle": True}),
    ("cosine", "CosineDecay", {**start, "decay_steps": 10}),
    ("cosine_alpha", "CosineDecay", {**start, "decay_steps": 10, "alpha": 0.1}),
    (
        "cosine_warmup",
        "CosineDecay",
        {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_target": 0.1, "warmup_steps": 5},
    ),
    (
        "cosine_warmup_alpha",
        "CosineDecay",
        {
            "initial_learning_rate": 0.02,
            "decay_steps": 10,
            "alpha": 0.2,
            "warmup_target": 0.1,
            "warmup_steps": 4,
        },
    ),
    ("cosine_restarts", "CosineDecayRestarts", restarts),
    ("cosine_restarts_t1", "CosineDecayRestarts", {**restarts, "t_mul": 1.0}),
    (
        "cosine_restarts_m",
        "CosineDecayRestarts",
        {**restarts, "first_decay_steps": 4, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.05},
    ),
    ("inverse_time", "InverseTimeDecay", {**start, "decay_steps": 1, "decay_rate": 0.5}),
    (
        "inverse_time_staircase",
        "InverseTimeDecay",
        {**start, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
    ),
    ("piecewise", "PiecewiseConstantDecay", {"boundaries": [5, 12], "values": [1.0, 0.5, 0.1]}),
]
cases = [
    {
        "name": name,
        "schedule": schedule,
        "config": config,
        "values_step_0_to_20": rates(getattr(schedules, schedule)(**config)),
    }
    for name, schedule, config in keras_cases
]
for initial in (10, 3, 1):
    cases.append(
        {
            "name": f"time_based_{initial}",
            "schedule": "TimeBased(custom)",
            "config": {"initial_learning_rate": initial},
            "values_step_0_to_20": rates(TimeBased(initial)),
        }
    )
cases.append(
    {
        "name": "time_based_via_LearningRateScheduler_epochs",
        "history": {"learning_rate": by_callback()},
    }
)
meta = {"keras": keras.__version__, "backend": keras.backend.backend(), "floatx": keras.config.floatx()}
lines = ",\n".join("    " + json.dumps(case) for case in cases)
text = '{\n  "meta": %s,\n  "cases": [\n%s\n  ]\n}\n' % (json.dumps(meta), lines)
json.loads(text)
pathlib.Path(__file__).with_suffix(".json").write_text(text)
