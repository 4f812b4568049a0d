#!/usr/bin/env bash
# Runs what speaks of the semantics of AWS against moto, a second opinion, so that our own local AWS cannot share our mistakes.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh moto

# Conditions, transactions, races, counters and pages of DynamoDB; contexts and keys of KMS; mails of SES.
semantics=(
    auth::sign_up:: auth::profile:: auth::sessions::      # an account's rows: new, changed under a condition, together in a transaction
    auth::forgot:: auth::languages:: auth::spellings::
    auth::changes::address:: auth::changes::not_me::      # two addresses and an account, moved together
    auth::factors::races:: auth::factors::removal::       # rows of factors, together with a guard and a session
    auth::factors::stories:: auth::factors::passkeys::
    auth::factors::attacks:: auth::factors::added_since::
    auth::guard:: admin::unlock::                         # entries of a map, changed under a number
    auth::challenge:: auth::client_limits:: auth::stuffing::
    auth::changes::at_once:: auth::changes::password::
    auth::concurrency:: auth::contested::                 # many at once: one wins, and nobody loses what was written
    mail::delivery:: mail::waiting::                      # the outbox: leases, what is due, SES itself
    auth::secrets:: admin::rotation::                     # secrets under KMS, their successors, other keys
    admin::rewrap_secrets:: admin::import::
    admin::rewrap:: admin::identity_checks::              # pages of a table, wrapped anew under way; what operators write
    kyc::races::                                          # reports: one row each
    api_keys::operations:: api_keys::changes::            # keys: created, changed, listed, deleted
    api_keys::pages::
    api_keys::races:: api_keys::limits::                  # the same by many; counters
    api_keys::cap::what_is_stored_and_deleted_at_once_is_counted
    api_keys::sealing:: api_keys::tampering::             # envelopes, contexts, rows that were moved; a call for each event
    api_keys::audit::
    oauth::making:: oauth::races:: oauth::revoking::      # tokens: counted, checked against a guard, ended once
    upstream::                                            # the local AWS in front of another one
)
# What would say the same there, since it speaks of something else.
elsewhere=(
    auth::answers:: auth::input:: auth::pages::           # HTTP and the API's document
    api_keys::answers:: kyc::answers:: mail::letters::
    auth::attacks:: auth::authenticator:: auth::breaches:: auth::passwords:: contract:: docs:: http:: invocation::
    auth::oracle:: auth::step_up:: auth::tokens::         # cryptography; who is asked how often
    budgets:: api_keys::property::
    api_keys::moment:: kyc::moment::                      # how often the clock is looked at
    alarms:: functions:: logs:: permissions:: template::  # logs, and the template
    auth::factors::answers:: auth::factors::budgets::
    auth::factors::canaries:: auth::factors::outages::
    auth::malformed:: auth::missing_account::             # what only our own stand-ins play,
    auth::changes::outages:: auth::changes::races:: auth::life:: auth::pairs::
    auth::outages:: auth::reset_races:: auth::session_list:: auth::strangers:: auth::weak_passwords::
    api_keys::outages:: contention:: kyc::outages::
    conflicts:: door:: feeder:: iam:: identity:: kms::    # and these themselves
    admin::accounts:: admin::events_check:: auth::switches:: auth::new_device:: auth::account_events::
    breaches:: clock:: paper:: ses:: simulator:: tables:: tasks::
    api_keys::canaries:: api_keys::credentials::          # exchanges
    api_keys::forms:: api_keys::isolation::
    api_keys::frozen:: api_keys::letters:: api_keys::require_mfa::   # what accounts have proven
    api_keys::misbehaving:: api_keys::step_up:: api_keys::testing::
    api_keys::verdicts:: api_keys::verify::
    admin::closing:: admin::link_rotation:: admin::mfa:: admin::outages:: api_keys::cap:: mail::feedback::   # conditions that those above have proven
    kyc::again:: kyc::doubt:: kyc::effects:: kyc::fuzz::  # identity providers, and what reports mean
    endings::answers:: export::
    endings::keeping:: endings::many:: endings::outages:: # what AWS does is proven above
    endings::races:: endings::story::
    kyc::gate:: kyc::privacy:: kyc::receiver::
    kyc::samples:: kyc::stories::
    oauth::answers:: oauth::canaries:: oauth::costs::     # tokens: HTTP, and what those above have proven
    oauth::ending:: oauth::forgotten:: oauth::outages:: oauth::rules::
    api_keys::tokens:: auth::personal_tokens:: scopes::
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
