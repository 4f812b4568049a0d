//! Every alarm of the template can fire: it looks at a metric that somebody publishes, under the very name, and turns red where it
//! says that it does. None fires in ordinary life.

mod alarm;
mod dashboard;
mod math;

use local::{Mode, Service};
use serde_json::{Value, json};
use shared::config::LogConfig;
use tests::{Person, Request, Session, World};

use crate::{
    api_keys::{binance_likes, keeps_a_key, tampers},
    kyc::{approval, genuine},
    logs::{self, emf::Datapoint, metrics::counted},
};
use alarm::{Alarm, Data, Metric, State, template};

/// A metric as the documentation of a service of AWS has it.
struct Fact {
    namespace: &'static str,
    name: &'static str,
    /// The sets of dimensions that it is published under, as far as alarms have use for them.
    dimensions: &'static [&'static [&'static str]],
    /// No value is greater.
    most: f64,
}

const FUNCTION: &[&[&str]] =
    &[&["FunctionName"], &["FunctionName", "Resource"], &["ExecutedVersion", "FunctionName", "Resource"]];
const TABLE: &[&[&str]] = &[&["TableName"]];
const API: &[&[&str]] = &[&["ApiId"], &["ApiId", "Stage"]];

/// What the pages on monitoring Lambda, HTTP APIs, DynamoDB, SQS, `EventBridge`, logs and SES say. Rates of SES are shares of one.
const FACTS: [Fact; 19] = [
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

/// Where an alarm on metric math turns red: values by the ids of its metrics, the last ones green and the first ones red.
fn turns(alarm: &str) -> [&'static [(&'static str, f64)]; 4] {
    match alarm {
        // One in a hundred is green, a little more is red; of few requests all may fail.
        "ApiFails" => [
            &[("failures", 6.0), ("requests", 599.0)],
            &[("failures", 5.0), ("requests", 5.0)],
            &[("failures", 6.0), ("requests", 600.0)],
            &[("failures", 4.0), ("requests", 4.0)],
        ],
        // One in twenty is green, a little more is red; two may always fail.
        "AuthNewVersionAnswers5xx"
        | "ApiKeysNewVersionAnswers5xx"
        | "KycNewVersionAnswers5xx"
        | "MailNewVersionFailsToSend" => [
            &[("failures", 6.0), ("calls", 119.0)],
            &[("failures", 3.0), ("calls", 3.0)],
            &[("failures", 6.0), ("calls", 120.0)],
            &[("failures", 2.0), ("calls", 2.0)],
        ],
        "ReadsThrottled" | "WritesThrottled" => [
            &[("accounts", 4.0), ("mail", 6.0)],
            &[("kyc", 10.0)],
            &[("accounts", 4.0), ("mail", 5.0)],
            &[("sessions", 0.0)],
        ],
        // Ten minutes are green, a little more is red, wherever the mail waits.
        "MailLate" => [
            &[("waiting", 600_001.0), ("stream", 0.0)],
            &[("stream", 600_001.0)],
            &[("waiting", 600_000.0), ("stream", 600_000.0)],
            &[("stream", 0.0)],
        ],
        // One line anywhere is red.
        "MetricsUnreadable" | "MetricsRefused" => {
            [&[("auth", 1.0), ("docs", 0.0)], &[("mail", 1.0)], &[("kyc", 0.0)], &[("api_keys", 0.0), ("docs", 0.0)]]
        }
        "MailGivenUp" => [&[("mails", 1.0)], &[("queue", 1.0)], &[("queue", 0.0), ("mails", 0.0)], &[("queue", 0.0)]],
        other => panic!("{other} has metric math and no case here"),
    }
}

fn is_ours(metric: &Metric) -> bool {
    metric.namespace == logs::NAMESPACE
}

/// Every metric that an alarm looks at.
fn looked_at(alarms: &[Alarm]) -> impl Iterator<Item = (&Alarm, &Metric)> {
    alarms.iter().flat_map(|alarm| alarm.metrics.values().map(move |(metric, _)| (alarm, metric)))
}

