//! The end of an account against what its owner, or a thief, does at the same moment: competitors are held at their first write.

use serde_json::{Value, json};
use tests::{Person, Session, World};

use super::{DAY, asks_for_the_end, rows_about, with_everything};
use crate::auth::reset_races::{hold, in_between, is_held};

const KEYS: &str = "/api/v1/api-keys/";

fn a_key() -> Value {
    json!({ "exchange": "binance", "label": "late", "api_key": "a-key-that-comes-late", "secret": "a-secret" })
}

/// Ada, with all that is needed for a race.
async fn about_to_end(world: &World) -> (Person<'_>, Session, String) {
    let (ada, session) = with_everything(world).await;
    let listed = world.get_as(&session, KEYS).await;
    let key = format!("{KEYS}{}", listed.body["data"]["api_keys"][0]["id"].as_str().unwrap());
    world.pause_mail().await;
    world.aws.no_conflicts().await;
    (ada, session, key)
}

/// `work` begins, is held at its first transaction, and goes on when `meanwhile` is through.
async fn overtaken<T, U>(world: &World, work: impl Future<Output = T>, meanwhile: impl Future<Output = U>) -> (T, U) {
    hold(world);
    let meanwhile = async {
        is_held(world).await;
        let done = in_between(world, meanwhile).await;
        world.aws.no_conflicts().await;
        world.mend();
        done
    };
    tokio::join!(work, meanwhile)
}

async fn no_session_is_left(world: &World, sessions: &[Session]) {
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
    for session in sessions {
        assert_eq!(world.get_as(session, "/auth/profile").await.status, 401);
        assert_eq!(world.refresh(&session.refresh).await.status, 401);
    }
}

/// The week goes by, and everybody does their part.
async fn ends(world: &World) {
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
}

/// Nothing of the vault is left but the row that keeps new keys out.
async fn no_key_is_left(world: &World, ada: &Person<'_>, session: &Session) {
    let rows = rows_about(world, ada, session).await.into_iter();
    let left: Vec<_> = rows.filter(|(table, row)| *table == "ExchangeKeys" && row["sk"] != "COUNT").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn what_overtakes_a_deletion_ends_with_it() {
    let world = World::start().await;
    let (ada, session, key) = about_to_end(&world).await;
    let others = async {
        let refreshed = Session::of(&world.refresh(&session.refresh).await);
        world.break_times(local::Service::DynamoDb, local::Mode::Throttled, "TransactWriteItems", 1);
        let signed_in = Session::of(&ada.logs_in().await);
        world.aws.no_conflicts().await;
        world.post_as(&session, KEYS, a_key()).await.assert_ok();
        world.post_as(&session, &format!("{key}/decrypt"), json!(null)).await.assert_ok();
        [refreshed, signed_in]
    };
    let (asked, [refreshed, signed_in]) = overtaken(&world, asks_for_the_end(&ada, &session), others).await;
    asked.assert_ok();
    no_session_is_left(&world, &[session.clone(), refreshed, signed_in]).await;
    ends(&world).await;
    no_key_is_left(&world, &ada, &session).await;
}

#[tokio::test]
async fn a_login_that_was_judged_before_a_deletion_opens_nothing_after_it() {
    let world = World::start().await;
    let (ada, session, _) = about_to_end(&world).await;
    let (login, asked) = overtaken(&world, ada.logs_in(), asks_for_the_end(&ada, &session)).await;
    asked.assert_ok();
    assert_eq!((login.status, &login.body["session"]), (401, &json!(null)));
    no_session_is_left(&world, &[session]).await;
}

#[tokio::test]
async fn a_login_that_was_judged_before_the_very_end_opens_nothing_after_it() {
    let world = World::start().await;
    let (ada, session, _) = about_to_end(&world).await;
    let the_end = async {
        world.aws.no_conflicts().await;
        asks_for_the_end(&ada, &session).await.assert_ok();
        ends(&world).await;
    };
    let (login, ()) = overtaken(&world, ada.logs_in(), the_end).await;
    assert_eq!(login.status, 401, "{login:?}");
    assert!(world.rows_of("Sessions", "ACCOUNT#").await.is_empty());
}

#[tokio::test]
async fn no_key_outlives_its_account_whenever_it_comes_in() {
    for is_late in [false, true] {
        let world = World::start().await;
        let (ada, session, _) = about_to_end(&world).await;
        let meanwhile = async {
            asks_for_the_end(&ada, &session).await.assert_ok();
            if is_late {
                world.aws.no_conflicts().await;
                ends(&world).await;
            }
        };
        let (created, ()) = overtaken(&world, world.post_as(&session, KEYS, a_key()), meanwhile).await;
        // What is stored looks in its own transaction whether the session lives.
        assert_eq!(created.status, 401, "{created:?}");
        if !is_late {
            ends(&world).await;
        }
        no_key_is_left(&world, &ada, &session).await;
    }
}

#[tokio::test]
async fn what_is_done_to_a_key_that_is_destroyed_meanwhile_does_not_bring_it_back() {
    for (path, body) in [("/decrypt", json!(null)), ("", json!({ "secret": "another" })), ("", json!({ "label": "x" }))]
    {
        let world = World::start().await;
        let (ada, session, key) = about_to_end(&world).await;
        let the_end = async {
            asks_for_the_end(&ada, &session).await.assert_ok();
            world.aws.no_conflicts().await;
            ends(&world).await;
        };
        let request = async {
            let path = format!("{key}{path}");
            if body.is_null() {
                world.post_as(&session, &path, body.clone()).await
            } else {
                world.patch_as(&session, &path, body.clone()).await
            }
        };
        let (late, ()) = overtaken(&world, request, the_end).await;
        assert_eq!(late.status, 401, "{late:?}");
        no_key_is_left(&world, &ada, &session).await;
    }
}
