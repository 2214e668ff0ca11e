"""From the numbers of a run to RESULTS.md and the table in the README."""

import re

from data import ROOT
from noise import verdict

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
README = ROOT / "README.md"
MARKS = ("<!-- speed: written by benchmarks/run.py -->", "<!-- /speed -->")
# A ratio nearer to one than this is no difference.
SAME = 0.03
# What the README shows beside us.
SHOWN = [("torch", "PyTorch"), ("keras-jax", "Keras on JAX"), ("keras-torch", "Keras on PyTorch")]


def seconds(value):
    """With three digits, in the unit that suits."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 0.95 or unit == "µs":
            return f"{value * factor:.3g} {unit}"
    raise AssertionError


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def by_speed(peers):
    """Those that have a time, the fastest first, then those that failed."""
    return sorted(peers.items(), key=lambda item: item[1].get("median", float("inf")))


def turns_section(name, measured):
    peers = measured["peers"]
    is_training = "agreement" in measured
    head = ["", "median", "quarters", "ratio to us", "its range"]
    head += ["processor time", "cores used", "loss", "turns"] if is_training else ["turns"]
    agreement = measured.get("agreement") or {}
    rows = []
    for peer, cell in by_speed(peers):
        if "failure" in cell:
            rows.append([cell["label"], "failed: " + cell["failure"].replace("|", "/")] + [""] * (len(head) - 2))
            continue
        ratio = cell.get("ratio")
        row = [cell["label"], seconds(cell["median"]), f"{seconds(cell['q1'])} to {seconds(cell['q3'])}"]
        row += [f"{ratio['median']:.2f}", f"{ratio['q1']:.2f} to {ratio['q3']:.2f}"] if ratio else ["", ""]
        if is_training:
            loss = f"{agreement['losses'][peer]:.4f}" if agreement else ""
            # The clock of /proc ticks a hundred times a second.
            is_known = cell["cpu"] * cell["count"] > 0.1
            row += [seconds(cell["cpu"]), f"{cell['cores']:.1f}", loss] if is_known else ["", "", loss]
        rows.append(row + [str(cell["rounds"])])
    what = f"## {name}\n\n{measured['what']}. {'An epoch' if is_training else 'A call'} takes:\n\n"
    return what + table(head, rows) + f"\n\n{checks(measured)}\n\nThe machine was {verdict(measured['noise'])}.\n"


def checks(measured):
    """Whether all did the same."""
    labels = {name: cell["label"] for name, cell in measured["peers"].items()}
    agreement = measured.get("agreement")
    if agreement:
        text = f"Losses are those of epoch {agreement['epochs']}; within {agreement['tolerance']:.0%} of their median lie "
        text += "all." if not agreement["far"] else f"all but **{', '.join(labels[name] for name in agreement['far'])}**."
        if agreement["stuck"]:
            text += f" **No loss came down in {', '.join(labels[name] for name in agreement['stuck'])}.**"
        return text
    answers = measured.get("answers")
    if answers:
        silent = [cell["label"] for cell in measured["peers"].values() if not cell.get("answer") and "failure" not in cell]
        text = f"All answer the same to {answers['largest']:.0e}" if not answers["far"] else (
            f"**Other answers came from {', '.join(labels[name] for name in answers['far'])}**")
        return text + (f"; {', '.join(silent)} has weights of its own." if silent else ".")
    return "Nothing to compare."


def main_job_section(measured):
    rows = []
    for cell in measured["peers"].values():
        if "failure" in cell:
            rows.append([cell["label"], "failed: " + cell["failure"].replace("|", "/"), "", "", "", ""])
            continue
        reached = cell.get("to_goal")
        rows.append([
            cell["label"],
            seconds(cell["first_step"]["median"]) if "first_step" in cell else "",
            seconds(reached["median"]) if reached else "not reached",
            f"{cell['epochs']['median']:.0f} ({cell['epochs']['min']:.0f} to {cell['epochs']['max']:.0f})" if reached else "",
            seconds(cell["training"]["median"]) if reached else "",
            f"{cell['peak_mb']['median']:.0f} MB",
        ])  # fmt: skip
    head = ["", "start to first step", "start to 97 %", "epochs", "of them in training", "peak memory"]
    return (
        f"## W3 and W6: the main job\n\n{measured['what']}; from the start of the process, with everything it imports, reads and "
        f"compiles, until 97 % of the rows to judge by are right. Of the command the first step is the begin of the first epoch, "
        f"and its memory that of all ten epochs and of the test.\n\n{table(head, rows)}\n\nThe machine was {verdict(measured['noise'])}.\n"
    )


def builds_section(measured):
    rows = [[what, f"{value:.1f}"] for what, value in measured["numbers"].items()]
    return f"## W10: builds\n\n{table(['', ''], rows)}\n\n{measured['date']}, {measured['commit']}.\n"


def fastest(peers):
    """Of the others the one with the least ratio to us."""
    others = {name: cell for name, cell in peers.items() if name != "firebrick" and cell.get("ratio")}
    return min(others.values(), key=lambda cell: cell["ratio"]["median"], default=None)


def losses(results):
    """Sentences on where we lose."""
    lines = []
    for name, measured in results["workloads"].items():
        if "agreement" in measured or "answers" in measured:
            for cell in measured["peers"].values():
                ratio = cell.get("ratio", {}).get("median", 1.0)
                if ratio < 1 - SAME:
                    noisy = "" if measured["noise"]["quiet"] else " (on a noisy machine)"
                    lines.append(f"- {name}: {cell['label']} takes {ratio:.2f} of our time{noisy}.")
    main = results["workloads"].get("main job", {}).get("peers", {})
    ours = main.get("firebrick", {})
    for name, cell in main.items():
        for key, what in (("first_step", "to the first step"), ("to_goal", "to 97 %"), ("peak_mb", "of memory")):
            if key in cell and key in ours and cell[key]["median"] < (1 - SAME) * ours[key]["median"] and cell is not ours:
                lines.append(f"- main job: {cell['label']} needs {cell[key]['median'] / ours[key]['median']:.2f} of what our library needs {what}.")
    is_there = any("firebrick" in measured.get("peers", {}) for measured in results["workloads"].values())
    return "\n".join(lines) or ("- Nowhere, in what was measured." if is_there else "- Firebrick was not measured.")


def results_page(results):
    where = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    workloads = results["workloads"]
    noisy = [name for name, measured in workloads.items() if "noise" in measured and not measured["noise"]["quiet"]]
    judged = "The machine was quiet throughout." if not noisy else (
        f"**Too noisy to judge: {', '.join(noisy)}.** Ratios hold better than times, as all took turns.")
    sections = []
    for name, measured in workloads.items():
        if name == "W10":
            sections.append(builds_section(measured))
        elif name == "main job":
            sections.append(main_job_section(measured))
        else:
            sections.append(turns_section(name, measured))
    return (
        "# Speed\n\n"
        "Written by `python3 benchmarks/run.py --write`, which measures all of it; [how](README.md). Ratios above one are "
        "times slower than Firebrick, below one faster.\n\n"
        f"{where['date']}, commit {where['commit']}: {where['processor']}, {where['cores']} cores, "
        f"{where['memory_gb']} GB, {where['system']}. {versions}.\n\n{judged}\n\n"
        f"## Where we lose\n\n{losses(results)}\n\n" + "\n".join(sections)
    )


def readme_table(results):
    where, workloads = results["machine"], results["workloads"]
    rows = []
    for name, measured in workloads.items():
        peers = measured.get("peers", {})
        ours = peers.get("firebrick", {})
        if name == "main job" or "median" not in ours or name.startswith("W7"):
            continue
        best = fastest(peers)
        row = [f"{name}: {measured['short']}", seconds(ours["median"])]
        row += [seconds(peers[peer]["median"]) if "median" in peers.get(peer, {}) else "" for peer, _ in SHOWN]
        row.append(f"{best['ratio']['median']:.2f} ({best['label']})" if best else "")
        rows.append(row)
    main = workloads.get("main job", {}).get("peers", {})
    for key, what, form in (
        ("to_goal", "all of MNIST: start to 97 %", seconds),
        ("first_step", "start to first step", seconds),
        ("peak_mb", "peak memory", lambda value: f"{value:.0f} MB"),
    ):
        shown = {name: cell[key]["median"] for name, cell in main.items() if key in cell}
        if "firebrick" in shown:
            others = {name: value for name, value in shown.items() if not name.startswith("firebrick")}
            least = min(others, key=others.get, default=None)
            ratio = f"{others[least] / shown['firebrick']:.2f} ({main[least]['label']})" if least else ""
            cells = [form(shown[peer]) if peer in shown else "" for peer, _ in SHOWN]
            rows.append([what, form(shown["firebrick"]), *cells, ratio])
    head = ["", "Firebrick", *(label for _, label in SHOWN), "fastest other, ratio to us"]
    versions = where["versions"]
    noted = [f"{label} {versions[name]}" for name, label in (("torch", "PyTorch"), ("keras", "Keras"), ("jax", "JAX")) if name in versions]
    text = f"Medians of turns taken one after the other on {where['cores']} cores ({where['processor'].split(',')[0]}), {where['date'][:10]}"
    text += f"; {', '.join(noted)}" if noted else ""
    return f"{text} ([all of it, and where we lose](benchmarks/RESULTS.md)):\n\n{table(head, rows)}"


def write(results):
    """RESULTS.md, and the table of the README between its marks."""
    RESULTS.write_text(results_page(results))
    text = README.read_text()
    pattern = re.compile(re.escape(MARKS[0]) + ".*?" + re.escape(MARKS[1]), re.DOTALL)
    written = f"{MARKS[0]}\n{readme_table(results)}\n{MARKS[1]}"
    text, count = pattern.subn(lambda _: written, text)
    if count != 1:
        raise SystemExit(f"error: {README} has the marks {MARKS} {count} times, expected once")
    README.write_text(text)
