#!/usr/bin/env python3
"""Finds cycles between the top-level modules of a crate.

A module that imports from another (`use crate::other::Name`, `super::super::other::Name`, `crate::other::name()`)
depends on it; names are imported from the module that owns them, so that these arrows are the real ones. Modules for
tests alone (`#[cfg(test)]`) and comments don't count.

    python3 scripts/check_cycles.py            every crate below crates/
    python3 scripts/check_cycles.py PATH...    these crates
    python3 scripts/check_cycles.py --self-test

Prints each group of modules that lie in cycles with the imports that hold it together, then the number of such
modules; exit status 1 if there are any.
"""

import re
import sys
import tempfile
from pathlib import Path


def without_comments(text):
    """The code alone: comments, doc comments and the contents of strings are blanked."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'', re.S
    )
    return pattern.sub(lambda match: "\n" * match[0].count("\n"), text)


def without_tests(text):
    """Drops items behind `#[cfg(test)]`."""
    while match := re.search(r"#\[cfg\(test\)\]", text):
        end = match.end()
        depth = 0
        while end < len(text):
            char = text[end]
            depth += char in "{[("
            depth -= char in "}])"
            end += 1
            if depth == 0 and char in ";}":
                break
        text = text[: match.start()] + text[end:]
    return text


def expanded(tree, prefix=()):
    """The paths of a `use` tree, as tuples."""
    tree = tree.strip()
    match = re.fullmatch(r"((?:[\w#]+\s*::\s*)*)\{(.*)\}", tree, re.S)
    if not match:
        path = re.sub(r"\s+as\s+\w+$", "", tree)
        yield prefix + tuple(part.strip() for part in path.split("::"))
        return
    prefix += tuple(part.strip() for part in match[1].split("::") if part.strip())
    depth, start, body = 0, 0, match[2] + ","
    for index, char in enumerate(body):
        depth += (char == "{") - (char == "}")
        if char == "," and depth == 0:
            if body[start:index].strip():
                yield from expanded(body[start:index], prefix)
            start = index + 1


def absolute(path, module):
    """A path seen from the crate's root; `module` is where it stands."""
    if path[0] == "crate":
        return path[1:]
    here = list(module)
    parts = list(path)
    if parts[0] == "self":
        parts.pop(0)
    elif parts[0] != "super":
        return ()
    while parts and parts[0] == "super":
        if not here:
            return ()
        here.pop()
        parts.pop(0)
    return tuple(here + parts)


def imports(path, module):
    """The top-level names that a file takes from its crate, each with its line."""
    text = without_tests(without_comments(path.read_text()))
    uses = [(match.start(), match[1]) for match in re.finditer(r"\buse\s+([^;]+);", text)]
    inline = [
        (match.start(), match[0])
        for match in re.finditer(r"\b(?:crate|super)(?:\s*::\s*\w+)+", text)
    ]
    for start, tree in uses + inline:
        for found in expanded(tree):
            target = absolute(found, module)
            if target:
                yield target[0], text.count("\n", 0, start) + 1


def test_files(source):
    """The files of modules for tests alone, `#[cfg(test)] mod golden;`."""
    for path in source.rglob("*.rs"):
        folder = path.parent if path.name in ("lib.rs", "main.rs") else path.with_suffix("")
        for name in re.findall(r"#\[cfg\(test\)\]\s*mod (\w+);", without_comments(path.read_text())):
            yield folder / f"{name}.rs"
            yield from (folder / name).rglob("*.rs")


def arrows(crate):
    """For each top-level module the modules it takes from, with one place for each."""
    source = crate / "src"
    found = {}
    for path in sorted(set(source.rglob("*.rs")) - set(test_files(source))):
        relative = path.relative_to(source)
        if str(relative) in ("lib.rs", "main.rs"):
            continue
        module = relative.with_suffix("").parts
        own = found.setdefault(module[0], {})
        for target, line in imports(path, module):
            if target != module[0]:
                own.setdefault(target, f"{path}:{line}")
    return {
        module: {target: place for target, place in targets.items() if target in found}
        for module, targets in found.items()
    }


def groups(graph):
    """The strongly connected components of more than one module (Tarjan)."""
    index, low, stack, result = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = []
            while True:
                group.append(stack.pop())
                if group[-1] == node:
                    break
            if len(group) > 1:
                result.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return result


def check(crates):
    """Prints the cycles of these crates; gives the number of modules in them."""
    total = 0
    for crate in crates:
        graph = arrows(crate)
        for group in groups(graph):
            total += len(group)
            print(f"{crate.name}: {len(group)} of {len(graph)} modules in cycles")
            for module in group:
                for target, place in sorted(graph[module].items()):
                    if target in group:
                        print(f"  {module} -> {target}  {place}")
    print(total)
    return total


def self_test():
    """A checker that finds nothing must be known to find something."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "src"
        source.mkdir()
        (source / "lib.rs").write_text("mod a; mod b; mod c; pub use crate::a::A;")
        (source / "a.rs").write_text("use crate::{b::{B, D}, c::C};\n")
        tests = "// use crate::a::A;\n#[cfg(test)]\nmod tests { use crate::a::A; }\n"
        (source / "b.rs").write_text(tests)
        (source / "c.rs").write_text("use std::fmt;\n")
        assert check([Path(folder)]) == 0, "comments and tests are no arrows"
        (source / "c").mkdir()
        (source / "c.rs").write_text("#[cfg(test)]\nmod golden;\n")
        (source / "c" / "golden.rs").write_text("use crate::a::A;\n")
        assert check([Path(folder)]) == 0, "files for tests are no arrows"
        (source / "c" / "d.rs").write_text("fn f(a: super::super::a::A) {}\n")
        assert check([Path(folder)]) == 2, "a and c lie in a cycle"


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
        return
    root = Path(__file__).parent.parent
    crates = [Path(path) for path in arguments] or sorted((root / "crates").iterdir())
    if check(crates):
        sys.exit(
            "error: modules in cycles; import a name from the module that owns it, "
            "and move what two modules need to a third"
        )


if __name__ == "__main__":
    main()
