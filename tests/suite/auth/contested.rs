//! One address, two passwords: whoever reads the mail decides, and nobody's guess gets in.

use serde_json::json;
use shared::ids::LinkId;
use tests::{Person, Session, World};

async fn contested(world: &World) -> Person<'_> {
    let ada = world.person();
    ada.rival("set by a stranger").signs_up().await;
    ada.signs_up().await;
    ada
}

async fn sets(person: &Person<'_>, token: &str, password: &str) -> u64 {
    person.world.post("/auth/reset-password", json!({ "token": token, "password": password })).await.status
}

#[tokio::test]
async fn proving_a_contested_address_drops_both_passwords() {
    let world = World::start().await;
    let ada = contested(&world).await;
    let proven = ada.verifies().await;
    assert_eq!((proven.status, &proven.body["success"]), (200, &json!(true)));
    ada.logs_in().await.assert_status(401);
    ada.rival("set by a stranger").logs_in().await.assert_status(401);

    let token = ada.mailed("reset-password").await;
    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
    ada.rival("chosen by the owner").logs_in().await.assert_ok();
    assert_eq!(sets(&ada, &token, "chosen by a thief").await, 400);
    ada.rival("chosen by the owner").logs_in().await.assert_ok();
}

#[tokio::test]
async fn it_stays_contested_whatever_comes_next() {
    let world = World::start().await;
    let ada = contested(&world).await;
    ada.signs_up().await;
    ada.signs_up().await;
    ada.verifies().await;
    ada.logs_in().await.assert_status(401);
}

#[tokio::test]
async fn the_link_to_set_a_password_expires_and_is_sent_again_on_request() {
    let world = World::start().await;
    let ada = contested(&world).await;
    ada.verifies().await;
    let old = ada.mailed("reset-password").await;
    world.advance(30 * 60);
    assert_eq!(sets(&ada, &old, "too late, sadly").await, 400);

    world.post("/auth/resend-verification", json!({ "email": ada.email })).await;
    let new = ada.mailed("reset-password").await;
    assert_ne!(old, new);
    assert_eq!(sets(&ada, &old, "still too late").await, 400);
    assert_eq!(sets(&ada, &new, "just in time").await, 200);
    ada.rival("just in time").logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_link_for_one_purpose_is_worthless_for_the_other() {
    let world = World::start().await;
    let ada = contested(&world).await;
    let verify = ada.mailed("verify-email").await;
    assert_eq!(sets(&ada, &verify, "long enough").await, 400);
    ada.verifies().await;
    let reset = ada.mailed("reset-password").await;
    world.post("/auth/verify-email", json!({ "token": reset })).await.assert_status(400);
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let world = World::start().await;
    let ada = contested(&world).await;
    ada.verifies().await;
    sets(&ada, &ada.mailed("reset-password").await, "the first password").await;
    let owner = ada.rival("the first password");
    let sessions = [Session::of(&owner.logs_in().await), Session::of(&owner.logs_in().await)];
    let bob = world.person().signed_in().await.1;

    let token = ada.is_offered_a_password().await;
    assert_eq!(sets(&ada, &token, "the second password").await, 200);

    for session in &sessions {
        world.get_as(session, "/auth/profile").await.assert_status(401);
        world.get_as(session, "/api/v1/api-keys/").await.assert_status(401);
        world.refresh(&session.refresh).await.assert_status(401);
    }
    world.get_as(&bob, "/auth/profile").await.assert_ok();
    let fresh = Session::of(&ada.rival("the second password").logs_in().await);
    world.get_as(&fresh, "/auth/profile").await.assert_ok();
    owner.logs_in().await.assert_status(401);
}

#[tokio::test]
async fn a_stranger_cannot_take_the_offer_of_a_password_back() {
    let world = World::start().await;
    let ada = contested(&world).await;
    ada.verifies().await;
    let token = ada.mailed("reset-password").await;
    ada.rival("set by a stranger").signs_up().await;
    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
}

#[tokio::test]
async fn a_link_that_has_set_the_password_is_not_mailed_again() {
    let world = World::start().await;
    let ada = contested(&world).await;
    ada.verifies().await;
    let token = ada.mailed("reset-password").await;
    assert_eq!(sets(&ada, &token, "chosen by the owner").await, 200);
    ada.signs_up().await;
    let again = world.post("/auth/resend-verification", json!({ "email": ada.email })).await;
    again.assert_ok();
    assert_eq!(ada.all_mailed("reset-password").await, [token]);
}

#[tokio::test]
async fn without_a_password_nobody_is_sent_to_sign_in() {
    let world = World::start().await;
    let ada = contested(&world).await;
    let token = ada.mailed("verify-email").await;
    for _ in 0..2 {
        let reply = world.post("/auth/verify-email", json!({ "token": token })).await;
        assert_eq!((reply.status, &reply.body["redirect_url"]), (200, &json!(null)));
        assert!(reply.body["message"].as_str().unwrap().contains("Choose a password"));
    }
}

#[tokio::test]
async fn more_sessions_than_a_transaction_holds_are_ended_too() {
    let world = World::start().await;
    let (ada, first) = world.person().signed_in().await;
    let row = world.rows_of("Sessions", &format!("ACCOUNT#{}", first.user_id)).await;
    let row = row.iter().find(|row| row["sk"].as_str().unwrap().starts_with("SESSION#")).unwrap();
    for number in 0..120 {
        let id = LinkId::from_bytes([number; 16]).to_string();
        let mut another = row.clone();
        another["sk"] = json!(format!("SESSION#{id}"));
        world.tamper("Sessions", &another, "id", json!(id)).await;
    }
    let token = ada.is_offered_a_password().await;
    assert_eq!(sets(&ada, &token, "the second password").await, 200);
    let left = world.rows_of("Sessions", &format!("ACCOUNT#{}", first.user_id)).await;
    assert_eq!(left.len(), 1, "only the guard");
}
