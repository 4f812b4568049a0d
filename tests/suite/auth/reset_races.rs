//! A new password against those who sign in with the old one at the same moment.

use std::time::Duration;

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Person, Reply, Session, World};
use tokio::time::timeout;

const TRANSACTION: &str = "TransactWriteItems";

/// Lets transactions go whose turn has come and holds those that come from now on.
pub fn release(world: &World) {
    world.mend();
    hold(world);
}

pub fn hold(world: &World) {
    world.aws.reset_calls();
    world.hold(TRANSACTION, 1_000);
}

/// Until a transaction has come and is held.
pub async fn is_held(world: &World) {
    let come = async {
        while !world.aws.calls().dynamodb.contains_key(TRANSACTION) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), come).await.expect("a transaction");
}

/// What is asked for goes through, while a transaction that is held stays so: the fault that takes the place of the hold is over with the
/// first try of the next one.
pub async fn in_between<T>(world: &World, request: impl Future<Output = T>) -> T {
    world.break_times(Service::DynamoDb, Mode::Throttled, TRANSACTION, 1);
    request.await
}

/// A world with Ada, whose link to set a password is mailed, and the request that redeems it.
async fn about_to_reset(world: &World) -> (Person<'_>, Value) {
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    world.pause_mail().await;
    world.aws.no_conflicts().await;
    (ada, json!({ "token": token, "password": "chosen by the owner" }))
}

/// Nothing that the old password has opened is left, and only the new one opens anything.
async fn has_ended(ada: &Person<'_>, opened: &[Session]) {
    let world = ada.world;
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
    for session in opened {
        assert_eq!(world.get_as(session, "/auth/profile").await.status, 401);
        assert_eq!(world.refresh(&session.refresh).await.status, 401);
    }
    assert_eq!(ada.logs_in().await.status, 401);
    let owner = Session::of(&ada.rival("chosen by the owner").logs_in().await);
    assert_eq!(world.get_as(&owner, "/auth/profile").await.status, 200);
}

#[tokio::test]
async fn a_login_that_was_judged_before_a_reset_and_is_written_after_it_opens_nothing() {
    let world = World::start().await;
    let (ada, body) = about_to_reset(&world).await;
    hold(&world);
    let reset = async {
        is_held(&world).await;
        let reset = in_between(&world, world.post("/auth/reset-password", body)).await;
        world.aws.no_conflicts().await;
        world.mend();
        reset
    };
    let (login, reset) = tokio::join!(ada.logs_in(), reset);
    assert_eq!(reset.status, 200, "{reset:?}");
    assert_eq!((login.status, &login.body["session"]), (401, &json!(null)));
    has_ended(&ada, &[]).await;
}

/// Somebody with the password signs in whenever a change of the account is about to be written, until that has gone through.
pub async fn signs_in_again_and_again<T>(ada: &Person<'_>, change: impl Future<Output = T>) -> (T, Vec<Reply>) {
    let world = ada.world;
    let mut logins = Vec::new();
    let thief = async {
        loop {
            is_held(world).await;
            logins.push(in_between(world, ada.logs_in()).await);
            world.aws.no_conflicts().await;
            assert!(logins.len() < 10, "it never goes through: {logins:?}");
            release(world);
        }
    };
    let done = tokio::select! {
        done = change => done,
        () = thief => unreachable!("the thief goes on for ever"),
    };
    world.mend();
    (done, logins)
}

#[tokio::test]
async fn a_reset_wins_though_somebody_signs_in_with_the_old_password_all_the_time() {
    let world = World::start().await;
    let (ada, body) = about_to_reset(&world).await;
    hold(&world);
    let (reset, logins) = signs_in_again_and_again(&ada, world.post("/auth/reset-password", body)).await;
    assert_eq!(reset.status, 200, "{reset:?}");
    let opened: Vec<_> = logins.iter().filter(|login| login.status == 200).map(Session::of).collect();
    assert_eq!(opened.len(), 3, "each of these has cost the reset a round");
    assert!(logins[3..].iter().all(|login| login.status == 401), "{logins:?}");
    has_ended(&ada, &opened).await;
}

#[tokio::test]
async fn a_login_under_way_opens_nothing_once_a_reset_has_its_turn() {
    let world = World::start().await;
    let (ada, body) = about_to_reset(&world).await;
    hold(&world);
    let turn = async {
        is_held(&world).await;
        has_a_turn(&ada).await;
        world.mend();
    };
    let (login, ()) = tokio::join!(ada.logs_in(), turn);
    assert_eq!((login.status, &login.body["session"]), (401, &json!(null)));
    assert_eq!(ada.logs_in().await.status, 401);
    // Its link is as good as before.
    assert_eq!(world.post("/auth/reset-password", body).await.status, 200);
    has_ended(&ada, &[]).await;
}

/// As a change leaves the account that has lost its rounds and then, perhaps, its instance.
pub async fn has_a_turn(ada: &Person<'_>) {
    let account = ada.account().await;
    ada.world.tamper("Accounts", &account, "barred_until", json!(ada.world.now().as_second() + 30)).await;
}

#[tokio::test]
async fn a_turn_that_nobody_uses_is_over_by_itself() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    has_a_turn(&ada).await;
    let (login, calls) = world.calls(ada.logs_in()).await;
    login.assert_status(401);
    assert_eq!(calls.dynamodb.get(TRANSACTION), None, "nor is it in the way of whoever has the turn");
    world.get_as(&session, "/auth/profile").await.assert_ok();
    world.advance(30);
    ada.logs_in().await.assert_status(401);
    world.advance(1);
    ada.logs_in().await.assert_ok();
}
