"""Draws photographs of handwritten digits, of seven kinds, and the 28 x 28 images that they show.

Half of the digits are test images of MNIST, enlarged until their strokes are smooth; the others are drawn with a
pen along strokes of our own. Each is put on paper (or a blackboard) and photographed: light that falls off, noise
of the sensor, JPEG, and what its kind says. Nothing comes from a camera.

    python make_photographs.py                                  # the sixty of this folder, seed 1
    python make_photographs.py --seed 2 --count 600 --out DIR   # others, to measure by

Made with Python 3.11, numpy 2.4.6 and Pillow 13.0.0. A picture depends on seed and number alone.
"""

import argparse
import csv
import gzip
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

HERE = Path(__file__).resolve().parent
MNIST = HERE.parents[3] / "assets" / "mnist"
KINDS = ["grain", "shadow", "tilt", "ruled", "ink", "uneven", "chalk"]

# Strokes of the digits in a box one wide and one high, as centre lines through which a smooth curve goes.
STROKES = {
    0: [[(0.5, 0), (0.12, 0.2), (0.08, 0.6), (0.35, 0.98), (0.75, 0.9), (0.92, 0.5), (0.8, 0.12), (0.48, 0)]],
    1: [[(0.3, 0.2), (0.55, 0.0)], [(0.55, 0.0), (0.53, 0.5), (0.5, 1.0)]],
    2: [[(0.12, 0.25), (0.3, 0.03), (0.7, 0.04), (0.85, 0.28), (0.6, 0.6), (0.1, 0.98)], [(0.1, 0.98), (0.5, 0.95), (0.95, 0.97)]],
    3: [[(0.15, 0.1), (0.5, 0.0), (0.82, 0.15), (0.75, 0.4), (0.42, 0.48)], [(0.42, 0.48), (0.8, 0.56), (0.88, 0.8), (0.55, 1.0), (0.12, 0.9)]],
    4: [[(0.55, 0.0), (0.3, 0.35), (0.08, 0.65)], [(0.08, 0.65), (0.5, 0.63), (0.95, 0.62)], [(0.68, 0.35), (0.66, 0.7), (0.63, 1.0)]],
    5: [[(0.85, 0.02), (0.55, 0.02), (0.25, 0.03)], [(0.25, 0.03), (0.22, 0.25), (0.2, 0.45)], [(0.2, 0.45), (0.55, 0.38), (0.85, 0.6), (0.7, 0.92), (0.35, 1.0), (0.1, 0.88)]],
    6: [[(0.72, 0.0), (0.35, 0.25), (0.12, 0.65), (0.3, 0.97), (0.7, 0.95), (0.85, 0.7), (0.6, 0.52), (0.2, 0.68)]],
    7: [[(0.08, 0.04), (0.5, 0.03), (0.92, 0.03)], [(0.92, 0.03), (0.65, 0.45), (0.4, 1.0)]],
    8: [[(0.78, 0.15), (0.45, 0.0), (0.2, 0.2), (0.5, 0.46), (0.82, 0.75), (0.5, 1.0), (0.15, 0.78), (0.48, 0.48), (0.78, 0.18)]],
    9: [[(0.82, 0.25), (0.55, 0.0), (0.18, 0.15), (0.25, 0.45), (0.6, 0.48), (0.82, 0.25)], [(0.82, 0.25), (0.78, 0.6), (0.65, 1.0)]],
}
PENS = {
    "black": (25, 25, 30), "blue": (35, 55, 150), "light blue": (70, 120, 200), "red": (190, 35, 45),
    "green": (30, 120, 60), "pencil": (105, 105, 108), "hard pencil": (140, 140, 142),
}


def read_idx(name, head):
    return np.frombuffer(gzip.decompress((MNIST / name).read_bytes()), np.uint8)[head:]


def blurred(values, radius):
    """A Gaussian blur; `radius` is its standard deviation in pixels."""
    picture = Image.fromarray(values.astype(np.float32))
    # Pillow blurs floats as bytes: scaled there and back.
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9:
        return values.copy()
    scaled = Image.fromarray(((np.asarray(picture) - low) / (high - low) * 255).astype(np.uint8))
    out = np.asarray(scaled.filter(ImageFilter.GaussianBlur(radius)), np.float32)
    return out / 255 * (high - low) + low


