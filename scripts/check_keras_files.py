#!/usr/bin/env python3
"""Has Keras read, train and save again the files that Firebrick wrote.

    pip install keras jax
    cargo test -p firebrick-formats --test formats
    KERAS_BACKEND=jax python3 scripts/check_keras_files.py target/tmp/keras_files

    cargo test -p firebrick-recipe --test all keras_trainings
    KERAS_BACKEND=jax python3 scripts/check_keras_files.py target/tmp/keras_trainings

Each file is loaded and its predictions are compared with those beside it; it trains a step, is saved again, and our
reader has to give what Keras gives after that. Inputs are set by the formulas of crates/model/tests/data/make_keras_json.py.

Those of trainings are loaded as they were compiled: settings and variables of the optimizer are looked at, and the two epochs that
follow come to the weights that it comes to here.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import warnings

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


def differences(found, expected, path=""):
    """What of `expected` is otherwise in `found`; names of classes alone count of objects."""
    if isinstance(expected, dict):
        for key in expected.keys() - {"module", "registered_name", "jit_compile"}:
            if not isinstance(found, dict) or key not in found:
                yield f"{path}/{key} is missing"
            else:
                yield from differences(found[key], expected[key], f"{path}/{key}")
    elif isinstance(expected, float):
        if not np.isclose(found, expected, rtol=1e-6):
            yield f"{path} is {found}, expected {expected}"
    elif found != expected:
        yield f"{path} is {found}, expected {expected}"


def check_training(path):
    """What is wrong with a training, or nothing."""
    keras.utils.clear_session()
    beside = json.loads(path.with_suffix(".json").read_text())
    with warnings.catch_warnings():
        # Keras passes over variables that it cannot take with a warning.
        warnings.simplefilter("error")
        model = keras.models.load_model(path)
    found = model.get_compile_config()
    for key in ("optimizer", "loss_weights"):
        for difference in differences(found[key], beside["compile_config"][key], key):
            return difference
    if int(model.optimizer._iterations.numpy()) != beside["iterations"]:
        return f"has come to {int(model.optimizer._iterations.numpy())} iterations, expected {beside['iterations']}"
    variables = {v.name: v for v in model.optimizer.variables}
    seen = 0
    for name, values in beside["values"].items():
        name = name.replace("/", "_")
        variable = variables.get(name, variables.get(f"{model.name}_{name}"))
        if variable is not None:
            seen += 1
            if distance(np.asarray(variable.value).flatten(), np.asarray(values, "float32")) > TOLERANCE:
                return f"has other values of {name}"
    unnamed = [name for name in beside["values"] if name.endswith(("/r", "/c"))]
    absent = len(beside["values"]) - seen - len(unnamed)
    # Without momentum, or where it is not centered, RMSprop does not have them.
    if absent and not path.stem.startswith("rmsprop"):
        return f"does not have {absent} of the variables"
    if "weights" not in beside:
        return None
    x = np.asarray(beside["x"], "float32").reshape(8, 4)
    y = np.asarray(beside["y"], "float32").reshape(8, 1)
    # On JAX the weights and their moving averages would be the same memory.
    for weight in model.weights:
        weight.assign(np.array(weight.value))
    model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    for weight, own in zip(model.weights, beside["weights"], strict=True):
        away = distance(np.asarray(weight.value).flatten(), np.asarray(own, "float32"))
        if not away <= TOLERANCE:
            return f"comes to other weights {weight.path}, {away:.1e} away"
    return None


def trainings(folder):
    paths = sorted(folder.glob("*.keras"))
    if len(paths) < 20:
        sys.exit(f"error: {folder} has {len(paths)} files, expected at least 20; run the test before")
    wrong = 0
    for path in paths:
        try:
            problem = check_training(path)
        except Exception as error:  # Keras has many
            problem = f"does not go on in Keras: {type(error).__name__}: …{str(error)[-600:]}"
        if problem:
            wrong += 1
            print(f"error: {path.stem} {problem}")
    print(f"{len(paths) - wrong} of {len(paths)} trainings go on in Keras {keras.__version__} as they do here")
    sys.exit(wrong > 0)


def main(folder, every):
    if folder.name == "keras_trainings":
        trainings(folder)
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
