#!/usr/bin/env bash
# Does with functions/docs/openapi.json what users of the API do: generates clients out of it, without a warning. A program in
# TypeScript is compiled against the one, the life of an account and of an exchange key is played through the other, in Python,
# against a `make dev` of its own. There, too, second factors are shown by programs and libraries that others wrote.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh node typescript python-client factors

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
export NO_PROXY=${NO_PROXY-127.0.0.1} PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$work "$python/python" tests/clients/story.py || fail_with_log "the story through the Python client failed"
.tools/factors/bin/python tests/clients/factors.py || fail_with_log "second factors of others do not fit"
stop_dev
echo "clients: Python ok, and pyotp, soft-webauthn and py_webauthn"
