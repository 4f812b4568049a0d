//! From the request to the last trace, with the clock moved.

use serde_json::{Value, json};
use tests::{Person, Session, World};

use super::{DAY, asks_for_the_end, ending, keeps, rows_about, with_everything};
use crate::{
    auth::{
        changes::moves,
        personal_tokens::{is_good, tokens_of},
    },
    kyc::{approval, genuine},
};

/// What is left of somebody, as table and sort key or kind.
async fn traces(world: &World, ada: &Person<'_>, session: &Session) -> Vec<String> {
    let rows = rows_about(world, ada, session).await;
    let mut traces: Vec<_> = rows.iter().map(|(table, row)| format!("{table} {}", named(table, row))).collect();
    traces.sort();
    traces
}

fn named(table: &str, row: &Value) -> String {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    match table {
        "Mail" => row["news"]["what"].as_str().map_or_else(|| text("kind"), str::to_owned),
        "Limits" => text("pk").split('#').take(3).collect::<Vec<_>>().join("#"),
        _ => text("sk").split('#').next().unwrap_or_default().to_owned(),
    }
}

#[tokio::test]
async fn a_week_after_the_request_nothing_is_left_but_what_the_law_wants() {
    let world = World::start().await;
    let (ada, session) = with_everything(&world).await;
    let other = Session::of(&ada.logs_in().await);
    let token = world.token(&other, &["profile"]).await;
    let asked = asks_for_the_end(&ada, &session).await;
    asked.assert_ok();
    let due = world.now() + std::time::Duration::from_secs(7 * DAY);
    assert_eq!(asked.body["deletes_at"], due.to_string());

    // Sessions and personal tokens are over at once, and everything else is still there.
    assert!(!is_good(&world, &token).await && tokens_of(&world, &session).await.is_empty());
    for session in [&session, &other] {
        assert_eq!(world.get_as(session, "/auth/profile").await.status, 401);
        assert_eq!(world.get_as(session, "/api/v1/api-keys/").await.status, 401);
        assert_eq!(world.refresh(&session.refresh).await.status, 401);
    }
    let login = ada.logs_in().await;
    let told = "This account is being deleted; a mail lets you keep it";
    assert_eq!((login.status, &login.body["error"]), (403, &json!(told)));
    assert_eq!(ada.rival("a guess").logs_in().await.status, 401, "only the owner is told");
    world.advance(7 * DAY - 1);
    world.end_accounts_to_the_last().await;
    assert_eq!(ada.logs_in().await.status, 403);
    assert!(rows_about(&world, &ada, &session).await.iter().any(|(table, _)| *table == "ExchangeKeys"));

    world.advance(1);
    let token = ada.mailed("keep-account").await;
    world.end_accounts_to_the_last().await;
    assert_eq!(keeps(&world, &token).await.status, 400);
    assert_eq!(ada.logs_in().await.status, 401);

    let left = traces(&world, &ada, &session).await;
    let expected = ["Accounts CREDENTIALS", "ExchangeKeys COUNT", "Kyc CLAIM", "Kyc REPORT", "Kyc REPORT"];
    assert_eq!(left.iter().filter(|trace| **trace == "Mail deleted").count(), 1, "{left:#?}");
    let rest: Vec<_> =
        left.iter().filter(|trace| !trace.starts_with("Mail ") && !trace.starts_with("Limits ")).collect();
    assert_eq!(rest, expected, "{left:#?}");
    for (table, row) in rows_about(&world, &ada, &session).await {
        match table {
            "Accounts" => {
                let mut members: Vec<_> = row.as_object().unwrap().keys().collect();
                members.sort();
                assert_eq!(members, ["ended_at", "pk", "sk"]);
            }
            "Kyc" => assert_eq!(row["ttl"], world.now().as_second() + 1_826 * 24 * 60 * 60, "{row}"),
            // Rows that go by themselves within a month.
            _ => assert!(row["ttl"].as_i64().unwrap() <= world.now().as_second() + 30 * 24 * 60 * 60, "{table}: {row}"),
        }
    }
    let last = &world.mails(&ada.email).await[0];
    assert!(last.links.iter().all(|link| !link.contains("not-me")), "there is nothing left to save");
    assert!(world.rows("Endings").await.is_empty());
}

#[tokio::test]
async fn the_address_can_sign_up_again_and_is_another_account() {
    let world = World::start().await;
    let (ada, before) = ending(&world).await;
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    let (ada, after) = ada.signed_in().await;
    assert_ne!(after.user_id, before.user_id);
    let profile = world.get_as(&after, "/auth/profile").await;
    assert_eq!(profile.body["full_name"], json!(null));
    assert_eq!(world.get_as(&after, "/api/v1/api-keys/").await.body["data"]["api_keys"], json!([]));
    assert_eq!(world.get_as(&after, "/api/kyc/status").await.body["status"], "not_started");
    // And that one may be deleted, too.
    asks_for_the_end(&ada, &after).await.assert_ok();
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    let tombstones = world.accounts().await;
    assert!(tombstones.len() == 2 && tombstones.iter().all(|row| row.get("ended_at").is_some()), "{tombstones:?}");
}

