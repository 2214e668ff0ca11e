"""Writes golden.json: what Keras' preprocessing layers give for categories and numbers.

Lookups and hashing need TensorFlow beside Keras, whatever the backend:

    pip install keras==3.15.1 tensorflow-cpu
    python make_golden.py
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

WORDS = ["red", "blue", "blue", "grün", "red", "blue", "Ärger", "zebra", "", "a", "b", "grün", "日本"]
ASKED = ["blue", "zebra", "mauve", "", "日本", "[UNK]", "Blue"]
NUMBERS = [7, 3, 7, -2, 10, 3, 7, 0]
ASKED_NUMBERS = [7, 3, -5, 11, 12, 0]


def lookups():
    cases = []
    for arguments in [
        {},
        {"max_tokens": 4},
        {"num_oov_indices": 3},
        {"num_oov_indices": 2, "mask_token": ""},
        {"num_oov_indices": 3, "max_tokens": 6, "mask_token": "a"},
    ]:
        layer = layers.StringLookup(**arguments)
        layer.adapt(np.array(WORDS))
        cases.append({
            "arguments": arguments,
            "vocabulary": layer.get_vocabulary(include_special_tokens=False),
            "size": layer.vocabulary_size(),
            "indices": [int(index) for index in layer(np.array(ASKED))],
        })
    return {"words": WORDS, "asked": ASKED, "cases": cases}


def integer_lookups():
    cases = []
    for arguments in [
        {},
        {"max_tokens": 3},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "mask_token": 0},
        {"num_oov_indices": 3, "oov_method": "farmhash"},
    ]:
        layer = layers.IntegerLookup(**arguments)
        layer.adapt(np.array(NUMBERS))
        cases.append({
            "arguments": arguments,
            "vocabulary": [int(token) for token in layer.get_vocabulary(include_special_tokens=False)],
            "size": layer.vocabulary_size(),
            "indices": [int(index) for index in layer(np.array(ASKED_NUMBERS))],
        })
    return {"numbers": NUMBERS, "asked": ASKED_NUMBERS, "cases": cases}


def fingerprints():
    """Fingerprint64, to which a hash of 2^62 buckets comes down; two bucket counts give more of its bits."""
    texts = ["".join(chr(97 + (place * 7 + length) % 26) for place in range(length)) for length in range(200)]
    texts += ["grün", "日本", "x" * 1000]
    large = [int(hash) for hash in tf.strings.to_hash_bucket_fast(texts, 2**63 - 1)]
    small = [int(hash) for hash in tf.strings.to_hash_bucket_fast(texts, 2**62 + 1)]
    return {"texts": texts, "modulo_2_63_minus_1": large, "modulo_2_62_plus_1": small}


def hashing():
    cases = []
    for arguments in [{"num_bins": 3}, {"num_bins": 64}, {"num_bins": 1}, {"num_bins": 3, "mask_value": "red"}]:
        layer = layers.Hashing(**arguments)
        cases.append({"arguments": arguments, "bins": [int(place) for place in layer(np.array(WORDS))]})
    integers = [int(place) for place in layers.Hashing(num_bins=5)(np.array(NUMBERS))]
    return {"words": WORDS, "cases": cases, "numbers": NUMBERS, "bins_of_numbers": integers}


def crossing():
    sizes = ["s", "m", "m", "l", "s", "m", "l", "s", "m", "", "l", "s", "m"]
    cases = []
    for num_bins in [5, 100]:
        layer = layers.HashedCrossing(num_bins=num_bins)
        cases.append({
            "num_bins": num_bins,
            "two": [int(place) for place in layer((np.array(WORDS), np.array(sizes)))],
            "three": [int(place) for place in layer((np.array(WORDS), np.array(sizes), np.array(WORDS)))],
        })
    numbers = np.array([1, 2, 3, -4])
    mixed = layers.HashedCrossing(num_bins=100)((np.array(["a", "b", "c", "d"]), numbers))
    return {
        "words": WORDS, "sizes": sizes, "cases": cases,
        "mixed": {"words": ["a", "b", "c", "d"], "numbers": numbers.tolist(), "bins": [int(bin) for bin in mixed]},
    }


def encodings():
    encoded = []
    indices = [0, 3, 1, 3]
    for mode in ["one_hot", "multi_hot", "count"]:
        layer = layers.CategoryEncoding(num_tokens=4, output_mode=mode)
        encoded.append({"mode": mode, "output": np.array(layer(np.array(indices))).tolist()})
    weighted = layers.CategoryEncoding(num_tokens=4, output_mode="count")
    weights = [0.5, 0.25, 2.0, 1.0]
    encoded.append({
        "mode": "count",
        "count_weights": weights,
        "output": np.array(weighted(np.array([indices]), count_weights=np.array([weights])))[0].tolist(),
    })
    return {"num_tokens": 4, "indices": indices, "cases": encoded}


def discretizations():
    generator = np.random.default_rng(42)
    sets = {
        "few": [-1.5, 1.0, 3.4, 0.5, 0.0, 3.0, 1.3, 0.0],
        "ages": generator.integers(18, 90, 303).astype(float).tolist(),
        "normal": generator.normal(0.0, 3.0, 1000).astype(np.float32).astype(float).tolist(),
        "skewed": np.exp(generator.normal(0.0, 1.0, 257)).astype(np.float32).astype(float).tolist(),
        "constant": [7.0] * 20,
        "one": [3.0],
    }
    cases = []
    for name, numbers in sets.items():
        for num_bins in [2, 3, 4, 10]:
            layer = layers.Discretization(num_bins=num_bins)
            layer.adapt(np.array(numbers))
            cases.append({
                "set": name,
                "num_bins": num_bins,
                "bin_boundaries": layer.bin_boundaries,
                "bins": [int(place) for place in np.array(layer(np.array(numbers)))],
            })
    given = layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0])
    asked = [-1.5, 1.0, 3.4, 0.5, 0.0, 2.0, float("inf"), float("-inf")]
    return {
        "sets": sets,
        "cases": cases,
        "given": {"bin_boundaries": [0.0, 1.0, 2.0], "asked": [str(number) for number in asked],
                  "bins": [int(place) for place in np.array(given(np.array(asked)))]},
    }


golden = {
    "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
    "string_lookup": lookups(),
    "integer_lookup": integer_lookups(),
    "fingerprints": fingerprints(),
    "hashing": hashing(),
    "hashed_crossing": crossing(),
    "category_encoding": encodings(),
    "discretization": discretizations(),
}
path = Path(__file__).with_name("golden.json")
path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
