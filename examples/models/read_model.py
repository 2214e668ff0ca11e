"""Reads a model file, computes its answers to MNIST's test images by numpy, and says how many are right.

    pip install numpy cbor2
    python3 examples/models/read_model.py runs/mnist-1/model.bpk
"""
import gzip
import json
import struct
import sys

import cbor2
import numpy as np


def read(path):
    """What a model file tells, its network, and its weights by their names."""
    data = open(path, "rb").read()
    magic, _, size = struct.unpack_from("<4sHI", data)
    assert magic == b"NRUB", f"{path} is no model file"
    described = cbor2.loads(data[10 : 10 + size])
    start = -(-(10 + size) // 256) * 256
    weights = {}
    for name, tensor in described["tensors"].items():
        begin, end = tensor["data_offsets"]
        weights[name] = np.frombuffer(data[start + begin : start + end], "<f4").reshape(tensor["shape"])
    told = described["metadata"]
    return json.loads(told.get("firebrick.card", "{}")), json.loads(told["firebrick.model"]), weights


def mnist(name):
    data = gzip.open(f"assets/mnist/t10k-{name}.gz").read()
    return np.frombuffer(data[8:] if "labels" in name else data[16:], np.uint8)


card, network, weights = read(sys.argv[1])
x = mnist("images-idx3-ubyte").reshape(-1, 784) / np.float32(255)
for layer in range(len(weights) // 2):
    x = x @ weights[f"layers.{layer}.weight"] + weights[f"layers.{layer}.bias"]
    x = 1 / (1 + np.exp(-x)) if layer < len(weights) // 2 - 1 else x
accuracy = (x.argmax(1) == mnist("labels-idx1-ubyte")).mean()
print(f"{card.get('figures')}\n{accuracy:.4f} of the test images are right")
