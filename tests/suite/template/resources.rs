//! Tables, logs, versions and alarms.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Function, Template, attribute, file, none};

#[test]
fn tables_are_kept_sealed_and_forget() {
    let template = Template::read();
    let mut complaints = Vec::new();
    let mut tables = 0;
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        tables += 1;
        let properties = &table["Properties"];
        let has_key = attribute(&properties["SSESpecification"]["KMSMasterKeyId"]);
        let has_key = has_key.is_some_and(|(key, _)| template.resource(key)["Type"] == "AWS::KMS::Key");
        for (rule, holds) in [
            (
                "is protected by request",
                properties["DeletionProtectionEnabled"] == json!({"Fn::If": ["ProtectTables", true, false]}),
            ),
            (
                "can be restored",
                properties["PointInTimeRecoverySpecification"] == json!({"PointInTimeRecoveryEnabled": true}),
            ),
            ("forgets", properties["TimeToLiveSpecification"] == json!({"AttributeName": "ttl", "Enabled": true})),
            ("is encrypted under a key of ours", has_key && properties["SSESpecification"]["SSEEnabled"] == true),
            ("is paid by use", properties["BillingMode"] == "PAY_PER_REQUEST"),
            (
                "is called as the code says",
                properties["TableName"] == json!({"Fn::Sub": format!("${{AWS::StackName}}-{id}")}),
            ),
        ] {
            if !holds {
                complaints.push(format!("{id}: not: it {rule}"));
            }
        }
    }
    none(&complaints);
    assert!(tables > 0);
}

