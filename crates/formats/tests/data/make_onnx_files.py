"""Writes onnx_*.onnx and onnx_files.json: networks by their exporters, and what ONNX Runtime says of them.

    pip install torch onnx onnxscript onnxruntime scikit-learn skl2onnx
    python3 make_onnx_files.py     # torch 2.15, onnxruntime 1.32, scikit-learn 1.9, skl2onnx 1.20

Weights are drawn by PyTorch's generator with the seed 23. Inputs are those of `entering`; they and the outputs stand in the file
in the order of axes that the network has here, channels last.
"""

import json
import pathlib
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve().parent


def entering(*shape):
    """sin(0.7 i) for element i."""
    return np.sin(0.7 * np.arange(np.prod(shape))).astype("float32").reshape(shape)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, x):
        return functional.softmax(self.fc2(functional.gelu(self.fc1(x))), dim=1)


class Cnn(nn.Module):
    """Batch norm, asymmetric strides, a flatten whose order matters."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1),
            nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.LeakyReLU(0.1), nn.AvgPool2d(2, 1, padding=1))
        self.classifier = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(6 * 3 * 4, 5))

    def forward(self, x):
        return self.classifier(self.features(x))


class Block(nn.Module):
    """A residual block with a strided shortcut, then a mean of all places."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.conv1, self.bn1 = nn.Conv2d(4, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8)
        self.conv2, self.bn2 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.down = nn.Sequential(nn.Conv2d(4, 8, 1, stride=2, bias=False), nn.BatchNorm2d(8))
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(8, 3)

    def forward(self, x):
        x = functional.relu(self.stem(x))
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)) + self.down(x))
        return self.fc(torch.flatten(self.pool(y), 1))


class Depthwise(nn.Module):
    """What MobileNet is made of: depthwise convolutions, relu6, hard swish, squeeze and excitation; and a picture that leaves."""

    def __init__(self):
        super().__init__()
        self.expand, self.depthwise = nn.Conv2d(3, 6, 1), nn.Conv2d(6, 6, 3, stride=2, padding=1, groups=6)
        self.squeeze, self.excite = nn.Conv2d(6, 2, 1), nn.Conv2d(2, 6, 1)
        self.project, self.up = nn.Conv2d(6, 4, 1, groups=2), nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x):
        x = functional.hardswish(self.depthwise(functional.relu6(self.expand(x))))
        gate = functional.adaptive_avg_pool2d(x, 1)
        gate = functional.hardsigmoid(self.excite(functional.relu(self.squeeze(gate))))
        return self.up(functional.silu(self.project(x * gate)))


class Words(nn.Module):
    """An embedding, and the mean of its steps."""

    def __init__(self):
        super().__init__()
        self.embedding, self.norm, self.fc = nn.Embedding(9, 4), nn.LayerNorm(4), nn.Linear(4, 2)

    def forward(self, words):
        return self.fc(self.norm(self.embedding(words)).mean(dim=1))


class Sequence(nn.Module):
    """Both directions of an LSTM, a GRU and its last state, a convolution of steps."""

    def __init__(self):
        super().__init__()
        self.both = nn.LSTM(3, 4, batch_first=True, bidirectional=True)
        self.conv, self.gru = nn.Conv1d(8, 5, 3, padding=1), nn.GRU(5, 3, batch_first=True)

    def forward(self, x):
        x, _ = self.both(x)
        x = torch.tanh(self.conv(x.transpose(1, 2))).transpose(1, 2)
        x, state = self.gru(x)
        return torch.cat([x[:, -1], state[0]], dim=1)


MODULES = {
    "mlp": (Mlp, (3, 4)),
    "cnn": (Cnn, (2, 2, 8, 10)),
    "block": (Block, (2, 3, 8, 8)),
    "depthwise": (Depthwise, (2, 3, 8, 6)),
    "words": (Words, (3, 5)),
    "sequence": (Sequence, (2, 6, 3)),
}


def channels_last(array):
    return np.moveaxis(array, 1, -1) if array.ndim > 3 else array


def numbers(array):
    return {"shape": list(array.shape), "values": [float(f"{value:.8g}") for value in np.ravel(array)]}


