#!/usr/bin/env bash
# Runs the functions under cargo-lambda and the local AWS beside them until Ctrl-C. See `make help`.
# Settings of the functions may be given in the environment: they win over those of infra/local.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

port=${PORT:-9000} aws_port=${AWS_PORT:-9100}
api=http://127.0.0.1:$port aws=http://127.0.0.1:$aws_port
. infra/settings.sh
. infra/functions.sh
PORT=$port AWS_PORT=$aws_port settings <infra/local.toml
# The functions run in another directory, and look there for what their clock says.
[[ $LOCAL_STATE == /* ]] || LOCAL_STATE=$root/$LOCAL_STATE

fail() { echo "dev: $*" >&2 && exit 1; }
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# Waiting in the background lets a signal through at once.
pause() { sleep "$1" & wait $!; }
pids=()
alive() {
    for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null || fail "a process ended; its reason stands above"; done
}
# Functions first: they may still be talking to the local AWS.
stop() {
    trap '' INT TERM HUP
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill "${pids[i]}" 2>/dev/null && wait "${pids[i]}" || true
    done
}
trap stop EXIT
trap 'echo "dev: stopped"; exit 0' INT TERM HUP

for taken in "$port" "$aws_port"; do
    listening "$taken" && fail "port $taken is in use (PORT and AWS_PORT choose others)"
done

command -v curl >/dev/null || fail "curl is missing"
infra/tools.sh watch
# The same selection that `cargo run --bin` makes, so that nothing is left to compile when the first request comes.
# BUILT names a directory of functions that were built before, as target/lambda; RUNNER the command that runs them.
if [[ -n ${BUILT:-} ]]; then cargo build --bin local; else cargo build --bins; fi
[[ ${RESET:-} == 1 ]] && rm -rf "$LOCAL_STATE"

cargo run --quiet --bin local &
pids+=($!)
until curl -sf -o /dev/null "$aws/calls.json"; do alive && pause 0.2; done

# cargo-lambda reloads on any change below its working directory, and every instance watches all of it. This one
# holds the sources alone: neither local state nor builds nor tools restart a function.
mkdir -p .tools/sources
ln -sfn ../../functions ../../shared .tools/sources/
# Cargo.toml names the file of settings as seen from the root.
watch=(--quiet --manifest-path ../../Cargo.toml --config ../../infra/local.toml --invoke-address 127.0.0.1 --invoke-port "$port")
if [[ -n ${BUILT:-} ]]; then
    watch+=(--only-lambda-apis)
    # It starts functions of its own all the same if other options say so; without a compiler it cannot.
    export RUSTC=false
else
    # One instance takes one request at a time, as on Lambda.
    watch+=(--concurrency "${CONCURRENCY:-4}")
fi
# CORS=1 lets pages of any origin call the functions; OPTIONS is then answered by cargo-lambda.
[[ ${CORS:-0} == 1 ]] || watch+=(--disable-cors)
[[ ${RELOAD:-1} == 1 ]] || watch+=(--ignore-changes)
# `admin events-check` reads there what functions have written down.
log=$LOCAL_STATE/functions.log
cd .tools/sources
PATH="$root/.tools/watch/bin:$PATH" RUST_LOG=${RUST_LOG:-cargo_lambda=warn} cargo lambda watch "${watch[@]}" > >(tee -a "$log") &
pids+=($!)
until listening "$port"; do alive && pause 0.2; done
cd "$root"

for name in ${BUILT:+"${functions[@]}"}; do
    # What Cargo.toml has for this function alone.
    mapfile -t own < <(sed -n "s/^$name\.env\.\(.*\) = \"\(.*\)\"$/\1=\2/p" Cargo.toml)
    # The emulator has one Runtime API for each function. RUNNER is a command with its arguments.
    # shellcheck disable=SC2086
    AWS_LAMBDA_RUNTIME_API=http://127.0.0.1:$port/.rt/$name AWS_LAMBDA_FUNCTION_NAME=$name AWS_LAMBDA_FUNCTION_VERSION=1 \
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1024 env "${own[@]}" ${RUNNER:-} "$BUILT/$name/bootstrap" > >(tee -a "$log") &
    pids+=($!)
done

# Wakes every function, so that a person's first request is warm. One that cannot start answers 500, and has said why.
wake() {
    local name=$1 status
    status=$(ask_function "$api" "$name" --max-time 180 -o /dev/null -w '%{http_code}') || true
    [[ $status == [1-4]?? ]] || { echo "dev: $name does not start (its answer is $status); its reason stands above" >&2 && return 1; }
}
warm=()
for name in "${functions[@]}"; do wake "$name" & warm+=($!); done
failed=0
for pid in "${warm[@]}"; do wait "$pid" || failed=1; done
((failed == 0)) || exit 1
alive

cat <<EOF

  functions   $api        ${functions[*]}; they restart when their code changes
  the API     $api/docs
  local AWS   $aws        DynamoDB, KMS, SES and operators' log; state in $LOCAL_STATE
  inbox       $aws/inbox
  AWS calls   $aws/calls.json
  exchanges   $aws/exchanges   paper exchange: demo credentials
  identity    $aws/kyc   sends signed reports of identity providers
  app         $aws/totp   an authenticator app: the code of the moment for a secret
  clock       $aws/clock   what time it is for the functions

ready: \`make demo\` plays the whole story; Ctrl-C stops everything

EOF
while alive; do pause 1; done
