//! Changes, deletions and credentials that are new.

use futures::future::join_all;
use serde_json::json;
use tests::World;

use super::{TRANSACTION, at_once, count, left_by, overtaken, told};
use crate::api_keys::{Owner, assert_conflict, assert_no_key, binance, fingerprints_agree, nothing_is_left, text};

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
