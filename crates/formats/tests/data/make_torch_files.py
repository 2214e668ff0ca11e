"""Writes torch_*.pt, .pth and .ckpt and torch_files.json: what `torch.save` writes, and what the modules give.

    pip install torch safetensors
    python3 make_torch_files.py     # torch 2.15

The modules are those of make_torch_modules.py, with weights drawn by PyTorch's generator with the seed 22.
"""

import collections
import json
import pathlib

import torch
from torch import nn

import make_torch_modules as modules

HERE = pathlib.Path(__file__).resolve().parent


class Numbered(nn.Module):
    """Square kernels, of which nothing but the order and the kind of a layer says how they lie."""

    def __init__(self):
        super().__init__()
        self.line = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4, bias=False))

    def forward(self):
        return self.line(modules.entering(2, 4))


def given(module):
    with torch.no_grad():
        return module().flatten().tolist()


def mlp():
    torch.manual_seed(22)
    return modules.drawn(modules.Mlp)


def checkpoint():
    """As Lightning writes it: more than weights, and names that begin with that of the module within."""
    module = mlp()
    optimizer = torch.optim.Adam(module.parameters())
    module().sum().backward()
    optimizer.step()
    state = {f"net.{name}": weight for name, weight in module.state_dict().items()}
    parts = {
        "epoch": 3,
        "pytorch-lightning_version": "2.5",
        "state_dict": collections.OrderedDict(state),
        "optimizer_states": [optimizer.state_dict()],
        "hyper_parameters": {"learning_rate": 0.001, "widths": [5, 3], "note": None},
    }
    return module, parts


def parallel():
    """As a loop of one's own writes it that trains by DataParallel."""
    module = mlp()
    state = {f"module.{name}": weight for name, weight in module.state_dict().items()}
    return module, {"epoch": 3, "model_state_dict": state, "loss": torch.tensor(0.25)}


def widths():
    """Numbers of other widths."""
    module = mlp()
    state = module.state_dict()
    kinds = (torch.float16, torch.bfloat16, torch.float64, torch.float16)
    state = {name: weight.to(kind) for (name, weight), kind in zip(state.items(), kinds)}
    module.load_state_dict(state)
    return module, state


def views():
    """Kernels whose rows do not lie one after the other, and two weights in one storage."""
    module = mlp()
    state = module.state_dict()
    shared = torch.cat([torch.zeros(7), state["fc2.weight"].flatten(), state["fc2.bias"], torch.zeros(2)])
    state["fc1.weight"] = state["fc1.weight"].t().contiguous().t()
    state["fc2.weight"] = shared[7:22].view(3, 5)
    state["fc2.bias"] = shared[22:25]
    assert not state["fc1.weight"].is_contiguous()
    return module, state


if __name__ == "__main__":
    outputs = {}
    torch.manual_seed(22)
    for kind in (*modules.KINDS, Numbered):
        module, name = modules.drawn(kind), f"torch_{kind.__name__.lower()}.pt"
        torch.save(module.state_dict(), HERE / name)
        outputs[name] = given(module)
    for make, name in ((checkpoint, "torch_checkpoint.ckpt"), (parallel, "torch_parallel.pth"), (widths, "torch_widths.bin"),
                       (views, "torch_views.pt")):
        module, saved = make()
        torch.save(saved, HERE / name)
        outputs[name] = given(module)
    torch.save(mlp().state_dict(), HERE / "torch_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(mlp(), HERE / "torch_whole.pt")
    outputs["torch_legacy.pt"] = outputs["torch_whole.pt"] = given(mlp())
    (HERE / "torch_files.json").write_text(json.dumps(outputs) + "\n")
