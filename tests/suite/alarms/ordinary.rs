//! What sets off no alarm, and what no alarm may be kept from by.

use local::{Mode, Service};
use serde_json::json;
use tests::{Person, Request, Session, World};

use super::alarm::{Alarm, Data, Metric, State, template};
use crate::{
    api_keys::{binance_likes, keeps_a_key},
    kyc::{approval, genuine},
    logs::{emf::Datapoint, metrics::counted},
};

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
