"""What scripts that look at pages in Chromium have in common."""

import pathlib
import shutil
from urllib.parse import urlsplit

WINDOWS = {
    "wide": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}


def launched(playwright):
    """Chromium as playwright brings it, or else that of the machine."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    own = pathlib.Path(playwright.chromium.executable_path).exists()
    return playwright.chromium.launch(executable_path=None if own else installed, args=["--no-sandbox"])


def is_own(address, page):
    parts = urlsplit(address)
    if parts.scheme in ("data", "about", "blob"):
        return True
    if parts.scheme == "file":
        return address.split("#")[0] == page
    return parts.scheme == "http" and parts.hostname == "127.0.0.1"


def listen(page, address, problems):
    """Notes what the page asks for elsewhere, and what it complains of."""
    page.on("request", lambda own: is_own(own.url, address) or problems.append(f"asks for {own.url}"))
    page.on("console", lambda own: own.type in ("error", "warning") and problems.append(f"console: {own.text}"))
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))


def check_width(page, problems):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        worst = page.evaluate(
            """() => [...document.querySelectorAll('body *')]
                .filter((own) => own.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .slice(0, 3).map((own) => own.tagName + '.' + own.className)"""
        )
        problems.append(f"{wide} pixels too wide, e.g. {worst}")
