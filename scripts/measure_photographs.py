"""How many photographs of digits a trained network reads, by their kind.

    firebrick train --data assets/mnist --epochs 10 --run photographs
    python scripts/measure_photographs.py target/release/firebrick photographs --seed 3 --count 350

Draws the photographs (`crates/data/tests/data/make_photographs.py`, which says what it needs) into a temporary folder and has
`firebrick predict` read them. Without a seed those of the repository are read.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "crates" / "data" / "tests" / "data"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("firebrick", help="the program")
    parser.add_argument("run", help="name or path of the run")
    parser.add_argument("--runs-dir", default="runs")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int, default=350)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        if options.seed is None:
            folder = DATA / "photographs"
        else:
            drawing = [sys.executable, DATA / "make_photographs.py", "--out", folder]
            subprocess.run([*drawing, "--seed", str(options.seed), "--count", str(options.count)], check=True)
        report(options, Path(folder))


def report(options, folder):
    with open(folder / "shown.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    files = [str(folder / row["file"]) for row in rows]
    command = [options.firebrick, "predict", options.run, "--runs-dir", options.runs_dir, "--json", "--top", "1"]
    answers = subprocess.run([*command, *files], capture_output=True, text=True)
    labels = {answer["file"]: answer["top"][0]["label"] for answer in map(json.loads, answers.stdout.splitlines())}
    total, right, refused = Counter(), Counter(), Counter()
    for row, file in zip(rows, files):
        for kind in (row["kind"], "all"):
            total[kind] += 1
            right[kind] += labels.get(file) == int(row["label"])
            refused[kind] += file not in labels
    for kind in [*(kind for kind in total if kind != "all"), "all"]:
        print(f"{kind:8} {right[kind]:4} of {total[kind]:4} right, {refused[kind]} refused")
    print(answers.stderr, end="")


if __name__ == "__main__":
    main()
