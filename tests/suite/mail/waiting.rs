//! Letters that cannot be sent wait, and nobody waits for them.

use std::time::Duration;

use futures::future::join_all;
use local::{Fault, Mode, Service};
use serde_json::{Value, json};
use shared::{
    error::Error,
    time::{Clock, Timestamp},
};
use tests::{Person, World};

use super::{deliver, quiet_world, stream_event};
use crate::logs;

/// How long a letter is tried.
const LONGEST_WAIT: i64 = 23 * 3_600;

/// What the schedule says.
fn task() -> Value {
    json!({ "task": "send-waiting-mail" })
}

/// What `mail` does every minute.
async fn round(world: &World) {
    assert_eq!(world.postman().handle(task()).await.unwrap(), Value::Null);
}

async fn letters(world: &World) -> Vec<Value> {
    world.rows_of("Mail", "MAIL#").await
}

/// The rows of letters that wait.
async fn waiting(world: &World) -> Vec<Value> {
    world.rows_of("Mail", "WAITING").await
}

/// A world with one letter, and the record of it.
async fn one_letter() -> (World, Value) {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    (world, event)
}

/// Until when the only letter waits that does so.
async fn due(world: &World) -> i64 {
    let rows = waiting(world).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let due = rows[0]["due"].as_i64().unwrap();
    let (letter, since) = (&letters(world).await[0]["id"], &letters(world).await[0]["created_at"]);
    assert_eq!((&rows[0]["letter"], &rows[0]["since"]), (letter, since));
    assert_eq!(rows[0]["sk"], format!("{due:0>12}#{}", letter.as_str().unwrap()));
    due
}

fn advance_to(world: &World, second: i64) {
    let moment = Timestamp::from_second(second);
    world.advance(moment.seconds_from(world.now()).unsigned_abs());
}

/// The events that were logged.
fn events() -> Vec<String> {
    logs::lines().iter().filter_map(|line| line["event"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_lost_answer_of_ses_holds_up_nobody_elses_mail() {
    logs::capture();
    let world = World::start().await;
    world.aws.set_fault(Service::Ses, Fault { mode: Mode::Lost, operation: None, times: Some(1) });
    let people: Vec<_> = (0..5).map(|_| world.person()).collect();
    for person in &people {
        person.signs_up().await;
    }
    let mails = async |person: &Person<'_>| world.mails(&person.email).await.len();
    for person in &people {
        assert_eq!(mails(person).await, 1, "{}", person.email);
    }
    let (first, others) = people.split_first().unwrap();
    // SES may have taken the first one, so it is not sent again before its claim is over. Then it is, once.
    for (wait, sent) in [(0, 1), (60, 1), (29, 1), (1, 2), (60, 2), (3_600, 2)] {
        world.advance(wait);
        world.send_waiting_mail().await;
        assert_eq!(mails(first).await, sent, "{wait} s later");
    }
    for person in others {
        assert_eq!(mails(person).await, 1, "{}", person.email);
    }
    assert!(letters(&world).await.iter().all(|letter| letter["status"] == "sent"));
    assert!(waiting(&world).await.is_empty());
    assert!(!events().contains(&"mail_failed".to_owned()), "what waits is no record of the stream");
}

#[tokio::test]
async fn ses_down_for_hours_loses_nothing_and_each_letter_is_sent_once() {
    let world = World::start().await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::Ses, mode, None);
        // More than are tried at once.
        let people: Vec<_> = (0..12).map(|_| world.person()).collect();
        for person in &people {
            person.signs_up().await.assert_ok();
        }
        for _ in 0..10 {
            world.advance(1_800);
            world.send_waiting_mail().await;
        }
        assert_eq!(waiting(&world).await.len(), 12);
        world.mend();
        // The waits grow, but not longer than this.
        for _ in 0..2 {
            world.advance(16 * 60);
            world.send_waiting_mail().await;
        }
        for person in &people {
            assert_eq!(world.mails(&person.email).await.len(), 1, "{mode:?} {}", person.email);
        }
        assert!(waiting(&world).await.is_empty());
    }
    assert!(letters(&world).await.iter().all(|letter| letter["status"] == "sent"));
}

#[tokio::test]
async fn a_letter_that_ses_did_not_take_is_free_for_the_next_try() {
    for mode in [Mode::Throttled, Mode::Unavailable] {
        let (world, event) = one_letter().await;
        world.break_down(Service::Ses, mode, None);
        assert!(deliver(&world, &event).await.is_empty(), "the record is done");
        assert_eq!(letters(&world).await[0]["status"], "pending");
        // 1, 2, 4, 8, 16 minutes, and no more.
        for minutes in [1, 2, 4, 8, 16, 16] {
            assert_eq!(due(&world).await, world.now().as_second() + minutes * 60);
            advance_to(&world, due(&world).await);
            round(&world).await;
        }
        world.mend();
        world.advance(16 * 60 - 1);
        round(&world).await;
        assert!(world.aws.inbox(None).is_empty(), "it is not due");
        world.advance(1);
        round(&world).await;
        assert_eq!(world.aws.inbox(None).len(), 1);
        assert_eq!(letters(&world).await[0]["status"], "sent");
        assert!(waiting(&world).await.is_empty());
    }
}

#[tokio::test]
async fn a_letter_whose_answer_is_lost_is_not_sent_again_before_its_claim_is_over() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Lost, None);
    for _ in 0..3 {
        assert!(deliver(&world, &event).await.is_empty());
        assert_eq!(due(&world).await, world.now().as_second() + 90, "one row, however often the record comes");
    }
    assert_eq!(world.aws.inbox(None).len(), 1, "SES has taken it once");
    // Each try that stays without an answer is followed by a longer wait: 90, 180, 360, … seconds.
    for (wait, sent) in [(89, 1), (1, 2), (179, 2), (1, 3), (359, 3), (1, 4)] {
        world.advance(wait);
        round(&world).await;
        assert!(deliver(&world, &event).await.is_empty());
        assert_eq!(world.aws.inbox(None).len(), sent);
    }
    world.mend();
    world.advance(719);
    round(&world).await;
    assert_eq!(world.aws.inbox(None).len(), 4);
    world.advance(1);
    round(&world).await;
    assert_eq!(world.aws.inbox(None).len(), 5);
    assert_eq!(letters(&world).await[0]["status"], "sent");
    assert!(waiting(&world).await.is_empty());
}

