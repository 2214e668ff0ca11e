#!/usr/bin/env python3
"""Has Keras, torchvision and transformers make networks with random weights, and compares what Firebrick's say with their files.

    pip install keras jax h5py torch torchvision transformers safetensors
    cargo build -p firebrick-applications --example answers
    KERAS_BACKEND=jax python3 scripts/check_applications.py target/debug/examples/answers [LIBRARY:NETWORK ...]

Weights are those that the libraries begin with, but for the statistics, scales and shifts of normalizations, which are drawn, too: the ones
and zeros that they begin with would hide a mistake. Every file of Keras is written as `.weights.h5`, as `.keras` and as the `.h5` of
Keras 2, with and without the top. All of them take about five minutes on two cores; `keras:mobilenet_v3_small`, `torchvision:resnet18` or
`transformers:bert` is one alone.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402
import transformers  # noqa: E402
from keras.src.legacy.saving import legacy_h5_format  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

TOLERANCE = 1e-4
CLASSES = 10
SEED = 7


def distance(own, theirs):
    """The largest distance, relative to the largest number."""
    return float(np.abs(own - theirs).max() / np.abs(theirs).max())


class Check:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.wrong = self.total = 0

    def __call__(self, what, arguments, weights, inputs, expected):
        """Runs the program with a file of weights and compares all outputs."""
        path = self.folder / "inputs.safetensors"
        save_file({name: torch.tensor(np.ascontiguousarray(value), dtype=torch.float32) for name, value in inputs.items()}, path)
        command = [str(self.program), *map(str, arguments), str(weights), str(path)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
        self.total += 1
        if ran.returncode:
            self.wrong += 1
            print(f"error: {what}: {ran.stderr.strip()}")
            return
        outputs = [np.array(json.loads(line)) for line in ran.stdout.splitlines()]
        if len(outputs) != len(expected) or any(own.size != their.size for own, their in zip(outputs, expected)):
            self.wrong += 1
            print(f"error: {what}: sizes {[own.size for own in outputs]}, expected {[their.size for their in expected]}")
            return
        far = max(distance(own, their.flatten()) for own, their in zip(outputs, expected))
        is_wrong = not far <= TOLERANCE
        self.wrong += is_wrong
        print(f"{'error: ' if is_wrong else ''}{what}: {far:.1e} ({ran.stderr.strip()[:70]})")


def draw(rng, kind, shape):
    """A weight of a normalization."""
    return rng.uniform(0.6, 1.4, shape) if kind in ("gamma", "moving_variance") else rng.uniform(-0.3, 0.3, shape)


def of_keras(check, name, build, size, alphas):
    for alpha in alphas:
        keras.utils.set_random_seed(SEED)
        rng = np.random.default_rng(SEED)
        width = {} if alpha == 1.0 else {"alpha": alpha}
        shape = (*size, 3)
        model = build(weights=None, classes=CLASSES, classifier_activation=None, input_shape=shape, **width)
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.set_weights([draw(rng, own.name, own.shape) for own in layer.weights])
            elif isinstance(layer, keras.layers.Conv2D) and layer.use_bias:
                layer.bias.assign(rng.uniform(-0.3, 0.3, layer.bias.shape))
        image = rng.uniform(-1, 1, (2, *shape)).astype("float32")
        if name == "mobilenet_v3_small":
            image = (image + 1) * 127.5
        inputs, arguments = {"image": image}, [name, "keras", alpha]
        output = np.asarray(model(image, training=False))
        for ending in (".weights.h5", ".keras", ".h5"):
            path = check.folder / f"{name}{ending}"
            model.save_weights(path) if ending == ".weights.h5" else model.save(path)
            check(f"{name}{ending} of Keras, alpha {alpha}, {size}", [*arguments, "top"], path, inputs, [output])
        body = build(weights=None, include_top=False, pooling="avg", input_shape=shape, **width)
        body.set_weights(model.get_weights()[: len(body.get_weights())])
        features = [np.asarray(body(image, training=False))]
        path = check.folder / f"{name}.weights.h5"
        check(f"{name} of Keras without its top", [*arguments, "avg"], path, inputs, features)
        highest = build(weights=None, include_top=False, pooling="max", input_shape=shape, **width)
        highest.set_weights(body.get_weights())
        output = np.asarray(highest(image, training=False))
        check(f"{name} of Keras without its top, max", [*arguments, "max"], path, inputs, [output])
        path = check.folder / f"{name}_notop.h5"
        with h5py.File(path, "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, body)
            # The names have changed over time.
            names = [layer if isinstance(layer, str) else layer.decode() for layer in file.attrs["layer_names"]]
            for layer in names:
                file.move(layer, f"old_{layer}")
            file.attrs["layer_names"] = np.array([f"old_{layer}" for layer in names], dtype="S")
        check(f"{path.name} of Keras with other names", [*arguments, "avg"], path, inputs, features)


def of_torchvision(check, name, build, size, alphas):
    for alpha in alphas:
        torch.manual_seed(SEED)
        width = {} if alpha == 1.0 else {"width_mult": alpha}
        model = build(weights=None, num_classes=CLASSES, **width).eval()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(module.weight, 0.6, 1.4)
                torch.nn.init.uniform_(module.bias, -0.3, 0.3)
                module.running_mean.uniform_(-0.3, 0.3)
                module.running_var.uniform_(0.6, 1.4)
            elif isinstance(module, torch.nn.Linear):
                torch.nn.init.normal_(module.bias)
        image = torch.randn(2, 3, *size)
        path = check.folder / f"{name}.safetensors"
        save_file(model.state_dict(), path)
        with torch.no_grad():
            output = model(image).numpy()
            setattr(model, "fc" if hasattr(model, "fc") else "classifier", torch.nn.Identity())
            features = model(image).numpy()
        inputs, arguments = {"image": image.permute(0, 2, 3, 1).numpy()}, [name, "torchvision", alpha]
        check(f"{name} of torchvision, alpha {alpha}, {size}", [*arguments, "top"], path, inputs, [output])
        check(f"{name} of torchvision without its top", [*arguments, "avg"], path, inputs, [features])


def of_transformers(check):
    torch.manual_seed(SEED)
    length = 12
    for activation in ("gelu", "gelu_new"):
        config = transformers.BertConfig(
            vocab_size=200, hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96,
            max_position_embeddings=40, hidden_act=activation,
        )
        model = transformers.BertModel(config).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.2)
        ids = torch.randint(0, 200, (3, length))
        types = torch.randint(0, 2, (3, length))
        mask = torch.ones(3, length, dtype=torch.long)
        mask[1, 7:] = 0
        mask[2, 3:] = 0
        with torch.no_grad():
            output = model(input_ids=ids, token_type_ids=types, attention_mask=mask)
        folder = check.folder / activation
        model.save_pretrained(folder)
        given = {"input_ids": ids.numpy(), "token_type_ids": types.numpy(), "attention_mask": mask.numpy()}
        expected = [output.last_hidden_state.numpy(), output.pooler_output.numpy()]
        arguments = ["bert", folder / "config.json", length]
        check(f"BertModel of transformers, {activation}", arguments, folder / "model.safetensors", given, expected)
        around = transformers.BertForSequenceClassification(config)
        around.bert.load_state_dict(model.state_dict())
        around.save_pretrained(folder)
        check("BertModel within a classifier", arguments, folder / "model.safetensors", given, expected)


def main(program, wanted):
    applications, models = keras.applications, torchvision.models
    of = {
        "transformers:bert": lambda check: of_transformers(check),
        "torchvision:resnet18": lambda check: of_torchvision(check, "resnet18", models.resnet18, (64, 64), [1.0]),
        "torchvision:resnet50": lambda check: of_torchvision(check, "resnet50", models.resnet50, (65, 75), [1.0]),
        "torchvision:mobilenet_v2": lambda check: of_torchvision(
            check, "mobilenet_v2", models.mobilenet_v2, (64, 64), [1.0, 0.35, 1.4]
        ),
        "torchvision:mobilenet_v3_small": lambda check: of_torchvision(
            check, "mobilenet_v3_small", models.mobilenet_v3_small, (65, 75), [1.0, 0.75]
        ),
        "keras:resnet50": lambda check: of_keras(check, "resnet50", applications.ResNet50, (64, 64), [1.0]),
        "keras:mobilenet_v2": lambda check: of_keras(
            check, "mobilenet_v2", applications.MobileNetV2, (65, 75), [1.0, 0.35, 1.4]
        ),
        "keras:mobilenet_v3_small": lambda check: of_keras(
            check, "mobilenet_v3_small", applications.MobileNetV3Small, (64, 64), [1.0, 0.75]
        ),
    }
    unknown = [name for name in wanted if name not in of]
    if unknown:
        sys.exit(f"error: unknown networks {', '.join(unknown)}; there are {', '.join(of)}")
    with tempfile.TemporaryDirectory() as folder:
        check = Check(program, pathlib.Path(folder))
        for name in wanted or of:
            of[name](check)
    print(f"{check.total - check.wrong} of {check.total} networks say the same")
    sys.exit(check.wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:])
