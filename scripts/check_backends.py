#!/usr/bin/env python3
"""Trains the same network on every backend and compares what comes out.

    cargo build --release --features ndarray,wgpu
    scripts/check_backends.py target/release/firebrick

Every device that is compiled in starts from the same weights and sees the same batches, so after one epoch of the
built-in sample the losses have to agree within 1e-3 relative, and the classes of its 500 test
images to 99 %. Where no GPU answers, software adapters are tried (Debian: mesa-vulkan-drivers, or
the SwiftShader that comes with chromium); one that computes wrong numbers is reported. Prints a
Markdown table; exits with 1 if a device that was used disagrees, or if no wgpu adapter computes.
"""

import argparse
import csv
import glob
import json
import os
import pathlib
import subprocess
import sys
import tempfile

LOSS_TOLERANCE = 1e-3
CLASS_AGREEMENT = 0.99

# Where Vulkan drivers describe themselves: none named (whatever the machine has), then software.
ADAPTERS = [
    None,
    *glob.glob("/usr/share/vulkan/icd.d/lvp_icd*.json"),
    "/usr/lib/chromium/vk_swiftshader_icd.json",
]


def run(binary, *arguments, icd=None):
    environment = dict(os.environ)
    if icd:
        environment["VK_ICD_FILENAMES"] = icd
    return subprocess.run(
        [binary, *arguments], capture_output=True, text=True, env=environment, timeout=1800
    )


def train(binary, device, runs, icd=None):
    """Losses, seconds and test classes after one epoch on a device; None with a message printed."""
    name = device.replace(":", "-")
    trained = run(
        binary, "train", "--data", "mnist-sample", "--epochs", "1", "--batch-size", "16",
        "--optimizer", "adam", "--learning-rate", "0.005", "--device", device, "--ui", "quiet",
        "--runs-dir", runs, "--run", name, "--overwrite", icd=icd,
    )  # fmt: skip
    if trained.returncode != 0:
        print(f"{device}: {trained.stderr.strip()}", file=sys.stderr)
        return None
    directory = pathlib.Path(runs) / name
    with open(directory / "history.csv", newline="") as file:
        history = list(csv.DictReader(file))[-1]
    classes = directory / "classes.csv"
    evaluated = run(
        binary, "evaluate", name, "--runs-dir", runs, "--device", device, "--json",
        "--predictions", str(classes), icd=icd,
    )  # fmt: skip
    if evaluated.returncode != 0:
        print(f"{device}: {evaluated.stderr.strip()}", file=sys.stderr)
        return None
    evaluation = json.loads(evaluated.stdout)
    with open(classes, newline="") as file:
        predictions = [row["predicted"] for row in csv.DictReader(file)]
    return {
        "loss": float(history["loss"]),
        "seconds": float(history["seconds"]),
        "test_loss": evaluation["loss"],
        "accuracy": evaluation["accuracy"],
        "classes": predictions,
    }


def find_adapter(binary):
    """The first driver whose wgpu adapter computes correctly, with the adapter's name."""
    for icd in ADAPTERS:
        if icd is not None and not os.path.exists(icd):
            continue
        checked = run(binary, "devices", "--check", "--json", icd=icd)
        if not checked.stdout.strip():
            print(f"{icd or 'default driver'}: {checked.stderr.strip()}", file=sys.stderr)
            continue
        for device in json.loads(checked.stdout)["devices"]:
            if device["name"] != "wgpu":
                continue
            for answer in device["answers"]:
                print(f"{icd or 'default driver'}: {answer['adapter']}: {answer['check']}", file=sys.stderr)
                if answer["is_correct"]:
                    return icd, answer["adapter"]
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary", nargs="?", default="target/release/firebrick")
    arguments = parser.parse_args()
    binary = str(pathlib.Path(arguments.binary).resolve())
    listed = json.loads(run(binary, "devices", "--json").stdout)["devices"]
    compiled = [device["name"] for device in listed if device["is_compiled"]]

    devices = [("flex", None, "CPU")]
    if "ndarray" in compiled:
        devices.append(("ndarray", None, "CPU"))
    adapter = find_adapter(binary)
    if adapter is None:
        print("no wgpu adapter computes correctly here; install a GPU driver, or "
              "mesa-vulkan-drivers for a software one", file=sys.stderr)
    else:
        devices += [(name, *adapter) for name in ("wgpu", "vulkan") if name in compiled]
    if "cuda" in compiled:
        devices.append(("cuda", None, "CUDA"))

    agree = adapter is not None
    reference = None
    print("| device | adapter | loss | test loss | test accuracy | same classes | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as runs:
        for device, icd, name in devices:
            result = train(binary, device, runs, icd)
            if result is None:
                agree = False
                continue
            reference = reference or result
            same = sum(a == b for a, b in zip(result["classes"], reference["classes"], strict=True))
            share = same / len(reference["classes"])
            off = max(
                abs(result[key] / reference[key] - 1) for key in ("loss", "test_loss")
            )
            agree &= off <= LOSS_TOLERANCE and share >= CLASS_AGREEMENT
            print(
                f"| {device} | {name} | {result['loss']:.6f} | {result['test_loss']:.6f} "
                f"| {result['accuracy']:.3f} | {share:.1%} | {result['seconds']:.2f} |"
            )
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
