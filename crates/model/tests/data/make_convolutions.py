"""Convolutions, poolings and their kin by Keras, with their gradients: convolutions.json.

    pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python make_convolutions.py > convolutions.json

`cotangent` is what the loss's gradient is at the output: of it and the output the sum of products is taken, and the
gradients of that sum are `input_gradient` and, of the weights in Keras' order, `weight_gradients`. `configs` has the last
layer of each kind as Keras serializes it, beside the arguments that it was made with.
"""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np

SEED = 7
rng = np.random.default_rng(SEED)
cases = []
configs = {}


def shortest(array):
    """Nested lists with every float32 in its shortest form."""
    array = np.asarray(array)
    return [shortest(row) for row in array] if array.ndim else float(str(array[()]))


def numbers(*shape):
    return rng.normal(size=shape).astype("float32").round(3)


def case(name, class_name, config, shape, mask=None):
    layer = getattr(keras.layers, class_name)(**config)
    configs[class_name] = {"config": config, "written": keras.layers.serialize(layer)}
    x = numbers(2, *shape)
    call = {} if mask is None else {"mask": jnp.asarray(mask)}
    layer(x, **call)
    weights = [numbers(*weight.shape) for weight in layer.weights]
    paths = [weight.path.split("/")[-1] for weight in layer.weights]

    def run(x, weights):
        return layer.stateless_call(weights, [], x, **call)[0]

    output = run(x, weights)
    cotangent = numbers(*output.shape)
    loss = lambda x, weights: jnp.sum(run(x, weights) * cotangent)
    of_input, of_weights = jax.grad(loss, argnums=(0, 1))(x, weights)
    cases.append(
        {
            "name": name,
            "layer": class_name,
            "config": config,
            "input": shortest(x),
            "mask": mask,
            "weights": [
                {"path": path, "shape": list(value.shape), "value": shortest(value)}
                for path, value in zip(paths, weights)
            ],
            "output": shortest(output),
            "cotangent": shortest(cotangent),
            "input_gradient": shortest(of_input),
            "weight_gradients": [shortest(value) for value in of_weights],
        }
    )


F2 = {"filters": 2}
# Convolutions of sequences, and of volumes.
case("causal, dilated", "Conv1D", F2 | {"kernel_size": 2, "dilation_rate": 2, "padding": "causal"}, [5, 2])
case("causal, strides", "Conv1D", F2 | {"kernel_size": 3, "strides": 2, "padding": "causal"}, [6, 2])
case("groups of steps", "Conv1D", {"filters": 4, "kernel_size": 2, "groups": 2, "use_bias": False}, [4, 4])
case("valid", "Conv3D", F2 | {"kernel_size": [2, 1, 3], "activation": "tanh"}, [3, 2, 4, 2])
case("same, an odd place too many", "Conv3D", F2 | {"kernel_size": 2, "padding": "same"}, [2, 3, 2, 1])
case("same, strides", "Conv3D", F2 | {"kernel_size": 3, "strides": [2, 1, 2], "padding": "same"}, [4, 2, 3, 1])
case("dilated", "Conv3D", F2 | {"kernel_size": 2, "dilation_rate": [1, 2, 1]}, [2, 3, 2, 1])
case("groups of volumes", "Conv3D", F2 | {"kernel_size": 2, "groups": 2, "use_bias": False}, [2, 2, 2, 2])

# Transposed ones.
for padding in ("valid", "same"):
    for kernel_size in (1, 2, 3, 4):
        for strides in (1, 2, 3):
            config = F2 | {"kernel_size": kernel_size, "strides": strides, "padding": padding}
            case(f"{padding}, {kernel_size} by {strides}", "Conv1DTranspose", config, [3, 2])
for padding, kernel_size, strides, output_padding in (
    ("valid", 2, 3, 0),
    ("valid", 3, 2, 1),
    ("same", 3, 2, 0),
    ("same", 3, 2, 1),
    ("same", 4, 3, 2),
    ("same", 1, 2, 1),
):
    config = F2 | {
        "kernel_size": kernel_size,
        "strides": strides,
        "padding": padding,
        "output_padding": output_padding,
    }
    case(f"{padding}, {kernel_size} by {strides} and {output_padding}", "Conv1DTranspose", config, [3, 2])
case("dilated, valid", "Conv1DTranspose", F2 | {"kernel_size": 3, "dilation_rate": 2}, [4, 2])
case("dilated, same", "Conv1DTranspose", F2 | {"kernel_size": 2, "dilation_rate": 3, "padding": "same"}, [4, 2])
case("same, both axes", "Conv2DTranspose", F2 | {"kernel_size": [3, 2], "strides": [2, 3], "padding": "same", "activation": "tanh"}, [2, 3, 2])
case("output padding by axis", "Conv2DTranspose", F2 | {"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": [0, 1]}, [2, 3, 2])
case("strides above the window", "Conv2DTranspose", F2 | {"kernel_size": [1, 2], "strides": 3, "use_bias": False}, [2, 2, 1])
case("dilated", "Conv2DTranspose", F2 | {"kernel_size": 2, "dilation_rate": [2, 1], "padding": "same"}, [3, 2, 1])
case("valid", "Conv3DTranspose", F2 | {"kernel_size": 2, "strides": [1, 2, 1]}, [2, 2, 2, 1])
case("same", "Conv3DTranspose", F2 | {"kernel_size": [3, 2, 1], "strides": [2, 1, 2], "padding": "same"}, [2, 2, 2, 2])
case("output padding", "Conv3DTranspose", F2 | {"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": [0, 1, 0]}, [2, 1, 2, 1])

