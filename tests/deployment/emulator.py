"""An AWS of others on this machine: ministack, which speaks CloudFormation and makes what a stack declares. In front of it stands what
CloudFormation does before it makes anything, the translation by SAM, and what the emulator does not know is cut out there."""

import contextlib
import http.server
import json
import os
import re
import threading
import urllib.error
import urllib.parse
import urllib.request

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

from gaps import without
from server import server
from translate import NoManagedPolicies

REGION = "eu-west-1"
# The emulator finds out only when it comes to make it.
IMPOSSIBLE = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {"Metrics": [], "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1},
}


class Emulator:
    """`url` is where AWS is for the deployer's programs, and `called` what they have called there, of services whose protocols name
    it; `given` the parameters of every change of a stack, `released` the names of releases; `cut` the logical ids that the last
    template lost. The emulator makes no routes of an API's document: `routes` are those that API Gateway would make, but for the one
    that it `forgets`. The stack that `fails` names has one resource more, which comes last and cannot be made."""

    def __init__(self, behind):
        self.behind = behind
        self.cut = []
        self.fails = None
        self.called = set()
        self.given = []
        self.released = []
        self.routes = []
        self.forgets = None
        self.session = boto3.session.Session("test", "test", region_name=REGION)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (Door,), {"emulator": self}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self, service):
        return self.session.client(service, endpoint_url=self.behind)

    def environment(self):
        """For programs that are to call this AWS."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
        return mine | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.1",
        }

    def stack(self, name):
        return self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]

    def resources(self, name):
        """The resources of a stack: physical ids by logical ones."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"] for page in pages for each in page["StackResourceSummaries"]
        }

    def prepared(self, body, stack):
        """The template of a stack as CloudFormation would read it."""
        template = yaml_parse(body)
        if "Transform" in template:
            os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
            self.released += re.findall(r"RELEASE: (\S+)", body)
            template, self.cut = without(transform(template, {}, NoManagedPolicies()))
            apis = [each for each in template["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Api"]
            self.routes = [path for api in apis for path in api["Properties"]["Body"]["paths"]] or self.routes
            if self.fails == stack:
                template["Resources"]["Obstacle"] = IMPOSSIBLE | {"DependsOn": list(template["Resources"])}
        return json.dumps(template)


class Door(http.server.BaseHTTPRequestHandler):
    """Hands every call on; of those that bring a template, the template as CloudFormation reads it."""

    emulator: Emulator
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = (
            urllib.parse.parse_qs(body.decode("latin1"))
            if self.headers.get("Content-Type", "").startswith("application/x-www-form")
            else {}
        )
        action = form.get("Action", [None])[0] or self.headers.get("X-Amz-Target", "").split(".")[-1]
        if action:
            service = self.headers["Authorization"].split("/")[3]
            self.emulator.called.add(f"{service}:{action}")
        if form.get("Action") == ["CreateChangeSet"]:
            self.emulator.given.append(parameters(form))
            if "TemplateURL" in form:
                form["TemplateURL"] = [self.prepared(form["TemplateURL"][0], form["StackName"][0])]
            else:
                form["TemplateBody"] = [self.emulator.prepared(form["TemplateBody"][0], form["StackName"][0])]
            body = urllib.parse.urlencode(form, doseq=True).encode()
        if re.fullmatch(r"/v2/apis/[^/]+/routes", self.path):
            made = [path for path in self.emulator.routes if path != self.emulator.forgets]
            answer = json.dumps({"items": [{"routeId": path, "routeKey": path} for path in made]}).encode()
            status, headers = 200, [("Content-Type", "application/json")]
        else:
            status, headers, answer = self.call(self.command, self.path, body)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = answer

    def prepared(self, url, stack):
        """Puts the prepared template beside the one at `url`; its address."""
        path = urllib.parse.urlsplit(url).path
        _, _, body = self.call("GET", path, b"")
        prepared = self.emulator.prepared(body.decode(), stack).encode()
        self.call("PUT", f"{path}.prepared", prepared)
        return f"{url}.prepared"

    def call(self, method, path, body):
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in ("content-length", "connection", "expect")
        }
        if path != self.path:
            headers = {"Authorization": self.headers["Authorization"].replace("/cloudformation/", "/s3/")}
        request = urllib.request.Request(self.emulator.behind + path, data=body or None, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.getheaders(), answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers.items(), refused.read()

    def log_message(self, *_):
        pass


def parameters(form):
    """Those of a call by their names, with their values where it brings some."""
    keys = {name: values[0] for name, values in form.items() if name.startswith("Parameters.") and name.endswith(".ParameterKey")}
    return {key: form.get(name.replace("Key", "Value"), [None])[0] for name, key in keys.items()}


@contextlib.contextmanager
def emulator():
    settings = {"GATEWAY_PORT": "{port}", "BIND_HOST": "127.0.0.1", "MINISTACK_REGION": REGION}
    with server("ministack/bin/ministack", settings) as port:
        one = Emulator(f"http://127.0.0.1:{port}")
        try:
            yield one
        finally:
            one.server.shutdown()
            one.server.server_close()
