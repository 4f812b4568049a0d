#!/usr/bin/env python3
"""What SAM makes of template.yaml: plain CloudFormation, on standard output. By SAM's own translator, as CloudFormation runs it."""

import copy
import json
import logging
import os
from functools import cache
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

# It warns of features that only AWS's own has.
logging.getLogger("samtranslator").setLevel(logging.ERROR)
TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


class NoManagedPolicies:
    """The roles of the template name no policy of AWS, so nothing has to be looked up."""

    @staticmethod
    def load():
        return {}


@cache
def read(path=TEMPLATE):
    """The template as it stands, every tag in its long form."""
    return yaml_parse(Path(path).read_text())


def translated(template=None):
    """The CloudFormation that comes of a template with uploaded code, as `sam deploy` hands it over."""
    template = copy.deepcopy(read() if template is None else template)
    os.environ.setdefault(
        "AWS_DEFAULT_REGION", "eu-west-1"
    )  # The translator wants one, and nothing of it stands in what it makes.
    template["Globals"]["Function"]["CodeUri"] = "s3://uploaded/code"
    return transform(template, {}, NoManagedPolicies())


if __name__ == "__main__":
    print(json.dumps(translated(), indent=1))