/// The metric of an alarm on a single one.
fn only(alarm: &Alarm) -> Option<&Metric> {
    alarm.metrics.get("").map(|(metric, _)| metric)
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

/// Numbers of one period that come to this by a statistic, and to something else by others: so many events, each a number of its
/// own, or one that is the greatest.
fn numbers(statistic: &str, value: f64) -> Vec<f64> {
    match statistic {
        "Sum" => one_by_one(value),
        "Maximum" => vec![0.0, value, value / 2.0],
        other => panic!("{other} in metric math has no case here"),
    }
}

fn one_by_one(mut events: f64) -> Vec<f64> {
    let mut numbers = vec![0.0];
    while events > 0.0 {
        numbers.push(1.0);
        events -= 1.0;
    }
    numbers
}

#[test]
fn alarms_on_metric_math_turn_red_where_they_say() {
    for alarm in Alarm::all(&template()).iter().filter(|alarm| alarm.expression.is_some()) {
        for (values, state) in turns(&alarm.id).into_iter().zip([State::Alarm, State::Alarm, State::Ok, State::Ok]) {
            let of = |(id, value): &(&str, f64)| {
                let (metric, statistic) = &alarm.metrics[*id];
                (metric.clone(), numbers(statistic, *value))
            };
            let data = values.iter().map(of).collect();
            assert_eq!(alarm.judge(&data), state, "{}: {values:?}", alarm.id);
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

/// Something to ask each function that needs DynamoDB for its answer.
const QUESTIONS: [(&str, &str); 3] =
    [("auth", "/auth/profile"), ("api-keys", "/api/v1/api-keys/"), ("kyc", "/api/kyc/status")];

/// Makes happen, once and for real, what a metric of ours counts. What is counted meanwhile.
async fn happens(world: &World, metric: &Metric) -> Vec<Datapoint> {
    let dimension = metric.dimensions.values().next().map_or("", String::as_str);
    let (ada, session) = world.person().signed_in().await;
    let key = keeps_a_key(world, &session, "name-of-a-key").await;
    let ask = |what: &str| {
        let path = format!("{key}/{what}");
        let session = &session;
        async move { world.post_as(session, &path, json!(null)).await }
    };
    match (metric.name.as_str(), dimension) {
        ("RefreshReuse", "") => {
            world.refresh(&session.refresh).await;
            world.advance(31);
            counted(world, world.refresh(&session.refresh)).await
        }
        ("LoginFailures", "") => counted(world, ada.rival("a guess").logs_in()).await,
        ("RecordsThatDoNotOpen", "") => {
            tampers(world, "KEY#", "exchange", json!("bybit")).await;
            counted(world, ask("decrypt")).await
        }
        ("KeysStopped", "") => {
            binance_likes(world, true);
            ask("test-connection").await;
            binance_likes(world, false);
            counted(world, ask("test-connection")).await
        }
        ("KycRefusals", "") => {
            let report = genuine(world, "sumsub", &approval("sumsub", "ada", world.now()));
            counted(world, world.send(Request { body: Some("{}".to_owned()), ..report })).await
        }
        ("KycUnknown", "") => counted(world, world.send(genuine(world, "generic", &json!("?")))).await,
        ("KycContradictions", "") => {
            let mut report = approval("sumsub", "ada", world.now());
            world.send(genuine(world, "sumsub", &report)).await;
            report["reviewResult"] = json!({ "reviewAnswer": "RED", "reviewRejectType": "FINAL" });
            counted(world, world.send(genuine(world, "sumsub", &report))).await
        }
        ("MailsRefused", "") => {
            world.break_times(Service::Ses, Mode::Refused, "SendEmail", 1);
            counted(world, world.person().signs_up()).await
        }
        ("OldestWaitingMail", "") => {
            world.break_times(Service::Ses, Mode::Lost, "SendEmail", 1);
            world.person().signs_up().await;
            world.advance(60);
            counted(world, world.send_waiting_mail()).await
        }
        ("MailsGivenUp", "") => {
            world.break_down(Service::Ses, Mode::Unavailable, None);
            world.person().signs_up().await;
            world.aws.settled().await.unwrap();
            world.advance(23 * 3_600);
            counted(world, world.send_waiting_mail()).await
        }
        ("FailedLetters", version) => {
            let process = LogConfig { service: "mail", function_version: Some(version.to_owned()), ..logs::config() };
            let _process = logs::capture_as(process);
            world.break_times(Service::Ses, Mode::Unavailable, "SendEmail", 1);
            counted(world, world.person().signs_up()).await
        }
        ("FailedAnswers", version) => {
            let (service, path) =
                QUESTIONS.into_iter().find(|(service, _)| metric.dimensions["service"] == *service).unwrap();
            let process = LogConfig { service, function_version: Some(version.to_owned()), ..logs::config() };
            let _process = logs::capture_as(process);
            world.break_down(Service::DynamoDb, Mode::Unavailable, None);
            counted(world, world.get_as(&session, path)).await
        }
        ("Throttled", "dynamodb") => {
            world.break_down(Service::DynamoDb, Mode::Throttled, None);
            counted(world, ada.logs_in()).await
        }
        ("Throttled", "kms") => {
            world.break_down(Service::Kms, Mode::Throttled, None);
            counted(world, ask("decrypt")).await
        }
        ("Throttled", "ses") => {
            world.break_times(Service::Ses, Mode::Throttled, "SendEmail", 1);
            counted(world, world.person().signs_up()).await
        }
        _ => panic!("an alarm looks at {metric:?}, and nothing here makes that happen"),
    }
}

#[tokio::test]
async fn alarms_on_our_own_metrics_turn_red_when_it_happens_often_enough() {
    let alarms = Alarm::all(&template());
    let ours: Vec<_> = looked_at(&alarms).filter(|(_, metric)| is_ours(metric)).collect();
    assert!(ours.len() >= 5, "{ours:?}");
    for (alarm, metric) in ours {
        let name = &alarm.id;
        let world = World::start().await;
        let points = happens(&world, metric).await;
        let once: Vec<_> = points
            .into_iter()
            .filter(|point| Metric::from(point.clone()) == *metric)
            .map(|point| point.value)
            .collect();
        assert!(!once.is_empty(), "{name}: nobody publishes {metric:?}");
        if only(alarm).is_none() || alarm.is_for_too_few() {
            // Its own test judges it.
            continue;
        }
        let often = |times: usize| Data::from([(metric.clone(), once.repeat(times))]);
        let enough = (1..=1000).find(|times| alarm.judge(&often(*times)) == State::Alarm);
        let enough = enough.unwrap_or_else(|| panic!("{name} stays green however often it happens"));
        assert_eq!(alarm.judge(&often(1000)), State::Alarm, "{name}");
        let bound = alarm.threshold..=alarm.threshold + 1.0;
        assert!(bound.contains(&f64::from(u32::try_from(enough).unwrap())), "{name} is red after {enough}");
    }
}

/// What Lambda counts of functions that a schedule calls every minute, in periods of five.
fn calls_of_schedules() -> Data {
    let (mut data, template) = (Data::new(), template());
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let events = resource["Properties"]["Events"].as_object().into_iter().flat_map(|events| events.values());
        let schedules = events.filter(|event| event["Type"] == "Schedule");
        for _ in schedules.filter(|schedule| schedule["Properties"]["Schedule"] == "rate(1 minute)") {
            let dimensions = [("FunctionName", format!("${{{id}}}")), ("Resource", format!("${{{id}}}:live"))];
            let dimensions = dimensions.map(|(name, value)| (name.to_owned(), value)).into();
            let (namespace, name) = ("AWS/Lambda".to_owned(), "Invocations".to_owned());
            data.insert(Metric { namespace, name, dimensions }, vec![1.0; 5]);
        }
    }
    data
}

#[tokio::test]
async fn neither_letters_nor_reports_hide_that_nobody_sees_to_those_that_wait() {
    let (world, template) = (World::start().await, template());
    let mut alarms = Alarm::all(&template);
    alarms.retain(Alarm::is_for_too_few);
    let [alarm] = alarms.as_slice() else { panic!("{alarms:?}") };
    let properties = &template["Resources"][&alarm.id]["Properties"];
    let after = ["Period", "EvaluationPeriods"].map(|name| properties[name].as_u64().unwrap());
    assert_eq!(after.iter().product::<u64>(), 15 * 60);
    // Lambda counts calls, whatever they are about.
    let mut data = calls_of_schedules();
    let add = |data: &mut Data, points: Vec<Datapoint>| {
        for point in points {
            let value = point.value;
            data.entry(point.into()).or_default().push(value);
        }
    };
    let letters = async {
        world.person().signs_up().await;
        Person::new(&world, "bounce@simulator.amazonses.com".to_owned()).signs_up().await;
    };
    let points = counted(&world, letters).await;
    assert!(points.iter().any(|point| point.name == "MailsBounced"), "{points:?}");
    add(&mut data, points);
    // A round that sees nothing is none.
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    add(&mut data, counted(&world, world.send_waiting_mail()).await);
    world.mend();
    assert_eq!(alarm.judge(&data), State::Alarm, "{data:?}");
    add(&mut data, counted(&world, world.send_waiting_mail()).await);
    assert_eq!(alarm.judge(&data), State::Ok, "{data:?}");
}

/// A day of people who mistype, and of providers and exchanges that do what they do.
async fn ordinary_life(world: &World) {
    for number in 0..3 {
        let (ada, session) = world.person().signed_in().await;
        ada.rival("a slip of the hand").logs_in().await;
        let session = Session::of(&world.refresh(&session.refresh).await);
        world.get_as(&session, "/auth/profile").await;
        let key = keeps_a_key(world, &session, &format!("name-of-key-{number}")).await;
        for likes in [true, false] {
            binance_likes(world, likes);
            world.post_as(&session, &format!("{key}/test-connection"), json!(null)).await;
        }
        world.post_as(&session, &format!("{key}/decrypt"), json!(null)).await;
        let report = genuine(world, "sumsub", &approval("sumsub", &session.user_id, world.now()));
        for request in [Request { headers: Vec::new(), ..report.clone() }, report.clone(), report] {
            world.send(request).await;
        }
        world.delete_as(&session, &key).await;
        world.post("/auth/logout", json!({ "access_token": session.access })).await;
        world.send_waiting_mail().await;
    }
}

#[tokio::test]
async fn no_alarm_is_red_in_ordinary_life() {
    let world = World::start().await;
    let mut data = calls_of_schedules();
    for point in counted(&world, ordinary_life(&world)).await {
        let value = point.value;
        data.entry(point.into()).or_default().push(value);
    }
    assert!(data.len() > 10, "{data:?}");
    for alarm in Alarm::all(&template()) {
        assert_eq!(alarm.judge(&data), State::Ok, "{} after {data:?}", alarm.id);
    }
}

/// Addresses that there are and no mail comes to, and those that SES does not take.
const ODD: [&str; 8] = [
    "j\u{f6}rg@example.com",
    "\u{430}\u{434}\u{430}@example.com",
    "=?utf-8?q?=C3=A9?=@example.com",
    "!#$%&'*+-/=?^_`{|}~@example.com",
    "x@b\u{fc}cher.example.com",
    "bounce@simulator.amazonses.com",
    "suppressionlist@simulator.amazonses.com",
    "complaint@simulator.amazonses.com",
];

#[tokio::test]
async fn strangers_who_choose_addresses_set_off_no_alarm_of_mail() {
    let world = World::start().await;
    let longest = format!("{}@b.co", "a".repeat(249));
    let sign_ups = async {
        for email in ODD.into_iter().chain([longest.as_str()]) {
            Person::new(&world, email.to_owned()).signs_up().await.assert_ok();
        }
        for _ in 0..5 {
            world.advance(3_600);
            world.send_waiting_mail().await;
        }
    };
    let points = counted(&world, sign_ups).await;
    let count = |name: &str| points.iter().filter(|point| point.name == name).count();
    assert_eq!(["MailsSent", "MailsUndeliverable", "FailedLetters"].map(count), [6, 3, 0], "{points:?}");
    // However many of them there are.
    let mut data = calls_of_schedules();
    for point in points {
        let value = point.value;
        data.entry(point.into()).or_default().extend([value; 1_000]);
    }
    for alarm in Alarm::all(&template()) {
        assert_eq!(alarm.judge(&data), State::Ok, "{}", alarm.id);
    }
}
