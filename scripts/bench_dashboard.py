#!/usr/bin/env python3
"""What the dashboard costs: seconds of the main job under it, in a pseudo-terminal, and without any display, in turns.

    python3 scripts/bench_dashboard.py [--rounds 7] [--epochs 10] [--binary target/release/firebrick] [--columns 120] [--lines 36]

Both leave a run with all that belongs to one, so what differs is the drawing alone. What counts is the median of the rounds' ratios,
printed with the least and the greatest one: of the epochs, as the run's history has them, and of the processor time of the
whole process.
"""

import argparse
import fcntl
import os
import pty
import resource
import statistics
import struct
import subprocess
import tempfile
import termios
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def drain(terminal):
    """Reads what is drawn, as a terminal does, and counts it."""
    count = 0
    while True:
        try:
            read = os.read(terminal, 1 << 16)
        except OSError:
            return count
        if not read:
            return count
        count += len(read)


def measure(arguments, display, folder):
    """Seconds of the epochs, seconds of the processor, bytes drawn."""
    command = [arguments.binary, "train", "--ui", display, "--device", "flex", "--epochs", str(arguments.epochs)]
    command += ["--runs-dir", folder, "--run", "bench", "--overwrite"]
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", arguments.lines, arguments.columns, 0, 0))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "FIREBRICK_GRAPHICS": "none"}
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    drawn = []
    reader = threading.Thread(target=lambda: drawn.append(drain(ours)))
    reader.start()
    code = process.wait()
    reader.join()
    os.close(ours)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code != 0:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    history = (Path(folder) / "bench" / "history.csv").read_text().splitlines()[1:]
    epochs = sum(float(line.rsplit(",", 1)[1]) for line in history)
    return epochs, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, drawn[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--binary", default=str(ROOT / "target/release/firebrick"))
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--lines", type=int, default=36)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="firebrick-bench-") as folder:
        measure(arguments, "quiet", folder)
        of_epochs, of_processor = [], []
        for number in range(arguments.rounds):
            order = ["dashboard", "quiet"] if number % 2 else ["quiet", "dashboard"]
            took = {display: measure(arguments, display, folder) for display in order}
            (epochs, processor, drawn), (bare, bare_processor, _) = took["dashboard"], took["quiet"]
            of_epochs.append(epochs / bare)
            of_processor.append(processor / bare_processor)
            print(f"round {number + 1}: epochs {epochs:.3f} s with it, {bare:.3f} s without: {of_epochs[-1]:.4f}; "
                  f"processor {of_processor[-1]:.4f}; {drawn / 1e3:.0f} kB drawn", flush=True)
    for name, ratios in [("epochs", of_epochs), ("processor", of_processor)]:
        print(f"{name} {statistics.median(ratios):.4f} (from {min(ratios):.4f} to {max(ratios):.4f}, {len(ratios)} rounds)")


if __name__ == "__main__":
    main()
