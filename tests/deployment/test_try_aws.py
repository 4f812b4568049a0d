"""infra/try-aws.sh on stand-ins for AWS, curl and the deployment: what it calls, and that it leaves nothing behind."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# One program under every name that the script calls. It keeps in a file what exists, and every call. FAIL_AT and HANG_AT name a call, as
# `command:how many of them went before`, that fails, or lasts a second, once it has done its work.
STAND_IN = r"""
import json, os, sys
from pathlib import Path

name, words = Path(sys.argv[0]).name, sys.argv[1:]
command = " ".join(words[:2]) if name == "aws" else name
here = Path(sys.argv[0]).parent.parent
before = (here / "calls").read_text().splitlines().count(command)
with (here / "calls").open("a") as calls:
    calls.write(command + "\n")
if "--rate" in words:
    (here / "traffic").write_text(str(os.getpid()))
    os.execv("/bin/sleep", ["sleep", "60"])
world = json.loads((here / "world").read_text())


def option(flag):
    return words[words.index(flag) + 1]


def end(text="", code=0):
    (here / "world").write_text(json.dumps(world))
    if os.environ.get("HANG_AT") == f"{command}:{before}":
        os.execv("/bin/sleep", ["sleep", "1"])
    failed = os.environ.get("FAIL_AT") == f"{command}:{before}"
    if failed or code:
        sys.exit("An error occurred: " + (text if code else "told to fail"))
    print(text)
    sys.exit()


def made(protected):
    world["stack"] = "CREATE_COMPLETE"
    stack = "bitcain-try"
    world["tables"] = {f"{stack}-Accounts": protected, f"{stack}-Mail": protected}
    world["logs"] = [f"/aws/lambda/{stack}/auth", f"/aws/vendedlogs/{stack}/api"]
    world["queues"] = [f"https://sqs.test/1/{stack}-mail-dead-letters"]
    world["keys"] = {"data-key": True, "vault-key": True}
    world["aliases"] = {f"alias/{stack}": "data-key", f"alias/{stack}-vault": "vault-key"}


match command:
    case "curl":
        end("200")
    case "deploy.sh":
        if any(word.startswith("CertificateArn=arn") for word in words):
            world["stack"] = "ROLLBACK_COMPLETE"
            end("a certificate of another region", 1)
        made(protected=words[0] == "prod")
    case "adopt.sh":
        world["stack"] = "IMPORT_COMPLETE"
    case "--version":
        end("aws-cli/2.31.0 Python/3.13")
    case "sts get-caller-identity":
        end("123456789012")
    case "cloudformation describe-stacks":
        if world["stack"] is None:
            end("(ValidationError) Stack with id x does not exist", 254)
        query = option("--query")
        end(world["stack"] if "StackStatus" in query else "https://api.test" if "ApiUrl" in query else world["queues"][0])
    case "cloudformation list-stack-resources":
        end("\t".join(world["keys"]))
    case "cloudformation delete-stack":
        world["stack"] = None
    case "dynamodb list-tables":
        end("\t".join(world["tables"]))
    case "logs describe-log-groups":
        end("\t".join(log for log in world["logs"] if log.startswith(option("--log-group-name-prefix"))))
    case "sqs list-queues":
        end("\t".join(world["queues"]))
    case "kms list-aliases":
        end("\t".join(world["aliases"]))
    case "kms describe-key":
        end(world["aliases"][option("--key-id")])
    case "apigatewayv2 import-api":
        if "servers" in option("--body"):
            end("(BadRequestException) warnings", 254)
        world["apis"].append("a1")
        end("a1")
    case "apigatewayv2 delete-api":
        world["apis"].remove(option("--api-id"))
    case "sns create-topic":
        world["topics"].append("arn:topic")
        end("arn:topic")
    case "sns delete-topic":
        world["topics"].remove(option("--topic-arn"))
    case "dynamodb update-table":
        world["tables"][option("--table-name")] = False
    case "dynamodb delete-table":
        if world["tables"][option("--table-name")]:
            end("(ValidationException) deletion protection", 254)
        del world["tables"][option("--table-name")]
    case "logs delete-log-group":
        world["logs"].remove(option("--log-group-name"))
    case "sqs delete-queue":
        world["queues"].remove(option("--queue-url"))
    case "kms delete-alias":
        del world["aliases"][option("--alias-name")]
    case "kms schedule-key-deletion":
        world["keys"][option("--key-id")] = False
    case "lambda get-policy":
        end('{"Statement":[{"Sid":"try-MailFunctionReturnsPermission-1"},{"Sid":"try-MailFunctionWaitingPermission-1"}]}')
    case "apigatewayv2 get-routes":
        end("$default")
    case "cloudwatch list-metrics":
        end("2" if "LoginFailures" in words else "1")
    case "cloudtrail lookup-events":
        end("0\t3")
