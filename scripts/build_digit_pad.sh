#!/usr/bin/env bash
# Makes a folder of static files with the digit pad in WebAssembly, the network included, and checks that it stays small.
#
#   scripts/build_digit_pad.sh [DIR]      default: target/digit-pad
#
# Needs `rustup target add wasm32-unknown-unknown` and `cargo install wasm-bindgen-cli` of the version that Cargo.lock names.
# CARGO may be another command in its place. Any server of files shows it: `python3 -m http.server -d target/digit-pad 8091`.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
folder=${1:-$target/digit-pad}
# Compressed, all files together.
most=1000000

wanted=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
found=$(wasm-bindgen --version | cut -d' ' -f2)
if [ "$found" != "$wanted" ]; then
    echo "error: wasm-bindgen is $found, Cargo.lock has $wanted: cargo install wasm-bindgen-cli --version $wanted --locked" >&2
    exit 1
fi
${CARGO:-cargo} build --profile wasm --target wasm32-unknown-unknown -p digit-pad-wasm

mkdir -p "$folder"
wasm-bindgen --target web --no-typescript --remove-name-section --remove-producers-section --out-dir "$folder" \
    "$target/wasm32-unknown-unknown/wasm/digit_pad_wasm.wasm"
cp examples/digit-pad/web/{index.html,pad.js,pad.css} examples/digit-pad/wasm/web/model.js crates/web/assets/style.css "$folder"

total=0
for file in "$folder"/*; do
    size=$(stat -c %s "$file")
    packed=$(gzip -9 -c "$file" | wc -c)
    printf '%9d bytes, %8d compressed  %s\n' "$size" "$packed" "$(basename "$file")"
    total=$((total + packed))
done
echo "$total bytes compressed in $folder"
[ "$total" -lt "$most" ] || { echo "error: expected less than $most" >&2; exit 1; }
