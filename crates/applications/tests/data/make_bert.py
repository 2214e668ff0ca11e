#!/usr/bin/env python3
"""Makes bert.safetensors, bert.config.json and bert.json: a small BertModel of transformers with random weights, and what it says.

    pip install torch transformers safetensors
    python3 crates/applications/tests/data/make_bert.py
"""

import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

SEED = 7
LENGTH = 6


def main():
    torch.manual_seed(SEED)
    config = transformers.BertConfig(
        vocab_size=30,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=10,
        hidden_act="gelu",
    )
    model = transformers.BertModel(config).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.5)
        weight.data = weight.data.half().float()
    ids = torch.randint(0, 30, (2, LENGTH))
    types = torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 0]])
    mask = torch.tensor([[1] * LENGTH, [1, 1, 1, 1, 0, 0]])
    with torch.no_grad():
        output = model(input_ids=ids, token_type_ids=types, attention_mask=mask)
    folder = pathlib.Path(__file__).parent
    # As a model with a head around it has them.
    save_file({f"bert.{name}": value.half() for name, value in model.state_dict().items()}, folder / "bert.safetensors")
    (folder / "bert.config.json").write_text(config.to_json_string())
    written = {
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "seed": SEED,
        "input_ids": ids.flatten().tolist(),
        "token_type_ids": types.flatten().tolist(),
        "attention_mask": mask.flatten().tolist(),
        "last_hidden_state": output.last_hidden_state.flatten().tolist(),
        "pooler_output": output.pooler_output.flatten().tolist(),
    }
    (folder / "bert.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()
