#!/usr/bin/env python3
"""Has ONNX Runtime compute the files that Firebrick wrote, and compares what it says with what we say.

    pip install onnx onnxruntime
    cargo test -p firebrick-formats --test formats
    python3 scripts/check_onnx_files.py target/tmp/onnx_files

Each file is looked through by ONNX' own checker, shapes included, and run with the inputs that stand beside it, all samples at once
and the first one by itself.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

# Of the largest number of an output.
TOLERANCE = 1e-5

TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64}


def array(numbers, dtype=np.float32):
    values = [np.nan if value is None else value for value in numbers["values"]]
    return np.asarray(values, dtype).reshape(numbers["shape"])


def distance(output, own):
    """How far apart they are, in parts of the largest number."""
    if output.size == 0:
        return 0.0
    return float(np.max(np.abs(output.astype("float64") - own)) / max(np.max(np.abs(own)), 1e-30))


def compare(session, outputs, inputs, expected):
    given = session.run(outputs, inputs)
    for name, output, own in zip(outputs, given, expected, strict=True):
        if output.shape != own.shape:
            return f"gives {output.shape} as {name}, expected {own.shape}"
        if not distance(output, own) <= TOLERANCE:
            return f"gives other numbers as {name}, {distance(output, own):.1e} away"
    return None


def check(path):
    """What is wrong with a file, or nothing."""
    onnx.checker.check_model(str(path), full_check=True)
    beside = json.loads(path.with_suffix(".json").read_text())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    takes, outputs = session.get_inputs(), [output.name for output in session.get_outputs()]
    inputs = {x.name: array(own, TYPES[x.type]) for x, own in zip(takes, beside["inputs"], strict=True)}
    expected = [array(own) for own in beside["outputs"]]
    problem = compare(session, outputs, inputs, expected)
    if problem:
        return problem
    first = {name: values[:1] for name, values in inputs.items()}
    problem = compare(session, outputs, first, [own[:1] for own in expected])
    return problem and f"{problem}, of one sample alone"


def main(folder):
    paths = sorted(folder.glob("*.onnx"))
    if len(paths) < 40:
        sys.exit(f"error: {folder} has {len(paths)} files, expected at least 40; run the test before")
    wrong = 0
    for path in paths:
        try:
            problem = check(path)
        except Exception as error:  # ONNX and its runtime have many
            problem = f"is not taken: {type(error).__name__}: …{str(error)[-600:]}"
        if problem:
            wrong += 1
            print(f"error: {path.stem} {problem}")
    print(f"{len(paths) - wrong} of {len(paths)} files give the same in ONNX Runtime {onnxruntime.__version__}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