end("1")
"""
NOTHING = {"stack": None, "apis": [], "topics": [], "tables": {}, "logs": [], "queues": [], "aliases": {}, "keys": {}}


def heed():
    """Whoever runs the tests in the background ignores what breaks off, and what is ignored cannot be trapped."""
    for how in signal.SIGINT, signal.SIGHUP:
        signal.signal(how, signal.SIG_DFL)


class World:
    """A copy of the script among stand-ins, and what there is on their AWS."""

    def __init__(self, test, **there):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "bin").mkdir()
        (self.root / "infra").mkdir()
        for name in "infra/try-aws.sh", "template.yaml":
            (self.root / name).write_text((ROOT / name).read_text())
        for name in "bin/aws", "bin/curl", "bin/sleep", "infra/deploy.sh", "infra/adopt.sh":
            (self.root / name).write_text(f"#!{sys.executable} -IS{STAND_IN}")
            (self.root / name).chmod(0o755)
        (self.root / "world").write_text(json.dumps(NOTHING | there))
        (self.root / "calls").touch()

    def begin(self, *arguments, **environment):
        path = f"{self.root}/bin:{os.environ['PATH']}"
        settings = {"PATH": path, "AWS_REGION": "eu-west-1", "MAIL_FROM": "a@example.com", "LC_ALL": "C.UTF-8"}
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(
            ["bash", "infra/try-aws.sh", *arguments],
            cwd=self.root,
            env=settings | environment,
            text=True,
            preexec_fn=heed,
            **pipes,
        )

    def run(self, *arguments, typed="yes\n", **environment):
        process = self.begin(*arguments, **environment)
        out, err = process.communicate(typed, timeout=120)
        return process.returncode, out, err

    def there(self):
        """What there is of each kind; a key that is to be deleted is none."""
        world = json.loads((self.root / "world").read_text())
        world["keys"] = [key for key, is_there in world["keys"].items() if is_there]
        return {kind: things for kind, things in world.items() if things}

    def calls(self):
        return (self.root / "calls").read_text().splitlines()


def printed(text):
    """The commands of the calls that a run says it makes."""
    found = []
    for line in re.findall(r"(?m)^\+ (.*)$", text):
        words = line.split()
        scripts = [Path(word).name for word in words if word.startswith("infra/")]
        found.append(scripts[0] if scripts else " ".join(words[1:3]) if words[0] == "aws" else words[0])
    return found


class TryAws(unittest.TestCase):
    maxDiff = None

    def assert_nothing_is_left(self, world):
        self.assertEqual({}, world.there())
        if (world.root / "traffic").exists():
            self.assertFalse(Path("/proc", (world.root / "traffic").read_text()).exists(), "requests go on")

    def test_a_dry_run_prints_every_call_and_makes_none(self):
        dry, real = World(self), World(self)
        code, out, said = dry.run("--dry-run", typed="")
        self.assertEqual(0, code, said)
        self.assertEqual([], dry.calls())
        code, table, made = real.run()
        self.assertEqual(0, code, made)
        self.assertEqual(set(printed(said)), set(printed(made)) - {"sleep"})
        # The requests beside a deployment end with it, here perhaps before they began.
        self.assertEqual(*(sorted(call for call in calls if call != "curl") for calls in (printed(made), real.calls()[1:])))
        # As many questions in the one as in the other, and answers of both kinds in the second.
        self.assertEqual(len(re.findall(r"(?m)^= ", said)), len(re.findall(r"(?m)^= ", made)))
        self.assertRegex(table, r"(?m)^what is left outside of it +nothing +as expected +nothing$")
        self.assertRegex(table, r"(?m)^GET /x +404 +DIFFERENT +200$")
        self.assert_nothing_is_left(real)

    def test_whatever_fails_nothing_is_left(self):
        for call in (
            "sns set-topic-attributes:0",
            "deploy.sh:1",
            "lambda update-alias:0",
            "cloudformation delete-stack:0",
            "deploy.sh:5",
        ):
            with self.subTest(call):
                world = World(self)
                _, out, said = world.run(FAIL_AT=call)
                command, before = call.split(":")
                self.assertGreater(world.calls().count(command), int(before))
                self.assertIn("as expected", out, said)
                self.assert_nothing_is_left(world)

    def test_a_run_that_is_broken_off_leaves_nothing(self):
        for how in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            with self.subTest(how.name):
                world = World(self)
                process = world.begin(HANG_AT="deploy.sh:2")
                process.stdin.write("yes\n")
                process.stdin.flush()
                deadline = time.monotonic() + 60
                while world.calls().count("deploy.sh") < 3 and time.monotonic() < deadline:
                    time.sleep(0.05)
                process.send_signal(how)
                process.communicate(timeout=60)
                self.assertEqual(128 + how, process.returncode)
                self.assertEqual(3, world.calls().count("deploy.sh"))
                self.assert_nothing_is_left(world)

    def test_what_cannot_be_taken_away_is_named(self):
        world = World(self)
        code, _, said = world.run(FAIL_AT="logs delete-log-group:0")
        self.assertEqual(1, code)
        self.assertRegex(said, r"NOT TAKEN AWAY; do it by hand:\n  aws logs delete-log-group .*/aws/lambda/bitcain-try/auth\n$")

    def test_nothing_is_made_without_a_yes(self):
        for typed in "", "y\n", "no\n":
            world = World(self)
            code, _, said = world.run(typed=typed)
            self.assertEqual(1, code)
            self.assertIn("nothing was made", said)
            self.assertEqual(["--version", "sts get-caller-identity"], world.calls())

    def test_what_bears_the_name_already_is_not_touched(self):
        for there in (
            {"stack": "UPDATE_COMPLETE"},
            {"tables": {"bitcain-try-Accounts": True}},
            {"aliases": {"alias/bitcain-try": "k"}},
        ):
            world = World(self, **there)
            code, _, said = world.run()
            self.assertEqual(1, code)
            self.assertRegex(said, "already")
            self.assertEqual(there, world.there())
            self.assertFalse([call for call in world.calls() if re.search("delete|create|update|import", call)])


if __name__ == "__main__":
    unittest.main()
