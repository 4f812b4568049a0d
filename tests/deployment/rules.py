"""What AWS demands of a template and no linter says. Each rule takes the template that SAM has translated and tells what breaks it.

Each has its source; what AWS does is of others' reports where its documents are silent."""

import json
import re
from functools import cache

# The longest names that AWS takes, by type and property. Service quotas and API references of each service.
LENGTHS = {
    ("AWS::CloudWatch::Dashboard", "DashboardName"): 255,
    ("AWS::DynamoDB::Table", "TableName"): 255,
    ("AWS::Events::Rule", "Name"): 64,
    ("AWS::IAM::Role", "RoleName"): 64,
    ("AWS::IAM::RolePolicy", "PolicyName"): 128,
    ("AWS::KMS::Alias", "AliasName"): 256,
    ("AWS::Lambda::Alias", "Name"): 128,
    ("AWS::Lambda::Function", "FunctionName"): 64,
    ("AWS::Lambda::Function", "Description"): 256,
    ("AWS::Logs::LogGroup", "LogGroupName"): 512,
    ("AWS::SQS::Queue", "QueueName"): 80,
}
# What names are made of besides the stack's name, at its longest.
LONGEST = {"AWS::Region": "ap-southeast-99", "AWS::AccountId": "0" * 12, "AWS::Partition": "aws-us-gov"}
# The largest policies that AWS takes, in characters: IAM counts without white space, all that a role has inside together.
ROLE_POLICIES = 10_240
KEY_POLICY = 32_768
# CloudFormation's limits: of a template that lies in S3, and of what it may have.
TEMPLATE = 1_000_000
COUNTS = {"Resources": 500, "Parameters": 200, "Outputs": 200}
# CloudWatch, Using metric math: what an alarm may look at.
ALARM_METRICS = 10


def of_type(template, kind):
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}


