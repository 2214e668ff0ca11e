#!/usr/bin/env bash
# Kills trainings at N random moments and compares how they end: scripts/kill_test.sh N [SEED] [--binary PATH]
# What it does and prints is said in kill_test.py.
exec python3 "$(dirname "$0")/kill_test.py" "$@"
