//! Two at once at one key, or for one credential: one order wins, and nobody ever sees a mixture. All that compete have read
//! the same before the first of them writes.

use futures::future::join_all;
use paper::Canned;
use serde_json::{Value, json};
use tests::{Reply, World};

use crate::logs;

use super::{
    Owner, assert_conflict, assert_no_key, binance, demo, fingerprints_agree, nothing_is_left, rows_but_events, text,
    with,
};

const TRANSACTION: &str = "TransactWriteItems";

/// Both, whose first transactions take place together.
async fn at_once(
    world: &World,
    one: impl Future<Output = Reply>,
    other: impl Future<Output = Reply>,
) -> (Reply, Reply) {
    world.hold(TRANSACTION, 2);
    tokio::join!(one, other)
}

/// A request that has read all it needs, and before it writes, `rows` are as somebody else has left them.
async fn overtaken(world: &World, request: impl Future<Output = Reply>, rows: Vec<Value>) -> Reply {
    world.aws.reset_calls();
    world.hold(TRANSACTION, 1_000);
    let overtake = async {
        world.called(TRANSACTION, 1).await;
        set_rows(world, rows).await;
        world.mend();
    };
    tokio::join!(request, overtake).0
}

/// The rows as a change leaves them, which then has not yet taken place.
async fn left_by(ada: &Owner<'_>, id: &str, change: Value) -> Vec<Value> {
    let before = rows_but_events(ada.world).await;
    ada.changes(id, change).await.assert_ok();
    let after = rows_but_events(ada.world).await;
    set_rows(ada.world, before).await;
    after
}

/// The table as it was but for events.
async fn set_rows(world: &World, rows: Vec<Value>) {
    for row in rows_but_events(world).await {
        if !rows.iter().any(|kept| (&kept["pk"], &kept["sk"]) == (&row["pk"], &row["sk"])) {
            world.remove("ExchangeKeys", &row).await;
        }
    }
    world.put_rows("ExchangeKeys", rows).await;
}

