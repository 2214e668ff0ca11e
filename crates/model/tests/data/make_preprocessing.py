"""Writes preprocessing.json: what Keras' layers for text and categories give, and what they learn by `adapt`.

They need TensorFlow beside Keras, whatever the backend:

    pip install keras==3.15.1 tensorflow-cpu
    python make_preprocessing.py
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

TEXTS = [
    "The quick brown Fox jumps over the lazy dog.",
    "  THE   dog\tbarks, the fox\nruns!  ",
    "Grüße aus München: schöne GRÜSSE!",
    "don't stop; e-mail me @ home (or_not) 50% {a|b} [c] ~ `x` ^ \\ / <y> = + * & # $ \"q\"",
    "",
    "日本 の fox　wide\u00a0space v\x0btab f\x0cfeed",
    "the the the fox",
]
ASKED = ["The FOX, the unknown dog", "", "日本 grüße the\u00a0fox", "a b c the lazy lazy dog runs over and over"]
WORDS = ["red", "blue", "blue", "grün", "red", "blue", "Ärger", "zebra", "", "a", "b", "grün", "日本", "[UNK]"]
ASKED_WORDS = ["blue", "zebra", "mauve", "", "日本", "[UNK]", "Blue", "ochre"]
NUMBERS = [7, 3, 7, -2, 10, 3, 7, 0, -1, 3_000_000_019]
ASKED_NUMBERS = [7, 3, -5, 11, 12, 0, -1, 3_000_000_019, 16_777_217]


def numbers(values):
    values = np.asarray(values)
    kind = int if values.dtype.kind in "iu" else float
    return {"shape": list(values.shape), "values": [kind(value) for value in values.reshape(-1)]}


def learned(layer, inner=None):
    inner = inner or layer
    found = {"vocabulary": [v if isinstance(v, str) else int(v) for v in layer.get_vocabulary()],
             "size": int(layer.vocabulary_size())}
    if inner.output_mode == "tf_idf":
        found["idf_weights"] = [float(weight) for weight in inner.idf_weights_const.numpy()]
    return found


def written(layer):
    return json.loads(json.dumps(keras.saving.serialize_keras_object(layer), default=str))


def text_vectorization():
    cases = []
    words = ["the", "fox", "dog", "lazy", "over"]
    weights = [0.5, 1.5, 2.0, 2.5, 3.0]
    for arguments in [
        {},
        {"standardize": None},
        {"standardize": "lower"},
        {"standardize": "strip_punctuation"},
        {"split": "character", "max_tokens": 12},
        {"split": None, "standardize": "lower"},
        {"ngrams": 2},
        {"ngrams": (3, 1), "max_tokens": 15},
        {"output_sequence_length": 4},
        {"output_sequence_length": 15, "max_tokens": 8},
        {"output_mode": "multi_hot"},
        {"output_mode": "multi_hot", "max_tokens": 50, "pad_to_max_tokens": True},
        {"output_mode": "count", "max_tokens": 9},
        {"output_mode": "count", "ngrams": 2, "max_tokens": 9},
        {"output_mode": "tf_idf"},
        {"output_mode": "tf_idf", "max_tokens": 6},
        {"output_mode": "tf_idf", "max_tokens": 60, "pad_to_max_tokens": True},
        {"vocabulary": words},
        {"vocabulary": ["", "[UNK]", *words], "output_sequence_length": 6},
        {"vocabulary": words, "output_mode": "tf_idf", "idf_weights": weights},
        {"vocabulary": words, "output_mode": "tf_idf", "idf_weights": weights, "max_tokens": 10, "pad_to_max_tokens": True},
        {"vocabulary": ["[UNK]", *words], "output_mode": "tf_idf", "idf_weights": [0.1, *weights]},
    ]:
        layer = layers.TextVectorization(**arguments)
        if "vocabulary" not in arguments:
            layer.adapt(TEXTS)
        output = layer(np.array(ASKED).reshape(-1, 1)) if arguments.get("split", "") is None else layer(ASKED)
        cases.append({"arguments": arguments, **learned(layer, layer._lookup_layer), "output": numbers(output)})
    return {"texts": TEXTS, "asked": ASKED, "cases": cases}


def rows(values, width):
    return np.array(values[: len(values) // width * width]).reshape(-1, width)


def lookups(kind, seen, asked, arguments_of_cases):
    cases = []
    for arguments in arguments_of_cases:
        layer = kind(**arguments)
        if "vocabulary" not in arguments:
            layer.adapt(rows(seen, 2))
        one = np.array(asked).reshape(-1, 1)
        case = {"arguments": arguments, **learned(layer)}
        if arguments.get("invert"):
            indices = np.arange(layer.vocabulary_size() + 2).reshape(-1, 1)
            tokens = layer(indices)
            tokens = tokens.numpy() if hasattr(tokens, "numpy") else np.asarray(tokens)
            case["tokens"] = [token.decode() if isinstance(token, bytes) else int(token) for token in tokens.reshape(-1)]
        else:
            if arguments.get("num_oov_indices") == 0:
                one = np.array([token for token in layer.get_vocabulary()]).reshape(-1, 1)
            case["asked"] = [v if isinstance(v, str) else int(v) for v in one.reshape(-1).tolist()]
            case["output"] = numbers(layer(one))
            if arguments.get("num_oov_indices") != 0:
                case["rows"] = numbers(layer(rows(asked, 2)))
        cases.append(case)
    return {"seen": seen, "asked": asked, "cases": cases}


def string_lookup():
    return lookups(layers.StringLookup, WORDS, ASKED_WORDS, [
        {},
        {"max_tokens": 4},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "salt": 7},
        {"num_oov_indices": 5, "salt": [3, 2**40]},
        {"num_oov_indices": 2, "mask_token": ""},
        {"num_oov_indices": 0},
        {"mask_token": "blue", "oov_token": "red"},
        {"output_mode": "one_hot"},
        {"output_mode": "multi_hot", "mask_token": ""},
        {"output_mode": "count", "num_oov_indices": 2},
        {"output_mode": "tf_idf"},
        {"output_mode": "tf_idf", "max_tokens": 20, "pad_to_max_tokens": True, "mask_token": "", "num_oov_indices": 2},
        {"output_mode": "multi_hot", "max_tokens": 20, "pad_to_max_tokens": True},
        {"vocabulary": ["blue", "zebra", "日本"]},
        {"vocabulary": ["[UNK]", "blue", "zebra"]},
        {"vocabulary": ["", "[UNK]", "blue", "zebra"], "mask_token": ""},
        {"vocabulary": ["blue", "zebra"], "output_mode": "tf_idf", "idf_weights": [0.5, 2.0]},
        {"vocabulary": ["blue", "zebra", "日本"], "invert": True},
        {"vocabulary": ["blue", "zebra", "日本"], "invert": True, "mask_token": "", "oov_token": "?", "num_oov_indices": 2},
    ])


def integer_lookup():
    return lookups(layers.IntegerLookup, NUMBERS, ASKED_NUMBERS, [
        {},
        {"max_tokens": 3},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "mask_token": 0},
        {"num_oov_indices": 3, "oov_method": "farmhash"},
        {"num_oov_indices": 3, "oov_method": "farmhash", "salt": 9},
        {"num_oov_indices": 0},
        {"output_mode": "one_hot"},
        {"output_mode": "multi_hot", "mask_token": 0},
        {"output_mode": "count", "num_oov_indices": 2},
        {"output_mode": "tf_idf"},
        {"vocabulary": [-1, 7, 3, 3_000_000_019]},
        {"vocabulary": [7, 3, 3_000_000_019], "invert": True},
        {"vocabulary": [7, 3], "invert": True, "mask_token": 0, "oov_token": -9, "num_oov_indices": 2},
    ])


def hashing():
    cases = []
    for values, name in [(ASKED_WORDS, "words"), (ASKED_NUMBERS, "numbers")]:
        mask = values[1]
        for arguments in [
            {"num_bins": 3},
            {"num_bins": 1},
            {"num_bins": 1, "mask_value": mask},
            {"num_bins": 5, "mask_value": mask},
            {"num_bins": 7, "salt": 133},
            {"num_bins": 7, "salt": [133, 137]},
            {"num_bins": 7, "salt": 1, "mask_value": mask},
            {"num_bins": 4, "output_mode": "one_hot"},
            {"num_bins": 4, "output_mode": "multi_hot"},
            {"num_bins": 4, "output_mode": "count", "salt": 5},
        ]:
            layer = layers.Hashing(**arguments)
            one = np.array(values).reshape(-1, 1)
            case = {"of": name, "arguments": arguments, "output": numbers(layer(one))}
            if arguments.get("output_mode") in ("multi_hot", "count"):
                case["rows"] = numbers(layer(rows(values, 2)))
            cases.append(case)
    return {"words": ASKED_WORDS, "numbers": ASKED_NUMBERS, "cases": cases}


def hashed_crossing():
    cases = []
    for arguments in [{"num_bins": 5}, {"num_bins": 1000}, {"num_bins": 5, "output_mode": "one_hot"}]:
        layer = layers.HashedCrossing(**arguments)
        words = np.array(ASKED_WORDS).reshape(-1, 1)
        whole = np.array(ASKED_NUMBERS[: len(words)]).reshape(-1, 1)
        cases.append({
            "arguments": arguments,
            "words_and_numbers": numbers(layer((words, whole))),
            "numbers_and_words": numbers(layer((whole, words))),
            "words_twice": numbers(layer((words, words))),
        })
    return {"words": ASKED_WORDS, "numbers": ASKED_NUMBERS[: len(ASKED_WORDS)], "cases": cases}


def discretization():
    rng = np.random.default_rng(5)
    few = [[float(v)] for v in [-1.5, 1.0, 3.4, 0.5, 0.0, 3.0, 1.3, 0.0]]
    many = rng.normal(size=(150, 2)).astype("float32").tolist()
    asked = [[-9.0, 0.0], [0.5, 1.0], [3.4, 99.0], [-0.3, 0.2]]
    cases = []
    for arguments, seen in [
        ({"num_bins": 4}, few),
        ({"num_bins": 4}, many),
        ({"num_bins": 10, "epsilon": 0.05}, many),
        ({"num_bins": 3, "output_mode": "one_hot"}, few),
        ({"num_bins": 3, "output_mode": "multi_hot"}, few),
        ({"num_bins": 3, "output_mode": "count"}, few),
        ({"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": "count"}, None),
        ({"bin_boundaries": [0.0, 1.0, 2.0]}, None),
    ]:
        layer = layers.Discretization(**arguments)
        if seen is not None:
            layer.adapt(np.array(seen, "float32"))
        cases.append({
            "arguments": arguments,
            "seen": {None: None, id(few): "few", id(many): "many"}[None if seen is None else id(seen)],
            "bin_boundaries": [float(boundary) for boundary in layer.bin_boundaries],
            "output": numbers(layer(np.array(asked, "float32"))),
        })
    return {"few": few, "many": many, "asked": asked, "cases": cases}


def category_encoding():
    cases = []
    for mode in ["one_hot", "multi_hot", "count"]:
        for asked in [[[0], [3], [1]], [[0, 1, 1], [3, 2, 0]]]:
            layer = layers.CategoryEncoding(num_tokens=4, output_mode=mode)
            cases.append({"arguments": {"num_tokens": 4, "output_mode": mode}, "asked": asked,
                          "output": numbers(layer(np.array(asked)))})
    layer = layers.CategoryEncoding(num_tokens=4, output_mode="count")
    asked, weights = [[0, 1], [0, 0], [1, 2], [3, 1]], [[0.1, 0.2], [0.1, 0.1], [0.2, 0.3], [0.4, 0.2]]
    weighted = {"asked": asked, "count_weights": weights, "output": numbers(layer(np.array(asked), count_weights=np.array(weights)))}
    return {"cases": cases, "weighted": weighted}


def configs():
    """Layers as Keras writes them, after `adapt` where there is one."""
    text = layers.TextVectorization(max_tokens=20, ngrams=(1, 2), output_mode="tf_idf", name="words")
    text.adapt(TEXTS)
    bins = layers.Discretization(num_bins=3)
    bins.adapt(np.array([[1.0], [2.0], [3.0], [4.0]]))
    return [written(layer) for layer in [
        text,
        layers.TextVectorization(vocabulary=["a", "b"], split="character", standardize=None, output_sequence_length=5),
        layers.StringLookup(vocabulary=["a", "b"], mask_token="", num_oov_indices=2, salt=3),
        layers.StringLookup(vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=[1.0, 2.0]),
        layers.IntegerLookup(vocabulary=[3, 5], invert=True),
        layers.Hashing(num_bins=3, salt=[1, 2], mask_value="x"),
        layers.Hashing(num_bins=3, output_mode="one_hot"),
        layers.HashedCrossing(num_bins=3),
        layers.HashedCrossing(num_bins=3, output_mode="one_hot"),
        bins,
        layers.Discretization(bin_boundaries=[0.5, 1.5], output_mode="count"),
        layers.CategoryEncoding(num_tokens=4, output_mode="count"),
    ]]


golden = {
    "meta": {"keras": keras.__version__, "tensorflow": tf.__version__, "seed": 5},
    "text_vectorization": text_vectorization(),
    "string_lookup": string_lookup(),
    "integer_lookup": integer_lookup(),
    "hashing": hashing(),
    "hashed_crossing": hashed_crossing(),
    "discretization": discretization(),
    "category_encoding": category_encoding(),
    "configs": configs(),
}


def lines(part):
    """A case a line."""
    text = json.dumps({**part, "cases": []} if "cases" in part else part, ensure_ascii=False)
    if isinstance(part, list) or "cases" not in part:
        return text
    cases = ",\n".join(json.dumps(case, ensure_ascii=False) for case in part["cases"])
    return text.replace('"cases": []', f'"cases": [\n{cases}\n]')


parts = [f"{json.dumps(name)}: {lines(part)}" for name, part in golden.items()]
path = Path(__file__).with_name("preprocessing.json")
path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
