#!/usr/bin/env bash
# Does with functions/docs/openapi.json what users of the API do: generates clients out of it, without a warning. A program in
# TypeScript is compiled against the one, the life of an account and of an exchange key is played through the other, in Python,
# against a `make dev` of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh node typescript python-client

. infra/with-dev.sh
node=$PWD/.tools/node/bin typescript=$PWD/.tools/typescript/node_modules python=$PWD/.tools/python-client/bin
document=functions/docs/openapi.json

mkdir "$work/typescript"
cp tests/clients/program.ts tests/clients/tsconfig.json "$work/typescript"
ln -s "$typescript" "$work/typescript/node_modules"
PATH=$node:$PATH "$typescript/.bin/openapi-typescript" "$document" --output "$work/typescript/api.ts" >"$work/generated" 2>&1 ||
    { cat "$work/generated" >&2 && fail "no TypeScript client"; }
! grep -iE 'warn|⚠' "$work/generated" || fail "warnings of openapi-typescript, above"
PATH=$node:$PATH "$typescript/.bin/tsc" --project "$work/typescript" || fail "the TypeScript program does not fit, above"
echo "clients: TypeScript ok"

"$python/openapi-python-client" generate --path "$document" --config tests/clients/python.yaml --meta none \
    --output-path "$work/api" --fail-on-warning >"$work/generated" 2>&1 ||
    { cat "$work/generated" >&2 && fail "no Python client, or one with warnings"; }

start_dev
NO_PROXY=${NO_PROXY-127.0.0.1} PYTHONPATH=$work PYTHONDONTWRITEBYTECODE=1 "$python/python" tests/clients/story.py ||
    fail_with_log "the story through the Python client failed"
stop_dev
echo "clients: Python ok"
