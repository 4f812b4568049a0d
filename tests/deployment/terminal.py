"""Somebody at a terminal who deploys with the script of this repository."""

import os
import pty
import re
import select
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from emulator import ROOT

# `sam` with a build that takes no compiler: what `sam build` makes of a template, around programs that are none. `infra/smoke.sh` has the
# real one.
STAND_IN = """\
#!{python}
import os, sys
from pathlib import Path
from samcli.yamlhelper import yaml_dump, yaml_parse
if sys.argv[1] == "build":
    template = yaml_parse(Path({template!r}).read_text())
    del template["Globals"]["Function"]["CodeUri"]
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = name
            folder = Path(".aws-sam/build") / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "bootstrap").write_text(name)
    Path(".aws-sam/build/template.yaml").write_text(yaml_dump(template))
else:
    os.execv({sam!r}, [{sam!r}, *sys.argv[1:]])
"""


class Deployer:
    """A person with a checkout and an account, in a folder of his own."""

    def __init__(self, emulator, folder, template=ROOT / "template.yaml"):
        self.emulator = emulator
        self.folder = Path(folder)
        self.config = self.folder / "samconfig.toml"
        self.region = None
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        stand_in = STAND_IN.format(python=sys.executable, template=str(template), sam=str(Path(sys.executable).with_name("sam")))
        (tools / "sam").write_text(stand_in)
        (tools / "sam").chmod(0o755)

    def command(self, stage, *changes):
        return [sys.executable, str(ROOT / "infra/deployment/deploy.py"), stage, *changes]

    def environment(self):
        region = {"AWS_REGION": self.region} if self.region else {}
        return (
            self.emulator.environment() | region | {"CONFIG": str(self.config), "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
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
