"""Writes time_based.json: the time-based schedule as a custom schedule of Keras, at steps 0 to 20.

pip install keras==3.15.1 jax; KERAS_BACKEND=jax python time_based.py
There is nothing random in it, hence no seed.
"""

import json
import pathlib

import keras


class TimeBased(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, initial):
        self.initial = initial

    def __call__(self, step):
        return keras.ops.maximum(self.initial - keras.ops.cast(step, "float32"), 1.0)


cases = [
    {"initial": initial, "rates": [float(TimeBased(initial)(step)) for step in range(21)]}
    for initial in (10, 3, 1)
]
lines = ",\n".join("    " + json.dumps(case) for case in cases)
text = '{\n  "keras": "%s",\n  "cases": [\n%s\n  ]\n}\n' % (keras.__version__, lines)
json.loads(text)
pathlib.Path(__file__).with_suffix(".json").write_text(text)
