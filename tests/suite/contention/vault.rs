//! Forty at one key or one account of the vault, and keys that were tried for long.

use std::time::{Duration, Instant};

use paper::Canned;
use serde_json::{Value, json};
use shared::http::DEADLINE;
use tests::{Reply, Request, Session, World, authorized};

use super::{
    FEW, FOR_EVER, KEYS, MANY, TRANSACTION, assert_all_but_contended, assert_contended, count, events, outcomes,
    to_vault,
};
use crate::{
    api_keys::keeps_a_key,
    logs::{self, emf::datapoints},
};

fn changes(session: &Session, key: &str) -> Vec<Request> {
    let change =
        |number| authorized("PATCH", key, &session.access, Some(json!({ "label": format!("label {number}") })));
    (0..MANY).map(change).collect()
}

/// How many keys somebody has, as the row says that counts them.
async fn counted(world: &World, session: &Session) -> Value {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.iter().find(|row| row["sk"] == "COUNT").unwrap()["keys"].clone()
}

async fn key_row(world: &World, session: &Session) -> Option<Value> {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.into_iter().find(|row| row["sk"].as_str().unwrap().starts_with("KEY#"))
}

#[tokio::test]
async fn forty_changes_of_one_key() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let replies = to_vault(&world, (TRANSACTION, MANY, FEW), changes(&ada, &key)).await;
    assert_all_but_contended(&replies, 200);
    // A lost round waits for 80 ms on the average, so twenty of them end long before a deployed function gives up.
    let rounds = world.aws.calls().dynamodb[TRANSACTION];
    assert!(rounds <= 20 * u64::try_from(MANY).unwrap(), "{rounds}");
    // Each success is one change, and nothing else is.
    let done = count(&replies, 200);
    assert_eq!(key_row(&world, &ada).await.unwrap()["version"], json!(done + 1));
    assert_eq!(events(&world, &ada, "update").await, done);
}

#[tokio::test]
async fn forty_changes_and_deletions_of_one_key() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let mut requests = changes(&ada, &key);
    let delete = authorized("DELETE", &key, &ada.access, None);
    requests.iter_mut().step_by(2).for_each(|request| *request = delete.clone());
    let replies = to_vault(&world, (TRANSACTION, MANY, FEW), requests).await;
    let (deletions, changes): (Vec<_>, Vec<_>) = replies.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let [deletions, changes] = [deletions, changes].map(|some| some.into_iter().map(|(_, reply)| reply).collect());
    let (deletions, changes): (Vec<Reply>, Vec<Reply>) = (deletions, changes);
    assert_eq!(count(&deletions, 200), 1, "{deletions:?}");
    assert_eq!(count(&deletions, 404) + count(&deletions, 503), MANY / 2 - 1, "{deletions:?}");
    assert_eq!(count(&changes, 200) + count(&changes, 404) + count(&changes, 503), MANY / 2, "{changes:?}");
    assert!(key_row(&world, &ada).await.is_none());
    let told = (events(&world, &ada, "delete").await, events(&world, &ada, "update").await);
    assert_eq!(told, (1, count(&changes, 200)));
}

#[tokio::test]
async fn forty_new_keys_of_one_account_and_their_deletions() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let create = |number| {
        let name = format!("name-of-number-{number}");
        let body = json!({ "exchange": "binance", "label": "main", "api_key": name, "secret": "x" });
        authorized("POST", KEYS, &ada.access, Some(body))
    };
    let created = to_vault(&world, (TRANSACTION, MANY, FEW), (0..MANY).map(create).collect()).await;
    assert_all_but_contended(&created, 200);
    let keys: Vec<_> = created.iter().filter_map(|reply| reply.body["data"]["id"].as_str()).collect();
    assert_eq!(counted(&world, &ada).await, json!(keys.len()));
    let delete = |id: &&str| authorized("DELETE", &format!("{KEYS}{id}"), &ada.access, None);
    let deleted = to_vault(&world, (TRANSACTION, keys.len(), FEW), keys.iter().map(delete).collect()).await;
    assert_all_but_contended(&deleted, 200);
    assert_eq!(counted(&world, &ada).await, json!(keys.len() - count(&deleted, 200)));
}

#[tokio::test]
async fn forty_looks_at_one_secret() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let decrypt = authorized("POST", &format!("{key}/decrypt"), &ada.access, None);
    // Twenty a minute are let through.
    let replies = to_vault(&world, (TRANSACTION, 20, FEW), vec![decrypt; MANY]).await;
    assert_eq!(count(&replies, 429), MANY - 20);
    assert_eq!(count(&replies, 200) + count(&replies, 503), 20, "{replies:?}");
    assert_eq!(events(&world, &ada, "decrypt").await, count(&replies, 200));
}

/// Exchanges have had five of the eight seconds before anything is to be written, and then others are in the way all the time.
#[tokio::test]
async fn a_key_that_was_tried_for_long_is_stored_in_time_or_not_at_all() {
    let (world, ada, vault) = with_a_slow_exchange().await;
    let create = |name: &str, verify: bool| {
        let body = json!({ "exchange": "binance", "label": "main", "api_key": name, "secret": "x", "verify": verify });
        world.send_to_vault(&vault, authorized("POST", KEYS, &ada.access, Some(body)))
    };
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(FOR_EVER);
    create("the-first-name-1", false).await.assert_ok();
    gives_up_in_time(create("the-second-name2", true)).await;
    assert_eq!(outcomes(&world, &ada, "test").await, ["ok"]);
}

#[tokio::test]
async fn a_test_that_took_long_is_recorded_in_time_even_where_its_key_cannot_be_written() {
    let (world, ada, vault) = with_a_slow_exchange().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let request =
        |method, path: String, body| world.send_to_vault(&vault, authorized(method, &path, &ada.access, body));
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(FOR_EVER);
    request("PATCH", key.clone(), Some(json!({ "label": "another" }))).await.assert_ok();
    gives_up_in_time(request("POST", format!("{key}/test-connection"), None)).await;
    assert_eq!(outcomes(&world, &ada, "test").await, ["ok"]);
}

/// Somebody, and a function that has no more time than a deployed one, whose exchanges take five seconds.
async fn with_a_slow_exchange() -> (World, Session, api_keys::Vault) {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let vault = world.impatient_vault();
    vault.warm_up().await;
    world.aws.paper().set_canned(Some(Canned { delay_ms: 5_000, ..Canned::new(200, r#"{"ipRestrict":true}"#) }));
    (world, ada, vault)
}

/// Before the deadline, which would look like a fault, and with time for some rounds.
async fn gives_up_in_time(request: impl Future<Output = Reply>) {
    logs::capture();
    let begun = Instant::now();
    assert_contended(&request.await);
    assert!((Duration::from_secs(6)..DEADLINE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).map(|point| point.name).collect();
    assert_eq!(points, ["ConnectionTests", "Contended"]);
}
