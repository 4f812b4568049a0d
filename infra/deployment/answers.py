"""What a deployer has answered for a stage. It is kept where SAM reads it, in infra/samconfig.toml."""

import os
import re
import shutil
import sys
from functools import partial
from pathlib import Path

import boto3
import tomlkit

from translate import read

COMMITTED = Path(__file__).resolve().parents[1] / "samconfig.toml"
# The names of queue and tables begin with it.
LONGEST_STACK_NAME = 62
# What API Gateway calls the API is known only once it stands: until then links and tokens name this.
NOT_YET = "https://not-yet.invalid"
# Parameter, question, what an empty answer means.
QUESTIONS = [
    ("MailFrom", "The sender of every mail, in a domain that SES has verified, for example no-reply@example.com", None),
    ("AppUrl", "The URL that users reach the API by; empty: the one that API Gateway gives it", NOT_YET),
    ("AlarmTopicArn", "The SNS topic that alarms notify; empty: nobody is woken", ""),
]
ASKED = [name for name, _, _ in QUESTIONS]


class Refused(Exception):
    """Why nothing is deployed, in words for the deployer."""


class Answers:
    """Region, stack and parameters of one stage."""

    def __init__(self, stage):
        self.path = Path(os.environ.get("CONFIG", COMMITTED))
        if not self.path.exists():
            shutil.copy(COMMITTED, self.path)
        self.document = tomlkit.parse(self.path.read_text())
        if stage not in self.document or stage == "version":
            raise Refused(f"{self.path} knows no stage {stage!r}")
        self.stage = stage
        self.settings = self.document[stage]["deploy"]["parameters"]
        self.settings["stack_name"] = os.environ.get("STACK", self.settings["stack_name"])
        if len(self.stack_name) > LONGEST_STACK_NAME:
            raise Refused(f"the stack's name is longer than {LONGEST_STACK_NAME} letters")
        self.parameters = self.settings["parameter_overrides"]
        self.known = read()["Parameters"]

    @property
    def stack_name(self):
        return self.settings["stack_name"]

    def region(self):
        """Where the stage is deployed, for good: the kept answer, or a new one."""
        if "region" not in self.settings:
            offered = os.environ.get("AWS_REGION") or boto3.session.Session().region_name
            question = "The region of everything, of SES, certificate and SNS topic too"
            is_region = re.compile(r"[a-z]{2}(-[a-z]+)+-\d").fullmatch
            self.settings["region"] = (
                offered if offered and not sys.stdin.isatty() else self.asked("Region", question, is_region, offered)
            )
        return self.settings["region"]

    def take_over(self, standing):
        """Adds what the stack has been given and is not kept here: it was deployed from elsewhere."""
        for name, value in standing.items():
            if name in self.known and (value != self.known[name].get("Default") or name in ASKED):
                self.parameters.setdefault(name, value)

    def change(self, changes):
        """Takes parameters that the deployer names."""
        for name, value in changes.items():
            if name not in self.known:
                raise Refused(f"template.yaml has no parameter {name!r}")
            if name == "Stage" or (self.stage, name, value) == ("prod", "DeletionProtection", "false"):
                raise Refused(f"{name} of {self.stage} stays what it is")
            if not self.takes(name, value):
                raise Refused(f"{name} cannot be that. {self.rule(name)}")
            self.parameters[name] = value

    def ask(self):
        """Asks for what is needed and was never answered."""
        for name, question, empty in QUESTIONS:
            if name not in self.parameters:
                self.parameters[name] = self.asked(name, question, partial(self.takes, name), empty)

    def settle(self, stack):
        """Sets what only a stack that stands can be given; whether that changes anything."""
        wanted = {}
        if stack.stands():
            if self.parameters["AppUrl"] == NOT_YET and "ApiUrl" in stack.outputs():
                wanted["AppUrl"] = stack.outputs()["ApiUrl"]
            if self.stage == "prod":
                wanted["DeletionProtection"] = "true"
        changes = {name: value for name, value in wanted.items() if self.parameters.get(name) != value}
        self.parameters.update(changes)
        return bool(changes)

    def keep(self):
        """Writes all of it down, beside the comments that stand there."""
        self.path.write_text(tomlkit.dumps(self.document))

    def given(self, standing):
        """Every parameter as the deployment will have it: as kept, else as the stack has it, else by default."""
        defaults = {name: str(known.get("Default", "")) for name, known in self.known.items()}
        return defaults | standing | {name: str(value) for name, value in self.parameters.items()}

    def asked(self, name, question, is_good, empty):
        """An answer of whoever sits at the terminal; `empty` is what none means. Where nobody sits there, the deployment ends."""
        if not sys.stdin.isatty():
            raise Refused(f"{name} was never answered, and nobody is here to ask: infra/deploy.sh {self.stage} {name}=…")
        offer = f" [{empty}]" if empty and empty != NOT_YET else ""
        while True:
            answer = input(f"\n{question}\n{name}{offer}: ").strip()
            if not answer and empty is not None:
                return empty
            if answer and is_good(answer):
                return answer
            print(f"That cannot be it. {self.rule(name)}")

    def takes(self, name, value):
        known = self.known[name]
        allowed = known.get("AllowedValues")
        return bool(re.fullmatch(known.get("AllowedPattern", "(?s:.*)"), value)) and (allowed is None or value in allowed)

    def rule(self, name):
        known = self.known.get(name, {"ConstraintDescription": "the name of a region, for example eu-west-1"})
        must = known.get("ConstraintDescription") or known.get("AllowedPattern") or f"one of {known.get('AllowedValues')}"
        return f"It must be {must}"
