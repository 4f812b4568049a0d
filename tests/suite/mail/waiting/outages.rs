//! Why a letter waits, and when it is free for the next try.

use local::{Fault, Mode, Service};
use serde_json::{Value, json};
use tests::{Person, World};

use super::{advance_to, due, events, letters, one_letter, round, task, waiting};
use crate::{
    logs,
    mail::{deliver, quiet_world, stream_event},
};

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
