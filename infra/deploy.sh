#!/usr/bin/env bash
# Builds and deploys template.yaml with SAM, which asks for the parameters the first time and keeps them in samconfig.toml.
# Arguments go to `sam deploy`: --guided asks again.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh build sam
export PATH=$PWD/.tools/build/bin:$PWD/.tools/sam/bin:$PATH

# SAM remembers the parameters for deploying alone, and what it builds has to be what they say.
kept=
[[ ! -f samconfig.toml ]] || kept=$(sed -n 's/.*Architecture=\\"\([a-z0-9_]*\)\\".*/\1/p' samconfig.toml)
arch=${ARCH:-${kept:-arm64}}
[[ -z $kept || $kept == "$arch" ]] || { echo "deploy: samconfig.toml says Architecture=$kept; change it there" >&2 && exit 2; }

sam build --parameter-overrides "Architecture=$arch"
if [[ -f samconfig.toml ]]; then
    sam deploy "$@"
else
    sam deploy --guided --capabilities CAPABILITY_IAM --parameter-overrides "Architecture=$arch" "$@"
fi
