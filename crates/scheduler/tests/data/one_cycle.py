"""Writes one_cycle.json: the rates of PyTorch's OneCycleLR at every step.

pip install torch==2.15.0; python one_cycle.py
There is nothing random in it, hence no seed. PyTorch computes in 64-bit floats.
"""

import json
import pathlib

import torch


def rates(config):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, cycle_momentum=False, **config)
    rates = [scheduler.get_last_lr()[0]]
    for _ in range(config["total_steps"] - 1):
        optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
    return rates


configs = [
    {"max_lr": 0.1, "total_steps": 20},
    {"max_lr": 1.0, "total_steps": 21, "pct_start": 0.5, "div_factor": 10.0, "final_div_factor": 100.0},
    {"max_lr": 0.3, "total_steps": 7, "pct_start": 0.0},
    {"max_lr": 0.3, "total_steps": 7, "pct_start": 0.25, "div_factor": 1.0},
    {"max_lr": 0.3, "total_steps": 5, "pct_start": 1.0},
]
cases = [{"config": config, "rates": rates(config)} for config in configs]
lines = ",\n".join("    " + json.dumps(case) for case in cases)
text = '{\n  "torch": "%s",\n  "cases": [\n%s\n  ]\n}\n' % (torch.__version__, lines)
json.loads(text)
pathlib.Path(__file__).with_suffix(".json").write_text(text)
