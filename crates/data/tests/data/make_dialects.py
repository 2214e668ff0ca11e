"""Makes dialects.json: tables in dialects drawn by a seed, and what pandas reads from them.

Every table has numbers `x` and `y`, truths `flag` and classes `label`. Those of the kind "sound" are written by the rules of
their dialect, with what they hold beside them; the others have been damaged in one place, as happens to files.

    python3 make_dialects.py    (pandas from PyPI)
"""

import io
import json
import random
import warnings

import pandas

SEED = 20261126
SOUND, DAMAGED = 60, 60
LABELS = ["red", "blue", "dark green", "Größe", "a,b", "x;y", "3\" pipe", "two\nlines", "No 7", "it's", "#1"]
WORDS = ["NA", "NaN", "", "null", "N/A"]


def dialect(draw):
    delimiter = draw.choice([",", ",", ";", "\t", "|", " "])
    decimal = draw.choice([".", "."] + ([","] if delimiter != "," else []))
    thousands = draw.choice([None, None, None, "'", "." if decimal == "," else ","])
    return {
        "delimiter": delimiter,
        "decimal": decimal,
        "thousands": thousands,
        "line_end": draw.choice(["\n", "\n", "\r\n", "\r"]),
        "mark": draw.choice([False, False, True]),
        "names_delimiter": delimiter != " " and draw.random() < 0.15,
        "quotes": draw.choice(["where needed", "words", "all"]),
        "blanks": draw.choice(["", "", " ", "  "]),
        "index": draw.random() < 0.2,
        "trailing": delimiter != " " and draw.random() < 0.1,
        "empty_lines": draw.random() < 0.2,
        "missing": draw.random() < 0.2,
        "last_line_end": draw.random() < 0.8,
    }


def number(value, form):
    text = f"{value:,.{2 if value % 1 else 0}f}" if form["thousands"] else f"{value:.{2 if value % 1 else 0}f}"
    marks = {",": form["thousands"] or "", ".": form["decimal"]}
    return "".join(marks.get(character, character) for character in text)


def field(text, form, is_word):
    needs = form["delimiter"] in text or any(character in text for character in "\"\n\r") or text == ""
    needs = needs or (form["delimiter"] == " " and any(character.isspace() for character in text))
    if needs and text or form["quotes"] == "all" or (form["quotes"] == "words" and is_word) or (needs and form["delimiter"] == " "):
        return '"' + text.replace('"', '""') + '"'
    return text


def table(draw, form):
    labels = draw.sample(LABELS, 3)
    rows = []
    for _ in range(draw.randint(4, 9)):
        x = draw.choice([1, -1]) * draw.randint(0, 999999) / draw.choice([1, 100])
        y = draw.randint(0, 5000000) if draw.random() < 0.5 else draw.randint(0, 400) / 4
        rows.append([x, y, draw.choice([True, False]), draw.choice(labels)])
    if form["missing"]:
        draw.choice(rows)[draw.choice([0, 1, 3])] = draw.choice(WORDS)
    return rows


def written(rows, form):
    delimiter = form["delimiter"]

    def line(fields):
        return (delimiter + form["blanks"]).join(fields) + (delimiter if form["trailing"] else "")

    def fields(row):
        cells = []
        for place, cell in enumerate(row):
            if isinstance(cell, bool):
                cells.append(field(str(cell), form, False))
            elif isinstance(cell, str):
                cells.append(field(cell, form, place == 3))
            else:
                cells.append(field(number(cell, form), form, False))
        return cells

    lines = [line((['""' if delimiter == " " else ""] if form["index"] else [])
                  + [field(name, form, True) for name in ["x", "y", "flag", "label"]])]
    for place, row in enumerate(rows):
        if form["empty_lines"] and place == 1:
            lines.append("")
        lines.append(line(([str(place)] if form["index"] else []) + fields(row)))
    if form["names_delimiter"]:
        lines.insert(0, "sep=" + delimiter)
    return lines


def damage(draw, lines, form):
    """Damages one line of the rows; what was done."""
    first = 2 if form["names_delimiter"] else 1
    place = draw.choice([place for place in range(first, len(lines)) if lines[place]])
    line, delimiter = lines[place], form["delimiter"]
    parts = line.split(delimiter)
    kind = draw.choice(["opened", "closed", "behind", "inside", "longer", "shorter", "ended", "backslash", "other mark", "words"])
    at = draw.randrange(len(parts))
    if kind == "opened":
        parts[at] = '"' + parts[at]
    elif kind == "closed":
        parts[at] = parts[at] + '"'
    elif kind == "behind":
        parts[at] = '"' + parts[at].strip('"') + '" x'
    elif kind == "inside":
        parts[at] = '"a "b" c"'
    elif kind == "longer":
        parts.append("1")
    elif kind == "shorter":
        parts.pop()
    elif kind == "ended":
        parts.append("")
    elif kind == "backslash":
        parts[at] = '"a \\" b"'
    elif kind == "other mark":
        parts[at] = "1" + ("." if form["decimal"] == "," else ",") + "5"
    else:
        parts[at] = "about 5"
    lines[place] = delimiter.join(parts)
    return kind


def cell(value):
    if isinstance(value, str):
        return value.strip()
    if pandas.isna(value):
        return None
    return float(value)


def read(content, form):
    """What pandas reads: rows of the four columns, or none where it gives up."""
    options = {
        "sep": r"\s+" if form["delimiter"] == " " else form["delimiter"],
        "decimal": form["decimal"],
        "thousands": form["thousands"],
        "skipinitialspace": True,
        "skiprows": 1 if form["names_delimiter"] else 0,
        "encoding": "utf-8",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            frame = pandas.read_csv(io.BytesIO(content.encode()), **options)
            frame = frame.rename(columns=str.strip)
            return [[cell(value) for value in row] for row in frame[["x", "y", "flag", "label"]].astype(object).values.tolist()]
        except Exception as error:
            return {"error": type(error).__name__}


def main():
    draw = random.Random(SEED)
    tables = []
    for count in range(SOUND + DAMAGED):
        form = dialect(draw)
        rows = table(draw, form)
        lines = written(rows, form)
        kind = "sound" if count < SOUND else damage(draw, lines, form)
        content = form["line_end"].join(lines) + (form["line_end"] if form["last_line_end"] else "")
        content = ("\ufeff" if form["mark"] else "") + content
        ignored = (["1"] if form["index"] else []) + ([str(5 + form["index"])] if form["trailing"] else [])
        settings = {"csv": "table.csv", "target": "label", "classes": True, "delimiter": form["delimiter"]}
        if ignored:
            settings["ignored"] = ignored
        if form["decimal"] != ".":
            settings["decimal"] = form["decimal"]
        if form["thousands"]:
            settings["thousands"] = form["thousands"]
        if form["missing"]:
            settings["missing"] = draw.choice(["drop", "refuse"])
        held = [[None if isinstance(value, str) and value in WORDS else cell(value) for value in row] for row in rows]
        tables.append({
            "kind": kind,
            "settings": settings,
            "content": content,
            "held": held if kind == "sound" else None,
            "pandas": read(content, form),
        })
    about = f"make_dialects.py, pandas {pandas.__version__}, seed {SEED}"
    with open("dialects.json", "w", encoding="ascii") as file:
        lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in tables)
        file.write(f'{{"about": "{about}", "tables": [\n{lines}\n]}}\n')
    otherwise = [one for one in tables if one["kind"] == "sound" and one["pandas"] != one["held"]]
    print(f"{about}: {len(tables)} tables, {len(otherwise)} sound ones that pandas reads otherwise")


main()
