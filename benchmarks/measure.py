"""Measurements: turns of several peers one after the other, and trainings from the first moment to a goal."""

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from noise import Noise
from process import PeerFailed, PeerProcess
from workloads import GOAL, MAIN_JOB

# A peer whose turn takes longer gets fewer of them.
SECONDS_A_PEER = 25
EPOCHS_TO_GOAL = 30


def tell(text):
    print(text, file=sys.stderr, flush=True)


def spread_of(values):
    """Median, first and third quarter, least."""
    quarters = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"median": statistics.median(values), "q1": quarters[0], "q3": quarters[2], "min": min(values)}


class Taker:
    """A peer in a round of turns, with what it did so far."""

    def __init__(self, peer, process):
        self.peer, self.process = peer, process
        self.rounds, self.records, self.cpu, self.wall = [], [], 0.0, 0.0
        self.threads = self.failure = self.peak = None
        self.turns_left = None

    def record(self):
        """Of an epoch; that the first step was done matters to the main job only."""
        message, _ = self.process.message()
        while "stepped" in message:
            message, _ = self.process.message()
        return message

    def turn(self, count, noise):
        """Some epochs at a stretch; the first turn warms up and is not counted."""
        noise.before_turn()
        self.process.resume()
        before = self.process.cpu_seconds()
        self.process.go(count)
        records = [self.record() for _ in range(count)]
        used = self.process.cpu_seconds() - before
        self.process.pause()
        noise.after_turn(used)
        seconds = [record["seconds"] for record in records]
        if self.records:
            self.rounds.append(seconds)
            self.cpu += used
            self.wall += sum(seconds)
        self.records += records
        return sum(seconds)


def take_turns(peers, start, rounds, epochs, is_training=True):
    """Rounds of turns. `start` gives command line and environment of a peer's process."""
    takers, noise = [], Noise()
    try:
        for peer in peers:
            takers.append(Taker(peer, PeerProcess(*start(peer))))
        for taker in takers:
            attempt(taker, lambda taker: make_ready(taker))
        for number in range(rounds + 1):
            # Whoever came first comes last in the next round.
            order = takers[number % len(takers):] + takers[: number % len(takers)]
            for taker in order:
                if taker.failure or taker.turns_left == 0:
                    continue
                attempt(taker, lambda taker: one_turn(taker, rounds, epochs, noise))
        for taker in takers:
            if not taker.failure:
                taker.peak = taker.process.peak_megabytes()
    finally:
        for taker in takers:
            taker.process.end()
    return results(takers, noise, is_training)


def attempt(taker, what):
    try:
        what(taker)
    except (PeerFailed, OSError, KeyError, ValueError) as error:
        taker.failure = str(error) or repr(error)
        tell(f"  {taker.peer.label} failed: {taker.failure}")
        taker.process.end()


def make_ready(taker):
    message, _ = taker.process.message()
    if not message.get("ready"):
        raise PeerFailed(f"said {message} instead of being ready")
    taker.threads = message.get("threads")
    taker.process.pause()


def one_turn(taker, rounds, epochs, noise):
    seconds = taker.turn(epochs, noise)
    if taker.turns_left is None:
        taker.turns_left = rounds
        return
    taker.turns_left -= 1
    if len(taker.rounds) == 1:
        taker.turns_left = min(taker.turns_left, max(1, int(SECONDS_A_PEER / max(seconds, 1e-9)) - 1))


def results(takers, noise, is_training):
    ours = next((taker for taker in takers if taker.peer.name == "firebrick" and taker.rounds), None)
    found = {}
    for taker in takers:
        if taker.failure or not taker.rounds:
            found[taker.peer.name] = {"label": taker.peer.label, "failure": taker.failure or "no turn"}
            continue
        values = [seconds for turn in taker.rounds for seconds in turn]
        cell = {"label": taker.peer.label, **spread_of(values), "count": len(values), "rounds": len(taker.rounds),
                "threads": taker.threads, "peak_mb": taker.peak}  # fmt: skip
        if is_training:
            cell |= {"cpu": taker.cpu / len(values), "cores": taker.cpu / taker.wall,
                     "losses": [record["loss"] for record in taker.records]}  # fmt: skip
        else:
            cell["answer"] = taker.records[-1]["answer"]
        if ours:
            # Round by round, as the machine may be slower in one than in another.
            pairs = zip(taker.rounds, ours.rounds)
            ratios = [statistics.median(their) / statistics.median(own) for their, own in pairs]
            cell["ratio"] = spread_of(ratios)
        found[taker.peer.name] = cell
    return {"peers": found, "noise": noise.summary()}


