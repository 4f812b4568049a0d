"""The name of what is deployed. It makes Lambda publish new versions, and with them what was changed reaches `live`."""

import hashlib
import json
import re
import subprocess


def released(built, parameters):
    """A built template with the name of its release in it.

    SAM publishes a version when the text of a function's properties changes, and parameters stand there by name only
    (github.com/aws/serverless-application-model, issue 3820). So a digest of their values is part of the text."""
    digest = hashlib.sha256(json.dumps([built, sorted(parameters.items())]).encode()).hexdigest()[:12]
    text, found = re.subn(r"(?m)^(\s*RELEASE): \S+$", rf"\1: {commit()}-{digest}", built)
    if found != 1:
        raise RuntimeError(f"RELEASE stands {found} times in the template")
    return text


def commit():
    """The commit that is built, marked where there are changes besides."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "uncommitted"