#[tokio::test]
async fn a_letter_that_somebody_else_is_sending_waits_alone() {
    let world = quiet_world().await;
    for _ in 0..3 {
        world.person().signs_up().await;
    }
    let event = stream_event(&world).await;
    let mut claimed = letters(&world).await.remove(1);
    claimed["status"] = json!("claimed");
    world.tamper("Mail", &claimed, "claimed_until", json!(world.now().as_second() + 90)).await;
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(world.aws.inbox(None).len(), 2);
    // The claim was left behind.
    for (wait, sent) in [(89, 2), (1, 3)] {
        world.advance(wait);
        round(&world).await;
        assert_eq!(world.aws.inbox(None).len(), sent);
    }
    assert!(waiting(&world).await.is_empty());
}

#[tokio::test]
async fn a_letter_that_was_settled_meanwhile_waits_no_more() {
    let (world, event) = one_letter().await;
    let letter = letters(&world).await.remove(0);
    for status in ["sent", "bounced", "failed"] {
        let mut claimed = letter.clone();
        claimed["status"] = json!("claimed");
        world.tamper("Mail", &claimed, "claimed_until", json!(world.now().as_second() + 90)).await;
        assert!(deliver(&world, &event).await.is_empty());
        world.tamper("Mail", &letter, "status", json!(status)).await;
        advance_to(&world, due(&world).await);
        round(&world).await;
        assert!(waiting(&world).await.is_empty() && world.aws.inbox(None).is_empty(), "{status}");
        assert_eq!(letters(&world).await[0]["status"], status);
    }
}

#[tokio::test]
async fn a_record_is_done_only_when_the_letter_waits() {
    let world = quiet_world().await;
    for _ in 0..3 {
        world.person().signs_up().await;
    }
    let event = stream_event(&world).await;
    let mut claimed = letters(&world).await.remove(1);
    claimed["status"] = json!("claimed");
    world.tamper("Mail", &claimed, "claimed_until", json!(world.now().as_second() + 90)).await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::DynamoDb, mode, Some("PutItem"));
        assert_eq!(deliver(&world, &event).await, ["101"], "{mode:?}");
        assert!(waiting(&world).await.is_empty());
        assert_eq!(world.aws.inbox(None).len(), 2, "the others are sent");
        world.mend();
    }
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    assert_eq!(deliver(&world, &event).await, ["100", "101", "102"]);
    world.mend();
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(waiting(&world).await.len(), 1);
}

