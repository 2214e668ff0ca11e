#!/usr/bin/env python3
"""Reads what `firebrick train --tensorboard` wrote with TensorBoard's own reader.

    pip install tensorboard
    python3 scripts/check_tensorboard.py RUN

RUN is a run's directory; the figures have to be those of its history.csv.
"""

import csv
import math
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def scalars(folder):
    """Numbers by tag, then by step."""
    files = sorted(folder.glob("events.out.tfevents.*"))
    if not files:
        sys.exit(f"error: no event file is in {folder}")
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    accumulator.Reload()
    return {
        tag: {event.step: event.value for event in accumulator.Scalars(tag)}
        for tag in accumulator.Tags()["scalars"]
    }


def main(run):
    train, validation = (scalars(run / "tensorboard" / name) for name in ("train", "validation"))
    with open(run / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        step = int(row["epoch"]) - 1
        for name, text in row.items():
            if name in ("epoch", "seconds", "learning_rate") or text == "":
                continue
            side = validation if name.startswith("val_") else train
            tag = "epoch_" + name.removeprefix("val_")
            value = side[tag][step]
            if not math.isclose(value, float(text), rel_tol=1e-6):
                sys.exit(f"error: {tag} of epoch {step} is {value}, the history has {text}")
            compared += 1
    for side, tag in ((train, "epoch_learning_rate"), (validation, "evaluation_loss_vs_iterations")):
        if len(side[tag]) != len(rows):
            sys.exit(f"error: {tag} has {len(side[tag])} numbers for {len(rows)} epochs")
    if compared < 4 * len(rows):
        sys.exit(f"error: only {compared} figures were found")
    print(f"{compared} figures of {len(rows)} epochs are those of the history")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
