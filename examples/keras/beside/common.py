"""What the scripts beside the examples have in common: Keras on JAX, a seed, and the built-in digits.

They train with Keras what the example of the same name trains, on the same data or on data made by the same recipe, and
print the same figure. Written for Keras 3.15.1:

    python examples/keras/beside/resnet.py [SEED]
"""

import gzip
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 42

keras.utils.set_random_seed(SEED)


def _read(name, header):
    path = ROOT / "crates/data/sample" / f"{name}.gz"
    return np.frombuffer(gzip.decompress(path.read_bytes())[header:], np.uint8)


def digits():
    """Training images and labels, test images and labels; pixels from 0 to 1, `[samples, 28, 28, 1]`."""
    parts = []
    for part in ["train", "t10k"]:
        images = _read(f"{part}-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1)
        parts += [images.astype("float32") / 255, _read(f"{part}-labels-idx1-ubyte", 8).astype("int32")]
    return parts


def report(figure):
    print(f"Keras {keras.__version__}, seed {SEED}: {figure}")
