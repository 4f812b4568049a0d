//! Many at once: as many tokens as there may be, one end, and none that outlives what has ended meanwhile.

use futures::future::join_all;
use serde_json::json;
use tests::World;

use super::{TOKENS, count, happened, has_tokens, listed, made, revokes, rows, told, usual};
use crate::auth::changes::overtaken;

const TRANSACTION: &str = "TransactWriteItems";

#[tokio::test]
async fn of_twenty_who_make_the_last_one_one_does() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    has_tokens(&world, &session, 49).await;
    world.hold(TRANSACTION, 20);
    let replies = join_all((0..20).map(|_| world.post_as(&session, TOKENS, usual()))).await;
    assert_eq!((count(&replies, 200), count(&replies, 409)), (1, 19), "{replies:?}");
    assert_eq!(rows(&world, &session, "PAT#").await.len(), 50);
    assert_eq!(rows(&world, &session, "COUNT").await[0]["opened"], 2);
    assert_eq!(happened(&world, &session).await.len(), 2);
    assert_eq!(told(&world, &ada.email).await.len(), 2);
}

/// Neither is in the other's way: the count alone tells the slower one.
#[tokio::test]
async fn whoever_has_seen_room_for_one_looks_again_where_somebody_was_quicker() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    has_tokens(&world, &session, 49).await;
    let [slow, quick] = [(); 2].map(|()| world.post_as(&session, TOKENS, usual()));
    let (slow, quick) = Box::pin(overtaken(&world, TRANSACTION, slow, quick)).await;
    quick.assert_ok();
    slow.assert_status(409);
    assert_eq!(rows(&world, &session, "PAT#").await.len(), 50);
}

#[tokio::test]
async fn twenty_who_have_room_all_make_one() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    world.hold(TRANSACTION, 20);
    let replies = join_all((0..20).map(|_| world.post_as(&session, TOKENS, usual()))).await;
    assert_eq!(count(&replies, 200), 20, "{replies:?}");
    assert_eq!(listed(&world, &session).await.len(), 20);
    assert_eq!(rows(&world, &session, "COUNT").await[0]["opened"], 20);
    assert_eq!(happened(&world, &session).await.len(), 20);
}

#[tokio::test]
async fn of_twenty_who_end_a_token_one_does() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (_, id) = made(&world, &session, &usual()).await;
    world.hold(TRANSACTION, 20);
    let path = format!("{TOKENS}/{id}");
    let replies = join_all((0..20).map(|_| world.delete_as(&session, &path))).await;
    assert_eq!((count(&replies, 200), count(&replies, 404)), (1, 19), "{replies:?}");
    assert_eq!(happened(&world, &session).await.len(), 2);
}

#[tokio::test]
async fn of_twenty_who_have_found_a_token_one_ends_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (token, _) = made(&world, &session, &usual()).await;
    world.hold(TRANSACTION, 20);
    let replies = join_all((0..20).map(|_| revokes(&world, &token))).await;
    assert_eq!(count(&replies, 200), 20, "{replies:?}");
    assert_eq!(happened(&world, &session).await[1..], [(json!("token_ended"), json!("token"))]);
    assert_eq!(told(&world, &ada.email).await.len(), 2);
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_makes_none() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let signs_out = async {
        world.post("/auth/logout", json!({ "access_token": session.access })).await.assert_ok();
    };
    let (reply, ()) = overtaken(&world, TRANSACTION, world.post_as(&session, TOKENS, usual()), signs_out).await;
    reply.assert_status(401);
    assert!(rows(&world, &session, "").await.is_empty());
}

/// As by a change of the password, whose session stays: only the guard tells that there was one.
#[tokio::test]
async fn a_token_is_made_on_what_is_so_when_it_is_made() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let guard = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let guard = guard.iter().find(|row| row["sk"] == "GUARD").unwrap();
    let ends_what_was_before = world.tamper("Sessions", guard, "generation", json!(7));
    let makes = world.post_as(&session, TOKENS, usual());
    let (reply, ()) = Box::pin(overtaken(&world, TRANSACTION, makes, ends_what_was_before)).await;
    reply.assert_ok();
    assert_eq!(world.times_called("Query"), 2, "it has looked again");
    assert_eq!(listed(&world, &session).await.len(), 1);
}
