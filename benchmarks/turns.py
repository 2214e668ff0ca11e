"""How a peer takes its turns: an epoch, or some answers, whenever a line comes in, with a line of JSON for each."""

import json
import os
import sys
import time


class Turns:
    """In the process of a peer: `while turns.begin(): …; turns.end(loss=…)`."""

    def __init__(self):
        # What a library prints goes where its warnings go.
        self.out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self.has_stepped = False

    def say(self, **what):
        print(json.dumps(what), file=self.out, flush=True)

    def ready(self, **what):
        self.say(ready=True, **what)

    def begin(self):
        """Waits for the turn; whether there is one."""
        if not sys.stdin.readline():
            return False
        self.start = time.perf_counter()
        return True

    def end(self, **figures):
        self.say(seconds=time.perf_counter() - self.start, **figures)

    def stepped(self):
        """Says when the first step was done."""
        if not self.has_stepped:
            self.has_stepped = True
            self.say(stepped=True)


class Counted:
    """A fixed number of epochs in this process."""

    def __init__(self, epochs):
        self.epochs, self.seconds, self.losses = epochs, [], []

    def ready(self, **_):
        pass

    def begin(self):
        self.start = time.perf_counter()
        return len(self.seconds) < self.epochs

    def end(self, loss, **_):
        self.seconds.append(time.perf_counter() - self.start)
        self.losses.append(loss)

    def stepped(self):
        pass


def answer(turns, ask, first_row):
    """Takes turns in answering: `ask` as often as fits into a fifth of a second, the mean time of one."""
    repeats = None
    while turns.begin():
        if repeats is None:
            for _ in range(3):
                ask()
            begin = time.perf_counter()
            ask()
            repeats = max(1, min(20_000, int(0.2 / (time.perf_counter() - begin))))
        begin = time.perf_counter()
        for _ in range(repeats):
            ask()
        seconds = (time.perf_counter() - begin) / repeats
        turns.say(seconds=seconds, answer=[float(number) for number in first_row()])
