#!/usr/bin/env python3
"""Fails if the book, `docs/`, is not whole.

    scripts/check_book.py            # the chapters as they are written
    scripts/check_book.py FOLDER     # the pages, too, that `mdbook build docs -d FOLDER` made of them

Every chapter is in `SUMMARY.md`, every link and picture leads to a file that is there (a heading that it names included), every block of
Rust is a doctest: its chapter is included by a crate, and the block is not marked to be ignored.
"""

import html.parser
import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Other papers with links, which are no chapters.
PAPERS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "benchmarks/README.md", "benchmarks/GPU.md", "benchmarks/RESULTS.md"]


def without_code(text):
    """Blocks of code are no place for links; the lines stay."""
    blocks = re.sub(r"^( *)```.*?^\1```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.M | re.S)
    return re.sub(r"(`+)[^`\n]+\1", "code", blocks)


def links(text):
    """Line and target of every link and picture."""
    for number, line in enumerate(without_code(text).split("\n"), 1):
        for target in re.findall(r"\]\(([^()\s]+)\)", line):
            yield number, target


def anchors(text):
    """What GitHub and mdbook call the headings."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.M | re.S), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def broken_links(path):
    for line, target in links(path.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / unquote(file)).resolve() if file else path
        if not there.exists():
            yield f"{path.relative_to(ROOT)}:{line}: there is no {target}"
        elif anchor and there.suffix == ".md" and anchor not in anchors(there.read_text()):
            yield f"{path.relative_to(ROOT)}:{line}: {target} names no heading"
        elif path.parent == DOCS and there.suffix == ".md" and there.parent != DOCS:
            # mdbook takes every link to such a file for one to a chapter.
            yield f"{path.relative_to(ROOT)}:{line}: {target} is no chapter; link to its folder"


def untold_chapters():
    summary = {target for _, target in links((DOCS / "SUMMARY.md").read_text())}
    for path in sorted(DOCS.glob("*.md")):
        if path.name not in summary | {"SUMMARY.md"}:
            yield f"docs/SUMMARY.md: {path.name} is missing"


def untested_blocks():
    sources = "".join(path.read_text() for path in ROOT.glob("crates/*/src/lib.rs"))
    for path in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]:
        place = path.relative_to(ROOT)
        rust = re.findall(r"^ *```(rust[^\n]*)$", path.read_text(), re.M)
        if rust and f'"../../../{place.as_posix()}"' not in sources:
            yield f"{place}: its blocks of Rust are not compiled; include it in crates/firebrick/src/lib.rs"
        for block in rust:
            if "ignore" in block or "compile_fail" in block:
                yield f"{place}: a block `{block}` is not run"


class Page(html.parser.HTMLParser):
    """Ids and references of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.targets = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.targets.append(value)


def broken_pages(folder):
    """Links between pages of the built book; what leads out of it was looked at where it was written."""
    pages = {path: Page(path.read_text()) for path in sorted(folder.glob("*.html")) if path.name not in ("print.html", "404.html")}
    if not pages:
        yield f"{folder}: there is no page"
    for path, page in pages.items():
        for target in page.targets:
            if re.match(r"[a-z]+:|//", target) or target.startswith("../"):
                continue
            file, _, anchor = target.partition("#")
            there = folder / unquote(file) if file else path
            if not there.exists():
                yield f"{path.name}: there is no {target}"
            elif anchor and there in pages and unquote(anchor) not in pages[there].ids:
                yield f"{path.name}: {target} names no heading"


def main():
    papers = [ROOT / name for name in PAPERS] + sorted(DOCS.glob("*.md"))
    wrong = [line for path in papers for line in broken_links(path)]
    wrong += [*untold_chapters(), *untested_blocks()]
    for folder in sys.argv[1:]:
        wrong += broken_pages(Path(folder).resolve())
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    if not wrong:
        print(f"{len(papers)} papers: every link leads somewhere, every block of Rust is a test")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
