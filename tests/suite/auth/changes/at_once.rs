//! Twenty at once, through instances of their own: one effect.

use serde_json::json;
use tests::{World, assert_all, authorized, invoke};

use super::{NEW, asks_for, at, changes_password, letters, told};
use crate::auth::concurrency::{MANY, TRANSACTION, racing};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_link_moves_an_account_once() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    asks_for(&ada, &session, "elsewhere@example.org").await.assert_ok();
    let there = at(&ada, "elsewhere@example.org");
    let body = json!({ "token": there.mailed("confirm-email").await });
    assert_all(&racing(&world, "/auth/confirm-email", TRANSACTION, vec![body; MANY]).await, 200);
    assert_eq!(told(&world).await, ["email_change_requested", "email_changed"]);
    let changed = letters(&world).await.into_iter().filter(|(_, kind)| kind == "email-changed").count();
    assert_eq!((changed, world.accounts().await.len()), (2, 1));
    there.logs_in().await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_link_takes_an_account_back_once() {
    for is_moved in [false, true] {
        let world = World::start().await;
        let (ada, session) = world.person().signed_in().await;
        if is_moved {
            super::moves(&ada, &session, "thief@example.org").await;
        } else {
            changes_password(&ada, &session, NEW).await.assert_ok();
        }
        let before = told(&world).await.len();
        let body = json!({ "token": ada.mailed("not-me").await });
        let replies = racing(&world, "/auth/not-me", TRANSACTION, vec![body; MANY]).await;
        assert_all(&replies, 200);
        let effects = replies.iter().filter(|reply| reply.body["redirect_url"].is_null());
        assert_eq!(effects.count(), 1);
        let told = told(&world).await;
        assert_eq!(told[before..].iter().filter(|action| *action == "not_me").count(), 1);
        assert_eq!(told.len() - before, if is_moved { 2 } else { 1 });
        assert_eq!(ada.all_mailed("reset-password").await.len(), 1);
        assert_eq!(ada.account().await["address"], ada.email);
    }
}

/// All letters that went out before are redeemed at once: whichever is first, the account is taken back once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_links_at_once_take_an_account_back_once() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    for number in 0..4 {
        asks_for(&ada, &session, &format!("thief-{number}@example.org")).await.assert_ok();
        world.advance(1);
    }
    let tokens = ada.all_mailed("not-me").await;
    let bodies: Vec<_> = (0..MANY).map(|number| json!({ "token": tokens[number % tokens.len()] })).collect();
    assert_all(&racing(&world, "/auth/not-me", TRANSACTION, bodies).await, 200);
    assert_eq!(told(&world).await.iter().filter(|action| *action == "not_me").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_changes_the_password_once() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let auth = world.another_auth();
    auth.warm_up().await;
    let router = auth::router(auth);
    let change = |number: usize| {
        let body = json!({ "current_password": ada.password, "new_password": format!("{NEW} {number}") });
        invoke(&router, authorized("POST", "/auth/change-password", &session.access, Some(body)))
    };
    let replies = futures::future::join_all((0..MANY).map(change)).await;
    let done: Vec<_> = (0..MANY).filter(|number| replies[*number].status == 200).collect();
    assert_eq!(done.len(), 1, "{replies:?}");
    assert!(replies.iter().all(|reply| [200, 403, 429].contains(&reply.status)), "{replies:?}");
    assert_eq!(told(&world).await, ["password_changed"]);
    world.advance(15 * 60);
    ada.rival(&format!("{NEW} {}", done[0])).logs_in().await.assert_ok();
}
