//! What becomes of tokens when their account ends.

use serde_json::json;
use tests::{Person, Session, World};

use super::{DAY, TOKENS, made, revokes, rows, usual};

async fn asks_for_the_end(ada: &Person<'_>, session: &Session) {
    let body = json!({ "current_password": ada.password });
    ada.world.post_as(session, "/auth/delete-account", body).await.assert_ok();
}

/// As if what ends all tokens with the request for the end of the account had overlooked some.
async fn with_left_overs(world: &World, session: &Session, before: Vec<serde_json::Value>) {
    world.put_rows("Grants", before).await;
    assert!(rows(world, session, "PAT#").await.len() > 1);
}

#[tokio::test]
async fn they_are_forgotten_with_their_account_and_nobody_elses_are() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (_bob, other) = world.person().signed_in().await;
    made(&world, &other, &usual()).await;
    let (token, _) = made(&world, &session, &usual()).await;
    made(&world, &session, &usual()).await;
    let before = rows(&world, &session, "").await;
    let others = rows(&world, &other, "").await;
    asks_for_the_end(&ada, &session).await;
    world.post_as(&session, TOKENS, usual()).await.assert_status(401);
    world.advance(7 * DAY);
    with_left_overs(&world, &session, before).await;
    // First auth begins, then the others do their part.
    world.end_accounts().await;
    let ledger = world.rows("Endings").await;
    assert!(ledger[0]["begun_at"].is_number(), "{ledger:?}");
    world.end_accounts_to_the_last().await;
    assert!(rows(&world, &session, "").await.is_empty());
    assert!(world.rows("Endings").await.is_empty());
    assert_eq!(rows(&world, &other, "").await, others);
    // Nothing comes of what somebody still has.
    revokes(&world, &token).await.assert_ok();
    assert!(rows(&world, &session, "").await.is_empty());
}

#[tokio::test]
async fn no_account_is_gone_before_they_are() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    made(&world, &session, &usual()).await;
    let before = rows(&world, &session, "").await;
    asks_for_the_end(&ada, &session).await;
    world.put_rows("Grants", before).await;
    world.advance(7 * DAY);
    world.break_down(local::Service::DynamoDb, local::Mode::Unavailable, Some("BatchWriteItem"));
    for _ in 0..3 {
        world.end_accounts().await;
    }
    world.mend();
    let ledger = world.rows("Endings").await;
    assert!(ledger[0].get("grants_at").is_none() && !rows(&world, &session, "PAT#").await.is_empty(), "{ledger:?}");
    world.end_accounts_to_the_last().await;
    assert!(world.rows("Endings").await.is_empty() && rows(&world, &session, "").await.is_empty());
}
