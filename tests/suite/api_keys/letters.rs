//! The owner of an account is told by mail of what only the owner should do with keys.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Person, World};

use super::{Owner, binance};
use crate::auth::changes::disowns;

async fn signed_in(world: &World) -> (Person<'_>, Owner<'_>) {
    let (ada, session) = world.person().signed_in().await;
    (ada, Owner { world, session })
}

/// What letters tell of keys.
async fn told(world: &World) -> Vec<Value> {
    let mut rows = world.rows_of("Mail", "MAIL#").await;
    rows.retain(|row| row["kind"] == "notice" && row["not_me"].is_string());
    rows.sort_by_key(|row| row["not_me"].to_string());
    rows.into_iter().map(|mut row| row["news"].take()).collect()
}

#[tokio::test]
async fn a_new_key_and_a_new_secret_are_told_and_nothing_else_is() {
    let world = World::start().await;
    let (ada, owner) = signed_in(&world).await;
    let id = owner.keeps(&binance("the-first-name-1")).await;
    owner.creates(&binance("the-first-name-1")).await.assert_status(409);
    owner.creates(&json!({ "exchange": "binance" })).await.assert_status(422);
    owner.changes(&id, json!({ "label": "mine, <b>not</b> yours" })).await.assert_ok();
    owner.changes(&id, json!({ "is_active": true })).await.assert_ok();
    owner.decrypts(&id).await.assert_ok();
    owner.changes(&id, json!({ "secret": "another-secret-1" })).await.assert_ok();
    owner.deletes(&id).await.assert_ok();
    let news = |what: &str, label: &str| json!({ "what": what, "exchange": "binance", "label": label });
    let replaced = news("key-secret-replaced", "mine, <b>not</b> yours");
    assert_eq!(told(&world).await, [news("key-added", "main"), replaced]);
    let mails = world.mails(&ada.email).await;
    assert_eq!(ada.all_mailed("not-me").await.len(), 2);
    let parts = mails.iter().flat_map(|mail| [&mail.text, &mail.html]).flatten();
    assert!(parts.into_iter().all(|part| !part.contains("the-first-name-1") && !part.contains("secret-1")));
    let html = mails.iter().filter_map(|mail| mail.html.as_deref());
    assert!(html.clone().any(|html| html.contains("mine")) && html.into_iter().all(|html| !html.contains("<b>not")));
}

/// A thief with a session has added a key, or replaced a secret: the owner's word ends the session.
#[tokio::test]
async fn the_letter_takes_the_account_back() {
    let world = World::start().await;
    let (ada, thief) = signed_in(&world).await;
    thief.keeps(&binance("the-first-name-1")).await;
    disowns(&ada).await.assert_ok();
    thief.creates(&binance("the-second-name2")).await.assert_status(401);
    ada.logs_in().await.assert_status(401);
    assert_eq!(ada.all_mailed("reset-password").await.len(), 1);
}

#[tokio::test]
async fn a_key_is_kept_with_its_letter_or_not_at_all() {
    let world = World::start().await;
    let (_, owner) = signed_in(&world).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    owner.creates(&binance("the-first-name-1")).await.assert_unavailable();
    world.mend();
    assert_eq!((owner.lists().await.len(), told(&world).await.len()), (0, 0));
    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    owner.keeps(&binance("the-first-name-1")).await;
    assert_eq!((owner.lists().await.len(), told(&world).await.len()), (1, 1));
}
