"""A stack of CloudFormation, as it stands."""

import json
import re

import boto3
from botocore.exceptions import ClientError

from parameters import Refused

# Nothing was ever made under this name.
ABSENT = (None, "REVIEW_IN_PROGRESS")
# It was made, and CloudFormation takes changes.
STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")


class Stack:
    def __init__(self, name, region):
        self.name = name
        self.region = region
        self.cloudformation = boto3.client("cloudformation", region_name=region)

    def describe(self):
        """What CloudFormation says of it; empty where there is none."""
        try:
            return self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise

    def status(self):
        return self.describe().get("StackStatus")

    def stands(self):
        return self.status() in STANDING

    def is_absent(self):
        return self.status() in ABSENT

    def parameters(self):
        """What it was given."""
        return {given["ParameterKey"]: given["ParameterValue"] for given in self.describe().get("Parameters", [])}

    def outputs(self):
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe().get("Outputs", [])}

    def routes(self):
        """The paths that its API routes."""
        api = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId="Api")
        gateway = boto3.client("apigatewayv2", region_name=self.region)
        pages = gateway.get_paginator("get_routes").paginate(ApiId=api["StackResourceDetail"]["PhysicalResourceId"])
        return {route["RouteKey"].split(" ")[-1] for page in pages for route in page["Items"]}

    def release(self):
        """The name of what was deployed last; None where nothing was."""
        if not self.stands():
            return None
        template = self.cloudformation.get_template(StackName=self.name, TemplateStage="Original")["TemplateBody"]
        text = template if isinstance(template, str) else json.dumps(template)
        found = re.search(r'\bRELEASE"?: "?([^\s",]+)', text)
        return found[1] if found else None

    def wait(self, state, **more):
        """Returns when CloudFormation says so; half an hour at most."""
        self.cloudformation.get_waiter(state).wait(StackName=self.name, WaiterConfig={"Delay": 2, "MaxAttempts": 900}, **more)

    def make_way(self):
        """Removes what a first deployment that failed has left, an empty stack that nothing can be deployed to. Whatever else is in
        the way is for a person to look at."""
        status = self.status()
        if status == "ROLLBACK_COMPLETE":
            print(f"{self.name} could not be made the last time and is empty: it goes first")
            self.cloudformation.delete_stack(StackName=self.name)
            self.wait("stack_delete_complete")
        elif status not in ABSENT and status not in STANDING:
            raise Refused(f"{self.name} is in {status}; infra/README.md, When a deployment fails, says what to do")
