#!/usr/bin/env python3
"""Measures firebrick beside its peers: the same networks on the same rows, in turns, on this machine.

    python3 benchmarks/run.py [--only W1,W4] [--peers firebrick,torch] [--rounds N] [--json FILE]
    python3 benchmarks/run.py --write        # all of it, RESULTS.md and the table of the README; less than half an hour
    python3 benchmarks/run.py --only W10 --write     # builds, which take a quarter of an hour more
    python3 benchmarks/run.py --quick        # whether everything runs; its numbers mean nothing

Needs Python 3.11, a Rust toolchain and Linux. Peers from PyPI are those of this Python, if it has all that
requirements.txt lists, or of benchmarks/.venv, which is made; `--peers firebrick,burn` needs none. benchmarks/README.md
says what is measured and how.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import builds
import data
import machine
import measure
import report
from measure import tell
from registry import PEERS, Programs, chosen, takers
from workloads import GOAL, MAIN_JOB, SMALL, TRAININGS, Workload, small

KEPT = data.ROOT / "benchmarks" / "results.json"
PREDICTIONS = [
    ("W5 one row", 1, "W1's network answers one row, from its numbers to ten others", "one row answered"),
    ("W5 10,000 rows", 10_000, "W1's network answers 10,000 rows at once", "10,000 rows answered"),
]
GROUPS = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10"]
# What the README calls them.
SHORT = {
    "W1": "784-128-64-10, 10,000 images, batches of 128",
    "W2 batch 32": "the same in batches of 32",
    "W2 batch 1024": "the same in batches of 1024",
    "W4": "two convolutions, batches of 64",
    "W8": "regression on 100,000 × 20",
    "W9": "LSTM, 1,000 sequences of 50",
}
# What trains the main job, and how often.
MAIN_PEERS = ["firebrick", "torch", "keras-jax", "keras-torch", "jax"]
MAIN_ROUNDS = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", help=f"groups or workloads, with commas; all but W10 without it. Groups: {', '.join(GROUPS)}")
    parser.add_argument("--peers", help=f"with commas, all without it: {', '.join(peer.name for peer in PEERS)}")
    parser.add_argument("--rounds", type=int, help="turns of each peer that count, instead of 3 to 7")
    parser.add_argument("--cores", type=int, help="leave everybody only so many cores")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--write", action="store_true", help="put the numbers into results.json, RESULTS.md and the README")
    parser.add_argument("--quick", action="store_true", help="few rows and turns, to see whether everything runs")
    parser.add_argument("--from", dest="source", type=Path, help="measure nothing, take the numbers of this file")
    return parser.parse_args()


def selected(only, name, group):
    return only is None and group != "W10" or only is not None and (group in only or name in only)


def measure_all(options, programs, peers, only, keep):
    rounds = options.rounds
    for workload in TRAININGS:
        who = takers(peers, workload)
        if not selected(only, workload.name, workload.group) or not who:
            continue
        if options.quick:
            workload = small(workload)
        tell(f"{workload.name}: {', '.join(peer.name for peer in who)}")
        measured = measure.take_turns(
            who, lambda peer: programs.start(peer, "train", workload), rounds or workload.rounds, workload.epochs
        )
        measured["agreement"] = measure.disagreements(measured["peers"], workload.tolerance)
        keep(workload.name, {"what": workload.what, "short": SHORT.get(workload.name, ""), **measured})
    asked = Workload("W5", "", SMALL, rows=10_000)
    for name, rows, what, short in PREDICTIONS:
        who = [peer for peer in peers if peer.answers]
        if not selected(only, name, "W5") or not who:
            continue
        if options.quick:
            rows = min(rows, 1000)
        tell(f"{name}: {', '.join(peer.name for peer in who)}")
        measured = measure.take_turns(
            who, lambda peer: programs.start(peer, f"predict-{rows}", asked), rounds or (2 if options.quick else 7), 1, False
        )
        measured["answers"] = measure.wrong_answers(measured["peers"])
        keep(name, {"what": what, "short": short, **measured})
    if selected(only, "W3", "W3") or selected(only, "W6", "W6"):
        who = [peer for peer in peers if peer.name in MAIN_PEERS]
        tell(f"main job: {', '.join(peer.name for peer in who)}")
        keep("main job", main_job(who, programs, options))
    if selected(only, "W10", "W10"):
        numbers = builds.builds()
        keep("W10", {"numbers": numbers, "date": time.strftime("%Y-%m-%d"), "commit": machine.commit()})


def main_job(who, programs, options):
    workload, goal = MAIN_JOB, GOAL
    rounds = options.rounds or MAIN_ROUNDS
    if options.quick:
        workload, goal, rounds = replace(MAIN_JOB, rows=10_000), 0.7, 1
    measured = measure.to_goal(who, lambda peer: programs.start(peer, "train", workload), rounds, workload, goal)
    if programs.command:
        flags = ["--train-limit", str(workload.rows)] if options.quick else []
        runs = {"firebrick-command": {"label": "Firebrick, the command", "runs": []}}
        for _ in range(rounds):
            runs["firebrick-command"]["runs"].append(measure.command_run(programs.command, goal, flags))
        measured["peers"] = measure.summed_up(runs) | measured["peers"]
    return {"what": workload.what, **measured}


def main():
    options = arguments()
    if options.source:
        results = json.loads(options.source.read_text())
        print(report.results_page(results))
        if options.write:
            report.write(results)
        return
    if options.write and options.quick:
        sys.exit("error: --quick measures nothing that could be written; leave one of --quick and --write out")
    if options.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    only = options.only.split(",") if options.only else None
    names = {workload.name for workload in TRAININGS} | {name for name, *_ in PREDICTIONS} | set(GROUPS)
    if only and not names.issuperset(only):
        sys.exit(f"error: unknown workload `{(set(only) - names).pop()}`; known: {', '.join(sorted(names))}")
    peers = chosen(options.peers.split(",") if options.peers else None)
    needs_command = bool({"W3", "W6"} & set(only or GROUPS)) and any(peer.name == "firebrick" for peer in peers)
    builds_only = only == ["W10"]
    programs = Programs([] if builds_only else peers, needs_command)
    results = {"machine": machine.machine(programs), "workloads": {}}
    if options.write and KEPT.exists() and only:
        # What is not measured again stays.
        kept = json.loads(KEPT.read_text())
        results["workloads"] = kept["workloads"]
        if builds_only:
            results["machine"] = kept["machine"]
    begin = time.monotonic()

    def keep(name, measured):
        results["workloads"][name] = measured
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")
        tell(f"  {time.monotonic() - begin:.0f} s\n")

    measure_all(options, programs, peers, only, keep)
    print(report.results_page(results))
    if options.write:
        KEPT.write_text(json.dumps(results, indent=1) + "\n")
        report.write(results)
    tell(f"measured in {(time.monotonic() - begin) / 60:.1f} minutes")
    failed = [cell["label"] for measured in results["workloads"].values()
              for cell in measured.get("peers", {}).values() if "failure" in cell]  # fmt: skip
    if options.quick and failed:
        sys.exit(f"error: {', '.join(failed)} failed")


if __name__ == "__main__":
    main()