fn count(replies: &[Reply], status: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

fn told(events: &[Value], action: &str) -> usize {
    events.iter().filter(|event| event["action"] == action).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_changes_both_take_place() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let label = ada.changes(&id, json!({ "label": "another" }));
    let (label, switch) = at_once(&world, label, ada.changes(&id, json!({ "is_active": false }))).await;
    label.assert_ok();
    switch.assert_ok();
    let key = ada.sees(&id).await;
    assert_eq!((&key["label"], &key["is_active"]), (&json!("another"), &json!(false)));
    assert_eq!((&ada.row(&id).await["version"], told(&ada.events(&id).await, "update")), (&json!(3), 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_changes_none_is_lost() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    world.hold(TRANSACTION, 6);
    let replies = join_all((0..6).map(|number| ada.changes(&id, json!({ "label": format!("label {number}") })))).await;
    assert_eq!(count(&replies, 200), 6, "{replies:?}");
    assert_eq!((&ada.row(&id).await["version"], told(&ada.events(&id).await, "update")), (&json!(7), 6));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_new_credentials_do_not_mix() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let change =
        |name: &str| ada.changes(&id, json!({ "api_key": name, "secret": format!("secret-of-{name}"), "label": name }));
    let (one, other) = at_once(&world, change("one"), change("other")).await;
    one.assert_ok();
    other.assert_ok();
    let data = ada.decrypts(&id).await.body["data"].clone();
    let name = text(&data["api_key"]);
    assert!(["one", "other"].contains(&name.as_str()));
    assert_eq!((&data["secret"], &ada.sees(&id).await["label"]), (&json!(format!("secret-of-{name}")), &json!(name)));
    assert_eq!((&ada.row(&id).await["version"], &ada.row(&id).await["secret_version"]), (&json!(3), &json!(3)));
    fingerprints_agree(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_credential_does_not_come_into_two_keys() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let (adas, bobs) = (ada.keeps(&binance("a-key-of-adas-own")).await, bob.keeps(&binance("a-key-of-bobs-own")).await);
    let change = json!({ "api_key": "wanted-by-both", "secret": "x" });
    let (one, other) = at_once(&world, ada.changes(&adas, change.clone()), bob.changes(&bobs, change)).await;
    let replies = [one, other];
    assert_eq!((count(&replies, 200), count(&replies, 409)), (1, 1), "{replies:?}");
    fingerprints_agree(&world).await;
    ada.decrypts(&adas).await.assert_ok();
    bob.decrypts(&bobs).await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_does_not_bring_back_what_is_deleted() {
    for change in [json!({ "label": "x" }), json!({ "secret": "x" }), json!({ "api_key": "another", "secret": "x" })] {
        let world = World::start().await;
        let ada = Owner::of(&world).await;
        let id = ada.keeps(&binance("the-first-name-1")).await;
        let (changed, deleted) = at_once(&world, ada.changes(&id, change), ada.deletes(&id)).await;
        deleted.assert_ok();
        let updates = told(&ada.events(&id).await, "update");
        if changed.status == 200 {
            assert_eq!(updates, 1);
        } else {
            assert_no_key(&changed);
            assert_eq!(updates, 0);
        }
        nothing_is_left(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_deleted_once() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    world.hold(TRANSACTION, 4);
    let replies = join_all((0..4).map(|_| ada.deletes(&id))).await;
    assert_eq!((count(&replies, 200), count(&replies, 404)), (1, 3), "{replies:?}");
    assert_eq!(told(&ada.events(&id).await, "delete"), 1);
    nothing_is_left(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_is_stored_once_however_many_bring_it() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = binance("wanted-by-many");
    world.hold(TRANSACTION, 8);
    let replies = join_all((0..8).map(|number| if number % 2 == 0 { &ada } else { &bob }.creates(&body))).await;
    assert_eq!((count(&replies, 200), count(&replies, 409)), (1, 7), "{replies:?}");
    replies.iter().filter(|reply| reply.status == 409).for_each(|reply| assert_conflict(reply, "KEY_ALREADY_STORED"));
    assert_eq!(ada.lists().await.len() + bob.lists().await.len(), 1);
    fingerprints_agree(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_changes_hands_whole_or_not_at_all() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = binance("wanted-by-both");
    let id = ada.keeps(&body).await;
    let (deleted, created) = at_once(&world, ada.deletes(&id), bob.creates(&body)).await;
    deleted.assert_ok();
    assert!([200, 409].contains(&created.status), "{created:?}");
    assert_eq!((ada.lists().await.len(), bob.lists().await.len()), (0, usize::from(created.status == 200)));
    fingerprints_agree(&world).await;
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_put_back_during_a_change_is_noticed() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let old = ada.row(&id).await;
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    world.tamper("ExchangeKeys", &old, "version", json!(2)).await;
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    ada.decrypts(&id).await.assert_internal_error();
    let current = with(&old, json!({ "secret_version": 2, "version": 2 }));
    world.tamper("ExchangeKeys", &current, "label", json!("x")).await;
    ada.decrypts(&id).await.assert_internal_error();
}

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

/// How often somebody was suspected of having written to the table behind our back, since the log was captured.
fn suspicions() -> usize {
    logs::lines().iter().filter(|line| line["event"] == "record_rolled_back").count()
}

/// A request that meets a change which is carried out but not to be seen whole yet: the credential is, the key is not. That lasts
/// until the request has tried to write and looked again.
async fn half_seen(world: &World, request: impl Future<Output = Reply>, whole: Vec<Value>) -> Reply {
    let is_key = |row: &Value| text(&row["sk"]).starts_with("KEY#");
    let (keys, others): (Vec<_>, Vec<_>) = whole.into_iter().partition(is_key);
    let old = rows_but_events(world).await.into_iter().filter(is_key);
    set_rows(world, others.into_iter().chain(old).collect()).await;
    world.aws.reset_calls();
    let becomes_whole = async {
        world.called(TRANSACTION, 1).await;
        // It has looked at the key and its fingerprint again, and seen the half.
        world.called("GetItem", world.times_called("GetItem") + 2).await;
        world.put_rows("ExchangeKeys", keys).await;
    };
    tokio::join!(request, becomes_whole).0
}

#[tokio::test]
async fn a_change_that_is_seen_by_half_is_not_taken_for_tampering() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    logs::capture();
    let rotated = left_by(&ada, &id, json!({ "secret": "another" })).await;
    let shown = half_seen(&world, ada.decrypts(&id), rotated).await;
    assert_eq!((shown.status, &shown.body["data"]["secret"]), (200, &json!("another")));
    let rotated = left_by(&ada, &id, json!({ "secret": "a-third" })).await;
    half_seen(&world, ada.changes(&id, json!({ "label": "x" })), rotated).await.assert_ok();
    let rotated = left_by(&ada, &id, json!({ "secret": "a-fourth" })).await;
    half_seen(&world, ada.changes(&id, json!({ "secret": "a-fifth" })), rotated).await.assert_ok();
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "a-fifth");
    fingerprints_agree(&world).await;
    let rotated = left_by(&ada, &id, json!({ "secret": "a-sixth" })).await;
    half_seen(&world, ada.deletes(&id), rotated).await.assert_ok();
    nothing_is_left(&world).await;
    assert_eq!(suspicions(), 0);
}

#[tokio::test]
async fn what_does_not_become_whole_is_tampering() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    logs::capture();
    let old = ada.row(&id).await;
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    world.tamper("ExchangeKeys", &old, "label", json!("put back")).await;
    ada.decrypts(&id).await.assert_internal_error();
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    ada.changes(&id, json!({ "secret": "a-third" })).await.assert_internal_error();
    ada.deletes(&id).await.assert_ok();
    assert_eq!(suspicions(), 4);
}

/// Calls that made a data key.
fn sealed(world: &World) -> u64 {
    world.aws.calls().kms.get("GenerateDataKey").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_new_secret_that_another_change_has_overtaken_is_not_sealed_anew() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let labelled = left_by(&ada, &id, json!({ "label": "x" })).await;
    overtaken(&world, ada.changes(&id, json!({ "secret": "another" })), labelled).await.assert_ok();
    assert_eq!((sealed(&world), &ada.sees(&id).await["label"]), (1, &json!("x")));
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "another");
    // Another secret came meanwhile, so that this one is of another version.
    let rotated = left_by(&ada, &id, json!({ "secret": "a-third" })).await;
    overtaken(&world, ada.changes(&id, json!({ "secret": "a-fourth" })), rotated).await.assert_ok();
    assert_eq!((sealed(&world), &ada.row(&id).await["secret_version"]), (2, &json!(4)));
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "a-fourth");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_secrets_among_many_changes_are_in_the_way_of_each_other_only() {
    const SECRETS: u64 = 4;
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    world.pause_mail().await;
    world.aws.reset_calls();
    world.hold(TRANSACTION, 40);
    let change = |number: u64| match number {
        number if number < SECRETS => json!({ "secret": format!("secret-{number}") }),
        number => json!({ "label": format!("label {number}") }),
    };
    let replies = join_all((0..40).map(|number| ada.changes(&id, change(number)))).await;
    assert_eq!(count(&replies, 200), 40, "{replies:?}");
    // The first is sealed once, the second once more if it has met the first, and so on, however many rounds the labels cost.
    let (sealed, rounds) = (sealed(&world), world.aws.calls().dynamodb[TRANSACTION]);
    assert!((SECRETS..=SECRETS * (SECRETS + 1) / 2).contains(&sealed), "{sealed} in {rounds} rounds");
    fingerprints_agree(&world).await;
}
