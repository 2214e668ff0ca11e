#!/usr/bin/env python3
"""Every file of tests belongs to a test program: where a crate has one `tests/all.rs`, a file beside it that is neither a
module of it nor a program of its own would never run.

    scripts/check_tests.py
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def forgotten(crate):
    manifest = tomllib.loads((crate / "Cargo.toml").read_text())
    programs = {test["name"] for test in manifest.get("test", [])}
    modules = set(re.findall(r"^mod (\w+);$", (crate / "tests/all.rs").read_text(), re.MULTILINE))
    return [path for path in sorted((crate / "tests").glob("*.rs")) if path.stem not in programs | modules]


def main():
    crates = sorted(path.parent.parent for path in ROOT.glob("crates/*/tests/all.rs"))
    missing = [path for crate in crates for path in forgotten(crate)]
    for path in missing:
        print(f"error: {path.relative_to(ROOT)} never runs: name it in all.rs beside it", file=sys.stderr)
    if not crates or missing:
        sys.exit(1)
    print(f"{len(crates)} crates have their tests in one program, with every file")


if __name__ == "__main__":
    main()
