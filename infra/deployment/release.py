"""The name of what is deployed. It makes Lambda publish new versions, and with them what was changed reaches `live`."""

import hashlib
import json
import re
import subprocess
from datetime import datetime, timezone


def named(built, parameters, last):
    """The name of a release: commit, digest of all that it is made of, time. `last` is the name of the one that stands: it goes on
    where nothing was changed.

    The time makes names differ also where a deployment is tried again that was rolled back: its versions stay, and CloudFormation fails
    where Lambda has nothing to publish."""
    template = built.read_text()
    code = [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(built.parent.glob("*/bootstrap"))]
    digest = hashlib.sha256(json.dumps([template, code, sorted(parameters.items())]).encode()).hexdigest()[:12]
    same = f"{commit()}-{digest}-"
    return last if last and last.startswith(same) else f"{same}{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}"


def released(template, name):
    """A built template with the name of its release in it.

    SAM publishes a version when the text of a function's properties changes, and parameters stand there by name only
    (github.com/aws/serverless-application-model, issue 3820). The release's name is part of that text."""
    text, found = re.subn(r"(?m)^(\s*RELEASE): \S+$", rf"\1: {name}", template)
    if found != 1:
        raise RuntimeError(f"RELEASE stands {found} times in the template")
    return text


def commit():
    """The commit that is built, marked where there are changes besides. Answers are none: they are in the digest, as parameters."""
    sources = ("--", ".", ":!infra/samconfig.toml")
    try:
        last = git("log", "-1", "--format=%h", "--abbrev=12", *sources)
        return f"{last}-dirty" if git("status", "--porcelain", *sources) else last
    except (OSError, subprocess.CalledProcessError):
        return "uncommitted"


def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()
