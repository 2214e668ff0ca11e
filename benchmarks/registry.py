"""Who is measured, what each can do, and how its process is started."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import data
from workloads import Workload

ROOT = data.ROOT
HERE = Path(__file__).resolve().parent
CARGO = os.environ.get("CARGO", "cargo")


def is_dense(workload):
    """One activation throughout, no dropout: what a multi-layer perceptron has."""
    return all(layer[0] == "dense" for layer in workload.layers)


def learns_by_adam(workload):
    return not workload.rates and not workload.validation_split


@dataclass(frozen=True)
class Peer:
    name: str
    label: str
    # python: a module of peers/; ours: the bench `turns`; crates: the program in benchmarks/rust.
    program: str
    module: str
    options: tuple = ()
    environment: dict = field(default_factory=dict)
    # Whether it can train this.
    trains: object = None
    answers: bool = False
    # Only for the workloads that name it or have no list, as it costs much or says little elsewhere.
    groups: tuple = ()

    def takes(self, workload):
        if self.trains is None or not self.trains(workload):
            return False
        return not self.groups or workload.group in self.groups


def everything(_workload):
    return True


PEERS = [
    Peer("firebrick", "Firebrick", "ours", "firebrick", trains=everything, answers=True),
    Peer("burn", "raw Burn loop", "ours", "burn",
         trains=lambda workload: workload.data != "sequences" and learns_by_adam(workload)),
    Peer("torch", "PyTorch", "python", "pytorch", trains=everything, answers=True),
    Peer("torch-compile", "PyTorch, `torch.compile`", "python", "pytorch", ("compiled",),
         trains=everything, groups=("W1", "W4")),
    Peer("keras-jax", "Keras on JAX", "python", "keras_fit", environment={"KERAS_BACKEND": "jax"},
         trains=everything, answers=True),
    Peer("keras-jax-16", "Keras on JAX, `steps_per_execution=16`", "python", "keras_fit", ("by-16",),
         {"KERAS_BACKEND": "jax"}, trains=everything, groups=("W1", "W2")),
    Peer("keras-torch", "Keras on PyTorch", "python", "keras_fit", environment={"KERAS_BACKEND": "torch"},
         trains=everything, answers=True),
    Peer("jax", "JAX with optax", "python", "jax_loop", trains=everything, answers=True),
    Peer("sklearn", "scikit-learn", "python", "sklearn_mlp",
         trains=lambda workload: is_dense(workload) and learns_by_adam(workload), answers=True),
    Peer("rustyml", "RustyML", "crates", "rustyml", trains=learns_by_adam, answers=True),
    Peer("onnxruntime", "ONNX Runtime", "python", "onnx_runtime", answers=True),
    Peer("tract", "tract", "crates", "tract", answers=True),
]  # fmt: skip
BY_NAME = {peer.name: peer for peer in PEERS}
# Distributions whose versions are told, and that have to be there for the peers in Python.
PACKAGES = ["torch", "keras", "jax", "jaxlib", "optax", "scikit-learn", "numpy", "onnx", "onnxruntime"]


class Programs:
    """What runs the peers: our binaries, the one of crates.io, a Python with everything from PyPI."""

    def __init__(self, peers, needs_command):
        kinds = {peer.program for peer in peers}
        self.python = python() if "python" in kinds else None
        self.turns = self.crates = self.command = None
        if "ours" in kinds or needs_command:
            # Together, so that what both are made of is built once.
            packages = ("-p", "firebrick-cli", "-p", "firebrick-trainer")
            ours = built("build", "--release", *packages, "--bin", "firebrick", "--bench", "turns")
            self.turns, self.command = ours["turns"], ours["firebrick"]
        if "crates" in kinds:
            manifest = HERE / "rust" / "Cargo.toml"
            folder = data.MADE / "rust"
            made = built("build", "--release", "--manifest-path", manifest, "--target-dir", folder)
            self.crates = made["benchmark-peers"]

    def start(self, peer, what, workload):
        """Command line and environment of a process that does `what` with a workload."""
        more = {"files": [], "onnx": None, "learning_rate": workload.rate(0), "input_shape": workload.input_shape}
        if what != "train":
            more["files"] = [str(file) for file in data.made_files("weights")]
            more["onnx"] = self.onnx_file() if peer.name == "tract" else None
        elif workload.data in ("table", "sequences"):
            more["files"] = [str(file) for file in data.made_files(workload.data)]
        described = workload.to_json(**more)
        command = {
            "python": [self.python, str(HERE / "worker.py"), peer.module, what, described, *peer.options],
            "ours": [self.turns, peer.module, what, described],
            "crates": [self.crates, peer.module, what, described],
        }[peer.program]
        return command, {**os.environ, **peer.environment, "TF_CPP_MIN_LOG_LEVEL": "3"}

    def onnx_file(self):
        writer = self.python or python()
        return subprocess.run([writer, HERE / "peers" / "onnx_file.py"], check=True, capture_output=True, text=True).stdout.strip()

    def versions(self):
        """Of everything that took part."""
        found = {}
        if self.python:
            code = "import importlib.metadata as m, json, platform, sys; print(json.dumps({'Python': platform.python_version(), **{n: m.version(n) for n in sys.argv[1:]}}))"
            listed = subprocess.run([self.python, "-c", code, *PACKAGES], check=True, capture_output=True, text=True)
            found |= json.loads(listed.stdout)
        if self.turns or self.command:
            manifest = (ROOT / "Cargo.toml").read_text()
            burn = next(line.split('"')[1] for line in manifest.splitlines() if line.startswith("burn = "))
            found["Burn"] = burn.lstrip("=")
        if self.crates:
            manifest = (HERE / "rust" / "Cargo.toml").read_text().splitlines()
            for crate in ("rustyml", "tract-onnx"):
                found[crate] = next(line for line in manifest if line.startswith(crate)).split('"=')[1].split('"')[0]
        rustc = subprocess.run(["rustc", "--version"], cwd=ROOT, capture_output=True, text=True)
        found["rustc"] = rustc.stdout.split()[1] if rustc.returncode == 0 else "?"
        return found


def built(*arguments):
    """Builds with cargo and gives the executables by their names."""
    print(f"cargo {' '.join(map(str, arguments))} …", file=sys.stderr, flush=True)
    command = [CARGO, *map(str, arguments), "--message-format=json-render-diagnostics"]
    finished = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if finished.returncode != 0:
        sys.exit(f"error: {' '.join(command)} failed")
    messages = [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]
    return {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}


def has_all(interpreter):
    code = "import importlib.metadata as m, sys; [m.version(n) for n in sys.argv[1:]]"
    return subprocess.run([interpreter, "-c", code, *PACKAGES], capture_output=True).returncode == 0


def python():
    """This Python if it has all packages, else the one of benchmarks/.venv, which is made if it is not there."""
    if has_all(sys.executable):
        return sys.executable
    folder = HERE / ".venv"
    interpreter = str(folder / "bin" / "python")
    if not (Path(interpreter).exists() and has_all(interpreter)):
        print(f"installing {HERE / 'requirements.txt'} into {folder} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([interpreter, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    return interpreter


def chosen(names):
    """The peers of these names, ours first; all without names."""
    if names is None:
        return PEERS
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        sys.exit(f"error: unknown peer `{unknown[0]}`; known: {', '.join(BY_NAME)}")
    return [peer for peer in PEERS if peer.name in names]


def takers(peers, workload: Workload):
    """Of these peers those that train a workload; of a workload with a list of its own those on it."""
    return [peer for peer in peers if peer.takes(workload) and (not workload.peers or peer.name in workload.peers)]
