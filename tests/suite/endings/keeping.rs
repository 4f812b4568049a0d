//! The link that keeps an account.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Person, Reply, Request, Session, World};

use super::{DAY, asks_for_the_end, ending, keeps};
use crate::auth::{
    changes::overtaken,
    reset_races::{hold, in_between, is_held},
};

/// The account is as it was, but for its sessions.
async fn has_stayed(ada: &Person<'_>) {
    let world = ada.world;
    let account = ada.account().await;
    assert!(account.get("ending").is_none(), "{account}");
    assert!(world.rows("Endings").await.is_empty());
    let session = Session::of(&ada.logs_in().await);
    assert_eq!(world.get_as(&session, "/auth/profile").await.body["full_name"], "Ada Lovelace");
    let keys = world.get_as(&session, "/api/v1/api-keys/").await;
    let key = keys.body["data"]["api_keys"][0]["id"].as_str().unwrap();
    world.post_as(&session, &format!("/api/v1/api-keys/{key}/decrypt"), json!(null)).await.assert_ok();
    assert_eq!(world.get_as(&session, "/api/kyc/status").await.body["status"], "approved");
}

async fn actions(world: &World) -> Vec<String> {
    let mut rows = world.rows_of("Accounts", "ACCOUNT#").await;
    rows.retain(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("EVENT#")));
    rows.sort_by_key(|row| row["sk"].to_string());
    rows.iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_account_can_be_kept_until_its_end_begins_and_not_after() {
    for (after, status) in [(0, 200), (7 * DAY - 1, 200), (7 * DAY, 200), (30 * DAY, 200)] {
        let world = World::start().await;
        let (ada, _) = ending(&world).await;
        let token = ada.mailed("keep-account").await;
        world.advance(after);
        assert_eq!(keeps(&world, &token).await.status, status, "{after}");
        // Its time comes, and nothing is due.
        world.advance(8 * DAY);
        world.end_accounts_to_the_last().await;
        has_stayed(&ada).await;
        assert_eq!(actions(&world).await[..2], ["deletion_requested", "account_kept"]);
    }
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let token = ada.mailed("keep-account").await;
    world.advance(7 * DAY);
    for round in 0..4 {
        world.end_accounts().await;
        assert_eq!(keeps(&world, &token).await.status, 400, "after round {round}");
    }
}

#[tokio::test]
async fn a_link_keeps_once_and_says_the_same_again_until_the_account_is_to_end_again() {
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let token = ada.mailed("keep-account").await;
    keeps(&world, &token).await.assert_ok();
    let before = ada.account().await;
    keeps(&world, &token).await.assert_ok();
    assert_eq!(ada.account().await, before, "the second time it does nothing");
    let session = Session::of(&ada.logs_in().await);
    asks_for_the_end(&ada, &session).await.assert_ok();
    assert_eq!(keeps(&world, &token).await.status, 400, "that was another time");
    assert_eq!(ada.logs_in().await.status, 403);
    let newer = ada.mailed("keep-account").await;
    keeps(&world, &newer).await.assert_ok();
    assert_eq!(keeps(&world, &token).await.status, 400);
    has_stayed(&ada).await;
}

#[tokio::test]
async fn no_other_link_keeps_an_account_and_nothing_but_a_post_does() {
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let (bob, _) = ending(&world).await;
    let (own, others) = (ada.mailed("keep-account").await, bob.mailed("not-me").await);
    let mut forged = own.clone().into_bytes();
    forged[3] = if forged[3] == b'A' { b'B' } else { b'A' };
    let proof = ada.mailed("verify-email").await;
    for token in [String::from_utf8(forged).unwrap(), others, proof, String::new(), "x".to_owned()] {
        let refused = keeps(&world, &token).await;
        assert_eq!((refused.status, &refused.body["success"]), (400, &json!(false)));
    }
    for method in ["GET", "HEAD"] {
        let path = format!("/auth/keep-account?token={own}");
        let reply = world.send(Request { method, path, ..Request::default() }).await;
        assert_eq!(reply.status, 405);
    }
    assert_eq!(world.rows("Endings").await.len(), 2);
    assert_eq!([ada.logs_in().await.status, bob.logs_in().await.status], [403, 403]);
}

fn count(replies: &[Reply], status: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_who_keep_an_account_at_once_one_does_it_and_all_are_told() {
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let token = ada.mailed("keep-account").await;
    world.aws.no_conflicts().await;
    world.hold("TransactWriteItems", 20);
    let replies = join_all((0..20).map(|_| keeps(&world, &token))).await;
    assert_eq!(count(&replies, 200), 20, "{replies:?}");
    let kept = actions(&world).await.into_iter().filter(|action| action == "account_kept").count();
    assert_eq!(kept, 1);
    has_stayed(&ada).await;
}

/// Whoever has read that the account is to be deleted keeps it, or finds it kept.
#[tokio::test]
async fn a_link_that_is_overtaken_by_itself_keeps_once() {
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let token = ada.mailed("keep-account").await;
    let (late, first) = overtaken(&world, "TransactWriteItems", keeps(&world, &token), keeps(&world, &token)).await;
    assert_eq!((late.status, first.status), (200, 200), "{late:?}");
    assert_eq!(actions(&world).await, ["deletion_requested", "account_kept"]);
    has_stayed(&ada).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_who_delete_an_account_at_once_one_does_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let replies = join_all((0..20).map(|_| asks_for_the_end(&ada, &session))).await;
    assert_eq!(count(&replies, 200), 1, "{replies:?}");
    let others = [401, 409, 429].map(|status| count(&replies, status)).iter().sum::<usize>();
    assert_eq!(others, 19, "{replies:?}");
    assert_eq!(world.rows("Endings").await.len(), 1);
    assert_eq!(actions(&world).await, ["deletion_requested"]);
    assert_eq!(ada.all_mailed("keep-account").await.len(), 1);
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
    // Who has the right password has failed at nothing.
    let guard = &world.rows_of("Sessions", "ACCOUNT#").await[0];
    assert!(guard["failures"].as_u64().unwrap_or_default() < 5, "{guard}");
}

#[tokio::test]
async fn whoever_is_first_of_the_keeper_and_the_end_wins() {
    // The end comes first.
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let token = ada.mailed("keep-account").await;
    world.advance(7 * DAY);
    world.aws.no_conflicts().await;
    hold(&world);
    let end = async {
        is_held(&world).await;
        in_between(&world, world.end_accounts()).await;
        world.aws.no_conflicts().await;
        world.mend();
    };
    let (kept, ()) = tokio::join!(keeps(&world, &token), end);
    assert_eq!(kept.status, 400);
    world.end_accounts_to_the_last().await;
    assert_eq!(ada.logs_in().await.status, 401);

    // The keeper does.
    let world = World::start().await;
    let (ada, _) = ending(&world).await;
    let token = ada.mailed("keep-account").await;
    world.advance(7 * DAY);
    world.aws.no_conflicts().await;
    hold(&world);
    let keeper = async {
        is_held(&world).await;
        let kept: Value = in_between(&world, keeps(&world, &token)).await.body;
        world.aws.no_conflicts().await;
        world.mend();
        kept
    };
    let ((), kept) = tokio::join!(world.end_accounts(), keeper);
    assert_eq!(kept["success"], true, "{kept}");
    world.end_accounts_to_the_last().await;
    has_stayed(&ada).await;
}
