//! Alarms on metrics of AWS: there are such metrics, of such resources, and values that are red.

use serde_json::Value;

use super::alarm::{Alarm, Data, Metric, State, template};
use super::{is_ours, looked_at, only};

/// A metric as the documentation of a service of AWS has it.
pub struct Fact {
    pub namespace: &'static str,
    pub name: &'static str,
    /// The sets of dimensions that it is published under, as far as alarms have use for them.
    pub dimensions: &'static [&'static [&'static str]],
    /// No value is greater.
    most: f64,
}

const FUNCTION: &[&[&str]] =
    &[&["FunctionName"], &["FunctionName", "Resource"], &["ExecutedVersion", "FunctionName", "Resource"]];

const TABLE: &[&[&str]] = &[&["TableName"]];

const API: &[&[&str]] = &[&["ApiId"], &["ApiId", "Stage"]];

/// What the pages on monitoring Lambda, HTTP APIs, DynamoDB, SQS, `EventBridge`, logs and SES say. Rates of SES are shares of one.
pub const FACTS: [Fact; 19] = [
    fact("AWS/Lambda", "Invocations", FUNCTION, f64::INFINITY),
    fact("AWS/Lambda", "Errors", FUNCTION, f64::INFINITY),
    fact("AWS/Lambda", "Throttles", FUNCTION, f64::INFINITY),
    // Milliseconds; the function's time limit ends it.
    fact("AWS/Lambda", "Duration", FUNCTION, 900_000.0),
    // Milliseconds; a stream forgets after a day.
    fact("AWS/Lambda", "IteratorAge", FUNCTION, 86_400_000.0),
    fact("AWS/Lambda", "DestinationDeliveryFailures", FUNCTION, f64::INFINITY),
    fact("AWS/ApiGateway", "Count", API, f64::INFINITY),
    fact("AWS/ApiGateway", "4xx", API, f64::INFINITY),
    fact("AWS/ApiGateway", "5xx", API, f64::INFINITY),
    // Milliseconds; an integration has 30 s.
    fact("AWS/ApiGateway", "Latency", API, 30_000.0),
    fact("AWS/DynamoDB", "ReadThrottleEvents", TABLE, f64::INFINITY),
    fact("AWS/DynamoDB", "WriteThrottleEvents", TABLE, f64::INFINITY),
    fact("AWS/DynamoDB", "SystemErrors", &[&["Operation", "TableName"]], f64::INFINITY),
    fact("AWS/SQS", "ApproximateNumberOfMessagesVisible", &[&["QueueName"]], f64::INFINITY),
    // Of a rule on the default bus.
    fact("AWS/Events", "InvocationsFailedToBeSentToDlq", &[&["RuleName"]], f64::INFINITY),
    fact("AWS/Logs", "EMFParsingErrors", &[&["LogGroupName"]], f64::INFINITY),
    fact("AWS/Logs", "EMFValidationErrors", &[&["LogGroupName"]], f64::INFINITY),
    fact("AWS/SES", "Reputation.BounceRate", &[&[]], 1.0),
    fact("AWS/SES", "Reputation.ComplaintRate", &[&[]], 1.0),
];

const fn fact(
    namespace: &'static str,
    name: &'static str,
    dimensions: &'static [&'static [&'static str]],
    most: f64,
) -> Fact {
    Fact { namespace, name, dimensions, most }
}

/// What a dimension of AWS names.
const RESOURCES: [(&str, &str); 6] = [
    ("FunctionName", "AWS::Serverless::Function"),
    ("TableName", "AWS::DynamoDB::Table"),
    ("ApiId", "AWS::Serverless::HttpApi"),
    ("QueueName", "AWS::SQS::Queue"),
    ("LogGroupName", "AWS::Logs::LogGroup"),
    ("RuleName", "EventBridgeRule"),
];

/// The type of a resource, or of the event that SAM makes it of and names it by, after its function.
fn kind<'t>(template: &'t Value, id: &str) -> &'t Value {
    let resources = &template["Resources"];
    let mut events = resources.as_object().unwrap().iter().filter_map(|(function, resource)| {
        Some(&resource["Properties"]["Events"][id.strip_prefix(function.as_str())?]["Type"])
    });
    events.find(|kind| !kind.is_null()).unwrap_or(&resources[id]["Type"])
}

#[test]
fn alarms_look_at_metrics_that_aws_publishes() {
    let template = template();
    let alarms = Alarm::all(&template);
    for (alarm, metric) in looked_at(&alarms).filter(|(_, metric)| !is_ours(metric)) {
        let name = &alarm.id;
        let names: Vec<_> = metric.dimensions.keys().map(String::as_str).collect();
        let fact = FACTS.iter().find(|fact| (fact.namespace, fact.name) == (&*metric.namespace, &*metric.name));
        let fact = fact.unwrap_or_else(|| panic!("{name}: no such metric as far as this test knows: {metric:?}"));
        assert!(fact.dimensions.contains(&names.as_slice()), "{name}: not published under {names:?}");
        for (dimension, of_kind) in RESOURCES {
            let Some(value) = metric.dimensions.get(dimension) else { continue };
            let resource = value.trim_start_matches("${").split(['.', '}']).next().unwrap();
            assert_eq!(kind(&template, resource), of_kind, "{name}: {dimension}={value}");
            // The alias that the API calls; what somebody tries out by hand is no outage.
            if let Some(alias) = metric.dimensions.get("Resource") {
                assert_eq!(alias, &format!("{value}:live"), "{name}");
            }
        }
    }
}

#[test]
fn alarms_on_metrics_of_aws_turn_red_at_their_thresholds() {
    let template = template();
    let alarms = Alarm::all(&template);
    let single = alarms.iter().filter_map(|alarm| Some((alarm, only(alarm)?)));
    for (alarm, metric) in single.filter(|(_, metric)| !is_ours(metric)) {
        let of = |value: f64| Data::from([(metric.clone(), vec![value])]);
        let step = alarm.threshold / 1000.0;
        // Below, above, and without any data.
        let expected = if alarm.is_for_too_few() {
            [State::Alarm, State::Ok, State::Alarm]
        } else {
            [State::Ok, State::Alarm, State::Ok]
        };
        let data = [of(alarm.threshold - step), of(alarm.threshold + step), Data::new()];
        assert_eq!(data.map(|data| alarm.judge(&data)), expected, "{}", alarm.id);
        let can_be_red = alarm.threshold > 0.0 && alarm.threshold < most(&template, metric);
        assert!(can_be_red, "{} can never be red", alarm.id);
    }
}

/// The greatest value that a metric can have.
fn most(template: &Value, metric: &Metric) -> f64 {
    let fact = FACTS.iter().find(|fact| (fact.namespace, fact.name) == (&*metric.namespace, &*metric.name)).unwrap();
    let function =
        metric.dimensions.get("FunctionName").map(|name| name.trim_matches(['$', '{', '}'])).unwrap_or_default();
    let limit = ["Globals", "Resources"].map(|part| match part {
        "Globals" => &template["Globals"]["Function"]["Timeout"],
        _ => &template["Resources"][function]["Properties"]["Timeout"],
    });
    match limit.into_iter().rev().find_map(Value::as_f64) {
        Some(seconds) if metric.name == "Duration" => seconds * 1000.0,
        _ => fact.most,
    }
}
