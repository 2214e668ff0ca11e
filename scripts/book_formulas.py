#!/usr/bin/env python3
"""A preprocessor of mdbook: formulas as GitHub takes them ($`x`$, $x$, $$x$$, blocks of `math`) become MathML, which browsers draw
by themselves. It needs `pip install latex2mathml`; without that the formulas stay as they are written.

    scripts/book_formulas.py supports html    # what mdbook asks first
"""

import json
import re
import sys

BLOCK = re.compile(r"^( *)(```+)(\w*)[^\n]*\n(.*?)^\1\2$\n?", re.M | re.S)
DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.S)
INLINE = re.compile(r"\$`([^`\n]+)`\$|(`+[^`\n]+`+)|(?<![\\\w])\$([^$\s](?:[^$\n]*[^$\s])?)\$(?!\d)")


def displayed(convert, formula):
    # A line of its own, which Markdown leaves alone up to the next empty one.
    return f"\n<div>{convert(' '.join(formula.split()), display='block')}</div>\n"


def within_lines(convert, text):
    def replaced(match):
        quoted, code, plain = match.groups()
        return code or convert(quoted or plain)

    return INLINE.sub(replaced, DISPLAYED.sub(lambda match: displayed(convert, match[1]), text))


def converted(convert, text):
    """The text of a chapter with its formulas as MathML; other blocks of code stay."""
    parts, at = [], 0
    for block in BLOCK.finditer(text):
        parts.append(within_lines(convert, text[at : block.start()]))
        parts.append(displayed(convert, block[4]) + "\n" if block[3] == "math" else block[0])
        at = block.end()
    return "".join([*parts, within_lines(convert, text[at:])])


def chapters(value):
    """All chapters of a book, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from chapters(item)
    elif isinstance(value, dict):
        if isinstance(value.get("Chapter"), dict):
            yield value["Chapter"]
            yield from chapters(value["Chapter"].get("sub_items"))
        else:
            for items in value.values():
                yield from chapters(items)


def main():
    if sys.argv[1:2] == ["supports"]:
        return sys.argv[2:3] != ["html"]
    _, book = json.load(sys.stdin)
    try:
        from latex2mathml.converter import convert
    except ImportError:
        print("formulas stay as they are written: pip install latex2mathml", file=sys.stderr)
    else:
        for chapter in chapters(book):
            chapter["content"] = converted(convert, chapter["content"])
    json.dump(book, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
