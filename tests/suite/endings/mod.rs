//! The end of an account: a ledger that several functions work on, each in steps that may be repeated.

mod answers;
mod keeping;
mod many;
mod outages;
mod races;
mod story;

use serde_json::{Value, json};
use tests::{Person, Reply, Session, World};

use crate::{
    api_keys::keeps_a_key,
    kyc::{approval, genuine},
};

const DAY: u64 = 24 * 60 * 60;
/// Every table that has anything of people.
const TABLES: [&str; 8] = ["Accounts", "Sessions", "Endings", "Grants", "ExchangeKeys", "Limits", "Mail", "Kyc"];

/// Asks for the end of an account.
async fn asks_for_the_end(ada: &Person<'_>, session: &Session) -> Reply {
    let body = json!({ "current_password": ada.password });
    ada.world.post_as(session, "/auth/delete-account", body).await
}

/// Brings the link that keeps an account.
async fn keeps(world: &World, token: &str) -> Reply {
    world.post("/auth/keep-account", json!({ "token": token })).await
}

/// Somebody with something in every table.
async fn with_everything(world: &World) -> (Person<'_>, Session) {
    let (ada, session) = world.person().signed_in().await;
    world.patch_as(&session, "/auth/profile", json!({ "full_name": "Ada Lovelace" })).await.assert_ok();
    let key = keeps_a_key(world, &session, &format!("a-key-of-{}", session.user_id)).await;
    world.post_as(&session, &format!("{key}/decrypt"), json!(null)).await.assert_ok();
    world.token(&session, &["profile"]).await;
    world.send(genuine(world, "sumsub", &approval("sumsub", &session.user_id, world.now()))).await.assert_ok();
    (ada, session)
}

/// Somebody whose account is to be deleted in a week.
async fn ending(world: &World) -> (Person<'_>, Session) {
    let (ada, session) = with_everything(world).await;
    asks_for_the_end(&ada, &session).await.assert_ok();
    (ada, session)
}

/// All rows that name somebody, by id or by address, each after the name of its table.
async fn rows_about(world: &World, ada: &Person<'_>, session: &Session) -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    for table in TABLES {
        let rows = world.rows(table).await.into_iter();
        let about = rows.filter(|row| {
            let text = row.to_string();
            text.contains(&session.user_id) || text.contains(&ada.email)
        });
        found.extend(about.map(|row| (table, row)));
    }
    found
}

/// As if the owner of a session had second factors.
pub async fn has_factors(world: &World, session: &Session) {
    let rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with("SESSION#")).expect("a session");
    world.tamper("Sessions", row, "mfa", json!(true)).await;
}
