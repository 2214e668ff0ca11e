"""The process of a peer in Python: worker.py MODULE train|predict-ROWS WORKLOAD [OPTION …]."""

import importlib
import sys

from turns import Turns
from workloads import Workload


def main():
    module, what, workload, *more = sys.argv[1:]
    turns = Turns()
    workload = Workload.from_json(workload)
    peer = importlib.import_module(f"peers.{module}")
    if what == "train":
        options = {"compiled": {"compiled": True}, "by-16": {"steps_per_execution": 16}}
        peer.train(workload, turns, **{name: value for option in more for name, value in options[option].items()})
    else:
        peer.predict(workload, turns, int(what.removeprefix("predict-")))


if __name__ == "__main__":
    main()
