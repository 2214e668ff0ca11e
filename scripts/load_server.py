#!/usr/bin/env python3
"""Many questions at once to a server of a network, faults among them: none is lost, none is answered otherwise than alone.

    firebrick serve RUN --listen 127.0.0.1:8080 &
    python3 scripts/load_server.py http://127.0.0.1:8080/ [QUESTIONS] [CONNECTIONS]

RUN learned pictures of 784 pixels. QUESTIONS (10000) go over CONNECTIONS (64) that are kept open; every fifth is a fault: JSON that ends too
early, too few pixels, a word among them, a body above the limit, an address that is not there, a method that is not there, a connection that is
cut off in the middle of its body, a head that is none. Needs nothing beside Python.
"""

import collections
import http.client
import json
import random
import socket
import sys
import threading
import time
import urllib.parse

PIXELS = 784
SAMPLES = 40


def pictures():
    draw = random.Random(7)
    return [[draw.choice([0, 0, 0, 128, 255]) for _ in range(PIXELS)] for _ in range(SAMPLES)]


def ask(connection, body, path="/api/predict", method="POST", kind="application/json"):
    connection.request(method, path, body, {"content-type": kind})
    answer = connection.getresponse()
    return answer.status, answer.read()


def predictions(body):
    return json.loads(body)["predictions"]


# A fault and the status that it must have.
def faults(picture):
    return [
        ("ends too early", {"body": json.dumps({"pixels": picture})[:-30]}, 400),
        ("too few pixels", {"body": json.dumps({"pixels": picture[:700]})}, 422),
        ("a word among pixels", {"body": json.dumps({"pixels": ["x"] + picture[1:]})}, 422),
        ("a body above the limit", {"body": "x" * (9 << 20)}, 413),
        ("an address that is not there", {"body": "{}", "path": "/api/nothing"}, 404),
        ("a method that is not there", {"body": None, "method": "DELETE"}, 405),
    ]


def cut_off(host, port):
    with socket.create_connection((host, port), timeout=30) as wire:
        wire.sendall(b"POST /api/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n{\"pix")


def nonsense(host, port):
    with socket.create_connection((host, port), timeout=30) as wire:
        wire.sendall(bytes(range(128, 256)) + b"\r\n\r\n")
        wire.settimeout(30)
        try:
            wire.recv(4096)
        except ConnectionResetError:
            pass


class Load:
    def __init__(self, url, questions, connections):
        address = urllib.parse.urlsplit(url)
        self.host, self.port = address.hostname, address.port or 80
        self.pictures = pictures()
        self.lock = threading.Lock()
        self.left = iter(range(questions))
        self.counted = collections.Counter()
        self.wrong = []
        self.connections = connections
        alone = self.connect()
        self.alone = [predictions(ask(alone, json.dumps({"pixels": picture}))[1]) for picture in self.pictures]

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def take(self):
        with self.lock:
            return next(self.left, None)

    def tell(self, kind, wrong=None):
        with self.lock:
            self.counted[kind] += 1
            if wrong is not None:
                self.wrong.append(f"{kind}: {wrong}")

    def one(self, connection, number):
        sample = number % SAMPLES
        picture = self.pictures[sample]
        if number % 5:
            status, body = ask(connection, json.dumps({"pixels": picture}))
            right = status == 200 and predictions(body) == self.alone[sample]
            self.tell("answered", None if right else f"status {status}, {body[:200]}")
            return connection
        kinds = faults(picture)
        which = number // 5 % (len(kinds) + 2)
        if which == len(kinds):
            cut_off(self.host, self.port)
            self.tell("cut off")
        elif which > len(kinds):
            nonsense(self.host, self.port)
            self.tell("no head")
        else:
            name, question, wanted = kinds[which]
            try:
                status, body = ask(connection, **question)
            except (BrokenPipeError, ConnectionResetError):
                # A server may hang up on a body it does not want before all of it is sent.
                status, body = (413 if wanted == 413 else None), b""
            self.tell(name, None if status == wanted else f"expected status {wanted}, received {status}, {body[:200]}")
            if wanted == 413:
                connection.close()
                connection = self.connect()
        return connection

    def work(self):
        connection = self.connect()
        while (number := self.take()) is not None:
            try:
                connection = self.one(connection, number)
            except Exception as error:  # whatever is lost is told
                self.tell("lost", repr(error))
                connection.close()
                connection = self.connect()
        connection.close()

    def run(self):
        began = time.monotonic()
        threads = [threading.Thread(target=self.work) for _ in range(self.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - began


def main():
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    questions, connections = (int(number) for number in (sys.argv[2:] + ["10000", "64"][len(sys.argv) - 2:]))
    load = Load(sys.argv[1], questions, connections)
    seconds = load.run()
    status, _ = ask(load.connect(), None, path="/healthz", method="GET")
    for kind, count in sorted(load.counted.items()):
        print(f"{count:6}  {kind}")
    print(f"{sum(load.counted.values())} of {questions} in {seconds:.1f} s over {connections} connections; afterwards /healthz says {status}")
    for wrong in load.wrong[:20]:
        print("error:", wrong, file=sys.stderr)
    if load.wrong or status != 200 or sum(load.counted.values()) != questions:
        sys.exit(f"{len(load.wrong)} were answered wrong or lost")


main()
