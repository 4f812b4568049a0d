"""A deployment by the script, from an account with nothing in it to a stack that is deleted and comes back. The AWS is others' work."""

import json
import tempfile
import unittest

from botocore.exceptions import ClientError

from emulator import emulator
from server import entered
from terminal import Deployer
from test_deployer import ALLOWED

ANSWERS = {"Region": "eu-west-1", "MailFrom": "no-reply@example.com", "AppUrl": "", "AlarmTopicArn": ""}
# With an address of its own a stack needs no second update.
WITH_DOMAIN = ANSWERS | {"AppUrl": "https://api.example.com"}
FUNCTIONS = ("AuthFunction", "ApiKeysFunction", "KycFunction", "OAuthFunction", "DocsFunction", "MailFunction")
TABLES = ("Accounts", "Sessions", "Endings", "ExchangeKeys", "Limits", "Kyc", "Grants", "Mail")


class Deployment(unittest.TestCase):
    def setUp(self):
        self.aws = entered(self, emulator())
        self.folder = entered(self, tempfile.TemporaryDirectory())
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
        self.assertRegex(settings["RELEASE"], r"^\S+-[0-9a-f]{12}-\d{8}T\d{6}Z$")
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
        self.ada.forgets()
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
        self.assertEqual([len(names) for names in before.values()], [8, 8, 1, 2, 2])
        cloudformation = self.aws.client("cloudformation")
        cloudformation.delete_stack(StackName="bitcain-staging")
        cloudformation.get_waiter("stack_delete_complete").wait(StackName="bitcain-staging", WaiterConfig={"Delay": 1})
        self.assertEqual(self.kept("bitcain-staging"), before)

        # A change set that nobody executed makes no difference.
        one = {"StackName": "bitcain-staging", "ChangeSetName": "one", "ChangeSetType": "CREATE"}
        cloudformation.create_change_set(**one, TemplateBody='{"Resources": {"One": {"Type": "AWS::SQS::Queue"}}}')
        self.assertEqual(self.aws.stack("bitcain-staging")["StackStatus"], "REVIEW_IN_PROGRESS")
        status, said, _ = self.ada.deploys("staging")
        self.assertNotEqual(status, 0)
        self.assertIn("infra/adopt.sh staging", said)
        status, said = self.ada.adopts("staging")
        self.assertEqual(status, 0, said)
        # What a rollback would go back to is what there is.
        imported = cloudformation.get_template(StackName="bitcain-staging")["TemplateBody"]["Resources"]
        policy = self.aws.client("kms").get_key_policy(KeyId="alias/bitcain-staging-vault", PolicyName="default")["Policy"]
        self.assertEqual(imported["VaultKey"]["Properties"]["KeyPolicy"], json.loads(policy))
        status, said = self.ada.adopts("staging")
        self.assertEqual((status, "stands already" in said), (0, True))
        self.assertEqual(self.deployed("staging"), [])
        self.assertEqual(self.kept("bitcain-staging"), before)
        self.assertEqual(dynamodb.get_item(TableName="bitcain-staging-ExchangeKeys", Key=row)["Item"], row)
        self.assertIn(self.live("bitcain-staging", "ApiKeysFunction")[1]["KMS_KEY_ID"].rsplit("/")[-1], before["keys"])
        # AWS asks for no right to the first.
        self.assertEqual({each for each in self.aws.called - {"sts:GetCallerIdentity"} if each.lower() not in ALLOWED}, set())
        self.assertIn("cloudformation:ExecuteChangeSet", self.aws.called)

    def test_a_deployment_that_was_rolled_back_can_be_tried_again(self):
        self.deployed("dev", answers=WITH_DOMAIN)
        before = self.live("bitcain-dev", "AuthFunction")
        self.aws.fails = "bitcain-dev"
        status, said, _ = self.ada.deploys("dev", "ProductName=another")
        self.assertNotEqual(status, 0, said[-2000:])
        self.assertEqual(self.aws.stack("bitcain-dev")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertEqual(self.live("bitcain-dev", "AuthFunction"), before)
        self.assertNotIn("ProductName", self.ada.kept("dev"), "only what was deployed is kept")
        failed = self.aws.released[-1]
        self.aws.fails = None
        self.deployed("dev", "ProductName=another")
        settings = self.live("bitcain-dev", "AuthFunction")[1]
        self.assertEqual((settings["PRODUCT_NAME"], self.ada.kept("dev")["ProductName"]), ("another", "another"))
        self.assertNotEqual(settings["RELEASE"], failed, "Lambda has the versions of the one that failed")

    def test_what_hangs_on_the_api_that_stands_is_not_taken_from_one_before(self):
        old = {"AppUrl": "https://old1234567.execute-api.eu-west-1.amazonaws.com", "DeletionProtection": "true"}
        self.ada.writes("prod", region="eu-west-1", parameters=old | {"MailFrom": "a@example.com", "AlarmTopicArn": ""})
        self.assertEqual(self.deployed("prod"), [])
        outputs = {output["OutputKey"]: output["OutputValue"] for output in self.aws.stack("bitcain-prod")["Outputs"]}
        given = [(each["AppUrl"], each["DeletionProtection"]) for each in self.aws.given if "AppUrl" in each]
        self.assertEqual(given, [("https://not-yet.invalid", "false"), (outputs["ApiUrl"], "true")])
        # The gateway's own address is switched off by a domain.
        certificate = "CertificateArn=arn:aws:acm:eu-west-1:000000000000:certificate/1"
        self.deployed("prod", "DomainName=api.example.com", certificate)
        self.assertEqual(self.live("bitcain-prod", "AuthFunction")[1]["APP_URL"], "https://api.example.com")

    def test_neither_another_stage_nor_another_account_is_deployed_to(self):
        self.deployed("prod", answers=WITH_DOMAIN)
        before = self.aws.stack("bitcain-prod")["LastUpdatedTime"]
        self.ada.writes("dev", stack_name="bitcain-prod", region="eu-west-1")
        self.ada.writes("prod", account="111111111111")
        for stage, reason in (("dev", "is the stack of the stage prod"), ("prod", "is in the account 111111111111")):
            status, said, asked = self.ada.deploys(stage, answers=WITH_DOMAIN)
            self.assertNotEqual(status, 0, said)
            self.assertIn(reason, said)
            self.assertEqual(asked, [])
        self.ada.writes("prod", profile="another", account="000000000000")
        self.assertIn("set AWS_PROFILE", self.ada.deploys_unattended("prod")[1])
        self.assertEqual(self.aws.stack("bitcain-prod")["LastUpdatedTime"], before)

    def test_what_is_left_without_its_keys_is_named(self):
        self.deployed("staging", answers=WITH_DOMAIN)
        cloudformation, kms = self.aws.client("cloudformation"), self.aws.client("kms")
        cloudformation.delete_stack(StackName="bitcain-staging")
        cloudformation.get_waiter("stack_delete_complete").wait(StackName="bitcain-staging", WaiterConfig={"Delay": 1})
        vault = kms.describe_key(KeyId="alias/bitcain-staging-vault")["KeyMetadata"]["KeyId"]
        kms.schedule_key_deletion(KeyId=vault, PendingWindowInDays=7)
        self.assertIn("without VaultKey nothing opens", self.ada.adopts("staging")[1])
        kms.delete_alias(AliasName="alias/bitcain-staging-vault")
        self.assertIn("without VaultKey nothing opens", self.ada.adopts("staging")[1])
        said = self.ada.deploys_unattended("staging")[1]
        self.assertIn("this is still there: Accounts, ApiKeysLogs", said)
        self.assertIn("Take it down", said)
        status, said = self.ada.adopts("dev")
        self.assertIn("Region was never answered", said)
        self.ada.writes("dev", region="eu-west-1")
        self.assertIn("nothing of bitcain-dev is there", self.ada.adopts("dev")[1])

    def test_a_route_that_the_gateway_did_not_make_is_told_of(self):
        self.aws.forgets = "/docs"
        status, said, _ = self.ada.deploys("dev", answers=WITH_DOMAIN)
        self.assertNotEqual(status, 0)
        self.assertIn("it is deployed, but API Gateway has made no route for /docs\n", said)

    def test_nothing_is_made_where_an_answer_is_missing_or_wrong(self):
        for changes, reason in (
            ((), "Region was never answered"),
            (("AppUrl=http://example.com",), "AppUrl cannot be that"),
            (("AppURL=https://example.com",), "no parameter AppURL"),
            (("Stage=dev",), "Stage of prod stays"),
            (("ThrottleRate=abc",), "ThrottleRate must be a whole number"),
            (("ThrottleRate=0",), "1 at least"),
            (("AlarmTopicArn=arn:aws:sns:us-east-1:000000000000:alarms",), "of another region"),
            ((f'KycWebhookSecrets={{"sumsub": ["{"a" * 172}",]}}',), "no JSON"),
            (("RequireKyc",), "RequireKyc has no value"),
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
