# shellcheck shell=bash
# Sourced by scripts that want a `make dev` of their own, on spare ports ($PORT, $AWS_PORT), with fresh state and without the caller's settings.
# Leaves $work, a directory that goes with the script; what make dev printed is in $work/log.
. infra/settings.sh
forget_settings <infra/local.toml
name=$(basename "$0" .sh)
work=$(mktemp -d)
dev=
finish() {
    [[ -z $dev ]] || { kill "$dev" 2>/dev/null && wait "$dev" || true; }
    rm -rf "$work"
}
trap finish EXIT
fail() {
    printf '\n%s: %s\n' "$name" "$*" >&2
    exit 1
}
fail_with_log() {
    printf '\nthe last lines of make dev:\n' >&2
    tail -n 40 "$work/log" >&2
    fail "$*"
}

# By its address, or by the name that is given: links in mails have it too.
start_dev() {
    read -r PORT AWS_PORT < <(python3 infra/free_ports.py 2)
    # Operators' commands have the clock of the functions from there, too.
    export PORT AWS_PORT APP_URL=http://${1:-127.0.0.1}:$PORT LOCAL_STATE=$work/state

    : >"$work/log"
    echo "$name: starting the functions on :$PORT and the local AWS on :$AWS_PORT"
    RELOAD=0 infra/dev.sh >"$work/log" 2>&1 &
    dev=$!
    until grep -q '^ready' "$work/log"; do
        kill -0 "$dev" 2>/dev/null || fail_with_log "make dev ended"
        sleep 0.5
    done
}

stop_dev() {
    kill "$dev"
    wait "$dev" || true
    dev=
    for port in "$PORT" "$AWS_PORT"; do
        ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
            fail "port $port is still in use after make dev was stopped"
    done
}
