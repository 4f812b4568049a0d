#!/usr/bin/env bash
# Runs what `make build` made, arm64 under an emulator, and plays `make demo` against it: the very files that go to Lambda
# start there, find their certificates, settings and secrets, and answer. Then deploys them, by `infra/deploy.sh` with its own build, into
# an emulated AWS.
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${ARCH:-arm64} host=$(uname -m)
if [[ ${host/aarch64/arm64} != "$arch" ]]; then
    [[ $arch == arm64 ]] || { echo "smoke: $arch binaries do not run on $host" >&2 && exit 2; }
    infra/tools.sh qemu
    export RUNNER="$PWD/.tools/qemu/qemu-aarch64 -L $PWD/.tools/qemu/root"
fi
export BUILT=${CARGO_TARGET_DIR:-$PWD/target}/lambda

. infra/with-dev.sh
start_dev
infra/demo.py >"$work/demo" 2>&1 || { tail -n 40 "$work/demo" && fail_with_log "make demo failed on the $arch functions"; }
curl -sSf --max-time 60 "http://127.0.0.1:$PORT/openapi.json" | cmp - functions/docs/openapi.json ||
    fail_with_log "docs gives out another document than functions/docs/openapi.json"
stop_dev
echo "smoke: ok, $(grep -c '  → [0-9]' "$work/demo") requests answered by $arch functions"
ARCH=$arch infra/test-deployment.sh shipped
