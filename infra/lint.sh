#!/usr/bin/env bash
# Everything that can be checked without running the code.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh sam checkov deny machete node redocly workflow ruff
sam=.tools/sam/bin deny=.tools/deny/bin/cargo-deny
step() { printf '\n== %s\n' "$*"; }

step format
cargo fmt --check

step clippy
cargo clippy --workspace --all-targets --locked -- -D warnings

step documentation
# Links to what is private are for whoever reads the code, and he sees it.
RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --workspace --no-deps --locked --quiet
echo ok

step "dependencies: used at all"
.tools/machete/bin/cargo-machete --with-metadata

step "dependencies: versions, licences, sources"
"$deny" --locked check bans licenses sources

step "dependencies: known vulnerabilities"
if timeout 20 git ls-remote --exit-code https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then
    "$deny" --locked check advisories
else
    echo "SKIPPED: the advisory database (github.com/RustSec/advisory-db) cannot be reached from here"
fi

step "the API's document"
redocly() {
    REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true PATH=$PWD/.tools/node/bin:$PATH \
        .tools/redocly/node_modules/.bin/redocly lint "$@"
}
redocly --config infra/redocly.yaml functions/docs/openapi.json
# An exception that no longer excepts anything: all that the rules find is listed anew, and compared.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/infra" "$scratch/functions/docs"
cp infra/redocly.yaml "$scratch/infra"
cp functions/docs/openapi.json "$scratch/functions/docs"
redocly --config "$scratch/infra/redocly.yaml" --generate-ignore-file "$scratch/functions/docs/openapi.json" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2 && exit 1; }
exceptions() { grep -v '^ *# ' "$1/infra/.redocly.lint-ignore.yaml" | sort; }
diff <(exceptions .) <(exceptions "$scratch") || { echo "infra/.redocly.lint-ignore.yaml differs from what is needed, above" >&2 && exit 1; }

step scripts
"$sam/shellcheck" infra/*.sh .ci/run
.tools/ruff/bin/ruff check --quiet infra tests
.tools/ruff/bin/ruff format --quiet --check infra tests
echo ok

# cfn-lint and SAM's own linter accept some mistakes in SAM properties that SAM then refuses to translate, or translates
# into nonsense. So the template is also translated here, and the result is linted as plain CloudFormation. checkov looks
# for what is allowed but unwise, in both: only the second has what SAM adds. .checkov.yaml says what it leaves out.
step template
export AWS_DEFAULT_REGION=eu-west-1 SAM_CLI_TELEMETRY=0
"$sam/cfn-lint" template.yaml
"$sam/sam" validate --lint
translated=$scratch/translated.json
"$sam/python" infra/deployment/translate.py >"$translated"
"$sam/cfn-lint" --template "$translated"
.tools/checkov/bin/checkov -f template.yaml "$translated"
echo ok

step "the deployer's rights"
"$sam/cfn-lint" infra/deployer.yaml
.tools/checkov/bin/checkov -f infra/deployer.yaml

step "what may stand before the API"
AWS_DEFAULT_REGION=us-east-1 "$sam/cfn-lint" infra/edge.yaml
.tools/checkov/bin/checkov -f infra/edge.yaml

step "releases from GitHub"
.tools/workflow/bin/check-jsonschema --builtin-schema vendor.github-workflows infra/release.yml
# A tag can be moved to other code by whoever holds that repository; a commit cannot.
if grep -nE '^ *-? *uses:' infra/release.yml | grep -vE '@[0-9a-f]{40} # v[0-9.]+$'; then
    echo "infra/release.yml: this action is not pinned to a commit" >&2 && exit 1
fi
