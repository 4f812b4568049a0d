//! What SES reports of mails, and what becomes of their letters.

use local::{Fault, Mode, Outcome, Service};
use serde_json::{Value, json};
use shared::error::Error;
use tests::World;

use super::{deliver, quiet_world, stream_event};
use crate::logs::{capture, lines, text};

const ADDRESS: &str = "canary@example.com";

/// A report of a letter as `EventBridge` delivers it, with the address wherever SES writes it.
fn report(letter: &Value, kind: &str, what: &Value) -> Value {
    let id = letter["id"].as_str().unwrap();
    let mut detail = json!({
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-22T10:00:00.000Z",
            "source": "no-reply@bitcain.example",
            "sourceArn": "arn:aws:ses:us-east-1:123456789012:identity/bitcain.example",
            "sendingAccountId": "123456789012",
            "messageId": "0100018d-reported",
            "destination": [ADDRESS],
            "headersTruncated": false,
            "headers": [{ "name": "To", "value": ADDRESS }],
            "commonHeaders": { "to": [ADDRESS], "subject": "Verify your e-mail address" },
            "tags": {
                "ses:source-tls-version": ["TLSv1.3"],
                "ses:operation": ["SendEmail"],
                "ses:configuration-set": ["local"],
                "ses:from-domain": ["bitcain.example"],
                "letter": [id],
            },
        },
    });
    detail[kind.to_lowercase()] = what.clone();
    json!({
        "version": "0",
        "id": "12345678-1234-1234-1234-123456789012",
        "detail-type": match kind {
            "Bounce" => "Email Bounced",
            "Complaint" => "Email Complaint Received",
            "Reject" => "Email Rejected",
            _ => "Email Delivered",
        },
        "source": "aws.ses",
        "account": "123456789012",
        "time": "2026-11-22T10:00:02Z",
        "region": "us-east-1",
        "resources": ["arn:aws:ses:us-east-1:123456789012:configuration-set/local"],
        "detail": detail,
    })
}

fn bounce(letter: &Value, kind: &str) -> Value {
    let recipient = json!({
        "emailAddress": ADDRESS, "action": "failed", "status": "5.1.1",
        "diagnosticCode": format!("smtp; 550 5.1.1 <{ADDRESS}>: no such user"),
    });
    let bounce = json!({
        "bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [recipient],
        "timestamp": "2026-11-22T10:00:02.000Z", "feedbackId": "0100018d-feedback",
    });
    report(letter, "Bounce", &bounce)
}

fn complaint(letter: &Value) -> Value {
    let complaint = json!({
        "complainedRecipients": [{ "emailAddress": ADDRESS }], "complaintFeedbackType": "abuse",
        "timestamp": "2026-11-22T10:00:02.000Z", "feedbackId": "0100018d-feedback",
    });
    report(letter, "Complaint", &complaint)
}

fn rejection(letter: &Value) -> Value {
    report(letter, "Reject", &json!({ "reason": "Bad content" }))
}

async fn letter(world: &World) -> Value {
    world.rows_of("Mail", "MAIL#").await.remove(0)
}

/// A world with one letter, which is sent, and its row.
async fn sent_letter() -> (World, Value) {
    let world = quiet_world().await;
    let mut ada = world.person();
    ADDRESS.clone_into(&mut ada.email);
    ada.signs_up().await;
    assert!(deliver(&world, &stream_event(&world).await).await.is_empty());
    let letter = letter(&world).await;
    assert_eq!(letter["status"], "sent");
    (world, letter)
}

async fn told(world: &World, event: &Value) {
    assert_eq!(world.postman().handle(event.clone()).await.unwrap(), Value::Null);
}

/// The kinds of the reports that were logged.
fn logged() -> Vec<Value> {
    let mut lines = lines();
    lines.retain(|line| line["event"] == "mail_bounced");
    lines.iter().map(|line| line["kind"].clone()).collect()
}

