#!/usr/bin/env python3
"""Has Keras read, train and save again the files that Firebrick wrote.

    pip install keras jax
    cargo test -p firebrick-formats --test formats
    KERAS_BACKEND=jax python3 scripts/check_keras_files.py target/tmp/keras_files

Each file is loaded and its predictions are compared with those beside it; it trains a step, is saved again, and our
reader has to give what Keras gives after that. Inputs are set by the formulas of crates/model/tests/data/make_keras_json.py.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import keras
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "crates/model/tests/data"))
from make_keras_json import entering  # noqa: E402

TOLERANCE = 1e-5


def flat(outputs):
    return [np.asarray(output) for output in keras.tree.flatten(outputs)]


def distance(output, own):
    return float(np.max(np.abs(output - own) / np.maximum(np.abs(output), 1), initial=0))


def train(model, inputs, outputs):
    """A step of the first output towards zeros; what has no weights that training moves stays as it is."""
    if not model.trainable_weights:
        return
    targets = [np.zeros_like(output) for output in outputs]
    losses = ["mean_squared_error"] + [None] * (len(targets) - 1)
    model.compile(keras.optimizers.Adam(0.01), losses if len(targets) > 1 else losses[0])
    model.train_on_batch(inputs, targets if len(targets) > 1 else targets[0])


def check(path, again):
    """What is wrong with a file, or nothing."""
    keras.utils.clear_session()
    beside = json.loads(path.with_suffix(".json").read_text())
    model = keras.models.load_model(path)
    values = [entering(index, x["shape"], x["modulo"]) for index, x in enumerate(beside["inputs"])]
    inputs = values if len(values) > 1 else values[0]
    outputs = flat(model(inputs, training=False))
    if len(outputs) != len(beside["outputs"]):
        return f"gives {len(outputs)} outputs in Keras, expected {len(beside['outputs'])}"
    for output, own in zip(outputs, beside["outputs"]):
        own = np.asarray(own["values"], "float32").reshape(own["shape"])
        if output.shape != own.shape:
            return f"gives {output.shape} in Keras, expected {own.shape}"
        if not distance(output, own) <= TOLERANCE:
            return f"gives other numbers in Keras, {distance(output, own):.1e} away"
    # States that layers keep begin anew in the file.
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False):
            layer.reset_states()
    train(model, inputs, outputs)
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False):
            layer.reset_states()
    model.save(again / path.name)
    outputs = flat(model(inputs, training=False))
    written = [{"shape": list(output.shape), "values": output.flatten().tolist()} for output in outputs]
    (again / path.name).with_suffix(".json").write_text(json.dumps({**beside, "outputs": written}))
    return None


def main(folder, every):
    paths = sorted(folder.glob("*.keras"))
    if len(paths) < 15:
        sys.exit(f"error: {folder} has {len(paths)} files, expected at least 15; run the test before")
    paths = paths[::every]
    again = folder / "again"
    shutil.rmtree(again, ignore_errors=True)
    again.mkdir()
    wrong = 0
    for path in paths:
        try:
            problem = check(path, again)
        except Exception as error:  # Keras has many
            problem = f"is not read by Keras: {type(error).__name__}: …{str(error)[-600:]}"
        if problem:
            wrong += 1
            print(f"error: {path.stem} {problem}")
    print(f"{len(paths) - wrong} of {len(paths)} files are read by Keras {keras.__version__} and give the same")
    command = "cargo test --workspace --test formats what_keras_gives_back_is_read -- --ignored"
    command = os.environ.get("KERAS_FILES_READER", command)
    environment = {**os.environ, "KERAS_FILES": str(again.resolve())}
    read = subprocess.run(command.split(), cwd=ROOT, env=environment, check=False)
    sys.exit(wrong > 0 or read.returncode != 0)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 1)
