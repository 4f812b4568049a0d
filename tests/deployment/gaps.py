"""What the emulator of CloudFormation does not know, and what stands in for it."""

# Resource types that it refuses, and why nothing stands in for them.
UNKNOWN = {
    "AWS::CodeDeploy::Application": "no CodeDeploy: an alias moves at once instead of by a canary",
    "AWS::CodeDeploy::DeploymentGroup": "no CodeDeploy",
}
# Resource types that it refuses, and the older type that says it as well.
RENAMED = {"AWS::IAM::RolePolicy": "AWS::IAM::Policy"}


def is_metric_math(resource):
    """Alarms over several metrics: it takes those over one only."""
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def is_unknown(resource):
    return resource["Type"] in UNKNOWN or is_metric_math(resource)


def without(template):
    """A translated template as the emulator takes it, and the logical ids of what was cut out."""
    resources = template["Resources"]
    gone = sorted(name for name, resource in resources.items() if is_unknown(resource))
    kept = {name: adapted(resource) for name, resource in resources.items() if name not in gone}
    return template | {"Resources": kept}, gone


def adapted(resource):
    resource = {name: value for name, value in resource.items() if name != "UpdatePolicy"}  # It names CodeDeploy.
    if resource["Type"] in RENAMED:
        properties = dict(resource["Properties"])
        properties["Roles"] = [properties.pop("RoleName")]
        resource |= {"Type": RENAMED[resource["Type"]], "Properties": properties}
    return resource


# What moto, a second emulator, makes of a stack.
MOTO_MAKES = {
    "AWS::CloudWatch::Dashboard",
    "AWS::DynamoDB::Table",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
}
# What it passes over without a word.
MOTO_SKIPS = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::IAM::RolePolicy",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Route53::RecordSet",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SQS::QueuePolicy",
}
# What it cannot take: this names the alias of a function, which it passes over, and that breaks it.
MOTO_BREAKS = {
    "AWS::Events::Rule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
}


def for_moto(template, besides=None):
    """A translated template without what breaks moto, but for one type. Outputs go, and waits for what has gone: they name it."""
    broken = MOTO_BREAKS - {besides}
    kept = {name: resource for name, resource in template["Resources"].items() if resource["Type"] not in broken}
    return {key: value for key, value in template.items() if key != "Outputs"} | {"Resources": kept}