#[tokio::test]
async fn who_signs_up_where_an_account_was_before_does_so_while_that_ends() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let ada_there = moves(&ada, &session, "elsewhere@example.org").await;
    world.advance(7 * DAY);
    let session = Session::of(&ada_there.logs_in().await);
    asks_for_the_end(&ada_there, &session).await.assert_ok();
    world.advance(7 * DAY - 60);
    // The address is nobody's now, and somebody else may be reading its mail.
    ada.signs_up().await.assert_ok();
    let token = ada.mailed("verify-email").await;
    world.advance(60);
    world.end_accounts_to_the_last().await;
    assert_eq!(ada_there.logs_in().await.status, 401);
    let addresses = world.rows_of("Accounts", "ADDRESS#").await;
    assert!(addresses.iter().all(|row| !row.to_string().contains(&session.user_id)), "{addresses:?}");
    world.post("/auth/verify-email", json!({ "token": token })).await.assert_ok();
    assert_ne!(Session::of(&ada.logs_in().await).user_id, session.user_id);
}

#[tokio::test]
async fn the_same_credential_may_be_stored_by_somebody_else_afterwards() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let key = json!({ "exchange": "binance", "label": "x", "api_key": "a-key-to-come-back", "secret": "a-secret" });
    world.post_as(&session, "/api/v1/api-keys/", key.clone()).await.assert_ok();
    let (_, bob) = world.person().signed_in().await;
    assert_eq!(world.post_as(&bob, "/api/v1/api-keys/", key.clone()).await.status, 409);
    asks_for_the_end(&ada, &session).await.assert_ok();
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    let bob = Session::of(&world.refresh(&bob.refresh).await);
    world.post_as(&bob, "/api/v1/api-keys/", key).await.assert_ok();
}

#[tokio::test]
async fn a_report_that_comes_in_later_goes_with_the_others() {
    let world = World::start().await;
    let (_, session) = ending(&world).await;
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    let ended = world.now().as_second();
    world.advance(40 * DAY);
    for provider in ["sumsub", "generic"] {
        world.send(genuine(&world, provider, &approval(provider, &session.user_id, world.now()))).await.assert_ok();
    }
    let rows = world.rows("Kyc").await;
    assert!(rows.len() >= 6, "{rows:?}");
    for row in rows {
        assert_eq!(row["ttl"], ended + 1_826 * 24 * 60 * 60, "{row}");
    }
}

#[tokio::test]
async fn a_wrong_password_ends_nothing_and_is_counted() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    for body in [json!({ "current_password": "a guess" }), json!({ "current_password": null }), json!({})] {
        let refused = world.post_as(&session, "/auth/delete-account", body).await;
        assert_eq!((refused.status, &refused.body["deletes_at"]), (403, &json!(null)));
    }
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(asks_for_the_end(&ada.rival("a guess"), &session).await.status);
    }
    assert!(statuses.starts_with(&[403, 403, 403]) && statuses.ends_with(&[429, 429]), "{statuses:?}");
    assert_eq!(asks_for_the_end(&ada, &session).await.status, 429, "not even the right one is looked at");
    assert!(world.rows("Endings").await.is_empty());
    world.get_as(&session, "/auth/profile").await.assert_ok();
}

#[tokio::test]
async fn an_account_without_a_password_ends_by_having_signed_in_of_late() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let account = ada.account().await;
    world.tamper("Accounts", &account, "password", json!(null)).await;
    let without = || world.post_as(&session, "/auth/delete-account", json!({ "current_password": null }));
    world.advance(301);
    assert_eq!(without().await.status, 403);
    assert_eq!(without().await.body["data"]["code"], "STEP_UP_REQUIRED");
    assert!(world.rows("Endings").await.is_empty());
    let (ada, session) = world.person().signed_in().await;
    let account = ada.account().await;
    world.tamper("Accounts", &account, "password", json!(null)).await;
    let right = json!({ "current_password": ada.password });
    assert_eq!(world.post_as(&session, "/auth/delete-account", right).await.status, 403, "it has none");
    world.post_as(&session, "/auth/delete-account", json!({ "current_password": null })).await.assert_ok();
}

#[tokio::test]
async fn no_account_ends_while_its_former_address_may_take_it_back_nor_twice() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let until = world.now().as_second() + 100;
    let undo = json!({ "former": "former@example.com", "until": until });
    world.tamper("Accounts", &ada.account().await, "undo", undo).await;
    let refused = asks_for_the_end(&ada, &session).await;
    assert_eq!((refused.status, &refused.body["success"]), (409, &json!(false)));
    assert!(world.rows("Endings").await.is_empty());
    world.advance(100);
    asks_for_the_end(&ada, &session).await.assert_ok();
    assert_eq!(asks_for_the_end(&ada, &session).await.status, 401, "the session is over");
}
