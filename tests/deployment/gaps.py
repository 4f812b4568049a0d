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
