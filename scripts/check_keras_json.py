#!/usr/bin/env python3
"""Reads the networks that Firebrick wrote in Keras' JSON with Keras itself, and compares what they give.

    pip install keras jax
    cargo test -p firebrick-model --test all keras_json
    KERAS_BACKEND=jax python3 scripts/check_keras_json.py target/tmp/keras_json

The folder is the one that the test writes into; weights and inputs are set by the formulas of
crates/model/tests/data/make_keras_json.py on both sides.
"""

import json
import pathlib
import sys

import keras
import numpy as np

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "crates/model/tests/data"))
from make_keras_json import entering, weight  # noqa: E402

TOLERANCE = 1e-5


def check(path):
    """What is wrong with a network, or nothing."""
    keras.utils.clear_session()
    written = json.loads(path.read_text())
    model = keras.models.model_from_json(json.dumps(written["json"]))
    shapes = [list(w.shape) for w in model.weights]
    if shapes != written["weights"]:
        return f"has weights of the shapes {shapes} in Keras, expected {written['weights']}"
    model.set_weights([weight(index, w.path, w.shape) for index, w in enumerate(model.weights)])
    values = [entering(index, x["shape"], x["modulo"]) for index, x in enumerate(written["inputs"])]
    outputs = keras.tree.flatten(model(values if len(values) > 1 else values[0], training=False))
    if len(outputs) != len(written["outputs"]):
        return f"gives {len(outputs)} outputs in Keras, expected {len(written['outputs'])}"
    for output, own in zip(outputs, written["outputs"]):
        output, own = np.asarray(output), np.asarray(own["values"], "float32").reshape(own["shape"])
        if output.shape != own.shape:
            return f"gives {output.shape} in Keras, expected {own.shape}"
        farthest = float(np.max(np.abs(output - own) / np.maximum(np.abs(output), 1), initial=0))
        if not farthest <= TOLERANCE:
            return f"gives other numbers in Keras, {farthest:.1e} away"
    return None


def main(folder):
    paths = sorted(folder.glob("*.json"))
    if len(paths) < 20:
        sys.exit(f"error: {folder} has {len(paths)} networks, expected at least 20; run the test before")
    wrong = 0
    for path in paths:
        try:
            problem = check(path)
        except Exception as error:  # Keras has many
            problem = f"is not read by Keras: {type(error).__name__}: …{str(error)[-500:]}"
        if problem:
            wrong += 1
            print(f"error: {path.stem} {problem}")
    print(f"{len(paths) - wrong} of {len(paths)} networks are read by Keras {keras.__version__} and give the same")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
