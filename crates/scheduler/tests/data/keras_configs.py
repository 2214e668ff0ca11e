"""Writes keras_configs.json: what keras.optimizers.schedules.serialize says of schedules, beside their texts.

pip install keras==3.15.1 jax; KERAS_BACKEND=jax python keras_configs.py
Nothing is random in it, hence no seed.
"""

import json
import pathlib

import keras

schedules = keras.optimizers.schedules
cases = [
    (
        "exponential-decay:0.1:decay_steps=1000:decay_rate=0.9",
        schedules.ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.9),
    ),
    (
        "exponential-decay:0.1:decay_steps=1000:decay_rate=0.9:staircase",
        schedules.ExponentialDecay(0.1, decay_steps=1e3, decay_rate=0.9, staircase=True, name="stairs"),
    ),
    (
        "inverse-time-decay:0.1:decay_steps=5:decay_rate=0.5:staircase",
        schedules.InverseTimeDecay(0.1, decay_steps=5, decay_rate=0.5, staircase=True),
    ),
    ("polynomial-decay:0.1:decay_steps=5", schedules.PolynomialDecay(0.1, 5)),
    (
        "polynomial-decay:0.1:decay_steps=5:end_learning_rate=0:power=2:cycle",
        schedules.PolynomialDecay(0.1, 5, end_learning_rate=0.0, power=2.0, cycle=True),
    ),
    ("cosine-decay:0.1:decay_steps=100", schedules.CosineDecay(0.1, 100)),
    (
        "cosine-decay:0:decay_steps=100:alpha=0.1:warmup_target=0.2:warmup_steps=30",
        schedules.CosineDecay(0.0, 100, alpha=0.1, warmup_target=0.2, warmup_steps=30),
    ),
    ("cosine-decay-restarts:0.1:first_decay_steps=50", schedules.CosineDecayRestarts(0.1, 50)),
    (
        "cosine-decay-restarts:0.1:first_decay_steps=50:t_mul=1:m_mul=0.5:alpha=0.1",
        schedules.CosineDecayRestarts(0.1, 50, t_mul=1.0, m_mul=0.5, alpha=0.1),
    ),
    (
        "piecewise-constant-decay:1,0.5,0.1:boundaries=5,12",
        schedules.PiecewiseConstantDecay([5, 12], [1.0, 0.5, 0.1]),
    ),
]
golden = {
    "made_by": f"keras {keras.__version__}",
    "cases": [{"text": text, "keras": schedules.serialize(schedule)} for text, schedule in cases],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
