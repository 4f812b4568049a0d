"""Somebody at a terminal who deploys with the script of this repository."""

import atexit
import copy
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from functools import cache
from pathlib import Path

import tomlkit
from samcli.yamlhelper import yaml_dump

from server import ROOT
from translate import read

# `sam` with a build that takes no compiler: it brings what `built` has made. `infra/smoke.sh` has the real one.
STAND_IN = """\
#!/bin/sh
[ "$1" = build ] || exec {sam} "$@"
rm -rf .aws-sam/build && mkdir -p .aws-sam && cp -r {built} .aws-sam/build
"""


@cache
def built():
    """What `sam build` makes of the template, around programs that are none."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    template = copy.deepcopy(read())
    del template["Globals"]["Function"]["CodeUri"]
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = name
            (folder / name).mkdir()
            (folder / name / "bootstrap").write_text(name)
    (folder / "template.yaml").write_text(yaml_dump(template))
    return folder


class Deployer:
    """A person with a checkout and an account, in a folder of his own."""

    def __init__(self, emulator, folder):
        self.emulator = emulator
        self.folder = Path(folder)
        self.config = self.folder / "samconfig.toml"
        self.region = None
        self.forgets()
        tools = self.folder / "bin"
        tools.mkdir()
        (tools / "sam").write_text(STAND_IN.format(sam=Path(sys.executable).with_name("sam"), built=built()))
        (tools / "sam").chmod(0o755)

    def forgets(self):
        """Has the answers of this repository and no others."""
        shutil.copy(ROOT / "infra/samconfig.toml", self.config)

    def writes(self, stage, **settings):
        """Puts settings into the file of answers by hand, a table as parameters."""
        document = tomlkit.parse(self.config.read_text())
        of_stage = document[stage]["deploy"]["parameters"]
        of_stage["parameter_overrides"].update(settings.pop("parameters", {}))
        of_stage.update(settings)
        self.config.write_text(tomlkit.dumps(document))

    def kept(self, stage):
        """The parameters in the file of answers."""
        return tomlkit.parse(self.config.read_text())[stage]["deploy"]["parameters"]["parameter_overrides"].unwrap()

    def command(self, stage, *changes):
        return [sys.executable, str(ROOT / "infra/deployment/deploy.py"), stage, *changes]

    def environment(self):
        region = {"AWS_REGION": self.region} if self.region else {}
        return (
            self.emulator.environment()
            | region
            | {"DEPLOY_CONFIG": str(self.config), "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        )

    def deploys(self, stage, *changes, answers=None):
        """Status, what was printed, and the parameters that were asked for."""
        return at_a_terminal(self.command(stage, *changes), answers or {}, cwd=self.folder, env=self.environment())

    def deploys_unattended(self, stage, *changes):
        """As by a pipeline: there is no terminal. Status and what was printed."""
        return self.runs(self.command(stage, *changes))

    def adopts(self, stage):
        """Status and what was printed."""
        return self.runs([sys.executable, str(ROOT / "infra/deployment/adopt.py"), stage])

    def runs(self, command):
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout


def at_a_terminal(command, answers, timeout=300, **how):
    """Runs a command on a terminal and types an answer wherever it asks `Name: `, by the name. A question without an answer ends it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, close_fds=True, **how)
    os.close(theirs)
    said, asked, seen, until = "", [], 0, time.monotonic() + timeout
    try:
        while True:
            if time.monotonic() > until:
                raise TimeoutError(textwrap.shorten(said, 2000))
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # Its end has gone.
                    break
                if not piece:
                    break
                said += piece.decode(errors="replace").replace("\r\n", "\n")
            question = re.search(r"^(\w+)(?: \[[^\]]*\])?: \Z", said[seen:], re.MULTILINE)
            if question:
                seen = len(said)
                asked.append(question[1])
                # Ctrl-D where there is no answer; one that was refused is not given twice.
                answer = answers[question[1]] if asked.count(question[1]) == 1 and question[1] in answers else "\x04"
                os.write(ours, answer.encode() + (b"" if answer == "\x04" else b"\n"))
    finally:
        os.close(ours)
        if process.poll() is None and time.monotonic() > until:
            process.kill()
    return process.wait(), said, asked
