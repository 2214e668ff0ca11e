#!/usr/bin/env python3
"""Has PyTorch read the files of safetensors that Firebrick wrote under its names, and compares what they give.

    pip install torch safetensors
    cargo test -p firebrick-formats --test formats
    python3 scripts/check_torch_files.py target/tmp/torch_files

The modules and their inputs are those of crates/formats/tests/data/make_torch_modules.py.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "crates/formats/tests/data"))
import make_torch_modules as modules  # noqa: E402

TOLERANCE = 1e-5


def main(folder):
    wrong = 0
    for kind in modules.KINDS:
        path = folder / f"{kind.__name__.lower()}.safetensors"
        module = kind().eval()
        module.load_state_dict(load_file(path))
        with torch.no_grad():
            output = module().flatten()
        own = torch.tensor(json.loads(path.with_suffix(".json").read_text()))
        distance = float((output - own).abs().max())
        if not distance <= TOLERANCE:
            wrong += 1
            print(f"error: {path.stem} gives other numbers in PyTorch, {distance:.1e} away")
    number = len(modules.KINDS)
    print(f"{number - wrong} of {number} files are read by PyTorch {torch.__version__} and give the same")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