#[tokio::test]
async fn a_letter_waits_whatever_it_is_that_fails() {
    // Before SES is asked the letter is nobody's, afterwards it is ours until the claim is over.
    for (service, mode, operation, wait, sent) in [
        (Service::Kms, Mode::Unavailable, "Decrypt", 60, 0),
        (Service::Kms, Mode::Refused, "Decrypt", 60, 0),
        (Service::DynamoDb, Mode::Unavailable, "GetItem", 60, 0),
        (Service::DynamoDb, Mode::Unavailable, "UpdateItem", 60, 0),
        (Service::Ses, Mode::Lost, "SendEmail", 90, 1),
    ] {
        let (world, event) = one_letter().await;
        world.break_down(service, mode, Some(operation));
        assert!(deliver(&world, &event).await.is_empty(), "{operation}");
        assert_eq!(due(&world).await, world.now().as_second() + wait, "{operation}");
        assert_eq!(world.aws.inbox(None).len(), sent, "{operation}");
        world.mend();
        advance_to(&world, due(&world).await);
        round(&world).await;
        assert_eq!(world.aws.inbox(None).len(), sent + 1, "{operation}");
        assert!(waiting(&world).await.is_empty(), "{operation}");
    }
}

#[tokio::test]
async fn a_letter_that_is_sent_and_cannot_be_marked_is_not_sent_again_before_its_claim_is_over() {
    let (world, event) = one_letter().await;
    world.aws.set_fault(Service::Ses, Fault { mode: Mode::Held, operation: None, times: Some(2) });
    let sending = deliver(&world, &event);
    let breaking = async {
        while world.aws.calls().ses.is_empty() {
            tokio::task::yield_now().await;
        }
        world.mend();
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    };
    let (failures, ()) = tokio::join!(sending, breaking);
    assert!(failures.is_empty());
    world.mend();
    assert_eq!(due(&world).await, world.now().as_second() + 90);
    assert_eq!((world.aws.inbox(None).len(), &letters(&world).await[0]["status"]), (1, &json!("claimed")));
}

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
async fn a_letter_that_cannot_be_sent_for_a_day_is_given_up() {
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Lost] {
        let (world, event) = one_letter().await;
        let written = world.now().as_second();
        world.break_down(Service::Ses, mode, None);
        assert!(deliver(&world, &event).await.is_empty());
        while letters(&world).await[0]["status"] != "failed" {
            logs::capture();
            let due = due(&world).await;
            assert!((world.now().as_second() + 1..=written + LONGEST_WAIT).contains(&due), "{mode:?}");
            advance_to(&world, due);
            round(&world).await;
        }
        let lines = logs::lines();
        assert_eq!(world.now().as_second(), written + LONGEST_WAIT, "{mode:?}");
        let letter = letters(&world).await.remove(0);
        assert_eq!(letter["reason"], "given-up");
        let told: Vec<_> = lines.iter().filter(|line| line["event"] == "mail_given_up").collect();
        assert_eq!((told.len(), &told[0]["letter"], &told[0]["kind"]), (1, &letter["id"], &letter["kind"]));
        assert!(waiting(&world).await.is_empty());
        world.mend();
        let sent = world.aws.inbox(None).len();
        world.advance(24 * 3_600);
        round(&world).await;
        assert!(deliver(&world, &event).await.is_empty());
        assert_eq!(world.aws.inbox(None).len(), sent);
    }
}

