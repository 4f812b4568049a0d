#!/usr/bin/env python3
"""Makes a stack anew out of what outlived it: tables, keys, logs and queue. infra/adopt.sh calls it with a stage."""

import json
import sys
import time

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from answers import NOT_YET, Answers, Refused
from kept import Kept
from stack import Stack

CHANGE_SET = f"adopt-{int(time.time())}"


def main(stage=None):
    if stage is None:
        raise Refused("the stage is missing: infra/adopt.sh dev|staging|prod")
    answers = Answers(stage)
    stack = Stack(answers.stack_name, answers.region())
    if stack.status() not in (None, "REVIEW_IN_PROGRESS"):
        raise Refused(f"{stack.name} is in {stack.status()}: only a stack that was deleted is made anew")
    kept = Kept(stack.name, answers.region())
    found = kept.found()
    missing = kept.declared.keys() - found.keys()
    print(
        "\n".join(
            f"  {name:<16} {'found' if name in found else 'not there: the next deployment makes it'}" for name in kept.declared
        )
    )
    if any(kept.declared[name]["Type"].startswith("AWS::KMS") for name in missing):
        raise Refused("without its key nothing opens: point the alias at the key again (aws kms create-alias)")
    take_in(stack, kept, found)
    # The API will have another address; a domain stays.
    if ".execute-api." in answers.parameters.get("AppUrl", ""):
        answers.parameters["AppUrl"] = NOT_YET
    answers.keep()
    print(f"{stack.name} has them again. The rest comes with: infra/deploy.sh {stage}")


def take_in(stack, kept, found):
    stack.cloudformation.create_change_set(
        StackName=stack.name,
        ChangeSetName=CHANGE_SET,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(kept.template(found)),
        ResourcesToImport=[
            {"ResourceType": kept.declared[name]["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier}
            for name, identifier in found.items()
        ],
    )
    stack.wait("change_set_create_complete", ChangeSetName=CHANGE_SET)
    stack.cloudformation.execute_change_set(StackName=stack.name, ChangeSetName=CHANGE_SET)
    stack.wait("stack_import_complete")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Refused, BotoCoreError, ClientError, WaiterError) as why:
        sys.exit(f"adopt: {why}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nadopt: broken off")
