"""Makes the embedded sample: the first 100 training and 50 test images of every digit, in file order.

Run from the root of the repository:  python3 crates/data/sample/make_sample.py
Reads assets/mnist, writes beside this script. The same input always gives the same bytes.
"""

import gzip
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parents[2] / "assets" / "mnist"


def write_gzip(path, data):
    with path.open("wb") as file:
        # No name and no time in the header: the bytes depend on the data alone.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as out:
            out.write(data)


def sample(prefix, per_digit):
    images = gzip.decompress((ASSETS / f"{prefix}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((ASSETS / f"{prefix}-labels-idx1-ubyte.gz").read_bytes())
    _, _, height, width = struct.unpack(">IIII", images[:16])
    images, labels = images[16:], labels[8:]
    size = height * width

    taken = [0] * 10
    rows = []
    for row, label in enumerate(labels):
        if taken[label] < per_digit:
            taken[label] += 1
            rows.append(row)
    assert taken == [per_digit] * 10, taken

    pixels = b"".join(images[row * size : (row + 1) * size] for row in rows)
    header = struct.pack(">IIII", 0x0803, len(rows), height, width)
    write_gzip(HERE / f"{prefix}-images-idx3-ubyte.gz", header + pixels)
    header = struct.pack(">II", 0x0801, len(rows))
    write_gzip(HERE / f"{prefix}-labels-idx1-ubyte.gz", header + bytes(labels[row] for row in rows))


sample("train", 100)
sample("t10k", 50)
