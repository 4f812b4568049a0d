"""The rules of AWS over the template as SAM translates it. Each rule is also shown the fault that it is there for."""

import copy
import tempfile
import time
import unittest
from pathlib import Path

from samcli.yamlhelper import yaml_parse

import rules
from answers import LONGEST_STACK_NAME
from parameters import Parameters
from release import named, released
from server import entered
from translate import TEMPLATE, read, translated

SOURCE = read()


def resource(name):
    return lambda template: template["Resources"][name]


def set_in(*path, to):
    def spoil(template):
        *above, last = path
        for key in above:
            template = template[key]
        template[last] = to

    return spoil


def api(**properties):
    return lambda template: template["Resources"]["Api"]["Properties"].update(properties)


def route_with_slash(template):
    event = {"Type": "HttpApi", "Properties": {"ApiId": {"Ref": "Api"}, "Path": "/docs/", "Method": "ANY"}}
    template["Resources"]["DocsFunction"]["Properties"]["Events"]["PageWithSlash"] = event


def names_a_role(template):
    statements = template["Resources"]["VaultKey"]["Properties"]["KeyPolicy"]["Statement"]
    statements.append(
        {
            "Sid": "Old",
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::GetAtt": ["ApiKeysRole", "Arn"]}},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )


def long_rule(template):
    returns = template["Resources"]["MailFunction"]["Properties"]["Events"]["Returns"]["Properties"]
    returns["RuleName"] = {"Fn::Sub": "${AWS::StackName}-" + "x" * 60}


def wide_role(template):
    statements = template["Resources"]["DeploymentRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    statements += [statements[-1]] * 20


def waits_for_its_function(template):
    template["Resources"]["AuthRole"]["DependsOn"] = "AuthFunction"


# What the template was like before each rule was known, and some things that it never was.
FAULTS = [
    (rules.routes, route_with_slash),
    (rules.warnings, api(FailOnWarnings=True)),
    (rules.prompts, set_in("Parameters", "KycWebhookToken", "NoEcho", to=True)),
    (rules.leftovers, set_in("Resources", "VaultKey", "DeletionPolicy", to="Retain")),
    (
        rules.leftovers,
        set_in("Resources", "Kyc", "Properties", "DeletionProtectionEnabled", to={"Fn::If": ["IsProd", True, False]}),
    ),
    (rules.principals, names_a_role),
    (
        rules.principals,
        set_in(
            "Resources", "DataKey", "Properties", "KeyPolicy", "Statement", 0, "Principal", "AWS", to={"Ref": "OperatorRoleArn"}
        ),
    ),
    (rules.metrics, set_in("Resources", "Api", "Properties", "DefaultRouteSettings", "DetailedMetricsEnabled", to=True)),
    (rules.platform_logs, set_in("Globals", "Function", "LoggingConfig", "SystemLogLevel", to="INFO")),
    (rules.lengths, long_rule),
    (rules.lengths, wide_role),
    (
        rules.lengths,
        set_in("Resources", "MailDeadLetters", "Properties", "QueueName", to={"Fn::Sub": "${AWS::StackName}" + "x" * 70}),
    ),
    (
        rules.lengths,
        lambda template: (metrics := template["Resources"]["MetricsRefused"]["Properties"]["Metrics"]).extend(metrics[1:] * 2),
    ),
    (rules.waits, waits_for_its_function),
    (rules.waits, set_in("Resources", "AuthFunction", "DependsOn", to="Nowhere")),
]


class Rules(unittest.TestCase):
    maxDiff = None

    def test_the_template_keeps_every_rule(self):
        template = translated(SOURCE)
        self.assertEqual({rule.__name__: list(rule(template)) for rule in rules.ALL}, {rule.__name__: [] for rule in rules.ALL})

    def test_each_rule_sees_what_it_is_there_for(self):
        self.assertEqual({rule for rule, _ in FAULTS}, set(rules.ALL))
        for rule, spoil in FAULTS:
            with self.subTest(rule.__name__):
                template = copy.deepcopy(SOURCE)
                spoil(template)
                self.assertNotEqual(list(rule(translated(template))), [])

    def test_the_longest_stack_name_is_the_one_that_fits(self):
        template = translated(SOURCE)
        self.assertEqual(LONGEST_STACK_NAME, rules.longest_stack_name(template))
        self.assertEqual(list(rules.lengths(template, "x" * LONGEST_STACK_NAME)), [])
        self.assertNotEqual(list(rules.lengths(template, "x" * (LONGEST_STACK_NAME + 1))), [])


class Releases(unittest.TestCase):
    """SAM names a version by the text of its function's properties. (aws/serverless-application-model #3820)"""

    text = TEMPLATE.read_text()
    given = Parameters().defaults() | {"AppUrl": "https://a.example", "MailFrom": "a@b.example"}

    def setUp(self):
        self.built = Path(entered(self, tempfile.TemporaryDirectory()), "template.yaml")
        self.built.write_text(self.text)
        self.code = self.built.parent / "AuthFunction" / "bootstrap"
        self.code.parent.mkdir()
        self.code.write_bytes(b"one")

    def versions(self, name):
        return rules.versions(translated(yaml_parse(released(self.text, name))))

    def test_another_name_makes_another_version_of_every_function(self):
        before = self.versions("one")
        self.assertGreater(len(before), 1)
        self.assertEqual(self.versions("one"), before)
        after = self.versions("two")
        self.assertEqual(after.keys(), before.keys())
        self.assertFalse(set(after.values()) & set(before.values()))

    def test_a_release_is_called_anew_where_anything_is_changed(self):
        last = named(self.built, self.given, None)
        self.assertEqual(named(self.built, dict(self.given), last), last, "what is not changed is not published again")
        for name in SOURCE["Parameters"]:
            with self.subTest(name):
                self.assertNotEqual(named(self.built, self.given | {name: "another"}, last), last)
        self.code.write_bytes(b"two")
        self.assertNotEqual(named(self.built, self.given, last), last)
        self.code.write_bytes(b"one")
        self.built.write_text(self.text + "# changed")
        self.assertNotEqual(named(self.built, self.given, last), last)

    def test_a_release_that_is_tried_again_is_called_anew(self):
        first = named(self.built, self.given, "the one before")
        while (second := named(self.built, self.given, "the one before")) == first:
            time.sleep(0.1)
        self.assertEqual(first.rsplit("-", 1)[0], second.rsplit("-", 1)[0])

    def test_without_the_release_a_change_would_not_be_published(self):
        plain = [
            rules.versions(translated(yaml_parse(self.text.replace("Default: generic", f"Default: {default}"))))
            for default in ("generic", "sumsub")
        ]
        self.assertEqual(plain[0], plain[1])

    def test_a_template_without_a_place_for_it_is_not_deployed(self):
        with self.assertRaises(RuntimeError):
            released(self.text.replace("RELEASE: unreleased", ""), "one")


if __name__ == "__main__":
    unittest.main()
