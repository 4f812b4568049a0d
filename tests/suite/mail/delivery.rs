//! From the outbox to the inbox: every letter once.

use std::time::{Duration, Instant};

use compat::email::EmailAddress;
use local::{Mode, Service};
use serde_json::json;
use shared::{ids::LinkId, outbox::Letter};
use tests::World;

use super::{deliver, quiet_world, stream_event};

#[tokio::test]
async fn a_record_delivered_twice_is_mailed_once() {
    let world = quiet_world().await;
    let ada = world.person();
    ada.signs_up().await;
    let event = stream_event(&world).await;
    for _ in 0..2 {
        assert!(deliver(&world, &event).await.is_empty());
    }
    assert_eq!(world.aws.inbox(Some(&ada.email)).len(), 1);
    let letter = &world.rows_of("Mail", "MAIL#").await[0];
    assert_eq!(letter["status"], "sent");
    assert!(letter["message_id"].is_string());
}

#[tokio::test]
async fn a_record_delivered_twice_at_once_is_mailed_once() {
    let world = quiet_world().await;
    let ada = world.person();
    ada.signs_up().await;
    let event = stream_event(&world).await;
    futures::future::join_all((0..10).map(|_| deliver(&world, &event))).await;
    assert_eq!(world.aws.inbox(Some(&ada.email)).len(), 1);
}

#[tokio::test]
async fn a_record_that_is_no_letter_does_not_hold_up_the_others() {
    let world = quiet_world().await;
    let ada = world.person();
    ada.signs_up().await;
    let mut event = stream_event(&world).await;
    let mut strange = event["Records"][0].clone();
    strange["dynamodb"]["NewImage"] = json!({ "pk": { "S": "MAIL#x" }, "kind": { "S": "verify" } });
    event["Records"].as_array_mut().unwrap().insert(0, strange);
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(world.aws.inbox(Some(&ada.email)).len(), 1);
}

#[tokio::test]
async fn a_link_is_bound_to_the_address_it_is_mailed_to() {
    let world = World::start().await;
    let (ada, mallory) = (world.person(), world.person());
    ada.signs_up().await;
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    let link: LinkId = serde_json::from_value(rows[0]["links"][0]["id"].clone()).unwrap();
    // Whoever can only put letters cannot have Ada's link sent to himself.
    let (to, expires_at) = (EmailAddress::parse(&mallory.email).unwrap(), world.now());
    world.post_letter(Letter::Verify { to, link, expires_at }).await;
    mallory.verifies().await.assert_status(400);
    ada.verifies().await.assert_ok();
}

#[tokio::test]
async fn an_international_address_is_mailed_in_the_form_that_servers_take() {
    let world = World::start().await;
    let mut ada = world.person();
    "ada@b\u{fc}cher.example.com".clone_into(&mut ada.email);
    ada.signs_up().await;
    let mails = world.mails(&ada.email).await;
    assert_eq!(mails[0].to, "ada@xn--bcher-kva.example.com");
    assert_eq!(ada.verifies().await.body["email"], ada.email);
}

#[tokio::test]
async fn a_letter_that_ses_refuses_is_failed_and_does_not_hold_up_the_others() {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    world.break_down(Service::Ses, Mode::Refused, None);
    assert!(deliver(&world, &event).await.is_empty());
    let letter = world.rows_of("Mail", "MAIL#").await.remove(0);
    assert_eq!((&letter["status"], &letter["reason"]), (&json!("failed"), &json!("MessageRejected")));
    world.mend();
    assert!(deliver(&world, &event).await.is_empty());
    assert!(world.aws.inbox(None).is_empty());
}

#[tokio::test]
async fn who_has_lost_a_claim_cannot_settle_it() {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    // The first one hangs in SES for so long that a second one takes over and sends.
    world.aws.set_fault(Service::Ses, local::Fault { mode: Mode::Held, operation: None, times: Some(2) });
    let slow = deliver(&world, &event);
    let quick = async {
        while world.rows_of("Mail", "MAIL#").await[0]["status"] != "claimed" {
            tokio::task::yield_now().await;
        }
        world.advance(91);
        deliver(&world, &event).await
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert!(slow.is_empty() && quick.is_empty());
    assert_eq!(world.rows_of("Mail", "MAIL#").await[0]["status"], "sent");
}

#[tokio::test]
async fn a_letter_that_ses_is_silent_about_holds_up_those_behind_it_for_seconds() {
    let world = World::start().await;
    // The first one hangs until the second one comes, and that is handed over when the first is put off.
    world.break_times(Service::Ses, Mode::Held, "SendEmail", 2);
    let (ada, bob) = (world.person(), world.person());
    ada.signs_up().await;
    while world.aws.calls().ses.is_empty() {
        tokio::task::yield_now().await;
    }
    let begun = Instant::now();
    bob.signs_up().await;
    assert_eq!(world.mails(&bob.email).await.len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_claim_whose_answer_is_lost_is_still_ours() {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    world.break_times(Service::DynamoDb, Mode::Lost, "UpdateItem", 1);
    assert!(deliver(&world, &event).await.is_empty());
    assert_eq!(world.aws.inbox(None).len(), 1);
    assert_eq!(world.rows_of("Mail", "MAIL#").await[0]["status"], "sent");
}
