//! KMS, the tables or the counters are out of order: 503, nothing half-written, and no plaintext that nobody recorded.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Key, Reply, World};

use super::{Owner, audit::told, demo, fingerprints_agree, rows, rows_but_events, with, without};

const TRANSACTION: &str = "TransactWriteItems";

/// The rows, but for what a decryption notes before it asks KMS.
async fn rows_before_decryption(world: &World) -> Vec<Value> {
    let mut rows = rows_but_events(world).await;
    for row in &mut rows {
        row["last_decrypted_at"] = json!(null);
    }
    rows
}

#[tokio::test]
async fn without_kms_every_route_that_needs_it_says_later_and_writes_nothing() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    for (tries, mode) in [Mode::Unavailable, Mode::Throttled].into_iter().enumerate() {
        let before = rows(&world).await;
        world.break_down(Service::Kms, mode, None);
        ada.creates(&demo(&world, "bybit", "ok")).await.assert_unavailable();
        ada.changes(&id, json!({ "secret": "another", "passphrase": "another", "label": "x" }))
            .await
            .assert_unavailable();
        assert_eq!(rows(&world).await, before);
        ada.tests(&id).await.assert_unavailable();
        let but_events = rows_but_events(&world).await;
        assert!(but_events.iter().all(|row| before.contains(row)) && rows(&world).await.len() == before.len() + 1);
        assert_eq!(world.aws.paper().calls().remove("okx"), None);

        // What needs no key goes on; that a test was tried is known.
        assert_eq!(ada.sees(&id).await["status"], "untested");
        let events = ada.events(&id).await;
        assert_eq!(told(&events)[0], ("test", "FAILED"));
        assert_eq!(events.len(), 2 + tries);
        world.mend();
    }
    ada.tests(&id).await.assert_ok();
    ada.creates(&demo(&world, "bybit", "ok")).await.assert_ok();
}

#[tokio::test]
async fn a_decryption_that_kms_does_not_carry_out_is_recorded_all_the_same() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let before = rows_before_decryption(&world).await;
    world.break_down(Service::Kms, Mode::Unavailable, Some("Decrypt"));
    ada.decrypts(&id).await.assert_unavailable();
    world.mend();
    assert_eq!(rows_before_decryption(&world).await, before);
    let events = ada.events(&id).await;
    let told: Vec<_> = events.iter().map(|event| (&event["action"], &event["outcome"])).collect();
    let decrypt = json!("decrypt");
    assert_eq!(told[..2], [(&decrypt, &json!("FAILED")), (&decrypt, &json!("ok"))], "{events:?}");
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = demo(&world, "okx", "ok");
    let id = ada.keeps(&body).await;
    let before = rows(&world).await;
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, Some(TRANSACTION));
        let (reply, calls) = world.calls(ada.decrypts(&id)).await;
        let expected = if mode == Mode::Refused { 500 } else { 503 };
        reply.assert_status(expected);
        assert!(!reply.text.contains(body["secret"].as_str().unwrap()));
        assert!(calls.kms.is_empty(), "{mode:?}: {calls:?}");
        world.mend();
    }
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn a_refusal_that_cannot_be_recorded_is_an_outage() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    ada.changes(&id, json!({ "is_active": false })).await.assert_ok();
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("PutItem"));
    ada.decrypts(&id).await.assert_unavailable();
    ada.tests(&id).await.assert_unavailable();
}

#[tokio::test]
async fn a_test_that_cannot_be_recorded_opens_nothing_and_asks_nobody() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let before = rows(&world).await;
    let verified = with(&demo(&world, "bybit", "ok"), json!({ "verify": true }));
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, Some("PutItem"));
        let (replies, calls) = world.calls(async { [ada.tests(&id).await, ada.creates(&verified).await] }).await;
        let expected = if mode == Mode::Refused { 500 } else { 503 };
        assert_eq!(replies.each_ref().map(|reply| reply.status), [expected; 2], "{replies:?}");
        assert!(calls.kms.is_empty() && world.aws.paper().calls().is_empty(), "{mode:?}: {calls:?}");
        world.mend();
        assert_eq!(rows(&world).await, before);
    }
}