def disagreements(peers, tolerance):
    """Losses after as many epochs as all have learned, and who is too far from the middle."""
    learned = {name: cell["losses"] for name, cell in peers.items() if "losses" in cell}
    if not learned:
        return {}
    last = min(len(losses) for losses in learned.values()) - 1
    at_last = {name: losses[last] for name, losses in learned.items()}
    middle = statistics.median(at_last.values())
    far = [name for name, loss in at_last.items() if not abs(loss - middle) <= tolerance * middle + 0.002]
    stuck = [name for name, losses in learned.items() if not losses[-1] < losses[0]]
    return {"epochs": last + 1, "losses": at_last, "middle": middle, "tolerance": tolerance, "far": far, "stuck": stuck}


def wrong_answers(peers):
    """Who answers otherwise than most; one that has weights of its own answers nothing."""
    answers = {name: cell["answer"] for name, cell in peers.items() if cell.get("answer")}
    if not answers:
        return {}
    middle = [statistics.median(column) for column in zip(*answers.values())]
    off = {name: max(abs(a - b) for a, b in zip(answer, middle)) for name, answer in answers.items()}
    return {"largest": max(off.values()), "far": [name for name, difference in off.items() if difference > 1e-4]}


def to_goal(peers, start, rounds, workload=MAIN_JOB, goal=GOAL):
    """Each a training of its own, from the start of its process; with nobody beside it."""
    runs, noise = {}, Noise()
    for _ in range(rounds):
        for peer in peers:
            noise.before_turn()
            process = PeerProcess(*start(peer))
            taker = Taker(peer, process)
            run, own = {}, 0.0
            try:
                run = one_run(process, goal)
                own = process.cpu_seconds()
            except (PeerFailed, OSError, KeyError, ValueError) as error:
                taker.failure = str(error) or repr(error)
                tell(f"  {peer.label} failed: {taker.failure}")
            finally:
                process.end()
            noise.after_turn(own)
            runs.setdefault(peer.name, {"label": peer.label, "runs": []})["runs"].append(run or {"failure": taker.failure})
    return {"peers": summed_up(runs), "noise": noise.summary()}


def one_run(process, goal):
    message, _ = process.message()
    if not message.get("ready"):
        raise PeerFailed(f"said {message} instead of being ready")
    run = {"first_step": None, "to_goal": None, "epochs": 0, "training": 0.0}
    for epoch in range(1, EPOCHS_TO_GOAL + 1):
        process.go()
        message, moment = process.message()
        if message.get("stepped"):
            run["first_step"] = moment - process.started
            message, moment = process.message()
        run["training"] += message["seconds"]
        run["val_accuracy"] = message["val_accuracy"]
        if message["val_accuracy"] >= goal:
            run |= {"to_goal": moment - process.started, "epochs": epoch}
            break
    run["peak_mb"] = process.peak_megabytes()
    return run


def command_run(binary, goal=GOAL, flags=()):
    """`firebrick train` as people type it, with a line an epoch."""
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "train", "--ui", "lines", "--runs-dir", folder, "--run", "main", *flags]
        begin = time.perf_counter()
        run = {"first_step": None, "to_goal": None, "epochs": 0, "training": 0.0}
        with open(Path(folder) / "errors", "w+") as errors:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
            moments = []
            for line in process.stdout:
                words = line.split()
                if words[:1] == ["epoch"] and "val_accuracy" in words:
                    moments.append((time.perf_counter() - begin, float(words[words.index("val_accuracy") + 1])))
            # Unlike the memory that /proc tells, this is there when the process is not.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            whole = time.perf_counter() - begin
            if process.returncode != 0:
                errors.seek(0)
                raise PeerFailed(errors.read()[-400:])
        with open(Path(folder) / "main" / "history.csv", newline="") as file:
            seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    reached = next((index for index, (_, accuracy) in enumerate(moments) if accuracy >= goal), None)
    # Of the first step it says nothing; before the first epoch all is there but that step.
    run |= {"first_step": moments[0][0] - seconds[0], "peak_mb": usage.ru_maxrss / 1024, "whole": whole}
    run["cpu_seconds"] = usage.ru_utime + usage.ru_stime
    if reached is not None:
        run |= {"to_goal": moments[reached][0], "epochs": reached + 1, "training": sum(seconds[: reached + 1])}
    return run


def summed_up(runs):
    """Medians over the rounds."""
    for cell in runs.values():
        done = [run for run in cell["runs"] if "failure" not in run]
        if not done:
            cell["failure"] = cell["runs"][0]["failure"]
            continue
        for name in ("first_step", "to_goal", "epochs", "training", "peak_mb"):
            values = [run[name] for run in done if run[name] is not None]
            if values:
                cell[name] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    return runs