#[tokio::test]
async fn mails_to_the_simulator_meet_the_end_that_their_letters_tell() {
    let world = World::start().await;
    for (mailbox, outcome, status, bounce) in [
        ("bounce", Outcome::Bounced, "bounced", json!("permanent")),
        ("suppressionlist", Outcome::Suppressed, "bounced", json!("permanent")),
        ("complaint", Outcome::Complained, "complained", Value::Null),
    ] {
        let mut ada = world.person();
        ada.email = format!("{mailbox}+ada@simulator.amazonses.com");
        ada.signs_up().await;
        let mail = world.mails(&ada.email).await.remove(0);
        assert_eq!(mail.outcome, Some(outcome));
        let mut letters = world.rows_of("Mail", "MAIL#").await;
        letters.retain(|letter| letter["to"] == ada.email);
        assert_eq!((&letters[0]["status"], &letters[0]["bounce"]), (&json!(status), &bounce), "{mailbox}");
        assert_eq!(letters[0]["message_id"], mail.id);
        assert_eq!(letters[0]["reported_at"], world.now().as_second());
    }
}

#[tokio::test]
async fn a_report_changes_what_it_tells_and_nothing_else() {
    let (world, before) = sent_letter().await;
    capture();
    for (event, status, bounce, kind) in [
        (bounce(&before, "Undetermined"), "bounced", json!("undetermined"), "transient"),
        (bounce(&before, "Transient"), "bounced", json!("transient"), "transient"),
        (bounce(&before, "Permanent"), "bounced", json!("permanent"), "permanent"),
        (rejection(&before), "rejected", Value::Null, "reject"),
        (complaint(&before), "complained", Value::Null, "complaint"),
    ] {
        let begin = world.now().as_second();
        // Twice, as EventBridge may deliver it.
        for _ in 0..2 {
            told(&world, &event).await;
            world.advance(1);
        }
        let mut after = letter(&world).await;
        assert_eq!((&after["status"], &after["bounce"]), (&json!(status), &bounce));
        assert_eq!(after["message_id"], "0100018d-reported");
        assert_eq!(after["reported_at"], begin, "the second one changes nothing");
        for attribute in ["bounce", "gravity", "reported_at"] {
            after.as_object_mut().unwrap().remove(attribute);
        }
        after["status"] = json!("sent");
        after["message_id"] = before["message_id"].clone();
        assert_eq!(after, before);
        let log = text();
        let line: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let line: Vec<_> = line.iter().filter(|line| line["event"] == "mail_bounced").collect();
        assert_eq!(line.len(), 1, "{log}");
        assert_eq!((&line[0]["kind"], &line[0]["message_id"]), (&json!(kind), &json!("0100018d-reported")));
        assert!(!log.contains("canary"), "{log}");
        capture();
    }
}

#[tokio::test]
async fn the_gravest_report_stands_in_whichever_order_they_come() {
    let (world, before) = sent_letter().await;
    let reports = [bounce(&before, "Transient"), bounce(&before, "Permanent"), complaint(&before)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        world.tamper("Mail", &before, "status", json!("sent")).await;
        capture();
        for report in order {
            told(&world, &reports[report]).await;
        }
        assert_eq!(letter(&world).await["status"], "complained", "{order:?}");
        assert_eq!(logged(), order.map(|report| ["transient", "permanent", "complaint"][report]), "each is counted");
    }
}

