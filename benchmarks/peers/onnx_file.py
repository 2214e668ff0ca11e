"""W1's network as an ONNX file, for those who read one; as a program it writes the file and says where."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import onnx
from onnx import TensorProto, helper, numpy_helper

import data


def onnx_file():
    file = data.MADE / "w1.onnx"
    if file.exists():
        return str(file)
    layers = data.load_weights()
    nodes, initializers, value = [], [], "x"
    for index, (kernel, bias) in enumerate(layers):
        initializers += [numpy_helper.from_array(kernel, f"kernel{index}"), numpy_helper.from_array(bias, f"bias{index}")]
        nodes.append(helper.make_node("Gemm", [value, f"kernel{index}", f"bias{index}"], [f"sum{index}"]))
        is_last = index + 1 == len(layers)
        value = "y" if is_last else f"out{index}"
        nodes.append(helper.make_node("Softmax" if is_last else "Sigmoid", [f"sum{index}"], [value]))
    rows = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", layers[0][0].shape[0]])
    answers = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", layers[-1][0].shape[1]])
    graph = helper.make_graph(nodes, "w1", [rows], [answers], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    whole = file.with_suffix(".part")
    whole.write_bytes(model.SerializeToString())
    whole.rename(file)
    return str(file)


if __name__ == "__main__":
    print(onnx_file())
