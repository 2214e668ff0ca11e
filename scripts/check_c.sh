#!/usr/bin/env bash
# Whether C can use the library: the header is what cbindgen makes of the sources, and examples/c/predict.c, compiled with all warnings and linked with
# the shared library and with the static one, reads ten digits and says what is wrong with wrong input. Memory is watched by AddressSanitizer and by
# valgrind, whichever are there.
#
#   cargo build -p firebrick-capi && scripts/check_c.sh target/debug
set -euo pipefail
[ $# = 1 ] && [ -d "$1" ] || { echo "usage: scripts/check_c.sh FOLDER_OF_THE_BUILT_LIBRARY" >&2; exit 2; }
library=$(realpath "$1")
cd "$(dirname "$0")/.."
model=examples/predict_app/model.bpk
include=crates/capi/include
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "error: $*" >&2; exit 1; }

if command -v cbindgen >"$work/which"; then
    (cd crates/capi && cbindgen --quiet --config cbindgen.toml --output "$work/firebrick.h" src/lib.rs)
    diff -u "$include/firebrick.h" "$work/firebrick.h" || fail "the header is not of these sources; cbindgen.toml says how it is made"
    echo "the header is what cbindgen makes"
else
    echo "no cbindgen: the header is taken as it is"
fi
if command -v c++ >"$work/which"; then
    c++ -Wall -Wextra -Werror -fsyntax-only -x c++ "$include/firebrick.h"
    echo "C++ takes the header"
fi

# The ten drawings of examples/predict_app, a character for two by two pixels.
awk '
    /^const DIGITS/ { inside = 1; next }
    !inside { next }
    { done = /";$/; gsub(/[";]/, ""); lines[num++] = $0 }
    done { exit }
    END {
        for (top = 0; top < num; top += 14)
            for (left = 1; left <= length(lines[0]); left += 14)
                for (y = 0; y < 28; y++)
                    for (x = 0; x < 28; x++) {
                        ink = substr(lines[top + int(y / 2)], left + int(x / 2), 1)
                        print ink == "#" ? 1 : ink == "+" ? 0.5 : 0
                    }
    }' examples/predict_app/src/main.rs >"$work/digits"
[ "$(wc -l <"$work/digits")" = 7840 ] || fail "expected the 7840 pixels of ten digits, see examples/predict_app"

# What predict has to say, run as the arguments say it.
check() {
    local name=$1 read
    shift
    read=$("$@" "$model" <"$work/digits" | awk '{ printf "%s", $2 }')
    [ "$read" = 0123456789 ] || fail "$name reads the digits 0123456789 as $read"
    if "$@" no/such/model.bpk <"$work/digits" 2>"$work/said"; then fail "$name reads a model that is not there"; fi
    grep -q '^error: cannot read the model file `no/such/model.bpk`: ' "$work/said" || fail "$name says: $(cat "$work/said")"
    if "$@" README.md <"$work/digits" 2>"$work/said"; then fail "$name takes a text for a model"; fi
    grep -q '^error: `README.md` is not a model' "$work/said" || fail "$name says: $(cat "$work/said")"
    if head -n 1000 "$work/digits" | "$@" "$model" >"$work/shown" 2>"$work/said"; then fail "$name takes half a row"; fi
    grep -q '^error: expected whole rows' "$work/said" || fail "$name says: $(cat "$work/said")"
    echo "$name reads ten digits and says what is wrong"
}

compile() { cc -std=c99 -Wall -Wextra -Wpedantic -Werror -g -I "$include" examples/c/predict.c "$@"; }
export LD_LIBRARY_PATH=$library
compile -L "$library" -lfirebrick_c -o "$work/shared"
check "the shared library" "$work/shared"
compile "$library/libfirebrick_c.a" -lpthread -lm -ldl -o "$work/static"
check "the static library" "$work/static"

if echo 'int main(void) { return 0; }' | cc -fsanitize=address,undefined -x c - -o "$work/empty" 2>"$work/said" && "$work/empty"; then
    compile -fsanitize=address,undefined -fno-sanitize-recover -L "$library" -lfirebrick_c -o "$work/sanitized"
    check "AddressSanitizer" "$work/sanitized"
fi
if command -v valgrind >"$work/which"; then
    check valgrind valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite "$work/shared"
fi
