#!/usr/bin/env python3
"""Makes a stack anew out of what outlived it: tables, keys, logs and queue. infra/adopt.sh calls it with a stage."""

import json
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from answers import Answers
from kept import Kept
from parameters import Refused
from stack import Stack


def main(*arguments):
    if len(arguments) != 1:
        raise Refused("it takes a stage: infra/adopt.sh dev|staging|prod")
    answers = Answers(*arguments)
    answers.stay_in(boto3.client("sts", region_name=answers.region()).get_caller_identity()["Account"])
    stack = Stack(answers.stack_name, answers.region())
    if stack.stands():
        print(f"{stack.name} stands already: infra/deploy.sh {answers.stage} makes what it lacks")
        return
    if not stack.is_absent():
        raise Refused(f"{stack.name} is in {stack.status()}: only a stack that was deleted is made anew")
    kept = Kept(stack.name, answers.region())
    found = kept.found()
    if not found:
        raise Refused(f"nothing of {stack.name} is there: infra/deploy.sh {answers.stage} makes it")
    for name in kept.declared:
        print(f"  {name:<16} {'found' if name in found else 'not there: the next deployment makes it'}")
    keys = kept.without_key(found)
    if keys:
        raise Refused(
            f"without {' and '.join(keys)} nothing opens. Is a key about to be deleted (aws kms cancel-key-deletion), or has it lost\n"
            "its alias (aws kms create-alias)? Then mend that; infra/README.md, Take it down, says how the rest goes for good"
        )
    take_in(stack, kept, found)
    print(f"{stack.name} has them again. The rest comes with: infra/deploy.sh {answers.stage}")


def take_in(stack, kept, found):
    change_set = f"adopt-{int(time.time())}"
    stack.cloudformation.create_change_set(
        StackName=stack.name,
        ChangeSetName=change_set,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(kept.template(found)),
        ResourcesToImport=[
            {"ResourceType": kept.declared[name]["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier}
            for name, identifier in found.items()
        ],
    )
    stack.wait("change_set_create_complete", ChangeSetName=change_set)
    stack.cloudformation.execute_change_set(StackName=stack.name, ChangeSetName=change_set)
    stack.wait("stack_import_complete")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Refused, BotoCoreError, ClientError, WaiterError) as why:
        sys.exit(f"adopt: {why}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nadopt: broken off; run it again")
