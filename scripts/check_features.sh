#!/usr/bin/env bash
# Whether the program compiles with one backend alone, without the default features; minutes for each, as Burn is checked anew.
#
#   scripts/check_features.sh [FEATURE ...]      default: ndarray
set -euo pipefail
cd "$(dirname "$0")/.."
for feature in "${@:-ndarray}"; do
    echo "== $feature"
    cargo check --package firebrick-cli --quiet --no-default-features --features "$feature"
done
