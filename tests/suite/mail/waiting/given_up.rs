//! Letters that are given up: after a day, or at once.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::World;

use super::{advance_to, due, events, letters, one_letter, round, waiting};
use crate::{
    logs,
    mail::{deliver, quiet_world, stream_event},
};

/// How long a letter is tried.
const LONGEST_WAIT: i64 = 23 * 3_600;

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
    // That they were asked for.
    events.retain(|event| event != "mail_budget");
    events.sort();
    assert_eq!(events, ["mail_sent", "mail_undeliverable", "mail_undeliverable", "mail_undeliverable"]);
}
