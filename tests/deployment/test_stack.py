"""The translated template in two emulators of CloudFormation, and what either does not know."""

import collections
import io
import json
import unittest
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

import gaps
from emulator import REGION, emulator
from server import entered, server
from translate import translated

GIVEN = {"AppUrl": "https://api.example.com", "MailFrom": "no-reply@example.com"}


def parameters(**changes):
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in (GIVEN | changes).items()]


class Gaps(unittest.TestCase):
    """The first emulator takes the whole stack but for a list. Whatever it learns leaves the list."""

    def setUp(self):
        self.template = translated()
        self.aws = entered(self, emulator())
        self.cloudformation = self.aws.client("cloudformation")

    def test_what_was_cut_out_is_what_it_does_not_know(self):
        cut, gone = gaps.without(self.template)
        kinds = collections.Counter(self.template["Resources"][name]["Type"] for name in gone)
        print(
            f"\n  of {len(self.template['Resources'])} resources the emulator takes {len(cut['Resources'])}; cut out: {dict(kinds)}"
        )
        self.assertEqual(kinds.keys(), gaps.UNKNOWN.keys() | {"AWS::CloudWatch::Alarm"})
        self.assertLess(len(gone), len(self.template["Resources"]) / 5)

    def test_it_still_refuses_every_type_of_the_list(self):
        for kind in gaps.UNKNOWN.keys() | gaps.RENAMED.keys():
            with self.subTest(kind):
                self.assertTrue(any(resource["Type"] == kind for resource in self.template["Resources"].values()))
                with self.assertRaisesRegex(ClientError, "Unrecognized resource types"):
                    self.cloudformation.create_stack(
                        StackName="one", TemplateBody=json.dumps({"Resources": {"One": {"Type": kind}}})
                    )

    def test_it_still_fails_at_alarms_over_several_metrics(self):
        name, alarm = next((name, each) for name, each in self.template["Resources"].items() if gaps.is_metric_math(each))
        properties = alarm["Properties"] | {"AlarmActions": [], "OKActions": [], "Metrics": [{"Id": "one", "Expression": "1"}]}
        self.cloudformation.create_stack(
            StackName="one", TemplateBody=json.dumps({"Resources": {name: alarm | {"Properties": properties}}})
        )
        with self.assertRaisesRegex(Exception, "ROLLBACK_COMPLETE"):
            self.cloudformation.get_waiter("stack_create_complete").wait(
                StackName="one", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
            )
        events = self.cloudformation.describe_stack_events(StackName="one")["StackEvents"]
        reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
        self.assertIn("metric math) is not supported", reasons)


class Moto(unittest.TestCase):
    """What holds data and what runs is made, changed and, but for what is kept, taken away by a second emulator as well."""

    def setUp(self):
        port = entered(self, server("moto/bin/moto_server", arguments=["-p", "{port}"]))
        session = boto3.session.Session("test", "test", region_name=REGION)
        self.client = lambda service: session.client(
            service, endpoint_url=f"http://127.0.0.1:{port}", config=Config(retries={"total_max_attempts": 1})
        )
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bootstrap", "")
        self.client("s3").create_bucket(Bucket="uploaded", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("s3").put_object(Bucket="uploaded", Key="code", Body=code.getvalue())

    def test_the_core_is_made_changed_and_taken_away(self):
        whole = translated()
        kinds = {resource["Type"] for resource in whole["Resources"].values()}
        self.assertEqual(kinds, gaps.MOTO_MAKES | gaps.MOTO_SKIPS | gaps.MOTO_BREAKS)
        template = json.dumps(gaps.for_moto(whole))
        cloudformation = self.client("cloudformation")
        stack = {"StackName": "core", "TemplateBody": template, "Capabilities": ["CAPABILITY_IAM"]}

        cloudformation.create_stack(**stack, Parameters=parameters())
        self.assertEqual(cloudformation.describe_stacks(StackName="core")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="core")
        made = {
            each["LogicalResourceId"]: each for page in pages for each in page["StackResourceSummaries"] if each["ResourceType"]
        }
        self.assertEqual({each["ResourceType"] for each in made.values()}, gaps.MOTO_MAKES)
        print(f"\n  moto makes {len(made)}")

        cloudformation.update_stack(**stack, Parameters=parameters(MailFrom="hello@example.org"))
        function = made["MailFunction"]["PhysicalResourceId"]
        settings = self.client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        self.assertEqual(settings["MAIL_FROM"], "hello@example.org")

        cloudformation.delete_stack(StackName="core")
        self.assertEqual(self.client("lambda").list_functions()["Functions"], [])

    def test_it_still_breaks_at_every_type_of_the_list(self):
        for number, kind in enumerate(sorted(gaps.MOTO_BREAKS)):
            with self.subTest(kind), self.assertRaises((ClientError, ResponseParserError)):
                template = json.dumps(gaps.for_moto(translated(), besides=kind))
                self.client("cloudformation").create_stack(
                    StackName=f"one-{number}", TemplateBody=template, Capabilities=["CAPABILITY_IAM"], Parameters=parameters()
                )


if __name__ == "__main__":
    unittest.main()
