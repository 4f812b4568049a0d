//! Where `REQUIRE_KYC` is on, only whoever has proven their identity stores exchange keys.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Reply, Session, World};

use super::{later, report, said};

const KEYS: &str = "/api/v1/api-keys/";

fn key(number: u32) -> Value {
    let name = format!("{number:032}");
    json!({ "exchange": "binance", "label": format!("key {number}"), "api_key": name, "secret": "s3cret-s3cret" })
}

async fn gated() -> World {
    World::with_vault(|config| config.require_kyc = true).await
}

fn assert_forbidden(reply: &Reply) {
    reply.assert_status(403);
    assert_eq!(
        (&reply.body["success"], &reply.body["data"]["code"]),
        (&json!(false), &json!("KYC_REQUIRED")),
        "{reply:?}"
    );
}

async fn stands(world: &World, session: &Session, status: &str, second: u64) {
    let at = later(world.now(), second);
    let event = format!("e-{second}");
    report(world, "generic", &said(&session.user_id, &event, "a", status, Some(at))).await;
}

#[tokio::test]
async fn a_key_is_stored_while_its_owner_is_approved_and_no_longer() {
    let world = gated().await;
    let (_, ada) = world.person().signed_in().await;
    let (_, bob) = world.person().signed_in().await;
    assert_forbidden(&world.post_as(&ada, KEYS, key(0)).await);
    let short_of_it = ["not_started", "pending", "in_review", "resubmission_requested"];
    for (second, status) in (1..).zip(short_of_it) {
        stands(&world, &ada, status, second).await;
        assert_forbidden(&world.post_as(&ada, KEYS, key(0)).await);
    }
    stands(&world, &ada, "approved", 10).await;
    world.post_as(&ada, KEYS, key(0)).await.assert_ok();
    // That is hers and nobody else's.
    assert_forbidden(&world.post_as(&bob, KEYS, key(1)).await);
    for (second, status) in (20..).zip(["rejected", "expired", "cancelled"]) {
        stands(&world, &ada, status, second).await;
        assert_forbidden(&world.post_as(&ada, KEYS, key(2)).await);
    }
    // What is stored by then can still be seen and taken away.
    let listed = world.get_as(&ada, KEYS).await;
    let id = listed.body["data"]["api_keys"][0]["id"].as_str().unwrap().to_owned();
    world.delete_as(&ada, &format!("{KEYS}{id}")).await.assert_ok();
    let keys = world.rows_of("ExchangeKeys", "ACCOUNT#").await;
    assert!(keys.iter().all(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("EVENT#") || sk == "COUNT")));
}

#[tokio::test]
async fn where_it_is_off_as_by_default_nobody_asks() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    world.post_as(&ada, KEYS, key(0)).await.assert_ok();
    stands(&world, &ada, "rejected", 1).await;
    let (reply, calls) = world.calls(world.post_as(&ada, KEYS, key(1))).await;
    reply.assert_ok();
    assert_eq!(calls.dynamodb.get("Query"), None);
}

#[tokio::test]
async fn strangers_and_flawed_bodies_are_told_so_first() {
    let world = gated().await;
    let (_, ada) = world.person().signed_in().await;
    world.post(KEYS, key(0)).await.assert_status(401);
    world.post_as(&ada, KEYS, json!({})).await.assert_status(422);
    let (reply, calls) = world.calls(world.post_as(&ada, KEYS, key(0))).await;
    assert_forbidden(&reply);
    assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 1), ("Query".to_owned(), 1)].into());
    assert!(calls.kms.is_empty(), "nothing is sealed for whoever may not store it");
}

#[tokio::test]
async fn a_gate_that_cannot_ask_stays_shut() {
    let world = gated().await;
    let (_, ada) = world.person().signed_in().await;
    stands(&world, &ada, "approved", 1).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    world.post_as(&ada, KEYS, key(0)).await.assert_status(503);
    world.mend();
    world.post_as(&ada, KEYS, key(0)).await.assert_ok();
}
