//! What each route costs in calls to the tables.

use serde_json::json;
use tests::World;

use super::{TOKENS, made, revokes, usual};

#[tokio::test]
async fn a_token_costs_a_session_a_look_at_what_there_is_and_one_transaction() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (token, id) = made(&world, &session, &usual()).await;
    let cost = |calls: local::Calls| calls.dynamodb.into_iter().collect::<Vec<_>>();
    let named =
        |calls: &[(&str, u64)]| calls.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect::<Vec<_>>();
    let (reply, calls) = world.calls(world.post_as(&session, TOKENS, usual())).await;
    reply.assert_ok();
    // The session, the guard and the count.
    assert_eq!(cost(calls), named(&[("GetItem", 3), ("Query", 1), ("TransactWriteItems", 1)]));
    let (_, calls) = world.calls(world.get_as(&session, TOKENS)).await;
    assert_eq!(cost(calls), named(&[("GetItem", 1), ("Query", 1)]));
    let (_, calls) = world.calls(world.delete_as(&session, &format!("{TOKENS}/{id}"))).await;
    assert_eq!(cost(calls), named(&[("GetItem", 1), ("TransactWriteItems", 1)]));
    let (token, other) = (made(&world, &session, &usual()).await.0, token);
    let (_, calls) = world.calls(revokes(&world, &token)).await;
    assert_eq!(cost(calls), named(&[("GetItem", 1), ("TransactWriteItems", 1)]));
    // What is none costs a look at most, and what cannot be one, nothing.
    let (_, calls) = world.calls(revokes(&world, &other)).await;
    assert_eq!(cost(calls), named(&[("GetItem", 1)]));
    let (_, calls) = world.calls(revokes(&world, &session.access)).await;
    assert_eq!(cost(calls), named(&[]));
    let unworthy = json!({ "name": "", "scopes": [] });
    let (_, calls) = world.calls(world.post_as(&session, TOKENS, unworthy)).await;
    assert_eq!(cost(calls), named(&[("GetItem", 1)]));
}
