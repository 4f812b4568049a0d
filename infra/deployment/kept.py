"""What outlives a stack: the resources that template.yaml has CloudFormation keep, found again by name."""

import boto3
from botocore.exceptions import ClientError

from answers import Refused
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
# Left to the next deployment: it names what is not there yet, or hangs on a parameter.
LATER = ("KeyPolicy", "DeletionProtectionEnabled")


class Kept:
    """The kept resources of a stack that was deleted."""

    def __init__(self, stack_name, region):
        self.stack_name = stack_name
        self.clients = {service: boto3.client(service, region_name=region) for service in ("dynamodb", "logs", "sqs", "kms")}
        resources = read()["Resources"]
        self.declared = {
            name: resource for name, resource in resources.items() if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
        }

    def found(self):
        """Identifiers for CloudFormation of those that are there, by logical id."""
        found = {name: self.identifier(resource) for name, resource in self.declared.items()}
        return {name: identifier for name, identifier in found.items() if identifier}

    def identifier(self, resource):
        key, named_by = IDENTIFIERS[resource["Type"]]
        name = self.name(resource["Properties"][named_by] if named_by else self.alias_of(resource))
        value = self.look_up(resource["Type"], name)
        return {key: value} if value else None

    def alias_of(self, key):
        """The name of the alias that leads to a key."""
        [alias] = [
            each["Properties"]["AliasName"]
            for each in self.declared.values()
            if each["Type"] == "AWS::KMS::Alias" and self.declared[each["Properties"]["TargetKeyId"]["Ref"]] is key
        ]
        return alias

    def name(self, text):
        return text["Fn::Sub"].replace("${AWS::StackName}", self.stack_name)

    def look_up(self, kind, name):
        """The identifier of what bears a name; None where nothing does."""
        try:
            match kind:
                case "AWS::DynamoDB::Table":
                    return self.clients["dynamodb"].describe_table(TableName=name)["Table"]["TableName"]
                case "AWS::Logs::LogGroup":
                    groups = self.clients["logs"].describe_log_groups(logGroupNamePrefix=name)["logGroups"]
                    return name if any(group["logGroupName"] == name for group in groups) else None
                case "AWS::SQS::Queue":
                    return self.clients["sqs"].get_queue_url(QueueName=name)["QueueUrl"]
                case "AWS::KMS::Alias" | "AWS::KMS::Key":
                    key = self.clients["kms"].describe_key(KeyId=name)["KeyMetadata"]
                    if key["KeyState"] == "PendingDeletion":
                        raise Refused(
                            f"{name} is to be deleted: `aws kms cancel-key-deletion --key-id {key['KeyId']}` while there is time"
                        )
                    return name if kind == "AWS::KMS::Alias" else key["KeyId"]
        except ClientError as error:
            if error.response["Error"]["Code"].rsplit(".")[-1] not in (
                "ResourceNotFoundException",
                "QueueDoesNotExist",
                "NonExistentQueue",
                "NotFoundException",
            ):
                raise
        return None

    def template(self, names):
        """A template of those alone. Importing changes nothing of them; it has to declare what CloudFormation demands."""
        return {"Resources": {name: self.for_import(self.declared[name]) for name in names}}

    def for_import(self, resource):
        properties = {name: value for name, value in resource["Properties"].items() if name not in LATER}
        kept = {name: resource[name] for name in ("Type", "DeletionPolicy", "UpdateReplacePolicy")}
        return kept | {"Properties": properties}
