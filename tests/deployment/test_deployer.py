"""What infra/deployer.yaml allows, held against what AWS says that deploying the stack takes.

cfn-lint ships AWS's resource schemas, and each names the permissions that its handlers use.
"""

import json
import re
import unittest
from fnmatch import fnmatchcase
from functools import cache

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from samcli.lib.bootstrap.bootstrap import _get_stack_template as sams_own_stack

from translate import TEMPLATE, read, translated

REGION, ACCOUNT, STACK = "eu-west-1", "123456789012", "bitcain-prod"
VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
    "Prefix": "bitcain-",
    "HostedZoneId": "Z0123",
    "Repository": "owner/name",
    "Stage": "prod",
}

# What an action of the resource's own service is checked on, by the resource's type; every one of them has to be allowed, unless a
# statement allows the action everywhere. `{name}` is the name that the template gives, or CloudFormation makes up.
ON = {
    "AWS::ApiGatewayV2::Api": [
        f"arn:aws:apigateway:{REGION}::/apis",
        f"arn:aws:apigateway:{REGION}::/apis/a1b2c3",
        f"arn:aws:apigateway:{REGION}::/tags/arn%3Aaws%3Aapigateway%3A{REGION}%3A%3A%2Fv2%2Fapis%2Fa1b2c3",
    ],
    "AWS::ApiGatewayV2::ApiMapping": [f"arn:aws:apigateway:{REGION}::/domainnames/api.example.com/apimappings/a1"],
    "AWS::ApiGatewayV2::DomainName": [
        f"arn:aws:apigateway:{REGION}::/domainnames",
        f"arn:aws:apigateway:{REGION}::/domainnames/api.example.com",
    ],
    "AWS::ApiGatewayV2::Stage": [f"arn:aws:apigateway:{REGION}::/apis/a1b2c3/stages/$default"],
    "AWS::CloudWatch::Alarm": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{name}}"],
    "AWS::CloudWatch::Dashboard": [f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{{name}}"],
    "AWS::CodeDeploy::Application": [f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:application:{{name}}"],
    "AWS::CodeDeploy::DeploymentGroup": [
        f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:application:{STACK}-ServerlessDeploymentApplication-1A2B",
        f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:deploymentgroup:{STACK}-ServerlessDeploymentApplication-1A2B/{{name}}",
    ],
    "AWS::DynamoDB::Table": [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{name}}"],
    "AWS::Events::Rule": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{name}}"],
    "AWS::IAM::Role": [f"arn:aws:iam::{ACCOUNT}:role/{{name}}"],
    "AWS::IAM::RolePolicy": [f"arn:aws:iam::{ACCOUNT}:role/{{name}}"],
    "AWS::KMS::Alias": [f"arn:aws:kms:{REGION}:{ACCOUNT}:{{name}}", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1-2-3"],
    "AWS::KMS::Key": [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1-2-3"],
    "AWS::Lambda::Alias": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-AuthFunction-1A2B:live"],
    "AWS::Lambda::EventInvokeConfig": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-MailFunction-1A2B:live"],
    "AWS::Lambda::EventSourceMapping": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:1-2-3"],
    "AWS::Lambda::Function": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}"],
    "AWS::Lambda::Permission": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-AuthFunction-1A2B:live"],
    "AWS::Lambda::Version": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-AuthFunction-1A2B:7"],
    "AWS::Logs::LogGroup": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*"],
    "AWS::Route53::RecordSet": ["arn:aws:route53:::hostedzone/Z0123"],
    "AWS::S3::Bucket": ["arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-1a2b"],
    "AWS::S3::BucketPolicy": ["arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-1a2b"],
    "AWS::SES::ConfigurationSet": [f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{{name}}"],
    "AWS::SES::ConfigurationSetEventDestination": [f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{STACK}-MailSending-1A2B"],
    "AWS::SQS::Queue": [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{name}}"],
    "AWS::SQS::QueuePolicy": [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{STACK}-mail-dead-letters"],
}
# What other actions are checked on: those that are checked on something else than the resource, and those of other services.
ELSEWHERE = {
    "codedeploy:*": [f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:deploymentgroup:{STACK}-ServerlessDeploymentApplication-1A2B/g"],
    "codedeploy:GetDeploymentConfig": [
        f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:deploymentconfig:CodeDeployDefault.LambdaAllAtOnce"
    ],
    "iam:CreateServiceLinkedRole": [
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"
    ],
    "iam:PassRole": [f"arn:aws:iam::{ACCOUNT}:role/{STACK}-AuthRole-1A2B"],
    "kms:*": [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1-2-3"],
    "logs:*": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{STACK}/auth"],
    "s3:*": ["arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-1a2b/code"],
}
NAMED_BY = ("AliasName", "DashboardName", "LogGroupName", "QueueName", "RoleName", "TableName")

# What handlers name and deployer.yaml leaves out, by the reason.
LEFT_OUT = {
    "IAM knows no such actions; tags of API Gateway are set by POST and PUT on /tags": "apigateway:TagResource apigateway:UntagResource",
    "rows are nobody's business who deploys; the handler writes some for replicas": "dynamodb:*Item dynamodb:Query dynamodb:Scan",
    "no table is made from a file": "dynamodb:*Import* logs:*LogStream* logs:PutLogEvents s3:GetObjectMetadata",
    "no table has replicas, a policy of its own or a stream to Kinesis": (
        "dynamodb:*Replica dynamodb:[!G]*ResourcePolicy dynamodb:*ableKinesisStreamingDestination"
        " dynamodb:UpdateKinesisStreamingDestination dynamodb:UpdateContributorInsights kinesis:*"
    ),
    "DynamoDB retires its grants itself": "kms:RevokeGrant",
    "the template switches nothing of a key off; who does is the administrator": "kms:DisableKey kms:DisableKeyRotation kms:EnableKey",
    "no function has a network, a file system, a layer or signed code": (
        "ec2:* elasticfilesystem:* s3files:* lambda:GetLayerVersion lambda:GetCodeSigningConfig lambda:PutFunctionCodeSigningConfig"
        " lambda:DeleteFunctionCodeSigningConfig"
    ),
    "no function has a share of concurrency, a runtime or machines of its own": (
        "lambda:*FunctionConcurrency lambda:[!G]*ProvisionedConcurrencyConfig lambda:PassCapacityProvider"
        " lambda:PutFunctionScalingConfig lambda:PutFunctionRecursionConfig lambda:PutRuntimeManagementConfig lambda:AssociateRuntimeAlias"
        " codedeploy:RegisterOnPremisesInstance"
    ),
    "the roles have policies of their own alone: nobody needs to attach one of AWS's": "iam:*achRolePolicy iam:*PermissionsBoundary",
    "access logs go to CloudWatch": "firehose:* s3:REST.PUT.OBJECT",
    "the policy for deliveries is the account's, and others may need it": "logs:DeleteResourcePolicy",
    "logs have neither masks nor indexes nor protection of their own": (
        "logs:PutDataProtectionPolicy logs:[!D]*IndexPolicy logs:DeleteIndexPolicy logs:PutLogGroupDeletionProtection"
        " logs:PutBearerTokenAuthentication"
    ),
    "no archive of mails, no watching of who opens them, no deliverability manager": "ses:PutConfigurationSet[ATV]*",
    "SAM's bucket is made once, of encryption, versions, a policy and tags; taking it down is the administrator's": (
        "s3:Delete* s3:*Acl s3:*Abac s3:*Accelerate* s3:*Analytics* s3:*BucketMetadata* s3:*BucketNotification s3:*CORS"
        " s3:*IntelligentTiering* s3:*Inventory* s3:*Lifecycle* s3:*Logging s3:*Metrics* s3:*ObjectLock* s3:*OwnershipControls"
        " s3:*Replication* s3:*Website s3:ListTagsForResource s3:UntagResource s3tables:*"
    ),
}

# What deployer.yaml allows and no handler names, by the reason.
BESIDES = {
    "the calls of `sam deploy` and of the scripts themselves": "cloudformation:* s3:GetBucketLocation s3:PutObject",
    "DynamoDB's page on customer managed keys asks it of whoever makes a table": "kms:GenerateDataKeyWithoutPlaintext kms:ReEncrypt*",
    "API Gateway's page on the logs of HTTP APIs asks it of whoever sets an access log": "logs:*LogDeliver*",
}

# Whoever may do this outside of DynamoDB's calls can open what is sealed, or seal in somebody's name.
CRYPTOGRAPHY = re.compile(r"kms:(Decrypt|Encrypt|GenerateDataKey|ReEncrypt|Sign|CreateGrant)")


def resolved(value):
    """The value with the parameters of VALUES in it, every condition true."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Fn::Sub":
            return re.sub(r"\$\{([\w:]+)\}", lambda match: VALUES.get(match[1], f"of-{match[1]}"), argument)
        if name == "Fn::If":
            return resolved(argument[1])
        if name == "Ref":
            return VALUES.get(argument, f"{STACK}-{argument}-1A2B")
        if name == "Fn::GetAtt":
            return f"of-{argument}"
    if isinstance(value, dict):
        return {key: resolved(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner) for inner in value]
    return value


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(patterns, text):
    return any(fnmatchcase(text, pattern) for pattern in listed(patterns))


RESOURCES = read(TEMPLATE.parent / "infra" / "deployer.yaml")["Resources"]
POLICIES = {
    name: resolved(resource["Properties"]["PolicyDocument"])
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::IAM::ManagedPolicy"
}
STATEMENTS = [statement for policy in POLICIES.values() for statement in policy["Statement"]]


def actions(statement):
    """In lower case: IAM does not tell the cases apart, and AWS's schemas mix them."""
    return {action.lower() for action in listed(statement["Action"])}


ALLOWED = {action for statement in STATEMENTS for action in actions(statement)}


def is_allowed(action, arn):
    return any(action.lower() in actions(one) and matches(one["Resource"], arn) for one in STATEMENTS)


def excuses(lists):
    return [pattern.lower() for patterns in lists.values() for pattern in patterns.split()]


@cache
def handlers():
    """Every permission that a handler names: (the resource's name, its type, the action)."""
    found = []
    for logical, resource in {**translated()["Resources"], **json.loads(sams_own_stack())["Resources"]}.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        name = next((resolved(properties[key]) for key in NAMED_BY if key in properties), f"{STACK}-{logical}-1A2B")
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
        for handler in ("create", "read", "update", "delete"):
            for action in schema["handlers"].get(handler, {}).get("permissions", []):
                found.append((name, kind, action))
    return found


def checked_on(name, kind, action):
    """The ARNs that AWS holds the action against."""
    service = action.split(":")[0]
    is_own = kind.split("::")[1].removesuffix("V2").lower() == service
    arns = ELSEWHERE.get(action) or (ON[kind] if is_own else ELSEWHERE[f"{service}:*"])
    return [arn.format(name=name) for arn in arns]


class Deployer(unittest.TestCase):
    maxDiff = None

    def test_what_deploying_takes_is_allowed(self):
        left_out = excuses(LEFT_OUT)
        missing = {
            (action, arn)
            for name, kind, action in handlers()
            if not matches(left_out, action.lower())
            for arn in checked_on(name, kind, action)
            if not is_allowed(action, arn)
        }
        self.assertEqual(set(), missing)

    def test_nothing_else_is_allowed(self):
        named = {action.lower() for _, _, action in handlers()}
        self.assertEqual(set(), {action for action in ALLOWED - named if not matches(excuses(BESIDES), action)})
        self.assertEqual(set(), {action for action in ALLOWED if matches(excuses(LEFT_OUT), action)})

    def test_every_exception_is_needed(self):
        named = {action.lower() for _, _, action in handlers()}
        for exceptions, needed in (LEFT_OUT, named - ALLOWED), (BESIDES, ALLOWED - named):
            self.assertEqual([], [one for one in excuses(exceptions) if not any(fnmatchcase(action, one) for action in needed)])

    def test_no_key_opens_but_through_dynamodb(self):
        for statement in STATEMENTS:
            if any(CRYPTOGRAPHY.match(action) for action in listed(statement["Action"])):
                condition = statement.get("Condition", {}).get("StringEquals", {})
                self.assertEqual(f"dynamodb.{REGION}.amazonaws.com", condition.get("kms:ViaService"), statement["Sid"])

    def test_roles_are_the_stack_s_and_go_to_functions_and_deployments(self):
        for statement in STATEMENTS:
            if any(action.startswith("iam:") for action in actions(statement)):
                self.assertFalse(matches(statement["Resource"], f"arn:aws:iam::{ACCOUNT}:role/administrator"), statement["Sid"])
        (passing,) = [statement for statement in STATEMENTS if "iam:passrole" in actions(statement)]
        services = ["codedeploy.amazonaws.com", "lambda.amazonaws.com"]
        self.assertEqual({"StringEquals": {"iam:PassedToService": services}}, passing["Condition"])

    def test_the_release_role_cannot_change_itself(self):
        role = RESOURCES["ReleaseRole"]["Properties"]
        # Also where the administrator has given the stack a name with the prefix.
        arn = f"arn:aws:iam::{ACCOUNT}:role{role['Path']}{STACK}-ReleaseRole-1A2B"
        self.assertEqual([], [one["Sid"] for one in STATEMENTS if one["Resource"] != "*" and matches(one["Resource"], arn)])

    def test_only_jobs_of_the_environment_take_the_role(self):
        (statement,) = resolved(RESOURCES["ReleaseRole"]["Properties"]["AssumeRolePolicyDocument"])["Statement"]
        issuer = "token.actions.githubusercontent.com"
        wanted = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "repo:owner/name:environment:prod"}
        self.assertEqual({"StringEquals": wanted}, statement["Condition"])

    def test_policies_have_the_length_that_iam_takes(self):
        longest = {"eu-west-1": "ap-southeast-2", "bitcain-": 32 * "b", ":aws:": ":aws-us-gov:"}
        for name, policy in POLICIES.items():
            text = json.dumps(policy, separators=(",", ":"))
            for short, long in longest.items():
                text = text.replace(short, long)
            self.assertLessEqual(len(text), 6144, name)


if __name__ == "__main__":
    unittest.main()
