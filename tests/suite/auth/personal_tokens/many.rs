//! More than a transaction holds, and what becomes of the rest when it fails.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Session, World};

use super::{
    copies,
    ends::{Ada, Deed},
    has_token, is_good, tokens_of,
};

/// So many tokens.
async fn makes_many(world: &World, session: &Session, count: usize) {
    has_token(world, session).await;
    world.put_rows("Grants", copies(world, session, count - 1).await).await;
}

/// So many sessions more.
async fn opens_many(world: &World, session: &Session, count: usize) {
    let rows = sessions_of(world, session).await;
    let copies = (0..count).map(|number| {
        let (mut row, id) = (rows[0].clone(), format!("6f1c0c3a-2b47-4c0e-9d5e-{number:0>12}"));
        (row["sk"], row["id"]) = (json!(format!("SESSION#{id}")), json!(id));
        row
    });
    world.put_rows("Sessions", copies.collect()).await;
}

async fn sessions_of(world: &World, session: &Session) -> Vec<Value> {
    let mut rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"] != "GUARD");
    rows
}

#[tokio::test]
async fn an_account_with_more_tokens_and_sessions_than_a_transaction_holds_is_shut_like_any_other() {
    for deed in Deed::ENDS {
        let world = World::start().await;
        let mut ada = Box::pin(Ada::about_to(deed, &world)).await;
        makes_many(&world, &ada.session, 130).await;
        opens_many(&world, &ada.session, 120).await;
        Box::pin(ada.does_it()).await.assert_ok();
        assert_eq!(tokens_of(&world, &ada.session).await.len(), 0, "{deed:?}");
        let stays = usize::from(!deed.ends_own_session());
        assert_eq!(sessions_of(&world, &ada.session).await.len(), stays, "{deed:?}");
    }
}

/// People sign in again; a program would stand still until somebody comes by.
#[tokio::test]
async fn a_change_that_fails_costs_sessions_before_it_costs_tokens() {
    let world = World::start().await;
    let mut ada = Ada::about_to(Deed::NotMe, &world).await;
    makes_many(&world, &ada.session, 40).await;
    let token = has_token(&world, &ada.session).await;
    opens_many(&world, &ada.session, 120).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    ada.does_it().await.assert_unavailable();
    world.mend();
    assert_eq!(tokens_of(&world, &ada.session).await.len(), 41);
    assert!(is_good(&world, &token).await);
    assert_eq!(sessions_of(&world, &ada.session).await.len(), 4, "what a transaction has room for beside the tokens");
    ada.does_it().await.assert_ok();
    assert_eq!((tokens_of(&world, &ada.session).await.len(), sessions_of(&world, &ada.session).await.len()), (0, 0));
}
