//! Secrets that are shown, and tests, while the key changes.

use futures::future::join_all;
use paper::Canned;
use serde_json::{Value, json};
use tests::World;

use super::{at_once, count, left_by, overtaken, set_rows, told};
use crate::api_keys::{
    Owner, assert_conflict, assert_no_key, binance, demo, fingerprints_agree, nothing_is_left, rows_but_events, text,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_shown_before_it_is_deleted_or_not_at_all() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let (shown, deleted) = at_once(&world, ada.decrypts(&id), ada.deletes(&id)).await;
    deleted.assert_ok();
    let is_shown = shown.status == 200;
    if !is_shown {
        assert_no_key(&shown);
    }
    assert_eq!(told(&ada.events(&id).await, "decrypt"), usize::from(is_shown));
    nothing_is_left(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_shown_before_it_is_disabled_or_not_at_all() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let (shown, disabled) = at_once(&world, ada.decrypts(&id), ada.changes(&id, json!({ "is_active": false }))).await;
    disabled.assert_ok();
    let outcome = if shown.status == 200 { "ok" } else { "KEY_DISABLED" };
    assert!(shown.status == 200 || shown.status == 409, "{shown:?}");
    let events = ada.events(&id).await;
    let decrypt = events.iter().find(|event| event["action"] == "decrypt").unwrap();
    assert_eq!((&decrypt["outcome"], told(&events, "decrypt")), (&json!(outcome), 1));
}

#[tokio::test]
async fn a_key_that_was_disabled_since_it_was_read_is_not_shown() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let disabled = left_by(&ada, &id, json!({ "is_active": false })).await;
    assert_conflict(&overtaken(&world, ada.decrypts(&id), disabled).await, "KEY_DISABLED");
    assert_eq!(ada.events(&id).await[0]["outcome"], "KEY_DISABLED");
}

/// The rows as a test of the key leaves them, which then has not yet taken place.
async fn left_by_a_test(ada: &Owner<'_>, id: &str) -> Vec<Value> {
    let before = rows_but_events(ada.world).await;
    ada.tests(id).await.assert_ok();
    let after = rows_but_events(ada.world).await;
    set_rows(ada.world, before).await;
    after
}

#[tokio::test]
async fn a_key_that_was_blocked_since_it_was_read_is_not_shown() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let blocked = left_by_a_test(&ada, &id).await;
    assert_conflict(&overtaken(&world, ada.decrypts(&id), blocked).await, "KEY_CAN_WITHDRAW");
    assert_eq!(ada.events(&id).await[0]["outcome"], "KEY_CAN_WITHDRAW");
}

#[tokio::test]
async fn a_key_that_was_blocked_since_it_was_read_is_not_unblocked_by_a_change() {
    for change in [json!({ "label": "x" }), json!({ "secret": "another", "passphrase": "another" })] {
        let world = World::start().await;
        let ada = Owner::of(&world).await;
        let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
        let blocked = left_by_a_test(&ada, &id).await;
        overtaken(&world, ada.changes(&id, change), blocked).await.assert_ok();
        assert_eq!(ada.sees(&id).await["status"], "blocked");
        assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
        fingerprints_agree(&world).await;
    }
}

