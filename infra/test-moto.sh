#!/usr/bin/env bash
# Runs the integration suite against moto, so that our own local AWS cannot share our mistakes.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh moto

log=$(mktemp)
port=$(python3 infra/free_ports.py 1)
.tools/moto/bin/moto_server -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
moto=$!
trap 'kill "$moto" 2>/dev/null && wait "$moto" || true; rm -f "$log"' EXIT
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$moto" 2>/dev/null || { cat "$log" >&2 && exit 1; }
    sleep 0.2
done

echo "moto on http://127.0.0.1:$port"
# --workspace keeps the features, and so the build, of `cargo test --workspace`.
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_UPSTREAM=http://127.0.0.1:$port
cargo test --workspace --test suite -- --include-ignored --skip a_running_service
