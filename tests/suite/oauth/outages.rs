//! The tables are out of order: 503, and nothing half-written; and answers that get lost.

use local::{Mode, Service};
use tests::World;

use super::{TOKENS, happened, listed, made, revokes, rows, usual};

const TRANSACTION: &str = "TransactWriteItems";

#[tokio::test]
async fn without_the_tables_nothing_is_made_or_ended_and_nothing_half_written() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (token, id) = made(&world, &session, &usual()).await;
    let path = format!("{TOKENS}/{id}");
    let all = async || (rows(&world, &session, "").await, world.mails(&ada.email).await.len());
    let before = all().await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        for operation in [None, Some(TRANSACTION)] {
            world.break_down(Service::DynamoDb, mode, operation);
            world.post_as(&session, TOKENS, usual()).await.assert_unavailable();
            world.delete_as(&session, &path).await.assert_unavailable();
            let reply = revokes(&world, &token).await;
            assert_eq!(reply.assert_status(503)["error"], "temporarily_unavailable");
            assert_eq!(reply.header("retry-after"), Some("5"));
            world.mend();
            assert_eq!(all().await, before, "{mode:?} {operation:?}");
        }
    }
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    world.get_as(&session, TOKENS).await.assert_unavailable();
    world.get_as(&session, "/oauth/export").await.assert_unavailable();
    world.post_as(&session, TOKENS, usual()).await.assert_unavailable();
    world.mend();
    assert_eq!(all().await, before);
    listed(&world, &session).await;
    made(&world, &session, &usual()).await;
}

/// The client of AWS asks again under the same name, and is told that it has taken place.
#[tokio::test]
async fn what_took_place_though_its_answer_was_lost_has_happened_once() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    world.break_times(Service::DynamoDb, Mode::Lost, TRANSACTION, 1);
    let (token, _) = made(&world, &session, &usual()).await;
    assert_eq!((rows(&world, &session, "PAT#").await.len(), happened(&world, &session).await.len()), (1, 1));
    world.break_times(Service::DynamoDb, Mode::Lost, TRANSACTION, 1);
    revokes(&world, &token).await.assert_ok();
    assert_eq!((rows(&world, &session, "PAT#").await.len(), happened(&world, &session).await.len()), (0, 2));
    let (_, id) = made(&world, &session, &usual()).await;
    world.break_times(Service::DynamoDb, Mode::Lost, TRANSACTION, 1);
    world.delete_as(&session, &format!("{TOKENS}/{id}")).await.assert_ok();
    assert_eq!((rows(&world, &session, "PAT#").await.len(), happened(&world, &session).await.len()), (0, 4));
}
