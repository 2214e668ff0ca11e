"""What measured: processor, system, versions, date."""

import datetime
import os
import platform
import subprocess

from data import ROOT


def processor():
    with open("/proc/cpuinfo") as file:
        lines = [line.split(":", 1) for line in file if ":" in line]
    names = {key.strip(): value.strip() for key, value in lines}
    flags = names.get("flags", names.get("Features", "")).split()
    vector = next((flag for flag in ("avx512f", "avx2", "asimd") if flag in flags), "no wide vectors")
    return f"{names.get('model name', platform.machine())}, {vector}"


def memory():
    with open("/proc/meminfo") as file:
        return int(file.readline().split()[1]) / 1024**2


def commit():
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "crates", "Cargo.toml", "Cargo.lock")
    return git("rev-parse", "--short=10", "HEAD") + (" with changes" if changed else "")


def machine(programs):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory(), 1),
        "system": f"{platform.system()} {platform.release()}",
        "commit": commit(),
        "versions": programs.versions(),
    }
