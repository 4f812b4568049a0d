#!/usr/bin/env bash
# All tests, step by step, moto beside the last ones; the first step that fails ends it. At the end: how long each step took.
set -euo pipefail
cd "$(dirname "$0")/.."

times=() aside='' said=$(mktemp)
finish() {
    [[ -z $aside ]] || kill -- "-$aside" 2>/dev/null || true
    rm -f "$said"
    printf '\n== how long it took\n'
    printf '%6d s  %s\n' "${times[@]}"
    printf '%6d s  in all; on two cores 1200 s at most from a clean clone, 540 s once everything is built\n' "$SECONDS"
}
trap finish EXIT

step() {
    local name=$1 begun=$SECONDS status=0
    shift
    printf '\n== %s\n' "$name"
    "$@" || status=$?
    ((status == 0)) || name="$name: FAILED"
    times+=($((SECONDS - begun)) "$name")
    return $status
}

# Beside the steps that follow: it keeps one processor busy, and they wait most of the time.
begin_moto() {
    setsid infra/test-moto.sh >"$said" 2>&1 &
    aside=$!
}
end_moto() {
    local status=0
    wait "$aside" || status=$?
    aside=''
    cat "$said"
    return $status
}

step "tools" infra/tools.sh watch moto node typescript python-client factors schemathesis sam ministack
step "compile" cargo test --workspace --locked --no-run --quiet
step "unit and integration tests" cargo test --workspace --locked
begin_moto
step "deployment: rules of AWS, the stack and its deployer in an AWS of others" infra/test-deployment.sh
step "story: make demo through cargo-lambda" infra/story.sh
step "watch: a plain cargo lambda watch" infra/watch.sh
step "clients generated out of the document" infra/clients.sh
step "browser: the pages in a real Chromium" infra/browser.sh
step "schemathesis: the API against its document" infra/schemathesis.sh
step "the rest of what speaks of AWS, on moto since the story began" end_moto
