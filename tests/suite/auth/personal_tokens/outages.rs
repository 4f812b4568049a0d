//! A table is down while tokens are to end: nothing ends then, and all of them when it is back.

use std::collections::BTreeMap;

use local::{Mode, Service};
use serde_json::Value;
use tests::World;

use super::{
    ends::{Ada, Deed},
    has_token, is_good, tokens_of,
};

/// All rows but those that count tries and letters.
async fn everything(world: &World) -> BTreeMap<String, Value> {
    let mut rows = BTreeMap::new();
    for table in ["Accounts", "Sessions", "Mail", "Endings", "Grants"] {
        let found = world.rows(table).await.into_iter().filter(|row| row["sk"] != "GUARD");
        rows.extend(found.map(|row| (format!("{table} {} {}", row["pk"], row["sk"]), row)));
    }
    rows
}

#[tokio::test]
async fn tokens_end_with_the_whole_change_or_not_at_all() {
    for deed in Deed::ENDS.into_iter().filter(|deed| !deed.is_of_operators()) {
        let world = World::start().await;
        let mut ada = Box::pin(Ada::about_to(deed, &world)).await;
        let token = has_token(&world, &ada.session).await;
        world.aws.settled().await.unwrap();
        let before = everything(&world).await;
        for operation in ["GetItem", "Query", "TransactWriteItems"] {
            world.break_down(Service::DynamoDb, Mode::Unavailable, Some(operation));
            Box::pin(ada.does_it()).await.assert_unavailable();
            world.mend();
            assert!(everything(&world).await == before, "{deed:?}: {operation}");
        }
        assert!(is_good(&world, &token).await, "{deed:?}");
        world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
        Box::pin(ada.does_it()).await.assert_ok();
        assert!(!is_good(&world, &token).await && tokens_of(&world, &ada.session).await.is_empty(), "{deed:?}");
    }
}
