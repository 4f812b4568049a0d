"""Servers that a test starts for itself."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from translate import TEMPLATE

ROOT = TEMPLATE.parent


@contextlib.contextmanager
def server(name, settings=None, arguments=()):
    """Runs a program of .tools on a port of its own, in an empty folder; the port. `{port}` stands for it in settings and arguments."""
    port = subprocess.run(
        [sys.executable, ROOT / "infra/free_ports.py", "1"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as scratch, Path(scratch, "log").open("wb") as log:
        environment = {key: value.format(port=port) for key, value in (settings or {}).items()}
        process = subprocess.Popen(
            [ROOT / ".tools" / name, *(argument.format(port=port) for argument in arguments)],
            stdout=log,
            stderr=log,
            cwd=scratch,
            env=os.environ | environment | {"TMPDIR": scratch},
        )
        try:
            while not listens(int(port)):
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended: {Path(scratch, 'log').read_text()[-2000:]}")
                time.sleep(0.1)
            yield int(port)
        finally:
            process.terminate()
            process.wait()


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def entered(test, context):
    """What a context gives, until the test ends. (`TestCase.enterContext` is of Python 3.11.)"""
    stack = contextlib.ExitStack()
    test.addCleanup(stack.close)
    return stack.enter_context(context)
