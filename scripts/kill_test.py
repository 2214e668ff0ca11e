#!/usr/bin/env python3
"""Kills trainings at random moments and has them go on: do they end as if nothing had happened?

    scripts/kill_test.sh N [SEED] [--binary PATH] [--keep]

N moments, those of the seeds SEED, SEED + 1, …; a seed decides which training is killed, how often (one to three times
in a row) and when, uniformly over the time that it takes unbroken. Each is killed by SIGKILL and goes on by
`firebrick train --resume`. What counts: `model.bpk` byte for byte, `history.csv` but for the seconds, what is printed
of the end and of the test data, and that nothing temporary is left. The binary is target/release/firebrick unless
another is named. A case takes a second or two; the last line says how many of all went well.
"""

import argparse
import csv
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

DROPOUT = """
input_shape = [784]
layers = [
    { class_name = "GaussianNoise", stddev = 0.1 },
    { class_name = "Dense", units = 24, activation = "relu" },
    { class_name = "Dropout", rate = 0.4 },
    { class_name = "Dense", units = 10, activation = "softmax" },
]
[compile]
optimizer = "adam"
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]
[fit]
epochs = 7
batch_size = 25
validation_split = 0.1
"""

STEPS = """
input_shape = [784]
layers = [
    { class_name = "Dense", units = 16, activation = "tanh", kernel_constraint = { class_name = "MaxNorm", config = { max_value = 1.0 } } },
    { class_name = "Dense", units = 10, activation = "softmax", kernel_regularizer = "l2" },
]
[compile]
optimizer = { name = "sgd", momentum = 0.9, nesterov = true }
schedule = "time-based:9:scale=0.01:unit=epoch"
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy", "sparse_top_k_categorical_accuracy"]
[fit]
epochs = 20
batch_size = 16
steps_per_epoch = 17
validation_split = 0.2
validation_steps = 5
validation_freq = 3
class_weight = { 1 = 3.0, 7 = 0.25 }
"""

CNN = """
input_shape = [28, 28, 1]
layers = [
    { class_name = "AveragePooling2D" },
    { class_name = "Conv2D", filters = 3, kernel_size = 3, use_bias = false },
    { class_name = "BatchNormalization", momentum = 0.9 },
    { class_name = "ReLU" },
    { class_name = "MaxPooling2D" },
    { class_name = "SpatialDropout2D", rate = 0.2 },
    { class_name = "Flatten" },
    { class_name = "Dense", units = 10, activation = "softmax" },
]
[compile]
optimizer = "adam"
learning_rate = 0.01
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]
[fit]
epochs = 4
batch_size = 32
validation_split = 0.1
"""

# A rate that falls every five epochs, and would at others if they were not counted on.
PLATEAU = """
input_shape = [784]
layers = [
    { class_name = "Dense", units = 16, activation = "sigmoid" },
    { class_name = "Dense", units = 10, activation = "softmax" },
]
[compile]
optimizer = "nadam"
learning_rate = 0.02
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]
[fit]
epochs = 24
batch_size = 25
validation_split = 0.1
[[callbacks]]
name = "reduce_lr_on_plateau"
monitor = "val_loss"
min_delta = 1e9
patience = 5
factor = 0.7
"""

MODELS = {"dropout": DROPOUT, "steps": STEPS, "cnn": CNN, "plateau": PLATEAU}
SAMPLE = "--data mnist-sample"

# What is trained: a name and its flags. Each takes about half a second.
TRAININGS = [
    ("adam", f"{SAMPLE} --hidden 16 --optimizer adam --epochs 8 --batch-size 25"),
    ("dropout", f"{SAMPLE} --model dropout.toml"),
    ("ema", f"{SAMPLE} --hidden 16 --optimizer rmsprop --momentum 0.5 --lr 0.005 --ema=0.97 --epochs 7 --batch-size 25"),
    ("accumulation", f"{SAMPLE} --hidden 16 --optimizer adamw --gradient-accumulation-steps 4 --epochs 9 --batch-size 19"),
    ("early stopping", f"{SAMPLE} --hidden 16 --optimizer adam --lr 0.02 --epochs 500 --batch-size 25 --stratified"
     " --early-stopping val_loss:3:restore --checkpoint best"),
    ("plateau", f"{SAMPLE} --model plateau.toml"),
    ("steps per epoch", f"{SAMPLE} --model steps.toml"),
    ("one cycle", f"{SAMPLE} --hidden 24 --optimizer adam --schedule one-cycle:0.02:total_steps=280 --epochs 8"
     " --batch-size 25 --clipnorm 1"),
    ("cnn", f"{SAMPLE} --model cnn.toml"),
    ("table", "--data iris.csv --target species --classes --epochs 60 --batch-size 8 --hidden 12"),
    ("all at once", f"{SAMPLE} --model dropout.toml --ema=0.9 --gradient-accumulation-steps 3 --batch-size 23 --lr 0.005 --epochs 300"
     " --early-stopping val_loss:3:restore --reduce-lr-on-plateau val_loss:2:0.5 --tensorboard"),
]
# How often the state is saved, by turns.
EVERY = ["5steps", "1epoch", "37steps", "50ms"]
ALWAYS = "--ui lines --device flex --runs-dir ."
ENDED = ("ended ", "test ")


class Failure(Exception):
    """What was not as it should have been."""


