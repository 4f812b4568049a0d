#!/usr/bin/env bash
# Tests of the deployment: what AWS demands of the template, and the script that deploys it against an AWS that others wrote.
# Arguments name tests: infra/test-deployment.sh test_deploy.Deployment
set -euo pipefail
cd "$(dirname "$0")/.."
infra/tools.sh sam ministack moto
export PYTHONPATH=$PWD/infra/deployment:$PWD/tests/deployment PYTHONDONTWRITEBYTECODE=1
if (($#)); then
    exec .tools/sam/bin/python -W ignore::ResourceWarning -m unittest "$@"
fi
exec .tools/sam/bin/python -W ignore::ResourceWarning -m unittest discover -s tests/deployment
