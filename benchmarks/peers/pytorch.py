"""PyTorch, by the loop that its tutorials show, with the data in memory."""

import numpy as np
import torch
from torch import nn

import data
from turns import answer


class LastStep(nn.Module):
    """A recurrent layer of which the last output goes on."""

    def __init__(self, features, units):
        super().__init__()
        self.lstm = nn.LSTM(features, units, batch_first=True)
        # As in Keras: one bias, 1 for the gate that forgets.
        nn.init.xavier_uniform_(self.lstm.weight_ih_l0)
        nn.init.orthogonal_(self.lstm.weight_hh_l0)
        nn.init.zeros_(self.lstm.bias_ih_l0)
        nn.init.zeros_(self.lstm.bias_hh_l0)
        with torch.no_grad():
            self.lstm.bias_ih_l0[units : 2 * units] = 1

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


def module(workload):
    shape = workload.input_shape
    if workload.is_image:
        shape = (shape[2], *shape[:2])
    layers = []
    for kind, *arguments in workload.layers:
        if kind == "dense":
            layers.append(nn.Linear(int(np.prod(shape)), arguments[0]))
            shape = (arguments[0],)
            layers += {"sigmoid": [nn.Sigmoid()], "relu": [nn.ReLU()], "linear": []}[arguments[1]]
        elif kind == "conv":
            layers += [nn.Conv2d(shape[0], arguments[0], 3), nn.ReLU()]
            shape = (arguments[0], shape[1] - 2, shape[2] - 2)
        elif kind == "pool":
            layers.append(nn.MaxPool2d(2))
            shape = (shape[0], shape[1] // 2, shape[2] // 2)
        elif kind == "flatten":
            layers.append(nn.Flatten())
        elif kind == "dropout":
            layers.append(nn.Dropout(arguments[0]))
        else:
            layers.append(LastStep(shape[1], arguments[0]))
            shape = (arguments[0],)
    for layer in layers:
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def train(workload, turns, device="cpu", compiled=False):
    torch.manual_seed(42)
    arrays = [torch.tensor(array, device=device) for array in data.load(workload)]
    if workload.is_image:
        arrays[::2] = [array.permute(0, 3, 1, 2).contiguous() for array in arrays[::2]]
    inputs, targets, held_inputs, held_targets = arrays
    model = module(workload).to(device)
    forward = torch.compile(model) if compiled else model
    if workload.rates:
        optimizer = torch.optim.SGD(model.parameters(), lr=workload.rate(0))
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=workload.rate(0), eps=1e-7)
    loss_function = nn.CrossEntropyLoss() if workload.is_classes else nn.MSELoss()
    step = 0
    turns.ready(threads=torch.get_num_threads())
    while turns.begin():
        total = torch.zeros((), device=device)
        correct = torch.zeros((), device=device)
        for batch in torch.randperm(len(inputs), device=device).split(workload.batch_size):
            x, y = inputs[batch], targets[batch]
            if step < len(workload.rates):
                optimizer.param_groups[0]["lr"] = workload.rate(step)
            optimizer.zero_grad()
            output = forward(x)
            loss = loss_function(output, y)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
            if workload.is_classes:
                correct += (output.argmax(1) == y).sum()
            if step == 0:
                turns.stepped()
            step += 1
        figures = {"loss": total.item() / len(inputs)}
        correct.item()
        if len(held_inputs):
            model.eval()
            with torch.inference_mode():
                batches = zip(held_inputs.split(workload.batch_size), held_targets.split(workload.batch_size))
                correct = sum((forward(x).argmax(1) == y).sum() for x, y in batches)
            model.train()
            figures["val_accuracy"] = correct.item() / len(held_inputs)
        turns.end(**figures)


def predict(workload, turns, rows):
    model = module(workload)
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for layer, (kernel, bias) in zip(linear, data.load_weights()):
            layer.weight.copy_(torch.tensor(kernel).T)
            layer.bias.copy_(torch.tensor(bias))
    model = nn.Sequential(*model, nn.Softmax(1)).eval()
    inputs = data.load(workload)[0][:rows]
    turns.ready(threads=torch.get_num_threads())

    def ask():
        with torch.inference_mode():
            return model(torch.from_numpy(inputs)).numpy()

    answer(turns, ask, lambda: ask()[0])
