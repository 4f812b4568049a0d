#!/usr/bin/env bash
# Opens the pages in a real Chromium, against a `make dev` of its own (spare ports, fresh state). CHROMIUM names the browser; else it is the
# one on the PATH, else one that a package of npm carries. SHOTS names a folder for pictures; arguments name tests: infra/browser.sh test_pages.Reset
set -euo pipefail
cd "$(dirname "$0")/.."

. infra/with-dev.sh
lacking() { fail "$1. Install one (Debian: apt-get install chromium), or name one in CHROMIUM"; }
export CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [[ -z $CHROMIUM ]]; then
    infra/tools.sh node chromium || lacking "there is no Chromium on the PATH, and npm gives none"
    CHROMIUM=$PWD/.tools/chromium/browser/run
fi
version=$("$CHROMIUM" --version --no-sandbox 2>"$work/log") || { cat "$work/log" >&2 && lacking "$CHROMIUM is no Chromium that starts"; }
echo "browser: $version"

export SIGN_IN_URL=https://app.example.com/sign-in PRODUCT_NAME="Pages & Co"
export PYTHONPATH=$PWD/tests/browser PYTHONDONTWRITEBYTECODE=1 NO_PROXY=${NO_PROXY-127.0.0.1,localhost}
play() {
    start_dev localhost
    python3 -m unittest "$@" || fail_with_log "the pages do not do what they should"
    stop_dev
}
if (($#)); then tests=("$@"); else tests=(discover -s tests/browser); fi
[[ $* == turnstile* ]] || play "${tests[@]}"
# A provider's widget is in the pages where a deployment wants one.
if [[ $# == 0 || $* == turnstile* ]]; then
    CHALLENGE=turnstile play "${@:-turnstile}"
fi
echo "browser: ok"
