"""Keras' ctc_decode, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_ctc_decode.py

Writes ctc_decode.json beside this script: logits, lengths, arguments, the paths of each sample without their filling
of -1, and their scores. Seed 5 for the logits.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

cases = []


def case(name, logits, lengths, **arguments):
    logits = np.asarray(logits, dtype="float32").round(3)
    paths, scores = keras.ops.ctc_decode(logits, np.asarray(lengths, dtype="int32"), **arguments)
    paths, scores = np.asarray(paths), np.asarray(scores)
    samples = []
    for sample in range(len(logits)):
        labels = [[int(label) for label in path[sample] if label >= 0] for path in paths]
        pairs = zip(labels, scores[sample])
        samples.append([{"labels": labels, "score": float(score)} for labels, score in pairs])
    cases.append(
        {"name": name, "inputs": logits.astype("float64").round(3).tolist(), "lengths": lengths, "arguments": arguments, "samples": samples}
    )


random = np.random.default_rng(5)
logits = random.normal(size=(3, 7, 5)) * 2
case("greedy", logits, [7, 5, 1])
case("greedy_repeats", logits, [7, 5, 1], merge_repeated=False)
case("greedy_mask_index", logits, [7, 7, 7], mask_index=4)
case("beam_search", logits, [7, 5, 2], strategy="beam_search", beam_width=20, top_paths=3)
case("beam_search_narrow", logits, [7, 5, 2], strategy="beam_search", beam_width=3, top_paths=2)
case("beam_search_mask_index", logits, [7, 7, 7], strategy="beam_search", beam_width=50, mask_index=4)
meta = {"keras": keras.__version__, "backend": keras.backend.backend()}
lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
head = json.dumps(meta, separators=(",", ":"))
pathlib.Path(__file__).with_name("ctc_decode.json").write_text(f'{{"meta":{head},"cases":[\n{lines}\n]}}\n')
print(f"ctc_decode.json: {len(cases)} cases")
