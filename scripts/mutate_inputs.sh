#!/usr/bin/env bash
# Breaks inputs of every reader (tables, images, pictures, models, histories, settings, arguments) and looks for
# panics, hangs, and messages that nobody can read.
#   scripts/mutate_inputs.sh [CASES] [SEED] [READER]
# CASES of each reader (100000; a tenth of it where the program is started for each), drawn by SEED (1). READER is
# part of a test's name, e.g. `tables`. The same numbers give the same inputs; an input that something is wrong with is
# kept, and its path is told. A reader that asks for more than 8 GB is stopped.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --workspace --test mutations --no-run
export FIREBRICK_MUTATIONS=${1:-100000} FIREBRICK_MUTATIONS_SEED=${2:-1}
ulimit -v 8000000
cargo test --workspace --test mutations -- --nocapture "${3:-}"
