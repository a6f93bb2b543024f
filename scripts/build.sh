#!/usr/bin/env bash
# Builds the desktop folder dist/amends and proves it: its self-test runs with an empty
# environment and an empty home, so nothing of this machine's Python can help it.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-dist}"
.venv/bin/python -m PyInstaller --noconfirm --clean --log-level WARN \
    --distpath "$out" --workpath build/pyinstaller build.spec
home="$(mktemp -d)"
trap 'rm -rf "$home"' EXIT
env -i HOME="$home" PATH=/nonexistent TMPDIR="$home" LANG=C.UTF-8 OMP_NUM_THREADS=2 \
    "$out/amends/amends" --self-test
du -sh "$out/amends"
