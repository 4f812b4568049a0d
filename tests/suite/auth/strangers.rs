//! Who knows an address and nothing else: nothing that they do reaches the row of its account, or is in its owner's way.

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Person, Request, Session, World, assert_all, authorized};

const TRANSACTION: &str = "TransactWriteItems";

/// An account with a password, one whose address was contested and that has none yet, and an address that waits for its proof.
async fn victims(world: &World) -> [Person<'_>; 3] {
    let (with_password, _) = world.person().signed_in().await;
    let (without, pending) = (world.person(), world.person());
    without.signs_up().await;
    without.rival("another password").signs_up().await;
    without.verifies().await;
    pending.signs_up().await;
    [with_password, without, pending]
}

/// Every documented request about this address, as the document's own examples show it, with `token` where one is wanted.
async fn every_request(world: &World, email: &str, token: Option<&str>) -> Vec<Request> {
    let document = world.get("/openapi.json").await.body;
    let mut requests = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = format!("{}?email={email}", path.replace("{key_id}", "00000000-0000-7000-8000-000000000000"));
        for (method, operation) in operations.as_object().unwrap() {
            let method =
                ["GET", "POST", "PATCH", "DELETE"].into_iter().find(|known| known.eq_ignore_ascii_case(method));
            let mut body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            for name in ["email", "new_email"] {
                if body[name].is_string() {
                    body[name] = json!(email);
                }
            }
            let body = Some(body).filter(|body| !body.is_null());
            requests.push(authorized(method.unwrap(), &path, token.unwrap_or("no-token"), body));
        }
    }
    requests
}

/// The rows of all accounts but one's own, in no order that matters.
async fn others(world: &World, own: &Session) -> Vec<Value> {
    let mut rows = world.accounts().await;
    rows.retain(|row| row["id"] != own.user_id.as_str());
    rows.sort_by_key(|row| row["pk"].to_string());
    rows
}

#[tokio::test]
async fn no_request_without_credentials_or_a_link_changes_a_byte_of_any_account() {
    let world = World::start().await;
    let victims = victims(&world).await;
    let (_, stranger) = world.person().signed_in().await;
    let before = others(&world, &stranger).await;
    assert_eq!(before.len(), 2);
    let mut answered = BTreeMap::new();
    for victim in &victims {
        for token in [None, Some(stranger.access.as_str())] {
            for request in every_request(&world, &victim.email, token).await {
                let name = format!("{} {}", request.method, request.path.split('?').next().unwrap());
                answered.entry(name).or_insert_with(Vec::new).push(world.send(request).await.status);
                assert_eq!(others(&world, &stranger).await, before, "{answered:#?}");
            }
            world.advance(61);
        }
    }
    // What strangers may ask for did take place.
    for (request, status) in [
        ("POST /auth/signup", 200),
        ("POST /auth/resend-verification", 200),
        ("POST /auth/forgot-password", 200),
        ("GET /auth/verification-status", 200),
        ("PATCH /auth/profile", 200),
        ("POST /auth/login", 401),
        ("POST /auth/verify-email", 400),
        ("POST /auth/reset-password", 400),
        ("POST /auth/change-password", 403),
        ("POST /auth/change-email", 403),
        ("POST /auth/confirm-email", 400),
        ("POST /auth/not-me", 400),
        ("POST /auth/keep-account", 400),
        ("PATCH /auth/preferences", 200),
    ] {
        assert!(answered[request].contains(&status), "{request}: {answered:#?}");
    }
}

