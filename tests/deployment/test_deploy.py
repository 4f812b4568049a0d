"""A deployment by the script, from an account with nothing in it to a stack that is deleted and comes back. The AWS is others' work."""

import json
import tempfile
import unittest

from botocore.exceptions import ClientError

from emulator import emulator
from terminal import Deployer
from test_deployer import ALLOWED

ANSWERS = {"Region": "eu-west-1", "MailFrom": "no-reply@example.com", "AppUrl": "", "AlarmTopicArn": ""}
# With an address of its own a stack needs no second update.
WITH_DOMAIN = ANSWERS | {"AppUrl": "https://api.example.com"}
FUNCTIONS = ("AuthFunction", "ApiKeysFunction", "KycFunction", "DocsFunction", "MailFunction")
TABLES = ("Accounts", "Sessions", "ExchangeKeys", "Limits", "Kyc", "Mail")


class Deployment(unittest.TestCase):
    def setUp(self):
        self.aws = self.enterContext(emulator())
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.ada = Deployer(self.aws, self.folder)

    def deployed(self, stage, *changes, answers=None):
        """What a deployment that works asks for."""
        status, said, asked = self.ada.deploys(stage, *changes, answers=answers)
        self.assertEqual(status, 0, said[-3000:])
        return asked

    def live(self, stack, function):
        """The version that `live` names, and its settings."""
        name = self.aws.resources(stack)[function]
        live = self.aws.client("lambda").get_function_configuration(FunctionName=name, Qualifier="live")
        return live["Version"], live["Environment"]["Variables"]

    def versions(self, stack):
        return {function: self.live(stack, function)[0] for function in FUNCTIONS}

    def protected(self, stack):
        dynamodb = self.aws.client("dynamodb")
        return [dynamodb.describe_table(TableName=f"{stack}-{table}")["Table"]["DeletionProtectionEnabled"] for table in TABLES]

    def kept(self, stack):
        """What costs money or bears a name after the stack has gone."""
        tables = self.aws.client("dynamodb").list_tables()["TableNames"]
        groups = [group["logGroupName"] for group in self.aws.client("logs").describe_log_groups()["logGroups"]]
        queues = self.aws.client("sqs").list_queues().get("QueueUrls", [])
        kms = self.aws.client("kms")
        keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
        aliases = [alias["AliasName"] for alias in kms.list_aliases()["Aliases"]]
        return {
            "tables": sorted(name for name in tables if name.startswith(stack)),
            "logs": sorted(name for name in groups if f"/{stack}/" in name),
            "queues": [url for url in queues if stack in url],
            "keys": sorted(key["KeyId"] for key in keys if key["KeyState"] == "Enabled" and stack in key["Description"]),
            "aliases": sorted(name for name in aliases if stack in name),
        }

    def test_four_answers_make_a_stack_and_no_second_deployment_asks(self):
        self.assertEqual(self.deployed("dev", answers=ANSWERS), list(ANSWERS))
        stack = self.aws.stack("bitcain-dev")
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        version, settings = self.live("bitcain-dev", "AuthFunction")
        self.assertEqual(settings["APP_URL"], outputs["ApiUrl"], "the API's own address reaches the functions")
        self.assertRegex(settings["RELEASE"], r"^\S+-[0-9a-f]{12}$")
        self.assertEqual({tag["Key"]: tag["Value"] for tag in stack["Tags"]}, {"service": "bitcain", "stage": "dev"})
        self.assertFalse(any(self.protected("bitcain-dev")))

        before = self.versions("bitcain-dev")
        self.assertEqual(self.deployed("dev"), [])
        self.assertEqual(self.versions("bitcain-dev"), before, "nothing was changed: nothing is published")
        self.assertEqual(before["AuthFunction"], version)

    def test_a_changed_parameter_is_live_afterwards(self):
        self.deployed("dev", answers=WITH_DOMAIN)
        before = self.versions("bitcain-dev")
        sealed = json.dumps({"sumsub": [f"AQICAHh+/{'a' * 180}==", f"AQICAHi{'b' * 180}"], "onfido": [f"AQICAHj{'c' * 180}="]})
        changes = {
            "KycWebhookSecrets": ("KycFunction", "KYC_WEBHOOK_SECRETS", sealed),
            "MailFrom": ("MailFunction", "MAIL_FROM", "hello@example.org"),
            "AppUrl": ("AuthFunction", "APP_URL", "https://api.example.org"),
            "SignInUrl": ("MailFunction", "SIGN_IN_URL", "https://example.com/sign-in?a=b c"),
            "RequireKyc": ("ApiKeysFunction", "REQUIRE_KYC", "true"),
        }
        asked = self.deployed("dev", *(f"{parameter}={value}" for parameter, (_, _, value) in changes.items()))
        self.assertEqual(asked, [])
        for function, setting, value in changes.values():
            version, settings = self.live("bitcain-dev", function)
            self.assertEqual(settings[setting], value)
            self.assertGreater(int(version), int(before[function]))
        role = self.aws.resources("bitcain-dev")["MailRole"]
        policy = self.aws.client("iam").get_role_policy(RoleName=role, PolicyName="mail")["PolicyDocument"]
        sends = next(each for each in policy["Statement"] if each["Sid"] == "SendAsOurselves")
        self.assertEqual(sends["Condition"]["StringEquals"]["ses:FromAddress"], "hello@example.org")
        self.assertEqual(self.deployed("dev"), [])
        self.assertEqual(self.live("bitcain-dev", "KycFunction")[1]["KYC_WEBHOOK_SECRETS"], sealed, "it is kept")

    def test_production_is_protected_once_it_stands_and_for_good(self):
        self.deployed("prod", answers=WITH_DOMAIN)
        self.assertTrue(all(self.protected("bitcain-prod")))
        status, said, _ = self.ada.deploys("prod", "DeletionProtection=false")
        self.assertNotEqual(status, 0)
        self.assertIn("DeletionProtection of prod stays", said)
        # On another machine, where none of it was ever answered.
        self.ada.config.unlink()
        self.assertEqual(self.deployed("prod", "ThrottleRate=50", answers={"Region": "eu-west-1"}), ["Region"])
        self.assertTrue(all(self.protected("bitcain-prod")))
        given = {each["ParameterKey"]: each["ParameterValue"] for each in self.aws.stack("bitcain-prod")["Parameters"]}
        self.assertEqual((given["AppUrl"], given["ThrottleRate"]), ("https://api.example.com", "50"))

    def test_a_creation_that_fails_leaves_nothing_in_the_way(self):
        self.aws.fails = "bitcain-staging"
        status, said, _ = self.ada.deploys("staging", answers=WITH_DOMAIN)
        self.assertNotEqual(status, 0, said[-2000:])
        self.assertEqual(self.aws.stack("bitcain-staging")["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertEqual(self.kept("bitcain-staging"), {"tables": [], "logs": [], "queues": [], "keys": [], "aliases": []})
        self.aws.fails = None
        self.assertEqual(self.deployed("staging"), [], "what was answered before is kept")

    def test_a_deleted_stack_comes_back_with_its_tables_and_keys(self):
        self.deployed("staging", answers=WITH_DOMAIN)
        dynamodb = self.aws.client("dynamodb")
        row = {"pk": {"S": "USER#1"}, "sk": {"S": "KEY#1"}}
        dynamodb.put_item(TableName="bitcain-staging-ExchangeKeys", Item=row)
        before = self.kept("bitcain-staging")
        self.assertEqual([len(names) for names in before.values()], [6, 6, 1, 2, 2])
        cloudformation = self.aws.client("cloudformation")
        cloudformation.delete_stack(StackName="bitcain-staging")
        cloudformation.get_waiter("stack_delete_complete").wait(StackName="bitcain-staging", WaiterConfig={"Delay": 1})
        self.assertEqual(self.kept("bitcain-staging"), before)

        status, said, _ = self.ada.deploys("staging")
        self.assertNotEqual(status, 0)
        self.assertIn("infra/adopt.sh staging", said)
        status, said = self.ada.adopts("staging")
        self.assertEqual(status, 0, said)
        self.assertEqual(self.deployed("staging"), [])
        self.assertEqual(self.kept("bitcain-staging"), before)
        self.assertEqual(dynamodb.get_item(TableName="bitcain-staging-ExchangeKeys", Key=row)["Item"], row)
        self.assertIn(self.live("bitcain-staging", "ApiKeysFunction")[1]["KMS_KEY_ID"].rsplit("/")[-1], before["keys"])
        # AWS asks for no right to the first.
        self.assertEqual({each for each in self.aws.called - {"sts:GetCallerIdentity"} if each.lower() not in ALLOWED}, set())
        self.assertIn("cloudformation:ExecuteChangeSet", self.aws.called)

    def test_nothing_is_made_where_an_answer_is_missing_or_wrong(self):
        for changes, reason in (
            ((), "Region was never answered"),
            (("AppUrl=http://example.com",), "AppUrl cannot be that"),
            (("AppURL=https://example.com",), "no parameter 'AppURL'"),
            (("Stage=dev",), "Stage of prod stays"),
            (("RequireKyc=yes",), "RequireKyc cannot be that"),
            (('KycWebhookSecrets={"sumsub": ["a secret in the clear"]}',), "no secret in the clear"),
            (("KycWebhookToken=a-token-in-the-clear",), "no token in the clear"),
        ):
            with self.subTest(changes):
                self.ada.region = None if reason.startswith("Region") else "eu-west-1"
                status, said = self.ada.deploys_unattended("prod", *changes)
                self.assertNotEqual(status, 0)
                self.assertIn(reason, said)
                self.assertNotIn("a secret", said)
        with self.assertRaises(ClientError):
            self.aws.stack("bitcain-prod")

    def test_a_pipeline_is_told_what_is_missing_and_goes_on_with_it(self):
        self.ada.region = "eu-west-1"
        status, said = self.ada.deploys_unattended("dev")
        self.assertNotEqual(status, 0)
        self.assertIn("infra/deploy.sh dev MailFrom=", said)
        status, said = self.ada.deploys_unattended(
            "dev", "MailFrom=no-reply@example.com", "AppUrl=https://a.example", "AlarmTopicArn="
        )
        self.assertEqual(status, 0, said[-2000:])


if __name__ == "__main__":
    unittest.main()
