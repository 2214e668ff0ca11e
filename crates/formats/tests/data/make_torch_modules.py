"""Writes torch_*.safetensors and torch_modules.json: modules of PyTorch, and what they give.

    pip install torch safetensors
    python3 make_torch_modules.py     # torch 2.15

Weights are drawn by PyTorch's generator with the seed 21. Inputs are those of `entering`, in the order of axes that
Keras has; so are the outputs.
"""

import json
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent


def entering(*shape):
    """sin(0.7 i) for element i."""
    return torch.tensor(np.sin(0.7 * np.arange(np.prod(shape))).astype("float32").reshape(shape))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 5), nn.Linear(5, 3)

    def forward(self):
        return self.fc2(self.fc1(entering(2, 4)))


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(2, 4, (3, 2)), nn.BatchNorm2d(4)
        self.depthwise, self.up = nn.Conv2d(4, 4, 2, groups=4), nn.ConvTranspose2d(4, 3, 2, stride=2)

    def forward(self):
        x = entering(2, 6, 7, 2).permute(0, 3, 1, 2)
        return self.up(self.depthwise(self.bn(self.conv(x)))).permute(0, 2, 3, 1)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(7, 3)
        self.lstm, self.gru = nn.LSTM(3, 4, batch_first=True), nn.GRU(4, 3, batch_first=True)
        self.rnn = nn.RNN(3, 2, batch_first=True)

    def forward(self):
        x = self.words((5 * torch.arange(10) % 7).reshape(2, 5))
        return self.rnn(self.gru(self.lstm(x)[0])[0])[0]


class Directions(nn.Module):
    def __init__(self):
        super().__init__()
        self.both = nn.LSTM(3, 2, batch_first=True, bidirectional=True)
        self.conv, self.norm = nn.Conv1d(4, 3, 2), nn.LayerNorm(3)

    def forward(self):
        x = self.both(entering(2, 5, 3))[0]
        return self.norm(self.conv(x.permute(0, 2, 1)).permute(0, 2, 1))


class Flattened(nn.Module):
    """Rows of images, whose channels PyTorch has first."""

    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(2, 3, 2), nn.Linear(18, 4)

    def forward(self):
        x = nn.functional.max_pool2d(self.conv(entering(2, 7, 5, 2).permute(0, 3, 1, 2)), 2)
        return self.fc(x.flatten(1))


class Temporal(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv1d(3, 4, 2), nn.BatchNorm1d(4)
        self.up, self.fc = nn.ConvTranspose1d(4, 2, 3, stride=2), nn.Linear(22, 3)

    def forward(self):
        x = self.up(self.bn(self.conv(entering(2, 6, 3).permute(0, 2, 1))))
        return self.fc(torch.relu(x).flatten(1))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.look, self.norm = nn.MultiheadAttention(6, 2, batch_first=True), nn.LayerNorm(6)

    def forward(self):
        x = entering(2, 5, 6)
        return self.norm(self.look(x, x, x)[0])


class Crossing(nn.Module):
    """Keys and values of other widths than the queries."""

    def __init__(self):
        super().__init__()
        self.value, self.key = nn.Linear(6, 5), nn.Linear(6, 3)
        self.look = nn.MultiheadAttention(6, 2, kdim=3, vdim=5, bias=False, batch_first=True)

    def forward(self):
        x = entering(2, 5, 6)
        return self.look(x, self.key(x), self.value(x))[0]


KINDS = (Mlp, Convolutions, Recurrent, Directions, Flattened, Temporal, Attention, Crossing)


def drawn(kind):
    """A module with weights that are no defaults."""
    module = kind().eval()
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape) * 0.5)
        for statistics in module.buffers():
            if statistics.is_floating_point():
                statistics.copy_(torch.rand(statistics.shape) + 0.5)
    return module


if __name__ == "__main__":
    torch.manual_seed(21)
    given = {}
    for kind in KINDS:
        module, name = drawn(kind), kind.__name__.lower()
        with torch.no_grad():
            given[name] = module().flatten().tolist()
        save_file(module.state_dict(), HERE / f"torch_{name}.safetensors")
    (HERE / "torch_modules.json").write_text(json.dumps(given) + "\n")