# By channel.
case("one window a channel", "DepthwiseConv1D", {"kernel_size": 3}, [5, 3])
case("windows a channel", "DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 3, "strides": 2, "padding": "same", "activation": "tanh"}, [5, 2])
case("dilated", "DepthwiseConv1D", {"kernel_size": 2, "dilation_rate": 2, "use_bias": False}, [5, 2])
case("windows a channel", "DepthwiseConv2D", {"kernel_size": [2, 3], "depth_multiplier": 2, "padding": "same"}, [3, 4, 3])
case("strides", "DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}, [4, 5, 2])
case("dilated", "DepthwiseConv2D", {"kernel_size": 2, "dilation_rate": 2, "depth_multiplier": 2}, [4, 3, 2])
case("valid", "SeparableConv1D", F2 | {"kernel_size": 3, "depth_multiplier": 2}, [5, 3])
case("same, strides", "SeparableConv1D", {"filters": 3, "kernel_size": 2, "strides": 2, "padding": "same", "activation": "tanh"}, [5, 2])
case("valid", "SeparableConv2D", F2 | {"kernel_size": [2, 3], "depth_multiplier": 2, "use_bias": False}, [3, 4, 2])
case("strides", "SeparableConv2D", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, [4, 5, 2])
case("dilated", "SeparableConv2D", F2 | {"kernel_size": 2, "dilation_rate": 2, "padding": "same"}, [3, 4, 2])

# Poolings.
for kind in ("Max", "Average"):
    case("two by two", f"{kind}Pooling1D", {"pool_size": 2}, [5, 2])
    case("same", f"{kind}Pooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, [6, 2])
    case("two by two", f"{kind}Pooling3D", {"pool_size": 2}, [3, 4, 2, 2])
    case("same", f"{kind}Pooling3D", {"pool_size": [2, 3, 2], "padding": "same"}, [3, 4, 3, 1])
    case("same, strides", f"{kind}Pooling3D", {"pool_size": 3, "strides": [1, 2, 2], "padding": "same"}, [2, 4, 3, 2])
    for rank, sizes in ((1, [5]), (2, [3, 4]), (3, [2, 3, 2])):
        case("global", f"Global{kind}Pooling{rank}D", {}, [*sizes, 2])
        case("global, axes kept", f"Global{kind}Pooling{rank}D", {"keepdims": True}, [*sizes, 2])
    for size in (1, 2, 3, 5, 8):
        case(f"to {size}", f"Adaptive{kind}Pooling1D", {"output_size": size}, [5, 2])
    for size in ([2, 2], [3, 4], [1, 5]):
        case(f"to {size}", f"Adaptive{kind}Pooling2D", {"output_size": size}, [4, 5, 2])
    for size in ([2, 2, 2], [1, 3, 2]):
        case(f"to {size}", f"Adaptive{kind}Pooling3D", {"output_size": size}, [3, 4, 2, 2])
mask = [[True, False, True, False], [False, True, True, True]]
case("masked", "GlobalAveragePooling1D", {}, [4, 2], mask)
case("masked, axis kept", "GlobalAveragePooling1D", {"keepdims": True}, [4, 2], mask)

# Margins and sizes.
case("default", "Cropping1D", {}, [4, 2])
case("sides", "Cropping1D", {"cropping": [0, 2]}, [4, 2])
case("default", "Cropping2D", {}, [2, 2, 2])
case("default", "Cropping3D", {}, [3, 3, 4, 1])
case("axes", "Cropping3D", {"cropping": [0, 1, 1]}, [2, 3, 4, 1])
case("sides", "Cropping3D", {"cropping": [[1, 0], [0, 2], [1, 1]]}, [2, 3, 4, 1])
case("default", "ZeroPadding1D", {}, [3, 2])
case("sides", "ZeroPadding1D", {"padding": [0, 2]}, [3, 2])
case("default", "ZeroPadding3D", {}, [1, 2, 1, 2])
case("axes", "ZeroPadding3D", {"padding": [0, 1, 2]}, [1, 2, 1, 2])
case("sides", "ZeroPadding3D", {"padding": [[1, 0], [0, 2], [1, 1]]}, [1, 2, 1, 2])
case("default", "UpSampling1D", {}, [3, 2])
case("three times", "UpSampling1D", {"size": 3}, [3, 2])
case("default", "UpSampling3D", {}, [2, 1, 2, 2])
case("factors", "UpSampling3D", {"size": [1, 3, 2]}, [2, 1, 2, 2])
for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
    case(interpolation, "UpSampling2D", {"size": [2, 3], "interpolation": interpolation}, [3, 4, 2])
    case(f"{interpolation}, a single row", "UpSampling2D", {"size": [3, 1], "interpolation": interpolation}, [1, 3, 1])

meta = {"keras": keras.__version__, "backend": keras.backend.backend(), "seed": SEED}
print(json.dumps({"meta": meta, "cases": cases, "configs": list(configs.values())}))
