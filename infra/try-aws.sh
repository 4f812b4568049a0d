#!/usr/bin/env bash
# Asks AWS what only AWS can tell of this project, in a throw-away account: infra/try-aws.sh [--dry-run]
# Makes a stack of its own (STACK, bitcain-try), changes it, breaks it, and takes everything away again, also when it is broken off.
# --dry-run prints every call and makes none. MAIL_FROM is a sender that SES has verified in AWS_REGION; without it, nothing is asked
# about mail. Needs the AWS CLI v2 and credentials of an administrator that last for three hours.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
fail() { echo "try-aws: $*" >&2 && exit 1; }

case $*/${1:-} in
    /) dry_run='' ;;
    --dry-run/--dry-run) dry_run=1 ;;
    *) fail "infra/try-aws.sh [--dry-run]" ;;
esac
STACK=${STACK:-bitcain-try}
MAIL_FROM=${MAIL_FROM:-${dry_run:+sender@example.com}}
export AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-}} AWS_PAGER=''
[[ $AWS_REGION ]] || fail "AWS_REGION is not set"
export AWS_DEFAULT_REGION=$AWS_REGION
scratch=$(mktemp -d)
exec 3>&2

# ---------------------------------------------------------------- calls and answers

# The one way out of here: prints a call, and makes it. A dry run answers "dry" instead.
call() {
    printed "$@"
    if [[ $dry_run ]]; then echo dry; else "$@"; fi
}
printed() { { printf '+' && printf ' %q' "$@" && echo; } >&3; }

# As `call`, for what a person reads and nothing is made of.
show() { if [[ $dry_run ]]; then call "$@" >/dev/null; else call "$@" >&3 2>&3; fi; }

# What a call says, or why it failed, in one line: no question may end the others.
said() { call "$@" 2>"$scratch/error" || printf 'failed: %s' "$(tail -n 1 "$scratch/error")"; }