#[tokio::test]
async fn a_letter_is_tried_a_last_time_when_its_time_is_up() {
    let (world, event) = one_letter().await;
    world.break_down(Service::Ses, Mode::Unavailable, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.mend();
    world.advance(LONGEST_WAIT.unsigned_abs());
    round(&world).await;
    assert_eq!((world.aws.inbox(None).len(), &letters(&world).await[0]["status"]), (1, &json!("sent")));
}

#[tokio::test]
async fn what_is_wrong_with_one_letter_is_not_the_others_business() {
    let world = quiet_world().await;
    let people = [world.person(), world.person(), world.person()];
    for person in &people {
        person.signs_up().await;
    }
    world.break_down(Service::Ses, Mode::Throttled, None);
    assert!(deliver(&world, &stream_event(&world).await).await.is_empty());
    world.mend();
    world.advance(60);
    // Before the others: a row that is none, and letters that are none or none any more.
    let odd = json!({ "pk": "WAITING", "sk": "000000000001#x", "due": "soon" });
    world.put_rows("Mail", vec![odd.clone()]).await;
    let letters = letters(&world).await;
    world.tamper("Mail", &letters[0], "kind", json!("?")).await;
    world.remove("Mail", &letters[1]).await;
    logs::capture();
    round(&world).await;
    assert_eq!(world.aws.inbox(None).len(), 1);
    let left: Vec<_> = waiting(&world).await.iter().map(|row| row["letter"].clone()).collect();
    assert_eq!(left, [Value::Null, letters[0]["id"].clone()], "what cannot be read stays, for somebody to look at");
    assert_eq!(events().iter().filter(|event| *event == "mail_failed").count(), 1);
}

#[tokio::test]
async fn a_letter_that_cannot_be_read_is_given_up_like_any_other() {
    for attribute in ["kind", "status"] {
        let (world, event) = one_letter().await;
        world.break_down(Service::Ses, Mode::Throttled, None);
        assert!(deliver(&world, &event).await.is_empty());
        world.mend();
        let letter = letters(&world).await.remove(0);
        world.tamper("Mail", &letter, attribute, json!("?")).await;
        world.advance(60);
        for minutes in [2, 4] {
            round(&world).await;
            assert_eq!(due(&world).await, world.now().as_second() + minutes * 60, "{attribute}");
            advance_to(&world, due(&world).await);
        }
        advance_to(&world, letter["created_at"].as_i64().unwrap() + LONGEST_WAIT);
        logs::capture();
        round(&world).await;
        assert!(waiting(&world).await.is_empty(), "{attribute}");
        let mut told = logs::lines();
        told.retain(|line| line["event"] == "mail_given_up");
        assert_eq!((told.len(), &told[0]["letter"]), (1, &letter["id"]), "{attribute}");
    }
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

#[tokio::test]
async fn a_letter_that_never_came_to_ses_is_free_for_the_next_try() {
    let (world, event) = one_letter().await;
    let postman = world.postman_without_ses().await;
    let answer = postman.handle(event).await.unwrap();
    assert_eq!(answer["batchItemFailures"], json!([]));
    for minutes in [1, 2, 4] {
        assert_eq!(letters(&world).await[0]["status"], "pending");
        assert_eq!(due(&world).await, world.now().as_second() + minutes * 60);
        advance_to(&world, due(&world).await);
        assert_eq!(postman.handle(task()).await.unwrap(), Value::Null);
    }
    advance_to(&world, due(&world).await);
    round(&world).await;
    assert_eq!((world.aws.inbox(None).len(), &letters(&world).await[0]["status"]), (1, &json!("sent")));
}

#[tokio::test]
async fn an_address_that_ses_does_not_take_fails_its_letter_at_once_and_alarms_nobody() {
    logs::capture();
    let world = World::start().await;
    let (odd, ada) = (["j\u{f6}rg@example.com", "ада@example.com", "=?utf-8?q?=C3=A9?=@example.com"], world.person());
    for address in odd {
        let mut person = world.person();
        address.clone_into(&mut person.email);
        let reply = person.signs_up().await;
        assert_eq!((reply.status, &reply.body["user"]["email"]), (200, &json!(address)));
    }
    ada.signs_up().await.assert_ok();
    assert_eq!(world.mails(&ada.email).await.len(), 1);
    assert_eq!(world.aws.inbox(None).len(), 1);
    assert_eq!(world.aws.calls().ses["SendEmail"], 1, "SES is not asked in vain");
    let mut failed = letters(&world).await;
    failed.retain(|letter| letter["status"] == "failed" && letter["reason"] == "undeliverable");
    assert_eq!(failed.len(), odd.len());
    assert!(waiting(&world).await.is_empty());
    let mut events = events();
    events.retain(|event| event.starts_with("mail_") || event.starts_with("letter_"));
    events.sort();
    assert_eq!(events, ["mail_sent", "mail_undeliverable", "mail_undeliverable", "mail_undeliverable"]);
}
