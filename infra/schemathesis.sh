#!/usr/bin/env bash
# Holds a `make dev` of its own against its OpenAPI document: schemathesis sends what the document allows and what it
# does not, and looks for 5xx and for answers that the document does not describe. infra/schemathesis.toml says how.
# Options go to schemathesis (`--include-path /auth/login`); DOCUMENT names another document.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh schemathesis

. infra/with-dev.sh
start_dev
export NO_PROXY=${NO_PROXY-127.0.0.1}

# From a file, because an operation that is the document itself is left out otherwise.
document=$work/openapi.json
curl -sSf --retry 3 --max-time 20 -o "$document" "http://127.0.0.1:$PORT/openapi.json"
# Its server is relative to where it came from, which a file does not tell.
server="\"url\": \"http://127.0.0.1:$PORT\""
sed -i "s|\"url\": \"\.\"|$server|" "$document"
grep -qF "$server" "$document" || fail "the document names no server \".\""

export HYPOTHESIS_STORAGE_DIRECTORY=$work/hypothesis PYTHONDONTWRITEBYTECODE=1
if ! timeout 1200 .tools/schemathesis/bin/schemathesis --config-file infra/schemathesis.toml \
    run "${DOCUMENT:-$document}" --url "http://127.0.0.1:$PORT" --no-color "$@"; then
    printf '\nwhat make dev printed besides requests:\n' >&2
    grep -v '^{' "$work/log" >&2 || true
    fail "findings above, or no end within 20 minutes"
fi

stop_dev
# What happens behind the answers, in the outbox above all, shows only here.
! grep -E 'panicked at|"level":"ERROR"' "$work/log" || fail "errors in the functions' log, above"
echo "schemathesis: ok"
