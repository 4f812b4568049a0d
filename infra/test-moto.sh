#!/usr/bin/env bash
# Runs what speaks of the semantics of AWS against moto, a second opinion, so that our own local AWS cannot share our mistakes: conditions,
# transactions, races and pages of DynamoDB, contexts and keys of KMS, mails of SES. What speaks of HTTP, of exchanges and providers,
# of the template, of logs, or of faults that only our own stand-ins play would say the same here and has no place in the list.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh moto

semantics=(
    account:: profile:: sessions:: spellings::           # an account's rows: new, changed under a condition, together in a transaction
    concurrency:: contention:: contested::               # many at once: one wins, and nobody loses what was written
    mail:: waiting::                                     # the outbox: leases, what is due, SES itself
    secrets:: rotation:: link_rotation:: rewrap_secrets:: # secrets under KMS, their successors, other keys
    upstream::                                           # the local AWS in front of another one
    rewrap::                                             # pages of a table, wrapped anew under way
    kyc::races:: kyc::again::                            # reports: one row each, repeated or contradicted
    vault::operations:: vault::changes:: vault::pages::  # keys: created, changed, listed, deleted
    vault::races:: vault::cap:: vault::property::        # the same by many, and in any order
    vault::sealing:: vault::tampering:: vault::audit::   # envelopes, contexts, rows that were moved; a call for each event
)

log=$(mktemp)
port=$(python3 infra/free_ports.py 1)
.tools/moto/bin/moto_server -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
moto=$!
trap 'kill "$moto" 2>/dev/null && wait "$moto" || true; rm -f "$log"' EXIT
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$moto" 2>/dev/null || { cat "$log" >&2 && exit 1; }
    sleep 0.2
done

# --workspace keeps the features, and so the build, of `cargo test --workspace`.
suite=(cargo test --workspace --test suite --)
tests=$("${suite[@]}" --list 2>/dev/null)
for name in "${semantics[@]}"; do
    grep -q "^$name" <<<"$tests" || { echo "test-moto: no test is called $name" >&2 && exit 1; }
done

echo "moto on http://127.0.0.1:$port"
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_UPSTREAM=http://127.0.0.1:$port
"${suite[@]}" --include-ignored "${semantics[@]}"
