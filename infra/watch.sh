#!/usr/bin/env bash
# Runs the service as README.md says it runs without `make dev`: `make aws`, and beside it a plain `cargo lambda watch` at the root
# (spare ports, fresh state). Plays `make demo` against it, and looks at what is said where something is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh watch
export PATH="$PWD/.tools/watch/bin:$PATH"
. infra/settings.sh
. infra/functions.sh
forget_settings <infra/local.toml

work=$(mktemp -d)
pids=()
stop() {
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill "${pids[i]}" 2>/dev/null && wait "${pids[i]}" || true; done
    pids=()
}
trap 'stop; rm -rf "$work"' EXIT
fail() {
    printf '\nthe last lines of cargo lambda watch:\n' >&2
    tail -n 40 "$work/log" >&2
    printf '\nwatch: %s\n' "$*" >&2
    exit 1
}
# What a caller is answered: the status, and the body in $work/answer. Nobody waits for long.
get() { curl -s --max-time 20 -o "$work/answer" -w '%{http_code}' "$api$1" "${@:2}" || true; }
ask() { ask_function "$api" "$1" --max-time 20 -o "$work/answer" -w '%{http_code}' || true; }
# Pages of other origins may read no answer, nor ask for more than a page may ask of anybody.
closed_to_pages() {
    local origin=(-H "Origin: https://elsewhere.example")
    get /openapi.json "${origin[@]}" -D "$work/answered" >/dev/null
    get /.rt/docs/2018-06-01/runtime/invocation/next -X OPTIONS "${origin[@]}" -H "Access-Control-Request-Method: GET" -D "$work/asked" >/dev/null
    [[ $(cat "$work/answered" "$work/asked" | grep -c '^HTTP/') == 2 ]] || fail "no answers"
    ! grep -i '^access-control-' "$work/answered" "$work/asked" || fail "pages of other origins may read answers"
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# start PORT COMMAND …: until it listens there.
start() {
    local port=$1
    shift
    : >"$work/log"
    "$@" >"$work/log" 2>&1 &
    pids+=($!)
    until listens "$port"; do
        kill -0 "${pids[-1]}" 2>/dev/null || fail "$* ended"
        sleep 0.2
    done
}

read -r PORT AWS_PORT < <(python3 infra/free_ports.py 2)
export PORT AWS_PORT
cargo build --quiet --bins

api=http://127.0.0.1:$PORT

echo "watch: functions without anybody who invokes them"
for name in "${functions[@]}"; do
    status=0
    "${CARGO_TARGET_DIR:-target}/debug/$name" >"$work/log" 2>&1 || status=$?
    [[ $status == 1 && $(grep -c . "$work/log") == 1 ]] || fail "$name by itself ends with $status and more or less than one line"
    grep -q 'cannot start: AWS_LAMBDA_RUNTIME_API is not set.*make dev.*make aws' "$work/log" || fail "$name by itself does not say why"
done

echo "watch: functions without settings, on :$PORT"
# Another file of settings, which has none; and the options that README.md names, which keep to the machine and to its programs.
start "$PORT" cargo lambda watch --invoke-address 127.0.0.1 --disable-cors --invoke-port "$PORT" --config net.retry=2
! (exec 3<>"/dev/tcp/::1/$PORT") 2>/dev/null || fail "the functions are open on other addresses too"
for name in "${functions[@]}"; do
    [[ $(ask "$name") == 500 ]] || fail "$name without settings does not answer 500"
    grep -q 'cannot start: STAGE is not set' "$work/answer" || fail "$name does not tell the caller why: $(<"$work/answer")"
    said=$(grep -c "\"message\":\"cannot start: .*\"service\":\"$name\"" "$work/log") || true
    [[ $said == 1 ]] || fail "$name says in $said lines why it cannot start"
done
grep '"service":"auth"' "$work/log" | grep -q 'APP_URL is not set; TABLE_PREFIX is not set; AWS_REGION is not set.*make dev.*make aws' ||
    fail "auth does not say all that is missing and what to do"
closed_to_pages
stop

# Only what says where the servers are; everything else comes from where a plain `cargo lambda watch` has it.
settings < <(grep -E '127\.0\.0\.1:9[01]00' infra/local.toml)
# A name with more addresses than one.
export AWS_ENDPOINT_URL_DYNAMODB=http://localhost:$AWS_PORT NO_PROXY=127.0.0.1,localhost
export LOCAL_STATE=$work/state PRODUCT_NAME="Watch & Co"

echo "watch: functions without the local AWS"
# By itself it listens on `::`, which a machine without IPv6 does not have.
address=()
python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::", 0))' 2>/dev/null || address=(--invoke-address 127.0.0.1)
start "$PORT" cargo lambda watch "${address[@]}" --invoke-port "$PORT"
[[ $(get /openapi.json) == 200 ]] || fail "docs needs the local AWS"
for name in "${functions[@]}"; do
    [[ $name != docs ]] || continue
    ask "$name" >/dev/null
    grep "\"service\":\"$name\"" "$work/log" | grep -q "nothing listens on localhost:$AWS_PORT: .make aws" ||
        fail "$name does not say that there is no local AWS"
done
[[ $(get /.well-known/jwks.json) == 503 ]] || fail "auth does not answer 503 without the local AWS"

echo "watch: the demo, with the local AWS on :$AWS_PORT"
make --no-print-directory aws >"$work/aws" 2>&1 &
pids+=($!)
until listens "$AWS_PORT"; do kill -0 "${pids[-1]}" || { cat "$work/aws" >&2 && fail "make aws ended"; }; sleep 0.2; done
# No function is made of it.
touch README.md
infra/demo.py >"$work/demo" 2>&1 || { tail -n 40 "$work/demo" >&2 && fail "make demo failed"; }
# The demo itself lets a week go by.
ahead=$(curl -sSf --max-time 20 "http://127.0.0.1:$AWS_PORT/clock" | sed 's/.*"ahead":\([0-9]*\).*/\1/')
# Locks that add up to eight minutes and more, none of them waited for: what the local AWS says of the time counts elsewhere.
guess() { get /auth/login -H 'Content-Type: application/json' -d '{"email":"nobody@example.com","password":"a guess"}' -D "$work/answered"; }
waited=0
while ((waited < 500)); do
    case $(guess) in
        401) ;;
        429)
            seconds=$(sed -n 's/^retry-after: \([0-9]*\).*/\1/p' "$work/answered")
            curl -sSf --max-time 20 -X PUT "http://127.0.0.1:$AWS_PORT/clock" -d "{\"advance\":$seconds}" >"$work/clock"
            waited=$((waited + seconds))
            ;;
        *) fail "a wrong password is answered by something else" ;;
    esac
done
[[ $(guess) == 401 ]] || fail "the functions do not know that the clock was moved"
grep -q "\"ahead\":$((ahead + waited))}" "$work/clock" || fail "the clock is not where it was moved to: $(<"$work/clock")"
! grep -E 'panicked at|"level":"ERROR"' "$work/log" || fail "errors in the functions' log, above"
[[ $(grep -c 'Running .*[^o]auth' "$work/log") == 1 ]] || fail "auth was started again, though nothing of it has changed"
curl -sSf --max-time 20 "http://127.0.0.1:$AWS_PORT/inbox.json" | grep -q 'Watch & Co' ||
    fail "the mails do not have the caller's PRODUCT_NAME"
stop
for port in "$PORT" "$AWS_PORT"; do
    ! listens "$port" || fail "port $port is still in use after everything was stopped"
done
echo "watch: ok, $(grep -c '  → [0-9]' "$work/demo") requests"
