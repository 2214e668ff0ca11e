#!/usr/bin/env python3
"""Makes keras2.h5 and keras2_weights.h5: a model and its weights in the form of Keras 2, as Keras 3.15 still writes it.

    pip install keras jax h5py
    KERAS_BACKEND=jax python3 crates/formats/tests/data/make_layer_weights.py

The weights count through: 0, 1, 2, … in the order of the model.
"""

import pathlib

import h5py
import keras
import numpy as np
from keras.src.legacy.saving import legacy_h5_format

FOLDER = pathlib.Path(__file__).parent


def main():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Conv2D(2, 2, name="zeta"),
            layers.BatchNormalization(name="conv_bn"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1, name="alpha"),
        ]
    )
    start = 0
    weights = []
    for weight in model.get_weights():
        weights.append(np.arange(start, start + weight.size, dtype="float32").reshape(weight.shape))
        start += weight.size
    model.set_weights(weights)
    model.compile("adam", "mse")
    model.save(FOLDER / "keras2.h5")
    with h5py.File(FOLDER / "keras2_weights.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
        # Names of Keras 2 may have slashes, and say which output of which variable they are of.
        file.move("conv_bn", "zeta/BatchNorm")
        names = ["zeta/BatchNorm" if name == "conv_bn" else name for name in texts(file.attrs["layer_names"])]
        file.attrs["layer_names"] = np.array(names, dtype="S")
        group = file["alpha"]
        kernel, bias = texts(group.attrs["weight_names"])
        group.move(kernel, "alpha_1/kernel:0")
        group.attrs["weight_names"] = np.array(["alpha_1/kernel:0", bias], dtype="S")


def texts(names):
    return [name if isinstance(name, str) else name.decode() for name in names]


if __name__ == "__main__":
    main()
