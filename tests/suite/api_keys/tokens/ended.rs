//! A token that ends while something is done by it: it was done before that, or not at all.

use serde_json::{Value, json};
use tests::World;

use crate::{
    api_keys::{Owner, binance, rows},
    auth::changes::overtaken,
    scopes::{Token, ends_token},
};

/// What is left in the vault of a request that is held at its transaction until its token has ended: its answer is a 401.
async fn leaves_nothing(world: &World, ada: &Owner<'_>, token: &Token, what: &str, key: &str) {
    let program = ada.with(token);
    let before = rows(world).await;
    let request = async {
        match what {
            "create" => program.creates(&binance("the-second-name2")).await,
            "update" => program.changes(key, json!({ "secret": "another" })).await,
            _ => program.decrypts(key).await,
        }
    };
    world.pause_mail().await;
    let (reply, ended) = overtaken(world, "TransactWriteItems", request, ends_token(world, &ada.session, token)).await;
    ended.assert_ok();
    assert_eq!(*reply.assert_status(401), json!({ "detail": "Invalid or expired token" }), "{what}");
    assert_eq!(rows(world).await, before, "{what}");
    assert_eq!(world.rows_of("Mail", "MAIL#").await.iter().filter(|row| is_of_keys(row)).count(), 1, "{what}");
    world.resume_mail().await;
}

/// Whether a letter tells of a key.
fn is_of_keys(row: &Value) -> bool {
    row["news"]["what"].as_str().is_some_and(|what| what.starts_with("key-"))
}

#[tokio::test]
async fn what_is_held_when_its_token_ends_does_not_take_place() {
    for what in ["create", "update", "decrypt"] {
        let world = World::start().await;
        let ada = Owner::of(&world).await;
        let key = ada.keeps(&binance("the-first-name-1")).await;
        let token = ada.token().await;
        leaves_nothing(&world, &ada, &token, what, &key).await;
        // Another of the owner's goes on.
        ada.with(&ada.token().await).decrypts(&key).await.assert_ok();
    }
}