def walk(value, path=()):
    """Every member of a value, with the keys that lead there."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from walk(member, (*path, key))


def named(value):
    """The logical ids that a value names."""
    for path, member in walk(value):
        match path[-1:], member:
            case ("Ref",), str():
                yield member
            case ("Fn::GetAtt",), [str(first), *_]:
                yield first
            case ("Fn::GetAtt",), str():
                yield member.split(".")[0]
            case ("Fn::Sub",), str() | [str(), *_]:
                text, local = (member, {}) if isinstance(member, str) else (member[0], (member[1:] or [{}])[0])
                names = {name.split(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)}
                yield from sorted(names - set(local))


def routes(template):
    """An HTTP API has no route that ends in a slash: none is made at an import (aws/serverless-application-model #1949), and CreateRoute
    refuses it ("invalid route name ending in /", storacha/w3infra #166). `{proxy+}` takes such requests."""
    for name, api in of_type(template, "AWS::ApiGatewayV2::Api").items():
        for path in api["Properties"]["Body"]["paths"]:
            if path != "/" and path.endswith("/"):
                yield f"{name}: {path}"


def warnings(template):
    """With FailOnWarnings an import fails for a server without a URL, and that is what SAM writes wherever DisableExecuteApiEndpoint is set
    (aws/serverless-application-model #2424)."""
    for name, api in of_type(template, "AWS::ApiGatewayV2::Api").items():
        properties = api["Properties"]
        if properties.get("FailOnWarnings") and any("url" not in server for server in properties["Body"].get("servers", [])):
            yield f"{name}: a server without a URL is a warning"


def prompts(template):
    """Whoever deploys has nothing to type twice: CloudFormation shows no parameter with NoEcho again, and SAM's guide asks for one that is
    optional until something is typed (samcli/commands/deploy/guided_context.py). What they hold here is sealed by KMS."""
    for name, parameter in template["Parameters"].items():
        if parameter.get("NoEcho"):
            yield name


def leftovers(template):
    """What a creation that fails has made must go again, or its name blocks the next try: Retain keeps it, RetainExceptOnCreate does not
    (CloudFormation, DeletionPolicy attribute). A table that is protected cannot go."""
    for name, resource in template["Resources"].items():
        if resource.get("DeletionPolicy") == "Retain" and resource["Type"] != "AWS::Lambda::Version":
            yield f"{name} stays after a creation that failed"
        if decided(template, resource["Properties"].get("DeletionProtectionEnabled", False), {"Stage": "prod"}) is not False:
            yield f"{name} is protected before the stack stands"


def decided(template, value, given):
    """A value under conditions, as the parameters decide it; those not given have their defaults."""
    if not (isinstance(value, dict) and "Fn::If" in value):
        return value
    condition, yes, no = value["Fn::If"]
    [(function, (left, right))] = template["Conditions"][condition].items()
    assert function == "Fn::Equals", condition
    name = left["Ref"]
    return decided(template, yes if given.get(name, template["Parameters"][name].get("Default")) == right else no, given)


def principals(template):
    """A policy of a resource that names a role as principal is refused while IAM has not spread a role made seconds ago ("invalid
    principals", hashicorp/terraform-provider-aws #24696; CloudFormation's handler does not try again), and dies with the role: what
    is kept is the id of the role, not its name (IAM, AWS JSON policy elements: Principal). The account as principal, with a condition
    on aws:PrincipalArn, does neither."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            continue
        for path, member in walk(resource["Properties"]):
            if path[-2:] == ("Principal", "AWS"):
                for principal in member if isinstance(member, list) else [member]:
                    if not (isinstance(principal, dict) and str(principal.get("Fn::Sub", "")).endswith(":root")):
                        yield f"{name}: {json.dumps(principal)}"


def metrics(template):
    """Metrics by route cost $0.30 each and month, and every path that a scanner tries under ANY makes some (API Gateway, Monitoring
    HTTP APIs with CloudWatch metrics). Nothing here reads them."""
    for name, stage in of_type(template, "AWS::ApiGatewayV2::Stage").items():
        settings = [stage["Properties"].get("DefaultRouteSettings", {}), *stage["Properties"].get("RouteSettings", {}).values()]
        if any(setting.get("DetailedMetricsEnabled") for setting in settings):
            yield name


def platform_logs(template):
    """In JSON Lambda writes two lines of its own for each call, unless SystemLogLevel is WARN (Lambda, Log-level filtering)."""
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        if function["Properties"].get("LoggingConfig", {}).get("SystemLogLevel") != "WARN":
            yield name


def longest_stack_name(template):
    """How long a stack's name may be, that all names made of it are short enough."""
    room = [128]
    for resource in template["Resources"].values():
        for (kind, property_name), limit in LENGTHS.items():
            name = resource["Properties"].get(property_name) if resource["Type"] == kind else None
            text = name.get("Fn::Sub", "") if isinstance(name, dict) else name or ""
            if "${AWS::StackName}" in text:
                room.append((limit - len(spelled(text, ""))) // text.count("${AWS::StackName}"))
    return min(room)


def spelled(text, stack_name):
    for name, longest in (LONGEST | {"AWS::StackName": stack_name}).items():
        text = text.replace(f"${{{name}}}", longest)
    return text


def lengths(template, stack_name="bitcain-staging"):
    """Names, policies and the template itself have limits, and most are found out only when something is made. Policies are measured as
    they stand here, where a reference is about as long as the ARN that it becomes."""
    for name, resource in template["Resources"].items():
        for (kind, property_name), limit in LENGTHS.items():
            value = resource["Properties"].get(property_name) if resource["Type"] == kind else None
            text = value.get("Fn::Sub", "") if isinstance(value, dict) else value or ""
            if len(spelled(text, stack_name)) > limit:
                yield f"{name}: {property_name} is longer than {limit}"
        if resource["Type"] == "AWS::KMS::Key" and len(compact(resource["Properties"]["KeyPolicy"])) > KEY_POLICY:
            yield f"{name}: a policy of over {KEY_POLICY}"
        if sum("MetricStat" in metric for metric in resource["Properties"].get("Metrics", [])) > ALARM_METRICS:
            yield f"{name}: more than {ALARM_METRICS} metrics"
    for name, role in of_type(template, "AWS::IAM::Role").items():
        apart = [each["Properties"] for each in of_type(template, "AWS::IAM::RolePolicy").values()]
        inside = role["Properties"].get("Policies", []) + [each for each in apart if each["RoleName"] == {"Ref": name}]
        if sum(len(compact(policy["PolicyDocument"])) for policy in inside) > ROLE_POLICIES:
            yield f"{name}: policies of over {ROLE_POLICIES}"
    if len(compact(template)) > TEMPLATE:
        yield "the template is too large"
    for part, limit in COUNTS.items():
        if len(template.get(part, {})) > limit:
            yield f"more than {limit} {part}"


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def waits(template):
    """CloudFormation makes what is named before what names it: nothing may wait for itself, nor for what is nowhere."""
    resources = template["Resources"]
    known = resources.keys() | template["Parameters"].keys()
    needs = {}
    for name, resource in resources.items():
        depends = resource.get("DependsOn", [])
        wanted = set(named(resource)) | set([depends] if isinstance(depends, str) else depends)
        needs[name] = {each for each in wanted if not each.startswith("AWS::")}
        for missing in sorted(needs[name] - known):
            yield f"{name} waits for {missing}, which is nowhere"

    @cache
    def reached(name):
        found, queue = set(), list(needs[name])
        while queue:
            each = queue.pop()
            if each not in found and each in resources:
                found.add(each)
                queue += needs[each]
        return found

    for name in resources:
        if name in reached(name):
            yield f"{name} waits for itself"


def versions(template):
    """The ids of the functions' versions, by function. SAM makes them of the text of the properties, where a parameter stands by its
    name."""
    aliases = of_type(template, "AWS::Lambda::Alias").values()
    return {
        alias["Properties"]["FunctionName"]["Ref"]: alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] for alias in aliases
    }


ALL = [routes, warnings, prompts, leftovers, principals, metrics, platform_logs, lengths, waits]
