#!/usr/bin/env bash
# Whether the crates can be published: packed as crates.io would have them, and, with --build, built from nothing but that.
#
#   scripts/check_packages.sh [--build]
#
# To publish them: name the repository in `[workspace.package]`, then `cargo publish --workspace`.
set -euo pipefail
cd "$(dirname "$0")/.."
build=no
case "${1:-}" in
    --build) build=yes ;;
    "") ;;
    *) echo "error: unknown argument $1; usage: scripts/check_packages.sh [--build]" >&2; exit 2 ;;
esac

crates=()
for manifest in crates/*/Cargo.toml; do
    crates+=("$(sed -n 's/^name = "\(.*\)"/\1/p' "$manifest" | head -1)")
done

packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
target=${CARGO_TARGET_DIR:-$PWD/target}
# Below the target folder, where it would lie beside what is built, it would be kept from one time to the next.
CARGO_TARGET_DIR="$packed/target" cargo package "${crates[@]/#/--package=}" --no-verify --allow-dirty --quiet 2>"$packed/said" ||
    { cat "$packed/said" >&2; exit 1; }

for name in "${crates[@]}"; do
    for file in "$packed/target/package/$name"-[0-9]*.crate; do
        # crates.io takes 10 MB.
        size=$(stat -c %s "$file")
        [ "$size" -lt 5000000 ] || { echo "error: $name is of $size bytes packed; see \`include\`" >&2; exit 1; }
        mkdir -p "$packed/all/$name"
        tar xzf "$file" -C "$packed/all/$name" --strip-components 1
        [ -s "$packed/all/$name/LICENSE-MIT" ] || { echo "error: $name comes without its license" >&2; exit 1; }
    done
done
echo "${#crates[@]} crates packed"

[ "$build" = yes ] || exit 0
{
    printf '[workspace]\nresolver = "3"\nmembers = ["firebrick*"]\n\n[patch.crates-io]\n'
    for name in "${crates[@]}"; do printf '%s = { path = "%s" }\n' "$name" "$name"; done
    sed -n '/^\[profile\.dev\]/,$p' Cargo.toml
} >"$packed/all/Cargo.toml"
cp Cargo.lock "$packed/all/"
(cd "$packed/all" && CARGO_TARGET_DIR="$target" cargo build --workspace --quiet)
echo "${#crates[@]} crates built from what is packed"
