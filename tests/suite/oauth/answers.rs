//! Every answer of every endpoint of `oauth`, as clients see it: a page each in `tests/snapshots/oauth`.

use local::{Mode, Service};
use serde_json::json;
use shared::ids::TokenId;
use tests::{CLIENT, Page, Session, World, no_text};

use super::{DAY, TOKENS, form, has_tokens, made, revokes, usual, with};
use crate::auth::changes::resets;

const FOLDER: &str = "oauth";

#[tokio::test]
async fn make_token() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let make = async |session: &Session, wanted| world.post_as(session, TOKENS, wanted).await;
    let mut page = Page::default();
    page.answer("A token", &make(&session, usual()).await);
    let key = TokenId::from_bytes([7; 16]).to_string();
    let sensitive = with(&json!({ "scopes": ["keys:write", "keys:decrypt"], "networks": [CLIENT], "key_ids": [key] }));
    page.answer("A token for much", &make(&session, sensitive.clone()).await);
    page.answer("Nothing", &make(&session, json!({})).await);
    page.answer(
        "A token for much, from everywhere and for long",
        &make(&session, with(&json!({ "scopes": ["keys:write"], "expires_in_days": 91 }))).await,
    );
    let odd = json!({ "name": "", "scopes": ["all"], "expires_in_days": 0, "networks": ["all"], "key_ids": [] });
    page.answer("Values that break their rules", &make(&session, odd).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", TOKENS, &session.access).await);
    page.answer("More than is read", &make(&session, json!({ "name": "x".repeat(64 * 1024) })).await);
    page.answer("Without a token", &world.post(TOKENS, usual()).await);
    let token = world.token(&session, &["keys:read"]).await;
    page.answer("By a personal token", &world.ask_by(&token, "POST", TOKENS, Some(usual())).await);
    let (_bob, full) = world.person().signed_in().await;
    has_tokens(&world, &full, 50).await;
    page.answer("One too many", &make(&full, usual()).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    page.answer("Without the tables", &make(&session, usual()).await);
    world.mend();
    world.advance(301);
    page.answer("Without a proof of late", &make(&session, usual()).await);
    resets(&world, &ada.is_offered_a_password().await, &ada.password).await.assert_ok();
    let session = Session::of(&ada.logs_in().await);
    page.answer("While the vault is shut", &make(&session, sensitive).await);
    page.is_kept(FOLDER, "make_token");
}

#[tokio::test]
async fn list_tokens() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("No tokens", &world.get_as(&session, TOKENS).await);
    made(&world, &session, &usual()).await;
    page.answer("One", &world.get_as(&session, TOKENS).await);
    page.answer("Without a token", &world.get(TOKENS).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    page.answer("Without the tables", &world.get_as(&session, TOKENS).await);
    page.is_kept(FOLDER, "list_tokens");
}

#[tokio::test]
async fn end_token() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (_, id) = made(&world, &session, &usual()).await;
    let path = format!("{TOKENS}/{id}");
    let mut page = Page::default();
    page.answer("A token", &world.delete_as(&session, &path).await);
    page.answer("Again", &world.delete_as(&session, &path).await);
    page.answer("An id that is none", &world.delete_as(&session, &format!("{TOKENS}/7")).await);
    page.answer("Without a token", &world.send(tests::authorized("DELETE", &path, "", None)).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    page.answer("Without the tables", &world.delete_as(&session, &path).await);
    page.is_kept(FOLDER, "end_token");
}

#[tokio::test]
async fn revoke_token() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (token, _) = made(&world, &session, &usual()).await;
    let mut page = Page::default();
    page.answer("Without a token", &world.send(form("token=")).await);
    page.answer("Two tokens", &world.send(form(&format!("token={token}&token={token}"))).await);
    page.answer("No form", &world.post("/oauth/revoke", json!({ "token": token })).await);
    page.answer("More than is read", &world.send(form(&"x".repeat(16 * 1024 + 1))).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    page.answer("Without the tables", &revokes(&world, &token).await);
    world.mend();
    page.answer("A token", &revokes(&world, &token).await);
    page.answer("What is none", &revokes(&world, "x").await);
    world.advance(DAY);
    page.is_kept(FOLDER, "revoke_token");
}
