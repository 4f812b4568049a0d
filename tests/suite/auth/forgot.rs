//! Forgotten passwords: who is mailed a link, what it does, and what strangers who ask for it cannot do.

use serde_json::{Value, json};
use tests::{Person, Session, World};

async fn sets(person: &Person<'_>, token: &str, password: &str) -> u64 {
    person.world.post("/auth/reset-password", json!({ "token": token, "password": password })).await.status
}

/// The kinds of all letters, those to nobody too.
async fn letters(world: &World) -> Vec<Value> {
    let rows = world.rows_of("Mail", "MAIL#").await;
    rows.into_iter().map(|mut row| row["kind"].take()).collect()
}

#[tokio::test]
async fn the_link_sets_a_new_password_and_ends_every_session() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (bob, others) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    // Asking changes nothing.
    ada.logs_in().await.assert_ok();
    world.get_as(&session, "/auth/profile").await.assert_ok();

    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
    world.get_as(&session, "/auth/profile").await.assert_status(401);
    world.refresh(&session.refresh).await.assert_status(401);
    ada.logs_in().await.assert_status(401);
    let owner = ada.rival("chosen by the owner");
    world.get_as(&Session::of(&owner.logs_in().await), "/auth/profile").await.assert_ok();
    assert_eq!(sets(&ada, &token, "chosen by a thief").await, 400);

    world.get_as(&others, "/auth/profile").await.assert_ok();
    bob.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_password_that_is_easy_to_guess_is_refused_and_the_link_stays_good() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    assert_eq!(sets(&ada, &token, "password1").await, 422);
    world.get_as(&session, "/auth/profile").await.assert_ok();
    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
}

#[tokio::test]
async fn the_link_works_for_half_an_hour() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    world.advance(30 * 60 - 1);
    let next = ada.is_offered_a_password().await;
    world.advance(1);
    assert_eq!(sets(&ada, &token, "a second too late").await, 400);
    assert_eq!(sets(&ada, &next, "just in time").await, 200);
}

#[tokio::test]
async fn only_who_has_an_account_is_mailed_and_at_its_own_address() {
    let world = World::start().await;
    let (mut ada, pending, nobody) = (world.person(), world.person(), world.person());
    ada.email = ada.email.to_uppercase();
    let (ada, _) = ada.signed_in().await;
    pending.signs_up().await;
    let before = letters(&world).await.len();
    let mut stranger = ada.rival("a stranger's password");
    stranger.email = ada.email.to_lowercase();
    for person in [&stranger, &pending, &nobody] {
        person.forgets().await.assert_ok();
    }
    assert_eq!(ada.all_mailed("reset-password").await.len(), 1, "to the spelling that was proven");
    for person in [&stranger, &pending, &nobody] {
        assert!(person.all_mailed("reset-password").await.is_empty());
    }
    assert_eq!(pending.all_mailed("verify-email").await.len(), 1, "that of its sign-up");
    let letters = letters(&world).await;
    assert_eq!(letters.len(), before + 3);
    assert_eq!(letters.iter().filter(|kind| *kind == "nothing").count(), 2);
}

#[tokio::test]
async fn an_account_without_a_password_gets_its_link_here_too() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    ada.rival("another password").signs_up().await;
    ada.verifies().await;
    let first = ada.mailed("reset-password").await;
    assert_eq!(ada.is_offered_a_password().await, first, "a link that is out is mailed again");
    world.advance(30 * 60);
    let token = ada.is_offered_a_password().await;
    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
    ada.rival("chosen by the owner").logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_flood_makes_no_link_stale_and_fills_no_mailbox() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    let mut shouting = ada.rival("a stranger's password");
    shouting.email = ada.email.to_uppercase();
    for _ in 0..29 {
        world.advance(60);
        ada.forgets().await;
        shouting.forgets().await;
    }
    assert_eq!(ada.all_mailed("reset-password").await.len(), 10, "five for its spelling, five for all others");
    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
    assert!(ada.all_mailed("verify-email").await.len() == 1 && shouting.all_mailed("reset-password").await.is_empty());
}

#[tokio::test]
async fn who_varies_the_spelling_does_not_use_up_the_usual_one() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let mut shouting = ada.rival("a stranger's password");
    shouting.email = ada.email.to_uppercase();
    for _ in 0..5 {
        shouting.forgets().await.assert_ok();
        world.advance(60);
    }
    let refused = shouting.forgets().await;
    refused.assert_status(429);
    assert_eq!(refused.body["retry_after"], 3_600 - 5 * 60);
    ada.is_offered_a_password().await;
}

#[tokio::test]
async fn a_flood_uses_up_no_letter_of_a_sign_up_nor_the_other_way_round() {
    let world = World::start().await;
    let (ada, bob) = (world.person(), world.person());
    for _ in 0..5 {
        ada.forgets().await.assert_ok();
        world.advance(60);
    }
    ada.forgets().await.assert_status(429);
    for _ in 0..5 {
        ada.signs_up().await.assert_ok();
    }
    assert_eq!(ada.all_mailed("verify-email").await.len(), 5);
    ada.verifies().await.assert_ok();

    let (bob, _) = bob.signed_in().await;
    for _ in 0..6 {
        bob.rival("a stranger's password").signs_up().await.assert_ok();
        world.post("/auth/resend-verification", json!({ "email": bob.email })).await;
    }
    bob.is_offered_a_password().await;
}

#[tokio::test]
async fn what_is_known_of_an_address_without_an_account_goes_by_itself() {
    let world = World::start().await;
    let (nobody, pending, owner) = (world.person(), world.person(), world.person().signed_in().await.0);
    pending.signs_up().await;
    let keeps = async || {
        let rows = world.rows_of("Accounts", "ADDRESS#").await;
        let ttls = rows.iter().map(|row| row["ttl"].as_i64().map(|ttl| ttl - world.now().as_second()));
        let mut ttls: Vec<_> = ttls.collect();
        ttls.sort();
        ttls
    };
    for person in [&nobody, &pending, &owner] {
        person.forgets().await.assert_ok();
    }
    assert_eq!(keeps().await, [None, Some(3_600), Some(48 * 3_600)], "the owner's stays");
}

#[tokio::test]
async fn a_link_of_before_a_new_password_is_good_for_nothing_and_not_mailed_again() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let old = ada.is_offered_a_password().await;
    world.advance(16 * 60);
    let new = ada.is_offered_a_password().await;
    assert_ne!(old, new);
    assert_eq!(sets(&ada, &new, "chosen by the owner").await, 200);
    assert_eq!(sets(&ada, &old, "chosen by a finder").await, 400);
    world.advance(60);
    let third = ada.is_offered_a_password().await;
    assert!(third != old && third != new);
    assert_eq!(sets(&ada, &third, "chosen once more").await, 200);
}
