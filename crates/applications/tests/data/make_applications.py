#!/usr/bin/env python3
"""Makes applications.json: what the networks of Keras and torchvision say with weights that a formula gives.

    pip install keras jax torch torchvision
    KERAS_BACKEND=jax python3 crates/applications/tests/data/make_applications.py

A weight of this name, in Keras' layout, has at its place i (the last axis running fastest) the number u(name, i), from -0.5 to 0.5,
scaled so that signals neither vanish nor grow. The Rust tests compute the same, so that no weights lie here. Names are those
of our layers, which are the libraries'.
"""

import json
import pathlib

import keras
import numpy as np
import torch
import torchvision

CLASSES = 5
SIZE = 64


def seed_of(name):
    """FNV-1a."""
    seed = 2166136261
    for byte in name.encode():
        seed = ((seed ^ byte) * 16777619) % 2**32
    return seed


def uniform(name, count):
    """From -0.5 to 0.5, by the finalizer of MurmurHash3 of place and seed."""
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed_of(name)) % 2**32
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = ((x ^ (x >> np.uint64(shift))) * factor) % 2**32
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2**32 - 0.5


def weight(path, shape):
    kind = path.rsplit("/", 1)[1]
    u = uniform(path, int(np.prod(shape))).reshape(shape)
    if kind == "kernel":
        depthwise = len(shape) == 4 and shape[3] == 1
        fan_in = np.prod(shape[:-2]) if depthwise else np.prod(shape[:-1])
        u = u * np.sqrt(24 / fan_in)
    elif kind in ("gamma", "moving_variance"):
        u = 1 + 0.8 * u
    else:
        u = 0.5 * u
    return u.astype(np.float32)


def image():
    return (uniform("image", SIZE * SIZE * 3) * 4).reshape(1, SIZE, SIZE, 3).astype(np.float32)


def of_keras(build, **arguments):
    model = build(weights=None, classes=CLASSES, classifier_activation=None, input_shape=(SIZE, SIZE, 3), **arguments)
    for layer in model.layers:
        layer.set_weights([weight(f"{layer.name}/{own.name}", own.shape) for own in layer.weights])
    return np.asarray(model(image(), training=False)).flatten()


def of_torchvision(build, **arguments):
    model = build(weights=None, num_classes=CLASSES, **arguments).eval()
    modules = dict(model.named_modules())
    state = {}
    for name, own in model.state_dict().items():
        module, kind = name.rsplit(".", 1)
        if kind == "num_batches_tracked":
            state[name] = own
            continue
        is_norm = isinstance(modules[module], torch.nn.BatchNorm2d)
        ours = {
            "weight": "gamma" if is_norm else "kernel",
            "bias": "beta" if is_norm else "bias",
            "running_mean": "moving_mean",
            "running_var": "moving_variance",
        }[kind]
        path = f"{module}/{ours}"
        if own.ndim == 4 and modules[module].groups > 1:
            value = weight(path, tuple(own.permute(2, 3, 0, 1).shape)).transpose(2, 3, 0, 1)
        elif own.ndim == 4:
            value = weight(path, tuple(own.permute(2, 3, 1, 0).shape)).transpose(3, 2, 0, 1)
        elif own.ndim == 2:
            value = weight(path, tuple(own.T.shape)).T
        else:
            value = weight(path, tuple(own.shape))
        state[name] = torch.tensor(np.ascontiguousarray(value))
    model.load_state_dict(state)
    with torch.no_grad():
        return model(torch.tensor(image()).permute(0, 3, 1, 2)).numpy().flatten()


def main():
    cases = [
        ("resnet50", "keras", 1.0, of_keras(keras.applications.ResNet50)),
        ("mobilenet_v2", "keras", 1.0, of_keras(keras.applications.MobileNetV2)),
        ("mobilenet_v2", "keras", 0.35, of_keras(keras.applications.MobileNetV2, alpha=0.35)),
        ("mobilenet_v3_small", "keras", 1.0, of_keras(keras.applications.MobileNetV3Small)),
        ("mobilenet_v3_small", "keras", 0.75, of_keras(keras.applications.MobileNetV3Small, alpha=0.75)),
        ("resnet18", "torchvision", 1.0, of_torchvision(torchvision.models.resnet18)),
        ("resnet50", "torchvision", 1.0, of_torchvision(torchvision.models.resnet50)),
        ("mobilenet_v2", "torchvision", 0.35, of_torchvision(torchvision.models.mobilenet_v2, width_mult=0.35)),
        ("mobilenet_v3_small", "torchvision", 0.75, of_torchvision(torchvision.models.mobilenet_v3_small, width_mult=0.75)),
    ]
    written = {
        "versions": {"keras": keras.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__},
        "size": SIZE,
        "cases": [
            {"architecture": name, "origin": origin, "alpha": alpha, "output": [float(value) for value in output]}
            for name, origin, alpha, output in cases
        ],
    }
    path = pathlib.Path(__file__).with_name("applications.json")
    path.write_text(json.dumps(written, indent=1) + "\n")
    for case in written["cases"]:
        print(case["architecture"], case["origin"], case["alpha"], [round(value, 4) for value in case["output"]])


if __name__ == "__main__":
    main()
