//! Personal tokens end with what proves their owner: with which change they do, at once, all of them, and nobody else's.

mod ends;
mod many;
mod outages;
mod races;

use serde_json::{Value, json};
use shared::ids::TokenId;
use tests::{Session, World};

/// A token of somebody who has signed in of late.
pub async fn has_token(world: &World, session: &Session) -> String {
    world.token(session, &["profile"]).await
}

/// Whether a program with a token is let in.
pub async fn is_good(world: &World, token: &str) -> bool {
    let status = world.ask_by(token, "GET", "/auth/profile", None).await.status;
    assert!(status == 200 || status == 401, "{status}");
    status == 200
}

/// All that is known of somebody's tokens.
pub async fn tokens_of(world: &World, session: &Session) -> Vec<Value> {
    let mut rows = world.rows_of("Grants", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"].as_str().unwrap().starts_with("PAT#"));
    rows
}

/// Copies of a token of somebody who has one, so many, and as if they had been counted.
async fn copies(world: &World, session: &Session, count: usize) -> Vec<Value> {
    let one = tokens_of(world, session).await.remove(0);
    let copy = |_| {
        let (mut row, id) = (one.clone(), TokenId::at(world.clock.unix_ms()).unwrap());
        (row["sk"], row["id"]) = (json!(format!("PAT#{id}")), json!(id));
        row
    };
    let there = world.rows_of("Grants", one["pk"].as_str().unwrap()).await;
    let counted = there.iter().find(|row| row["sk"] == "COUNT").unwrap();
    let opened = counted["opened"].as_u64().unwrap() + u64::try_from(count).unwrap();
    world.tamper("Grants", counted, "opened", json!(opened)).await;
    (0..count).map(copy).collect()
}
