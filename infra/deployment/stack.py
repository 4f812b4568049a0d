"""A stack of CloudFormation, as it stands."""

import boto3
from botocore.exceptions import ClientError

from answers import Refused


class Stack:
    def __init__(self, name, region):
        self.name = name
        self.cloudformation = boto3.client("cloudformation", region_name=region)

    def describe(self):
        """What CloudFormation says of it; None where there is none."""
        try:
            return self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def status(self):
        return (self.describe() or {}).get("StackStatus")

    def stands(self):
        """Whether it was made and can be changed."""
        return self.status() in (
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
            "UPDATE_ROLLBACK_COMPLETE",
            "IMPORT_COMPLETE",
            "IMPORT_ROLLBACK_COMPLETE",
        )

    def parameters(self):
        """What it was given."""
        described = self.describe() or {}
        return {given["ParameterKey"]: given["ParameterValue"] for given in described.get("Parameters", [])}

    def outputs(self):
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe().get("Outputs", [])}

    def wait(self, state, **more):
        """Returns when CloudFormation says so; half an hour at most."""
        self.cloudformation.get_waiter(state).wait(StackName=self.name, WaiterConfig={"Delay": 2, "MaxAttempts": 900}, **more)

    def make_way(self):
        """Removes what a first deployment that failed has left, an empty stack that nothing can be deployed to. Whatever else is in the
        way is for a person to look at."""
        status = self.status()
        if status == "ROLLBACK_COMPLETE":
            print(f"{self.name} could not be made the last time and is empty: it goes first")
            self.cloudformation.delete_stack(StackName=self.name)
            self.wait("stack_delete_complete")
        elif status not in (None, "REVIEW_IN_PROGRESS") and not self.stands():
            raise Refused(f"{self.name} is in {status}; infra/README.md, When a deployment fails, says what to do")
