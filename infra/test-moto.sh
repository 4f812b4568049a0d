#!/usr/bin/env bash
# Runs what speaks of the semantics of AWS against moto, a second opinion, so that our own local AWS cannot share our mistakes.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh moto

# Conditions, transactions, races, counters and pages of DynamoDB; contexts and keys of KMS; mails of SES.
semantics=(
    account:: profile:: sessions:: spellings::            # an account's rows: new, changed under a condition, together in a transaction
    concurrency:: contested::                             # many at once: one wins, and nobody loses what was written
    mail:: waiting::                                      # the outbox: leases, what is due, SES itself
    secrets:: rotation:: rewrap_secrets::                 # secrets under KMS, their successors, other keys
    rewrap:: operators::                                  # pages of a table, wrapped anew under way; what operators write
    kyc::races::                                          # reports: one row each
    vault::operations:: vault::changes:: vault::pages::   # keys: created, changed, listed, deleted
    vault::races:: vault::limits::                        # the same by many; counters
    vault::cap::what_is_stored_and_deleted_at_once_is_counted
    vault::sealing:: vault::tampering:: vault::audit::    # envelopes, contexts, rows that were moved; a call for each event
    upstream::                                            # the local AWS in front of another one
)
# What would say the same there, since it speaks of something else.
elsewhere=(
    vault::moment:: kyc::moment::                                                # how often the clock is looked at
    answers:: contract:: docs_page:: events:: hostile:: input:: openapi:: ui::   # HTTP and the API's document
    tokens:: step_up:: tls:: oracle:: budgets:: vault::property::                # cryptography; who is asked how often
    alarms:: logs:: metrics:: permissions:: template::                           # logs, and the template
    contention:: outages:: strangers:: vault::outages:: kyc::outages::           # what only our own stand-ins play,
    conflicts:: door:: feeder:: iam:: identity:: kms:: paper::                   # and these themselves
    ses:: simulator:: tables:: tasks::
    vault::credentials:: vault::forms:: vault::testing:: vault::misbehaving::    # exchanges
    vault::verdicts:: vault::verify:: vault::canaries:: vault::isolation::
    vault::cap:: link_rotation:: feedback::                                      # conditions that those above have proven
    kyc::again:: kyc::doubt:: kyc::effects:: kyc::fuzz:: kyc::gate::             # identity providers, and what reports mean
    kyc::privacy:: kyc::receiver:: kyc::samples:: kyc::stories::
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
suite=(cargo test --workspace --locked --test suite --)
tests=$("${suite[@]}" --list | sed -n 's/: test$//p')
known=$(printf '^%s\n' "${semantics[@]}" "${elsewhere[@]}")
if unknown=$(grep -v -f <(echo "$known") <<<"$tests"); then
    echo "test-moto: neither list has a place for" "$unknown" >&2 && exit 1
fi
while read -r name; do
    grep -q "$name" <<<"$tests" || { echo "test-moto: no test is called ${name#^}" >&2 && exit 1; }
done <<<"$known"
# By their whole names: a part of a name would be looked for in the middle of others, too.
mapfile -t chosen < <(grep -f <(printf '^%s\n' "${semantics[@]}") <<<"$tests")

echo "moto on http://127.0.0.1:$port"
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_UPSTREAM=http://127.0.0.1:$port
"${suite[@]}" --include-ignored --exact "${chosen[@]}"
