#!/usr/bin/env python3
"""Builds template.yaml with SAM and deploys it. infra/deploy.sh calls it with a stage and parameters to change."""

import os
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from answers import Answers
from kept import Kept
from parameters import Refused
from release import named, released
from stack import Stack
from translate import read

BUILT = Path(".aws-sam/build/template.yaml")
CONFIG = Path(".aws-sam/samconfig.toml")


def main(stage="", *changes):
    if not stage or "=" in stage:
        raise Refused("the stage is missing: infra/deploy.sh dev|staging|prod [PARAMETER=VALUE …]")
    for change in changes:
        if "=" not in change:
            raise Refused(f"{change} has no value: PARAMETER=VALUE")
    answers = Answers(stage)
    stack = Stack(answers.stack_name, answers.region())
    account = boto3.client("sts", region_name=answers.region()).get_caller_identity()["Account"]
    answers.stay_in(account)
    print(f"{stack.name} in {answers.region()}, account {account}")
    refuse_others(stack, answers)
    answers.take_over(stack.parameters())
    answers.change(dict(change.split("=", 1) for change in changes))
    answers.ask()

    sam("build", "--parameter-overrides", f"Architecture={answers.given({})['Architecture']}")
    built = BUILT.read_text()
    answers.settle(stack)
    deploy(answers, stack, built)
    answers.keep()
    if answers.settle(stack):
        print("It stands. Once more, for what only a stack that stands can be given")
        deploy(answers, stack, built)
    for name, value in sorted(stack.outputs().items()):
        print(f"  {name:<14} {value}")
    missing = declared_routes() - stack.routes()
    if missing:
        raise Refused(f"it is deployed, but API Gateway has made no route for {', '.join(sorted(missing))}")


def refuse_others(stack, answers):
    """Refuses to deploy over the stack of another stage, and over what a deleted one has left."""
    theirs = stack.parameters().get("Stage", answers.stage)
    if theirs != answers.stage:
        raise Refused(f"{stack.name} is the stack of the stage {theirs}")
    stack.make_way()
    if stack.is_absent():
        found = Kept(stack.name, answers.region()).found()
        if found:
            raise Refused(
                f"{stack.name} was deleted, and this is still there: {', '.join(sorted(found))}.\n"
                f"infra/adopt.sh {answers.stage} takes it in again; infra/README.md, Take it down, says how it goes for good"
            )


def declared_routes():
    """The paths that the template has API Gateway route. It leaves out what it cannot make, without a word."""
    functions = [each["Properties"] for each in read()["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    events = [event for function in functions for event in function["Events"].values() if event["Type"] == "HttpApi"]
    return {event["Properties"].get("Path", "$default") for event in events}


def deploy(answers, stack, built):
    BUILT.write_text(built)
    name = named(BUILT, answers.given(stack.parameters()), stack.release())
    BUILT.write_text(released(built, name))
    CONFIG.write_text(answers.for_sam())
    sam("deploy", "--template-file", str(BUILT), "--config-file", str(CONFIG.resolve()), "--config-env", answers.stage)


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
        sys.exit("\ndeploy: broken off; what CloudFormation has begun, it ends by itself")
