//! The vault shows no secret for a while after somebody may have got at the account.

use serde_json::json;
use tests::{Person, Session, World};

use super::{Owner, assert_conflict, assert_no_key, binance};
use crate::auth::changes::{asks_for, at, changes_password, disowns, moves, overtaken, resets};

const DAY: u64 = 24 * 60 * 60;
const NEW: &str = "chosen a moment ago";

/// Somebody with a key, and its id.
async fn with_a_key(world: &World) -> (Person<'_>, Owner<'_>, String) {
    let (ada, session) = world.person().signed_in().await;
    let owner = Owner { world, session };
    let id = owner.keeps(&binance("the-first-name-1")).await;
    (ada, owner, id)
}

/// Somebody who has just signed in.
async fn again<'w>(person: &Person<'w>) -> Owner<'w> {
    Owner { world: person.world, session: Session::of(&person.logs_in().await) }
}

#[tokio::test]
async fn what_a_thief_would_do_shuts_it_for_a_day() {
    let world = World::start().await;
    for how in ["reset", "moved", "not me"] {
        let (ada, owner, id) = with_a_key(&world).await;
        owner.decrypts(&id).await.assert_ok();
        let ada = if how == "moved" {
            moves(&ada, &owner.session, &format!("new-{}", ada.email)).await
        } else {
            let token = if how == "reset" {
                ada.is_offered_a_password().await
            } else {
                disowns(&ada).await.assert_ok();
                ada.mailed("reset-password").await
            };
            resets(&world, &token, NEW).await.assert_ok();
            ada.rival(NEW)
        };
        owner.decrypts(&id).await.assert_status(401);
        let owner = again(&ada).await;
        let frozen = owner.decrypts(&id).await;
        assert_conflict(&frozen, "VAULT_FROZEN");
        assert_eq!(frozen.header("retry-after"), Some("86400"), "{how}");
        assert_eq!(owner.events(&id).await[0]["outcome"], "VAULT_FROZEN");
        assert!(owner.sees(&id).await["last_decrypted_at"].is_string());
        // Everything else goes on, and who has no such key is told nothing else.
        owner.tests(&id).await.assert_ok();
        owner.changes(&id, json!({ "label": "x" })).await.assert_ok();
        assert_no_key(&owner.decrypts("01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11").await);

        world.advance(DAY - 1);
        let owner = again(&ada).await;
        let frozen = owner.decrypts(&id).await;
        assert_conflict(&frozen, "VAULT_FROZEN");
        assert_eq!(frozen.header("retry-after"), Some("1"), "{how}");
        world.advance(1);
        owner.decrypts(&id).await.assert_ok();
        owner.deletes(&id).await.assert_ok();
    }
}

#[tokio::test]
async fn a_shut_vault_uses_up_no_use_of_a_credential() {
    let world = World::start().await;
    let (ada, _, id) = with_a_key(&world).await;
    resets(&world, &ada.is_offered_a_password().await, NEW).await.assert_ok();
    let ada = ada.rival(NEW);
    let owner = again(&ada).await;
    world.aws.reset_calls();
    for _ in 0..10 {
        assert_conflict(&owner.decrypts(&id).await, "VAULT_FROZEN");
    }
    assert!(world.aws.calls().kms.is_empty(), "nothing is opened");
    assert_eq!(owner.events(&id).await.iter().filter(|event| event["outcome"] == "VAULT_FROZEN").count(), 10);
    let used = world.rows_of("Limits", "COUNTER#").await;
    let of_key = used.iter().filter(|row| row["pk"].as_str().unwrap().contains("DECRYPT") && row["times"] == 10);
    assert_eq!(of_key.count(), 1, "by the account alone: {used:?}");
}

#[tokio::test]
async fn who_knows_the_password_changes_it_without_shutting_the_vault() {
    let world = World::start().await;
    let (ada, owner, id) = with_a_key(&world).await;
    changes_password(&ada, &owner.session, NEW).await.assert_ok();
    asks_for(&ada.rival(NEW), &owner.session, "elsewhere@example.org").await.assert_ok();
    owner.decrypts(&id).await.assert_ok();
    again(&ada.rival(NEW)).await.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn a_freeze_may_be_switched_off() {
    let world = World::with(|config| config.freeze = std::time::Duration::ZERO).await;
    let (ada, _, id) = with_a_key(&world).await;
    resets(&world, &ada.is_offered_a_password().await, NEW).await.assert_ok();
    again(&ada.rival(NEW)).await.decrypts(&id).await.assert_ok();
}

/// A secret that is asked for before the account is secured is shown before that, or not at all.
#[tokio::test]
async fn nothing_is_shown_once_the_account_is_secured() {
    for how in ["reset", "confirm", "not me", "sign out"] {
        let world = World::start().await;
        let (ada, owner, id) = with_a_key(&world).await;
        asks_for(&ada, &owner.session, "elsewhere@example.org").await.assert_ok();
        let token = match how {
            "reset" => ada.is_offered_a_password().await,
            "confirm" => at(&ada, "elsewhere@example.org").mailed("confirm-email").await,
            _ => ada.mailed("not-me").await,
        };
        world.pause_mail().await;
        let change = async {
            match how {
                "reset" => resets(&world, &token, NEW).await,
                "confirm" => world.post("/auth/confirm-email", json!({ "token": token })).await,
                "not me" => world.post("/auth/not-me", json!({ "token": token })).await,
                _ => world.post("/auth/logout", json!({ "access_token": owner.session.access })).await,
            }
        };
        let (shown, secured) = overtaken(&world, "TransactWriteItems", owner.decrypts(&id), change).await;
        assert_eq!((shown.status, secured.status), (401, 200), "{how}: {shown:?}");
        let events = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", owner.session.user_id)).await;
        assert!(events.iter().all(|row| row["action"] != "decrypt"), "{how}: {events:?}");
    }
}
