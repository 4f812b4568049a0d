//! Personal tokens through the outside: made, shown once, listed, ended, exported, and forgotten with their account.

mod answers;
mod canaries;
mod costs;
mod ending;
mod forgotten;
mod making;
mod outages;
mod races;
mod revoking;
mod rules;

use serde_json::{Value, json};
use tests::{Reply, Request, Session, World};

pub const TOKENS: &str = "/oauth/tokens";
const REVOKE: &str = "/oauth/revoke";
const DAY: u64 = 86_400;

/// What a usual token is like.
pub fn usual() -> Value {
    json!({ "name": "a program", "scopes": ["keys:read"] })
}

/// What a token is like, with these members.
pub fn with(members: &Value) -> Value {
    let mut wanted = usual();
    wanted.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    wanted
}

/// A token that is made: itself, and its id.
pub async fn made(world: &World, session: &Session, wanted: &Value) -> (String, String) {
    let reply = world.post_as(session, TOKENS, wanted.clone()).await;
    let data = &reply.assert_ok()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("token"), text("id"))
}

/// The caller's tokens, as the list says.
async fn listed(world: &World, session: &Session) -> Vec<Value> {
    world.get_as(session, TOKENS).await.assert_ok()["data"]["tokens"].as_array().unwrap().clone()
}

/// A form, to where tokens are revoked.
fn form(body: &str) -> Request {
    let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    Request { method: "POST", path: REVOKE.to_owned(), headers, body: Some(body.to_owned()), is_base64: false }
}

/// Whoever has a token ends it.
pub async fn revokes(world: &World, token: &str) -> Reply {
    world.send(form(&format!("token={token}"))).await
}

/// The rows of somebody's tokens.
async fn rows(world: &World, session: &Session, beginning: &str) -> Vec<Value> {
    let mut rows = world.rows_of("Grants", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"].as_str().unwrap().starts_with(beginning));
    rows
}

/// What has happened to somebody's tokens, and by whom, oldest first.
async fn happened(world: &World, session: &Session) -> Vec<(Value, Value)> {
    let events = rows(world, session, "EVENT#").await.into_iter();
    events.map(|event| (event["action"].clone(), event["by"].clone())).collect()
}

/// The letters about tokens to somebody, newest first, by their subjects.
async fn told(world: &World, to: &str) -> Vec<String> {
    let mails = world.mails(to).await.into_iter();
    mails.map(|mail| mail.subject).filter(|subject| subject.to_lowercase().contains("token")).collect()
}

fn count(replies: &[Reply], status: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

/// As if an account had so many tokens that were made behind our back: copies of one that it has.
pub async fn has_tokens(world: &World, session: &Session, wanted: usize) {
    made(world, session, &usual()).await;
    let first = rows(world, session, "PAT#").await.remove(0);
    let copies = (1..wanted).map(|_| {
        let id = shared::ids::TokenId::at(world.clock.unix_ms() + 1).unwrap().to_string();
        let mut copy = first.clone();
        (copy["sk"], copy["id"]) = (json!(format!("PAT#{id}")), json!(id));
        copy
    });
    world.put_rows("Grants", copies.collect()).await;
}
