#!/usr/bin/env python3
"""Draws digits on the digit pad in Chromium, wide and phone-sized, and fails where the network does not read them.

    python3 -m venv v && v/bin/pip install playwright       (and a chromium on the PATH, or v/bin/playwright install chromium)
    v/bin/python scripts/check_digit_pad.py [--screenshots DIR] http://127.0.0.1:PORT/ ...

Every digit is drawn by strokes of the mouse, on the phone of the finger, as large as the pad, small in a corner, and with `Undo` and
`Clear`. The page must not ask for anything beyond 127.0.0.1, report an error on its console or be wider than the window.
"""

import argparse
import math
import pathlib
import re
import sys
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from browser import WINDOWS, check_width, launched, listen


def arc(x, y, width, height, begin, end, steps=24):
    """Points of an ellipse; angles in turns, 0 at the right, clockwise as the page has its y."""
    angles = [2 * math.pi * (begin + (end - begin) * step / steps) for step in range(steps + 1)]
    return [(x + width * math.cos(angle), y + height * math.sin(angle)) for angle in angles]


# What stands where a digit would.
NOTHING = "–"

# Strokes as lists of points in a square of side 1.
DIGITS = {
    0: [arc(0.5, 0.5, 0.22, 0.35, -0.25, 0.75)],
    1: [[(0.53, 0.14), (0.47, 0.86)]],
    2: [arc(0.48, 0.32, 0.2, 0.18, -0.5, 0.08) + [(0.3, 0.82)], [(0.3, 0.82), (0.74, 0.8)]],
    3: [arc(0.47, 0.32, 0.18, 0.18, -0.42, 0.25) + arc(0.47, 0.67, 0.21, 0.18, -0.25, 0.42)],
    4: [[(0.34, 0.14), (0.28, 0.52), (0.74, 0.5)], [(0.64, 0.2), (0.58, 0.88)]],
    5: [[(0.7, 0.15), (0.38, 0.16), (0.35, 0.45)] + arc(0.45, 0.63, 0.21, 0.21, -0.2, 0.4)],
    6: [[(0.58, 0.12), (0.42, 0.32), (0.33, 0.6)] + arc(0.49, 0.68, 0.16, 0.18, 0.5, 1.5)],
    7: [[(0.27, 0.19), (0.72, 0.17), (0.45, 0.86)]],
    8: [arc(0.5, 0.31, 0.14, 0.17, 0.25, 1.25) + arc(0.5, 0.67, 0.18, 0.19, -0.25, 0.75)],
    9: [arc(0.49, 0.32, 0.16, 0.17, 0.0, 1.0) + [(0.64, 0.4), (0.6, 0.88)]],
}


class Pad:
    def __init__(self, page, is_phone):
        self.page = page
        self.box = page.locator("#pad").bounding_box()
        self.session = page.context.new_cdp_session(page) if is_phone else None

    def at(self, point, scale, shift):
        return tuple(
            self.box[origin] + self.box[side] * (own * scale + more)
            for own, more, origin, side in zip(point, shift, ("x", "y"), ("width", "height"))
        )

    def draw(self, digit, scale=1.0, shift=(0.0, 0.0)):
        for stroke in DIGITS[digit]:
            points = [self.at(point, scale, shift) for point in stroke]
            if self.session:
                self.touch("touchStart", points[0])
                for point in points[1:]:
                    self.touch("touchMove", point)
                self.touch("touchEnd", None)
            else:
                self.page.mouse.move(*points[0])
                self.page.mouse.down()
                for point in points[1:]:
                    self.page.mouse.move(*point, steps=3)
                self.page.mouse.up()

    def touch(self, kind, point):
        points = [{"x": point[0], "y": point[1]}] if point else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def clear(self, button="#clear"):
        self.page.click(button)
        return self.read(NOTHING)[0]

    def read(self, expected):
        """What is read, and how sure of each digit; waits some time for what is expected."""
        for _ in range(100):
            if self.page.inner_text("#digit") == str(expected):
                break
            self.page.wait_for_timeout(30)
        shares = self.page.eval_on_selector_all("#shares span", "all => all.map(own => parseFloat(own.textContent))")
        return self.page.inner_text("#digit"), shares


def check(browser, address, window, screenshots):
    problems = []
    is_phone = window == "phone"
    context = browser.new_context(
        viewport=WINDOWS[window], is_mobile=is_phone, has_touch=is_phone, color_scheme="dark" if is_phone else "light"
    )
    page = context.new_page()
    listen(page, address, problems)
    page.goto(address, wait_until="load")
    page.wait_for_selector("html[data-ready=yes]", timeout=20000)
    check_width(page, problems)
    pad = Pad(page, is_phone)
    drawn = [(digit, 1.0, (0.0, 0.0)) for digit in DIGITS] + [(digit, 0.45, (0.5, 0.05)) for digit in (2, 3, 5, 7)]
    for digit, scale, shift in drawn:
        pad.draw(digit, scale, shift)
        read, shares = pad.read(digit)
        if read != str(digit):
            problems.append(f"a drawn {digit} (scale {scale}) is read as {read}: {shares}")
        if abs(sum(shares) - 100) > 1:
            problems.append(f"the shares of a drawn {digit} are {sum(shares)} % together")
        if screenshots and scale == 1.0 and digit in (3, 7):
            name = re.sub(r"[^A-Za-z0-9]+", "-", urlsplit(address).netloc)
            page.wait_for_timeout(200)
            page.screenshot(path=screenshots / f"digit-pad-{name}-{window}-{digit}.png", full_page=True)
        if pad.clear() != NOTHING:
            problems.append(f"something is read after `Clear`: {pad.read(NOTHING)}")
    pad.draw(4)
    pad.read(4)
    if pad.clear("#undo") == NOTHING:
        problems.append("one of two strokes undone leaves nothing")
    if pad.clear("#undo") != NOTHING:
        problems.append("two strokes undone leave something")
    context.close()
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    failed = False
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for address in arguments.pages:
            for window in WINDOWS:
                problems = check(browser, address, window, arguments.screenshots)
                print(f"{'FAILED' if problems else 'ok':6}  {window:5}  {address}")
                for problem in problems:
                    print(f"        {problem}")
                failed |= bool(problems)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