#[tokio::test]
async fn a_reset_does_not_wait_for_a_sign_up_with_its_address() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let body = json!({ "token": ada.is_offered_a_password().await, "password": "chosen by the owner" });
    world.pause_mail().await;
    world.aws.no_conflicts().await;
    // The stranger's transaction is in the way of whoever writes the rows that it has written, for longer than anybody waits.
    world.aws.set_conflicts(Duration::from_mins(1));
    ada.rival("a stranger's password").signs_up().await.assert_ok();
    world.aws.reset_calls();
    let reset = world.post("/auth/reset-password", body).await;
    reset.assert_ok();
    let expected = [("GetItem", 5), ("Query", 2), (TRANSACTION, 1), ("UpdateItem", 1)]
        .map(|(name, count)| (name.to_owned(), count));
    assert_eq!(world.aws.calls().dynamodb, expected.into());
    world.aws.set_conflicts(Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_sign_ups_neither_delays_nor_fails_the_owners_reset() {
    const STRANGERS: u32 = 20;
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let body = json!({ "token": ada.is_offered_a_password().await, "password": "chosen by the owner" });
    world.pause_mail().await;
    world.aws.no_conflicts().await;
    world.aws.reset_calls();
    // All have read the same when the first of them writes.
    world.hold(TRANSACTION, STRANGERS + 1);
    let strangers: Vec<_> = (0..STRANGERS).map(|number| ada.rival(&format!("password number {number}"))).collect();
    let flood = join_all(strangers.iter().map(Person::signs_up));
    let (flood, reset) = tokio::join!(flood, world.post("/auth/reset-password", body));
    reset.assert_ok();
    assert_all(&flood, 200);
    // Nobody else looks at sessions and tokens: it went through at the first try.
    assert_eq!(world.aws.calls().dynamodb["Query"], 2);
    let owner = ada.rival("chosen by the owner");
    world.get_as(&Session::of(&owner.logs_in().await), "/auth/profile").await.assert_ok();
    ada.logs_in().await.assert_status(401);
}

/// Somebody who owns a contested address and has not chosen a password yet.
async fn without_a_password(world: &World) -> Person<'_> {
    let ada = world.person();
    ada.signs_up().await;
    ada.rival("another password").signs_up().await;
    ada.verifies().await;
    ada
}

#[tokio::test]
async fn a_sign_up_makes_no_link_stale_that_is_out() {
    let world = World::start().await;
    let ada = without_a_password(&world).await;
    let link = ada.mailed("reset-password").await;
    // It has too little time left to be mailed again.
    world.advance(16 * 60);
    for number in 0..3 {
        ada.rival(&format!("a stranger's password {number}")).signs_up().await.assert_ok();
    }
    assert_ne!(ada.mailed("reset-password").await, link, "the strangers' link is another");
    let body = json!({ "token": link, "password": "chosen by the owner" });
    world.post("/auth/reset-password", body).await.assert_ok();
}

#[tokio::test]
async fn a_link_that_proves_an_address_outlives_its_successor() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let link = ada.mailed("verify-email").await;
    world.advance(24 * 3_600 - 10 * 60);
    world.post("/auth/resend-verification", json!({ "email": ada.email })).await.assert_ok();
    assert_ne!(ada.mailed("verify-email").await, link);
    world.post("/auth/verify-email", json!({ "token": link })).await.assert_ok();
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn no_link_of_before_a_reset_sets_a_password_after_it() {
    let world = World::start().await;
    let ada = without_a_password(&world).await;
    let link = ada.mailed("reset-password").await;
    world.advance(16 * 60);
    // Both have read the same; the letter with another link is written while the password is set.
    world.hold(TRANSACTION, 2);
    let (again, reset) = tokio::join!(
        world.post("/auth/resend-verification", json!({ "email": ada.email })),
        world.post("/auth/reset-password", json!({ "token": link, "password": "chosen by the owner" })),
    );
    assert_eq!((again.status, reset.status), (200, 200));
    let late = ada.mailed("reset-password").await;
    assert_ne!(late, link);
    let finder = json!({ "token": late, "password": "chosen by its finder" });
    world.post("/auth/reset-password", finder).await.assert_status(400);
    ada.rival("chosen by the owner").logs_in().await.assert_ok();
}
