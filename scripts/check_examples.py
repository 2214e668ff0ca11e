#!/usr/bin/env python3
"""Fails if something that a user names has no example in its documentation.

    python3 scripts/check_examples.py

What a user names is what the facade, `crates/firebrick/src/lib.rs`, re-exports, and each optimizer (`Optimizer::adam`). An example is a code block in the
documentation of the item itself. Not asked for: errors, whose messages are their examples. Examples in the crates below the facade name things as users do, `firebrick::...`; those in a
crate that cannot depend on the facade declare it by a hidden line, whose names are held against the facade's here.
"""

import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATES = [
    ROOT / "crates" / name / "src"
    for name in (
        "spec", "tensor", "vocabulary", "model", "formats", "applications", "data", "scheduler", "session", "plot", "trainer", "recipe", "host", "dashboard"
    )
]
FACADE = ROOT / "crates/firebrick/src/lib.rs"

OPTIMIZERS = "trainer/src/optimizers.rs"

# Names that several modules have, and where each is defined.
HOMES = {
    "layers": "model/src/layers",
    "losses": "trainer/src/losses",
    "metrics": "trainer/src/metrics",
    "callbacks": "trainer/src/callback",
    "schedules": "scheduler/src",
    "sessions": "session/src",
    "Optimizer": OPTIMIZERS,
}

# Modules that a crate has beside its names.
PUBLIC_MODULES = {"formats::keras", "formats::onnx", "formats::pytorch", "formats::safetensors"}

# What errors carry.
WITHOUT = {"FormatProblem", "SpecProblem", "ModelFileProblem", "SettingsProblem", "CsvProblem", "TextProblem"}

DEFINITION = re.compile(r"\s*pub (?:(?:const |unsafe )?fn|struct|enum|trait|type|const) (\w+)\b")
# What a macro writes out of a list, by the file that has the list.
LISTED = {
    "trainer/src/metrics/mean_of_loss.rs": re.compile(r'\s*(\w+), "'),
    "trainer/src/metrics/condition_count.rs": re.compile(r"\s*(\w+): \w+;"),
    OPTIMIZERS: re.compile(r"    (\w+): \w+,$"),
}


def without_tests(text):
    return text.split("#[cfg(test)]\nmod tests")[0]


def listed(text):
    """The names in the lists of `pub use`, as users see them; modules and crates are not meant."""
    for path, body in re.findall(r"^ *pub use ([\w:]+?)(?:::\{(.*?)\})?;", text, re.M | re.S):
        for item in (body or path).split(","):
            name = item.split(" as ")[-1].split("::")[-1].strip()
            if name and "::" in path + item + ("::" if body else "") and name != "self":
                yield name


def names_of(path):
    """What a module has, given as Rust names it: `firebrick_trainer`, or `firebrick_trainer::losses`."""
    crate, *modules = path.split("::")
    source = ROOT / "crates" / crate.removeprefix("firebrick_") / "src"
    text = without_tests((source / ("/".join(modules or ["lib"]) + ".rs")).read_text())
    # Also those that a list of known things writes, which stand deeper.
    own = re.findall(r"^(?: *pub (?:struct|enum|trait)|pub (?:type|fn|const)) (\w+)", text, re.M)
    return own + list(listed(text))


