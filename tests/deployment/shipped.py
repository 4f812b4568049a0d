"""What really ships: `infra/deploy.sh` as a deployer runs it, with the compiler, into an AWS that others wrote. After `make build`, which
leaves the compiler little to do. By `infra/smoke.sh`."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from emulator import emulator
from server import ROOT, entered
from terminal import at_a_terminal
from test_deploy import ANSWERS, FUNCTIONS
from translate import read


class Shipped(unittest.TestCase):
    def test_what_was_built_is_what_is_deployed(self):
        aws = entered(self, emulator())
        folder = entered(self, tempfile.TemporaryDirectory())
        shutil.copy(ROOT / "infra/samconfig.toml", folder)
        environment = aws.environment() | {"DEPLOY_CONFIG": f"{folder}/samconfig.toml"}
        architecture = os.environ.get("ARCH", "arm64")
        command = ["infra/deploy.sh", "dev", f"Architecture={architecture}"]
        status, said, _ = at_a_terminal(command, ANSWERS, timeout=1200, cwd=ROOT, env=environment)
        self.assertEqual(status, 0, said[-3000:])
        built = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "lambda"
        resources = aws.resources("bitcain-dev")
        functions = [name for name, each in read()["Resources"].items() if each["Type"] == "AWS::Serverless::Function"]
        for name in functions:
            binary = (ROOT / ".aws-sam/build" / name / "bootstrap").read_bytes()
            self.assertEqual(
                binary, (built / read()["Resources"][name]["Metadata"]["BuildProperties"]["Binary"] / "bootstrap").read_bytes()
            )
            live = aws.client("lambda").get_function(FunctionName=resources[name], Qualifier="live")["Configuration"]
            self.assertGreater(live["CodeSize"], 1_000_000)
            self.assertEqual((live["Runtime"], live["Architectures"]), ("provided.al2023", [architecture]))
        self.assertEqual(set(functions), set(FUNCTIONS))


if __name__ == "__main__":
    unittest.main()