#[tokio::test]
async fn a_slow_test_that_finds_nothing_out_does_not_undo_what_another_has_found_out() {
    for (answer, status) in [
        (Canned::new(503, ""), "exchange_unavailable"),
        (Canned::new(200, r#"{"code":"50113"}"#), "invalid_signature"),
        (Canned::new(200, r#"{"code":"0","data":[{}]}"#), "ok"),
    ] {
        let world = World::start().await;
        let ada = Owner::of(&world).await;
        let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
        let blocked = left_by_a_test(&ada, &id).await;
        world.aws.paper().set_canned(Some(answer));
        let slow = overtaken(&world, ada.tests(&id), blocked).await;
        assert_eq!((slow.status, &slow.body["data"]["status"]), (200, &json!(status)));
        assert_eq!(ada.sees(&id).await["status"], "blocked", "{status}");
        assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
        fingerprints_agree(&world).await;
        assert_eq!(told(&ada.events(&id).await, "test"), 2);
    }
}

#[tokio::test]
async fn a_key_that_was_blocked_since_it_was_read_can_be_deleted() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let blocked = left_by_a_test(&ada, &id).await;
    overtaken(&world, ada.deletes(&id), blocked).await.assert_ok();
    nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_request_goes_on_with_the_secret_that_is_there_when_it_writes() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let rotated = left_by(&ada, &id, json!({ "secret": "another" })).await;
    let shown = overtaken(&world, ada.decrypts(&id), rotated).await;
    assert_eq!((shown.status, &shown.body["data"]["secret"]), (200, &json!("another")));

    let rotated = left_by(&ada, &id, json!({ "secret": "a-third" })).await;
    overtaken(&world, ada.changes(&id, json!({ "label": "x" })), rotated).await.assert_ok();
    assert_eq!(ada.sees(&id).await["label"], "x");
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "a-third");
    fingerprints_agree(&world).await;

    let rotated = left_by(&ada, &id, json!({ "secret": "a-fourth" })).await;
    overtaken(&world, ada.deletes(&id), rotated).await.assert_ok();
    nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_test_says_nothing_of_a_secret_that_came_meanwhile() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let rotated = left_by(&ada, &id, json!({ "secret": "another", "passphrase": "another" })).await;
    let tested = overtaken(&world, ada.tests(&id), rotated).await;
    assert_eq!((tested.status, &tested.body["data"]["permissions"]["withdraw"]), (200, &json!(true)));
    let key = ada.sees(&id).await;
    assert_eq!(
        (&key["status"], &key["last_tested_at"], &key["warnings"]),
        (&json!("untested"), &json!(null), &json!([]))
    );
    assert_eq!((told(&ada.events(&id).await, "test"), told(&ada.events(&id).await, "update")), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_is_the_old_credential_or_the_new_one() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("old")).await;
    let rotation = ada.changes(&id, json!({ "api_key": "new", "secret": "secret-of-new" }));
    let (shown, rotated) = at_once(&world, ada.decrypts(&id), rotation).await;
    shown.assert_ok();
    rotated.assert_ok();
    let data = &shown.body["data"];
    assert_eq!(data["secret"], format!("secret-of-{}", text(&data["api_key"])));
    assert_eq!(ada.decrypts(&id).await.body["data"]["api_key"], "new");
    fingerprints_agree(&world).await;
}

/// What the exchange lets a name do is known of its next secret, too, if the test came first; that the secret works is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_and_a_new_secret_take_place_one_after_the_other() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let rotation = ada.changes(&id, json!({ "secret": "another", "passphrase": "another" }));
    let (tested, rotated) = at_once(&world, ada.tests(&id), rotation).await;
    rotated.assert_ok();
    assert_eq!((tested.status, &tested.body["data"]["permissions"]["withdraw"]), (200, &json!(true)));
    let key = ada.sees(&id).await;
    let is_blocked = key["status"] == "blocked";
    let (status, warnings) =
        if is_blocked { ("blocked", json!(["KEY_CAN_WITHDRAW"])) } else { ("untested", json!([])) };
    assert_eq!((&key["status"], &key["last_tested_at"], &key["warnings"]), (&json!(status), &json!(null), &warnings));
    assert_eq!((told(&ada.events(&id).await, "test"), told(&ada.events(&id).await, "update")), (1, 1));
    assert_eq!(ada.decrypts(&id).await.status, if is_blocked { 409 } else { 200 });
    fingerprints_agree(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_of_a_key_that_is_deleted_meanwhile_is_recorded_and_brings_nothing_back() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let (tested, deleted) = at_once(&world, ada.tests(&id), ada.deletes(&id)).await;
    deleted.assert_ok();
    assert!(tested.status == 200 || tested.status == 404, "{tested:?}");
    assert_eq!((world.aws.paper().calls()["okx"], told(&ada.events(&id).await, "test")), (1, 1));
    nothing_is_left(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_and_a_change_of_the_label_leave_each_other_alone() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let (tested, changed) = at_once(&world, ada.tests(&id), ada.changes(&id, json!({ "label": "another" }))).await;
    tested.assert_ok();
    changed.assert_ok();
    let key = ada.sees(&id).await;
    assert_eq!((&key["label"], &key["status"]), (&json!("another"), &json!("blocked")));
}

#[tokio::test]
async fn a_limit_holds_for_requests_at_once() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    // The letter about the new key is written down as sent by an update, too.
    world.pause_mail().await;
    world.aws.reset_calls();
    world.hold("UpdateItem", 8);
    // Each is counted twice, for its user and then for its key: all at once both times.
    let hold_again = async {
        while world.aws.calls().dynamodb.get("UpdateItem") != Some(&8) {
            tokio::task::yield_now().await;
        }
        world.hold("UpdateItem", 8);
    };
    let (replies, ()) = tokio::join!(join_all((0..8).map(|_| ada.tests(&id))), hold_again);
    assert_eq!((count(&replies, 200), count(&replies, 429)), (5, 3), "{replies:?}");
    assert_eq!(world.aws.paper().calls()["okx"], 5);
}