# Whether an answer is the expected one: `>=N`, or an extended regular expression for all of it.
is_as() {
    if [[ $1 == '>='* ]]; then [[ $2 =~ ^[0-9]+ ]] && ((BASH_REMATCH[0] >= ${1#>=})); else [[ $2 =~ ^($1)$ ]]; fi
}

# CloudWatch and CloudTrail take their time: asks every 15 seconds, up to so many minutes, and says the last answer.
in_time() {
    local expected=$1 tries=$(($2 * 4)) answer
    shift 2
    for ((; ; tries--)); do
        answer=$(said "$@")
        if is_as "$expected" "$answer" || [[ $dry_run ]] || ((tries == 0)); then break; fi
        call sleep 15 >/dev/null
    done
    printf '%s' "$answer"
}

rows=()
# note QUESTION EXPECTED ANSWER
note() {
    local answer verdict=DIFFERENT
    answer=$(tr -s ' \t\n' ' ' <<<"$3" | sed 's/ $//; s/^$/nothing/')
    if [[ $dry_run ]]; then answer=dry verdict=-; elif is_as "$2" "$answer"; then verdict='as expected'; fi
    rows+=("$1" "$2" "$answer" "$verdict")
    printf '= %s: %s (%s)\n' "$1" "$answer" "$verdict" >&3
}

answered() {
    local first line=(printf '%-68s %-25s %-12s %s\n')
    echo
    "${line[@]}" question expected verdict answer
    for ((first = 0; first < ${#rows[@]}; first += 4)); do
        "${line[@]}" "${rows[first]}" "${rows[first + 1]}" "${rows[first + 3]}" "${rows[first + 2]}"
    done
}

# ---------------------------------------------------------------- what is made, and taken away again

apis=() topic='' began='' traffic='' remains=()

# Names of everything outside of CloudFormation's care that bears the stack's name. That there was none is asked before anything is made.
bearing_the_name() {
    call aws dynamodb list-tables --output text --query "TableNames[?starts_with(@, '$STACK-')]"
    for folder in lambda vendedlogs; do
        call aws logs describe-log-groups --log-group-name-prefix "/aws/$folder/$STACK/" --output text --query 'logGroups[].logGroupName'
    done
    call aws sqs list-queues --queue-name-prefix "$STACK-" --output text --query "QueueUrls || \`[]\`"
    call aws kms list-aliases --output text --query "Aliases[?AliasName=='alias/$STACK' || AliasName=='alias/$STACK-vault'].AliasName"
}

# Where CloudFormation has got to, once nothing is under way any more.
status() {
    in_time '.*_COMPLETE|.*_FAILED|REVIEW_IN_PROGRESS|failed: .*' 30 \
        aws cloudformation describe-stacks --stack-name "$STACK" --output text --query 'Stacks[0].StackStatus'
}
physical() { call aws cloudformation describe-stack-resource --stack-name "$STACK" --logical-resource-id "$1" --output text --query StackResourceDetail.PhysicalResourceId; }
output() { call aws cloudformation describe-stacks --stack-name "$STACK" --output text --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"; }

undo() { call "$@" >/dev/null || remains+=("$*"); }

undo_stack() {
    local keys names name
    if [[ $(status) != *'does not exist'* ]]; then
        keys=$(call aws cloudformation list-stack-resources --stack-name "$STACK" --output text \
            --query "StackResourceSummaries[?ResourceType=='AWS::KMS::Key' && PhysicalResourceId].PhysicalResourceId") ||
            remains+=("the keys of the stack $STACK")
        undo aws cloudformation delete-stack --stack-name "$STACK"
        undo aws cloudformation wait stack-delete-complete --stack-name "$STACK"
    fi
    names=$(bearing_the_name) || remains+=("what bears the name $STACK")
    # A dry run shows one of each kind.
    [[ ! $dry_run ]] || names="$STACK-Accounts /aws/lambda/$STACK/auth https://sqs/$STACK-mail-dead-letters alias/$STACK" keys=KEY
    for name in $names; do
        case $name in
            alias/*)
                keys+=" $(call aws kms describe-key --key-id "$name" --output text --query KeyMetadata.KeyId)" || remains+=("the key of $name")
                ;;
            /aws/*) undo aws logs delete-log-group --log-group-name "$name" ;;
            https://*) undo aws sqs delete-queue --queue-url "$name" ;;
            "$STACK"-*)
                undo aws dynamodb update-table --table-name "$name" --no-deletion-protection-enabled
                undo aws dynamodb wait table-exists --table-name "$name"
                undo aws dynamodb delete-table --table-name "$name"
                undo aws dynamodb wait table-not-exists --table-name "$name"
                ;;
        esac
    done
    for name in $names; do [[ $name != alias/* ]] || undo aws kms delete-alias --alias-name "$name"; done
    for name in $(tr -s ' \t' '\n' <<<"$keys" | grep -v '^dry$' | sort -u); do
        undo aws kms schedule-key-deletion --key-id "$name" --pending-window-in-days 7
    done
}

# One request a second while a deployment lasts, so that its canary has something to tell.
begin_traffic() {
    local requests=(curl -s --rate 60/m -o /dev/null "$url/.well-known/jwks.json?[1-900]")
    printed "${requests[@]}"
    [[ ! $dry_run ]] || return 0
    "${requests[@]}" &
    traffic=$!
}
end_traffic() {
    [[ ! $traffic ]] || kill "$traffic" 2>/dev/null || true
    traffic=''
}

finish() {
    local result=$? api
    trap '' INT TERM HUP
    trap - EXIT
    set +e
    printf '\n== taking away what was made\n' >&3
    end_traffic
    for api in "${apis[@]}"; do undo aws apigatewayv2 delete-api --api-id "$api"; done
    [[ ! $began ]] || undo_stack
    [[ ! $topic ]] || undo aws sns delete-topic --topic-arn "$topic"
    rm -rf "$scratch"
    [[ ! $said_yes && ! $dry_run ]] || answered
    if ((${#remains[@]})); then
        printf '\ntry-aws: NOT TAKEN AWAY; do it by hand:\n' >&2
        printf '  %s\n' "${remains[@]}" >&2
        exit 1
    fi
    exit "$result"
}

# ---------------------------------------------------------------- the questions

# import_api WHAT PATHS [SERVERS]: whether API Gateway takes a document with warnings counted as errors.
import_api() {
    local api document="{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"$STACK\",\"version\":\"1\"},\"paths\":{$2}${3:-}}"
    if api=$(call aws apigatewayv2 import-api --fail-on-warnings --body "$document" --query ApiId --output text 2>"$scratch/error"); then
        apis+=("$api")
        note "$1" refused taken
    elif grep -q BadRequestException "$scratch/error"; then
        note "$1" refused refused
    else
        note "$1" refused "failed: $(tail -n 1 "$scratch/error")"
    fi
}

# deploy STAGE PARAMETER=VALUE …: deploys the stack of this try, with answers of its own.
deploy() { show env DEPLOY_CONFIG="$scratch/samconfig.toml" infra/deploy.sh "$@" </dev/null; }
deployed() { if deploy "$@"; then echo deployed; else echo refused; fi; }
adopted() { if show env DEPLOY_CONFIG="$scratch/samconfig.toml" infra/adopt.sh "$@" </dev/null; then echo adopted; else echo refused; fi; }

answers() {
    for stage in dev prod; do
        cat <<TOML
[$stage.deploy.parameters]
stack_name = "$STACK"
capabilities = "CAPABILITY_IAM"
resolve_s3 = true
confirm_changeset = false
fail_on_empty_changeset = false
tags = ["service=$STACK", "stage=$stage"]
[$stage.deploy.parameters.parameter_overrides]
Stage = "$stage"
MailFrom = "${MAIL_FROM:-nobody@example.com}"
AppUrl = ""
AlarmTopicArn = "$topic"
CorsOrigins = "https://a.example"
TOML
    done
}

count_metrics=(aws cloudwatch list-metrics --output text --query 'length(Metrics)')
sign_up() {
    show curl -sS -o /dev/null -w 'answered %{http_code}\n' -X POST -H 'content-type: application/json' \
        -d "{\"email\":\"$1\",\"password\":\"$password\"}" "$url/auth/signup"
}

about_the_account() {
    local any='"x-amazon-apigateway-any-method":{"responses":{},"x-amazon-apigateway-integration":{"type":"http_proxy","httpMethod":"ANY","uri":"https://example.com","payloadFormatVersion":"1.0"}}'
    import_api 'FailOnWarnings beside servers without url' "\"/docs\":{$any}" \
        ',"servers":[{"x-amazon-apigateway-endpoint-configuration":{"disableExecuteApiEndpoint":false}}]'
    import_api 'FailOnWarnings with routes that end in a slash' "\"/docs\":{$any},\"/docs/\":{$any},\"/docs/{proxy+}\":{$any}"
    note 'concurrent executions that Lambda gives the account' '>=1000' \
        "$(said aws service-quotas get-service-quota --service-code lambda --quota-code L-B99A9384 --query Quota.Value --output text)"
    note 'SES has granted production access (a try does without)' 'True|False' \
        "$(said aws sesv2 get-account --query ProductionAccessEnabled --output text)"
}

# What no test can make CloudFormation fail at: a certificate that does not exist.
no_certificate() { echo DomainName=try.example.com "CertificateArn=arn:aws:acm:$AWS_REGION:$account:certificate/00000000-0000-0000-0000-000000000000"; }

about_a_failed_creation() {
    # shellcheck disable=SC2046 # Two parameters.
    note 'a creation with a certificate that does not exist' refused "$(deployed dev $(no_certificate))"
    note 'what is left of that stack' ROLLBACK_COMPLETE "$(status)"
    note 'what is left outside of it' nothing "$(bearing_the_name)"
}

look_up() { url=$(output ApiUrl) api=$(physical Api) auth=$(physical AuthFunction) docs=$(physical DocsFunction) mail=$(physical MailFunction); }

about_the_stack() {
    local routes wanted path code
    deploy dev || fail "the stack could not be made; the reason stands above"
    note 'what failed in the creation after it (keys naming new roles)' 0 \
        "$(said aws cloudformation describe-stack-events --stack-name "$STACK" --output text --query "length(StackEvents[?ResourceStatus=='CREATE_FAILED'])")"
    look_up

    wanted=$({ sed -n 's/.*Type: HttpApi.* Path: "\{0,1\}\([^",]*\).*/\1/p' template.yaml && echo "\$default"; } | sort -u)
    routes=$(said aws apigatewayv2 get-routes --api-id "$api" --output text --query 'Items[].RouteKey' | tr '\t' '\n' | sed 's/^[A-Z]* //' | sort -u)
    note 'routes of the template that API Gateway does not have' nothing "$(comm -23 <(echo "$wanted") <(echo "$routes") | paste -sd ' ')"
    for path in '/docs 200' '/docs/ 307' '/api/kyc/ 200' '/api/v1/api-keys/ 401' '/x 404'; do
        code=${path#* } path=${path% *}
        note "GET $path" "$code" "$(said curl -sS -o /dev/null -w '%{http_code}' "$url$path")"
    done
    note 'a preflight of a page of CorsOrigins' '20[04] https://a\.example' \
        "$(said curl -sS -o /dev/null -w '%{http_code} %header{access-control-allow-origin}' -X OPTIONS -H 'Origin: https://a.example' \
            -H 'Access-Control-Request-Method: POST' "$url/auth/login")"
    show curl -sS -o /dev/null -w 'answered %{http_code}\n' -X POST -H 'content-type: application/json' \
        -d '{"email":"nobody@example.com","password":"wrong-Password1"}' "$url/auth/login"
}

about_changes() {
    local standing
    # shellcheck disable=SC2046 # Two parameters.
    note 'an update that fails' refused "$(deployed dev ProductName=again $(no_certificate))"
    note 'what it changed besides, tried again' deployed "$(deployed dev ProductName=again)"
    standing=$(said aws lambda get-alias --function-name "$docs" --name live --query FunctionVersion --output text)
    show aws lambda update-alias --function-name "$docs" --name live --function-version 1 --routing-config AdditionalVersionWeights={}
    note 'a deployment after the alias was set back by hand' refused "$(deployed dev ProductName=try)"
    show aws lambda update-alias --function-name "$docs" --name live --function-version "$standing" --routing-config AdditionalVersionWeights={}
    note 'a deployment after it has the version of the stack again' deployed "$(deployed dev ProductName=try)"
}

about_mail() {
    [[ $MAIL_FROM ]] || return 0
    sign_up "$MAIL_FROM"
    note 'a letter to an address that SES has verified' '>=1' "$(in_time '>=1' 15 "${count_metrics[@]}" --namespace "$STACK" --metric-name MailsSent)"
    sign_up bounce@simulator.amazonses.com
    note 'a letter that bounces is counted' '>=1' "$(in_time '>=1' 15 "${count_metrics[@]}" --namespace "$STACK" --metric-name MailsBounced)"
    local statement
    # The permission of the rule that brings what SES reports.
    statement=$(call aws lambda get-policy --function-name "$mail" --qualifier live --query Policy --output text |
        python3 -c 'import re, sys; print(*re.findall(r"\"Sid\": ?\"([^\"]*Returns[^\"]*)\"", sys.stdin.read()))')
    said aws lambda remove-permission --function-name "$mail" --qualifier live --statement-id "$statement" >/dev/null
    sign_up bounce+again@simulator.amazonses.com
    note 'a bounce that cannot be handed over lies in the encrypted queue' '>=1' "$(in_time '>=1' 15 aws sqs get-queue-attributes \
        --queue-url "$(output DeadLettersUrl)" --attribute-names ApproximateNumberOfMessages --query Attributes.ApproximateNumberOfMessages --output text)"
}

# What AWS tells only some time after it happened.
about_what_happened() {
    note 'sets of dimensions of LoginFailures: the empty one, and by reason' 2 \
        "$(in_time 2 15 "${count_metrics[@]}" --namespace "$STACK" --metric-name LoginFailures)"
    note 'metrics in log lines that CloudWatch could not read' 0 \
        "$(said "${count_metrics[@]}" --namespace AWS/Logs --metric-name EMFValidationErrors)"
    note 'metrics of the API by route, which are paid for' 0 "$(said aws cloudwatch list-metrics --output text --namespace AWS/ApiGateway \
        --dimensions "Name=ApiId,Value=$api" --query "length(Metrics[?Dimensions[?Name=='Route' || Name=='Method']])")"
    note 'metrics of the version that a canary tries' '>=1' "$(in_time '>=1' 15 aws cloudwatch list-metrics --output text --namespace AWS/Lambda \
        --metric-name Errors --dimensions "Name=FunctionName,Value=$auth" Name=ExecutedVersion --query 'length(Metrics)')"
    note 'CodeDeploy asks for provisioned concurrency: refusals, of how many' '0.[1-9][0-9]*' "$(in_time '[0-9]+.[1-9][0-9]*' 15 aws cloudtrail \
        lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GetProvisionedConcurrencyConfig --output text \
        --query "[length(Events[?contains(CloudTrailEvent, 'AccessDenied')]), length(Events)]")"
}

# It comes back as prod, which nothing that lies in its tables minds.
about_the_way_back() {
    local before
    before=$(said curl -sS "$url/.well-known/jwks.json")
    show aws cloudformation delete-stack --stack-name "$STACK"
    show aws cloudformation wait stack-delete-complete --stack-name "$STACK"
    note 'a deleted stack takes in what outlived it' adopted "$(adopted prod)"
    note 'a deployment after that' deployed "$(deployed prod)"
    look_up
    note 'the signing key, opened anew' same "$([[ $(said curl -sS "$url/.well-known/jwks.json") == "$before" ]] && echo same || echo another)"
}

about_a_canary() {
    begin_traffic
    note 'AppUrl changed in prod, with a canary' deployed "$(deployed prod AppUrl=https://changed.example)"
    end_traffic
    note 'the AppUrl that the alias live has' 'https://changed\.example' \
        "$(said aws lambda get-function-configuration --function-name "$auth" --qualifier live --query Environment.Variables.APP_URL --output text)"
    note 'prod has switched deletion protection on' True \
        "$(said aws dynamodb describe-table --table-name "$STACK-Accounts" --query Table.DeletionProtectionEnabled --output text)"
}

# ---------------------------------------------------------------- in this order

said_yes=''
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

if [[ ! $dry_run ]]; then
    for tool in aws curl python3; do command -v "$tool" >/dev/null || fail "$tool is missing"; done
    [[ $(aws --version 2>&1) == aws-cli/2* ]] || fail "this needs the AWS CLI v2"
fi
account=$(call aws sts get-caller-identity --query Account --output text)
cat <<TEXT

This makes the stack $STACK in $AWS_REGION, in the account $account, by ten deployments, and two APIs, an SNS topic, some
letters to SES's simulator (MAIL_FROM: ${MAIL_FROM:-not given, nothing is asked about mail}); then it takes all of them away.
It takes two hours at most and costs less than a dollar. Its keys stay for seven days more, unused and unpaid;
SAM's bucket aws-sam-cli-managed-default-… stays. Use an account in which nothing else is.

TEXT
if [[ ! $dry_run ]]; then
    read -r -p 'Type yes to go on: ' said_yes || true
    [[ $said_yes == yes ]] || { said_yes='' && fail "nothing was made"; }
fi
[[ $(status) == *'does not exist'* || $dry_run ]] || fail "$STACK is there already, or AWS does not say; this makes a stack of that name and deletes it"
[[ -z $(bearing_the_name) || $dry_run ]] || fail "something bears the name $STACK already; this would delete it"
password="T$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')-x"

about_the_account
topic=$(call aws sns create-topic --name "$STACK-alarms" --query TopicArn --output text)
show aws sns set-topic-attributes --topic-arn "$topic" --attribute-name Policy --attribute-value \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":[\"cloudwatch.amazonaws.com\",\"events.amazonaws.com\"]},\"Action\":\"sns:Publish\",\"Resource\":\"$topic\",\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":\"$account\"}}}]}"
answers >"$scratch/samconfig.toml"
began=1
about_a_failed_creation
about_the_stack
about_changes
about_mail
about_the_way_back
about_a_canary
about_what_happened
