"""The parameters of template.yaml, and what each of them takes."""

import json
import re

from translate import read


class Refused(Exception):
    """Why nothing is deployed, in words for the deployer. It never repeats a value: one may be a secret."""


class Parameters:
    def __init__(self):
        self.known = read()["Parameters"]

    def __contains__(self, name):
        return name in self.known

    def defaults(self):
        return {name: str(known.get("Default", "")) for name, known in self.known.items()}

    def check(self, name, value, region):
        """Refuses what CloudFormation or the functions would refuse later, when something has been made already."""
        if name not in self.known:
            raise Refused(f"template.yaml has no parameter {name}")
        known = self.known[name]
        pattern = known.get("AllowedPattern", "(?s:.*)")
        if not re.fullmatch(pattern, value) or value not in known.get("AllowedValues", [value]):
            raise Refused(f"{name} cannot be that. It must be {self.rule(name)}")
        if known["Type"] == "Number" and not (value.isascii() and value.isdigit() and int(value) >= known.get("MinValue", 0)):
            raise Refused(f"{name} must be a whole number, and {known.get('MinValue', 0)} at least")
        if value.startswith(("arn:aws:sns:", "arn:aws:acm:")) and f":{region}:" not in value:
            raise Refused(f"{name} is of another region than {region}")
        if name == "KycWebhookSecrets" and not is_json(value):
            raise Refused(f"{name} is no JSON. It must be {self.rule(name)}")

    def rule(self, name):
        """What a parameter must be, in words where the template has them."""
        known = self.known[name]
        return known.get("ConstraintDescription") or known.get("AllowedPattern") or f"one of {known.get('AllowedValues')}"


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
