//! Personal tokens end with what proves their owner: with which change they do, at once, all of them, and nobody else's.

mod ends;
mod many;
mod outages;

use serde_json::{Value, json};
use shared::{
    caller::personal_token::{PersonalToken, TokenRecord},
    ids::{AccountId, TokenId},
};
use tests::{Session, World, authorized};

/// A token that the tables know, as it is when `oauth` has made it: its text.
pub async fn has_token(world: &World, session: &Session) -> String {
    let (text, row) = token_of(world, session);
    knows(world, session, vec![row]).await;
    text
}

/// A token of the owner of a session, and its row.
pub fn token_of(world: &World, session: &Session) -> (String, Value) {
    let (account, id) = (AccountId::parse(&session.user_id).unwrap(), TokenId::at(world.clock.unix_ms()).unwrap());
    let token = PersonalToken::random(account, id).unwrap();
    let record = TokenRecord {
        id,
        name: "A program".to_owned(),
        hash: token.hash(),
        email: compat::email::EmailAddress::parse("ada@example.com").unwrap(),
        language: shared::language::Language::En,
        scopes: vec![shared::caller::scope::Scope::Profile],
        key_ids: None,
        networks: Vec::new(),
        mfa: false,
        created_at: world.now(),
        expires_at: world.now() + std::time::Duration::from_hours(90 * 24),
    };
    let mut row = serde_json::to_value(record).unwrap();
    (row["pk"], row["sk"]) = (json!(format!("ACCOUNT#{account}")), json!(format!("PAT#{id}")));
    (token.reveal().to_string(), row)
}

/// Puts rows of tokens into the table, and counts them.
pub async fn knows(world: &World, session: &Session, mut rows: Vec<Value>) {
    let pk = format!("ACCOUNT#{}", session.user_id);
    let there = world.rows_of("Grants", &pk).await;
    let opened = there.iter().find(|row| row["sk"] == "COUNT").map_or(0, |row| row["opened"].as_u64().unwrap());
    let opened = opened + u64::try_from(rows.len()).unwrap();
    rows.push(json!({ "pk": pk, "sk": "COUNT", "opened": opened }));
    world.put_rows("Grants", rows).await;
}

/// Whether a program with a token is let in.
pub async fn is_good(world: &World, token: &str) -> bool {
    let status = world.send(authorized("GET", "/auth/profile", token, None)).await.status;
    assert!(status == 200 || status == 401, "{status}");
    status == 200
}

/// The rows of somebody's tokens.
pub async fn tokens_of(world: &World, session: &Session) -> Vec<Value> {
    let mut rows = world.rows_of("Grants", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"].as_str().unwrap().starts_with("PAT#"));
    rows
}
