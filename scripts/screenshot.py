#!/usr/bin/env python3
"""Draws a picture of a terminal program, with its colours, from a real run in a pseudo-terminal.

    pip install pyte pillow
    apt-get install fonts-dejavu-core
    cargo build --release
    scripts/screenshot.py --columns 160 --lines 46 --seconds 12 --keys qs -o assets/dashboard.png -- \
        target/release/firebrick train --data mnist-sample --hidden 64 --activation relu --optimizer adam \
        --batch-size 32 --epochs 600 --runs-dir pictures

The picture is taken after `--seconds`; then `--keys` are typed, so that the program can end.
"""

import argparse
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

import pyte
from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
BACKGROUND = (24, 26, 31)
FOREGROUND = (220, 223, 228)
COLOURS = {
    "black": (40, 44, 52),
    "red": (224, 108, 117),
    "green": (152, 195, 121),
    "brown": (229, 192, 123),
    "blue": (97, 175, 239),
    "magenta": (198, 120, 221),
    "cyan": (86, 182, 194),
    "white": (220, 223, 228),
    "brightblack": (92, 99, 112),
    "brightred": (240, 130, 138),
    "brightgreen": (170, 215, 140),
    "brightbrown": (245, 210, 140),
    "brightyellow": (245, 210, 140),
    "brightblue": (125, 195, 255),
    "brightmagenta": (215, 145, 235),
    "brightcyan": (110, 205, 215),
    "brightwhite": (255, 255, 255),
}


def colour(name, default):
    if name == "default":
        return default
    if name in COLOURS:
        return COLOURS[name]
    return tuple(int(name[i : i + 2], 16) for i in (0, 2, 4))


def run(command, columns, lines, seconds, keys):
    """The screen after some seconds, and the exit status after the keys."""
    screen = pyte.Screen(columns, lines)
    stream = pyte.ByteStream(screen)
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read_until(end, wanted):
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    data = os.read(terminal, 65536)
                except OSError:
                    return
                if not data:
                    return
                if wanted:
                    # pyte knows one screen only: entering the alternate one starts afresh.
                    *_, shown = data.rpartition(b"\x1b[?1049h")
                    if len(shown) < len(data):
                        screen.reset()
                    stream.feed(shown)

    read_until(time.monotonic() + seconds, True)
    picture = [[screen.buffer[y][x] for x in range(columns)] for y in range(lines)]
    for key in keys:
        os.write(terminal, key.encode())
        read_until(time.monotonic() + 0.6, False)
    read_until(time.monotonic() + (20 if keys else 0), False)
    done, status = os.waitpid(pid, os.WNOHANG)
    if done == 0:
        os.kill(pid, 15)
        os.waitpid(pid, 0)
    return picture, os.waitstatus_to_exitcode(status) if done else None


# Column and row of the dots of a braille character, by bit.
DOTS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]


def braille(pen, bits, cell, fill):
    """The curves are drawn in braille characters, which few monospaced fonts have."""
    left, top, width, height = cell
    radius = width / 6
    for bit, (column, row) in enumerate(DOTS):
        if bits >> bit & 1:
            x, y = left + width * (column + 0.5) / 2, top + height * (row + 0.5) / 4
            pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=fill)


def draw(picture, size):
    """One cell a character."""
    regular = ImageFont.truetype(FONTS.format(""), size)
    bold = ImageFont.truetype(FONTS.format("-Bold"), size)
    width = round(regular.getlength("M"))
    ascent, descent = regular.getmetrics()
    height = ascent + descent
    margin = size
    columns, lines = len(picture[0]), len(picture)
    image = Image.new("RGB", (columns * width + 2 * margin, lines * height + 2 * margin), BACKGROUND)
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(picture):
        for x, cell in enumerate(row):
            front, back = colour(cell.fg, FOREGROUND), colour(cell.bg, BACKGROUND)
            if cell.reverse:
                front, back = back, front
            left, top = margin + x * width, margin + y * height
            if back != BACKGROUND:
                pen.rectangle([left, top, left + width - 1, top + height - 1], fill=back)
            if 0x2800 <= ord(cell.data[:1] or " ") <= 0x28FF:
                braille(pen, ord(cell.data) - 0x2800, (left, top, width, height), front)
            elif cell.data.strip():
                pen.text((left, top), cell.data, font=bold if cell.bold else regular, fill=front)
    return image


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--lines", type=int, default=36)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--keys", default="")
    parser.add_argument("--font-size", type=int, default=15)
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    picture, status = run(
        arguments.command,
        arguments.columns,
        arguments.lines,
        arguments.seconds,
        arguments.keys,
    )
    draw(picture, arguments.font_size).quantize(64).save(arguments.output, optimize=True)
    print(f"{arguments.output}: exit status {status}", file=sys.stderr)


if __name__ == "__main__":
    main()
