"""Whether the machine was quiet enough to judge."""

import os
import statistics
import time

# More than this of a processor taken by others, or this spread of what should take the same time, and nothing is certain.
FOREIGN_LIMIT = 0.1
SPREAD_LIMIT = 1.15


def fixed_loop():
    """Seconds of a piece of work that is always the same."""
    begin = time.perf_counter()
    total = 0
    for number in range(150_000):
        total += number * number
    return time.perf_counter() - begin


def busy_seconds():
    """Processor time that the whole machine has spent, that which a host took from it included."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _wait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Noise:
    """What was going on while turns were taken."""

    def __init__(self):
        self.loops, self.foreign = [], []

    def before_turn(self):
        self.loops.append(fixed_loop())
        self.begin, self.busy = time.perf_counter(), busy_seconds()

    def after_turn(self, own_seconds):
        """`own_seconds`: processor time of whoever took the turn."""
        wall = time.perf_counter() - self.begin
        # The clock of /proc ticks a hundred times a second.
        if wall > 0.2:
            self.foreign.append(max(0.0, busy_seconds() - self.busy - own_seconds) / wall)

    def summary(self):
        tenths = statistics.quantiles(self.loops, n=10, method="inclusive") if len(self.loops) > 1 else [1, 1]
        spread = tenths[-1] / tenths[0]
        foreign = statistics.mean(self.foreign) if self.foreign else 0.0
        quiet = spread <= SPREAD_LIMIT and foreign <= FOREIGN_LIMIT
        return {"spread": spread, "foreign": foreign, "load": os.getloadavg()[0], "quiet": quiet}


def verdict(noise):
    """One sentence."""
    what = (
        f"others took {noise['foreign']:.2f} of a processor during the turns, a fixed loop between them "
        f"varied by a factor of {noise['spread']:.2f}"
    )
    return f"quiet: {what}" if noise["quiet"] else f"**too noisy to judge**: {what}"
