#!/usr/bin/env python3
"""Builds template.yaml with SAM and deploys it. infra/deploy.sh calls it with a stage and parameters to change."""

import os
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from answers import Answers, Refused
from kept import Kept
from release import released
from stack import Stack

BUILT = Path(".aws-sam/build/template.yaml")


def main(stage=None, *changes):
    if stage is None or any("=" not in change for change in changes):
        raise Refused("the stage is missing: infra/deploy.sh dev|staging|prod [PARAMETER=VALUE …]")
    answers = Answers(stage)
    stack = Stack(answers.stack_name, answers.region())
    account = boto3.client("sts", region_name=answers.region()).get_caller_identity()["Account"]
    print(f"{stack.name} in {answers.region()}, account {account}")
    stack.make_way()
    if stack.describe() is None and Kept(stack.name, answers.region()).found():
        raise Refused(f"{stack.name} was deleted, and what it kept is still there: infra/adopt.sh {stage} takes it in again")
    answers.take_over(stack.parameters())
    answers.change(dict(change.split("=", 1) for change in changes))
    answers.ask()
    answers.settle(stack)
    answers.keep()

    sam("build", "--parameter-overrides", f"Architecture={answers.given({})['Architecture']}")
    built = BUILT.read_text()
    deploy(answers, stack, built)
    # A first creation that fails must be able to take everything back, and the API has no address before it stands.
    if answers.settle(stack):
        answers.keep()
        print("It stands. Once more, for what it could not be told before")
        deploy(answers, stack, built)
    for name, value in sorted(stack.outputs().items()):
        print(f"  {name:<14} {value}")


def deploy(answers, stack, built):
    BUILT.write_text(released(built, answers.given(stack.parameters())))
    sam("deploy", "--template-file", str(BUILT), "--config-file", str(answers.path.resolve()), "--config-env", answers.stage)


def sam(*arguments):
    subprocess.run(["sam", *arguments], check=True, env=os.environ | {"SAM_CLI_TELEMETRY": "0"})


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Refused, BotoCoreError, ClientError) as why:
        sys.exit(f"deploy: {why}")
    except subprocess.CalledProcessError as failed:
        sys.exit(f"deploy: `{' '.join(failed.cmd[:2])}` failed; its reason stands above")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\ndeploy: broken off")
