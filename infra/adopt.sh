#!/usr/bin/env bash
# Makes the stack of a stage anew out of what outlived its deletion: infra/adopt.sh dev|staging|prod, then `make deploy STAGE=…`.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh sam
exec .tools/sam/bin/python infra/deployment/adopt.py "$@"