#[tokio::test]
async fn a_report_that_comes_before_the_letter_is_marked_sent_is_not_undone() {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    world.aws.set_fault(Service::Ses, Fault { mode: Mode::Held, operation: None, times: Some(2) });
    let sending = deliver(&world, &event);
    let reporting = async {
        while world.aws.calls().ses.is_empty() {
            tokio::task::yield_now().await;
        }
        let claimed = letter(&world).await;
        assert_eq!(claimed["status"], "claimed");
        told(&world, &bounce(&claimed, "Permanent")).await;
        world.mend();
    };
    let (failures, ()) = tokio::join!(sending, reporting);
    assert!(failures.is_empty());
    let after = letter(&world).await;
    assert_eq!((&after["status"], &after["message_id"]), (&json!("bounced"), &json!("0100018d-reported")));
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(world.aws.inbox(None).len(), 1, "nor is it sent again");
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_is_not_sent_again_once_it_has_bounced() {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    world.break_down(Service::Ses, Mode::Lost, None);
    assert!(deliver(&world, &event).await.is_empty());
    told(&world, &bounce(&letter(&world).await, "Permanent")).await;
    world.mend();
    world.advance(91);
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(world.aws.inbox(None).len(), 1);
    assert_eq!(letter(&world).await["status"], "bounced");
}

#[tokio::test]
async fn a_report_that_comes_while_a_stale_claim_is_taken_over_keeps_the_letter_from_being_sent_again() {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    world.break_down(Service::Ses, Mode::Lost, None);
    assert!(deliver(&world, &event).await.is_empty());
    world.mend();
    world.advance(91);
    world.aws.reset_calls();
    let updates = || world.aws.calls().dynamodb.get("UpdateItem").copied().unwrap_or_default();
    let until = async |count| {
        while updates() < count {
            tokio::task::yield_now().await;
        }
    };
    let again = deliver(&world, &event);
    let reporting = async {
        // The first update finds the claim stale, the second one is to take it over, and waits.
        until(1).await;
        world.hold("UpdateItem", 2);
        until(2).await;
        // The report itself does not wait; its answer is lost, and it is asked again.
        world.break_times(Service::DynamoDb, Mode::Lost, "UpdateItem", 1);
        told(&world, &bounce(&letter(&world).await, "Permanent")).await;
        world.mend();
    };
    let (failures, ()) = tokio::join!(again, reporting);
    assert!(failures.is_empty());
    assert_eq!(world.rows_of("Mail", "WAITING").await.len(), 1, "only from before");
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(world.aws.inbox(None).len(), 1);
    assert_eq!(letter(&world).await["status"], "bounced");
}

#[tokio::test]
async fn a_report_of_a_forgotten_letter_is_counted_and_makes_no_row() {
    let (world, before) = sent_letter().await;
    world.remove("Mail", &before).await;
    capture();
    told(&world, &bounce(&before, "Permanent")).await;
    assert_eq!(logged(), ["permanent"]);
    assert!(world.rows_of("Mail", "MAIL#").await.is_empty());
}

#[tokio::test]
async fn a_report_that_cannot_be_kept_is_an_error_and_leaves_the_letter_as_it_is() {
    let (world, before) = sent_letter().await;
    capture();
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, Some("UpdateItem"));
        let error = world.postman().handle(complaint(&before)).await.unwrap_err();
        let is_expected = match mode {
            Mode::Unavailable => matches!(error, Error::Unavailable(_)),
            Mode::Throttled => matches!(error, Error::Throttled(_)),
            _ => matches!(error, Error::Internal(_)),
        };
        assert!(is_expected, "{error:?}");
        assert!(!format!("{error:?}").contains("canary"));
        world.mend();
        assert_eq!(letter(&world).await, before);
    }
    assert!(logged().is_empty(), "what is delivered again is counted then");
    told(&world, &complaint(&before)).await;
    assert_eq!(letter(&world).await["status"], "complained");
}

#[tokio::test]
async fn load_is_waited_out_and_fails_no_report() {
    let (world, before) = sent_letter().await;
    capture();
    // More calls than the client of AWS makes of its own accord, twice.
    world.break_times(Service::DynamoDb, Mode::Throttled, "UpdateItem", 7);
    told(&world, &complaint(&before)).await;
    assert_eq!(letter(&world).await["status"], "complained");
    assert_eq!(logged(), ["complaint"]);
}

#[tokio::test]
async fn a_report_costs_one_update() {
    let (world, before) = sent_letter().await;
    let (postman, event) = (world.postman(), complaint(&before));
    let (answer, calls) = world.calls(Box::pin(postman.handle(event))).await;
    assert_eq!(answer.unwrap(), Value::Null);
    assert_eq!(calls.dynamodb, [("UpdateItem".to_owned(), 1)].into());
    assert!(calls.kms.is_empty() && calls.ses.is_empty());
}

#[tokio::test]
async fn an_event_of_another_kind_is_an_error_that_quotes_nothing() {
    let (world, before) = sent_letter().await;
    let with = |pointer: &str, value: Value| {
        let mut event = bounce(&before, "Permanent");
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    for event in [
        report(&before, "Delivery", &json!({ "recipients": [ADDRESS] })),
        with("/detail-type", json!(ADDRESS)),
        with("/detail/mail/tags", json!({ "ses:operation": ["SendEmail"] })),
        with("/detail/mail/tags/letter", json!([ADDRESS])),
        with("/detail/mail/tags/letter", json!([])),
        with("/detail/mail/messageId", json!([ADDRESS])),
        with("/detail/bounce/bounceType", json!(5)),
        with("/detail", json!(ADDRESS)),
        json!({ "Records": ADDRESS }),
        json!({}),
        Value::Null,
    ] {
        let error = world.postman().handle(event.clone()).await.unwrap_err();
        assert!(
            matches!(&error, shared::error::Error::Internal(cause) if !cause.to_string().contains("canary")),
            "{event}: {error:?}"
        );
    }
    assert_eq!(letter(&world).await, before);
}
