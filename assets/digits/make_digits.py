"""Draws the digits beside it, with strokes of its own.

    pip install pillow==13.0.0 && python make_digits.py
"""

import pathlib

from PIL import Image, ImageDraw, ImageFilter

FOLDER = pathlib.Path(__file__).parent
SCALE = 4


def drawn(size, strokes, width, paper, ink):
    """Round strokes on paper, drawn large and made smaller."""
    picture = Image.new("RGB", (size[0] * SCALE, size[1] * SCALE), paper)
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        points = [(x * SCALE, y * SCALE) for x, y in stroke]
        draw.line(points, fill=ink, width=width * SCALE, joint="curve")
        for x, y in points:
            radius = width * SCALE / 2
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=ink)
    return picture.resize(size, Image.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))


def bow(left, top, right, bottom, start, stop):
    """Part of an ellipse as points, angles in degrees, clockwise from the right."""
    from math import cos, radians, sin

    x, y, a, b = (left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2
    steps = [radians(start + (stop - start) * step / 40) for step in range(41)]
    return [(x + a * cos(angle), y + b * sin(angle)) for angle in steps]


seven = [[(40, 42), (116, 38), (96, 88), (74, 160)]]
drawn((160, 200), seven, 11, "white", "black").convert("L").save(FOLDER / "seven.png", optimize=True)

three = [bow(96, 50, 206, 142, -155, 88), bow(86, 140, 218, 258, -88, 150)]
drawn((300, 300), three, 16, (232, 226, 210), (28, 44, 110)).save(FOLDER / "three.jpg", quality=85)


def moved(strokes, right, down):
    return [[(x + right, y + down) for x, y in stroke] for stroke in strokes]


one = [[(60, 70), (92, 44), (88, 110), (84, 176)]]
house_number = moved(three, -50, 0) + moved(one, 180, 40) + moved(seven, 270, 45)
drawn((440, 300), house_number, 14, (232, 226, 210), (28, 44, 110)).save(FOLDER / "house_number.jpg", quality=85)
