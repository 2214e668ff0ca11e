#!/usr/bin/env python3
"""What checkpoints cost: seconds of the main job with them, as by default, and without, in turns.

    python3 scripts/bench_checkpoints.py [--rounds 7] [--epochs 10] [--binary target/release/firebrick] [--every auto]

The main job is `firebrick train` as it is: MNIST, 784-128-64-10, 10 epochs. Every round runs both, the one that goes
first by turns; what counts is the median of the rounds' ratios, printed with the least and the greatest one, since a
machine that does other things too is told by their distance. Takes a minute or two.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(binary, epochs, every, folder):
    """Seconds of one training, all of the program and its epochs alone."""
    command = [binary, "train", "--ui", "lines", "--device", "flex", "--epochs", str(epochs), "--checkpoint-every", every]
    command += ["--runs-dir", folder, "--run", "bench", "--overwrite"]
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    whole = time.perf_counter() - begin
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    history = (Path(folder) / "bench" / "history.csv").read_text().splitlines()[1:]
    states = sorted((Path(folder) / "bench" / "checkpoints").glob("state-*.bpk"))
    size = states[-1].stat().st_size if states else 0
    if not re.search(r"^ended +all epochs done", done.stdout, re.MULTILINE):
        raise SystemExit(done.stdout)
    return whole, sum(float(line.rsplit(",", 1)[1]) for line in history), size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--binary", default=str(ROOT / "target/release/firebrick"))
    parser.add_argument("--every", default="auto", help="how often, as --checkpoint-every takes it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="firebrick-bench-") as folder:
        measure = lambda every: seconds(arguments.binary, arguments.epochs, every, folder)
        measure("none")
        ratios = []
        for number in range(arguments.rounds):
            order = [arguments.every, "none"] if number % 2 else ["none", arguments.every]
            took = {every: measure(every) for every in order}
            (whole, epochs, size), (bare, bare_epochs, _) = took[arguments.every], took["none"]
            ratios.append(whole / bare)
            print(f"round {number + 1}: {whole:.3f} s with checkpoints of {size / 1e6:.2f} MB, {bare:.3f} s without: "
                  f"{whole / bare:.4f}; epochs alone {epochs / bare_epochs:.4f}", flush=True)
    print(f"ratio {statistics.median(ratios):.4f} (from {min(ratios):.4f} to {max(ratios):.4f}, {arguments.rounds} rounds)")


if __name__ == "__main__":
    main()
