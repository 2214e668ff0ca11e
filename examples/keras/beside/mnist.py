"""The first digits of MNIST, for the scripts whose examples learn from more than the built-in ones."""

import gzip

from common import ROOT, np


def _read(name, header):
    path = ROOT / "assets/mnist" / f"{name}.gz"
    return np.frombuffer(gzip.decompress(path.read_bytes())[header:], np.uint8)


def mnist(train, test):
    """Training images and labels, test images and labels; pixels from 0 to 1, `[samples, 28, 28, 1]`."""
    parts = []
    for part, count in [("train", train), ("t10k", test)]:
        images = _read(f"{part}-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1)[:count]
        parts += [images.astype("float32") / 255, _read(f"{part}-labels-idx1-ubyte", 8)[:count].astype("int32")]
    return parts