def answer(path, x):
    """What stands beside a file: what enters, and what ONNX Runtime says."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    names = [output.name for output in session.get_outputs() if output.type == "tensor(float)"]
    outputs = session.run(names, {name: x})
    return {"input": numbers(channels_last(x)), "outputs": [numbers(channels_last(output)) for output in outputs]}


def exported(module, shape, path, dynamo):
    x = entering(*shape)
    is_words = isinstance(module, Words)
    x = (5 * np.arange(x.size) % 9).reshape(shape) if is_words else x
    tensor = torch.tensor(x)
    if dynamo:
        axes = {0: torch.export.Dim("batch")}
        program = torch.onnx.export(module, (tensor,), dynamo=True, dynamic_shapes=(axes,), opset_version=18, verbose=False)
        # What is told of the source of each node is larger than the network.
        proto = program.model_proto
        for node in proto.graph.node:
            del node.metadata_props[:]
        del proto.graph.value_info[:]
        onnx.save(proto, path)
    else:
        torch.onnx.export(
            module, (tensor,), str(path), dynamo=False, opset_version=17, input_names=["x"], output_names=["y"],
            dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
            # So that batch normalizations stay by themselves; weights of recurrent layers are put in order by folding.
            do_constant_folding=isinstance(module, Sequence), training=torch.onnx.TrainingMode.PRESERVE)
    return answer(path, x)


def as_tf2onnx(path):
    """Keras' layout around convolutions, with the biases apart, as tf2onnx writes them; old opset, attributes instead of inputs."""
    generator = np.random.default_rng(23)
    draw = lambda name, *shape: numpy_helper.from_array(generator.normal(0, 0.4, shape).astype("float32"), name)
    node = helper.make_node
    nodes = [
        node("Transpose", ["x"], ["t0"], perm=[0, 3, 1, 2]),
        node("Conv", ["t0", "k1"], ["c1"], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        node("Add", ["c1", "b1"], ["a1"]),
        node("Clip", ["a1"], ["r1"], min=0.0, max=6.0),
        node("Transpose", ["r1"], ["t1"], perm=[0, 2, 3, 1]),
        node("Transpose", ["t1"], ["t2"], perm=[0, 3, 1, 2]),
        node("Pad", ["t2"], ["p1"], pads=[0, 0, 1, 0, 0, 0, 0, 2]),
        node("MaxPool", ["p1"], ["m1"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", ["m1"], ["t3"], perm=[0, 2, 3, 1]),
        node("Reshape", ["t3", "flat"], ["f1"]),
        node("MatMul", ["f1", "k2"], ["d1"]),
        node("Add", ["d1", "b2"], ["d2"]),
        node("Mul", ["d2", "scale"], ["d3"]),
        node("Softmax", ["d3"], ["y"], axis=1),
    ]
    initializers = [
        draw("k1", 4, 2, 3, 3), draw("b1", 1, 4, 1, 1), draw("k2", 36, 3), draw("b2", 3), draw("scale", 3),
        numpy_helper.from_array(np.array([-1, 36], "int64"), "flat"),
    ]
    graph = helper.make_graph(
        nodes, "tf2onnx", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 9, 8, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 10)], ir_version=5, producer_name="tf2onnx")
    onnx.checker.check_model(model)
    onnx.save(model, path)
    x = entering(2, 9, 8, 2)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return {"input": numbers(x), "outputs": [numbers(session.run(None, {"x": x})[0])]}


def as_scikit(path):
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier

    x = entering(60, 4)
    classes = (x[:, 0] > x[:, 1]).astype(int) + (x[:, 2] > 0)
    model = MLPClassifier([5], random_state=23, max_iter=200).fit(x, classes)
    proto = to_onnx(model, x[:1], options={"zipmap": False}, target_opset=18)
    onnx.save(proto, path)
    return answer(path, x[:4])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.manual_seed(23)
    given = {}
    for name, (kind, shape) in MODULES.items():
        module = kind().eval()
        with torch.no_grad():
            for statistics in module.buffers():
                if statistics.is_floating_point():
                    statistics.copy_(torch.rand(statistics.shape) + 0.5)
        for way, dynamo in [("dynamo", True), ("script", False)]:
            file = f"onnx_{name}_{way}"
            given[file] = exported(module, shape, HERE / f"{file}.onnx", dynamo)
    given["onnx_tf2onnx"] = as_tf2onnx(HERE / "onnx_tf2onnx.onnx")
    given["onnx_scikit"] = as_scikit(HERE / "onnx_scikit.onnx")
    (HERE / "onnx_files.json").write_text(json.dumps(given) + "\n")
