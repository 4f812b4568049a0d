#!/usr/bin/env bash
# Builds and deploys template.yaml: infra/deploy.sh dev|staging|prod [PARAMETER=VALUE …]. The first time it asks four questions. The
# answers, and parameters named here, are kept in infra/samconfig.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh build sam
export PATH=$PWD/.tools/build/bin:$PWD/.tools/sam/bin:$PATH
exec .tools/sam/bin/python infra/deployment/deploy.py "$@"
