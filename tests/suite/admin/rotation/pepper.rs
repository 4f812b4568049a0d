//! A new pepper, and passwords that are hashed under the old one.

use futures::future::join_all;
use local::{Mode, Service};
use serde_json::json;
use tests::{Session, World, assert_all};

use super::LEAD;
use crate::{admin::rotate_pepper, logs};

/// What the log says of a login whose password stays under the old pepper.
const NOT_ANEW: &str = "a password is not hashed anew; its next login tries again";

async fn hash_of(world: &World, email: &str) -> String {
    let rows = world.accounts().await;
    let row = rows.iter().find(|row| row["address"] == email).unwrap();
    row["password"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_password_is_hashed_anew_under_the_new_pepper_when_its_owner_signs_in() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let (bob, _) = world.person().signed_in().await;
    let (number, from) = rotate_pepper(&world).await.unwrap();
    assert!(number == 2 && from.seconds_from(world.now()) > 15 * 60);
    // Not before its time, in no instance.
    let cold = world.another_auth();
    for auth in [&world.auth, &cold] {
        world.post_to(auth, "/auth/login", ada.credentials()).await.assert_ok();
    }
    let (of_ada, of_bob) = (hash_of(&world, &ada.email).await, hash_of(&world, &bob.email).await);
    assert!(of_ada.contains(",keyid=MQ$"), "{of_ada}");

    world.advance(LEAD);
    ada.rival("not the password").logs_in().await.assert_status(401);
    assert_eq!(hash_of(&world, &ada.email).await, of_ada);
    ada.logs_in().await.assert_ok();
    let renewed = hash_of(&world, &ada.email).await;
    assert!(renewed.contains(",keyid=Mg$"), "{renewed}");
    let (login, calls) = world.calls(ada.logs_in()).await;
    assert_eq!((login.status, calls.dynamodb["TransactWriteItems"], calls.kms.len()), (200, 1, 0));
    assert_eq!(hash_of(&world, &ada.email).await, renewed);
    ada.rival("not the password").logs_in().await.assert_status(401);
    // An instance that was cold before opens either.
    for auth in [&cold, &world.another_auth()] {
        world.post_to(auth, "/auth/login", ada.credentials()).await.assert_ok();
    }
    assert_eq!(hash_of(&world, &bob.email).await, of_bob);
    let eve = world.person();
    eve.signs_up().await.assert_ok();
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    let pending = rows.iter().find(|row| row["links"][0]["spelling"] == eve.email).unwrap();
    assert!(pending["pending"]["agreed"].as_str().unwrap().contains(",keyid=Mg$"));
    eve.verifies().await.assert_ok();
    eve.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_login_does_not_fail_because_its_password_cannot_be_hashed_anew() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    let before = hash_of(&world, &ada.email).await;
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Refused] {
        world.aws.reset_calls();
        world.hold("TransactWriteItems", 1_000);
        logs::capture();
        // The try is counted by an update before; what comes after the transaction, with a run of Argon2 in between, is the new hash.
        let outage = async {
            world.called("TransactWriteItems", 1).await;
            world.mend();
            world.break_down(Service::DynamoDb, mode, Some("UpdateItem"));
        };
        let (login, ()) = tokio::join!(ada.logs_in(), outage);
        world.mend();
        world.get_as(&Session::of(&login), "/auth/profile").await.assert_ok();
        let told = logs::lines().iter().filter(|line| line["message"] == NOT_ANEW).count();
        assert_eq!((told, hash_of(&world, &ada.email).await), (1, before.clone()), "{mode:?}");
    }
    ada.logs_in().await.assert_ok();
    assert_ne!(hash_of(&world, &ada.email).await, before);
}

#[tokio::test]
async fn old_and_new_peppers_and_nobody_at_all_cost_a_stranger_the_same() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let (bob, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    ada.logs_in().await.assert_ok();
    for stranger in [ada.rival("wrong password"), bob.rival("wrong password"), world.person()] {
        let runs = world.auth.argon2_runs();
        let (login, calls) = world.calls(stranger.logs_in()).await;
        assert_eq!((login.status, world.auth.argon2_runs() - runs), (401, 1));
        assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 3), ("UpdateItem".to_owned(), 3)].into());
    }
}

#[tokio::test]
async fn a_password_needs_the_pepper_that_its_hash_names() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    ada.logs_in().await.assert_ok();
    // As if somebody held the accounts and every secret but the new pepper: another one stands in its place.
    let secrets = world.rows_of("Accounts", "SECRET").await;
    let find = |name: &str| secrets.iter().find(|row| row["sk"] == name).unwrap();
    world.tamper("Accounts", find("pepper#2"), "sealed", find("pepper#1")["sealed"].clone()).await;
    let reply = world.post_to(&world.another_auth(), "/auth/login", ada.credentials()).await;
    reply.assert_status(401);
    world.remove("Accounts", find("pepper#2")).await;
    let reply = world.post_to(&world.another_auth(), "/auth/login", ada.credentials()).await;
    reply.assert_status(500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_at_once_hash_a_password_anew_once() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    // All have seen the old hash when the first replaces it.
    world.hold("TransactWriteItems", 6);
    let logins = join_all((0..6).map(|_| ada.logs_in())).await;
    assert_all(&logins, 200);
    assert!(hash_of(&world, &ada.email).await.contains(",keyid=Mg$"));
    ada.logs_in().await.assert_ok();

    // A new password that comes in between is not replaced by the old one.
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    let token = ada.is_offered_a_password().await;
    world.hold("TransactWriteItems", 4);
    let body = json!({ "token": token, "password": "chosen by the owner" });
    let (_, reset) = tokio::join!(join_all((0..3).map(|_| ada.logs_in())), world.post("/auth/reset-password", body));
    reset.assert_ok();
    ada.rival("chosen by the owner").logs_in().await.assert_ok();
    ada.logs_in().await.assert_status(401);
}
