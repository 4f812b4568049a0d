//! Passwords that are easy to guess and were chosen before anybody looked: who signs in with one is let in, and told now and then.

use std::time::Duration;

use auth::Auth;
use serde_json::{Value, json};
use tests::{Person, Reply, World};

use crate::logs;

/// Strong, until the service is called like it.
const PASSWORD: &str = "harbour exchange 2026";
const DAY: u64 = 24 * 3_600;

/// Somebody whose password says by now how the service is called, and the function that thinks so.
async fn renamed(world: &World) -> (Person<'_>, Auth) {
    let ada = world.person().rival(PASSWORD);
    ada.signs_up().await.assert_ok();
    ada.verifies().await.assert_ok();
    ada.logs_in().await.assert_ok();
    let auth = world.auth_with(|config| "Harbour Exchange".clone_into(&mut config.product));
    auth.warm_up().await;
    (ada, auth)
}

async fn logs_in(auth: &Auth, ada: &Person<'_>) -> Reply {
    ada.world.post_to(auth, "/auth/login", ada.credentials()).await
}

/// The letters that say so, newest first.
async fn letters(ada: &Person<'_>) -> Vec<local::Mail> {
    let mut mails = ada.world.mails(&ada.email).await;
    mails.retain(|mail| mail.subject.contains("is easy to guess"));
    mails
}

#[tokio::test]
async fn who_has_a_weak_password_is_let_in_and_told_twice_a_year() {
    let world = World::start().await;
    let (ada, auth) = renamed(&world).await;
    assert_eq!(letters(&ada).await.len(), 0);
    for (after, sent) in [(0, 1), (0, 1), (179 * DAY, 1), (DAY, 2), (1, 2)] {
        world.advance(after);
        logs_in(&auth, &ada).await.assert_ok();
        assert_eq!(letters(&ada).await.len(), sent, "after {after} s more");
    }
    let letter = letters(&ada).await.remove(0);
    assert_eq!(letter.links, ["https://api.example.com/auth/ui/forgot-password?lang=en"]);
}

#[tokio::test]
async fn every_such_login_is_an_event_that_names_the_account_and_not_the_password() {
    let world = World::start().await;
    let (ada, auth) = renamed(&world).await;
    let id = ada.account().await["id"].clone();
    logs::capture();
    ada.logs_in().await.assert_ok();
    logs_in(&auth, &ada.rival("harbour exchange")).await.assert_status(401);
    logs_in(&auth, &ada).await.assert_ok();
    logs_in(&auth, &ada).await.assert_ok();
    let lines = logs::lines();
    let accounts: Vec<_> =
        lines.iter().filter(|line| line["event"] == "weak_password").map(|line| line["account"].clone()).collect();
    assert_eq!(accounts, [id.clone(), id]);
    assert!(!json!(lines).to_string().to_lowercase().contains("harbour"));
}

#[tokio::test]
async fn of_many_who_sign_in_at_once_one_has_it_told() {
    let world = World::start().await;
    let (ada, auth) = renamed(&world).await;
    let replies = futures::future::join_all((0..5).map(|_| logs_in(&auth, &ada))).await;
    for reply in replies {
        reply.assert_ok();
    }
    assert_eq!(letters(&ada).await.len(), 1);
}

#[tokio::test]
async fn only_who_has_one_pays_for_it_and_only_once() {
    let world = World::start().await;
    // The session's own transaction would be in the way of the letter's for a moment.
    world.aws.set_conflicts(Duration::ZERO);
    let (ada, auth) = renamed(&world).await;
    let usual = world.calls(ada.logs_in()).await.1;
    let (reply, mut told) = world.calls(logs_in(&auth, &ada)).await;
    reply.assert_ok();
    *told.dynamodb.get_mut("TransactWriteItems").unwrap() -= 1;
    told.transacted -= 2;
    assert_eq!(told, usual, "one transaction more, of two rows");
    assert_eq!(world.calls(logs_in(&auth, &ada)).await.1, usual);
    // A wrong password costs no more at an account that has a weak one.
    let wrong = ada.rival("a guess");
    assert_eq!(world.calls(logs_in(&auth, &wrong)).await.1, world.calls(wrong.logs_in()).await.1);
}

#[tokio::test]
async fn a_letter_that_cannot_be_written_keeps_nobody_out() {
    let world = World::start().await;
    let (ada, auth) = renamed(&world).await;
    world.aws.no_conflicts().await;
    // The session's transaction takes place; the next one is refused.
    world.aws.reset_calls();
    world.hold("TransactWriteItems", 1_000);
    let meanwhile = async {
        world.called("TransactWriteItems", 1).await;
        world.mend();
        world.break_down(local::Service::DynamoDb, local::Mode::Unavailable, Some("TransactWriteItems"));
    };
    let (reply, ()) = tokio::join!(logs_in(&auth, &ada), meanwhile);
    reply.assert_ok();
    assert!(world.times_called("TransactWriteItems") > 1, "the letter was tried");
    world.mend();
    assert_eq!(letters(&ada).await.len(), 0);
    assert_eq!(ada.account().await["weak_told_at"], Value::Null);
    logs_in(&auth, &ada).await.assert_ok();
    assert_eq!(letters(&ada).await.len(), 1);
}
