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

/// Somebody with the old password signs in whenever a reset is about to be written, until it has gone through.
pub async fn signs_in_again_and_again(ada: &Person<'_>, reset: impl Future<Output = Reply>) -> (Reply, Vec<Reply>) {
    let world = ada.world;
    let mut logins = Vec::new();
    let thief = async {
        loop {
            is_held(world).await;
            logins.push(in_between(world, ada.logs_in()).await);
            world.aws.no_conflicts().await;
            assert!(logins.len() < 10, "the reset never goes through: {logins:?}");
            release(world);
        }
    };
    let reset = tokio::select! {
        reset = reset => reset,
        () = thief => unreachable!("the thief goes on for ever"),
    };
    world.mend();
    (reset, logins)
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
async fn a_login_under_way_opens_nothing_once_the_old_password_is_taken_away() {
    let world = World::start().await;
    let (ada, body) = about_to_reset(&world).await;
    let mut account = ada.account().await;
    hold(&world);
    let withdrawal = async {
        is_held(&world).await;
        // As a reset leaves it that has lost its rounds and then, perhaps, its instance.
        account.as_object_mut().unwrap().remove("password");
        let version = account["version"].clone();
        world.tamper("Accounts", &account, "version", version).await;
        world.mend();
    };
    let (login, ()) = tokio::join!(ada.logs_in(), withdrawal);
    assert_eq!((login.status, &login.body["session"]), (401, &json!(null)));
    assert_eq!(ada.logs_in().await.status, 401);
    // Its link is as good as before.
    assert_eq!(world.post("/auth/reset-password", body).await.status, 200);
    has_ended(&ada, &[]).await;
}