class Training:
    """One of the trainings, as it ends when nobody kills it."""

    def __init__(self, binary, name, flags, folder):
        self.binary, self.name, self.folder = binary, name, folder
        self.flags = [*flags.split(), *ALWAYS.split()]
        begin = time.monotonic()
        done = self.run(["--run", "unbroken"], "unbroken")
        self.seconds = time.monotonic() - begin
        if done.returncode != 0:
            raise Failure(f"the training does not even end unbroken: {done.stderr}")
        self.outcome = outcome(folder / "unbroken", done.stdout)

    def command(self, more):
        return [self.binary, "train", *self.flags, *more]

    def run(self, more, run):
        return finish(self.command(more), self.folder)


def finish(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def outcome(run, stdout):
    """What a training has come to."""
    rows = csv.reader(io.StringIO((run / "history.csv").read_text()))
    return {
        "model.bpk": (run / "model.bpk").read_bytes(),
        "history.csv": [row[:-1] for row in rows],
        "what was printed": [line for line in stdout.splitlines() if line.startswith(ENDED)],
        "checkpoints/best.bpk": read(run / "checkpoints" / "best.bpk"),
    }


def read(path):
    return path.read_bytes() if path.exists() else None


def kill_after(command, folder, seconds):
    """Starts a command and kills it; whether it was still at work then."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _, stderr = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True
        # One that was killed at its very end has nothing to go on with.
        if process.returncode != 0 and b"is finished" not in stderr:
            raise Failure(f"{' '.join(command[1:])} failed: {stderr.decode()}")
        return False


def killed_after(training, command, run, chance):
    """Kills a command at a random moment; gives that in seconds, or nothing where it ended before."""
    for share in (1.0, 0.5, 0.2):
        seconds = chance.uniform(0.0, training.seconds * share)
        if kill_after(command, training.folder, seconds):
            return seconds
        if "--resume" in command:
            break
        # What ended before its time came was not killed: again, and sooner.
        shutil.rmtree(run)
    return None


def check(training, seed):
    """One case; says where it was killed."""
    chance = random.Random(seed)
    run = training.folder / f"case-{seed}"
    every = EVERY[chance.randrange(len(EVERY))]
    first = training.command(["--run", run.name, "--checkpoint-every", every])
    resume = [training.binary, "train", "--resume", run.name, *ALWAYS.split()]
    said, command = [], first
    for _ in range(chance.choice([1, 1, 2, 3])):
        seconds = killed_after(training, command, run, chance)
        if seconds is None:
            break
        said.append(f"{seconds:.3f} s")
        command = resume if (run / "config.toml").exists() else [*first, "--overwrite"]
    place = f"every {every}, killed after " + (", then ".join(said) or "its end")
    if not said:
        raise Failure(f"{place}: it was never at work")
    done = finish(command, training.folder)
    if done.returncode != 0 and "is finished" not in done.stderr:
        raise Failure(f"{place}: it does not go on: {done.stderr.strip()}")
    if done.returncode == 0:
        compare(training.outcome, outcome(run, done.stdout), place)
    else:
        # It was killed at the very end, when all was saved.
        ours = outcome(run, "") | {"what was printed": training.outcome["what was printed"]}
        compare(training.outcome, ours, place)
    left = [path.name for path in run.rglob(".*")]
    if left:
        raise Failure(f"{place}: {', '.join(left)} left behind")
    shutil.rmtree(run)
    return place


def compare(expected, received, place):
    unlike = [name for name, value in expected.items() if received[name] != value]
    if not unlike:
        return
    detail = ""
    pairs = zip(expected["history.csv"], received["history.csv"])
    for number, (old, new) in enumerate(pairs):
        if old != new:
            detail = f"; first in epoch {number}: {','.join(old)} is {','.join(new)}"
            break
    else:
        detail = f"; {len(expected['history.csv']) - 1} epochs, here {len(received['history.csv']) - 1}"
    raise Failure(f"{place}: {', '.join(unlike)} differ{'s' if len(unlike) == 1 else ''}{detail}")


def prepare(folder):
    for name, text in MODELS.items():
        (folder / f"{name}.toml").write_text(text)
    shutil.copy(ROOT / "assets/iris/iris.csv", folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=int, metavar="N")
    parser.add_argument("seed", type=int, nargs="?", metavar="SEED", help="the first seed; drawn if it is left out")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/firebrick")
    parser.add_argument("--keep", action="store_true", help="keep the folder of the trainings")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    binary = str(arguments.binary.resolve())
    folder = Path(tempfile.mkdtemp(prefix="firebrick-kill-"))
    prepare(folder)
    trainings, good = {}, 0
    print(f"{arguments.cases} moments, seeds {seed} to {seed + arguments.cases - 1}, in {folder}", flush=True)
    for case in range(seed, seed + arguments.cases):
        name, flags = TRAININGS[case % len(TRAININGS)]
        try:
            if name not in trainings:
                place = folder / name.replace(" ", "-")
                place.mkdir()
                prepare(place)
                trainings[name] = Training(binary, name, flags, place)
            place = check(trainings[name], case)
        except (Failure, OSError, subprocess.TimeoutExpired) as failure:
            print(f"seed {case}: {name}: FAILED: {failure}\n    again: scripts/kill_test.sh 1 {case} --keep", flush=True)
            continue
        good += 1
        print(f"seed {case}: {name}: {place}: the same", flush=True)
    if good == arguments.cases and not arguments.keep:
        shutil.rmtree(folder)
    print(f"{good} of {arguments.cases}")
    return 0 if good == arguments.cases else 1


if __name__ == "__main__":
    os.environ.pop("RUST_BACKTRACE", None)
    sys.exit(main())
