"""What outlives a stack: the resources that template.yaml has CloudFormation keep, found again by name."""

import json

import boto3
from botocore.exceptions import ClientError

from translate import read

# What tells the resource of a type apart for CloudFormation, and the property that names it in the template.
IDENTIFIERS = {
    "AWS::DynamoDB::Table": ("TableName", "TableName"),
    "AWS::Logs::LogGroup": ("LogGroupName", "LogGroupName"),
    "AWS::SQS::Queue": ("QueueUrl", "QueueName"),
    "AWS::KMS::Alias": ("AliasName", "AliasName"),
    # It has no name: its alias leads to it.
    "AWS::KMS::Key": ("KeyId", None),
}
NOT_THERE = ("ResourceNotFoundException", "QueueDoesNotExist", "NonExistentQueue", "NotFoundException")


class Kept:
    """The kept resources of a stack that was deleted."""

    def __init__(self, stack_name, region):
        self.stack_name = stack_name
        services = ("dynamodb", "logs", "sqs", "kms")
        self.dynamodb, self.logs, self.sqs, self.kms = (boto3.client(service, region_name=region) for service in services)
        resources = read()["Resources"].items()
        self.declared = {
            name: resource for name, resource in resources if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
        }

    def found(self):
        """Identifiers for CloudFormation of those that are there, by logical id."""
        found = {name: self.identifier(resource) for name, resource in self.declared.items()}
        return {name: identifier for name, identifier in found.items() if identifier}

    def without_key(self, found):
        """Keys that what was found hangs on and that are not there, or will not be for long."""
        keys = [name for name, resource in self.declared.items() if resource["Type"] == "AWS::KMS::Key"]
        return [name for name in keys if name not in found or self.is_doomed(found[name]["KeyId"])]

    def is_doomed(self, key):
        return self.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"

    def identifier(self, resource):
        key, _ = IDENTIFIERS[resource["Type"]]
        try:
            value = self.look_up(resource["Type"], self.name(resource))
        except ClientError as error:
            if error.response["Error"]["Code"].rsplit(".")[-1] not in NOT_THERE:
                raise
            value = None
        return {key: value} if value else None

    def name(self, resource):
        """What a resource is called; of a key, what the alias that leads to it is called."""
        _, named_by = IDENTIFIERS[resource["Type"]]
        if not named_by:
            aliases = [each for each in self.declared.values() if each["Type"] == "AWS::KMS::Alias"]
            [resource] = [each for each in aliases if self.declared[each["Properties"]["TargetKeyId"]["Ref"]] is resource]
            named_by = "AliasName"
        return resource["Properties"][named_by]["Fn::Sub"].replace("${AWS::StackName}", self.stack_name)

    def look_up(self, kind, name):
        """The identifier of what is called so."""
        match kind:
            case "AWS::DynamoDB::Table":
                return self.dynamodb.describe_table(TableName=name)["Table"]["TableName"]
            case "AWS::Logs::LogGroup":
                groups = self.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
                return name if any(group["logGroupName"] == name for group in groups) else None
            case "AWS::SQS::Queue":
                return self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
            case "AWS::KMS::Key":
                return self.kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"]
            case "AWS::KMS::Alias":
                self.kms.describe_key(KeyId=name)
                return name

    def template(self, found):
        """A template of what was found, as it is. Importing changes nothing; but what is left out here, a rollback would take away."""
        resources = {}
        for name, identifier in found.items():
            resource = self.declared[name]
            properties = resource["Properties"] | self.as_it_is(resource["Type"], identifier)
            policies = {key: resource[key] for key in ("DeletionPolicy", "UpdateReplacePolicy")}
            resources[name] = {"Type": resource["Type"], **policies, "Properties": properties}
        return {"Resources": resources}

    def as_it_is(self, kind, identifier):
        """The properties that hang on the rest of the stack, or on how it was deployed."""
        match kind:
            case "AWS::KMS::Key":
                policy = self.kms.get_key_policy(KeyId=identifier["KeyId"], PolicyName="default")["Policy"]
                return {"KeyPolicy": json.loads(policy)}
            case "AWS::DynamoDB::Table":
                table = self.dynamodb.describe_table(TableName=identifier["TableName"])["Table"]
                return {"DeletionProtectionEnabled": table.get("DeletionProtectionEnabled", False)}
        return {}
