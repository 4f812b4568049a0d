#!/usr/bin/env bash
# Floods sign-in from many client addresses, against a `make dev` of its own (spare ports, fresh state) with the limits of production:
# nobody else's sign-in may fail, and neither memory nor rows may grow beyond their bounds. Takes some minutes. REQUESTS and CLIENTS say
# how many.
set -euo pipefail
cd "$(dirname "$0")/.."

. infra/with-dev.sh
# Limits by client address are what is tried here, so requests say which one they come from; on the stage local alone that counts.
export IP_LIMIT_FACTOR=1 CLIENT_IP_HEADER=x-client-ip BREACHED_PASSWORDS=off
start_dev
python3 infra/flood.py "http://127.0.0.1:$PORT" "http://127.0.0.1:$AWS_PORT" "$(pgrep -f -d, 'debug/auth$' || true)" || fail_with_log "the flood does harm"
stop_dev
echo "flood: ok"
