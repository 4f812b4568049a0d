"""What a deployer has answered for a stage, as infra/samconfig.toml keeps it."""

import os
import re
import sys
from functools import partial
from pathlib import Path

import boto3
import tomlkit
from tomlkit.exceptions import TOMLKitError

from parameters import Parameters, Refused

KEPT_IN = Path(os.environ.get("DEPLOY_CONFIG") or Path(__file__).resolve().parents[1] / "samconfig.toml")
# The name of the queue begins with it.
LONGEST_STACK_NAME = 62
# Parameter, question, and what an empty answer is kept as.
QUESTIONS = [
    ("MailFrom", "The sender of every mail, in a domain that SES has verified, for example no-reply@example.com", None),
    ("AppUrl", "The URL that users reach the API by; empty: the one that API Gateway gives it", ""),
    ("AlarmTopicArn", "The SNS topic that alarms notify; empty: nobody is woken", ""),
]
# What API Gateway calls the API is known only once it stands: until then links and tokens name this.
NOT_YET = "https://not-yet.invalid"


class Answers:
    """Region, account, stack and parameters of one stage. A parameter is as `settled`, else as in `changes`, else as in `kept`."""

    def __init__(self, stage):
        self.stage = stage
        try:
            self.document = tomlkit.parse(KEPT_IN.read_text())
            self.settings = self.document[stage]["deploy"]["parameters"]
            self.stack_name = str(self.settings["stack_name"])
            self.kept = self.settings["parameter_overrides"]
            are_texts = all(isinstance(value, str) for value in self.kept.values())
        except (OSError, TOMLKitError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"{KEPT_IN} has no stage {stage} with stack_name and a table parameter_overrides ({error})") from error
        if not are_texts:
            raise Refused(f"{KEPT_IN}: every parameter of {stage} must stand in quotes")
        if "profile" in self.settings:
            raise Refused(f"{KEPT_IN} names a profile: set AWS_PROFILE instead, which all that is called here knows")
        if len(self.stack_name) > LONGEST_STACK_NAME:
            raise Refused(f"the stack's name is longer than {LONGEST_STACK_NAME} characters")
        self.changes = {}
        self.settled = {}
        self.known = Parameters()

    def region(self):
        """Where the stage is, for good: as kept, or a new answer."""
        if "region" not in self.settings:
            offered = os.environ.get("AWS_REGION") or boto3.session.Session().region_name
            if offered and not sys.stdin.isatty():
                self.settings["region"] = offered
            else:
                self.settings["region"] = self.asked(
                    "Region", "The region of everything, of SES and SNS topic too", offered, is_region
                )
            self.write()
        return self.settings["region"]

    def stay_in(self, account):
        """Refuses credentials of another account than the stage's."""
        if "account" not in self.settings:
            self.settings["account"] = account
            self.write()
        if self.settings["account"] != account:
            raise Refused(f"{self.stage} is in the account {self.settings['account']}, and these credentials are of {account}")

    def take_over(self, standing):
        """Takes what the stack has been given and is not kept here: it was deployed from elsewhere. CloudFormation does not tell what
        is NoEcho."""
        defaults = self.known.defaults()
        asked = [name for name, _, _ in QUESTIONS]
        for name, value in standing.items():
            if name in self.known and name not in self.kept and value != "****" and (value != defaults[name] or name in asked):
                self.changes[name] = value

    def change(self, changes):
        """Takes parameters that the deployer names. They are kept once they are deployed."""
        for name, value in changes.items():
            if name == "Stage" or (self.stage, name, value) == ("prod", "DeletionProtection", "false"):
                raise Refused(f"{name} of {self.stage} stays what it is")
            if (name, value) != ("AppUrl", ""):
                self.known.check(name, value, self.region())
            self.changes[name] = value

    def ask(self):
        """Asks for what is needed and was never answered, and keeps each answer."""
        for name, question, empty in QUESTIONS:
            if name not in self.kept and name not in self.changes:
                self.kept[name] = self.asked(name, question, empty, partial(self.known.check, name, region=self.region()))
                self.write()

    def asked(self, name, question, empty, check):
        """An answer of whoever sits at the terminal; `empty` is what none means. Where nobody sits there, the deployment ends."""
        if not sys.stdin.isatty():
            raise Refused(f"{name} was never answered, and nobody is here to ask: infra/deploy.sh {self.stage} {name}=…")
        while True:
            answer = input(f"\n{question}\n{name}{f' [{empty}]' if empty else ''}: ").strip()
            if not answer and empty is not None:
                return empty
            try:
                check(answer)
            except Refused as why:
                print(why)
            else:
                return answer

    def settle(self, stack):
        """Decides what hangs on whether the stack stands; whether anything is decided otherwise than before.

        Tables of a first creation are not protected, or it could not take them back. The address that API Gateway gives is the one of
        the API that stands."""
        stands, parameters = stack.stands(), self.kept | self.changes
        settled = {}
        if self.stage == "prod" or parameters.get("DeletionProtection") == "true":
            settled["DeletionProtection"] = "true" if stands else "false"
        if not parameters["AppUrl"] or ".execute-api." in parameters["AppUrl"]:
            settled["AppUrl"] = stack.outputs().get("ApiUrl", NOT_YET)
        is_other, self.settled = settled != self.settled, settled
        return is_other

    def given(self, standing):
        """Every parameter as the deployment will have it; those that are said nowhere as the stack has them, else by default."""
        return self.known.defaults() | standing | self.parameters()

    def parameters(self):
        return {name: str(value) for name, value in (self.kept | self.changes | self.settled).items()}

    def keep(self):
        """Keeps what was changed, now that it is deployed."""
        self.kept.update(self.changes)
        self.write()

    def write(self):
        KEPT_IN.write_text(tomlkit.dumps(self.document))

    def for_sam(self):
        """The settings of this stage as SAM reads them, with every parameter."""
        settings = {name: value for name, value in self.settings.unwrap().items() if name != "account"}
        settings["parameter_overrides"] = self.parameters()
        return tomlkit.dumps({"version": 0.1, self.stage: {"deploy": {"parameters": settings}}})


def is_region(text):
    if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", text):
        raise Refused("That is no region. One is called eu-west-1")
