//! KMS, the tables or the counters are out of order: 503, nothing half-written, and no plaintext that nobody recorded.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::World;

use super::{Owner, demo, fingerprints_agree, is_503, is_ok, rows, rows_but_events, with};

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
    let before = rows(&world).await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::Kms, mode, None);
        is_503(&ada.creates(&demo(&world, "bybit", "ok")).await);
        is_503(&ada.changes(&id, json!({ "secret": "another", "passphrase": "another", "label": "x" })).await);
        assert_eq!(world.aws.exchange_calls().remove("okx"), None);
        is_503(&ada.tests(&id).await);
        assert_eq!(rows(&world).await, before);
        assert_eq!(world.aws.exchange_calls().remove("okx"), None);

        // What needs no key goes on.
        assert_eq!(ada.sees(&id).await["status"], "untested");
        assert_eq!(ada.events(&id).await.len(), 1);
        world.mend();
    }
    is_ok(&ada.tests(&id).await);
    is_ok(&ada.creates(&demo(&world, "bybit", "ok")).await);
}

#[tokio::test]
async fn a_decryption_that_kms_does_not_carry_out_is_recorded_all_the_same() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let before = rows_before_decryption(&world).await;
    world.break_down(Service::Kms, Mode::Unavailable, Some("Decrypt"));
    is_503(&ada.decrypts(&id).await);
    world.mend();
    assert_eq!(rows_before_decryption(&world).await, before);
    let events = ada.events(&id).await;
    let told: Vec<_> = events.iter().map(|event| (&event["action"], &event["outcome"])).collect();
    let decrypt = json!("decrypt");
    assert_eq!(told[..2], [(&decrypt, &json!("FAILED")), (&decrypt, &json!("ok"))], "{events:?}");
    is_ok(&ada.decrypts(&id).await);
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
        assert_eq!(reply.status, expected, "{reply:?}");
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
    is_ok(&ada.changes(&id, json!({ "is_active": false })).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("PutItem"));
    is_503(&ada.decrypts(&id).await);
    is_503(&ada.tests(&id).await);
}

#[tokio::test]
async fn a_test_that_cannot_be_recorded_tells_nothing() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let before = rows(&world).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some(TRANSACTION));
    is_503(&ada.tests(&id).await);
    world.mend();
    assert_eq!(rows(&world).await, before);
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
    replies.iter().for_each(is_503);
    assert!(calls.kms.is_empty() && world.aws.exchange_calls().is_empty());
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
        is_503(&ada.creates(&demo(&world, "bybit", "ok")).await);
        is_503(&ada.changes(&id, json!({ "label": "x" })).await);
        is_503(&ada.changes(&id, json!({ "secret": "another", "passphrase": "another" })).await);
        is_503(&ada.deletes(&id).await);
        world.mend();
        assert_eq!(rows(&world).await, before);
    }
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    is_503(&ada.sends("GET", "", None).await);
    is_503(&ada.sends("GET", &format!("{id}/events"), None).await);
    world.mend();
    is_ok(&ada.deletes(&id).await);
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
    is_ok(&ada.changes(&id, json!({ "secret": "another", "passphrase": "another" })).await);
    lose();
    is_ok(&ada.decrypts(&id).await);
    assert_eq!((ada.events(&id).await.len(), &ada.row(&id).await["version"]), (3, &json!(2)));
    fingerprints_agree(&world).await;
    lose();
    is_ok(&ada.deletes(&id).await);
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
    world.switch_key(false).await;
    is_503(&ada.decrypts(&id).await);
    is_503(&ada.creates(&demo(&world, "bybit", "ok")).await);
    world.switch_key(true).await;
    is_ok(&ada.decrypts(&id).await);
}
