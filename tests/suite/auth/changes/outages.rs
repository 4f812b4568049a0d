//! Something is down while an account changes: 503, and nothing half-written.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Session, World};

use super::{NEW, asks_for, at, changes_password, is_alive, letters, moves, redeems, told};
use crate::auth::personal_tokens::{has_token, is_good};

const THERE: &str = "elsewhere@example.org";

/// All rows but what was tried and counted.
async fn everything(world: &World) -> Vec<Value> {
    let mut rows = world.rows("Accounts").await;
    rows.extend(world.rows("Sessions").await.into_iter().filter(|row| row["sk"] != "GUARD"));
    rows.extend(world.rows("Mail").await);
    rows.extend(world.rows("Grants").await);
    rows.sort_by_key(|row| format!("{}{}", row["pk"], row["sk"]));
    rows
}

#[tokio::test]
async fn a_change_that_cannot_be_written_whole_has_not_taken_place() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    asks_for(&ada, &session, THERE).await.assert_ok();
    let (there, not_me) = (at(&ada, THERE), ada.mailed("not-me").await);
    let confirm = there.mailed("confirm-email").await;
    let token = has_token(&world, &session).await;
    world.aws.settled().await.unwrap();
    let before = everything(&world).await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        for operation in ["TransactWriteItems", "GetItem"] {
            world.break_down(Service::DynamoDb, mode, Some(operation));
            changes_password(&ada, &session, NEW).await.assert_unavailable();
            asks_for(&ada, &session, "another@example.org").await.assert_unavailable();
            redeems(&world, "confirm-email", &confirm).await.assert_unavailable();
            redeems(&world, "not-me", &not_me).await.assert_unavailable();
            world.mend();
            assert_eq!(everything(&world).await, before, "{operation}");
        }
        world.break_down(Service::DynamoDb, mode, Some("Query"));
        changes_password(&ada, &session, NEW).await.assert_unavailable();
        redeems(&world, "confirm-email", &confirm).await.assert_unavailable();
        redeems(&world, "not-me", &not_me).await.assert_unavailable();
        world.mend();
        world.break_down(Service::DynamoDb, mode, Some("UpdateItem"));
        changes_password(&ada, &session, NEW).await.assert_unavailable();
        asks_for(&ada, &session, "another@example.org").await.assert_unavailable();
        world.mend();
        assert_eq!(everything(&world).await, before);
    }
    // Each of them as if nothing had been.
    ada.logs_in().await.assert_ok();
    assert!(is_good(&world, &token).await);
    redeems(&world, "confirm-email", &confirm).await.assert_ok();
    redeems(&world, "not-me", &not_me).await.assert_ok();
    assert!(!is_alive(&world, &session).await);
    assert_eq!(told(&world).await.len(), 4);
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_has_one_effect() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let lost = || world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    lost();
    changes_password(&ada, &session, NEW).await.assert_ok();
    let owner = ada.rival(NEW);
    lost();
    asks_for(&owner, &session, THERE).await.assert_ok();
    let there = at(&owner, THERE);
    lost();
    redeems(&world, "confirm-email", &there.mailed("confirm-email").await).await.assert_ok();
    there.logs_in().await.assert_ok();
    lost();
    redeems(&world, "not-me", &ada.mailed("not-me").await).await.assert_ok();
    let expected =
        ["password_changed", "email_change_requested", "email_changed", "not_me", "email_restored"].map(str::to_owned);
    assert_eq!(told(&world).await, expected);
    assert_eq!(ada.all_mailed("reset-password").await.len(), 1);
}

/// Adds sessions to those of the only account.
async fn opens_many(world: &World) {
    let mut sessions = world.rows_of("Sessions", "ACCOUNT#").await;
    sessions.retain(|row| row["sk"] != "GUARD");
    let copies = (0..150).map(|number| {
        let (mut row, id) = (sessions[0].clone(), format!("6f1c0c3a-2b47-4c0e-9d5e-{number:0>12}"));
        row["sk"] = json!(format!("SESSION#{id}"));
        row["id"] = json!(id);
        row
    });
    world.put_rows("Sessions", copies.collect()).await;
}

/// A transaction holds a hundred writes. Those who have more sessions are signed out everywhere, too.
#[tokio::test]
async fn an_account_with_many_sessions_changes_as_any_other() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    opens_many(&world).await;
    let there = moves(&ada, &session, THERE).await;
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1);
    let session = Session::of(&there.logs_in().await);
    opens_many(&world).await;
    changes_password(&there, &session, NEW).await.assert_ok();
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 2);
    assert!(is_alive(&world, &session).await);
    opens_many(&world).await;
    redeems(&world, "not-me", &ada.mailed("not-me").await).await.assert_ok();
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1);
    assert!(letters(&world).await.contains(&(ada.email.clone(), "set-password".to_owned())));
}