def resized(values, height, width):
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((width, height), Image.BICUBIC))


def smooth_curve(points, steps=24):
    """Catmull-Rom through the points."""
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:])
    ]
    return np.vstack([*pieces, p[-1:]])


def drawn_digit(label, size, random):
    """Ink from 0 to 1, the digit `size` pixels high, with a margin of its own."""
    slant, narrow = random.uniform(-0.15, 0.25), random.uniform(0.5, 0.8)
    if label == 1:
        slant = random.uniform(-0.1, 0.2)
    pen = size * random.uniform(0.045, 0.13)
    scale = 3
    side = int(size * 1.8 * scale)
    canvas = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(canvas)
    wobble = random.normal(0, 0.022, (32, 2))
    for stroke in STROKES[label]:
        moved = [(x + wobble[(i * 7 + int(31 * x)) % 32][0], y + wobble[(i * 5 + int(31 * y)) % 32][1]) for i, (x, y) in enumerate(stroke)]
        for x, y in smooth_curve(moved):
            px = side / 2 + ((x - 0.5) * narrow - (y - 0.5) * slant) * size * scale
            py = side / 2 + (y - 0.5) * size * scale
            r = pen * scale / 2 * random.uniform(0.97, 1.03)
            draw.ellipse([px - r, py - r, px + r, py + r], fill=255)
    return np.asarray(canvas.resize((side // scale, side // scale), Image.LANCZOS), np.float32) / 255


def enlarged_digit(image, size, random):
    """A digit of MNIST, its box of 20 pixels `size` pixels high, its edges sharp as those of a pen."""
    side = int(size * 28 / 20)
    ink = np.asarray(Image.fromarray(image).resize((side, side), Image.BICUBIC), np.float32) / 255
    ink = blurred(ink, side / 28 * 0.45)
    return np.clip((ink - random.uniform(0.28, 0.4)) * 6 + 0.5, 0, 1)


def centred(ink):
    """What MNIST's makers did: the digit in a box of 20, its centre of mass in the middle of 28."""
    rows, columns = np.where(ink.max(1) > 0.3)[0], np.where(ink.max(0) > 0.3)[0]
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 20 / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    small = np.asarray(Image.fromarray((ink * 255).astype(np.uint8)).resize((width, height), Image.BOX), np.float32)
    small = np.clip(small / max(small.max(), 1) * 255, 0, 255)
    mass = small.sum()
    top = 14 - (small.sum(1) * np.arange(height)).sum() / mass
    left = 14 - (small.sum(0) * np.arange(width)).sum() / mass
    top, left = (int(np.clip(round(v), 0, 28 - s)) for v, s in ((top, height), (left, width)))
    out = np.zeros((28, 28), np.uint8)
    out[top : top + height, left : left + width] = small.round()
    return out


def turned(ink, degrees, push, random):
    """Turned about its middle and seen at an angle."""
    ink = np.pad(ink, max(ink.shape) // 5)
    height, width = ink.shape
    a, (cx, cy) = np.radians(degrees), (width / 2, height / 2)
    gx, gy = random.uniform(-push, push, 2) / max(height, width)
    cos, sin = np.cos(a), np.sin(a)
    # From a place in the new picture to one in the old: x' = (ax + by + c) / (gx + hy + 1).
    m = np.array([[cos, sin, cx - cos * cx - sin * cy], [-sin, cos, cy + sin * cx - cos * cy], [gx, gy, 1 - gx * cx - gy * cy]])
    m /= m[2, 2]
    return np.asarray(
        Image.fromarray(ink.astype(np.float32)).transform((width, height), Image.PERSPECTIVE, m.flatten()[:8], Image.BILINEAR)
    )


def clouds(height, width, cells, random):
    """Smooth noise from about -1 to 1 with this many cells along the longer side."""
    longer = max(height, width)
    coarse = random.normal(0, 0.5, (max(2, round(cells * height / longer)) + 1, max(2, round(cells * width / longer)) + 1))
    return resized(coarse, height, width)


def ruled(height, width, digit, random):
    """How much of the light lines keep back, and their colour."""
    spacing = digit * random.uniform(0.22, 0.8)
    angle = np.radians(random.uniform(-2, 2))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    thickness = max(1.0, spacing * random.uniform(0.03, 0.06))
    strength = random.uniform(0.12, 0.4)

    def lines(place, offset):
        away = np.abs((place + offset) % spacing - spacing / 2)
        return np.clip(thickness / 2 + 0.5 - away, 0, 1)

    across = y * np.cos(angle) + x * np.sin(angle)
    along = x * np.cos(angle) - y * np.sin(angle)
    cover = lines(across, random.uniform(0, spacing))
    if random.random() < 0.5:
        cover = np.maximum(cover, lines(along, random.uniform(0, spacing)))
    colour = np.array([(90, 120, 190), (120, 120, 125), (110, 160, 150)][random.integers(3)], np.float32)
    return (cover * strength)[..., None], colour


def photograph(kind, label, source, random, longest):
    """The picture as bytes of red, green and blue, and the 28 x 28 image that it shows."""
    height, width = (int(random.uniform(0.72, 1) * longest), longest)
    if random.random() < 0.5:
        height, width = width, height
    shorter = min(height, width)
    size = int(shorter * random.uniform(0.3, 0.62))
    ink = drawn_digit(label, size, random) if source is None else enlarged_digit(source, size, random)
    if kind == "tilt":
        ink = turned(ink, random.choice([-1, 1]) * random.uniform(6, 16), 0.35, random)
    else:
        ink = turned(ink, random.uniform(-4, 4), 0.08, random)
    truth = centred(ink)

    cover = np.zeros((height, width), np.float32)
    h, w = min(ink.shape[0], height), min(ink.shape[1], width)
    ink = ink[(ink.shape[0] - h) // 2 :, (ink.shape[1] - w) // 2 :][:h, :w]
    spare = (height - h, width - w)
    top, left = (int(s * random.uniform(0.25, 0.75)) for s in spare)
    cover[top : top + h, left : left + w] = ink

    paper = np.array([238, 236, 230], np.float32) * random.uniform(0.86, 1.02) + random.normal(0, 4, 3)
    pen = PENS["black"]
    if kind == "ink":
        pen = PENS[random.choice(["blue", "light blue", "red", "green", "pencil", "hard pencil"])]
    elif kind == "ruled" or kind == "tilt" or random.random() < 0.5:
        pen = PENS[random.choice(["black", "blue", "blue", "red"])]
    pen = np.array(pen, np.float32)
    if kind == "chalk":
        paper = np.array([(38, 42, 44), (30, 60, 48), (45, 40, 60)][random.integers(3)], np.float32) * random.uniform(0.8, 1.3)
        pen = np.array([(232, 232, 226), (240, 225, 150), (240, 180, 190)][random.integers(3)], np.float32)
        dust = np.clip(clouds(height, width, 5, random), 0, None)[..., None]
        paper = paper + dust * random.uniform(5, 30)
        grains = blurred(random.normal(0, 1, (height, width)), 0.7)
        cover = cover * np.clip(1.02 + grains / grains.std() * random.uniform(0.1, 0.3), 0.2, 1)
    if pen[0] > 95 and kind == "ink":
        grains = blurred(random.normal(0, 1, (height, width)), 0.8)
        cover = cover * np.clip(0.92 + grains / grains.std() * 0.12, 0.3, 1)

    page = np.broadcast_to(paper, (height, width, 3)).astype(np.float32).copy()
    if kind == "ruled":
        lines, colour = ruled(height, width, size, random)
        page = page * (1 - lines) + colour * lines
    if kind == "grain":
        fibre = blurred(random.normal(0, 1, (height, width)), random.uniform(0.6, 1.6))
        page += (fibre / fibre.std() * random.uniform(6, 18))[..., None]
        for _ in range(random.integers(5, 40)):
            y, x, r = random.integers(height), random.integers(width), random.uniform(0.6, 0.007 * shorter + 1)
            yy, xx = np.ogrid[:height, :width]
            spot = np.clip(r + 0.5 - np.hypot(yy - y, xx - x), 0, 1)[..., None]
            page = page * (1 - spot * random.uniform(0.2, 0.75))
    cover = blurred(cover, max(0.5, longest / 900))[..., None]
    page = page * (1 - cover) + pen * cover

    y, x = np.mgrid[:height, :width].astype(np.float32)
    slope = random.uniform(0, 2 * np.pi)
    ramp = ((x / width - 0.5) * np.cos(slope) + (y / height - 0.5) * np.sin(slope)) * random.uniform(0.05, 0.2)
    light = 1 + ramp + 0.02 * clouds(height, width, 3, random)
    if kind == "uneven":
        middle = random.uniform(0.1, 0.9, 2)
        away = np.hypot(x / width - middle[0], y / height - middle[1])
        light = light * (1 - random.uniform(0.5, 0.75) * np.clip(away / random.uniform(0.8, 1.1), 0, 1) ** random.uniform(1, 2))
        light = light * (1 + 0.12 * clouds(height, width, 4, random))
    if kind == "shadow":
        angle, depth = random.uniform(0, 2 * np.pi), random.uniform(0.35, 0.65)
        place = (x - left - w / 2) * np.cos(angle) + (y - top - h / 2) * np.sin(angle) + random.uniform(-0.3, 0.3) * size
        place = place + shorter * random.uniform(0, 0.06) * clouds(height, width, 6, random)
        soft = shorter * random.uniform(0.008, 0.06)
        dark = 1 / (1 + np.exp(-np.clip(place / soft * 2, -30, 30)))
        if random.random() < 0.4:
            other = (x - left - w / 2) * np.cos(angle + 1.3) + (y - top - h / 2) * np.sin(angle + 1.3) + 0.4 * size
            dark = dark / (1 + np.exp(-np.clip(other / soft * 2, -30, 30)))
        light = light * (1 - depth * dark)
    if kind == "tilt" and random.random() < 0.6:
        # The paper ends inside the picture; a table lies behind it.
        angle = random.uniform(0, 2 * np.pi)
        place = (x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)
        reach = place.max()
        edge = max(random.uniform(0.72, 0.92) * reach, (place * (cover[..., 0] > 0.2)).max() + 0.08 * size)
        table = np.array([(70, 55, 45), (120, 95, 70), (60, 62, 68)][random.integers(3)], np.float32)
        behind = np.clip(place - edge, 0, 1)[..., None]
        page = page * (1 - behind) + table * behind
    page = page * light[..., None]
    warm = 1 + np.array([1, 0.2, -1], np.float32) * random.uniform(-0.03, 0.08)
    page = page * warm

    noise = random.uniform(14, 34) if kind == "grain" else random.uniform(1.5, 5)
    page += random.normal(0, noise, (height, width, 1)) + random.normal(0, noise / 3, (height, width, 3))
    return np.clip(page, 0, 255).round().astype(np.uint8), truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--out", type=Path, default=HERE / "photographs")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    images = read_idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    labels = read_idx("t10k-labels-idx1-ubyte.gz", 8)
    rows, truths = [], []
    for number in range(options.count):
        random = np.random.default_rng([options.seed, number])
        kind = KINDS[number % len(KINDS)]
        label = int((number // len(KINDS) + 3 * number) % 10)
        source = None
        if (number // 2) % 2 == 0:
            source = images[random.choice(np.where(labels == label)[0])]
        # Noise does not shrink well: the grainy ones and the PNG files are small.
        is_png = number % 6 == 5
        largest = 300 if is_png or kind in ("grain", "chalk") else 1200 if number % 10 == 0 else 560
        longest = int(random.uniform(200, largest)) if largest < 1200 else int(random.uniform(900, 1200))
        pixels, truth = photograph(kind, label, source, random, longest)
        picture = Image.fromarray(pixels)
        name = f"{number:03}-{kind}-{label}.{'png' if is_png else 'jpg'}"
        file = io.BytesIO()
        if is_png:
            picture.convert("L" if number % 4 < 2 else "RGB").quantize(48).save(file, "PNG", optimize=True)
        else:
            picture.save(file, "JPEG", quality=int(random.uniform(45, 80)))
        (options.out / name).write_bytes(file.getvalue())
        truths.append(truth)
        rows.append([name, kind, label, "drawn" if source is None else "mnist"])
    Image.fromarray(np.vstack(truths)).save(options.out / "shown.png", optimize=True)
    with open(options.out / "shown.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "kind", "label", "source"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
