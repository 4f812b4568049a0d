//! Ending tokens, by their owner.

use serde_json::json;
use shared::ids::TokenId;
use tests::World;

use super::{TOKENS, happened, listed, made, rows, usual};

#[tokio::test]
async fn a_token_ends_once_and_no_other_does() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (_bob, other) = world.person().signed_in().await;
    let (_, id) = made(&world, &session, &usual()).await;
    let (_, stays) = made(&world, &session, &usual()).await;
    let before = rows(&world, &session, "").await;
    // Somebody else's, one that there is not, and what can be none.
    let unknown = TokenId::random().unwrap().to_string();
    for (session, id) in [(&other, id.as_str()), (&session, &unknown), (&session, "7"), (&session, &id.to_uppercase())]
    {
        let reply = world.delete_as(session, &format!("{TOKENS}/{id}")).await;
        assert_eq!(reply.assert_status(404)["data"]["code"], "TOKEN_NOT_FOUND");
    }
    assert_eq!(rows(&world, &session, "").await, before);
    assert!(rows(&world, &other, "").await.is_empty());
    // An older sign-in will do: whoever has lost a token must not have to look for the password first.
    world.advance(600);
    world.delete_as(&session, &format!("{TOKENS}/{id}")).await.assert_ok();
    world.delete_as(&session, &format!("{TOKENS}/{id}")).await.assert_status(404);
    let left = listed(&world, &session).await;
    assert_eq!(left.iter().map(|token| &token["id"]).collect::<Vec<_>>(), [&json!(stays)]);
    let (was_made, ended) = ((json!("token_made"), json!("user")), (json!("token_ended"), json!("user")));
    assert_eq!(happened(&world, &session).await, [was_made.clone(), was_made, ended]);
    assert_eq!(rows(&world, &session, "COUNT").await[0]["opened"], 2, "it counts what was made");
}
