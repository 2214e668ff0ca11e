"""A peer's process, seen from outside: its turns, its processor time, its memory."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


class PeerFailed(Exception):
    """A peer that ended, was silent for too long or said something else than was expected."""


class PeerProcess:
    """Started at once; between its turns it is stopped by a signal, so that no thread of it takes time from another's."""

    def __init__(self, command, environment):
        self.errors = tempfile.TemporaryFile()
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=0
        )
        self.buffer = b""

    def message(self, timeout=300):
        """The next line, with the moment at which it came."""
        descriptor = self.process.stdout.fileno()
        deadline = time.perf_counter() + timeout
        while b"\n" not in self.buffer:
            if not select.select([descriptor], [], [], max(0, deadline - time.perf_counter()))[0]:
                raise PeerFailed(f"silent for {timeout} s")
            received = os.read(descriptor, 65536)
            if not received:
                raise PeerFailed(self.last_words())
            self.buffer += received
        moment = time.perf_counter()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line), moment

    def last_words(self):
        self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return f"exit code {self.process.returncode}: " + " / ".join(lines[-3:])[-400:]

    def go(self, turns=1):
        try:
            self.process.stdin.write(b"go\n" * turns)
        except BrokenPipeError as error:
            raise PeerFailed(self.last_words()) from error

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_megabytes(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()
