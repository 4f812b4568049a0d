//! Two at once at one key, or for one credential: one order wins, and nobody ever sees a mixture. All that compete have read
//! the same before the first of them writes.

mod changes;
mod halves;
mod left;
mod uses;

use serde_json::Value;
use tests::{Reply, World};

use crate::api_keys::{Owner, rows_but_events};

const TRANSACTION: &str = "TransactWriteItems";

/// Both, whose first transactions take place together.
async fn at_once(
    world: &World,
    one: impl Future<Output = Reply>,
    other: impl Future<Output = Reply>,
) -> (Reply, Reply) {
    world.hold(TRANSACTION, 2);
    tokio::join!(one, other)
}

/// A request that has read all it needs, and before it writes, `rows` are as somebody else has left them.
async fn overtaken(world: &World, request: impl Future<Output = Reply>, rows: Vec<Value>) -> Reply {
    world.aws.reset_calls();
    world.hold(TRANSACTION, 1_000);
    let overtake = async {
        world.called(TRANSACTION, 1).await;
        set_rows(world, rows).await;
        world.mend();
    };
    tokio::join!(request, overtake).0
}

/// The rows as a change leaves them, which then has not yet taken place.
async fn left_by(ada: &Owner<'_>, id: &str, change: Value) -> Vec<Value> {
    let before = rows_but_events(ada.world).await;
    ada.changes(id, change).await.assert_ok();
    let after = rows_but_events(ada.world).await;
    set_rows(ada.world, before).await;
    after
}

/// The table as it was but for events.
async fn set_rows(world: &World, rows: Vec<Value>) {
    for row in rows_but_events(world).await {
        if !rows.iter().any(|kept| (&kept["pk"], &kept["sk"]) == (&row["pk"], &row["sk"])) {
            world.remove("ExchangeKeys", &row).await;
        }
    }
    world.put_rows("ExchangeKeys", rows).await;
}

fn count(replies: &[Reply], status: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

fn told(events: &[Value], action: &str) -> usize {
    events.iter().filter(|event| event["action"] == action).count()
}
