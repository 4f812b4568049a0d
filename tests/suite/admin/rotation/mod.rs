//! Operators replace secrets while everything goes on.

mod any;
mod pepper;
mod signing_key;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use tests::{Session, World};

/// Between the publication of a new secret and its use. Seconds.
const LEAD: u64 = 30 * 60;

/// From then on until the key before is withdrawn. Seconds.
const END: u64 = 20 * 60;

/// A warm instance knows by then what was written before. Seconds.
const NOTICED: u64 = 10 * 60;

fn kid(session: &Session) -> String {
    let header = BASE64_URL_SAFE_NO_PAD.decode(session.access.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

fn sorted(mut kids: Vec<&str>) -> Vec<&str> {
    kids.sort_unstable();
    kids
}

/// What `auth` and another function say to a token.
async fn statuses(world: &World, session: &Session) -> [u64; 2] {
    [world.get_as(session, "/auth/profile").await.status, world.get_as(session, "/api/v1/api-keys/").await.status]
}

async fn refreshed(world: &World, session: &Session) -> Session {
    Session::of(&world.refresh(&session.refresh).await)
}

/// Secrets, published keys and what `mail` has, in no order that matters.
async fn arranged(world: &World) -> Vec<Value> {
    let mut rows = world.rows_of("Accounts", "SECRET").await;
    rows.extend(world.rows_of("Mail", "LINK_KEYS").await);
    rows.extend(world.rows_of("Sessions", "SIGNING_KEYS").await);
    rows.sort_by_key(|row| format!("{} {}", row["pk"], row["sk"]));
    rows
}