def facade():
    """The public modules of the facade but for the prelude, each with its names."""
    text = FACADE.read_text()
    modules = {}
    for name, body in re.findall(r"^pub mod (\w+) \{\n(.*?)^\}", text, re.M | re.S):
        if name == "prelude":
            continue
        modules[name] = list(listed(body))
        for whole in re.findall(r"pub use (\w+)::\*;", body):
            modules[name] += names_of(whole)
    text = re.sub(r"^pub mod \w+ \{\n.*?^\}", "", text, flags=re.M | re.S)
    for crate, name in re.findall(r"^pub use (firebrick_\w+) as (\w+);", text, re.M):
        modules[name] = names_of(crate)
    # Those that the macro `modules!` writes.
    for name, crate in re.findall(r"^    (\w+): (firebrick_\w+),$", text, re.M):
        modules[name] = names_of(crate)
    for crate, names in re.findall(r"^pub use (firebrick_\w+)::\{?([\w, \n]+?)\}?;", text, re.M):
        for name in filter(None, re.split(r"[,\s]+", names)):
            modules[name] = names_of(f"{crate}::{name}")
    optimizers = (ROOT / "crates" / OPTIMIZERS).read_text().split("\nknown_optimizers! {\n")[1].split("\n}\n")[0]
    modules["Optimizer"] = [match[1] for match in map(LISTED[OPTIMIZERS].match, optimizers.split("\n")) if match]
    return modules


def originals():
    """What a name is called where it is defined, if a crate re-exports it under another one."""
    renamed = {}
    for crate in filter(pathlib.Path.exists, CRATES):
        text = (crate / "lib.rs").read_text()
        for original, name in re.findall(r"(\w+) as (\w+)", text):
            renamed[name] = original
    return renamed


def documentation(lines, index):
    """The doc comment of the item that begins at this line."""
    found = []
    depth = 0
    for line in reversed(lines[:index]):
        text = line.strip()
        if text.startswith("///"):
            found.append(text)
        elif text.startswith("#[") or text.endswith(("]", ")")) or depth:
            # An attribute, maybe of several lines.
            depth = 0 if text.startswith("#[") else 1
        else:
            break
    return "\n".join(reversed(found))


@functools.cache
def all_definitions():
    """Files and documentation of all public items, by name."""
    found = {}
    for crate in CRATES:
        for path in sorted(crate.rglob("*.rs")):
            place = path.relative_to(ROOT / "crates").as_posix()
            lines = path.read_text().split("\n")
            for index, line in enumerate(lines):
                listed = LISTED[place].match(line) if place in LISTED else None
                for match in filter(None, (DEFINITION.match(line), listed)):
                    found.setdefault(match[1], []).append((place, documentation(lines, index)))
    return found


def definitions(name, home):
    """Files and documentation of the public items of this name, in a folder or anywhere."""
    return [(place, text) for place, text in all_definitions().get(name, []) if place.startswith(home or "")]


def foreign_names(modules):
    """Uses of the facade in examples that name what it does not have."""
    known = {f"{module}::{name}" for module, names in modules.items() for name in names} | PUBLIC_MODULES
    wrong = []
    for crate in CRATES:
        for path in sorted(crate.rglob("*.rs")):
            text = re.sub(r"^\s*//[/!] ?", "", path.read_text(), flags=re.M)
            for module, rest in re.findall(r"\bfirebrick::(\w+)::(\{[^}]*\}|\w+)", text):
                if module not in modules:
                    continue
                for name in re.findall(r"\w+", rest):
                    if f"{module}::{name}" not in known and not rest.startswith(f"{name}::"):
                        wrong.append(f"{path.relative_to(ROOT)}: firebrick::{module}::{name}")
    return wrong


def main():
    modules, renamed = facade(), originals()
    total, missing = 0, []
    for module, names in modules.items():
        for name in names:
            if name.endswith("Error") or name in WITHOUT:
                continue
            total += 1
            own = renamed.get(name, name)
            found = definitions(own, HOMES.get(module)) or definitions(own, None)
            if not found:
                sys.exit(f"error: {module}::{name} is defined nowhere; correct scripts/check_examples.py")
            if not any("```" in text for _, text in found):
                missing.append(f"{module}::{name} ({found[0][0]})")
    wrong = foreign_names(modules)
    print(f"{total - len(missing)} of {total} items that a user names have an example")
    for line in missing:
        print(f"without one: {line}")
    for line in wrong:
        print(f"no such name: {line}")
    return bool(missing or wrong)


if __name__ == "__main__":
    sys.exit(main())
