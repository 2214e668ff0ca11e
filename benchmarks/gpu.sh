#!/usr/bin/env bash
# What a GPU makes of firebrick, beside PyTorch and JAX where they are installed. Builds nothing: bring the binary along.
#
#   cargo build --release --features wgpu,vulkan
#   benchmarks/gpu.sh target/release/firebrick [FOLDER]
#
# 1. which devices answer, and whether their numbers are right; 2. the same training on each, compared;
# 3. seconds an epoch of small and larger networks. The tables are left in FOLDER [gpu-results], as Markdown and as JSON.
# Needs python3 with numpy, and libvulkan.so.1 with the driver of the card. Ends with 1 if a device computed wrong numbers.
# GPU_SECONDS bounds the third part: what does not fit is left out and named.
set -uo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${1:?usage: benchmarks/gpu.sh BINARY [FOLDER]}")
folder=$(realpath -m "${2:-gpu-results}")
mkdir -p "$folder"
status=0

step() { printf '\n=== %s (%ss)\n' "$1" "$SECONDS"; }

step "the machine"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no nvidia-smi"
nproc
# The driver of an NVIDIA card may lie where the Vulkan loader does not look.
nvidia=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "${VK_DRIVER_FILES:-}" ] && [ ! -e /usr/share/vulkan/icd.d/nvidia_icd.json ] \
    && [ ! -e /etc/vulkan/icd.d/nvidia_icd.json ] && [ -e "$nvidia" ]; then
    export VK_DRIVER_FILES=$nvidia
fi
ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' || echo "no libvulkan.so.1: only OpenGL can answer"

step "which devices answer and compute correctly"
"$binary" devices --check 2>&1 | tee "$folder/devices.txt" || status=1

step "the same training on every device"
python3 scripts/check_backends.py "$binary" 2>&1 | tee "$folder/backends.md" || status=1

step "seconds an epoch"
python3 benchmarks/gpu.py "$binary" --seconds "${GPU_SECONDS:-360}" --json "$folder/epochs.json" 2>&1 \
    | tee "$folder/epochs.md" || status=1

step "done, exit code $status"
exit "$status"
