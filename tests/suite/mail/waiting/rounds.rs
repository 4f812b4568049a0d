//! Rounds of the schedule: alone, at once, and what they cost.

use std::time::Duration;

use futures::future::join_all;
use local::{Fault, Mode, Service};
use serde_json::{Value, json};
use shared::{error::Error, time::Clock};

use super::{due, events, one_letter, round, task, waiting};
use crate::{
    logs,
    mail::{deliver, quiet_world, stream_event},
};

#[tokio::test]
async fn rounds_at_once_send_a_letter_once() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Throttled, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.mend();
    world.advance(60);
    join_all((0..10).map(|_| round(&world))).await;
    assert_eq!(world.aws.inbox(None).len(), 1);
    // Those that came second have put it off, until they could see what became of it.
    world.advance(90);
    round(&world).await;
    assert_eq!(world.aws.inbox(None).len(), 1);
    assert!(waiting(&world).await.is_empty());
}

#[tokio::test]
async fn rounds_at_once_that_fail_leave_one_row() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Lost, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.advance(90);
    join_all((0..10).map(|_| round(&world))).await;
    assert_eq!(world.aws.inbox(None).len(), 2, "one try each time");
    assert_eq!(due(&world).await, world.now().as_second() + 180);
}

#[tokio::test]
async fn two_clocks_leave_one_row_as_well() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Throttled, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.advance(60);
    // Both have seen the row before either of them puts it off.
    world.hold("Query", 2);
    let ahead = world.postman_at(Clock::at(world.now() + Duration::from_secs(1)));
    let (one, other) = tokio::join!(ahead.handle(task()), round(&world));
    assert_eq!((one.unwrap(), other), (Value::Null, ()));
    // Who came second has met the claim of the first one, or what it had let go of.
    assert!([90, 91, 120, 121].contains(&(due(&world).await - world.now().as_second())));
}

#[tokio::test]
async fn a_round_that_sees_nothing_fails_nobody_and_loses_nothing() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Throttled, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.mend();
    world.advance(60);
    let before = waiting(&world).await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::DynamoDb, mode, Some("Query"));
        logs::capture();
        round(&world).await;
        let mut events = events();
        events.retain(|event| event.starts_with("mail_"));
        assert_eq!(events, ["mail_round_failed"], "{mode:?}");
        world.mend();
    }
    // Not what only an operator can mend, or another version.
    world.break_down(Service::DynamoDb, Mode::Refused, Some("Query"));
    assert!(matches!(world.postman().handle(task()).await, Err(Error::Internal(_))));
    world.mend();
    // What is put off again is put off as a whole, or stays.
    for (service, operation) in [(Service::DynamoDb, "GetItem"), (Service::DynamoDb, "TransactWriteItems")] {
        world.break_down(service, Mode::Unavailable, Some(operation));
        world.aws.set_fault(Service::Ses, Fault::all(Mode::Throttled));
        round(&world).await;
        world.mend();
        assert_eq!(waiting(&world).await, before, "{operation}");
    }
    round(&world).await;
    assert_eq!(world.aws.inbox(None).len(), 1);
}

#[tokio::test]
async fn a_round_without_letters_costs_one_query_and_says_that_it_was_there() {
    let world = quiet_world().await;
    logs::capture();
    world.aws.reset_calls();
    round(&world).await;
    let calls = world.aws.calls();
    assert_eq!(calls.dynamodb, [("Query".to_owned(), 1)].into());
    assert!(calls.kms.is_empty() && calls.ses.is_empty());
    let lines = logs::lines();
    let lines: Vec<_> = lines.iter().filter(|line| line["event"].is_string()).collect();
    assert_eq!((lines.len(), &lines[0]["event"], &lines[0]["age_ms"]), (1, &json!("mail_round"), &json!(0)));
}

#[tokio::test]
async fn a_round_costs_one_query_however_many_letters_wait() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Throttled, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.mend();
    world.advance(60);
    // More than DynamoDB hands over in one answer.
    let row = waiting(&world).await.remove(0);
    let later = world.now().as_second() + 3_600;
    let row_of = |number: i64| {
        let mut row = row.clone();
        row["due"] = json!(later + number);
        row["sk"] = json!(format!("{:0>12}#{}", later + number, row["letter"].as_str().unwrap()));
        row["filler"] = json!("x".repeat(8_000));
        row
    };
    world.put_rows("Mail", (0..200).map(row_of).collect()).await;
    world.aws.reset_calls();
    round(&world).await;
    assert_eq!(world.aws.calls().dynamodb["Query"], 1);
    assert_eq!((world.aws.inbox(None).len(), waiting(&world).await.len()), (1, 200));
}

#[tokio::test]
async fn a_round_tries_a_letter_though_ses_is_silent_about_those_before_it() {
    let world = quiet_world().await;
    // One more than are tried at once.
    for _ in 0..11 {
        world.person().signs_up().await;
    }
    world.break_down(Service::Ses, Mode::Throttled, None);
    assert!(deliver(&world, &stream_event(&world).await).await.is_empty());
    world.mend();
    world.advance(60);
    world.aws.reset_calls();
    world.break_times(Service::Ses, Mode::Held, "SendEmail", 11);
    round(&world).await;
    assert_eq!(world.aws.calls().ses["SendEmail"], 11);
    assert_eq!(waiting(&world).await.len(), 10);
}