#[tokio::test]
async fn a_test_whose_outcome_cannot_be_kept_is_recorded_all_the_same() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let before = rows_but_events(&world).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some(TRANSACTION));
    let (reply, calls) = world.calls(ada.tests(&id)).await;
    reply.assert_unavailable();
    assert_eq!((calls.kms["Decrypt"], world.aws.paper().calls()["okx"]), (1, 1));
    world.mend();
    assert_eq!(rows_but_events(&world).await, before);
    assert_eq!(told(&ada.events(&id).await)[..2], [("test", "ok"), ("create", "ok")]);
    ada.tests(&id).await.assert_ok();
    assert_eq!(told(&ada.events(&id).await)[..2], [("test", "ok"), ("test", "ok")]);
}

#[tokio::test]
async fn the_test_of_a_key_that_is_not_stored_after_all_is_recorded_with_its_outcome() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = with(&demo(&world, "okx", "ok"), json!({ "verify": true }));
    let before = rows_but_events(&world).await;
    for (service, operation) in [(Service::Kms, "GenerateDataKey"), (Service::DynamoDb, TRANSACTION)] {
        world.break_down(service, Mode::Unavailable, Some(operation));
        ada.creates(&body).await.assert_unavailable();
        world.mend();
    }
    assert_eq!(rows_but_events(&world).await, before);
    let mut outcomes = Vec::new();
    ada.creates(&with(&body, json!({ "api_key": "nobody-knows-me" }))).await.assert_status(422);
    ada.keeps(&without(&body, "verify")).await;
    ada.creates(&body).await.assert_status(409);
    for row in rows(&world).await {
        if row["action"] == "test" {
            outcomes.push(row["outcome"].as_str().unwrap().to_owned());
        }
    }
    outcomes.sort();
    assert_eq!(outcomes, ["invalid_key", "ok", "ok", "ok"]);
}

#[tokio::test]
async fn a_test_of_a_record_that_does_not_open_is_recorded() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let row = ada.row(&id).await;
    world.tamper("ExchangeKeys", &row, "nonce", json!("AAAAAAAAAAAAAAAA")).await;
    ada.tests(&id).await.assert_internal_error();
    assert_eq!(told(&ada.events(&id).await)[..], [("test", "FAILED"), ("create", "ok")]);
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_done() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let before = rows(&world).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    let verified = with(&demo(&world, "bybit", "ok"), json!({ "verify": true }));
    let (replies, calls) =
        world.calls(async { [ada.decrypts(&id).await, ada.tests(&id).await, ada.creates(&verified).await] }).await;
    replies.iter().for_each(Reply::assert_unavailable);
    assert!(calls.kms.is_empty() && world.aws.paper().calls().is_empty());
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn a_write_that_fails_leaves_all_rows_as_they_were() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let before = rows(&world).await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::DynamoDb, mode, Some(TRANSACTION));
        ada.creates(&demo(&world, "bybit", "ok")).await.assert_unavailable();
        ada.changes(&id, json!({ "label": "x" })).await.assert_unavailable();
        ada.changes(&id, json!({ "secret": "another", "passphrase": "another" })).await.assert_unavailable();
        ada.deletes(&id).await.assert_unavailable();
        world.mend();
        assert_eq!(rows(&world).await, before);
    }
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    ada.sends("GET", "", None).await.assert_unavailable();
    ada.sends("GET", &format!("{id}/events"), None).await.assert_unavailable();
    world.mend();
    ada.deletes(&id).await.assert_ok();
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_takes_place_once() {
    let world = World::start().await;
    if world.is_on_another_emulator() {
        return; // moto carries a repeated transaction out once more.
    }
    let ada = Owner::of(&world).await;
    let lose = || world.break_times(Service::DynamoDb, Mode::Lost, TRANSACTION, 1);
    lose();
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    lose();
    ada.changes(&id, json!({ "secret": "another", "passphrase": "another" })).await.assert_ok();
    lose();
    ada.decrypts(&id).await.assert_ok();
    assert_eq!((ada.events(&id).await.len(), &ada.row(&id).await["version"]), (3, &json!(2)));
    fingerprints_agree(&world).await;
    lose();
    ada.deletes(&id).await.assert_ok();
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn a_kms_key_that_is_switched_off_is_a_503_until_it_is_on_again() {
    let world = World::start().await;
    if world.is_on_another_emulator() {
        return; // moto opens with a key that is switched off.
    }
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    world.switch_key(Key::Vault, false).await;
    ada.decrypts(&id).await.assert_unavailable();
    ada.creates(&demo(&world, "bybit", "ok")).await.assert_unavailable();
    world.switch_key(Key::Vault, true).await;
    ada.decrypts(&id).await.assert_ok();
}
