//! What whoever deletes or keeps an account is told: a page each in `tests/snapshots/auth`.

use serde_json::json;
use tests::{Page, Request, World, authorized, no_text};

use super::{DAY, asks_for_the_end, keeps};

const FOLDER: &str = "auth";

#[tokio::test]
async fn delete_account() {
    const PATH: &str = "/auth/delete-account";
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (bob, of_bob) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("The password", &asks_for_the_end(&ada, &session).await);
    page.answer("Signing in afterwards", &ada.logs_in().await);
    page.answer("Another password", &asks_for_the_end(&bob.rival("a guess"), &of_bob).await);
    page.answer("No password", &world.post_as(&of_bob, PATH, json!({ "current_password": null })).await);
    page.answer("A number", &world.post_as(&of_bob, PATH, json!({ "current_password": 7 })).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, &of_bob.access).await);
    let not_json = Request { body: Some("{".to_owned()), ..authorized("POST", PATH, &of_bob.access, None) };
    page.answer("Not JSON", &world.send(not_json).await);
    let undo = json!({ "former": "former@example.com", "until": world.now().as_second() + 100 });
    world.tamper("Accounts", &bob.account().await, "undo", undo).await;
    page.answer("While a change of address can be undone", &asks_for_the_end(&bob, &of_bob).await);
    world.tamper("Accounts", &bob.account().await, "undo", json!(null)).await;
    for _ in 0..15 {
        asks_for_the_end(&bob.rival("a guess"), &of_bob).await;
    }
    page.answer("Too many wrong ones", &asks_for_the_end(&bob.rival("a guess"), &of_bob).await);
    let (_, eve) = world.person().signed_in().await;
    super::has_factors(&world, &eve).await;
    world.advance(301);
    page.answer("With second factors, and not fresh", &world.post_as(&eve, PATH, json!({})).await);
    page.answer("Without a token", &world.post(PATH, json!({})).await);
    page.is_kept(FOLDER, "delete_account");
}

#[tokio::test]
async fn keep_account() {
    const PATH: &str = "/auth/keep-account";
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    asks_for_the_end(&ada, &session).await.assert_ok();
    let token = ada.mailed("keep-account").await;
    let mut page = Page::default();
    page.answer("The link", &keeps(&world, &token).await);
    page.answer("The same link again", &keeps(&world, &token).await);
    page.answer("A link that leads nowhere", &keeps(&world, "nothing").await);
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    let (bob, session) = world.person().signed_in().await;
    asks_for_the_end(&bob, &session).await.assert_ok();
    let token = bob.mailed("keep-account").await;
    world.advance(7 * DAY);
    world.end_accounts().await;
    page.answer("The link of an account whose deletion has begun", &keeps(&world, &token).await);
    page.is_kept(FOLDER, "keep_account");
}
