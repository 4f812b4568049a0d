//! Blocked credentials that are left behind.

use serde_json::{Value, json};
use tests::World;

use super::at_once;
use crate::api_keys::{Owner, assert_conflict, demo, fingerprints_agree, nothing_is_left};

/// A key whose credential a test has found to send funds, and that credential.
async fn blocked(ada: &Owner<'_>) -> (String, Value) {
    let body = demo(ada.world, "okx", "withdraw");
    let id = ada.keeps(&body).await;
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    (id, json!({ "api_key": body["api_key"], "secret": body["secret"], "passphrase": body["passphrase"] }))
}

/// A credential of OKX that is made up.
fn made_up(number: u32) -> Value {
    let name = format!("{number:08x}-7e1b-4c55-8f3a-2d9b8e6a7c10");
    json!({ "api_key": name, "secret": format!("made-up-{number}"), "passphrase": "p" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_credential_is_left_behind_once() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (id, back) = blocked(&ada).await;
    let (one, other) = at_once(&world, ada.changes(&id, made_up(1)), ada.changes(&id, made_up(2))).await;
    one.assert_ok();
    other.assert_ok();
    fingerprints_agree(&world).await;
    assert_eq!(world.rows_of("ExchangeKeys", "FINGERPRINT#").await.len(), 2);
    // One takes it back, the other does not, in whichever order.
    let (one, other) = at_once(&world, ada.changes(&id, back.clone()), ada.changes(&id, made_up(3))).await;
    one.assert_ok();
    other.assert_ok();
    fingerprints_agree(&world).await;
    ada.changes(&id, back.clone()).await.assert_ok();
    assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
    let (one, other) = at_once(&world, ada.changes(&id, back.clone()), ada.changes(&id, back)).await;
    one.assert_ok();
    other.assert_ok();
    fingerprints_agree(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_key_leaves_behind_outlives_it() {
    for is_back in [false, true] {
        let world = World::start().await;
        let ada = Owner::of(&world).await;
        let (id, back) = blocked(&ada).await;
        let change = if is_back {
            ada.changes(&id, made_up(1)).await.assert_ok();
            back
        } else {
            made_up(1)
        };
        let (changed, deleted) = at_once(&world, ada.changes(&id, change), ada.deletes(&id)).await;
        deleted.assert_ok();
        assert!([200, 404].contains(&changed.status), "{changed:?}");
        nothing_is_left(&world).await;
    }
}
