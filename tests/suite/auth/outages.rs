//! Something we depend on is down: 503, and nothing half-written.

use auth::Auth;
use futures::future::join_all;
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Key, Reply, Session, World};

use crate::logs;

async fn everything(world: &World) -> Vec<Value> {
    let mut rows = world.rows("Accounts").await;
    rows.extend(world.rows("Sessions").await);
    rows.extend(world.rows("Mail").await);
    rows.sort_by_key(|row| format!("{}{}", row["pk"], row["sk"]));
    rows
}

#[tokio::test]
async fn without_tables_every_route_says_later_and_works_again_afterwards() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let bob = world.person();
    bob.signs_up().await;
    let token = bob.mailed("verify-email").await;
    let before = everything(&world).await;

    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::DynamoDb, mode, None);
        world.person().signs_up().await.assert_unavailable();
        ada.logs_in().await.assert_unavailable();
        world.refresh(&session.refresh).await.assert_unavailable();
        world.get_as(&session, "/auth/profile").await.assert_unavailable();
        world.get_as(&session, "/api/v1/api-keys/").await.assert_unavailable();
        world.patch_as(&session, "/auth/profile", json!({ "full_name": "Ada" })).await.assert_unavailable();
        world.post("/auth/verify-email", json!({ "token": token })).await.assert_unavailable();
        world.post("/auth/resend-verification", json!({ "email": bob.email })).await.assert_unavailable();
        ada.forgets().await.assert_unavailable();
        world.post("/auth/logout", json!({ "access_token": session.access })).await.assert_unavailable();
        world.get(&format!("/auth/verification-status?email={}", ada.email)).await.assert_unavailable();
        world.mend();
    }

    assert_eq!(everything(&world).await, before);
    bob.verifies().await.assert_ok();
    let next = Session::of(&world.refresh(&session.refresh).await);
    world.get_as(&next, "/auth/profile").await.assert_ok();
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_neither_change_nor_mail() {
    let world = World::start().await;
    let ada = world.person();
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    ada.signs_up().await.assert_unavailable();
    world.mend();
    assert!(world.rows_of("Accounts", "ADDRESS#").await.is_empty());
    assert!(world.rows_of("Mail", "MAIL#").await.is_empty());
}

#[tokio::test]
async fn a_transaction_whose_answer_is_lost_has_one_effect() {
    let world = World::start().await;
    let ada = world.person();
    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    ada.signs_up().await.assert_ok();
    assert_eq!(ada.all_mailed("verify-email").await.len(), 1);
    assert_eq!(world.rows_of("Mail", "MAIL#").await.len(), 1);

    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    ada.verifies().await.assert_ok();
    assert_eq!(world.accounts().await.len(), 1);
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn without_kms_a_cold_start_says_later_and_recovers_by_itself() {
    let world = World::start().await;
    let ada = world.person();
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.break_down(Service::Kms, mode, None);
        let cold = world.another_auth();
        cold.warm_up().await;
        world.post_to(&cold, "/auth/signup", ada.credentials()).await.assert_unavailable();
        world.post_to(&cold, "/auth/signup", json!({})).await.assert_status(422);
        world.mend();
        world.post_to(&cold, "/auth/signup", ada.credentials()).await.assert_ok();
    }
    ada.verifies().await.assert_ok();
}

#[tokio::test]
async fn without_ses_answers_do_not_wait_and_no_mail_is_lost() {
    let world = World::start().await;
    world.break_down(Service::Ses, Mode::Unavailable, None);
    let people: Vec<_> = (0..5).map(|_| world.person()).collect();
    for person in &people {
        person.signs_up().await.assert_ok();
    }
    for person in &people {
        assert!(world.mails(&person.email).await.is_empty());
    }
    world.advance(3_600);
    world.mend();
    world.send_waiting_mail().await;
    for person in &people {
        assert_eq!(person.all_mailed("verify-email").await.len(), 1, "{}", person.email);
        person.verifies().await.assert_ok();
    }
    assert!(world.rows_of("Mail", "MAIL#").await.iter().all(|row| row["status"] == "sent"));
}

#[tokio::test]
async fn a_password_that_cannot_end_the_sessions_is_not_set() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    let body = json!({ "token": token, "password": "chosen by the owner" });
    for operation in ["Query", "TransactWriteItems"] {
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some(operation));
        world.post("/auth/reset-password", body.clone()).await.assert_unavailable();
        world.mend();
        world.get_as(&session, "/auth/profile").await.assert_ok();
        ada.logs_in().await.assert_ok();
    }
    world.post("/auth/reset-password", body).await.assert_ok();
    world.refresh(&session.refresh).await.assert_status(401);
}

#[tokio::test]
async fn a_table_that_hangs_is_a_503_too() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let instances = world.impatient_auths().await;
    join_all(instances.iter().map(Auth::warm_up)).await;
    world.hold("GetItem", 1_000);
    logs::capture();
    let logins = instances.iter().map(|auth| world.post_to(auth, "/auth/login", ada.credentials()));
    join_all(logins).await.iter().for_each(Reply::assert_unavailable);
    let log = logs::text();
    assert_eq!((log.matches("GetItem: ").count(), log.matches("the deadline has passed").count()), (1, 1), "{log}");
    world.mend();
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_key_that_is_switched_off_is_a_503_until_it_is_on_again() {
    let world = World::start().await;
    if world.is_on_another_emulator() {
        return; // moto opens with a key that is switched off.
    }
    let ada = world.person();
    world.switch_key(Key::Data, false).await;
    let cold = world.another_auth();
    world.post_to(&cold, "/auth/login", ada.credentials()).await.assert_unavailable();
    world.switch_key(Key::Data, true).await;
    world.post_to(&cold, "/auth/login", ada.credentials()).await.assert_status(401);
}
