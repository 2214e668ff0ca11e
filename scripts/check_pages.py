#!/usr/bin/env python3
"""Opens pages in Chromium, wide and phone-sized, dark and light, and fails on what a page must not do.

    python3 -m venv v && v/bin/pip install playwright && v/bin/playwright install chromium   (or a chromium on the PATH)
    v/bin/python scripts/check_pages.py [--screenshots DIR] PAGE.html|http://127.0.0.1:PORT/… ...

A page must not ask for anything beyond its own file or 127.0.0.1, report an error on its console, be wider than the window,
or be empty. Prints a line a page and window; exit status 1 if anything is wrong.
"""

import argparse
import pathlib
import re
import sys
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from browser import WINDOWS, check_width, launched, listen


def check(browser, address, window, scheme, screenshots):
    problems = []
    context = browser.new_context(
        viewport=WINDOWS[window], color_scheme=scheme, is_mobile=window == "phone", device_scale_factor=1
    )
    page = context.new_page()
    listen(page, address, problems)
    answer = page.goto(address, wait_until="load")
    if answer is not None and not answer.ok:
        problems.append(f"status {answer.status}")
    # A page that follows a run asks for news within this time.
    page.wait_for_timeout(1500 if address.startswith("http") else 100)
    check_width(page, problems)
    if len(page.inner_text("body").strip()) < 20:
        problems.append("shows nothing")
    if screenshots:
        name = re.sub(r"[^A-Za-z0-9]+", "-", urlsplit(address).path.replace("report.html", "")).strip("-")[-60:] or "board"
        page.screenshot(path=screenshots / f"{name}-{window}-{scheme}.png", full_page=True)
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
        for page in arguments.pages:
            address = page if "://" in page else pathlib.Path(page).resolve().as_uri()
            for window in WINDOWS:
                for scheme in ("light", "dark"):
                    problems = check(browser, address, window, scheme, arguments.screenshots)
                    print(f"{'FAILED' if problems else 'ok':6}  {window:5} {scheme:5}  {page}")
                    for problem in problems:
                        print(f"        {problem}")
                    failed |= bool(problems)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
