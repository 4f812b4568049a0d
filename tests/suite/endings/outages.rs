//! What fails in one round is done in a later one; and one account that fails holds up no other.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Person, Session, World};

use super::{DAY, ending, rows_about};
use crate::logs;

/// Everything is done: nothing is left but what has an end, or is a tombstone.
async fn is_gone(ada: &Person<'_>, session: &Session) -> bool {
    let rows = rows_about(ada.world, ada, session).await;
    rows.iter().all(|(table, row)| match *table {
        "Accounts" => row.get("ended_at").is_some(),
        _ => row.get("ttl").is_some(),
    })
}

async fn letters(ada: &Person<'_>) -> usize {
    let rows = ada.world.rows_of("Mail", "MAIL#").await;
    rows.iter().filter(|row| row["to"] == ada.email && row["news"]["what"] == "deleted").count()
}

#[tokio::test]
async fn an_outage_in_each_step_heals_by_itself() {
    let operations = ["GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem"];
    for operation in operations {
        for (broken, mode) in [(0, Mode::Unavailable), (1, Mode::Throttled), (1, Mode::Unavailable), (1, Mode::Lost)] {
            let world = World::start().await;
            let (ada, session) = ending(&world).await;
            world.advance(7 * DAY);
            for round in 0..broken {
                world.end_accounts().await;
                assert!(!is_gone(&ada, &session).await, "{operation}: not before round {round}");
            }
            world.break_down(Service::DynamoDb, mode, Some(operation));
            world.end_accounts().await;
            world.mend();
            world.end_accounts_to_the_last().await;
            assert!(is_gone(&ada, &session).await, "{operation} {mode:?} in round {broken}");
            assert_eq!(letters(&ada).await, 1, "{operation} {mode:?} in round {broken}");
        }
    }
}

#[tokio::test]
async fn an_outage_of_the_request_leaves_nothing_half_done() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    super::asks_for_the_end(&ada, &session).await.assert_unavailable();
    world.mend();
    assert!(world.rows("Endings").await.is_empty());
    world.get_as(&session, "/auth/profile").await.assert_ok();
    super::asks_for_the_end(&ada, &session).await.assert_ok();
    let token = ada.mailed("keep-account").await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    super::keeps(&world, &token).await.assert_unavailable();
    world.mend();
    assert_eq!(ada.logs_in().await.status, 403);
    super::keeps(&world, &token).await.assert_ok();
    ada.logs_in().await.assert_ok();
}

/// The row of the ledger that is somebody's.
async fn row_of(world: &World, session: &Session) -> Value {
    let mut rows = world.rows("Endings").await.into_iter();
    rows.find(|row| row["sk"].to_string().contains(&session.user_id)).expect("a row")
}

#[tokio::test]
async fn a_row_that_nobody_can_read_or_that_lies_holds_up_no_other() {
    logs::capture();
    let world = World::start().await;
    let (ada, of_ada) = ending(&world).await;
    let (bob, of_bob) = ending(&world).await;
    let (eve, of_eve) = world.person().signed_in().await;
    world.tamper("Endings", &row_of(&world, &of_ada).await, "begun_at", json!("today")).await;
    // Whoever can write to the ledger has nobody deleted by that.
    let due = world.now().as_second();
    let sk = |account: &str| json!(format!("{due:0>12}#{account}"));
    let rows = [&of_eve.user_id, "nobody"].map(|account| json!({ "pk": "ENDING", "sk": sk(account) }));
    world.put_rows("Endings", rows.into()).await;
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    assert!(is_gone(&bob, &of_bob).await);
    assert_eq!(letters(&bob).await, 1);
    assert_eq!(ada.logs_in().await.status, 403, "nothing has begun");
    eve.logs_in().await.assert_ok();
    assert_eq!(world.rows("Endings").await.len(), 3);

    world.advance(DAY + 1);
    logs::lines();
    logs::capture();
    world.end_accounts().await;
    let lines = logs::lines();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!((of("endings_round"), of("ending_failed")), (4, 9), "{lines:#?}");
    let round = lines.iter().find(|line| line["event"] == "endings_round").unwrap();
    assert_eq!(round["overdue_s"], 8 * DAY + 1);

    // Mended, it goes its way.
    let mut mended = row_of(&world, &of_ada).await;
    mended.as_object_mut().unwrap().remove("begun_at");
    let sk = mended["sk"].clone();
    world.tamper("Endings", &mended, "sk", sk).await;
    world.end_accounts_to_the_last().await;
    assert!(is_gone(&ada, &of_ada).await);
}

#[tokio::test]
async fn a_key_that_nobody_can_read_is_destroyed_like_the_others() {
    let world = World::start().await;
    let (ada, session) = ending(&world).await;
    let rows = world.rows("ExchangeKeys").await;
    let key = rows.iter().find(|row| row["sk"].to_string().starts_with("\"KEY#")).unwrap();
    world.tamper("ExchangeKeys", key, "created_at", json!("long ago")).await;
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    let rows = rows_about(&world, &ada, &session).await;
    let left: Vec<_> = rows.iter().filter(|(table, _)| *table == "ExchangeKeys").map(|(_, row)| &row["sk"]).collect();
    // The credential was found by the record alone.
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.contains(&&json!("COUNT")) && left.contains(&&json!("FINGERPRINT")), "{left:?}");
}
