//! What waits for whom, and for how long.

use std::time::{Duration, Instant};

use futures::future::join_all;
use paper::Canned;
use serde_json::{Value, json};
use shared::{
    http::DEADLINE,
    ids::MailId,
    store::{Condition, Expected, Put, Update, Write, Written},
    tables::Row,
};
use tests::{Session, World, authorized};

use super::{FOR_EVER, assert_contended, outcomes};
use crate::{
    api_keys::keeps_a_key,
    logs::{self, emf::datapoints},
};

/// The row of a letter that nobody has written.
fn letter() -> MailId {
    MailId::random().unwrap()
}

#[tokio::test]
async fn every_kind_of_write_waits_for_the_transaction_at_its_row() {
    let world = World::start().await;
    let (store, time) = (world.store(), Duration::from_millis(300));
    let content = json!({ "word": "first" });
    let write = |row| Write::Put(Put::new(row, &content).unwrap());
    let transact = |row| store.transact(vec![write(row)]);
    let checked = |row| {
        store.transact(vec![write(Row::Mail(letter())), Write::Check(Expected::new(row).when(Condition::Exists))])
    };
    let taken = |written| matches!(written, Ok(Written::Done(())));
    world.pause_mail().await;
    world.aws.set_conflicts(time);
    for is_check in [false, true] {
        for kind in 0..4 {
            let row = Row::Mail(letter());
            // The row itself, or only a look at it.
            assert!(taken(transact(row).await));
            world.aws.no_conflicts().await;
            assert!(!is_check || taken(checked(row).await));
            assert!(is_check || taken(transact(row).await));
            let begun = Instant::now();
            let is_done = match kind {
                0 => taken(store.put(Put::new(row, &content).unwrap()).await),
                1 => {
                    let update = Update::new(row).set("word", &"second").unwrap().when(Condition::Exists);
                    matches!(store.update::<Value>(update).await, Ok(Written::Done(row)) if row["word"] == "second")
                }
                2 => store.delete(row).await.is_ok(),
                _ => taken(transact(row).await),
            };
            assert!(is_done, "{kind} {is_check}");
            let waited = begun.elapsed();
            assert!(waited > time / 2, "{kind}: {waited:?}");
        }
    }
}

#[tokio::test]
async fn requests_wait_for_the_transaction_of_the_one_before() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    world.aws.set_conflicts(Duration::from_millis(200));
    let session = Session::of(&ada.logs_in().await);
    let refreshed = world.refresh(&session.refresh).await;
    refreshed.assert_ok();
    let session = Session::of(&ada.logs_in().await);
    let ended = world.post("/auth/logout", json!({ "access_token": session.access })).await;
    ended.assert_ok();
    world.get_as(&session, "/auth/profile").await.assert_status(401);
}

#[tokio::test]
async fn whoever_waits_in_vain_may_come_again_and_no_version_is_to_blame() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &session, "name-of-a-key").await;
    let vault = world.impatient_vault();
    vault.warm_up().await;
    let changed = |key: &str| authorized("PATCH", key, &session.access, Some(json!({ "label": "another" })));
    let change = || world.send_to_vault(&vault, changed(&key));
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(FOR_EVER);
    change().await.assert_ok();
    ada.logs_in().await.assert_ok();

    logs::capture();
    let begun = Instant::now();
    let decrypt = authorized("POST", &format!("{key}/decrypt"), &session.access, None);
    let delete = authorized("DELETE", &key, &session.access, None);
    let others = join_all([decrypt, delete].map(|request| world.send_to_vault(&vault, request)));
    let (change_again, others, login) = tokio::join!(change(), others, ada.logs_in());
    // Before the deadline, which would look like a fault.
    assert!((DEADLINE / 2..DEADLINE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    others.iter().chain([&change_again, &login]).for_each(assert_contended);
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).map(|point| point.name).collect();
    assert_eq!(points, ["Contended"; 4]);

    world.aws.set_conflicts(Duration::ZERO);
    change().await.assert_ok();
}

/// A condition that fails because somebody else's change is half done says nothing: the others wait for the whole of it.
#[tokio::test]
async fn one_half_of_a_change_is_not_taken_for_the_whole() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let (account, id) = (json!(ada.user_id), json!(key.rsplit_once('/').unwrap().1));
    let (account, id) = (serde_json::from_value(account).unwrap(), serde_json::from_value(id).unwrap());
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"ipRestrict":true}"#)));
    world.aws.show_halves(true);
    for (method, rest, body) in [
        ("POST", "/test-connection", None),
        ("POST", "/decrypt", None),
        ("PATCH", "", Some(json!({ "label": "another" }))),
        ("DELETE", "", None),
    ] {
        world.aws.no_conflicts().await;
        world.aws.set_conflicts(Duration::from_millis(300));
        // The row of the key and not that of its credential.
        let change = Expected::new(Row::ExchangeKey(account, id)).when(Condition::Exists);
        assert!(matches!(world.store().transact(vec![Write::Check(change)]).await, Ok(Written::Done(()))));
        let reply = world.send(authorized(method, &format!("{key}{rest}"), &ada.access, body)).await;
        assert_eq!(reply.status, 200, "{method} {rest}: {reply:?}");
    }
    assert_eq!(outcomes(&world, &ada, "test").await, ["ok"]);
}
