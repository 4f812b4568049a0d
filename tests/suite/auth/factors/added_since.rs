//! Whoever takes an account back sees which factors were added since the letter: each goes by the link of its own letter alone.

use serde_json::{Value, json};
use tests::{Added, Authenticator, ORIGIN, Person, Reply, Session, World};

use super::{rows_of_factors, with_app};
use crate::auth::{
    changes::{changes_password, moves, overtaken, resets},
    concurrency::{MANY, TRANSACTION, racing},
};

const NEW: &str = "chosen a moment ago";
/// What is that much older than a letter was not added with it. Seconds.
const BEFORE: u64 = 61;

async fn not_me(world: &World, token: &str) -> Reply {
    world.post("/auth/not-me", json!({ "token": token })).await
}

/// What such an answer lists: kind, name, and since when.
#[track_caller]
fn added(reply: &Reply) -> &Value {
    &reply.assert_ok()["added"]
}

/// As an answer lists a passkey that is added now.
fn passkey(world: &World, name: &str) -> Value {
    json!({ "kind": "passkey", "name": name, "created_at": world.now().to_string() })
}

/// Somebody with an app, whose password was changed thereafter, and the link of the letter that told of it.
async fn with_a_letter(world: &World) -> (Person<'_>, Session, String) {
    let (ada, _, Added { session, .. }) = with_app(world).await;
    world.advance(BEFORE);
    changes_password(&ada, &session, NEW).await.assert_ok();
    let token = ada.mailed("not-me").await;
    (ada, session, token)
}

#[tokio::test]
async fn what_was_added_since_the_letter_is_listed_until_its_own_link_removes_it() {
    let world = World::start().await;
    let (ada, session, token) = with_a_letter(&world).await;
    world.advance(1);
    let his = passkey(&world, "<b>\u{202e}$&</b>");
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "<b>\u{202e}$&</b>").await;
    let of_it = ada.mailed("not-me").await;
    for _ in 0..2 {
        // The app is older than the letter.
        assert_eq!(*added(&not_me(&world, &token).await), json!([his]));
    }
    for _ in 0..2 {
        assert_eq!(*added(&not_me(&world, &of_it).await), json!([]));
    }
    assert_eq!(*added(&not_me(&world, &token).await), json!([]));
    assert_eq!(rows_of_factors(&world, &session.user_id).await.len(), 1 + 10, "the app is there");
}

/// The letter of one of them lists the others, the eldest first.
#[tokio::test]
async fn a_letter_of_a_factor_lists_the_others_that_came_with_it_or_since() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let added_first = world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "First").await;
    world.advance(BEFORE);
    let (_, added_app) = world.enrols_app(&added_first.session).await;
    let (app_at, letter_of_app) = (world.now(), ada.mailed("not-me").await);
    world.advance(1);
    let last = passkey(&world, "Last");
    world.adds_passkey(&added_app.session, &mut Authenticator::new(ORIGIN), "Last").await;
    let letter_of_first = ada.all_mailed("not-me").await.pop().unwrap();
    let letter_of_last = ada.mailed("not-me").await;
    let app = json!({ "kind": "totp", "name": null, "created_at": app_at.to_string() });
    assert_eq!(*added(&not_me(&world, &letter_of_first).await), json!([app, last]));
    assert_eq!(*added(&not_me(&world, &letter_of_app).await), json!([last]));
    assert_eq!(*added(&not_me(&world, &letter_of_last).await), json!([]));
}

/// A letter and what it tells of come from one request, and from clocks that differ.
#[tokio::test]
async fn what_is_no_more_than_a_minute_older_than_the_letter_is_listed() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let his = passkey(&world, "His");
    let Added { session, .. } = world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "His").await;
    world.advance(BEFORE - 1);
    changes_password(&ada, &session, NEW).await.assert_ok();
    assert_eq!(*added(&not_me(&world, &ada.mailed("not-me").await).await), json!([his]));
}

#[tokio::test]
async fn after_a_reset_by_mail_a_letter_of_before_still_tells_what_was_added() {
    let world = World::start().await;
    let (ada, session, token) = with_a_letter(&world).await;
    let his = passkey(&world, "His");
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "His").await;
    world.advance(1);
    resets(&world, &ada.is_offered_a_password().await, "a third password").await.assert_ok();
    let heeded = not_me(&world, &token).await;
    assert_eq!(*added(&heeded), json!([his]));
    assert_eq!(heeded.body["redirect_url"], "https://app.example.com/sign-in");
    ada.rival("a third password").is_asked_for_a_factor().await;
}

/// From the former address those go that are younger than the change of it.
#[tokio::test]
async fn what_was_added_before_the_account_moved_is_listed_when_it_comes_back() {
    let world = World::start().await;
    let (ada, session, token) = with_a_letter(&world).await;
    let (his, mut phone) = (passkey(&world, "His"), Authenticator::new(ORIGIN));
    world.adds_passkey(&session, &mut phone, "His").await;
    world.advance(1);
    let thief = moves(&ada.rival(NEW), &session, "thief@example.org").await;
    let there = Session::of(&world.signs_in_by_passkey(&mut phone).await);
    world.adds_passkey(&there, &mut Authenticator::new(ORIGIN), "Later").await;
    let letter_there = thief.mailed("not-me").await;
    assert_eq!(*added(&not_me(&world, &token).await), json!([his]));
    assert_eq!(ada.account().await["address"], ada.email);
    let refused = not_me(&world, &letter_there).await;
    refused.assert_status(400);
    assert_eq!(refused.body["added"], json!([]));
}

#[tokio::test]
async fn a_link_tells_nothing_of_another_account_and_a_dead_one_nothing_at_all() {
    let world = World::start().await;
    let (_, session, token) = with_a_letter(&world).await;
    let (bob, bobs) = world.person().signed_in().await;
    changes_password(&bob, &bobs, NEW).await.assert_ok();
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "Phone").await;
    assert_eq!(*added(&not_me(&world, &bob.mailed("not-me").await).await), json!([]));
    let forged = format!("{}{}", &token[..token.len() - 4], "AAAA");
    let over = 7 * 24 * 60 * 60;
    for (token, later) in [(&forged, 0), (&token, over)] {
        world.advance(later);
        let refused = not_me(&world, token).await;
        refused.assert_status(400);
        assert_eq!(refused.body["added"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_twenty_at_once_lists_the_same() {
    let world = World::start().await;
    let (_, session, token) = with_a_letter(&world).await;
    let his = passkey(&world, "His");
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "His").await;
    let replies = racing(&world, "/auth/not-me", TRANSACTION, vec![json!({ "token": token }); MANY]).await;
    for reply in &replies {
        assert_eq!(*added(reply), json!([his]));
    }
}

/// Whoever adds a factor while the owner takes the account back is either too late, or seen.
#[tokio::test]
async fn what_is_added_meanwhile_is_not_overlooked() {
    let world = World::start().await;
    let (_, session, token) = with_a_letter(&world).await;
    let his = passkey(&world, "His");
    let made = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&session).await);
    world.pause_mail().await;
    let adds = world.registers(&session, made, "His");
    let (reply, registered) = overtaken(&world, TRANSACTION, not_me(&world, &token), adds).await;
    registered.assert_ok();
    assert_eq!(*added(&reply), json!([his]));
}