/// What a creation that failed has left behind would stand in the way of the next one, by its name.
#[test]
fn what_holds_data_outlives_the_stack_but_not_a_creation_that_failed() {
    // An alias holds nothing, but a stack that is made anew finds its key by it.
    const HOLDERS: [&str; 5] =
        ["AWS::DynamoDB::Table", "AWS::KMS::Alias", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::SQS::Queue"];
    let template = Template::read();
    let mut complaints = Vec::new();
    let mut kept = 0;
    for (id, resource) in template.0["Resources"].as_object().expect("resources") {
        let holds_data = HOLDERS.iter().any(|kind| resource["Type"] == *kind);
        let policies = [&resource["DeletionPolicy"], &resource["UpdateReplacePolicy"]];
        let expected =
            if holds_data { ["RetainExceptOnCreate", "Retain"].map(Value::from) } else { [Value::Null, Value::Null] };
        if policies != expected.each_ref() {
            complaints.push(format!("{id}: {policies:?}"));
        }
        kept += usize::from(holds_data);
    }
    none(&complaints);
    assert!(kept > 0);
}

/// The first creation protects nothing, or it could not be taken back; whoever deploys asks for it once the stack stands.
#[test]
fn tables_are_protected_by_a_parameter_of_their_own() {
    let template = Template::read();
    assert_eq!(template.0["Parameters"]["DeletionProtection"]["Default"], "false");
    let asked = json!({"Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]});
    assert_eq!(template.0["Conditions"]["ProtectTables"], asked);
}

#[test]
fn every_function_has_a_log_a_role_and_a_live_version_of_its_own() {
    let template = Template::read();
    let functions = template.functions();
    let mut complaints = Vec::new();
    for function in &functions {
        let log =
            template.resource(function.properties["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap_or_default());
        let role = attribute(&function.properties["Role"]).map(|(role, _)| role).unwrap_or_default();
        let others = || functions.iter().filter(|other| other.id != function.id);
        let is_own = |name: &str| others().all(|other| other.properties[name] != function.properties[name]);
        let depends_on = template.resource(function.id)["DependsOn"].as_str().unwrap_or_default();
        for (rule, holds) in [
            ("has a log", log["Type"] == "AWS::Logs::LogGroup"),
            ("has a log of its own", is_own("LoggingConfig")),
            ("has a role", template.resource(role)["Type"] == "AWS::IAM::Role"),
            ("has a role of its own", is_own("Role")),
            ("waits for its permissions", template.resource(depends_on)["Properties"]["RoleName"]["Ref"] == role),
            ("is called by its alias", template.setting(function, "AutoPublishAlias") == "live"),
            ("is published when anything changes", function.properties["AutoPublishAliasAllProperties"] == true),
        ] {
            if !holds {
                complaints.push(format!("{}: not: it {rule}", function.id));
            }
        }
    }
    none(&complaints);
    assert!(!functions.is_empty());
}

#[test]
fn every_log_is_kept_for_a_while_under_a_key_of_ours() {
    let template = Template::read();
    let is_kept = |log: &Value| {
        let key = attribute(&log["Properties"]["KmsKeyId"]).map(|(key, _)| template.resource(key));
        log["Properties"]["RetentionInDays"].is_u64() && key.is_some_and(|key| key["Type"] == "AWS::KMS::Key")
    };
    let logs = || template.of_type("AWS::Logs::LogGroup");
    none(&logs().filter(|(_, log)| !is_kept(log)).map(|(id, _)| id.to_owned()).collect::<Vec<_>>());
    assert!(logs().count() > template.functions().len());
}

/// A log whose key does not know it cannot be made: the key's policy names each.
#[test]
fn the_key_of_the_logs_seals_each_of_them_and_nothing_else() {
    let template = Template::read();
    let statements = &template.resource("DataKey")["Properties"]["KeyPolicy"]["Statement"];
    let statements = statements.as_array().into_iter().flatten();
    let sealed = statements.filter(|statement| statement["Sid"] == "SealLogs").flat_map(|statement| {
        let logs = &statement["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"];
        logs.as_array().into_iter().flatten().filter_map(|log| log["Fn::Sub"].as_str())
    });
    let sealed: BTreeSet<_> = sealed.filter_map(|log| log.split_once(":log-group:")).map(|(_, name)| name).collect();
    let logs = template.of_type("AWS::Logs::LogGroup");
    let named: BTreeSet<_> =
        logs.filter_map(|(_, log)| log["Properties"]["LogGroupName"]["Fn::Sub"].as_str()).collect();
    assert!(named.len() > template.functions().len());
    assert_eq!(sealed, named);
}

/// The names below `value` that are made of the stack's: of which property, and how much longer they are than that.
fn named_after_the_stack(value: &Value) -> Vec<(&str, usize)> {
    /// Longer ones there are in no region.
    const REGION: &str = "ap-southeast-1";
    let length = |pattern: &str| pattern.replace("${AWS::StackName}", "").replace("${AWS::Region}", REGION).len();
    let members = value.as_object().into_iter().flatten();
    let names = members.clone().filter_map(|(property, value)| {
        let pattern = value["Fn::Sub"].as_str().filter(|_| property.ends_with("Name"))?;
        pattern.contains("${AWS::StackName}").then(|| (property.as_str(), length(pattern)))
    });
    let inside = members.map(|(_, member)| member).chain(value.as_array().into_iter().flatten());
    names.chain(inside.flat_map(named_after_the_stack)).collect()
}

/// What `CloudFormation` makes up fits by itself.
#[test]
fn a_stacks_name_has_room_in_the_names_that_are_made_of_it() {
    const MOST: [(&str, usize); 6] = [
        ("AliasName", 256),
        ("DashboardName", 255),
        ("LogGroupName", 512),
        ("QueueName", 80),
        ("RuleName", 64),
        ("TableName", 255),
    ];
    let template = Template::read();
    let names = named_after_the_stack(&template.0["Resources"]);
    assert!(names.len() > 10, "{names:?}");
    let room = names.iter().map(|(property, more)| {
        let most =
            MOST.iter().find(|(name, _)| name == property).unwrap_or_else(|| panic!("how long may {property} be?"));
        most.1 - more
    });
    let said = format!("A stack's name may have {} characters", room.min().expect("a name"));
    assert!(file("template.yaml").contains(&said), "the template does not say: {said}");
}

/// Lambda adds some 0.7 KB to each call with `platform.start` and `platform.report`, unless warnings alone are wanted; reports of
/// failed calls are warnings. Metrics are lines of ours, which JSON alone leaves whole, and some of them are no more than information.
#[test]
fn logs_have_our_lines_whole_and_of_lambdas_the_warnings() {
    let template = Template::read();
    let of_all = &template.0["Globals"]["Function"]["LoggingConfig"];
    assert_eq!(*of_all, json!({"LogFormat": "JSON", "SystemLogLevel": "WARN"}));
    let own = template.functions().into_iter().filter(|function| {
        let names = function.properties["LoggingConfig"].as_object().into_iter().flatten().map(|(name, _)| name);
        names.collect::<Vec<_>>() != ["LogGroup"]
    });
    none(&own.map(|function| function.id.to_owned()).collect::<Vec<_>>());
}

/// The dimensions under which Lambda counts the calls of the alias.
fn of_the_alias(Function { id, .. }: &Function<'_>) -> Value {
    json!([
        {"Name": "FunctionName", "Value": {"Ref": id}},
        {"Name": "Resource", "Value": {"Fn::Sub": format!("${{{id}}}:live")}},
    ])
}

#[test]
fn somebody_is_told_when_a_function_fails_is_throttled_or_slow() {
    let template = Template::read();
    let told = json!({"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]});
    let mut complaints = Vec::new();
    for function in template.functions() {
        for metric in ["Errors", "Throttles", "Duration"] {
            let is_it = |(_, alarm): &(_, &Value)| {
                let properties = &alarm["Properties"];
                properties["Namespace"] == "AWS/Lambda"
                    && properties["MetricName"] == metric
                    && properties["Dimensions"] == of_the_alias(&function)
                    && properties["AlarmActions"] == told
            };
            if template.of_type("AWS::CloudWatch::Alarm").filter(is_it).count() != 1 {
                complaints.push(format!("{}: there is not one alarm for {metric}", function.id));
            }
        }
    }
    none(&complaints);
}

/// Whether an alarm is red as soon as a metric of AWS has counted something, be it one of several that it adds up.
fn is_counted(template: &Template, namespace: &str, name: &str, dimension: &Value) -> bool {
    let counts = |metric: &Value| {
        (&metric["Namespace"], &metric["MetricName"]) == (&json!(namespace), &json!(name))
            && metric["Dimensions"] == json!([dimension])
    };
    template.of_type("AWS::CloudWatch::Alarm").any(|(_, alarm)| {
        let properties = &alarm["Properties"];
        let several = properties["Metrics"].as_array().into_iter().flatten().map(|query| &query["MetricStat"]);
        properties["Threshold"] == 1
            && ((counts(properties) && properties["Statistic"] == "Sum")
                || several.filter(|query| query["Stat"] == "Sum").any(|query| counts(&query["Metric"])))
    })
}

/// The queue has an alarm, and so has every metric of ours; but what does not get there or is none sets off neither.
#[test]
fn somebody_is_told_of_what_gets_lost_on_its_way_to_a_queue_or_a_metric() {
    let template = Template::read();
    let mut complaints = Vec::new();
    let mut ways = 0;
    let mut check = |what: &str, namespace: &str, name: &str, dimension: (&str, &str)| {
        ways += 1;
        if !is_counted(&template, namespace, name, &json!({"Name": dimension.0, "Value": {"Ref": dimension.1}})) {
            complaints.push(format!("{what}: nobody counts {name}"));
        }
    };
    for function in template.functions() {
        if function.properties.to_string().contains("OnFailure") {
            check(function.id, "AWS/Lambda", "DestinationDeliveryFailures", ("FunctionName", function.id));
        }
        let events = function.events().filter(|(_, event)| event["Properties"].get("DeadLetterConfig").is_some());
        for rule in events.map(|(name, _)| format!("{}{name}", function.id)) {
            check(&rule, "AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", &rule));
        }
        let log = function.properties["LoggingConfig"]["LogGroup"]["Ref"].as_str();
        let log = log.unwrap_or_else(|| panic!("{} has no log", function.id));
        for name in ["EMFParsingErrors", "EMFValidationErrors"] {
            check(function.id, "AWS/Logs", name, ("LogGroupName", log));
        }
    }
    none(&complaints);
    assert!(ways > 0);
}

#[test]
fn a_new_version_that_fails_is_taken_back() {
    let template = Template::read();
    let mut complaints = Vec::new();
    for function in template.functions() {
        let version = json!({"Fn::GetAtt": [function.id, "Version.Version"]});
        let mut called = of_the_alias(&function);
        called.as_array_mut().unwrap().push(json!({"Name": "ExecutedVersion", "Value": version}));
        let guards = function.properties["DeploymentPreference"]["Alarms"].as_array().into_iter().flatten();
        let guards = guards.filter_map(|alarm| alarm["Ref"].as_str());
        let guards: Vec<_> = guards.map(|alarm| &template.resource(alarm)["Properties"]).collect();
        let crashes = |alarm: &&&Value| {
            alarm["Namespace"] == "AWS/Lambda"
                && (&alarm["MetricName"], &alarm["Statistic"]) == (&json!("Errors"), &json!("Sum"))
                && alarm["Dimensions"] == called
                && (&alarm["Period"], &alarm["EvaluationPeriods"]) == (&json!(60), &json!(1))
        };
        if guards.iter().filter(crashes).count() != 1 {
            complaints.push(format!("{}: there is not one alarm for a version that crashes", function.id));
        }
        let failures = match function.binary {
            "mail" => Some("FailedLetters"),
            // It depends on nothing.
            "docs" => None,
            _ => Some("FailedAnswers"),
        };
        let own = json!([
            {"Name": "service", "Value": function.binary},
            {"Name": "function_version", "Value": version},
        ]);
        // Over the whole canary, which takes five minutes, and at once: nothing waits for a second period.
        let sum = |namespace: Value, metric: &str, dimensions: &Value| {
            let metric = json!({"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions});
            json!({"Metric": metric, "Period": 300, "Stat": "Sum"})
        };
        let fails = |alarm: &&&Value| {
            let counted = sum(json!({"Ref": "AWS::StackName"}), failures.unwrap_or_default(), &own);
            alarm["Metrics"][1]["MetricStat"] == counted
                && alarm["Metrics"][2]["MetricStat"] == sum(json!("AWS/Lambda"), "Invocations", &called)
                && alarm["EvaluationPeriods"] == 1
        };
        if guards.iter().filter(fails).count() != usize::from(failures.is_some()) {
            complaints.push(format!("{}: there is not one alarm for a version that fails its callers", function.id));
        }
    }
    none(&complaints);
}

/// The operators' tool knows a deployment by the prefix of its tables: what it counts is where the functions count, out of a log group that
/// CloudWatch reads metrics from.
#[test]
fn operators_are_counted_where_functions_are() {
    let template = Template::read();
    let settings = &template.0["Globals"]["Function"]["Environment"]["Variables"];
    for name in ["METRICS_NAMESPACE", "TABLE_PREFIX"] {
        assert_eq!(settings[name], json!({"Ref": "AWS::StackName"}), "{name}");
    }
    let group = &template.resource("OperatorsLogs")["Properties"];
    assert_eq!(group["LogGroupName"], json!({"Fn::Sub": admin::trail::group("${AWS::StackName}")}));
    assert!(group.get("LogGroupClass").is_none(), "groups of infrequent access have no metrics");
}
