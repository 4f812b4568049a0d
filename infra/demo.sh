#!/usr/bin/env bash
# Plays the life of an account, of an exchange key and of an identity check against a running `make dev`: prints every request and answer, and checks each answer.
# BASE and AWS say where it runs; CANARIES names a file that collects every address, password and token used.
set -euo pipefail
BASE=${BASE:-http://127.0.0.1:${PORT:-9000}}
AWS=${AWS:-http://127.0.0.1:${AWS_PORT:-9100}}

export NO_PROXY=${NO_PROXY-127.0.0.1}

work=$(mktemp -d)
# A demo key belongs to one account at a time, so one that failed must not keep it.
finish() {
    [[ -z ${key:-} ]] || curl -s -o /dev/null -X DELETE -H "authorization: Bearer $access" "$BASE/api/v1/api-keys/$key" || true
    rm -rf "$work"
}
trap finish EXIT
helper='
import datetime, json, re, sys, urllib.parse
def shorten(value):
    if isinstance(value, dict): return {key: shorten(item) for key, item in value.items()}
    if isinstance(value, list): return [shorten(item) for item in value]
    return value[:40] + "…" if isinstance(value, str) and len(value) > 72 else value
def find(value, path):
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value if isinstance(value, str) else json.dumps(value)
what, *rest = sys.argv[1:]
if what == "object":
    pairs = (pair.split("=", 1) for pair in rest)
    print(json.dumps({key: None if value == "null" else value for key, value in pairs}, ensure_ascii=False))
elif what == "demo":
    file, exchange, outcome, *fields = rest
    demos = json.load(open(file))
    body = next(demo["credentials"] for demo in demos if (demo["exchange"], demo["outcome"]) == (exchange, outcome))
    print(json.dumps({name: body[name] for name in fields or body if body.get(name) is not None}))
elif what == "time":
    print(datetime.datetime.fromtimestamp(int(rest[0]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
elif what == "quote":
    print(urllib.parse.quote(rest[0], safe=""))
else:
    text = open(rest[0]).read()
    try: body = json.loads(text)
    except ValueError: body = None
    if what == "show":
        print(re.sub(r"(?m)^", "    ", json.dumps(shorten(body), indent=2, ensure_ascii=False)) if body is not None
              else f"    ({len(text)} characters of {text[:15].strip()!r}…)")
    elif what == "find":
        print(find(body, rest[1]))
    elif what == "check":
        for wanted in rest[1:]:
            path, sign, value = re.fullmatch(r"([\w.]+)(=|~)(.*)", wanted).groups()
            found = find(body, path)
            if not (found == value if sign == "=" else re.search(value, found)):
                sys.exit(f"{path} is {found!r}, wanted {wanted!r}")
    elif what == "link":
        part, count = rest[1], int(rest[2])
        links = [link for mail in body for link in mail["links"] if part in link]
        mails = [mail for mail in body if any(part in link for link in mail["links"])]
        if len(mails) < count: sys.exit(1)
        print(links[0])
'
py() { python3 -c "$helper" "$@"; }

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
title() { printf '\n── %s\n' "$*"; }
canary() { [[ -z ${CANARIES:-} ]] || printf '%s\n' "$@" >>"$CANARIES"; }
# A token's halves give it away as well as the whole.
secret() { canary "$1" "${1##*.}"; }

# call METHOD URL-or-PATH [JSON] [BEARER] [HEADER]: leaves $status, and body and headers in files.
call() {
    local method=$1 url=$2 json=${3:-} bearer=${4:-} header=${5:-}
    [[ $url == http* ]] || url=$BASE$url
    local options=(-sS --max-time 60 -X "$method" -o "$work/body" -D "$work/headers" -w '%{http_code}')
    [[ -z $json ]] || options+=(-H 'content-type: application/json' --data-binary "$json")
    [[ -z $bearer ]] || options+=(-H "authorization: Bearer $bearer")
    [[ -z $header ]] || options+=(-H "$header")
    printf '\n%s %s%s%s\n' "$method" "${url#"$BASE"}" "${bearer:+   (with the access token)}" "${header:+   ($header)}"
    [[ -z $json ]] || printf '    %s\n' "$json"
    : >"$work/body"
    status=$(curl "${options[@]}" "$url") || fail "no answer from $url; is \`make dev\` running?"
    printf '  → %s\n' "$status"
    [[ ! -s $work/body ]] || py show "$work/body"
}
# expect STATUS [path=value | path~pattern]…
expect() {
    [[ $status == "$1" ]] || fail "status $status, wanted $1"
    shift
    py check "$work/body" "$@" || fail "the answer above is not what it should be"
}
expect_header() { grep -qiE "^$1: *$2" "$work/headers" || fail "no header $1: $2"; }
find() { py find "$work/body" "$1"; }
object() { py object "$@"; }

# mailed ADDRESS PART [COUNT]: waits until COUNT mails with a link containing PART have come; leaves the newest in $link, $token.
mailed() {
    local inbox
    inbox="$AWS/inbox.json?to=$(py quote "$1")"
    printf '\nwaiting for mail: %s\n' "$inbox"
    for _ in {1..300}; do
        curl -sS -o "$work/inbox" "$inbox" || fail "no inbox at $AWS"
        if link=$(py link "$work/inbox" "$2" "${3:-1}"); then
            token=${link#*token=}
            secret "$token"
            printf '  → %s\n    %s\n' "$(py find "$work/inbox" 0.subject)" "$link"
            return
        fi
        sleep 0.2
    done
    fail "no mail with $2 for $1 within a minute"
}
remember_session() {
    access=$(find session.access_token) refresh=$(find session.refresh_token) user=$(find user.id)
    secret "$access"
    secret "$refresh"
}

run=$(python3 -c 'import secrets; print(secrets.token_hex(4))')
email=ada-$run@example.com password="correct horse $run"
canary "$email" "ada-$run" "$password"

title "Sign up: nothing exists yet but a mail on its way"
call POST /auth/signup "$(object email="$email" password="$password")"
expect 200 success=true user.email="$email" user.email_confirmed_at=null session=null error=null
call GET "/auth/verification-status?email=$(py quote "$email")"
expect 200 is_verified=false status=pending 'time_remaining_seconds~^[1-9]'
call POST /auth/login "$(object email="$email" password="$password")"
expect 401 success=false session=null

title "Verify: opening the link changes nothing, pressing its button does, once"
mailed "$email" /auth/ui/verify-email
call GET "$link"
expect 200
expect_header content-type text/html
expect_header content-security-policy .
expect_header referrer-policy no-referrer
call POST /auth/verify-email "$(object token="$token")"
expect 200 success=true email="$email"
call POST /auth/verify-email "$(object token="$token")"
expect 200 success=true 'message~(?i)already'
call POST /auth/verify-email "$(object token="${token}x")"
expect 400 success=false
call GET "/auth/verification-status?email=$(py quote "$email")"
expect 200 is_verified=true status=verified 'verified_at~^20'

title "Sign in and see the profile"
call POST /auth/login "$(object email="$email" password="$password")"
expect 200 success=true user.email="$email" error=null 'session.expires_at~^[0-9]+$'
remember_session
call GET /auth/profile "" "$access"
expect 200 email="$email" full_name=null avatar_url=null phone=null
call PATCH /auth/profile "$(object full_name="Ada $run" avatar_url=https://example.com/ada.png phone=+4915112345678)" "$access"
canary "Ada $run" +4915112345678
expect 200 full_name="Ada $run" avatar_url=https://example.com/ada.png phone=+4915112345678
call GET /auth/profile "" "$access"
expect 200 full_name="Ada $run" phone=+4915112345678

title "Refresh: the token changes each time; the one before lives on for half a minute, in case the answer was lost"
before=$refresh
call POST /auth/refresh "$(object refresh_token="$before")"
expect 200 success=true user.email="$email"
remember_session
[[ $refresh != "$before" ]] || fail "the refresh token did not change"
call POST /auth/refresh "$(object refresh_token="$before")"
expect 200 success=true
remember_session
call POST /auth/refresh "$(object refresh_token=nonsense)"
expect 401 success=false error="Invalid refresh token"

title "The public keys, with which other services check access tokens"
call GET /.well-known/jwks.json
expect 200 keys.0.kty=EC keys.0.crv=P-256 keys.0.alg=ES256

title "What a wrong password and an unknown address learn: nothing"
call POST /auth/login "$(object email="$email" password="wrong $run")"
expect 401 success=false error="Invalid email or password, or email not verified"
call POST /auth/login "$(object email="nobody-$run@example.com" password="wrong $run")"
canary "wrong $run" "nobody-$run"
expect 401 success=false error="Invalid email or password, or email not verified"
call POST /auth/resend-verification "$(object email="nobody-$run@example.com")"
expect 200 success=true 'retry_after~^[0-9]+$'
call POST /auth/resend-verification "$(object email="nobody-$run@example.com")"
expect 429
expect_header retry-after '[0-9]'

title "Sign out: the token is dead at once"
call POST /auth/logout "$(object access_token="$access")"
expect 200 message~.
call GET /auth/profile "" "$access"
expect 401 detail="Invalid or expired token"
expect_header www-authenticate 'Bearer error="invalid_token"'

title "Two people sign up with one address: whoever owns the mailbox chooses the password"
contested=grace-$run@example.com
canary "$contested" "grace-$run" "first secret $run" "second secret $run" "third secret $run"
call POST /auth/signup "$(object email="$contested" password="first secret $run")"
expect 200 success=true session=null
mailed "$contested" /auth/ui/verify-email 1
call POST /auth/signup "$(object email="$contested" password="second secret $run")"
expect 200 success=true session=null
mailed "$contested" /auth/ui/verify-email 2
call POST /auth/verify-email "$(object token="$token")"
expect 200 success=true
for contender in first second; do
    call POST /auth/login "$(object email="$contested" password="$contender secret $run")"
    expect 401 success=false
done
mailed "$contested" /auth/ui/reset-password
call GET "$link"
expect 200
expect_header content-type text/html
call POST /auth/reset-password "$(object token="$token" password="third secret $run")"
expect 200
call POST /auth/login "$(object email="$contested" password="third secret $run")"
expect 200 success=true user.email="$contested"
remember_session

title "An exchange key: kept sealed, listed masked"
call GET /api/v1/api-keys/
expect 401 detail="Not authenticated"
expect_header www-authenticate Bearer
call POST /api/v1/api-keys/ "$(object exchange=okx api_key=only)" "$access"
expect 422 detail.0.type=missing
printf '\nthe paper exchange has demo credentials: %s/exchanges\n' "$AWS"
curl -sS -o "$work/exchanges" "$AWS/exchanges.json" || fail "no paper exchange at $AWS"
credential() { py demo "$work/exchanges" "$@"; }
call POST /api/v1/api-keys/ "$(credential okx ok)" "$access"
expect 200 success=true data.exchange=okx data.status=untested 'data.api_key~^.{0,4}[*]{4}.{2,4}$'
key=$(find data.id)
canary_of() { python3 -c 'import json, sys; [print(json.loads(sys.argv[1])[name]) for name in ("secret", "passphrase")]' "$1"; }
[[ -z ${CANARIES:-} ]] || { canary_of "$(credential okx ok)" && canary_of "$(credential okx withdraw)"; } >>"$CANARIES"
call POST /api/v1/api-keys/ "$(credential okx ok)" "$access"
expect 409 success=false data.code=KEY_ALREADY_STORED

title "Test it at the exchange, see what it may do, read it back with a trace"
call POST "/api/v1/api-keys/$key/test-connection" "" "$access"
expect 200 success=true data.status=ok data.permissions.withdraw=false data.permissions.transfer=null
call GET /api/v1/api-keys/ "" "$access"
expect 200 data.api_keys.0.id="$key" data.api_keys.0.status=ok data.next_cursor=null
call POST "/api/v1/api-keys/$key/decrypt" "" "$access"
expect 200 data.secret="$(credential okx ok secret | python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])')"
expect_header cache-control no-store

title "Rotate: a new secret starts untested; a key that can withdraw is never given out"
call PATCH "/api/v1/api-keys/$key" "$(credential okx withdraw api_key secret passphrase)" "$access"
expect 200 data.status=untested 'data.secret_rotated_at~^20'
call POST "/api/v1/api-keys/$key/test-connection" "" "$access"
expect 200 success=true data.permissions.withdraw=true data.key_status=blocked data.warnings.0=KEY_CAN_WITHDRAW
call POST "/api/v1/api-keys/$key/decrypt" "" "$access"
expect 409 data.code=KEY_CAN_WITHDRAW

title "Delete it; who did what stays"
call DELETE "/api/v1/api-keys/$key" "" "$access"
expect 200 success=true
call DELETE "/api/v1/api-keys/$key" "" "$access"
expect 404 success=false
call GET "/api/v1/api-keys/$key/events" "" "$access"
expect 200 data.events.0.action=delete data.events.6.action=create
key=

title "Identity: every provider signs its reports in its own way; the newest of them says where the user stands"
call GET /api/kyc/health
expect 200
call GET /api/kyc/status "" "$access"
expect 200 status=not_started provider=null
# report PROVIDER STATUS OCCURRED_AT [STANDING]: the local AWS signs and sends it; the user then stands at STANDING, or at STATUS.
report() {
    call POST "$AWS/kyc" "$(object provider="$1" status="$2" user="$user" occurred_at="$3")"
    expect 200 answer=200 status="${4:-$2}"
    call GET /api/kyc/status "" "$access"
    expect 200 status="${4:-$2}"
}
# A minute ago, five seconds apart: some providers count whole seconds.
minute_ago=$(($(date +%s) - 60)) second=0
for step in sumsub:pending onfido:in_review persona:rejected veriff:resubmission_requested stripe_identity:pending \
    didit:in_review generic:approved; do
    second=$((second + 5)) at=$(py time $((minute_ago + second)))
    report "${step%:*}" "${step#*:}" "$at"
    expect 200 provider="${step%:*}"
done

title "The same event again, an older one, a new session begun: nothing changes. A forged one is not even read"
report generic approved "$at"
report sumsub rejected "$(py time "$minute_ago")" approved
report persona pending "$(py time $((minute_ago + 50)))" approved
expect 200 provider=generic updated_at="$at" approved_at="$at"
forged=$(object type=applicantReviewed externalUserId="$user" correlationId="$run")
call POST /api/kyc/webhook/sumsub "$forged"
expect 401 detail="Not authenticated"
call POST /api/kyc/webhook/sumsub "$forged" "" "X-Payload-Digest: $(printf '0%.0s' {1..64})"
expect 401 detail="Invalid signature"
call GET /api/kyc/status "" "$access"
expect 200 status=approved provider=generic updated_at="$at"

title "What a sign-in costs: every call to AWS that it makes"
call DELETE "$AWS/calls"
call POST /auth/login "$(object email="$email" password="$password")"
expect 200 success=true
remember_session
call GET "$AWS/calls.json"
expect 200 kms={} ses={}

printf '\nok\n'
